#include "merge.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SQL_SIZE = 8192 };

/* What a run was called in a sweep: not one of its results, and a run of two sweeps has the names of both. */
static const char labels[] = "sweep_values";

/* What a training took, which differs each time. */
static const char times[] = "learning_times";

/* The shard is attached as `shard`; the target is `main`. Statements come from the layout itself (columns, what makes
 * runs the same, tables that hang on runs), so that what schema.sql gains is merged too. */
typedef struct Merge {
    Store *target;
    const char *shard;
    StoreStatus status; /* of the first statement that failed; those after it are left out */
    Error error;
    ErrorList *errors;
    MergeCount count;
    Arena arena;
} Merge;

/* Runs statements made by printf, unless an earlier one failed. ?1 is the shard's path. */
static void run_sql(Merge *merge, StoreRow *row, void *context, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void run_sql(Merge *merge, StoreRow *row, void *context, const char *format, ...)
{
    char sql[SQL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    if (merge->status == STORE_FINE)
        merge->status = store_query(merge->target, sql, &merge->shard, 1, row, context, &merge->error);
}

/* Takes the one value that a query gives. */
typedef struct OneValue {
    Arena *arena;
    const char *text;
    int64_t integer;
} OneValue;

static bool take_value(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count;
    (void)names;
    OneValue *value = context;
    value->text = arena_string(value->arena, values[0].text);
    value->integer = values[0].integer;
    return false;
}

/* Columns of a table of the layout without `but`, each behind `prefix`, as a list for SQL. */
static const char *columns(Merge *merge, const char *table, const char *but, const char *prefix)
{
    OneValue list = {&merge->arena, "", 0};
    run_sql(merge, take_value, &list,
            "SELECT group_concat('%s' || name, ', ') FROM "
            "(SELECT name FROM pragma_table_info('%s') WHERE name NOT IN ('%s', 'experiment') ORDER BY cid)",
            prefix, table, but);
    return list.text;
}

/* What makes two runs the same: the columns of the table's UNIQUE constraint. */
static const char *identity(Merge *merge)
{
    OneValue list = {&merge->arena, "", 0};
    run_sql(merge, take_value, &list,
            "SELECT group_concat(part.name, ', ') FROM pragma_index_list('runs') AS list, "
            "pragma_index_info(list.name) AS part WHERE list.origin = 'u'");
    return list.text;
}

/* Tables that hang on runs. */
typedef struct Children {
    Arena *arena;
    int count;
    const char *names[16];
} Children;

static bool take_child(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count;
    (void)names;
    Children *children = context;
    children->names[children->count++] = arena_string(children->arena, values[0].text);
    return children->count < (int)(sizeof children->names / sizeof *children->names);
}

static Children find_children(Merge *merge)
{
    Children children = {.arena = &merge->arena};
    run_sql(merge, take_child, &children,
            "SELECT name FROM main.sqlite_schema AS child WHERE type = 'table' AND EXISTS "
            "(SELECT 1 FROM pragma_foreign_key_list(child.name) WHERE \"table\" = 'runs') ORDER BY name");
    return children;
}

static bool note_conflict(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count;
    (void)names;
    Merge *merge = context;
    merge->count.conflicting++;
    error_add(merge->errors, merge->shard, 0, 0,
              "policy %s, seed %s, replication %s of \"%s\" (%s) has other results than in the target, on %s and on %s",
              values[0].text, values[1].text, values[2].text, values[3].text, values[4].text, values[5].text,
              values[6].text);
    return true;
}

/* Names the runs that both have, done, with different results. */
static void find_conflicts(Merge *merge, const char *same, const Children *children)
{
    const char *differ = "theirs.fingerprint <> ours.fingerprint OR theirs.events <> ours.events OR "
                         "theirs.interactions <> ours.interactions";
    for (int i = 0; i < children->count; i++) {
        const char *table = children->names[i], *list = columns(merge, table, "run", "");
        if (strcmp(table, labels) == 0 || strcmp(table, times) == 0)
            continue;
        differ = arena_format(&merge->arena,
                              "%s OR EXISTS (SELECT %s FROM shard.%s WHERE run = theirs.run EXCEPT "
                              "SELECT %s FROM main.%s WHERE run = ours.run) "
                              "OR EXISTS (SELECT %s FROM main.%s WHERE run = ours.run EXCEPT "
                              "SELECT %s FROM shard.%s WHERE run = theirs.run)",
                              differ, list, table, list, table, list, table, list, table);
    }
    run_sql(merge, note_conflict, merge,
            "SELECT policy, seed, replication, name, scenario_hash, theirs.host, ours.host "
            "FROM shard.runs AS theirs JOIN main.runs AS ours USING (%s) JOIN shard.scenarios USING (scenario_hash) "
            "WHERE theirs.status = 'done' AND ours.status = 'done' AND (%s) ORDER BY theirs.run",
            same, differ);
    if (merge->status == STORE_FINE && merge->count.conflicting)
        merge->status = STORE_INPUT;
}

/* Makes the shard's experiments known to the target, and temp.experiment_map from theirs to ours. */
static void map_experiments(Merge *merge)
{
    const char *list = columns(merge, "experiments", "experiment", "");
    run_sql(merge, NULL, NULL,
            "INSERT INTO main.experiments (%s) SELECT %s FROM shard.experiments AS theirs "
            "WHERE EXISTS (SELECT 1 FROM shard.runs WHERE runs.experiment = theirs.experiment) "
            "AND NOT EXISTS (SELECT 1 FROM main.experiments AS ours WHERE (ours.name, ours.command) = "
            "(theirs.name, theirs.command)) GROUP BY name, command ORDER BY experiment",
            list, list);
    run_sql(
        merge, NULL, NULL,
        "CREATE TEMP TABLE experiment_map AS SELECT theirs.experiment AS source, min(ours.experiment) AS experiment, "
        "theirs.started_utc FROM shard.experiments AS theirs JOIN main.experiments AS ours USING (name, command) "
        "GROUP BY theirs.experiment");
    run_sql(merge, NULL, NULL,
            "UPDATE main.experiments SET started_utc = min(started_utc, (SELECT min(map.started_utc) "
            "FROM temp.experiment_map AS map WHERE map.experiment = experiments.experiment)) "
            "WHERE experiment IN (SELECT experiment FROM temp.experiment_map)");
}

/* Writes down in temp.taken which runs come over, and the number that each gets: that of the failed run it replaces;
 * else its place in the block of its sweep, so that whatever comes first, the order in the end is the sweep's; else one
 * behind the last. */
static void choose_runs(Merge *merge, const char *same)
{
    run_sql(merge, NULL, NULL,
            "CREATE TEMP TABLE taken AS SELECT theirs.run AS source, ours.run AS run, map.experiment AS experiment, "
            "ours.run IS NOT NULL AS replaces, theirs.sweep_run AS sweep_run FROM shard.runs AS theirs "
            "LEFT JOIN main.runs AS ours USING (%s) "
            "JOIN temp.experiment_map AS map ON map.source = theirs.experiment "
            "WHERE ours.run IS NULL OR (ours.status = 'failed' AND theirs.status = 'done') ORDER BY theirs.run;"
            "CREATE UNIQUE INDEX temp.taken_source ON taken (source); CREATE INDEX temp.taken_run ON taken (run)",
            same);
    /* A sweep's block begins where its runs that are there say, or behind everything. */
    run_sql(
        merge, NULL, NULL,
        "CREATE TEMP TABLE blocks AS SELECT experiment, "
        "coalesce((SELECT min(run - sweep_run) FROM main.runs AS ours WHERE ours.experiment = taken.experiment), "
        "(SELECT coalesce(max(run), 0) FROM main.runs)) AS begin FROM temp.taken GROUP BY experiment;"
        "UPDATE temp.taken SET run = begin + sweep_run FROM temp.blocks "
        "WHERE blocks.experiment = taken.experiment AND NOT replaces;"
        "UPDATE temp.taken AS mine SET run = NULL WHERE NOT replaces AND (run IN (SELECT run FROM main.runs) OR EXISTS "
        "(SELECT 1 FROM temp.taken AS other WHERE other.run = mine.run AND other.source < mine.source));"
        "DROP TABLE temp.blocks");
    run_sql(merge, NULL, NULL,
            "UPDATE temp.taken SET run = new.run FROM (SELECT source, row_number() OVER (ORDER BY source) + "
            "max((SELECT coalesce(max(run), 0) FROM main.runs), (SELECT coalesce(max(run), 0) FROM temp.taken)) AS run "
            "FROM temp.taken WHERE run IS NULL) AS new WHERE new.source = taken.source");
}

/* Copies what was chosen, and the names that runs have which are there already. */
static void copy_runs(Merge *merge, const char *same, const Children *children)
{
    run_sql(merge, NULL, NULL,
            "INSERT OR IGNORE INTO main.scenarios SELECT * FROM shard.scenarios WHERE scenario_hash IN "
            "(SELECT scenario_hash FROM shard.runs WHERE run IN (SELECT source FROM temp.taken));"
            "DELETE FROM main.runs WHERE run IN (SELECT run FROM temp.taken WHERE replaces)");
    run_sql(merge, NULL, NULL,
            "INSERT INTO main.runs (run, experiment, %s) SELECT taken.run, taken.experiment, %s "
            "FROM temp.taken JOIN shard.runs AS theirs ON theirs.run = taken.source ORDER BY taken.run",
            columns(merge, "runs", "run", ""), columns(merge, "runs", "run", "theirs."));
    for (int i = 0; i < children->count; i++) {
        const char *table = children->names[i];
        run_sql(merge, NULL, NULL,
                "INSERT INTO main.%s (run, %s) SELECT taken.run, %s "
                "FROM temp.taken JOIN shard.%s AS theirs ON theirs.run = taken.source ORDER BY taken.run",
                table, columns(merge, table, "run", ""), columns(merge, table, "run", "theirs."), table);
    }
    run_sql(merge, NULL, NULL,
            "INSERT OR IGNORE INTO main.%s (run, %s) SELECT ours.run, %s FROM shard.%s AS label "
            "JOIN shard.runs AS theirs USING (run) JOIN main.runs AS ours USING (%s) "
            "WHERE theirs.run NOT IN (SELECT source FROM temp.taken)",
            labels, columns(merge, labels, "run", ""), columns(merge, labels, "run", "label."), labels, same);
}

static int64_t count(Merge *merge, const char *what)
{
    OneValue value = {&merge->arena, "", 0};
    run_sql(merge, take_value, &value, "SELECT %s", what);
    return value.integer;
}

/* The work between BEGIN and COMMIT. */
static void merge_attached(Merge *merge)
{
    /* The target is locked before the shard is read; BEGIN IMMEDIATE would lock the shard against its writer as well.
     */
    run_sql(merge, NULL, NULL, "BEGIN; UPDATE main.experiments SET name = name WHERE 0");
    const char *same = identity(merge);
    Children children = find_children(merge);
    find_conflicts(merge, same, &children);
    map_experiments(merge);
    choose_runs(merge, same);
    copy_runs(merge, same, &children);
    merge->count.replaced = count(merge, "count(*) FROM temp.taken WHERE replaces");
    merge->count.added = count(merge, "count(*) FROM temp.taken") - merge->count.replaced;
    merge->count.present = count(merge, "count(*) FROM shard.runs") - merge->count.added - merge->count.replaced;
    run_sql(merge, NULL, NULL, "DROP TABLE temp.taken; DROP TABLE temp.experiment_map; COMMIT");
}

/* Whether the shard's file is damaged, so that a failure is not put down to the target. */
static bool is_damaged(const char *shard)
{
    Store *store;
    if (store_open(shard, STORE_READ, &store, NULL) != STORE_FINE)
        return true;
    Merge merge = {.target = store};
    OneValue verdict = {&merge.arena, "", 0};
    run_sql(&merge, take_value, &verdict, "PRAGMA quick_check(1)");
    bool damaged = merge.status != STORE_FINE || strcmp(verdict.text, "ok") != 0;
    arena_free(&merge.arena);
    store_close(store);
    return damaged;
}

bool merge_same_file(const char *path, const char *other)
{
    struct stat first, second;
    return stat(path, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

StoreStatus merge_check(const char *shard, int64_t *ret_runs, Error *error)
{
    Store *store;
    StoreStatus status = store_open(shard, STORE_READ, &store, error);
    Merge merge = {.target = store};
    if (status != STORE_FINE)
        return status;
    int64_t runs = count(&merge, "count(*) FROM runs");
    if (merge.status == STORE_FINE)
        *ret_runs = runs;
    else if (error)
        *error = merge.error;
    arena_free(&merge.arena);
    store_close(store);
    return merge.status;
}

StoreStatus merge_shard(Store *target, const char *shard, MergeCount *ret_count, ErrorList *errors)
{
    Merge merge = {.target = target, .shard = shard, .errors = errors};
    int64_t runs;
    /* Opening it by itself rolls back what a killed writer left, and finds what is wrong under its own name. */
    merge.status = merge_check(shard, &runs, &merge.error);
    run_sql(&merge, NULL, NULL, "PRAGMA temp_store = MEMORY; ATTACH ?1 AS shard");
    bool attached = merge.status == STORE_FINE;
    if (attached)
        merge_attached(&merge);
    if (merge.status != STORE_FINE) {
        store_query(target, "ROLLBACK", NULL, 0, NULL, NULL, NULL);
        merge.count.damaged = merge.status == STORE_MACHINE && (!attached || is_damaged(shard));
        if (merge.count.damaged && attached)
            error_set(&merge.error, shard, 0, 0, "the database is damaged");
        if (!merge.count.conflicting)
            error_add(errors, merge.error.file, 0, 0, "%s", merge.error.message);
    }
    if (attached)
        store_query(target, "DETACH shard", NULL, 0, NULL, NULL, NULL);
    *ret_count = merge.count;
    arena_free(&merge.arena);
    return merge.status;
}

/* "file:" and the path as SQLite wants it in a URI, where % ? and # mean something else. */
static const char *file_uri(Arena *arena, const char *path)
{
    const char *uri = "file:";
    while (*path) {
        size_t plain = strcspn(path, "%?#");
        uri = arena_format(arena, "%s%.*s", uri, (int)plain, path);
        path += plain;
        if (*path)
            uri = arena_format(arena, "%s%%%02X", uri, (unsigned)*path++);
    }
    return uri;
}

int64_t merge_peek(const char *path)
{
    Arena arena = {0};
    sqlite3 *database = NULL;
    sqlite3_stmt *query = NULL;
    int64_t runs = -1;
    const char *uri = arena_format(&arena, "%s?immutable=1", file_uri(&arena, path));
    if (sqlite3_open_v2(uri, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(database, "SELECT count(*) FROM runs", -1, &query, NULL) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW)
        runs = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(database);
    arena_free(&arena);
    return runs;
}

#include "../analysis/merge.h"
#include "check.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 12, SHARDS = 3 };

static const PolicyType random_policy = {.name = "random"}, learner = {.name = "q-learning"};

static const char sweep_command[] = "orchid sweep five.yaml";

static Scenario scenarios[2] = {
    {.path = "five.yaml", .name = "five users", .user_count = 5, .hash = 0xabcdef, .resolved = "name: five users\n"},
    {.path = "five.yaml", .name = "six users", .user_count = 6, .hash = 0xfedcba, .resolved = "name: six users\n"},
};

/* A run as a sweep of two scenarios and two policies makes it, with rows in every table. */
typedef struct Sample {
    Metric metrics[2];
    CurvePoint curve[2];
    CurveTime times[2];
    DecisionCount counts[2];
    SweepValue values[2];
    Trial trial;
} Sample;

/* Run `number`, from 1, of the sweep. */
static void sample_init(Sample *sample, int number)
{
    int cell = (number - 1) % 4;
    *sample = (Sample){
        .metrics = {{"response_time_mean", "s", 0.1 * number}, {"interactions_to_optimum", "", NAN}},
        .curve = {{1, -1, 0.5, 0.7, -0.1, 0.1, 0.9, 0.5, 0.5, 0.5, 0},
                  {50, -0.2, 0.2, 0.899, -0.1, 0.1, 0.1 * number, 0, 1, 1, 0}},
        .times = {{1, 1, 0.5, 0.5, 0}, {2, 2, 1, 1, 0}},
        .counts = {{"device", "device:d0", 800}, {"device", "cloud:d0", 200 + number}},
        .values = {{"policy", cell % 2 ? "random" : "q-learning", NAN, ""}, {"users", cell < 2 ? "5" : "6", 5, ""}},
        .trial = {.scenario = &scenarios[cell / 2],
                  .policy = cell % 2 ? &random_policy : &learner,
                  .seed = 7,
                  .replication = (uint64_t)(number - 1) / 4,
                  .number = number,
                  .value_count = 2,
                  .reproduce = "orchid run five.yaml",
                  .status = TRIAL_DONE,
                  .parameters = "",
                  .metric_count = 2,
                  .curve_count = 2,
                  .decision_count_count = 2,
                  .events = 1000 + number,
                  .fingerprint = (uint64_t)number,
                  .interactions = 50},
    };
    sample->trial.metrics = sample->metrics;
    sample->trial.curve = sample->curve;
    sample->trial.curve_times = sample->times;
    sample->trial.decision_counts = sample->counts;
    sample->trial.values = sample->values;
}

static void fail_machine(const char *what, const Error *error)
{
    fprintf(stderr, "%s: %s\n", what, error->message);
    exit(1);
}

static Store *open_store(const char *path)
{
    Store *store;
    Error error = {0};
    if (store_open(path, STORE_WRITE, &store, &error) != STORE_FINE)
        fail_machine(path, &error);
    return store;
}

static void query(Store *store, const char *sql)
{
    Error error = {0};
    if (store_query(store, sql, NULL, 0, NULL, NULL, &error) != STORE_FINE)
        fail_machine(sql, &error);
}

static void add(Store *store, const Trial *trial)
{
    Error error = {0};
    if (store_add_trial(store, 1, trial, &error) != STORE_FINE)
        fail_machine("add", &error);
}

/* A database at the scratch file `name` with every run from `first` on, in steps of `step`, up to `last`. */
static const char *write_runs(const char *name, const char *command, int first, int step, int last)
{
    const char *path = check_scratch(name);
    unlink(path);
    Store *store = open_store(path);
    int64_t experiment;
    Error error = {0};
    if (store_begin_experiment(store, "sweep", command, &experiment, &error) != STORE_FINE)
        fail_machine(path, &error);
    for (int number = first; number <= last; number += step) {
        Sample sample;
        sample_init(&sample, number);
        add(store, &sample.trial);
    }
    store_close(store);
    return path;
}

static const char *write_shard(int index)
{
    char name[32];
    snprintf(name, sizeof name, "shard-%d.db", index);
    return write_runs(name, sweep_command, index, SHARDS, RUNS);
}

/* Runs SQL in the database at `path`. */
static void change(const char *path, const char *sql)
{
    Store *store = open_store(path);
    query(store, sql);
    store_close(store);
}

static bool print_row(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    for (int i = 0; i < column_count; i++)
        fprintf(context, "%s=%s ", names[i], values[i].null ? "NULL" : values[i].text);
    fputc('\n', context);
    return true;
}

/* What the database holds, numbers of runs included; dates and durations aside. Freed by the caller. */
static char *content(const char *path)
{
    static const char sql[] = "SELECT experiment, name, command FROM experiments;"
                              "SELECT * FROM scenarios;"
                              "SELECT run, experiment, sweep_run, scenario_hash, policy, seed, replication, events, "
                              "fingerprint, interactions, status, error, reproduce FROM runs;"
                              "SELECT * FROM sweep_values; SELECT * FROM metrics; SELECT * FROM learning_curves;"
                              "SELECT * FROM decision_counts; SELECT * FROM t_quantiles";
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    Store *store = open_store(path);
    Error error = {0};
    if (store_query(store, sql, NULL, 0, print_row, stream, &error) != STORE_FINE)
        fail_machine(path, &error);
    store_close(store);
    fclose(stream);
    return text;
}

static bool keep_text(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count;
    (void)names;
    snprintf(context, 1000, "%s", values[0].text);
    return false;
}

/* The first value of a query. Valid until the next call. */
static const char *answer(const char *path, const char *sql)
{
    static char text[1000];
    text[0] = 0;
    Store *store = open_store(path);
    Error error = {0};
    if (store_query(store, sql, NULL, 0, keep_text, text, &error) != STORE_FINE)
        fail_machine(sql, &error);
    store_close(store);
    return text;
}

/* Merges `shard` into the database at `target`, and takes the first finding. */
static StoreStatus merge(const char *target, const char *shard, MergeCount *ret_count, Error *ret_error)
{
    Store *store = open_store(target);
    ErrorList errors = {0};
    StoreStatus status = merge_shard(store, shard, ret_count, &errors);
    CHECK((status == STORE_FINE) == (errors.total == 0));
    *ret_error = errors.items[0];
    store_close(store);
    return status;
}

static MergeCount merge_fine(const char *target, const char *shard)
{
    MergeCount count;
    Error error;
    CHECK_INT(merge(target, shard, &count, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    return count;
}

static const char *new_target(void)
{
    const char *path = check_scratch("target.db");
    unlink(path);
    return path;
}

/* Compares two contents and shows the first line in which they differ. Frees both. */
static void check_content(char *text, char *expected)
{
    size_t line = 0, i = 0;
    for (; text[i] && text[i] == expected[i]; i++)
        line = text[i] == '\n' ? i + 1 : line;
    text[i + strcspn(text + i, "\n")] = 0;
    expected[i + strcspn(expected + i, "\n")] = 0;
    CHECK_TEXT(text + line, expected + line);
    free(text);
    free(expected);
}

/* That the two databases hold the same. */
static void check_same(const char *path, const char *other)
{
    check_content(content(path), content(other));
}

static void shards_in_any_order_are_the_whole(void)
{
    static const int orders[][SHARDS] = {{1, 2, 3}, {3, 2, 1}, {2, 3, 1}};
    write_runs("whole.db", sweep_command, 1, 1, RUNS);
    for (int i = 0; i < 3; i++) {
        const char *target = new_target();
        for (int k = 0; k < SHARDS; k++) {
            MergeCount count = merge_fine(target, write_shard(orders[i][k]));
            CHECK_INT(count.added, RUNS / SHARDS);
            CHECK_INT(count.present + count.replaced + count.conflicting, 0);
        }
        check_same(target, check_scratch("whole.db"));
    }
}

static void merging_again_changes_nothing(void)
{
    const char *target = new_target(), *shard = write_shard(1);
    merge_fine(target, shard);
    char *before = content(target);
    MergeCount count = merge_fine(target, shard);
    CHECK_INT(count.added, 0);
    CHECK_INT(count.present, RUNS / SHARDS);
    check_content(content(target), before);
}

static void overlapping_shards_join_once(void)
{
    const char *target = new_target();
    merge_fine(target, write_runs("front.db", sweep_command, 1, 1, 8));
    MergeCount count = merge_fine(target, write_runs("back.db", sweep_command, 5, 1, RUNS));
    CHECK_INT(count.added, RUNS - 8);
    CHECK_INT(count.present, 4);
    check_same(target, write_runs("whole.db", sweep_command, 1, 1, RUNS));
}

/* A table that hangs on runs and has no rows here would be merged without a test. */
static void every_table_of_a_run_is_tested(void)
{
    const char *path = write_runs("whole.db", sweep_command, 1, 1, RUNS);
    CHECK_TEXT(answer(path,
                      "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema AS child WHERE type = 'table' "
                      "AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(child.name) WHERE \"table\" = 'runs') "
                      "ORDER BY name)"),
               "decision_counts,learning_curves,learning_times,metrics,sweep_values");
}

static void different_results_refuse_the_whole_shard(void)
{
    static const char *const changes[] = {
        "UPDATE runs SET fingerprint = 'other' WHERE run = 2",
        "UPDATE runs SET events = 1 WHERE run = 2",
        "UPDATE runs SET interactions = 1 WHERE run = 2",
        "UPDATE metrics SET value = value + 1e-12 WHERE run = 2 AND name = 'response_time_mean'",
        "UPDATE metrics SET value = 3 WHERE run = 2 AND name = 'interactions_to_optimum'",
        "UPDATE metrics SET unit = 'ms' WHERE run = 2",
        "DELETE FROM metrics WHERE run = 2 AND name = 'response_time_mean'",
        "INSERT INTO metrics VALUES (2, 'more', '', 1)",
        "UPDATE learning_curves SET regret = 0 WHERE run = 2 AND interactions = 50",
        "UPDATE decision_counts SET count = 1 WHERE run = 2",
    };
    merge_fine(new_target(), write_runs("front.db", sweep_command, 1, 1, 4));
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const char *target = check_scratch("target.db"), *shard = write_runs("other.db", sweep_command, 1, 1, RUNS);
        char *before = content(target);
        MergeCount count;
        Error error;
        change(shard, changes[i]);
        CHECK_INT(merge(target, shard, &count, &error), STORE_INPUT);
        CHECK_INT(count.conflicting, 1);
        CHECK_INT(count.added, 0);
        CHECK_TEXT(error.file, shard);
        CHECK(strstr(error.message, "policy random, seed 7, replication 0 of \"five users\" (0000000000abcdef)") !=
              NULL);
        check_content(content(target), before);
    }
}

static void times_of_a_training_are_no_results(void)
{
    merge_fine(new_target(), write_runs("front.db", sweep_command, 1, 1, 4));
    const char *target = check_scratch("target.db"), *shard = write_runs("other.db", sweep_command, 1, 1, 4);
    change(shard, "UPDATE learning_times SET wall_s = 99");
    CHECK_INT(merge_fine(target, shard).present, 4);
    CHECK_TEXT(answer(target, "SELECT count(*) || ' ' || max(wall_s) FROM learning_times"), "8 2.0");
}

static void failed_run_gives_way_to_one_that_is_done(void)
{
    const char *target = new_target(), *failed = write_runs("failed.db", sweep_command, 1, 1, 4);
    change(failed, "UPDATE runs SET status = 'failed', error = 'why' WHERE run = 3; DELETE FROM metrics WHERE run = 3");
    merge_fine(target, failed);
    MergeCount count = merge_fine(target, write_runs("whole.db", sweep_command, 1, 1, 4));
    CHECK_INT(count.replaced, 1);
    CHECK_INT(count.added, 0);
    CHECK_INT(count.present, 3);
    check_same(target, check_scratch("whole.db"));
    count = merge_fine(target, failed);
    CHECK_INT(count.replaced, 0);
    CHECK_INT(count.present, 4);
    check_same(target, check_scratch("whole.db"));
}

static void experiments_of_one_command_become_one(void)
{
    const char *target = new_target(), *first = write_shard(1), *second = write_shard(2), *other;
    change(first, "UPDATE experiments SET started_utc = '2026-03-02T00:00:00Z'");
    change(second, "UPDATE experiments SET started_utc = '2026-03-01T00:00:00Z'");
    other = write_runs("other.db", "orchid sweep six.yaml", RUNS + 1, 1, RUNS + 2);
    merge_fine(target, first);
    merge_fine(target, second);
    merge_fine(target, other);
    CHECK_TEXT(answer(target, "SELECT group_concat(command) FROM experiments"),
               "orchid sweep five.yaml,orchid sweep six.yaml");
    CHECK_TEXT(answer(target, "SELECT started_utc FROM experiments"), "2026-03-01T00:00:00Z");
    CHECK_TEXT(answer(target, "SELECT group_concat(n) FROM (SELECT count(*) AS n FROM runs GROUP BY experiment)"),
               "8,2");
}

static void two_sweeps_in_one_database_are_merged(void)
{
    const char *target = new_target(), *both = write_runs("both.db", sweep_command, 1, 1, 4);
    change(both, "INSERT INTO experiments VALUES (2, 'other', 'orchid sweep six.yaml', '2026-03-01T00:00:00Z');"
                 "UPDATE runs SET experiment = 2, sweep_run = sweep_run - 2 WHERE run > 2");
    MergeCount count = merge_fine(target, both);
    CHECK_INT(count.added, 4);
    CHECK_TEXT(answer(target, "SELECT group_concat(sweep_run) FROM (SELECT * FROM runs ORDER BY experiment, run)"),
               "1,2,1,2");
    CHECK_INT(merge_fine(target, both).present, 4);
}

static void names_from_two_sweeps_are_both_kept(void)
{
    const char *target = new_target(), *shard = write_runs("other.db", sweep_command, 1, 1, 4);
    merge_fine(target, write_runs("front.db", sweep_command, 1, 1, 4));
    change(shard, "UPDATE sweep_values SET key = 'cores' WHERE key = 'users'");
    CHECK_INT(merge_fine(target, shard).present, 4);
    CHECK_TEXT(answer(target, "SELECT group_concat(key) FROM sweep_values WHERE run = 2"), "cores,policy,users");
}

static void what_is_no_database_of_ours_is_refused(void)
{
    const char *target = new_target(), *foreign = check_scratch("foreign.db"), *text = check_scratch("text.db");
    sqlite3 *database;
    sqlite3_open(foreign, &database);
    sqlite3_exec(database, "CREATE TABLE runs (run INTEGER)", NULL, NULL, NULL);
    sqlite3_close(database);
    FILE *file = fopen(text, "w");
    fputs("run,policy\n", file);
    fclose(file);
    const char *older = write_runs("older.db", sweep_command, 1, 1, 2);
    change(older, "PRAGMA user_version = 1");
    const char *const paths[] = {foreign, text, older, check_scratch("none.db")};
    const char *const words[] = {"another program", "not a database", "an older version", "no such database"};
    for (int i = 0; i < 4; i++) {
        MergeCount count;
        Error error;
        int64_t runs;
        CHECK_INT(merge_check(paths[i], &runs, &error), STORE_INPUT);
        CHECK_INT(merge(target, paths[i], &count, &error), STORE_INPUT);
        CHECK(strstr(error.message, words[i]) != NULL);
        CHECK_TEXT(error.file, paths[i]);
        CHECK(access(target, F_OK) != 0);
    }
}

static void damaged_shard_is_named_and_nothing_of_it_is_taken(void)
{
    const char *target = new_target(), *shard = write_runs("damaged.db", sweep_command, 1, 1, 400);
    merge_fine(target, write_runs("front.db", sweep_command, 1, 1, 4));
    char *before = content(target);
    /* The metrics, but neither the layout nor the runs. */
    long page = atol(answer(shard, "SELECT rootpage FROM sqlite_schema WHERE name = 'metrics'"));
    FILE *file = fopen(shard, "r+b");
    fseek(file, (page - 1) * 4096, SEEK_SET);
    for (int i = 0; i < 4096; i++)
        fputc(0x5a, file);
    fclose(file);
    MergeCount count;
    Error error;
    CHECK_INT(merge(target, shard, &count, &error), STORE_MACHINE);
    CHECK(count.damaged);
    CHECK_TEXT(error.file, shard);
    CHECK_TEXT(error.message, "the database is damaged");
    check_content(content(target), before);
}

static void full_disk_takes_nothing_of_a_shard(void)
{
    const char *path = new_target(), *shard = write_runs("large.db", sweep_command, 1, 1, 400);
    merge_fine(path, write_shard(1));
    char *before = content(path);
    Store *target = open_store(path);
    query(target, "PRAGMA max_page_count = 1"); /* not below what is there: no further page */
    ErrorList errors = {0};
    MergeCount count;
    CHECK_INT(merge_shard(target, shard, &count, &errors), STORE_MACHINE);
    CHECK(!count.damaged);
    CHECK_TEXT(errors.items[0].message, "the disk is full; what was stored before is safe");
    CHECK_TEXT(errors.items[0].file, path);
    query(target, "PRAGMA max_page_count = 100000");
    check_content(content(path), before);
    CHECK_INT(merge_shard(target, shard, &count, &errors), STORE_FINE);
    CHECK_INT(count.added, 400 - RUNS / SHARDS);
    store_close(target);
    CHECK_TEXT(answer(path, "PRAGMA integrity_check"), "ok");
}

static void shard_under_way_is_merged_as_far_as_it_is_and_looked_at_without_a_lock(void)
{
    const char *target = new_target(), *shard = write_shard(1);
    sqlite3 *writer;
    sqlite3_open(shard, &writer);
    sqlite3_exec(writer, "BEGIN IMMEDIATE; UPDATE runs SET policy = 'unfinished'", NULL, NULL, NULL);
    CHECK_INT(merge_fine(target, shard).added, RUNS / SHARDS);
    CHECK_TEXT(answer(target, "SELECT count(*) FROM runs WHERE policy = 'unfinished'"), "0");
    sqlite3_exec(writer, "COMMIT; BEGIN EXCLUSIVE", NULL, NULL, NULL);
    CHECK_INT(merge_peek(shard), RUNS / SHARDS);
    sqlite3_close(writer);
}

static void looking_takes_any_name_and_survives_anything(void)
{
    const char *odd = write_runs("50% of? #1 it's.db", sweep_command, 1, 1, 5);
    CHECK_INT(merge_peek(odd), 5);
    CHECK_INT(merge_peek(check_scratch("none.db")), -1);
    CHECK(access(check_scratch("none.db"), F_OK) != 0);
    const char *text = check_scratch("text.db");
    FILE *file = fopen(text, "w");
    fputs("run,policy\n", file);
    fclose(file);
    CHECK_INT(merge_peek(text), -1);
    CHECK_INT(merge_fine(new_target(), odd).added, 5);
}

static void other_names_of_a_file_are_the_same_file(void)
{
    const char *path = write_shard(1), *other = check_scratch("other name.db");
    unlink(other);
    CHECK_INT(link(path, other), 0);
    CHECK(merge_same_file(path, other));
    CHECK(!merge_same_file(path, write_shard(2)));
    CHECK(!merge_same_file(path, check_scratch("none.db")));
}

int main(void)
{
    static const Check checks[] = {
        {"shards_in_any_order_are_the_whole", shards_in_any_order_are_the_whole},
        {"merging_again_changes_nothing", merging_again_changes_nothing},
        {"overlapping_shards_join_once", overlapping_shards_join_once},
        {"every_table_of_a_run_is_tested", every_table_of_a_run_is_tested},
        {"different_results_refuse_the_whole_shard", different_results_refuse_the_whole_shard},
        {"times_of_a_training_are_no_results", times_of_a_training_are_no_results},
        {"failed_run_gives_way_to_one_that_is_done", failed_run_gives_way_to_one_that_is_done},
        {"experiments_of_one_command_become_one", experiments_of_one_command_become_one},
        {"two_sweeps_in_one_database_are_merged", two_sweeps_in_one_database_are_merged},
        {"names_from_two_sweeps_are_both_kept", names_from_two_sweeps_are_both_kept},
        {"what_is_no_database_of_ours_is_refused", what_is_no_database_of_ours_is_refused},
        {"damaged_shard_is_named_and_nothing_of_it_is_taken", damaged_shard_is_named_and_nothing_of_it_is_taken},
        {"full_disk_takes_nothing_of_a_shard", full_disk_takes_nothing_of_a_shard},
        {"shard_under_way_is_merged_as_far_as_it_is_and_looked_at_without_a_lock",
         shard_under_way_is_merged_as_far_as_it_is_and_looked_at_without_a_lock},
        {"looking_takes_any_name_and_survives_anything", looking_takes_any_name_and_survives_anything},
        {"other_names_of_a_file_are_the_same_file", other_names_of_a_file_are_the_same_file},
    };
    return check_run("merge", checks, sizeof checks / sizeof *checks);
}

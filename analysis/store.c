#include "store_file.h"

#include "../sim/rng.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* How long a call waits for another program that writes to the same file. */
enum { LOCK_PATIENCE_MS = 10000 };

#ifdef __clang__
static const char COMPILER[] = "clang " __clang_version__;
#else
static const char COMPILER[] = "gcc " __VERSION__;
#endif

struct Store {
    sqlite3 *database;
    char *path;
    bool created; /* by this store, so that it is removed again if it gets no run */
};

static StoreStatus fail(Store *store, int code, Error *error)
{
    return store_file_fail(store->path, store->database, code, error);
}

static int execute(Store *store, const char *sql)
{
    return sqlite3_exec(store->database, sql, NULL, NULL, NULL);
}

static int connect(Store *store, int flags)
{
    sqlite3_close(store->database);
    store->database = NULL;
    int code = sqlite3_open_v2(store->path, &store->database, flags, NULL);
    if (code != SQLITE_OK)
        return code;
    sqlite3_extended_result_codes(store->database, 1);
    sqlite3_busy_timeout(store->database, LOCK_PATIENCE_MS);
    return execute(store, "SELECT 1 FROM runs LIMIT 1");
}

/* Opens for reading. A file whose last writer was killed has first to be rolled back, which takes a connection that may
 * write; everything else is then forbidden to it. */
static int connect_read(Store *store)
{
    int code = connect(store, SQLITE_OPEN_READONLY);
    if ((code & 0xff) != SQLITE_READONLY && (code & 0xff) != SQLITE_CANTOPEN)
        return code;
    code = connect(store, SQLITE_OPEN_READWRITE);
    return code == SQLITE_OK ? execute(store, "PRAGMA query_only = ON") : code;
}

/* Opens for writing. A rollback journal, fully synchronised, is the one that survives kill and power cut everywhere and
 * leaves no second file behind. */
static int connect_write(Store *store)
{
    int code = connect(store, SQLITE_OPEN_READWRITE);
    if (code == SQLITE_OK && sqlite3_db_readonly(store->database, "main") == 1)
        return SQLITE_READONLY;
    return code == SQLITE_OK ? execute(store, "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL") : code;
}

static int connect_memory(Store *store)
{
    int code = sqlite3_open_v2(":memory:", &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_extended_result_codes(store->database, 1);
    if (code == SQLITE_OK)
        code = execute(store, "PRAGMA foreign_keys = ON");
    return code == SQLITE_OK ? store_file_lay_out(store->database) : code;
}

/* Makes sure that one of our files is at the path. */
static StoreStatus prepare_file(Store *store, StoreMode mode, Error *error)
{
    StoreFile found;
    StoreStatus status = store_file_look(store->path, &found, error);
    if (status != STORE_FINE || found == STORE_FILE_OURS)
        return status;
    if (mode == STORE_READ) {
        error_set(error, store->path, 0, 0, "there is no such database");
        return STORE_INPUT;
    }
    status = store_file_create(store->path, error);
    store->created = status == STORE_FINE;
    return status;
}

/* The number in the first column of a query's only row; -1 where it fails. */
static int64_t query_number(Store *store, const char *sql)
{
    sqlite3_stmt *query = NULL;
    int64_t number = -1;
    if (sqlite3_prepare_v2(store->database, sql, -1, &query, NULL) == SQLITE_OK && sqlite3_step(query) == SQLITE_ROW)
        number = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return number;
}

StoreStatus store_open(const char *path, StoreMode mode, Store **ret_store, Error *error)
{
    *ret_store = NULL;
    Store *store = memory_allocate(1, sizeof *store);
    store->path = memory_allocate(strlen(path) + 1, 1);
    memcpy(store->path, path, strlen(path));
    bool in_memory = strcmp(path, ":memory:") == 0;
    StoreStatus status = in_memory ? STORE_FINE : prepare_file(store, mode, error);
    if (status == STORE_FINE) {
        int code = in_memory ? connect_memory(store) : mode == STORE_READ ? connect_read(store) : connect_write(store);
        if (code != SQLITE_OK)
            status = fail(store, code, error);
    }
    if (status == STORE_FINE)
        *ret_store = store;
    else
        store_close(store);
    return status;
}

void store_close(Store *store)
{
    if (!store)
        return;
    /* The lock is held while the file goes, so that nobody else's first run goes with it. */
    if (store->created && store->database && execute(store, "BEGIN EXCLUSIVE") == SQLITE_OK &&
        query_number(store, "SELECT count(*) FROM runs") == 0 &&
        query_number(store, "SELECT count(*) FROM experiments") <= 1)
        unlink(store->path);
    sqlite3_close(store->database);
    free(store->path);
    free(store);
}

static void utc_now(char *buffer, size_t size)
{
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(buffer, size, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

static void bind_hex(sqlite3_stmt *statement, int index, uint64_t value)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    bind_text(statement, index, text);
}

/* Prepares a statement unless an earlier step failed (`*code`). NULL then, which binding and stepping tolerate. */
static sqlite3_stmt *prepare(Store *store, const char *sql, int *code)
{
    sqlite3_stmt *statement = NULL;
    if (*code == SQLITE_OK)
        *code = sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL);
    return statement;
}

/* Runs a statement that gives no row, unless an earlier step failed, and makes it ready for the next. */
static void step(sqlite3_stmt *statement, int *code)
{
    if (*code != SQLITE_OK)
        return;
    int result = sqlite3_step(statement);
    *code = result == SQLITE_DONE || result == SQLITE_ROW ? SQLITE_OK : result;
    sqlite3_reset(statement);
}

StoreStatus store_begin_experiment(Store *store, const char *name, const char *command, int64_t *ret_experiment,
                                   Error *error)
{
    char now[32];
    utc_now(now, sizeof now);
    int code = SQLITE_OK;
    sqlite3_stmt *insert =
        prepare(store, "INSERT INTO experiments (name, command, started_utc) VALUES (?1, ?2, ?3)", &code);
    if (insert) {
        bind_text(insert, 1, name);
        bind_text(insert, 2, command);
        bind_text(insert, 3, now);
    }
    step(insert, &code);
    StoreStatus status = code == SQLITE_OK ? STORE_FINE : fail(store, code, error);
    sqlite3_finalize(insert);
    if (status == STORE_FINE)
        *ret_experiment = sqlite3_last_insert_rowid(store->database);
    return status;
}

static uint64_t text_hash(const char *text)
{
    uint64_t hash = 0;
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++)
        hash = rng_mix(hash, *byte);
    return hash;
}

static void add_scenario(Store *store, const Scenario *scenario, int *code)
{
    sqlite3_stmt *insert = prepare(store, "INSERT OR IGNORE INTO scenarios VALUES (?1, ?2, ?3, ?4, ?5, ?6)", code);
    if (insert) {
        bind_hex(insert, 1, scenario->hash);
        bind_text(insert, 2, scenario->name);
        bind_text(insert, 3, scenario->path);
        sqlite3_bind_int(insert, 4, scenario->user_count);
        sqlite3_bind_double(insert, 5, scenario->objective.threshold);
        bind_text(insert, 6, scenario->resolved);
    }
    step(insert, code);
    sqlite3_finalize(insert);
}

/* Binds what identifies a run to ?1 .. ?6. */
static void bind_identity(sqlite3_stmt *statement, const Trial *trial)
{
    bind_hex(statement, 1, trial->scenario->hash);
    bind_text(statement, 2, trial->policy->name);
    bind_hex(statement, 3, text_hash(trial->parameters));
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)trial->seed);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)trial->replication);
    bind_text(statement, 6, ORCHID_VERSION);
}

/* Removes an earlier run of the same identity and returns its number, or 0 where there is none. */
static int64_t remove_earlier(Store *store, const Trial *trial, int *code)
{
    int64_t run = 0;
    sqlite3_stmt *delete = prepare(store,
                                   "DELETE FROM runs WHERE scenario_hash = ?1 AND policy = ?2 AND parameters_hash = ?3 "
                                   "AND seed = ?4 AND replication = ?5 AND version = ?6 RETURNING run",
                                   code);
    if (!delete)
        return 0;
    bind_identity(delete, trial);
    int result = sqlite3_step(delete);
    if (result == SQLITE_ROW) {
        run = sqlite3_column_int64(delete, 0);
        result = sqlite3_step(delete);
    }
    *code = result == SQLITE_DONE ? SQLITE_OK : result;
    sqlite3_finalize(delete);
    return run;
}

/* Adds the row of the run and returns its number: that of the run it replaces, so that a rerun changes nothing else. */
static int64_t add_run(Store *store, int64_t experiment, const Trial *trial, int *code)
{
    int64_t earlier = remove_earlier(store, trial, code);
    sqlite3_stmt *insert =
        prepare(store,
                "INSERT INTO runs (scenario_hash, policy, parameters_hash, seed, replication, version, "
                "run, experiment, parameters, host, compiler, finished_utc, wall_s, cpu_s, events, "
                "fingerprint, interactions, status, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                "nullif(?7, 0), ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
                code);
    if (!insert)
        return 0;
    char now[32], host[sizeof(struct utsname)];
    struct utsname machine = {0};
    uname(&machine);
    utc_now(now, sizeof now);
    snprintf(host, sizeof host, "%s %s %s %s", machine.nodename, machine.sysname, machine.release, machine.machine);
    bind_identity(insert, trial);
    sqlite3_bind_int64(insert, 7, earlier);
    sqlite3_bind_int64(insert, 8, experiment);
    bind_text(insert, 9, trial->parameters);
    bind_text(insert, 10, host);
    bind_text(insert, 11, COMPILER);
    bind_text(insert, 12, now);
    sqlite3_bind_double(insert, 13, trial->wall_s);
    sqlite3_bind_double(insert, 14, trial->cpu_s);
    sqlite3_bind_int64(insert, 15, trial->events);
    bind_hex(insert, 16, trial->fingerprint);
    sqlite3_bind_int64(insert, 17, trial->interactions);
    bind_text(insert, 18, trial->status == TRIAL_DONE ? "done" : "failed");
    bind_text(insert, 19, trial->error);
    step(insert, code);
    sqlite3_finalize(insert);
    return sqlite3_last_insert_rowid(store->database);
}

static void add_metrics(Store *store, int64_t run, const Trial *trial, int *code)
{
    sqlite3_stmt *insert = prepare(store, "INSERT INTO metrics VALUES (?1, ?2, ?3, ?4)", code);
    for (int i = 0; i < trial->metric_count && *code == SQLITE_OK; i++) {
        const Metric *metric = &trial->metrics[i];
        sqlite3_bind_int64(insert, 1, run);
        bind_text(insert, 2, metric->name);
        bind_text(insert, 3, metric->unit);
        sqlite3_bind_double(insert, 4, metric->value); /* NAN becomes NULL */
        step(insert, code);
    }
    sqlite3_finalize(insert);
}

static void add_learning_curve(Store *store, int64_t run, const Trial *trial, int *code)
{
    sqlite3_stmt *insert = prepare(store, "INSERT INTO learning_curves VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", code);
    for (int i = 0; i < trial->curve_count && *code == SQLITE_OK; i++) {
        const CurvePoint *point = &trial->curve[i];
        sqlite3_bind_int64(insert, 1, run);
        sqlite3_bind_int64(insert, 2, point->interactions);
        sqlite3_bind_double(insert, 3, point->reward);
        sqlite3_bind_double(insert, 4, point->response_s);
        sqlite3_bind_double(insert, 5, point->accuracy);
        sqlite3_bind_double(insert, 6, point->oracle_reward);
        sqlite3_bind_double(insert, 7, point->oracle_response_s);
        sqlite3_bind_double(insert, 8, point->regret);
        step(insert, code);
    }
    sqlite3_finalize(insert);
}

static void add_decision_counts(Store *store, int64_t run, const Trial *trial, int *code)
{
    sqlite3_stmt *insert = prepare(store, "INSERT INTO decision_counts VALUES (?1, ?2, ?3, ?4)", code);
    for (int i = 0; i < trial->decision_count_count && *code == SQLITE_OK; i++) {
        sqlite3_bind_int64(insert, 1, run);
        bind_text(insert, 2, trial->decision_counts[i].node_group);
        bind_text(insert, 3, trial->decision_counts[i].option);
        sqlite3_bind_int64(insert, 4, trial->decision_counts[i].count);
        step(insert, code);
    }
    sqlite3_finalize(insert);
}

StoreStatus store_add_trial(Store *store, int64_t experiment, const Trial *trial, Error *error)
{
    assert(trial->status != TRIAL_PENDING);
    int code = execute(store, "BEGIN IMMEDIATE");
    if (code != SQLITE_OK)
        return fail(store, code, error);
    add_scenario(store, trial->scenario, &code);
    int64_t run = add_run(store, experiment, trial, &code);
    if (trial->status == TRIAL_DONE) {
        add_metrics(store, run, trial, &code);
        add_learning_curve(store, run, trial, &code);
        add_decision_counts(store, run, trial, &code);
    }
    if (code == SQLITE_OK)
        code = execute(store, "COMMIT");
    if (code == SQLITE_OK)
        return STORE_FINE;
    StoreStatus status = fail(store, code, error);
    execute(store, "ROLLBACK");
    return status;
}

/* Calls `row` for every row of a prepared statement; `*ret_stopped` where it had enough. Returns SQLite's result. */
static int read_rows(sqlite3_stmt *query, StoreRow *row, void *context, bool *ret_stopped)
{
    int columns = sqlite3_column_count(query), code;
    const char **names = memory_allocate((size_t)columns, sizeof *names);
    StoreValue *values = memory_allocate((size_t)columns, sizeof *values);
    while ((code = sqlite3_step(query)) == SQLITE_ROW && row && !*ret_stopped) {
        for (int i = 0; i < columns; i++) {
            names[i] = sqlite3_column_name(query, i);
            values[i].null = sqlite3_column_type(query, i) == SQLITE_NULL;
            values[i].number = sqlite3_column_double(query, i);
            values[i].integer = sqlite3_column_int64(query, i);
            const char *text = (const char *)sqlite3_column_text(query, i);
            values[i].text = text ? text : "";
        }
        *ret_stopped = !row(context, columns, names, values);
    }
    free(names);
    free(values);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

StoreStatus store_query(Store *store, const char *sql, const char *const *parameters, int parameter_count,
                        StoreRow *row, void *context, Error *error)
{
    bool stopped = false;
    while (*sql && !stopped) {
        sqlite3_stmt *query = NULL;
        int code = sqlite3_prepare_v2(store->database, sql, -1, &query, &sql);
        if (code == SQLITE_OK && query) {
            for (int i = 0; i < parameter_count && i < sqlite3_bind_parameter_count(query); i++)
                bind_text(query, i + 1, parameters[i]);
            code = read_rows(query, row, context, &stopped);
        }
        StoreStatus status = code == SQLITE_OK ? STORE_FINE : fail(store, code, error);
        sqlite3_finalize(query);
        if (status != STORE_FINE)
            return status;
    }
    return STORE_FINE;
}

#include "store_parts.h"

#include "../sim/rng.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#ifdef __clang__
static const char COMPILER[] = "clang " __clang_version__;
#else
static const char COMPILER[] = "gcc " __VERSION__;
#endif

#define IDENTITY                                                                                                       \
    "scenario_hash = ?1 AND policy = ?2 AND parameters_hash = ?3 AND seed = ?4 AND replication = ?5 AND version = ?6"

static const char *const texts[STATEMENT_COUNT] = {
    [STATEMENT_ADD_SCENARIO] = "INSERT OR IGNORE INTO scenarios VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STATEMENT_REMOVE_RUN] = "DELETE FROM runs WHERE " IDENTITY " RETURNING run",
    [STATEMENT_ADD_RUN] =
        "INSERT INTO runs (scenario_hash, policy, parameters_hash, seed, replication, version, run, "
        "experiment, parameters, host, compiler, finished_utc, wall_s, cpu_s, events, fingerprint, "
        "interactions, status, error, reproduce, sweep_run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0), ?8, "
        "?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, nullif(?21, 0))",
    [STATEMENT_ADD_VALUE] = "INSERT OR IGNORE INTO sweep_values VALUES (?1, ?2, ?3, ?4, ?5)",
    [STATEMENT_ADD_METRIC] = "INSERT INTO metrics VALUES (?1, ?2, ?3, ?4)",
    [STATEMENT_ADD_CURVE_POINT] = "INSERT INTO learning_curves VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                                  "?10, ?11, ?12)",
    [STATEMENT_ADD_CURVE_TIME] = "INSERT INTO learning_times VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [STATEMENT_ADD_DECISION_COUNT] = "INSERT INTO decision_counts VALUES (?1, ?2, ?3, ?4)",
    [STATEMENT_FIND_RUN] = "SELECT run, status = 'done' FROM runs WHERE " IDENTITY,
    [STATEMENT_COUNT_VALUES] = "SELECT count(*) FROM sweep_values WHERE run = ?1 AND key = ?2",
    [STATEMENT_READ_METRIC] =
        "SELECT value FROM runs JOIN metrics USING (run) WHERE " IDENTITY " AND status = 'done' AND name = ?7",
};

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

/* A statement ready to bind, unless an earlier step failed (`*code`). NULL then, which binding and stepping tolerate.
 */
static sqlite3_stmt *ready(Store *store, StoreStatement which, int *code)
{
    sqlite3_stmt **statement = &store->statements[which];
    if (*code == SQLITE_OK && !*statement)
        *code = sqlite3_prepare_v3(store->database, texts[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return *code == SQLITE_OK ? *statement : NULL;
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

/* Whether a query has a row, whose columns can be read until it is reset. */
static bool has_row(sqlite3_stmt *query, int *code)
{
    if (*code != SQLITE_OK)
        return false;
    int result = sqlite3_step(query);
    *code = result == SQLITE_DONE || result == SQLITE_ROW ? SQLITE_OK : result;
    return result == SQLITE_ROW;
}

static void utc_now(char *buffer, size_t size)
{
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(buffer, size, "%Y-%m-%dT%H:%M:%SZ", &parts);
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
    sqlite3_stmt *insert = ready(store, STATEMENT_ADD_SCENARIO, code);
    if (!insert)
        return;
    bind_hex(insert, 1, scenario->hash);
    bind_text(insert, 2, scenario->name);
    bind_text(insert, 3, scenario->path);
    sqlite3_bind_int(insert, 4, scenario->user_count);
    sqlite3_bind_double(insert, 5, scenario->objective.threshold);
    bind_text(insert, 6, scenario->resolved);
    step(insert, code);
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
    sqlite3_stmt *delete = ready(store, STATEMENT_REMOVE_RUN, code);
    if (!delete)
        return 0;
    bind_identity(delete, trial);
    int64_t run = has_row(delete, code) ? sqlite3_column_int64(delete, 0) : 0;
    if (run)
        has_row(delete, code);
    sqlite3_reset(delete);
    return run;
}

/* Adds the row of the run and returns its number: that of the run it replaces, so that a rerun changes nothing else. */
static int64_t add_run(Store *store, int64_t experiment, const Trial *trial, int *code)
{
    int64_t earlier = remove_earlier(store, trial, code);
    sqlite3_stmt *insert = ready(store, STATEMENT_ADD_RUN, code);
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
    bind_text(insert, 20, trial->reproduce ? trial->reproduce : "");
    sqlite3_bind_int64(insert, 21, trial->number);
    step(insert, code);
    return sqlite3_last_insert_rowid(store->database);
}

static void add_values(Store *store, int64_t run, const Trial *trial, int *code)
{
    sqlite3_stmt *insert = trial->value_count ? ready(store, STATEMENT_ADD_VALUE, code) : NULL;
    for (int i = 0; insert && i < trial->value_count && *code == SQLITE_OK; i++) {
        const SweepValue *value = &trial->values[i];
        sqlite3_bind_int64(insert, 1, run);
        bind_text(insert, 2, value->key);
        bind_text(insert, 3, value->text);
        sqlite3_bind_double(insert, 4, value->number); /* NAN becomes NULL */
        bind_text(insert, 5, value->unit);
        step(insert, code);
    }
}

static void add_metrics(Store *store, int64_t run, const Trial *trial, int *code)
{
    sqlite3_stmt *insert = ready(store, STATEMENT_ADD_METRIC, code);
    for (int i = 0; insert && i < trial->metric_count && *code == SQLITE_OK; i++) {
        const Metric *metric = &trial->metrics[i];
        sqlite3_bind_int64(insert, 1, run);
        bind_text(insert, 2, metric->name);
        bind_text(insert, 3, metric->unit);
        sqlite3_bind_double(insert, 4, metric->value); /* NAN becomes NULL */
        step(insert, code);
    }
}

static void add_learning_curve(Store *store, int64_t run, const Trial *trial, int *code)
{
    sqlite3_stmt *insert = ready(store, STATEMENT_ADD_CURVE_POINT, code);
    for (int i = 0; insert && i < trial->curve_count && *code == SQLITE_OK; i++) {
        const CurvePoint *point = &trial->curve[i];
        sqlite3_bind_int64(insert, 1, run);
        sqlite3_bind_int64(insert, 2, point->interactions);
        sqlite3_bind_double(insert, 3, point->reward);
        sqlite3_bind_double(insert, 4, point->response_s);
        sqlite3_bind_double(insert, 5, point->accuracy);
        sqlite3_bind_double(insert, 6, point->oracle_reward);
        sqlite3_bind_double(insert, 7, point->oracle_response_s);
        sqlite3_bind_double(insert, 8, point->regret);
        sqlite3_bind_double(insert, 9, point->violation_fraction);
        sqlite3_bind_double(insert, 10, point->optimal_fraction);
        sqlite3_bind_double(insert, 11, point->near_optimal_fraction);
        sqlite3_bind_int64(insert, 12, point->planning_steps);
        step(insert, code);
    }
}

static void add_learning_times(Store *store, int64_t run, const Trial *trial, int *code)
{
    sqlite3_stmt *insert = trial->curve_times ? ready(store, STATEMENT_ADD_CURVE_TIME, code) : NULL;
    for (int i = 0; insert && i < trial->curve_count && *code == SQLITE_OK; i++) {
        const CurveTime *time = &trial->curve_times[i];
        sqlite3_bind_int64(insert, 1, run);
        sqlite3_bind_int64(insert, 2, trial->curve[i].interactions);
        sqlite3_bind_double(insert, 3, time->wall_s);
        sqlite3_bind_double(insert, 4, time->cpu_s);
        sqlite3_bind_double(insert, 5, time->simulation_s);
        sqlite3_bind_double(insert, 6, time->learning_s);
        sqlite3_bind_double(insert, 7, time->planning_s);
        step(insert, code);
    }
}

static void add_decision_counts(Store *store, int64_t run, const Trial *trial, int *code)
{
    sqlite3_stmt *insert = ready(store, STATEMENT_ADD_DECISION_COUNT, code);
    for (int i = 0; insert && i < trial->decision_count_count && *code == SQLITE_OK; i++) {
        sqlite3_bind_int64(insert, 1, run);
        bind_text(insert, 2, trial->decision_counts[i].node_group);
        bind_text(insert, 3, trial->decision_counts[i].option);
        sqlite3_bind_int64(insert, 4, trial->decision_counts[i].count);
        step(insert, code);
    }
}

/* Makes a failed statement forget what it was at: it would keep the transaction from ending. */
static void reset_statements(Store *store)
{
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_reset(store->statements[i]);
}

/* Whether a transaction is under way. */
static bool in_transaction(const Store *store)
{
    return !sqlite3_get_autocommit(store->database);
}

/* Begins the transaction that a change needs, or a savepoint in that of the batch. */
static int begin_change(Store *store)
{
    int code = in_transaction(store) ? SQLITE_OK : store_execute(store, "BEGIN IMMEDIATE");
    return code == SQLITE_OK && store->batch ? store_execute(store, "SAVEPOINT change") : code;
}

/* Ends it: what was done since begin_change stays where `code` is fine, and goes otherwise. */
static StoreStatus end_change(Store *store, int code, Error *error)
{
    if (code == SQLITE_OK)
        code = store_execute(store, store->batch ? "RELEASE change" : "COMMIT");
    if (code == SQLITE_OK)
        return STORE_FINE;
    StoreStatus status = store_fail(store, code, error);
    reset_statements(store);
    if (in_transaction(store))
        store_execute(store, store->batch ? "ROLLBACK TO change; RELEASE change" : "ROLLBACK");
    else
        store->lost = store->batch;
    return status;
}

StoreStatus store_add_trial(Store *store, int64_t experiment, const Trial *trial, Error *error)
{
    assert(trial->status != TRIAL_PENDING);
    int code = begin_change(store);
    if (code != SQLITE_OK)
        return store_fail(store, code, error);
    add_scenario(store, trial->scenario, &code);
    int64_t run = add_run(store, experiment, trial, &code);
    add_values(store, run, trial, &code);
    if (trial->status == TRIAL_DONE) {
        add_metrics(store, run, trial, &code);
        add_learning_curve(store, run, trial, &code);
        add_learning_times(store, run, trial, &code);
        add_decision_counts(store, run, trial, &code);
    }
    return end_change(store, code, error);
}

void store_begin_batch(Store *store)
{
    assert(!store->batch);
    store->batch = true;
    store->lost = false;
}

StoreStatus store_end_batch(Store *store, Error *error)
{
    assert(store->batch);
    int code = store->lost ? SQLITE_IOERR : in_transaction(store) ? store_execute(store, "COMMIT") : SQLITE_OK;
    store->batch = false;
    if (code == SQLITE_OK)
        return STORE_FINE;
    StoreStatus status = store_fail(store, code, error);
    if (in_transaction(store))
        store_execute(store, "ROLLBACK");
    return status;
}

StoreStatus store_find_run(Store *store, const Trial *trial, StoredRun *ret_run, Error *error)
{
    int code = SQLITE_OK;
    *ret_run = (StoredRun){0};
    sqlite3_stmt *find = ready(store, STATEMENT_FIND_RUN, &code);
    if (find) {
        bind_identity(find, trial);
        if (has_row(find, &code))
            *ret_run = (StoredRun){sqlite3_column_int64(find, 0), sqlite3_column_int(find, 1) != 0};
        sqlite3_reset(find);
    }
    return code == SQLITE_OK ? STORE_FINE : store_fail(store, code, error);
}

StoreStatus store_note_values(Store *store, int64_t run, const Trial *trial, Error *error)
{
    int code = SQLITE_OK;
    bool known = true;
    sqlite3_stmt *count = ready(store, STATEMENT_COUNT_VALUES, &code);
    for (int i = 0; count && i < trial->value_count && known; i++) {
        sqlite3_bind_int64(count, 1, run);
        bind_text(count, 2, trial->values[i].key);
        known = has_row(count, &code) && sqlite3_column_int(count, 0) > 0;
        sqlite3_reset(count);
    }
    if (code == SQLITE_OK && known)
        return STORE_FINE;
    if (code == SQLITE_OK)
        code = begin_change(store);
    if (code != SQLITE_OK)
        return store_fail(store, code, error);
    add_values(store, run, trial, &code);
    return end_change(store, code, error);
}

StoreStatus store_read_metric(Store *store, const Trial *trial, const char *metric, double *ret_value, Error *error)
{
    int code = SQLITE_OK;
    *ret_value = NAN;
    sqlite3_stmt *query = ready(store, STATEMENT_READ_METRIC, &code);
    if (query) {
        bind_identity(query, trial);
        bind_text(query, 7, metric);
        if (has_row(query, &code) && sqlite3_column_type(query, 0) != SQLITE_NULL)
            *ret_value = sqlite3_column_double(query, 0);
        sqlite3_reset(query);
    }
    return code == SQLITE_OK ? STORE_FINE : store_fail(store, code, error);
}

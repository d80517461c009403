#include "store_file.h"
#include "store_parts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long a call waits for another program that writes to the same file. */
enum { LOCK_PATIENCE_MS = 10000 };

StoreStatus store_fail(Store *store, int code, Error *error)
{
    return store_file_fail(store->path, store->database, code, error);
}

int store_execute(Store *store, const char *sql)
{
    return sqlite3_exec(store->database, sql, NULL, NULL, NULL);
}

void store_end_statements(Store *store)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
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
    return store_execute(store, "SELECT 1 FROM runs LIMIT 1");
}

/* Opens for reading. A file whose last writer was killed has first to be rolled back, which takes a connection that may
 * write; everything else is then forbidden to it. */
static int connect_read(Store *store)
{
    int code = connect(store, SQLITE_OPEN_READONLY);
    if ((code & 0xff) != SQLITE_READONLY && (code & 0xff) != SQLITE_CANTOPEN)
        return code;
    code = connect(store, SQLITE_OPEN_READWRITE);
    return code == SQLITE_OK ? store_execute(store, "PRAGMA query_only = ON") : code;
}

/* Opens for writing. A rollback journal, fully synchronised, is the one that survives kill and power cut everywhere and
 * leaves no second file behind. */
static int connect_write(Store *store)
{
    int code = connect(store, SQLITE_OPEN_READWRITE);
    if (code == SQLITE_OK && sqlite3_db_readonly(store->database, "main") == 1)
        return SQLITE_READONLY;
    return code == SQLITE_OK ? store_execute(store, "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL") : code;
}

static int connect_memory(Store *store)
{
    int code = sqlite3_open_v2(":memory:", &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_extended_result_codes(store->database, 1);
    if (code == SQLITE_OK)
        code = store_execute(store, "PRAGMA foreign_keys = ON");
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
        bool exists = access(store->path, F_OK) == 0;
        error_set(error, store->path, 0, 0, exists ? "the file is empty, not a database" : "there is no such database");
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
            status = store_fail(store, code, error);
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
    store_end_statements(store);
    /* The lock is held while the file goes, so that nobody else's first run goes with it. */
    if (store->created && store->database && store_execute(store, "BEGIN EXCLUSIVE") == SQLITE_OK &&
        query_number(store, "SELECT count(*) FROM runs") == 0 &&
        query_number(store, "SELECT count(*) FROM experiments") <= 1)
        unlink(store->path);
    sqlite3_close(store->database);
    free(store->path);
    free(store);
}

void store_keep(Store *store)
{
    store->created = false;
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

StoreStatus store_begin_experiment(Store *store, const char *name, const char *command, int64_t *ret_experiment,
                                   Error *error)
{
    static const char insert[] = "INSERT INTO experiments (name, command, started_utc) VALUES (?1, ?2, ?3)";
    char now[32];
    utc_now(now, sizeof now);
    const char *const values[] = {name, command, now};
    StoreStatus status = store_query(store, insert, values, 3, NULL, NULL, error);
    if (status == STORE_FINE)
        *ret_experiment = sqlite3_last_insert_rowid(store->database);
    return status;
}

static bool keep_integer(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count;
    (void)names;
    *(int64_t *)context = values[0].integer;
    return false;
}

StoreStatus store_continue_experiment(Store *store, const char *name, const char *command, int64_t *ret_experiment,
                                      Error *error)
{
    static const char find[] = "SELECT max(experiment) FROM experiments WHERE name = ?1 AND command = ?2";
    const char *const values[] = {name, command};
    int64_t experiment = 0;
    StoreStatus status = store_query(store, find, values, 2, keep_integer, &experiment, error);
    if (status == STORE_FINE && experiment == 0)
        return store_begin_experiment(store, name, command, ret_experiment, error);
    if (status == STORE_FINE)
        *ret_experiment = experiment;
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
        StoreStatus status = code == SQLITE_OK ? STORE_FINE : store_fail(store, code, error);
        sqlite3_finalize(query);
        if (status != STORE_FINE)
            return status;
    }
    return STORE_FINE;
}

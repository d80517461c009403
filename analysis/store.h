/* Results in one SQLite file, laid out in schema.sql: a run's rows come in one transaction, or not at all. */
#ifndef ORCHID_ANALYSIS_STORE_H
#define ORCHID_ANALYSIS_STORE_H

#include "experiment.h"

/* How a call went. The values are the exit status that each deserves. */
typedef enum StoreStatus {
    STORE_FINE = 0,
    STORE_INPUT = 2,  /* the file named is not one of ours, or the SQL is wrong */
    STORE_MACHINE = 3 /* disk full, locked, not allowed, damaged */
} StoreStatus;

typedef enum StoreMode {
    STORE_READ, /* the file must exist and is never modified */
    STORE_WRITE /* creates the file where there is none */
} StoreMode;

/* An open database. Opaque; one thread at a time. */
typedef struct Store Store;

/* Opens `path`; ":memory:" is a database that ends with the store. A file of another program or of another version of
 * the schema is refused and left untouched. On failure nothing is left behind, `*ret_store` is NULL and `error` holds
 * one line (its `file` is the path). */
StoreStatus store_open(const char *path, StoreMode mode, Store **ret_store, Error *error);

/* Closes. A file that this store created and that got no run is removed again. NULL is allowed. */
void store_close(Store *store);

/* The file stays, though it may get no run: it holds other things. */
void store_keep(Store *store);

/* Notes one invocation and returns its number, which its runs carry. `command` is what the user typed. */
StoreStatus store_begin_experiment(Store *store, const char *name, const char *command, int64_t *ret_experiment,
                                   Error *error);

/* The same for what goes on where it stopped: the number of the latest experiment of that name and command, begun where
 * there is none. */
StoreStatus store_continue_experiment(Store *store, const char *name, const char *command, int64_t *ret_experiment,
                                      Error *error);

/* Stores a trial that is done or failed, in one transaction. A run of the same identity (scenario hash, policy,
 * parameters, seed, replication, version) is replaced. On failure the file is as before. */
StoreStatus store_add_trial(Store *store, int64_t experiment, const Trial *trial, Error *error);

/* From here on trials are collected in one transaction, which store_end_batch writes to the disk: that costs the same
 * for one and for a thousand. A disk that fails takes the whole batch back, when it ends or earlier: then
 * store_end_batch says so, and its trials are to be added again. */
void store_begin_batch(Store *store);
StoreStatus store_end_batch(Store *store, Error *error);

/* A run in the store. */
typedef struct StoredRun {
    int64_t run; /* 0: there is none */
    bool done;   /* false: it failed */
} StoredRun;

/* Looks for the run of the trial's identity; `scenario`, `policy`, `parameters`, `seed` and `replication` must be
 * known. */
StoreStatus store_find_run(Store *store, const Trial *trial, StoredRun *ret_run, Error *error);

/* Adds those values of the trial's sweep that the stored run does not have. */
StoreStatus store_note_values(Store *store, int64_t run, const Trial *trial, Error *error);

/* A metric of the run of the trial's identity; NAN where that is not stored, failed, or does not know it. */
StoreStatus store_read_metric(Store *store, const Trial *trial, const char *metric, double *ret_value, Error *error);

/* A value of a row: what sqlite3_column_* gives. */
typedef struct StoreValue {
    bool null;
    double number;    /* 0 for text that is none */
    int64_t integer;  /* likewise, rounded towards 0 */
    const char *text; /* UTF-8, numbers as text; "" when null; valid during the callback */
} StoreValue;

/* One row; `names` are the columns' names. False stops the query without an error. */
typedef bool StoreRow(void *context, int column_count, const char *const *names, const StoreValue *values);

/* Runs one or several SQL statements and calls `row` (NULL: rows are ignored) for every row. `parameters` are
 * `parameter_count` texts bound to ?1, ?2, ... of each statement that has them; numbers in them compare as numbers only
 * after CAST. */
StoreStatus store_query(Store *store, const char *sql, const char *const *parameters, int parameter_count,
                        StoreRow *row, void *context, Error *error);

#endif

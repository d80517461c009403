/* What the files of the store share. Nobody else includes this. */
#ifndef ORCHID_ANALYSIS_STORE_PARTS_H
#define ORCHID_ANALYSIS_STORE_PARTS_H

#include "store.h"

#include <sqlite3.h>

/* Statements that every run needs, prepared once. */
typedef enum StoreStatement {
    STATEMENT_ADD_SCENARIO,
    STATEMENT_REMOVE_RUN,
    STATEMENT_ADD_RUN,
    STATEMENT_ADD_VALUE,
    STATEMENT_ADD_METRIC,
    STATEMENT_ADD_CURVE_POINT,
    STATEMENT_ADD_CURVE_TIME,
    STATEMENT_ADD_DECISION_COUNT,
    STATEMENT_FIND_RUN,
    STATEMENT_COUNT_VALUES,
    STATEMENT_READ_METRIC,
    STATEMENT_COUNT
} StoreStatement;

struct Store {
    sqlite3 *database;
    char *path;
    bool created; /* by this store, so that it is removed again if it gets no run */
    bool batch;   /* runs are collected in one transaction, which begins with the first */
    bool lost;    /* the batch's transaction was taken back as a whole, because the disk failed */
    sqlite3_stmt *statements[STATEMENT_COUNT]; /* NULL before the first use */
};

/* Fills `error` for SQLite's result `code`, and returns its kind. */
StoreStatus store_fail(Store *store, int code, Error *error);

/* Runs SQL that gives no rows. Returns a result code of SQLite. */
int store_execute(Store *store, const char *sql);

/* Ends the prepared statements; they are prepared again when they are needed. */
void store_end_statements(Store *store);

#endif

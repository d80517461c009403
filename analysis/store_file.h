/* The file under a store: tells ours from others without opening it as a database, and creates new ones whole. */
#ifndef ORCHID_ANALYSIS_STORE_FILE_H
#define ORCHID_ANALYSIS_STORE_FILE_H

#include "store.h"

#include <sqlite3.h>

/* What is found at a path. */
typedef enum StoreFile {
    STORE_FILE_ABSENT, /* nothing, or an empty file */
    STORE_FILE_OURS
} StoreFile;

/* Looks at the first bytes of `path`. Anything that is there and not ours, or cannot be read, is an error. */
StoreStatus store_file_look(const char *path, StoreFile *ret_found, Error *error);

/* Puts an empty database of our layout at `path`, where nothing or an empty file was: complete or not at all. Where
 * somebody else was faster, theirs stays. */
StoreStatus store_file_create(const char *path, Error *error);

/* Lays out the tables and views in an open, empty database. Returns a result code of SQLite. */
int store_file_lay_out(sqlite3 *database);

/* Fills `error` for the failed operation on `path` that gave SQLite's extended result `code`, and returns its kind.
 * `database` may be NULL. */
StoreStatus store_file_fail(const char *path, sqlite3 *database, int code, Error *error);

#endif

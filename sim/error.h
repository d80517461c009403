/* What is wrong with the user's input: where, and one clear line. Library code fills errors and never prints them. */
#ifndef ORCHID_SIM_ERROR_H
#define ORCHID_SIM_ERROR_H

#include <stdbool.h>
#include <stdio.h>

enum { ERROR_LIMIT = 20, ERROR_MESSAGE_SIZE = 512 };

/* One finding. `file` is "" where there is none; `line` and `column` count from 1, 0 = unknown. */
typedef struct Error {
    char file[256];
    int line;
    int column;
    char message[ERROR_MESSAGE_SIZE];
} Error;

/* All findings of one pass, in the order found. Zero is the empty list. Past ERROR_LIMIT only `total` grows. */
typedef struct ErrorList {
    int count; /* items stored, at most ERROR_LIMIT */
    int total; /* items found */
    Error items[ERROR_LIMIT];
} ErrorList;

/* Fills `error` (NULL is allowed and does nothing). `file` NULL means none. */
void error_set(Error *error, const char *file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Appends one finding. */
void error_add(ErrorList *errors, const char *file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Sorts by file, line and column, then writes one `file:line:column: error: message` line each, and how many were left
 * out. */
void error_list_write(ErrorList *errors, FILE *stream);

/* The candidate nearest to `word` by edit distance, or NULL where none is near enough to be a likely misspelling.
 * `candidates` are `count` strings, none NULL. */
const char *error_nearest(const char *word, const char *const *candidates, int count);

#endif

/* Rows of a CSV file one after another, with the place of every field, for the readers of traces. */
#ifndef ORCHID_SIM_CSV_H
#define ORCHID_SIM_CSV_H

#include "error.h"
#include <stddef.h>
#include <stdint.h>

enum {
    CSV_COLUMN_LIMIT = 1024,
    CSV_LINE_LIMIT = 65536, /* bytes */
    CSV_ROW_LIMIT = 10000000,
    CSV_FINDING_LIMIT = 1000,
    CSV_FILE_LIMIT = 64 << 20 /* bytes */
};

/* One value, without its quotes and the blanks around it. */
typedef struct CsvField {
    const char *text; /* "" where nothing stands */
    int column;       /* of its first byte, from 1 */
} CsvField;

/* An open file and its present row. Lines that are empty or begin with '#' are skipped; the first other line names the
 * columns; a field in double quotes may hold commas, and a quote when it is doubled. */
typedef struct CsvReader {
    const char *path;  /* borrowed */
    ErrorList *errors; /* borrowed */
    char *text;        /* the whole file, owned */
    char *next, *end;  /* what is not yet read */
    int line;          /* last line read, from 1 */
    int64_t row_count; /* rows returned so far */
    int column_count;
    int header_line;
    CsvField header[CSV_COLUMN_LIMIT];
    CsvField fields[CSV_COLUMN_LIMIT]; /* of the present row, [column_count]; valid until the next row is read */
} CsvReader;

/* Reads the file and its header. False with a finding: unreadable, empty, binary, too large, no header, a column twice.
 * csv_close must be called in either case. */
bool csv_open(CsvReader *reader, const char *path, ErrorList *errors);

/* Goes to the next row with the right number of fields; rows that are wrong become findings and are passed over. False
 * at the end of the file. */
bool csv_next(CsvReader *reader);

/* The same, but at an end too when CSV_FINDING_LIMIT findings came after the first `found`: the rest would only take
 * time. */
bool csv_next_within(CsvReader *reader, int found);

/* A finding where nothing was wrong since `found` findings and yet there was no row. */
void csv_check_rows(const CsvReader *reader, int found);

/* Frees what the reader holds. */
void csv_close(CsvReader *reader);

/* Index of the column `name`, -1 where there is none. */
int csv_column(const CsvReader *reader, const char *name);

/* A finding at field `column` of the present row, its message headed by the column's name. */
void csv_error(const CsvReader *reader, int column, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The plain number in field `column`, in [minimum, maximum]; false with a finding where it is none. */
bool csv_number(const CsvReader *reader, int column, double minimum, double maximum, double *ret_value);

/* The whole number in field `column`, in [minimum, maximum]; false with a finding where it is none. */
bool csv_integer(const CsvReader *reader, int column, int minimum, int maximum, int *ret_value);

#endif

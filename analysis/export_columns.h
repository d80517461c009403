/* The columns of exported tables: header and data dictionary come from the same entries. */
#ifndef ORCHID_ANALYSIS_EXPORT_COLUMNS_H
#define ORCHID_ANALYSIS_EXPORT_COLUMNS_H

#include "export.h"
#include "run_set.h"

#include <stdio.h>

/* Where a line gets the value of a column from. */
typedef enum ColumnSource {
    COLUMN_OF_QUERY,      /* place `index` of the row that the query gives */
    COLUMN_OF_KEY,        /* key `index` of the run, as text */
    COLUMN_OF_KEY_NUMBER, /* the same, as the number in its base unit */
    COLUMN_OF_METRIC      /* metric `index` of the run */
} ColumnSource;

typedef enum ColumnType { COLUMN_INTEGER, COLUMN_REAL, COLUMN_TEXT } ColumnType;

typedef struct ExportColumn {
    const char *name; /* with the unit, such as response_time_mean_s */
    const char *unit; /* "1" where dimensionless; "" of texts */
    ColumnType type;
    const char *meaning;
    ColumnSource source;
    int index;
} ExportColumn;

/* A metric that some run has. */
typedef struct ExportMetric {
    const char *name, *unit;
} ExportMetric;

/* The columns of one table, in its arena. */
typedef struct ExportColumns {
    int count, limit;
    ExportColumn *columns;
    Arena arena;
} ExportColumns;

/* Lists the columns of a table: what identifies the run, the keys in which runs differ, and what the table is about.
 * `metrics` are the wide ones of EXPORT_RUNS. */
void export_columns_list(ExportTable table, const RunSet *set, const ExportMetric *metrics, int metric_count,
                         ExportColumns *ret_columns);
void export_columns_free(ExportColumns *columns);

/* The query behind a table. Its first column is the run; `COLUMN_OF_QUERY` counts from it. NULL for EXPORT_REQUESTS,
 * whose rows come from replays. */
const char *export_columns_query(ExportTable table);

/* One line of the dictionary per column: file, column, unit, type, meaning. */
void export_columns_describe(const ExportColumns *columns, const char *file, FILE *stream);

/* The header of the dictionary. */
extern const char export_dictionary_header[];

#endif

/* Results as tidy CSV for pandas, R and others: a line per run, per run and metric, per point of a learning curve, or
 * per option chosen, with units in the header and a data dictionary beside it. */
#ifndef ORCHID_ANALYSIS_EXPORT_H
#define ORCHID_ANALYSIS_EXPORT_H

#include "store.h"

typedef enum ExportTable {
    EXPORT_RUNS,      /* runs.csv: a line per run, failed ones too, a column per metric */
    EXPORT_METRICS,   /* metrics.csv: a line per run and metric */
    EXPORT_CURVES,    /* learning_curves.csv: a line per point of a learner's curve */
    EXPORT_DECISIONS, /* decisions.csv: a line per run, node group and option */
    EXPORT_REQUESTS,  /* requests.csv: a line per request that ended; every run is run again for it */
    EXPORT_TABLE_COUNT,
    EXPORT_ALL = EXPORT_TABLE_COUNT /* each to a file of its own, but for the requests */
} ExportTable;

/* What to write. */
typedef struct ExportRequest {
    ExportTable table;
    const char *where;  /* an expression; NULL: all runs */
    const char *output; /* a folder, made where it is missing, for the files above and dictionary.csv; or, for one
                           table, a file X.csv, whose dictionary is X_dictionary.csv */
} ExportRequest;

enum { EXPORT_FILE_LIMIT = EXPORT_TABLE_COUNT + 1 };

/* The files written; their names live in the arena. */
typedef struct ExportResult {
    int file_count;
    const char *files[EXPORT_FILE_LIMIT];
    int64_t lines[EXPORT_FILE_LIMIT]; /* below the header */
    Arena arena;
} ExportResult;

/* The file of a table, such as "runs.csv". */
const char *export_file_name(ExportTable table);

/* Writes the files: all of them, replacing those of the same names, or none. UTF-8, fields quoted as in RFC 4180, lines
 * end in a line feed; an empty field is a missing value; numbers read back as the same doubles. STORE_INPUT: nothing to
 * write, a wrong condition, a folder that cannot be, a run that cannot be run again. STORE_MACHINE: disk full, not
 * allowed. The caller frees `ret_result` in any case. */
StoreStatus export_write(Store *store, const ExportRequest *request, ExportResult *ret_result, Error *error);
void export_result_free(ExportResult *result);

#endif

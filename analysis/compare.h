/* Comparisons as people and programs read them: aligned tables, Markdown, LaTeX, CSV, JSON. */
#ifndef ORCHID_ANALYSIS_COMPARE_H
#define ORCHID_ANALYSIS_COMPARE_H

#include "compare_data.h"

typedef enum CompareFormat {
    COMPARE_TEXT,     /* a table per cell and metric, times and energies in a unit that suits them */
    COMPARE_MARKDOWN, /* the same */
    COMPARE_LATEX,    /* the same */
    COMPARE_CSV,      /* a line per cell, metric and compared value; full precision, stored units */
    COMPARE_JSON      /* the same, nested; what is not known is null */
} CompareFormat;

/* Compares runs of the store and writes what came of it. Tables say what n, intervals, tests and corrections are.
 * `bold` stresses the best with terminal codes (COMPARE_TEXT only). Nothing is written on failure. */
StoreStatus compare_write(FILE *stream, Store *store, const CompareRequest *request, CompareFormat format, bool bold,
                          Error *error);

#endif

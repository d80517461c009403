/* Comparisons for programs: every figure in full precision and the stored unit, as CSV or JSON. */
#ifndef ORCHID_ANALYSIS_COMPARE_RECORDS_H
#define ORCHID_ANALYSIS_COMPARE_RECORDS_H

#include "compare_data.h"

#include <stdio.h>

/* A line per cell, metric and compared value; nothing stands for what is not known. */
void compare_records_csv(FILE *stream, const Comparison *comparison);

/* The same, nested; null stands for what is not known. */
void compare_records_json(FILE *stream, const Comparison *comparison);

#endif

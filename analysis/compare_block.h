/* The lines of a comparison for one cell and one metric: intervals, differences to a baseline, figures for learners. */
#ifndef ORCHID_ANALYSIS_COMPARE_BLOCK_H
#define ORCHID_ANALYSIS_COMPARE_BLOCK_H

#include "compare_data.h"
#include "grouping.h"

/* What the lines are made of. All borrowed. */
typedef struct BlockSource {
    const CompareRequest *request;
    double confidence;
    bool by_policy; /* policies are compared, and the oracle is the baseline unless told otherwise */
    const RunRecord *runs;
    const double *values; /* of the metric, by run; NAN: not known */
} BlockSource;

/* Fills the lines of a block, one per group of the cell. The p values are not corrected yet. */
void compare_block_fill(const BlockSource *source, const GroupCell *cell, CompareBlock *block);

/* The only group of a stratum whose first value is `name`; -1 for none or several. */
int compare_block_find(const GroupCell *cell, const char *name, int stratum);

#endif

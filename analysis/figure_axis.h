/* The values of one key among runs, in the order and the unit in which a figure shows them. */
#ifndef ORCHID_ANALYSIS_FIGURE_AXIS_H
#define ORCHID_ANALYSIS_FIGURE_AXIS_H

#include "run_set.h"

typedef struct FigureAxis {
    int key;            /* of the run set; -1: an axis of a single value that all runs have */
    const char *label;  /* the key, with its unit where numeric; "" for the single value */
    bool numeric;       /* every value is a number, in units of one dimension */
    bool logarithmic;   /* numeric, positive, and over more than 1.5 decades */
    int count;          /* different values */
    const char **texts; /* [count]; numbers and policies in their order, other values in that of their first runs */
    double *numbers;    /* [count], in the unit of the label; NAN where not numeric */
    int *at;            /* [run_count]: which value a run has; -1: it has no such key */
    int without;        /* runs at -1 */
} FigureAxis;

/* Fills the axis of `key` (-1: the single value), in `arena`. */
void figure_axis_read(const RunSet *set, int key, Arena *arena, FigureAxis *ret_axis);

/* Whether positive values from `low` to `high` are better shown on a logarithmic axis: over 1.5 decades. */
bool figure_axis_is_wide(double low, double high);

#endif

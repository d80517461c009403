/* How much of a run's beginning is not yet its long-run behaviour: MSER-5. */
#ifndef ORCHID_ANALYSIS_WARM_UP_H
#define ORCHID_ANALYSIS_WARM_UP_H

#include <stdbool.h>

/* Fewer batches than this say nothing about a warm-up. */
enum { WARM_UP_LEAST_BATCHES = 10 };

/* A cut of less than this fraction is not worth a warning. Ask the median over replications: MSER-5 cuts as much off
 * some single runs that need no warm-up, because a late burst looks like an early transient: off 1 % of runs of 1,000
 * requests that depend little on each other, and in M/M/1 at half load off 31 % of runs of 1,000, 8 % of 5,000, 1 % of
 * 20,000. */
#define WARM_UP_WORTH_MENTIONING 0.1

/* Nor is one that changes the mean by less than this fraction of it: where draws are rarely very long, MSER cuts up to
 * the last of them, though nothing has warmed up. */
#define WARM_UP_WORTH_SHIFT 0.01

/* What MSER would cut off a series. */
typedef struct WarmUp {
    int count;       /* batches the series has */
    int cut;         /* batches to leave out at the beginning; 0 below WARM_UP_LEAST_BATCHES */
    double fraction; /* cut / count, 0 .. 1; NAN below WARM_UP_LEAST_BATCHES */
    double shift;    /* mean of the rest over the mean of all, minus 1; 0 where the mean of all is 0; NAN likewise */
    bool too_short;  /* the cut is in the second half, or there are too few batches: run longer before believing it */
} WarmUp;

/* Marginal standard error rule (White: Simulation 69, 1997; over batches of 5, MSER-5: Spratt, M.S. thesis, University
 * of Virginia 1998; White, Cobb, Spratt: Winter Simulation Conference 2000) on `count` >= 0 batch means in the order
 * they came: the cut d that makes the squared standard error of the mean of the rest least,
 *     sum over i >= d of (y_i - mean of the rest)^2 / (n - d)^2,
 * the smallest such d. The last 5 batches are never cut into, because a few values that happen to be alike would win
 * (Hoad, Robinson, Davies: Journal of the Operational Research Society 61, 2010). A minimum in the second half says
 * that the run is too short to tell. Equal values have no warm-up: cut 0. A NAN makes the fraction NAN. One pass. */
WarmUp warm_up_mser(const double *batch_means, int count);

/* MSER-5 on raw values: warm_up_mser over the means of batches of 5; a rest below 5 is left out. `cut` and `count` are
 * in batches of 5. */
WarmUp warm_up_mser5(const double *values, int count);

#endif

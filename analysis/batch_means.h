/* The interval of a long-run mean out of one long run, by batch means. */
#ifndef ORCHID_ANALYSIS_BATCH_MEANS_H
#define ORCHID_ANALYSIS_BATCH_MEANS_H

#include "statistics.h"

#include <stdbool.h>

/* A series of fewer values has no interval. */
enum { BATCH_MEANS_LEAST = 128 };

typedef struct BatchMeans {
    Interval interval;      /* n: batches, 32 .. 63; 0 below BATCH_MEANS_LEAST values */
    int batch_size;         /* values of the series per batch; 0 likewise */
    double autocorrelation; /* of neighbouring quarter batches, -1 .. 1; 0 where they are all equal; NAN likewise */
    bool too_short;         /* batches still depend on each other, or there are too few values: the interval is too
                               narrow to be used */
} BatchMeans;

/* Batch means of `count` >= 0 values of a stationary series in the order they came, after any warm-up was cut off; the
 * values may themselves be means of equal batches, such as a run's Series. The mean of each of 32 to 63 equal batches
 * counts as one independent value in a t interval (Schmeiser: Operations Research 30, 1982, shows that more than 30
 * batches gain next to nothing; Law: Simulation Modeling and Analysis, 5th ed. 2015, sec. 9.5.3). Up to 3 % of the
 * values, the first ones, are left over and not used.
 *
 * Whether batches are long enough is asked of four times as many, where the answer is less noisy: the lag-1
 * autocorrelation of the quarter batches must not exceed 0.3, which leaves some 0.05 between the batches themselves, by
 * the reasoning of Law and Carson (Operations Research 27, 1979: 400 batches judge whether 40 are long enough). */
BatchMeans batch_means(const double *values, int count, double confidence);

/* Lag-1 autocorrelation of `count` >= 2 values: the sum of products of neighbouring deviations from the mean, over the
 * sum of their squares. 0 where all are equal. */
double batch_means_autocorrelation(const double *values, int count);

#endif

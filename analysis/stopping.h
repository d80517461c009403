/* When there are enough replications: the interval is narrow beside its mean. */
#ifndef ORCHID_ANALYSIS_STOPPING_H
#define ORCHID_ANALYSIS_STOPPING_H

#include "statistics.h"

#include <stdbool.h>

/* Fewer replications are never enough: two or three that happen to be alike would stop at once. */
enum { STOPPING_LEAST = 5 };

typedef struct Stopping {
    Interval interval;          /* of the means so far */
    double relative_half_width; /* half width over the absolute mean; NAN below two values, 0 where all are equal,
                                   INFINITY for a mean of 0 that varies */
    bool enough;                /* at least STOPPING_LEAST, and the relative half width is at most the target */
    double expected_count;      /* replications it will take in all, should mean and deviation stay as they are; for
                                   progress lines; NAN below two values, INFINITY for a mean of 0 that varies */
} Stopping;

/* Whether `count` >= 0 replications reach a relative half width of `target` > 0 (fraction: 0.05 for 5 %) at
 * `confidence` (Law: Simulation Modeling and Analysis, 5th ed. 2015, sec. 9.4.1; Chow, Robbins: Annals of Mathematical
 * Statistics 36, 1965). `means` [count] are the replications 0 .. count - 1 of one cell, in that order and without
 * gaps, whatever order they finished in: else the answer would depend on the number of threads, and runs that happen to
 * be quick would be favoured.
 *
 * Caution. An interval that is looked at after every replication and kept when it is narrow covers a little less often
 * than it says. The promise holds as the target goes to 0; where the rule stops after some 15 replications, a nominal
 * 95 % cover about 92 %, after some 60 about 94 % (tests/test_coverage.c). To bound the error relative to the true mean
 * rather than to the estimate, ask for target / (1 + target). Compare policies over equal numbers of replications:
 * decide on one cell and run the others as often, or go on until all have enough. */
Stopping stopping_judge(const double *means, int count, double target, double confidence);

#endif

/* Scores of learners over a few runs on several tasks, told with their uncertainty (Agarwal, Schwarzer, Castro,
 * Courville, Bellemare: Deep reinforcement learning at the edge of the statistical precipice, NeurIPS 2021).
 *
 * A score is any number of which more is better, such as the mean reward of the trained policy. Scores of different
 * tasks are pooled, so bring them to one scale first, such as 0 for the random policy and 1 for the oracle. */
#ifndef ORCHID_ANALYSIS_LEARNER_STATISTICS_H
#define ORCHID_ANALYSIS_LEARNER_STATISTICS_H

#include "../sim/rng.h"

/* Enough resamples for the two digits of an interval that are worth printing (Efron, Tibshirani: An Introduction to the
 * Bootstrap, 1993, sec. 13.3). */
enum { LEARNER_RESAMPLES = 2000 };

/* Scores of one learner: n = run_count independent trainings on each of task_count tasks. */
typedef struct Scores {
    int task_count, run_count; /* each >= 1 */
    const double *values;      /* [task][run], borrowed; finite */
} Scores;

/* A figure with its bootstrap interval. */
typedef struct Estimate {
    double value;     /* of the scores themselves */
    double low, high; /* NAN for one run per task; both equal `value` where the scores of each task are equal */
} Estimate;

/* Interquartile mean of all scores together: the mean of what is left without the lowest and the highest quarter, each
 * rounded down to whole scores. One outlier cannot move it far, and it wastes less than the median. Score units. */
double learner_statistics_interquartile_mean(Scores scores);

/* Optimality gap: how far the scores fall short of `target` on average, where exceeding it earns nothing: the mean of
 * max(target - score, 0). 0 is best; score units. */
double learner_statistics_optimality_gap(Scores scores, double target);

/* Probability that a run of `first` scores better than a run of `second` on the same task, a tie counting half,
 * averaged over tasks (Mann and Whitney's U over the number of pairs); 0.5 for learners that are alike. Both must have
 * the same tasks; the numbers of runs may differ. */
double learner_statistics_probability_of_improvement(Scores first, Scores second);

/* The same three with their percentile interval at `confidence` from `resamples` >= 1 stratified bootstrap resamples:
 * runs are drawn with replacement within each task, and tasks are kept, so the interval speaks of further trainings on
 * these tasks and not of other tasks. Draws come from `stream`, which moves on: equal streams give equal intervals.
 *
 * Percentile intervals of few runs are too narrow: for scores as skewed as an exponential distribution on 5 tasks,
 * nominal 95 % cover 85 % for 3 runs of each, 92 % for 10 and 94 % for 30 (tests/test_coverage.c). */
Estimate learner_statistics_interquartile_mean_interval(Scores scores, double confidence, int resamples,
                                                        Stream *stream);
Estimate learner_statistics_optimality_gap_interval(Scores scores, double target, double confidence, int resamples,
                                                    Stream *stream);
Estimate learner_statistics_probability_of_improvement_interval(Scores first, Scores second, double confidence,
                                                                int resamples, Stream *stream);

#endif

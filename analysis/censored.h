/* Interactions that learners need until they stay optimal, told with their uncertainty although some runs did not
 * arrive: such a run is censored at the interactions it made and needs more than those. It is not dropped, which would
 * flatter the learner, nor counted as if it had arrived: figures become brackets, from "had it arrived just then" to
 * "it never does", and where both agree the figure is known exactly. */
#ifndef ORCHID_ANALYSIS_CENSORED_H
#define ORCHID_ANALYSIS_CENSORED_H

#include "../sim/rng.h"

#include <stdbool.h>
#include <stddef.h>

/* Independent trainings of one learner. */
typedef struct CensoredScores {
    int count;            /* >= 1 */
    const double *values; /* [count] interactions to the optimum, of censored runs those made; above 0; borrowed */
    const bool *censored; /* [count] borrowed */
} CensoredScores;

/* What stands for all runs of a learner. */
typedef enum CensoredFigure {
    CENSORED_MEDIAN,            /* of an even number of runs the mean of the two in the middle */
    CENSORED_INTERQUARTILE_MEAN /* as in learner_statistics.h */
} CensoredFigure;

/* What is known of a number. */
typedef struct Bracket {
    double least,
        most; /* equal: it is known; most INFINITY: at least `least`; least 0: at most `most`; both: nothing */
} Bracket;

/* A figure with its bootstrap interval. */
typedef struct CensoredEstimate {
    Bracket value;    /* of the runs themselves */
    double low, high; /* whatever the censored runs would have needed; high INFINITY: without end; NAN for one run */
} CensoredEstimate;

/* The figure of some runs. */
Bracket censored_figure(CensoredFigure figure, CensoredScores scores);

/* The same with the percentile interval at `confidence` from `resamples` >= 1 resamples of runs, drawn with replacement
 * with whether they are censored (Efron: Censored data and the bootstrap, JASA 1981). Draws come from `stream`, which
 * moves on. LEARNER_RESAMPLES are enough. */
CensoredEstimate censored_interval(CensoredFigure figure, CensoredScores scores, double confidence, int resamples,
                                   Stream *stream);

/* How many times more interactions `first` needs than `second`: the ratio of their figures. At least, where only
 * first's is censored, at most, where only second's is. Runs of both are resampled independently. */
Bracket censored_ratio(CensoredFigure figure, CensoredScores first, CensoredScores second);
CensoredEstimate censored_ratio_interval(CensoredFigure figure, CensoredScores first, CensoredScores second,
                                         double confidence, int resamples, Stream *stream);

/* "180", ">= 180", "<= 180", "150 to 180", or "?" where nothing is known, with `digits` significant digits, into `buffer`. */
void censored_format(Bracket value, int digits, char *buffer, size_t size);

#endif

/* From which score on light answers are sent on: the threshold that would have gained most on samples to tune with. */
#ifndef ORCHID_POLICIES_CASCADE_THRESHOLD_H
#define ORCHID_POLICIES_CASCADE_THRESHOLD_H

#include "cascade_scorer.h"

/* What is to be as large as possible. Each is a sum over the samples that are sent on. */
typedef enum CascadeCriterion {
    CRITERION_ACCURACY,  /* samples that end right, less the price of each that is sent on */
    CRITERION_DECISIONS, /* right decisions: sent on where the light variant is wrong and the heavy one right, else kept
                          */
    CRITERION_BALANCED   /* the mean of the fractions of right decisions among the two kinds of samples */
} CascadeCriterion;

/* "accuracy", "decisions", "balanced": by CascadeCriterion, NULL at the end. */
extern const char *const cascade_criterion_names[];

/* Which of the rows' samples to send on, those with a score of at least the threshold that is returned: none where it
 * is INFINITY, all where it is -INFINITY. It lies half way between two scores; of equally good ones the fewest are
 * sent. `price` of CRITERION_ACCURACY: right answers that sending one on must gain to be worth it.
 *
 * Gains are those that the samples had. A classifier was fitted to tell right decisions, and where these are the
 * criterion its gains are those that logistic regression on its score, fitted to these samples, lets expect, which a
 * few lucky samples near the threshold move less. For accuracy that would not do: among sure answers next to nothing is
 * to be gained or lost, and a curve that is a little above zero there would send on nearly all of them. */
double cascade_threshold_tune(CascadeScorer *scorer, const CascadeTask *task, const SampleRows *rows,
                              CascadeCriterion criterion, double price);

#endif

/* The best joint answer by parts: the greatest sum of the values of its parts plus a weight times the deviation of that
 * sum, among those whose mean accuracy the objective accepts where it has a threshold.
 *
 * For bandits, whose deviation of a sum is no sum of the users' own; joint_plan.h plans where each user has a cost of
 * its own for each load, which is exact and faster. */
#ifndef ORCHID_POLICIES_ANSWER_SEARCH_H
#define ORCHID_POLICIES_ANSWER_SEARCH_H

#include "answer_parts.h"

/* What the parts of an answer are worth. */
typedef struct PartWorth {
    const double *values;     /* [part] */
    const double *covariance; /* [part][part] of the values; NULL: they are certain */
    double deviation_weight;  /* of the deviation of the sum; above 0 for optimism */
} PartWorth;

/* Scratch memory; zero is ready for the first search. */
typedef struct AnswerSearch {
    int ask_limit, slot_limit, part_limit;
    int *tried, *best; /* [ask_limit] options */
    int *loads;        /* [slot_limit] of the asks answered so far */
    int *crowd;        /* [slot_limit] of an answer being judged */
    int *chosen;       /* [ask_limit + slot_limit] parts */
    double *promise;   /* [part_limit] what a part may add at most */
    int *order;        /* [part_limit] the options of each ask, the most promising first */
    double *rest;      /* [ask_limit + 1] what the asks from this one on may add at most, their loads apart */
} AnswerSearch;

void answer_search_free(AnswerSearch *search);

/* Fills ret_options[ask_count]; where no answer reaches the threshold, with the most accurate one.
 *
 * By branch and bound: asks are answered one after the other, and what cannot be better than the best found is left.
 * The bound gives each remaining ask its best option, where accuracy above the threshold has a price (Lagrangian
 * relaxation; Geoffrion: Lagrangean relaxation for integer programming, 1974), and a deviation is at most the sum of
 * its parts'. Exact unless it takes more than `step_limit` steps; what was found by then is improved two asks at a time
 * until no such change helps. */
void answer_search_best(AnswerSearch *search, const AnswerParts *parts, const Decision *decision,
                        const Objective *objective, PartWorth worth, int64_t step_limit, int *ret_options);

#endif

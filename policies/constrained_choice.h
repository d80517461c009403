/* The best joint answer where each ask's options have a value of their own and values add up, among those whose mean
 * accuracy the objective accepts: exact, without going through all of them. */
#ifndef ORCHID_POLICIES_CONSTRAINED_CHOICE_H
#define ORCHID_POLICIES_CONSTRAINED_CHOICE_H

#include "../sim/objective.h"

/* One way to answer the first asks that no other beats in both accuracy and value. */
typedef struct PartialAnswer {
    int64_t accuracy; /* sum, in units of 1e-12: whole, so that the order of a sum does not matter */
    double value;     /* sum */
    int digit;        /* of the last of these asks */
    int before;       /* index of the answer to the asks before that, -1: none */
} PartialAnswer;

/* What is kept from one question to the next; zero is ready. */
typedef struct ConstrainedChoice {
    int64_t limit;
    PartialAnswer *answers; /* [limit] those of the first ask, of the first two, ... and room for the next */
    int option_limit;
    PartialAnswer *candidates; /* [option_limit] of each option of an ask the next to be kept */
    int64_t *accuracies;       /* [option_limit] of the options, as sums have them */
} ConstrainedChoice;

void constrained_choice_free(ConstrainedChoice *choice);

/* The options of one ask. */
typedef struct ChoiceOptions {
    int count;              /* >= 1 */
    const float *values;    /* [count] finite; borrowed */
    const double *accuracy; /* [count] fraction; borrowed */
} ChoiceOptions;

/* Fills ret_digits[ask_count] with the answer of the greatest sum of values whose mean accuracy the objective accepts;
 * where there is none, with the most accurate. By merging the asks one after another and keeping what is not dominated
 * (Nemhauser, Ullmann: Discrete dynamic programming and capital allocation, Management Science 1969): with users of k
 * accuracies, at most as many answers as sums of them, which n users have (n + k - 1) choose (k - 1) of. */
void constrained_choice_best(ConstrainedChoice *choice, int ask_count, const ChoiceOptions *options,
                             const Objective *objective, int *ret_digits);

#endif

/* The exact optimum of a question whose requests hold shares: for each user one option, and the best division of every
 * node and link that is reserved.
 *
 * An option costs `fixed`, and cost / share on each resource that it needs. With the best shares of a resource without
 * limit the costs c_i there come to (sum of sqrt(c_i))^2, so that users meet in sums alone. For prices lambda, one for
 * each resource,
 *
 *     (sum of x_i)^2 >= sum of 2 lambda x_i - lambda^2     with x_i = sqrt(c_i),
 *
 * with equality at lambda = sum of x_i: for fixed prices each user's best option is its own affair, and the sum of
 * these less lambda^2 is a lower bound, the Lagrangian dual in the price lambda^2 of the resource. Where no one can use
 * more than a share c, 2 lambda x becomes x^2 / c + lambda^2 c as soon as x > c lambda. The search: options that
 * another one beats in everything are left out; prices that make the bound large are looked for, and answers on the way
 * are improved one user at a time; options too dear at those prices to be part of a better answer are left out; the
 * rest is branch and bound, users who have equal options in order. */
#ifndef ORCHID_POLICIES_SHARED_OPTIMUM_H
#define ORCHID_POLICIES_SHARED_OPTIMUM_H

#include <stdbool.h>
#include <stdint.h>

enum { SHARED_NEEDS = 2, NO_RESOURCE = -1 };

/* One option of one user, as given. Resources of one option differ. */
typedef struct SharedOption {
    double fixed;               /* cost that no share changes, of either sign */
    double cost[SHARED_NEEDS];  /* on resource[k] with a share of 1, 0 or more */
    int resource[SHARED_NEEDS]; /* NO_RESOURCE: none */
} SharedOption;

/* How a search ended. */
typedef struct SharedFinding {
    double cost;    /* of the answer with the best shares: the sum over users */
    double bound;   /* no answer costs less; equal to `cost` where that is proven */
    bool proven;    /* within 1e-9 of the costs' size */
    int64_t visits; /* partial answers looked at */
} SharedFinding;

/* Problems of limited size, one after the other. Zero, then shared_optimum_init. */
typedef struct SharedOptimum {
    int user_limit, option_limit, resource_limit;
    /* The problem, to be filled in before each search: */
    int user_count, resource_count;
    int *option_count;           /* [user_count] 1 .. option_limit */
    SharedOption *options;       /* [user_count][option_limit] */
    double *limit;               /* [resource_count] the largest share that one user can use, (0, 1] */
    struct SharedSearch *search; /* scratch, owned */
} SharedOptimum;

void shared_optimum_init(SharedOptimum *optimum, int user_limit, int option_limit, int resource_limit);
void shared_optimum_free(SharedOptimum *optimum);

/* Puts an answer in order: among users who have equal options, who come to the same whoever of them takes which,
 * numbers of options ascend. */
void shared_optimum_sort(const SharedOptimum *optimum, int *options);

/* Fills ret_options[user_count] with the best answer, in order, or after `visit_limit` partial answers with the best so
 * far. */
SharedFinding shared_optimum_find(SharedOptimum *optimum, int64_t visit_limit, int *ret_options);

#endif

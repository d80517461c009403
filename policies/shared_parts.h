/* The problem of shared_optimum.h as it is searched: reduced, with roots of costs. Private to shared_optimum.c and
 * shared_reduce.c. */
#ifndef ORCHID_POLICIES_SHARED_PARTS_H
#define ORCHID_POLICIES_SHARED_PARTS_H

#include "shared_optimum.h"

#include <stddef.h>

/* An option that may be part of a best answer. */
typedef struct Candidate {
    double fixed;
    double root[SHARED_NEEDS];  /* of the cost with a share of 1; 0 without a resource */
    int resource[SHARED_NEEDS]; /* among those that users contend for; NO_RESOURCE: none */
    int option;                 /* its number as given */
} Candidate;

/* A user's candidate and what the bound is with it. */
typedef struct Branch {
    double bound;
    int candidate;
} Branch;

struct SharedSearch {
    int user_count, resource_count; /* of the reduced problem */
    int candidate_limit;
    int *count;            /* [user] candidates */
    Candidate *candidates; /* [user][candidate_limit] by `fixed` */
    int *twin;             /* [user] an earlier user with the same candidates, -1: none */
    double *limit;         /* [resource] the largest share that one user can use */
    int *place;            /* [resource as given] its number here; NO_RESOURCE: everybody can have the limit */
    int *contenders;       /* [resource as given] users who may need it */

    double *prices;    /* [user + 1][resource] lambda at the root and below each branch */
    size_t price_room; /* length of `prices` */
    double *trial;     /* [resource] prices that are tried */
    double *demands;   /* [resource] lambda that they would want to be: sum of share x lambda */
    int *chosen;      /* [user] candidates of the answer in hand; for users not branched on, best at the prices tried */
    int *order;       /* [user] in which users are branched on */
    double *second;   /* [user] what the second best candidate costs more, at the root's prices */
    Branch *branches; /* [user][candidate_limit] */
    int *best;        /* [user] options of the best answer, as given */
    double cost, cutoff; /* of the best answer, and bounds from which on nothing is worth looking into */
    double open_bound;   /* least bound of what was not looked into for the limit of visits */
    int64_t visits, visit_limit;
};

/* The nearest earlier user with the same options; -1 where there is none. */
int shared_find_twin(const SharedOptimum *optimum, int user);

/* Fills the reduced problem. */
void shared_reduce(const SharedOptimum *optimum, struct SharedSearch *search);

#endif

/* The best joint answer to a question on foreseen clones: services and delays at their mean, background load and link
 * conditions as they are. Exhaustive in effect; answers that cannot be better are left out.
 *
 * While no request is on its way: of users who are interchangeable (same node group, equal own block of the
 * observation, same shared nodes and links, no node where the first of them could make the others wait) only
 * non-decreasing options are tried; a partial answer is cut where even
 * the most accurate rest misses the threshold, or where every request ending as if it were alone would not beat the
 * best so far. The latter is valid because a station never gives a job more than it would have alone. */
#ifndef ORCHID_POLICIES_ORACLE_SEARCH_H
#define ORCHID_POLICIES_ORACLE_SEARCH_H

#include "../sim/simulation.h"
#include "allocation.h"

/* What a search keeps from one question to the next: clones and scratch arrays. Zero, then oracle_search_init. */
typedef struct OracleSearch {
    const Scenario *scenario;      /* borrowed */
    Simulation *question, *future; /* owned: the question as foreseen, and where an answer is tried; NULL at first */
    Allocator allocator;           /* divides each answer that is tried as the scenario says */
    int option_limit;              /* the most options a user has */
    int *options, *best, *twin;    /* [user] the answer in hand; the best; an earlier interchangeable ask or -1 */
    double *rest_reward;           /* [user + 1] most that the asks from here on can add to the sum of rewards */
    double *rest_accuracy;         /* [user + 1] the same for the sum of accuracies */
    double *reward_bound;          /* [user][option_limit] most that an option can add */
    double *observation;           /* owned; NULL at first */
    const Decision *decision;      /* in search */
    bool has_twins; /* nobody can queue or be turned away, so that swapping equal users changes nothing */
    bool idle;      /* nothing else is on its way: bounds and twins hold */
    bool found;     /* `best` and `best_reward` are set */
    double best_reward;
    int64_t evaluated, cut;
} OracleSearch;

/* How a search ended. */
typedef struct OracleFinding {
    double reward;     /* of the best answer: of its own decision and of all others on their way */
    int64_t evaluated; /* joint answers run on a clone */
    int64_t cut;       /* partial or whole answers left out by a bound */
} OracleFinding;

void oracle_search_init(OracleSearch *search, const Scenario *scenario);
void oracle_search_free(OracleSearch *search);

/* Fills ret_options[ask_count] with the best joint answer, the first in lexicographic order among equals (within 1e-12,
 * relative). Where no answer is feasible it is still the best by the objective. */
OracleFinding oracle_search_run(OracleSearch *search, const Decision *decision, int *ret_options);

/* Joint answers to one question of the scenario when all users of a node group are interchangeable. */
double oracle_search_size(const Scenario *scenario);

#endif

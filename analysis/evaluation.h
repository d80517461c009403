/* How good a policy's answers are now, and how far from the oracle's: in every context that a question may come in,
 * weighted by how likely it is, with services and delays at their mean, so that equally good answers score equally. */
#ifndef ORCHID_ANALYSIS_EVALUATION_H
#define ORCHID_ANALYSIS_EVALUATION_H

#include "../policies/policy.h"

/* A point of a learning curve: the greedy policy after so many interactions. Means are over contexts by probability;
 * where contexts do not tell all (see context_tells_all), over the first questions of the measured run. */
typedef struct CurvePoint {
    int64_t interactions; /* decisions made before, in training */
    double reward;        /* mean per decision, as the next two */
    double response_s;
    double accuracy;
    double oracle_reward,
        oracle_response_s; /* of the oracle's answers to the same questions; NAN where there is none */
    double regret; /* how much better the oracle's answers are for all that is on its way, per decision; for rounds
                      oracle_reward - reward, never negative; NAN likewise */
    double violation_fraction;    /* probability of a question whose answer misses the threshold or is refused */
    double optimal_fraction;      /* of a question whose answer is within 0.1 % of the oracle's; NAN without oracle */
    double near_optimal_fraction; /* the same within 1 % */
    int64_t planning_steps;       /* imagined so far, as the policy says of itself; 0 where it says nothing */
} CurvePoint;

/* What evaluations of one scenario need: the question in each context, and what the oracle answers there, which is
 * searched for once. Opaque. */
typedef struct Evaluation Evaluation;

/* The scenario is borrowed. `seed` and `replication` choose the first questions where contexts do not tell all. */
Evaluation *evaluation_create(const Scenario *scenario, uint64_t seed, uint64_t replication);
void evaluation_destroy(Evaluation *evaluation);

/* Whether there is an oracle for the scenario. */
bool evaluation_is_compared(const Evaluation *evaluation);

/* Contexts looked at; 0 where questions of the measured run are. `ret_sampled`: they stand for more. */
int evaluation_contexts(const Evaluation *evaluation, bool *ret_sampled);

/* Judges a policy, which must be frozen, so that it learns and remembers nothing. Fills all of the point but
 * `interactions` and `planning_steps`, which become 0. */
CurvePoint evaluation_run(Evaluation *evaluation, Policy *policy);

#endif

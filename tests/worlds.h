/* Scenarios and runs that the tests of policies share. */
#ifndef ORCHID_TESTS_WORLDS_H
#define ORCHID_TESTS_WORLDS_H

#include "../policies/policy.h"

/* The scenario file `name` of tests/scenarios with `count` overrides, to be destroyed by the caller. Ends the program
 * with the findings where it does not load. */
Scenario *world_load(const char *name, const char *const *overrides, int count);

/* The world of online_learning/exp_a with so many users and rounds, and a policy section as "policy={...}". */
Scenario *world_experiment_a(int users, int rounds, const char *policy);

/* What policy_suits finds against a policy for a scenario, or "", in `buffer`. Ends the scenario. */
const char *world_misfit(const char *policy, Scenario *scenario, char *buffer, size_t size);

/* What tells two runs apart: a hash over all answers, and what they led to. */
typedef struct WorldRun {
    uint64_t answers;
    int64_t decisions;
    double reward, response_s; /* means */
    uint64_t fingerprint;
} WorldRun;

/* Lets `policy` answer a whole run and learn from its end. */
WorldRun world_run(Policy *policy, const Scenario *scenario, RunKey key);

/* The same with a new policy of that name, which does not learn: for policies that have nothing to learn. */
WorldRun world_run_fresh(const char *policy, const Scenario *scenario, RunKey key);

/* Checks that a policy which has learnt from so many single requests, whose feedback comes late and in another order,
 * beats those that do not learn. */
void world_check_single_requests(const char *policy, uint64_t seed, int64_t decisions);

/* Whether a policy has a parameter of that key. */
bool world_has_parameter(const PolicyType *type, const char *key);

typedef bool WorldChoice(const PolicyType *type);
typedef void WorldPromise(const PolicyType *type, const Scenario *scenario);

/* A choice. */
bool world_learns(const PolicyType *type);

/* Calls `promise` with every policy of the choice (NULL: all) that suits it, on the scenario file `name` with
 * overrides. Learners by networks are small, remember little and make few updates a decision there: what is promised of
 * all does not hang on what they are good at. */
void world_for_every_policy(const char *name, const char *const *overrides, int count, WorldChoice *choice,
                            WorldPromise *promise);

#endif

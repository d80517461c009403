/* Every learner of joint answers ends with the oracle's answer on experiment A, within interactions of its kind. */
#include "../policies/policy.h"
#include "check.h"
#include "worlds.h"

#include <stdio.h>

enum { USERS_MOST = 3 };

/* Interactions that are enough for each number of users: tables must try the 10^n joint answers, models of their parts
 * the 10 n options. */
typedef struct Learner {
    const char *name;
    int64_t training[USERS_MOST];
} Learner;

static const Learner learners[] = {
    {"q-learning", {2000, 4000, 10000}},
    {"double-q", {2000, 4000, 20000}},
    {"sarsa", {2000, 4000, 10000}},
    {"dyna-q", {2000, 4000, 10000}},
    {"prioritised-sweeping", {2000, 4000, 10000}},
    {"ucb", {2000, 4000, 10000}},
    {"thompson", {2000, 4000, 10000}},
    {"linear-ucb", {100, 200, 300}},
    {"linear-thompson", {100, 200, 300}},
    {"dqn", {1000, 3000, 10000}},
    {"hybrid-learning", {60, 200, 500}},
    {"hybrid-factored", {60, 200, 300}},
};

static Scenario *experiment_a(int users)
{
    char count[64];
    snprintf(count, sizeof count, "nodes.device.count=%d", users);
    const char *overrides[] = {count, "stop.rounds=400", "policy={name: random}"};
    ErrorList errors = {0};
    return scenario_load(check_path("scenarios/online_learning/exp_a.yaml"), overrides, 3, &errors);
}

/* Mean response time over the oracle's on the same measured run, after training on streams of its own. */
static double ratio_to_oracle(const Scenario *scenario, const char *name, int64_t training, uint64_t seed)
{
    RunKey key = {.seed = seed}, train = {.seed = seed, .training = true, .decisions = training};
    Policy *learner = policy_create(policy_type_find(name), scenario, key);
    world_run(learner, scenario, train);
    policy_freeze(learner, true);
    WorldRun learned = world_run(learner, scenario, key), best = world_run_fresh("oracle", scenario, key);
    policy_destroy(learner);
    return learned.reward / best.reward;
}

static void check_learners(int users)
{
    Scenario *scenario = experiment_a(users);
    for (size_t i = 0; i < sizeof learners / sizeof learners[0]; i++)
        for (uint64_t seed = 11; seed <= 13; seed++) {
            double ratio = ratio_to_oracle(scenario, learners[i].name, learners[i].training[users - 1], seed);
            check_near(ratio, 1, 0.01, learners[i].name, __FILE__, __LINE__);
        }
    scenario_destroy(scenario);
}

static void all_find_the_optimum_for_one_user(void)
{
    check_learners(1);
}

static void all_find_the_optimum_for_two_users(void)
{
    check_learners(2);
}

static void all_find_the_optimum_for_three_users(void)
{
    check_learners(3);
}

static void parts_find_the_optimum_for_five_users(void)
{
    Scenario *scenario = experiment_a(5);
    CHECK_NEAR(ratio_to_oracle(scenario, "linear-thompson", 400, 11), 1, 0.01);
    CHECK_NEAR(ratio_to_oracle(scenario, "linear-ucb", 400, 11), 1, 0.01);
    CHECK(ratio_to_oracle(scenario, "ucb", 400, 11) > 1.02); /* a table has tried one answer in 250 */
    scenario_destroy(scenario);
}

/* The best place with the most accurate model is the greedy answer on experiment A: edge, cloud, the rest at home. */
static void the_place_alone_is_learned_as_well(void)
{
    for (int users = 1; users <= USERS_MOST; users++) {
        Scenario *scenario = experiment_a(users);
        RunKey key = {.seed = 11}, train = {.seed = 11, .training = true, .decisions = 2000};
        Policy *learner = policy_create(policy_type_find("q-learning-offload"), scenario, key);
        world_run(learner, scenario, train);
        policy_freeze(learner, true);
        double learned = world_run(learner, scenario, key).reward;
        CHECK_NEAR(learned / world_run_fresh("greedy", scenario, key).reward, 1, 0.01);
        policy_destroy(learner);
        scenario_destroy(scenario);
    }
}

/* Single requests that overlap, with feedback out of order. */
static void parts_are_learned_from_single_requests(void)
{
    static const char *const overrides[] = {"workload.arrivals=poisson", "workload.rate=4 /s", "stop={time: 100 s}"};
    static const char *const names[] = {"linear-ucb", "linear-thompson"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 3);
    RunKey key = {.seed = 1}, train = {.seed = 1, .training = true, .decisions = 3000};
    for (int i = 0; i < 2; i++) {
        Policy *learner = policy_create(policy_type_find(names[i]), scenario, key);
        world_run(learner, scenario, train);
        policy_freeze(learner, true);
        double learned = world_run(learner, scenario, key).reward;
        CHECK(learned > world_run_fresh("greedy", scenario, key).reward);
        CHECK(learned > 1.15 * world_run_fresh("oracle", scenario, key).reward);
        policy_destroy(learner);
    }
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(all_find_the_optimum_for_one_user),    CHECK_OF(all_find_the_optimum_for_two_users),
        CHECK_OF(all_find_the_optimum_for_three_users), CHECK_OF(parts_find_the_optimum_for_five_users),
        CHECK_OF(the_place_alone_is_learned_as_well),   CHECK_OF(parts_are_learned_from_single_requests),
    };
    return check_run("learn optimum", checks, sizeof checks / sizeof checks[0]);
}

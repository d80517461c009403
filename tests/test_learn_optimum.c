/* Every learner of joint answers ends with the oracle's answer on experiment A, within interactions of its kind. */
#include "../policies/policy.h"
#include "check.h"
#include "worlds.h"

#include <stdio.h>
#include <stdlib.h>

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
    {"dqn-branching", {500, 1000, 1000}},
    {"hybrid-learning", {60, 200, 500}},
    {"hybrid-factored", {60, 200, 300}},
};

/* The mean reward of a measured run after training on streams of its own. */
static double trained_reward(const Scenario *scenario, const char *name, int64_t training, uint64_t seed)
{
    RunKey key = {.seed = seed}, train = {.seed = seed, .training = true, .decisions = training};
    Policy *learner = policy_create(policy_type_find(name), scenario, key);
    world_run(learner, scenario, train);
    policy_freeze(learner, true);
    double reward = world_run(learner, scenario, key).reward;
    policy_destroy(learner);
    return reward;
}

/* The same over that of the oracle: a ratio of mean response times. */
static double ratio_to_oracle(const Scenario *scenario, const char *name, int64_t training, uint64_t seed)
{
    double best = world_run_fresh("oracle", scenario, (RunKey){.seed = seed}).reward;
    return trained_reward(scenario, name, training, seed) / best;
}

static void check_learners(int users)
{
    Scenario *scenario = world_experiment_a(users, 400, "policy={name: random}");
    for (size_t i = 0; i < sizeof learners / sizeof learners[0]; i++)
        for (uint64_t seed = 11; seed <= 13; seed++) {
            double ratio = ratio_to_oracle(scenario, learners[i].name, learners[i].training[users - 1], seed);
            check_near(ratio, 1, 0.005, learners[i].name, __FILE__, __LINE__);
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
    Scenario *scenario = world_experiment_a(5, 400, "policy={name: random}");
    CHECK_NEAR(ratio_to_oracle(scenario, "linear-thompson", 400, 11), 1, 0.01);
    CHECK_NEAR(ratio_to_oracle(scenario, "linear-ucb", 400, 11), 1, 0.01);
    CHECK(ratio_to_oracle(scenario, "ucb", 400, 11) > 1.02); /* a table has tried one answer in 250 */
    scenario_destroy(scenario);
}

/* The best place with the most accurate model is the greedy answer on experiment A: edge, cloud, the rest at home. */
static void the_place_alone_is_learned_as_well(void)
{
    static const char *const names[] = {"q-learning-offload", "dqn-offload"};
    for (int users = 1; users <= USERS_MOST; users++) {
        Scenario *scenario = world_experiment_a(users, 400, "policy={name: random}");
        RunKey key = {.seed = 11};
        double greedy = world_run_fresh("greedy", scenario, key).reward;
        for (int i = 0; i < 2; i++)
            CHECK_NEAR(trained_reward(scenario, names[i], 2000, key.seed) / greedy, 1, 0.005);
        scenario_destroy(scenario);
    }
}

static void so_they_do_where_they_explore_otherwise_or_imagine_more(void)
{
    static const char *const names[] = {"q-learning", "dqn", "dqn-branching", "hybrid-learning", "hybrid-learning"};
    static const char *const settings[] = {"exploration: softmax", "exploration: count"};
    static const int64_t training[] = {1500, 3000, 500, 300, 200};
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < (i < 4 ? 2 : 1); k++) {
            char policy[128];
            snprintf(policy, sizeof policy, "policy={name: %s, %s}", names[i], i < 4 ? settings[k] : "horizon: 8");
            Scenario *scenario = world_experiment_a(2, 400, policy);
            check_near(ratio_to_oracle(scenario, names[i], training[i], 31), 1, 0.005, policy, __FILE__, __LINE__);
            scenario_destroy(scenario);
        }
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* With as many interactions, and what the other learner needs many times as many for. */
static void planning_spares_real_interactions(void)
{
    enum { SEEDS = 3, INTERACTIONS = 250 };
    double hybrid[SEEDS], direct[SEEDS];
    Scenario *scenario = world_experiment_a(3, 400, "policy={name: random}");
    for (int i = 0; i < SEEDS; i++) {
        hybrid[i] = ratio_to_oracle(scenario, "hybrid-learning", INTERACTIONS, (uint64_t)(41 + i));
        direct[i] = ratio_to_oracle(scenario, "dqn", 2 * INTERACTIONS, (uint64_t)(41 + i));
    }
    qsort(hybrid, SEEDS, sizeof *hybrid, compare);
    qsort(direct, SEEDS, sizeof *direct, compare);
    CHECK_NEAR(hybrid[SEEDS / 2], 1, 0.005);
    CHECK(direct[SEEDS / 2] > 1.01);
    scenario_destroy(scenario);
}

/* Single requests that overlap, with feedback out of order. */
static void parts_are_learned_from_single_requests(void)
{
    world_check_single_requests("linear-ucb", 1, 3000);
    world_check_single_requests("linear-thompson", 1, 3000);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(all_find_the_optimum_for_one_user),
        CHECK_OF(all_find_the_optimum_for_two_users),
        CHECK_OF(all_find_the_optimum_for_three_users),
        CHECK_OF(parts_find_the_optimum_for_five_users),
        CHECK_OF(the_place_alone_is_learned_as_well),
        CHECK_OF(parts_are_learned_from_single_requests),
        CHECK_OF(so_they_do_where_they_explore_otherwise_or_imagine_more),
        CHECK_OF(planning_spares_real_interactions),
    };
    return check_run("learn optimum", checks, sizeof checks / sizeof checks[0]);
}

/* The learners on a factored model reach the oracle's answers within few interactions, from every kind of feedback and
 * without prior knowledge, and say what they cannot do. */
#include "../policies/policy.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SEEDS = 5 };

/* Nothing changes but the requests' luck; other tenants come and go at the edge and in the cloud, here every second. */
static const char *const STEADY = "../../scenarios/online_learning/exp_a.yaml";
static const char *const BUSY = "three_tiers.yaml";

/* `users` devices at a threshold (%), with the policy section `policy` (NULL: defaults). */
static Scenario *experiment(const char *file, int users, const char *threshold, const char *policy)
{
    char count[64], level[64], section[256];
    snprintf(count, sizeof count, "nodes.device.count=%d", users);
    snprintf(level, sizeof level, "objective.threshold=%s %%", threshold);
    snprintf(section, sizeof section, "policy=%s", policy ? policy : "{name: random}");
    const char *overrides[] = {count, level, section, "nodes.edge.background.dwell=[1 s, 500 ms]",
                               "nodes.cloud.background.dwell=[1 s, 500 ms]"};
    return world_load(file, overrides, strcmp(file, STEADY) == 0 ? 3 : 5);
}

/* Trains a new learner, then compares it with the oracle on the same measured run: response time over the oracle's. */
static double ratio_to_oracle(const char *name, const Scenario *scenario, uint64_t seed, int64_t training)
{
    RunKey key = {.seed = seed, .decisions = 300};
    RunKey train = {.seed = seed, .training = true, .decisions = training};
    Policy *learner = policy_create(policy_type_find(name), scenario, key);
    world_run(learner, scenario, train);
    policy_freeze(learner, true);
    WorldRun learned = world_run(learner, scenario, key), best = world_run_fresh("oracle", scenario, key);
    CHECK_INT(learned.decisions, best.decisions);
    policy_destroy(learner);
    return learned.reward / best.reward;
}

static void check_reaches(const char *name, const char *file, int64_t training, double tolerance)
{
    static const char *const thresholds[] = {"0", "80", "85", "89", "89.9"};
    static const int users[] = {1, 3, 5};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 5; k++) {
            Scenario *scenario = experiment(file, users[i], thresholds[k], NULL);
            for (uint64_t seed = 11; seed < 11 + SEEDS; seed++)
                CHECK_NEAR(ratio_to_oracle(name, scenario, seed, training), 1, tolerance);
            scenario_destroy(scenario);
        }
}

/* Draws around the mean make a run differ from the oracle's by a little even where only equals are exchanged. */
static void thompson_sampling_finds_the_optimum_in_forty_interactions(void)
{
    check_reaches("model-thompson", STEADY, 40, 0.002);
}

static void the_reward_alone_is_enough(void)
{
    check_reaches("model-reward", STEADY, 60, 0.002);
}

static void no_prior_knowledge_is_needed(void)
{
    check_reaches("model-no-prior", STEADY, 60, 0.002);
}

static void the_parametric_form_finds_the_optimum(void)
{
    check_reaches("model-parametric", STEADY, 60, 0.002);
}

static void contexts_that_change_share_what_is_learnt(void)
{
    check_reaches("model-thompson", BUSY, 400, 0.01);
    check_reaches("model-no-prior", BUSY, 1000, 0.01);
}

static void other_explorations_come_near(void)
{
    Scenario *scenario = experiment(STEADY, 5, "89", NULL);
    for (uint64_t seed = 11; seed < 11 + SEEDS; seed++) {
        CHECK_NEAR(ratio_to_oracle("model-optimism", scenario, seed, 100), 1, 0.03);
        CHECK_NEAR(ratio_to_oracle("model-greedy", scenario, seed, 400), 1, 0.03);
    }
    scenario_destroy(scenario);
}

/* Told neither how cores are shared nor that conditions add up. */
static void networks_find_the_optimum(void)
{
    static const char *const thresholds[] = {"0", "85", "89.9"};
    for (int i = 0; i < 3; i++) {
        Scenario *scenario = experiment(STEADY, 5 - 2 * i, thresholds[i], NULL);
        for (uint64_t seed = 11; seed < 11 + SEEDS; seed++)
            CHECK_NEAR(ratio_to_oracle("model-network", scenario, seed, 60), 1, 0.002);
        scenario_destroy(scenario);
    }
}

static void one_interaction_is_not_enough(void)
{
    Scenario *scenario = experiment(STEADY, 5, "0", NULL);
    CHECK(ratio_to_oracle("model-no-prior", scenario, 11, 1) > 1.05);
    scenario_destroy(scenario);
}

/* Refusals, edges of their own, queues, a half-duplex link, cuts; what cannot be told by accuracy pays by energy. */
static void a_mixed_world_is_learnt_under_every_objective(void)
{
    static const char *const objectives[] = {
        "objective={metric: top5, threshold: 89.5 %, largest_response_time: 1 s}",
        "objective={kind: utility, metric: top5, reference: 100 ms}",
        "objective={kind: weighted_cost, metric: top5, energy_weight: 0.3, accuracy_weight: 3}",
    };
    static const char *const names[] = {"model-thompson", "model-no-prior", "model-reward"};
    for (int i = 0; i < 3; i++) {
        Scenario *scenario = world_load("mixed.yaml", &objectives[i], 1);
        RunKey key = {.seed = 11};
        double random = world_run_fresh("random", scenario, key).reward;
        double best = world_run_fresh("oracle", scenario, key).reward;
        for (int k = 0; k < 3; k++) {
            Policy *learner = policy_create(policy_type_find(names[k]), scenario, key);
            world_run(learner, scenario, (RunKey){.seed = 11, .training = true, .decisions = 1000});
            policy_freeze(learner, true);
            double learned = world_run(learner, scenario, key).reward;
            CHECK_NEAR(learned, best, 0.02 * fabs(best));
            CHECK(learned > random);
            policy_destroy(learner);
        }
        scenario_destroy(scenario);
    }
}

/* Ratio to the oracle in the second of two worlds, after learning in the first and then in the second. */
static double ratio_after_change(const char *policy, int64_t before, int64_t after)
{
    char section[128];
    snprintf(section, sizeof section, "policy=%s", policy);
    const char *overrides[] = {section, "objective.threshold=89.9 %", "links.device-edge.delay=40 ms"};
    Scenario *near = world_load(STEADY, overrides, 2), *far = world_load(STEADY, overrides, 3);
    RunKey key = {.seed = 11, .decisions = 300};
    Policy *learner = policy_create(policy_type_find("model-thompson"), near, key);
    world_run(learner, near, (RunKey){.seed = 11, .training = true, .decisions = before});
    if (after > 0)
        world_run(learner, far, (RunKey){.seed = 12, .training = true, .decisions = after});
    policy_freeze(learner, true);
    double ratio = world_run(learner, far, key).reward / world_run_fresh("oracle", far, key).reward;
    policy_destroy(learner);
    scenario_destroy(near);
    scenario_destroy(far);
    return ratio;
}

/* The edge and the cloud move away: what was learnt about them fades, if it may. */
static void a_change_is_learnt(void)
{
    CHECK(ratio_after_change("{name: model-thompson}", 500, 0) > 1.1);
    CHECK_NEAR(ratio_after_change("{name: model-thompson, memory: 50}", 500, 200), 1, 0.002);
    CHECK_NEAR(ratio_after_change("{name: model-thompson}", 100, 600), 1, 0.002);
}

/* Feedback of single requests comes late and in another order. */
static void single_requests_are_learnt_from(void)
{
    world_check_single_requests("model-thompson", 11, 3000);
}

static const char *misfit(const char *policy, const char *const *overrides, int count, char *buffer, size_t size)
{
    return world_misfit(policy, world_load("three_tiers.yaml", overrides, count), buffer, size);
}

static void what_it_cannot_do_is_said(void)
{
    char text[512];
    const char *blind[] = {"policy={name: model-reward, prior: no}"};
    CHECK_TEXT(misfit("model-reward", blind, 1, text, sizeof text),
               "policy: model-reward: accuracies cannot be learnt from the reward alone: use prior: yes");
    const char *sum[] = {"policy={name: model-network, feedback: reward}"};
    CHECK_TEXT(misfit("model-network", sum, 1, text, sizeof text),
               "policy: model-network: networks learn from each user's outcome: use feedback: users");
    const char *many[] = {"nodes.device.count=300"};
    CHECK_TEXT(misfit("model-thompson", many, 1, text, sizeof text),
               "policy: model-thompson: 4.55e+04 ways to share users out over nodes are too many to plan, at most "
               "20000");
    const char *wide[] = {"nodes.device.count=190", "options={end: [d0], edge: all variants, cloud: all variants}"};
    CHECK(strstr(misfit("model-no-prior", wide, 2, text, sizeof text), "features are too many to learn"));
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(thompson_sampling_finds_the_optimum_in_forty_interactions),
        CHECK_OF(the_reward_alone_is_enough),
        CHECK_OF(no_prior_knowledge_is_needed),
        CHECK_OF(the_parametric_form_finds_the_optimum),
        CHECK_OF(contexts_that_change_share_what_is_learnt),
        CHECK_OF(other_explorations_come_near),
        CHECK_OF(networks_find_the_optimum),
        CHECK_OF(one_interaction_is_not_enough),
        CHECK_OF(a_mixed_world_is_learnt_under_every_objective),
        CHECK_OF(a_change_is_learnt),
        CHECK_OF(single_requests_are_learnt_from),
        CHECK_OF(what_it_cannot_do_is_said),
    };
    return check_run("model-based", checks, sizeof checks / sizeof checks[0]);
}

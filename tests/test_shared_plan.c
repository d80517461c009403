/* The oracle where shares are part of the answer: against every joint answer on clones, each with its best shares. */
#include "../policies/allocation.h"
#include "../policies/choice.h"
#include "../policies/policy.h"
#include "../policies/shared_plan.h"
#include "../sim/foresight.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { USER_LIMIT = 8 };

static const RunKey KEY = {.seed = 6, .validate = true};

#define RESERVED(...)                                                                                                  \
    world_load("reserved.yaml", (const char *const[]){__VA_ARGS__},                                                    \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* Reward of an answer on a clone without surprises. */
static double reward_of(Simulation *future, const Decision *decision, Answer answer)
{
    Decision end;
    simulation_imagine(future, view_simulation(decision->view));
    simulation_apply(future, answer);
    CHECK(!simulation_advance(future, &end));
    CHECK_INT(end.feedback_count, 1);
    return end.feedback[0].reward;
}

static double shared_reward(Simulation *future, Allocator *allocator, const Decision *decision, const int *options)
{
    Share shares[USER_LIMIT];
    allocator_share(allocator, ALLOCATION_OPTIMAL, decision, options, shares);
    return reward_of(future, decision, (Answer){.options = options, .shares = shares});
}

/* The best of all joint answers. */
static double slow_optimum(Simulation *future, Allocator *allocator, const Decision *decision)
{
    int options[USER_LIMIT] = {0}, user = 0;
    double best = -INFINITY;
    while (user < decision->ask_count) {
        best = fmax(best, shared_reward(future, allocator, decision, options));
        for (user = 0; user < decision->ask_count && ++options[user] == decision->asks[user].options->count; user++)
            options[user] = 0;
    }
    return best;
}

/* At every `stride`-th question the plan's answer is the best of all, and earns what the plan says. */
static void check_plans(Scenario *scenario, int stride)
{
    Error error = {0};
    CHECK(shared_plan_is_exact(scenario, &error));
    Simulation *simulation = simulation_create(scenario, KEY), *future = simulation_clone(simulation);
    Policy *oracle = policy_create(policy_type_find("oracle"), scenario, KEY);
    Policy *random = policy_create(policy_type_find("random"), scenario, KEY);
    SharedPlan plan;
    Allocator allocator;
    shared_plan_init(&plan, scenario);
    allocator_init(&allocator, scenario);
    Decision decision;
    for (int i = 0; simulation_advance(simulation, &decision); i++) {
        if (i % stride == 0) {
            int options[USER_LIMIT];
            SharedFinding finding = shared_plan_find(&plan, &decision, ANY_VARIANT, 100000, options);
            double expected = slow_optimum(future, &allocator, &decision);
            CHECK(finding.proven);
            CHECK_NEAR(-finding.cost / decision.ask_count, expected, 1e-7);
            CHECK_NEAR(shared_reward(future, &allocator, &decision, options), expected, 1e-7);
            CHECK_NEAR(reward_of(future, &decision, policy_decide(oracle, &decision)), expected, 1e-7);
        }
        simulation_apply(simulation, policy_decide(random, &decision));
    }
    PolicyWork work = policy_work(oracle);
    CHECK(work.bounded > 0 && work.bound_gap == 0);
    allocator_free(&allocator);
    shared_plan_free(&plan);
    policy_destroy(random);
    policy_destroy(oracle);
    simulation_destroy(future);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void a_plan_is_the_best_of_all_joint_answers(void)
{
    check_plans(RESERVED("stop.rounds=60"), 12);
    check_plans(RESERVED("stop.rounds=20", "workload.weights={uniform: [5 %, 95 %]}", "allocation=fixed"), 5);
    check_plans(RESERVED("stop.rounds=30", "objective={kind: weighted_cost, metric: top5, latency_weight: 3, "
                                           "energy_weight: 0.1, accuracy_weight: 2}"),
                10);
}

static void a_plan_counts_references_of_applications(void)
{
    check_plans(RESERVED("stop.rounds=20", "nodes.edge.cores=1", "nodes.edge.background={busy: [0.25]}",
                         "workload.applications=[{name: a, share: 50 %, reference: 20 ms}, {name: b, share: 50 %}]"),
                10);
}

/* The edge, which is reserved, computes the middle of three parts for some; bandwidth and load change meanwhile. */
static void a_plan_knows_second_cuts_and_bandwidths_that_change(void)
{
    check_plans(RESERVED("stop.rounds=40", "links.small-edge.up={levels: [4 Mbit/s, 40 Mbit/s], dwell: [1 s, 1 s]}",
                         "options={end: [d0], edge: [d0], cloud: [d0], cuts: [12], second_cuts: [20], "
                         "transfer_bits: [32, 8]}"),
                8);
}

/* Accuracy alone counts for one: it gets next to nothing, and still ends. */
static void who_does_not_mind_waiting_gets_next_to_nothing(void)
{
    check_plans(RESERVED("stop.rounds=5", "workload.weights=[100 %, 50 %, 0 %]"), 2);
}

static void a_world_where_users_meet_elsewhere_is_refused(void)
{
    char text[512];
    CHECK_TEXT(world_misfit("oracle", RESERVED("name=x"), text, sizeof text), "");
    CHECK_TEXT(world_misfit("oracle", RESERVED("nodes.cloud.cores=8"), text, sizeof text),
               "policy: oracle: 'cloud' is not reserved and leaves 8 cores to 3 users, whose inferences keep 4 busy "
               "each, so that they slow each other down; reserve it or give it more cores");
    CHECK_TEXT(
        world_misfit("oracle", RESERVED("nodes.cloud.background={busy: [0, 1], dwell: [1 s, 1 s]}"), text, sizeof text),
        "policy: oracle: 'cloud' is not reserved and leaves 11 cores to 3 users, whose inferences keep 4 busy "
        "each, so that they slow each other down; reserve it or give it more cores");
    CHECK_TEXT(world_misfit("oracle", RESERVED("links.edge-cloud.bandwidth=1 Gbit/s"), text, sizeof text),
               "policy: oracle: the bandwidth from 'edge' to 'cloud' is not reserved, so that messages of 3 users slow "
               "each other down; reserve it or leave the bandwidth out");
    CHECK_TEXT(world_misfit("oracle", RESERVED("nodes.edge.limit=2"), text, sizeof text),
               "policy: oracle: 'edge' refuses requests beyond 2, and 3 users may come");
    CHECK_TEXT(world_misfit("oracle", RESERVED("nodes.edge.memory=60 MB"), text, sizeof text),
               "policy: oracle: what 3 users may run on 'edge' does not fit its memory at once");
    CHECK_TEXT(world_misfit("oracle", RESERVED("nodes.edge.memory=70 MB"), text, sizeof text), "");
    /* Without sums over users, and where requests come one by one, answers are tried on clones as ever. */
    CHECK_TEXT(
        world_misfit("oracle", RESERVED("nodes.cloud.cores=8", "objective={threshold: 87 %}"), text, sizeof text), "");
    CHECK_TEXT(
        world_misfit("oracle",
                     RESERVED("nodes.cloud.cores=8", "stop={time: 1 s}", "workload={arrivals: poisson, rate: 3 /s}"),
                     text, sizeof text),
        "");
}

/* Stopped early, the oracle says how much better others may be; that covers what it gives away. */
static void an_oracle_that_is_stopped_knows_its_gap(void)
{
    double reward[2], gap[2];
    for (int i = 0; i < 2; i++) {
        Scenario *scenario = RESERVED("stop.rounds=20", "nodes.small.count=7", "links.small-edge.up=60 Mbit/s",
                                      "nodes.cloud.cores=32", "options.cuts=all", "options.end=all variants",
                                      "options.edge=all variants", "workload.weights={uniform: [5 %, 95 %]}",
                                      i == 0 ? "policy={name: oracle}" : "policy={name: oracle, visits: 0}");
        Policy *oracle = policy_create(policy_type_find("oracle"), scenario, KEY);
        WorldRun run = world_run(oracle, scenario, KEY);
        PolicyWork work = policy_work(oracle);
        CHECK_INT(work.bounded, 20);
        reward[i] = run.reward;
        gap[i] = work.bound_gap / 20;
        policy_destroy(oracle);
        scenario_destroy(scenario);
    }
    CHECK_NEAR(gap[0], 0, 0);
    CHECK(gap[1] > 0 && gap[1] < 0.01);
    CHECK(reward[0] - reward[1] <= gap[1] + 0.01); /* services are drawn */
}

int main(void)
{
    static const Check checks[] = {
        {"a_plan_is_the_best_of_all_joint_answers", a_plan_is_the_best_of_all_joint_answers},
        {"a_plan_counts_references_of_applications", a_plan_counts_references_of_applications},
        {"a_plan_knows_second_cuts_and_bandwidths_that_change", a_plan_knows_second_cuts_and_bandwidths_that_change},
        {"who_does_not_mind_waiting_gets_next_to_nothing", who_does_not_mind_waiting_gets_next_to_nothing},
        {"a_world_where_users_meet_elsewhere_is_refused", a_world_where_users_meet_elsewhere_is_refused},
        {"an_oracle_that_is_stopped_knows_its_gap", an_oracle_that_is_stopped_knows_its_gap},
    };
    return check_run("shared plan", checks, sizeof checks / sizeof checks[0]);
}

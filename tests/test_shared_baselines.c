/* What policies that divide give up against the oracle, and that each is the best of its kind. */
#include "../policies/allocation.h"
#include "../policies/policy.h"
#include "../sim/foresight.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { USER_LIMIT = 32 };

static const RunKey KEY = {.seed = 8, .validate = true};

#define WORLD(FILE, ...)                                                                                               \
    world_load(FILE, (const char *const[]){__VA_ARGS__},                                                               \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

#define RESERVED(...) WORLD("reserved.yaml", __VA_ARGS__)
#define BASE(...) WORLD("../../scenarios/mcia/base.yaml", __VA_ARGS__)

/* How an answer ends on a clone without surprises; `ret_outcomes` may be NULL. */
static double reward_of(Simulation *future, const Decision *decision, Answer answer, Outcome *ret_outcomes)
{
    Decision end;
    simulation_imagine(future, view_simulation(decision->view));
    simulation_apply(future, answer);
    CHECK(!simulation_advance(future, &end));
    if (ret_outcomes)
        memcpy(ret_outcomes, end.feedback[0].outcomes, (size_t)decision->ask_count * sizeof *ret_outcomes);
    return end.feedback[0].reward;
}

static Policy *new_policy(const char *name, const Scenario *scenario)
{
    return policy_create(policy_type_find(name), scenario, KEY);
}

static void neurosurgeon_cuts_where_a_device_alone_is_soonest(void)
{
    static const char *const bandwidths[] = {"links.device-edge.up=3 Mbit/s", "links.device-edge.up=30 Mbit/s",
                                             "links.device-edge.up=2000 Mbit/s"};
    static const char *const variants[] = {"policy={name: neurosurgeon}", "policy={name: neurosurgeon, variant: d7}"};
    for (int k = 0; k < 6; k++) {
        Scenario *scenario = BASE("nodes.device.count=1", bandwidths[k % 3], variants[k / 3]);
        int variant = k / 3 ? 7 : 0;
        Simulation *simulation = simulation_create(scenario, KEY), *future = simulation_clone(simulation);
        Policy *policy = new_policy("neurosurgeon", scenario);
        Decision decision;
        CHECK(simulation_advance(simulation, &decision));
        Answer answer = policy_decide(policy, &decision);
        Outcome chosen, other;
        reward_of(future, &decision, answer, &chosen);
        const OptionSet *options = decision.asks[0].options;
        CHECK_INT(options->items[answer.options[0]].variant, variant);
        for (int i = 0; i < options->count; i++) {
            if (options->items[i].variant != variant)
                continue;
            reward_of(future, &decision, (Answer){.options = &i, .shares = &(Share){1, 1}}, &other);
            CHECK(chosen.response_s <= other.response_s + 1e-8);
        }
        policy_destroy(policy);
        simulation_destroy(future);
        simulation_destroy(simulation);
        scenario_destroy(scenario);
    }
}

/* Two at the edge hold half of it each, whatever they do there, and who stays away holds nothing. */
static void neurosurgeon_divides_equally_among_those_who_go(void)
{
    Scenario *scenario = BASE("nodes.device.count=2", "links.device-edge.up=2000 Mbit/s");
    Simulation *simulation = simulation_create(scenario, KEY);
    Policy *policy = new_policy("neurosurgeon", scenario);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    Answer answer = policy_decide(policy, &decision);
    for (int i = 0; i < 2; i++) {
        CHECK_TEXT(decision.asks[i].options->items[answer.options[i]].label, "edge:d0");
        CHECK_NEAR(answer.shares[i].compute, 0.5, 0);
        CHECK_NEAR(answer.shares[i].bandwidth, 0.5, 0);
    }
    policy_destroy(policy);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void one_version_for_all_is_the_oracle_where_there_is_one(void)
{
    Scenario *scenario = RESERVED("options={end: [d0], edge: [d0], cloud: [d0], cuts: [4, 12, 20]}", "stop.rounds=30");
    WorldRun fixed = world_run_fresh("fixed-version", scenario, KEY), oracle = world_run_fresh("oracle", scenario, KEY);
    CHECK(fixed.answers == oracle.answers);
    scenario_destroy(scenario);
    scenario = RESERVED("stop.rounds=30", "policy={name: fixed-version, variant: d5}");
    Simulation *simulation = simulation_create(scenario, KEY);
    Policy *policy = new_policy("fixed-version", scenario);
    Decision decision;
    int others = 0;
    while (simulation_advance(simulation, &decision)) {
        Answer answer = policy_decide(policy, &decision);
        for (int i = 0; i < 3; i++)
            others += decision.asks[i].options->items[answer.options[i]].variant != 5;
        simulation_apply(simulation, answer);
    }
    CHECK_INT(others, 0);
    policy_destroy(policy);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* The best of all joint answers with equal shares. */
static double slow_equal_optimum(Simulation *future, Allocator *allocator, const Decision *decision)
{
    int options[USER_LIMIT] = {0}, user = 0;
    double best = -INFINITY;
    Share shares[USER_LIMIT];
    while (user < decision->ask_count) {
        allocator_share(allocator, ALLOCATION_EQUAL, decision, options, shares);
        best = fmax(best, reward_of(future, decision, (Answer){.options = options, .shares = shares}, NULL));
        for (user = 0; user < decision->ask_count && ++options[user] == decision->asks[user].options->count; user++)
            options[user] = 0;
    }
    return best;
}

static void equal_shares_are_given_the_best_options(void)
{
    static const char *const references[] = {"objective.reference=30 ms", "objective.reference=100 ms",
                                             "objective.reference=400 ms"};
    int best = 0, all = 0;
    for (int k = 0; k < 3; k++) {
        Scenario *scenario = RESERVED("stop.rounds=8", references[k], "workload.weights={uniform: [5 %, 95 %]}");
        Simulation *simulation = simulation_create(scenario, KEY), *future = simulation_clone(simulation);
        Policy *policy = new_policy("equal-shares", scenario);
        Allocator allocator;
        allocator_init(&allocator, scenario);
        Decision decision;
        for (; simulation_advance(simulation, &decision); all++) {
            Answer answer = policy_decide(policy, &decision);
            double reward = reward_of(future, &decision, answer, NULL);
            double expected = slow_equal_optimum(future, &allocator, &decision);
            CHECK(reward <= expected + 1e-7);
            best += reward >= expected - 1e-7;
            simulation_apply(simulation, answer);
        }
        allocator_free(&allocator);
        policy_destroy(policy);
        simulation_destroy(future);
        simulation_destroy(simulation);
        scenario_destroy(scenario);
    }
    CHECK_INT(all, 24);
    CHECK_INT(best, 24);
}

/* In expectation, at every question of every cell. */
static void the_oracle_is_no_worse_than_any_baseline(void)
{
    static const char *const names[] = {"device-only",  "edge-only",     "random",      "greedy",
                                        "neurosurgeon", "fixed-version", "equal-shares"};
    enum { NAMES = sizeof names / sizeof names[0] };
    static const char *const counts[] = {"nodes.device.count=2", "nodes.device.count=4", "nodes.device.count=7",
                                         "nodes.device.count=20"};
    static const char *const bandwidths[] = {"links.device-edge.up=8 Mbit/s", "links.device-edge.up=60 Mbit/s",
                                             "links.device-edge.up=400 Mbit/s"};
    double margins[NAMES] = {0};
    for (int cell = 0; cell < 12; cell++) {
        Scenario *scenario = BASE(counts[cell / 3], bandwidths[cell % 3], "stop.rounds=3",
                                  cell % 2 ? "workload.weights={uniform: [10 %, 95 %]}" : "name=x");
        Simulation *simulation = simulation_create(scenario, KEY), *future = simulation_clone(simulation);
        Policy *oracle = new_policy("oracle", scenario), *others[NAMES];
        for (int i = 0; i < NAMES; i++)
            others[i] = new_policy(names[i], scenario);
        Decision decision;
        while (simulation_advance(simulation, &decision)) {
            Answer best = policy_decide(oracle, &decision);
            double most = reward_of(future, &decision, best, NULL);
            for (int i = 0; i < NAMES; i++) {
                double reward = reward_of(future, &decision, policy_decide(others[i], &decision), NULL);
                CHECK(reward <= most + 1e-7);
                margins[i] += most - reward;
            }
            simulation_apply(simulation, best);
        }
        CHECK_NEAR(policy_work(oracle).bound_gap, 0, 0);
        for (int i = 0; i < NAMES; i++)
            policy_destroy(others[i]);
        policy_destroy(oracle);
        simulation_destroy(future);
        simulation_destroy(simulation);
        scenario_destroy(scenario);
    }
    for (int i = 0; i < NAMES; i++)
        CHECK(margins[i] > 0.01); /* and worth having */
}

/* In the least time that is left to answers that are accurate enough; where nothing is, the most accurate. */
static void equal_shares_keep_to_a_threshold(void)
{
    static const char *const thresholds[] = {"70.5 %", "99 %"};
    for (int i = 0; i < 2; i++) {
        char objective[128];
        snprintf(objective, sizeof objective,
                 "objective={kind: response_time_under_accuracy, metric: top1, threshold: %s}", thresholds[i]);
        Scenario *scenario = BASE(objective, "stop.rounds=2");
        Simulation *simulation = simulation_create(scenario, KEY);
        Policy *policy = new_policy("equal-shares", scenario);
        Decision decision;
        while (simulation_advance(simulation, &decision)) {
            Answer answer = policy_decide(policy, &decision);
            for (int user = 0; user < decision.ask_count; user++)
                CHECK_NEAR(decision.asks[user].options->items[answer.options[user]].accuracy, 0.709, 1e-12);
            simulation_apply(simulation, answer);
        }
        policy_destroy(policy);
        simulation_destroy(simulation);
        scenario_destroy(scenario);
    }
}

static void a_version_that_somebody_lacks_is_refused(void)
{
    char text[512];
    CHECK_TEXT(world_misfit("neurosurgeon", RESERVED("policy={name: neurosurgeon, variant: d9}"), text, sizeof text),
               "policy: neurosurgeon: model mobilenet-v1 has no variant 'd9'");
    CHECK_TEXT(world_misfit("fixed-version", RESERVED("policy={name: fixed-version, variant: d4}"), text, sizeof text),
               "policy: fixed-version: variant 'd4' is not among the options of every user");
    CHECK_TEXT(world_misfit("fixed-version", RESERVED("options={small: [d5], large: [d0]}"), text, sizeof text),
               "policy: fixed-version: no variant is among the options of every user");
    CHECK_TEXT(world_misfit("fixed-version", RESERVED("policy={name: fixed-version, variant: d5}"), text, sizeof text),
               "");
}

int main(void)
{
    static const Check checks[] = {
        {"neurosurgeon_cuts_where_a_device_alone_is_soonest", neurosurgeon_cuts_where_a_device_alone_is_soonest},
        {"neurosurgeon_divides_equally_among_those_who_go", neurosurgeon_divides_equally_among_those_who_go},
        {"one_version_for_all_is_the_oracle_where_there_is_one", one_version_for_all_is_the_oracle_where_there_is_one},
        {"equal_shares_are_given_the_best_options", equal_shares_are_given_the_best_options},
        {"equal_shares_keep_to_a_threshold", equal_shares_keep_to_a_threshold},
        {"the_oracle_is_no_worse_than_any_baseline", the_oracle_is_no_worse_than_any_baseline},
        {"a_version_that_somebody_lacks_is_refused", a_version_that_somebody_lacks_is_refused},
    };
    return check_run("shared baselines", checks, sizeof checks / sizeof checks[0]);
}

/* Who answers by turns is not asked, and yet everything goes as if it were. */
#include "../policies/policy.h"
#include "check.h"
#include "worlds.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How a run goes: settled before this question, and continued on a copy before every question. */
typedef struct Way {
    int64_t settled_at;
    bool copied;
} Way;

static const Way ASKED = {.settled_at = INT64_MAX};

/* A simulation that ran to its end, to be destroyed by the caller, and how many ROUTE questions were asked. Light
 * answers are kept and sent on by turns. */
static Simulation *run(Policy *policy, const Scenario *scenario, Way way, int64_t *ret_asked)
{
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 5, .validate = true});
    Decision decision;
    *ret_asked = 0;
    for (int64_t question = 0;; question++) {
        if (question == way.settled_at)
            policy_settle(policy, simulation);
        if (way.copied) {
            Simulation *copy = simulation_clone(simulation);
            simulation_destroy(simulation);
            simulation = copy;
        }
        if (!simulation_advance(simulation, &decision))
            return simulation;
        *ret_asked += decision.kind == DECISION_ROUTE;
        int choice = (int)(decision.index % decision.asks[0].options->count);
        bool routes = decision.kind == DECISION_ROUTE;
        simulation_apply(simulation, routes ? policy_decide(policy, &decision) : (Answer){.options = &choice});
    }
}

static void check_same_record(const Simulation *simulation, const Simulation *expected, const char *name)
{
    const Scenario *scenario = simulation_scenario(simulation);
    Metrics metrics = *simulation_metrics(simulation), asked = *simulation_metrics(expected);
    size_t nodes = (size_t)metrics.node_count * sizeof *metrics.nodes;
    check_true(memcmp(metrics.nodes, asked.nodes, nodes) == 0, name, __FILE__, __LINE__);
    for (int g = 0; g < metrics.option_group_count; g++) {
        size_t options = (size_t)(scenario->options[g].count + scenario->options[g].escalation_count);
        check_true(memcmp(metrics.option_counts[g], asked.option_counts[g], options * sizeof(int64_t)) == 0, name,
                   __FILE__, __LINE__);
    }
    metrics.nodes = asked.nodes = NULL;
    metrics.option_counts = asked.option_counts = NULL;
    check_int(metrics.decisions, asked.decisions, name, __FILE__, __LINE__);
    check_true(memcmp(&metrics, &asked, sizeof metrics) == 0, name, __FILE__, __LINE__);
}

static bool takes_turns(const PolicyType *type)
{
    return type->turns != NULL;
}

/* From the first question, from one in the midst of a run, and on copies. */
static void promise_same(const PolicyType *type, const Scenario *scenario)
{
    static const Way ways[] = {{.settled_at = 0}, {.settled_at = 17}, {.settled_at = 0, .copied = true}};
    int64_t all, asked;
    Policy *policy = policy_create(type, scenario, (RunKey){.seed = 5});
    Simulation *expected = run(policy, scenario, ASKED, &all);
    CHECK(all >= 40);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        Simulation *simulation = run(policy, scenario, ways[i], &asked);
        if (scenario->reserves)
            CHECK_INT(asked, all);
        else
            CHECK(asked <= ways[i].settled_at);
        check_same_record(simulation, expected, type->name);
        simulation_destroy(simulation);
    }
    simulation_destroy(expected);
    policy_destroy(policy);
}

static void promise(const char *world, const char *const *overrides, int count)
{
    world_for_every_policy(world, overrides, count, takes_turns, promise_same);
}

#define PROMISE(world, ...)                                                                                            \
    promise(world, (const char *const[]){__VA_ARGS__},                                                                 \
            (int)(sizeof(const char *const[]){__VA_ARGS__} / sizeof(const char *)))

static void who_takes_turns_learns_nothing_and_shares_nothing(void)
{
    int found = 0;
    for (int i = 0; policy_type(i); i++) {
        const PolicyType *type = policy_type(i);
        found += takes_turns(type);
        CHECK(!takes_turns(type) || (!type->learns && !type->learn && !type->share && !type->escalates));
    }
    CHECK(found >= 4);
}

static void rounds_go_as_if_it_were_asked(void)
{
    PROMISE("three_tiers.yaml", "stop.rounds=60", "warm_up={rounds: 20}");
    PROMISE("mixed.yaml", "stop.rounds=60");
    PROMISE("mixed.yaml", "stop.rounds=60", "policy={name: edge-only, cut: 12}");
}

static void rounds_of_one_go_on(void)
{
    PROMISE("sweep.yaml", "stop.rounds=60", "nodes.device.count=1");
}

static void single_requests_go_as_if_it_were_asked(void)
{
    PROMISE("three_tiers.yaml", "workload.arrivals=poisson", "workload.rate=8 /s", "stop={time: 8 s}",
            "warm_up={time: 3 s}");
    PROMISE("mixed.yaml", "workload={arrivals: periodic, period: 100 ms, input: 150 kB}", "stop={time: 4 s}",
            "policy={name: edge-only, cut: 12}");
}

static void those_who_think_ask_again_also_when_refused(void)
{
    const char *overrides[] = {"workload={arrivals: think, think: {exponential: 30 ms}, input: 10 kB}",
                               "stop={time: 6 s}", "warm_up={time: 1 s}", "nodes.cloud.limit=1"};
    int64_t asked;
    promise("mixed.yaml", overrides, 4);
    Scenario *scenario = world_load("mixed.yaml", overrides, 4);
    Policy *policy = policy_create(policy_type_find("cloud-only"), scenario, (RunKey){.seed = 5});
    Simulation *simulation = run(policy, scenario, (Way){.settled_at = 0}, &asked);
    CHECK(simulation_metrics(simulation)->refused > 0);
    simulation_destroy(simulation);
    policy_destroy(policy);
    scenario_destroy(scenario);
}

static void a_trace_runs_out_as_if_it_were_asked(void)
{
    char workload[512];
    const char *path = check_scratch("arrivals.csv");
    FILE *file = fopen(path, "w");
    fputs("time_s,user\n", file);
    for (int i = 0; i < 50; i++)
        fprintf(file, "%g,%d\n", 0.04 * i, i % 3 + 1);
    fclose(file);
    snprintf(workload, sizeof workload, "workload={arrivals: trace, file: %s, input: 150 kB}", path);
    PROMISE("three_tiers.yaml", workload, "stop={time: 60 s}");
}

static void light_answers_are_asked_about_all_the_same(void)
{
    PROMISE("../lab/cascade.yaml", "samples={file: samples.csv, train: 25 %, tune: 25 %}",
            "workload={arrivals: poisson, rate: 20 /s, input: 10 kB}", "stop.time=6 s");
}

static void who_reserves_is_asked(void)
{
    PROMISE("reserved.yaml", "stop.rounds=60");
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(who_takes_turns_learns_nothing_and_shares_nothing),
        CHECK_OF(rounds_go_as_if_it_were_asked),
        CHECK_OF(rounds_of_one_go_on),
        CHECK_OF(single_requests_go_as_if_it_were_asked),
        CHECK_OF(those_who_think_ask_again_also_when_refused),
        CHECK_OF(a_trace_runs_out_as_if_it_were_asked),
        CHECK_OF(light_answers_are_asked_about_all_the_same),
        CHECK_OF(who_reserves_is_asked),
    };
    return check_run("settle", checks, sizeof checks / sizeof checks[0]);
}

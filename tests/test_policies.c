/* What every registered policy promises, and what each of the simple ones does. */
#include "../policies/policy.h"
#include "../sim/objective.h"
#include "../sim/reservation.h"
#include "check.h"
#include "worlds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORLD_COUNT = 5, RESERVED_WORLD = 3, CASCADE_WORLD = 4 };

/* Rounds, rounds in a richer world, single requests that overlap, rounds where nodes and links are reserved, and light
 * answers that may be sent on. */
typedef struct World {
    const char *name;
    const char *overrides[3];
    int count;
} World;

static const World worlds[WORLD_COUNT] = {
    {"three_tiers.yaml", {"stop.rounds=60"}, 1},
    {"mixed.yaml", {"stop.rounds=60"}, 1},
    {"three_tiers.yaml", {"workload.arrivals=poisson", "workload.rate=8 /s", "stop={time: 8 s}"}, 3},
    [RESERVED_WORLD] = {"reserved.yaml", {"stop.rounds=60"}, 1},
    [CASCADE_WORLD] = {"../lab/cascade.yaml",
                       {"samples={file: samples.csv, train: 25 %, tune: 25 %}",
                        "workload={arrivals: poisson, rate: 20 /s, input: 10 kB}", "stop.time=6 s"},
                       3},
};

static Scenario *open_world(int index)
{
    return world_load(worlds[index].name, worlds[index].overrides, worlds[index].count);
}

static const RunKey FIRST = {.seed = 5}, SECOND = {.seed = 5, .replication = 1};
static const RunKey TRAINING = {.seed = 5, .training = true, .decisions = 40};

static WorldPromise promise_legal;

static bool divides(const PolicyType *type)
{
    return type->share != NULL;
}

/* Rules about light answers need some, learners that know nothing of them stand none, and neither device-only nor the
 * oracle has anything to do there. Who plans shares needs some to plan, and an objective that is a sum over users. */
static bool is_at_home(const PolicyType *type, int world)
{
    if (strcmp(type->name, "model-shares") == 0)
        return world == RESERVED_WORLD;
    if (world != CASCADE_WORLD)
        return !type->escalates;
    return type->escalates ||
           !(type->learns || strcmp(type->name, "oracle") == 0 || strcmp(type->name, "device-only") == 0);
}

static void policies_suit_the_worlds_that_they_are_for(void)
{
    for (int world = 0; world < WORLD_COUNT; world++) {
        Scenario *scenario = open_world(world);
        for (int i = 0; policy_type(i); i++) {
            ErrorList errors = {0};
            check_int(policy_suits(policy_type(i), scenario, &errors), is_at_home(policy_type(i), world),
                      policy_type(i)->name, __FILE__, __LINE__);
        }
        scenario_destroy(scenario);
    }
}

/* Whom the scenario's allocation divides for, it divides for alike: one promise will do for them where things are
 * reserved. */
static void for_every_policy(WorldPromise *promise)
{
    for (int world = 0; world < WORLD_COUNT; world++) {
        WorldChoice *choice = world == RESERVED_WORLD && promise != promise_legal ? divides : NULL;
        world_for_every_policy(worlds[world].name, worlds[world].overrides, worlds[world].count, choice, promise);
    }
}

static void check_same_answers(const PolicyType *type, const char *what, WorldRun run, WorldRun expected)
{
    char name[128];
    snprintf(name, sizeof name, "%s, %s", type->name, what);
    check_true(run.answers == expected.answers, name, __FILE__, __LINE__);
    check_int(run.decisions, expected.decisions, name, __FILE__, __LINE__);
}

static void promise_names(const PolicyType *type, const Scenario *scenario)
{
    CHECK(type->name[0] && type->summary[0]);
    CHECK(policy_type_find(type->name) == type);
    ErrorList errors = {0};
    bool suits = policy_suits(type, scenario, &errors);
    CHECK_INT(errors.total, !suits);
    CHECK(suits || (type->share && !scenario->reserves)); /* who plans shares may want something to share */
    for (int i = 0; i < type->parameter_count; i++) {
        CHECK(type->parameters[i].help && type->parameters[i].help[0]);
        CHECK(type->parameters[i].fallback != NULL);
    }
}

static void every_policy_has_a_name_and_defaults(void)
{
    for_every_policy(promise_names);
}

static void promise_legal(const PolicyType *type, const Scenario *scenario)
{
    Policy *policy = policy_create(type, scenario, FIRST);
    RunKey key = FIRST;
    key.validate = true;
    Simulation *simulation = simulation_create(scenario, key);
    Decision decision;
    int64_t illegal = 0, decisions = 0;
    while (simulation_advance(simulation, &decision)) {
        Answer answer = policy_decide(policy, &decision);
        for (int i = 0; i < decision.ask_count; i++)
            illegal += answer.options[i] < 0 || answer.options[i] >= decision.asks[i].options->count;
        illegal +=
            illegal == 0 && !reservation_accepts(scenario, decision.asks, decision.ask_count, answer, &(Error){0});
        decisions++;
        simulation_apply(simulation, answer);
    }
    policy_conclude(policy, &decision);
    CHECK_INT(illegal, 0);
    CHECK(decisions >= 60);
    simulation_destroy(simulation);
    policy_destroy(policy);
}

static void every_policy_gives_legal_answers(void)
{
    for_every_policy(promise_legal);
}

static void promise_same_seed(const PolicyType *type, const Scenario *scenario)
{
    Policy *one = policy_create(type, scenario, FIRST), *other = policy_create(type, scenario, FIRST);
    WorldRun expected = world_run(one, scenario, FIRST);
    WorldRun run = world_run(other, scenario, FIRST);
    check_same_answers(type, "same seed", run, expected);
    CHECK(run.fingerprint == expected.fingerprint);
    policy_destroy(one);
    policy_destroy(other);
}

static void same_seed_same_answers(void)
{
    for_every_policy(promise_same_seed);
}

static void promise_no_leak(const PolicyType *type, const Scenario *scenario)
{
    Policy *alone = policy_create(type, scenario, FIRST);
    WorldRun expected = world_run(alone, scenario, FIRST);
    policy_destroy(alone);
    Policy *earlier = policy_create(type, scenario, SECOND);
    world_run(earlier, scenario, SECOND);
    Policy *later = policy_create(type, scenario, FIRST);
    check_same_answers(type, "after another policy's run", world_run(later, scenario, FIRST), expected);
    policy_destroy(earlier);
    policy_destroy(later);
}

static void nothing_leaks_from_another_policy(void)
{
    for_every_policy(promise_no_leak);
}

static void promise_frozen(const PolicyType *type, const Scenario *scenario)
{
    Policy *policy = policy_create(type, scenario, FIRST);
    world_run(policy, scenario, TRAINING);
    policy_freeze(policy, true);
    WorldRun expected = world_run(policy, scenario, FIRST);
    world_run(policy, scenario, SECOND);
    check_same_answers(type, "frozen, again", world_run(policy, scenario, FIRST), expected);
    policy_destroy(policy);
}

static void a_frozen_policy_answers_the_same_twice(void)
{
    for_every_policy(promise_frozen);
}

static void promise_frozen_run_is_forgotten(const PolicyType *type, const Scenario *scenario)
{
    Policy *plain = policy_create(type, scenario, FIRST), *measured = policy_create(type, scenario, FIRST);
    world_run(plain, scenario, TRAINING);
    world_run(measured, scenario, TRAINING);
    policy_freeze(measured, true);
    world_run(measured, scenario, SECOND);
    policy_freeze(measured, false);
    WorldRun expected = world_run(plain, scenario, FIRST);
    check_same_answers(type, "learning after a frozen run", world_run(measured, scenario, FIRST), expected);
    policy_destroy(plain);
    policy_destroy(measured);
}

static void a_frozen_run_changes_no_later_learning(void)
{
    for_every_policy(promise_frozen_run_is_forgotten);
}

static void promise_abandoned(const PolicyType *type, const Scenario *scenario)
{
    policy_destroy(policy_create(type, scenario, FIRST));
    Policy *policy = policy_create(type, scenario, FIRST);
    Simulation *simulation = simulation_create(scenario, FIRST);
    Decision decision;
    for (int i = 0; i < 5 && simulation_advance(simulation, &decision); i++)
        simulation_apply(simulation, policy_decide(policy, &decision));
    simulation_destroy(simulation);
    CHECK(world_run(policy, scenario, FIRST).decisions > 0);
    policy_destroy(policy);
}

static void a_run_may_be_abandoned(void)
{
    for_every_policy(promise_abandoned);
    policy_destroy(NULL);
}

/* Labels of one policy's first answer, such as "device:d0 edge:d0". */
static void first_answer(const char *policy_name, const Scenario *scenario, int question, char *ret_text, size_t size)
{
    Policy *policy = policy_create(policy_type_find(policy_name), scenario, FIRST);
    Simulation *simulation = simulation_create(scenario, FIRST);
    Decision decision;
    for (int i = 0; i < question; i++) {
        CHECK(simulation_advance(simulation, &decision));
        simulation_apply(simulation, policy_decide(policy, &decision));
    }
    CHECK(simulation_advance(simulation, &decision));
    Answer answer = policy_decide(policy, &decision);
    ret_text[0] = 0;
    for (int i = 0; i < decision.ask_count; i++) {
        size_t length = strlen(ret_text);
        snprintf(ret_text + length, size - length, "%s%s", i ? " " : "",
                 decision.asks[i].options->items[answer.options[i]].label);
    }
    simulation_destroy(simulation);
    policy_destroy(policy);
}

#define CHECK_ANSWER(policy, scenario, question, expected)                                                             \
    do {                                                                                                               \
        char text[256];                                                                                                \
        first_answer(policy, scenario, question, text, sizeof text);                                                   \
        CHECK_TEXT(text, expected);                                                                                    \
    } while (0)

static void fixed_policies_stay_on_their_tier(void)
{
    Scenario *scenario = open_world(0);
    CHECK_ANSWER("device-only", scenario, 0, "device:d0 device:d0 device:d0");
    CHECK_ANSWER("edge-only", scenario, 3, "edge:d0 edge:d0 edge:d0");
    CHECK_ANSWER("cloud-only", scenario, 7, "cloud:d0 cloud:d0 cloud:d0");
    scenario_destroy(scenario);
}

static void a_user_without_the_tier_takes_its_first_option(void)
{
    Scenario *scenario = open_world(1); /* the large device is linked to the cloud alone */
    CHECK_ANSWER("edge-only", scenario, 0, "edge:d0 edge:d0 large:d0");
    scenario_destroy(scenario);
}

static void a_fixed_policy_runs_the_variant_asked_for(void)
{
    const char *overrides[] = {"policy={name: device-only, variant: d5}"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 1);
    CHECK_ANSWER("device-only", scenario, 0, "device:d5 device:d5 device:d5");
    CHECK_ANSWER("edge-only", scenario, 0, "edge:d0 edge:d0 edge:d0"); /* the section is not its own */
    scenario_destroy(scenario);
}

static void a_fixed_policy_cuts_where_asked(void)
{
    const char *overrides[] = {"policy={name: edge-only, cut: 12}"};
    Scenario *scenario = world_load("mixed.yaml", overrides, 1);
    CHECK_ANSWER("edge-only", scenario, 0, "edge:d0@12 edge:d0@12 large:d0");
    scenario_destroy(scenario);
}

static void round_robin_takes_turns(void)
{
    Scenario *scenario = open_world(0);
    CHECK_ANSWER("round-robin", scenario, 0, "device:d0 edge:d0 cloud:d0");
    CHECK_ANSWER("round-robin", scenario, 1, "edge:d0 cloud:d0 device:d0");
    CHECK_ANSWER("round-robin", scenario, 5, "cloud:d0 device:d0 edge:d0");
    scenario_destroy(scenario);
}

static void random_is_uniform_over_options(void)
{
    const char *overrides[] = {"stop.rounds=2000"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 1);
    Policy *policy = policy_create(policy_type_find("random"), scenario, FIRST);
    Simulation *simulation = simulation_create(scenario, FIRST);
    Decision decision;
    double counts[10] = {0}, total = 0, statistic = 0;
    while (simulation_advance(simulation, &decision)) {
        Answer answer = policy_decide(policy, &decision);
        for (int i = 0; i < decision.ask_count; i++, total++)
            counts[answer.options[i]]++;
        simulation_apply(simulation, answer);
    }
    for (int i = 0; i < 10; i++)
        statistic += (counts[i] - total / 10) * (counts[i] - total / 10) / (total / 10);
    CHECK(statistic < 27.88); /* chi-square, 9 degrees of freedom, 0.1 % */
    CHECK(statistic > 0.1);   /* and not too even either */
    simulation_destroy(simulation);
    policy_destroy(policy);
    scenario_destroy(scenario);
}

/* One user, no other tenants: 86.6 ms on the device, 47.2 + 28.2 ms on the edge, 27.5 + 56 ms in the cloud. */
static void greedy_takes_the_quickest_that_is_accurate_enough(void)
{
    const char *overrides[] = {"nodes.device.count=1", "nodes.edge.background={busy: [0], dwell: [1 s]}",
                               "nodes.cloud.background={busy: [0], dwell: [1 s]}", "objective.threshold=89.9 %"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 4);
    CHECK_ANSWER("greedy", scenario, 0, "edge:d0");
    scenario_destroy(scenario);
    overrides[3] = "objective.threshold=80 %";
    scenario = world_load("three_tiers.yaml", overrides, 4);
    CHECK_ANSWER("greedy", scenario, 0, "device:d6");
    scenario_destroy(scenario);
    overrides[3] = "objective.threshold=95 %"; /* none is: the most accurate, and of those the quickest */
    scenario = world_load("three_tiers.yaml", overrides, 4);
    CHECK_ANSWER("greedy", scenario, 0, "edge:d0");
    scenario_destroy(scenario);
}

static void greedy_counts_those_it_has_placed(void)
{
    const char *overrides[] = {"nodes.edge.background={busy: [0], dwell: [1 s]}",
                               "nodes.cloud.background={busy: [0], dwell: [1 s]}", "objective.threshold=89.9 %"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 3);
    CHECK_ANSWER("greedy", scenario, 0, "edge:d0 cloud:d0 device:d0");
    scenario_destroy(scenario);
}

static void greedy_is_no_worse_than_random(void)
{
    for (int world = 0; world < CASCADE_WORLD; world++) { /* there luck decides what a request is worth */
        Scenario *scenario = open_world(world);
        CHECK(world_run_fresh("greedy", scenario, FIRST).reward >= world_run_fresh("random", scenario, FIRST).reward);
        scenario_destroy(scenario);
    }
}

/* The first finding about a `policy:` section, or "" where it passes. */
static const char *finding(const char *section, char *buffer, size_t size)
{
    Arena arena = {0};
    ErrorList errors = {0};
    const ConfigNode *root = config_parse(&arena, section, strlen(section), "x.yaml", true, &errors);
    bool passes = policy_check(root, &errors);
    CHECK_INT(passes, errors.total == 0);
    snprintf(buffer, size, "%s", errors.total ? errors.items[0].message : "");
    arena_free(&arena);
    return buffer;
}

static void a_wrong_policy_section_gets_one_clear_line(void)
{
    char text[512];
    ErrorList errors = {0};
    CHECK(policy_check(NULL, &errors));
    CHECK_TEXT(finding("{name: greedy}", text, sizeof text), "");
    CHECK_TEXT(finding("{name: q-learning, epsilon: 0.5, discount: 0.9}", text, sizeof text), "");
    CHECK_TEXT(finding("{name: q-lerning}", text, sizeof text),
               "policy.name: there is no policy \"q-lerning\"; did you mean 'q-learning'?");
    CHECK_TEXT(finding("{epsilon: 0.5}", text, sizeof text),
               "policy: needs the name of a policy, such as {name: greedy}");
    CHECK_TEXT(finding("greedy", text, sizeof text), "policy: needs the name of a policy, such as {name: greedy}");
    CHECK(strstr(finding("{name: q-learning, epsilom: 0.5}", text, sizeof text), "policy.epsilom: unknown key"));
    CHECK(strstr(finding("{name: q-learning, epsilon: 2}", text, sizeof text), "policy.epsilon: 2 is"));
    CHECK(strstr(finding("{name: random, epsilon: 0.5}", text, sizeof text), "policy.epsilon: unknown key"));
}

/* What is found against a policy for three tiers with overrides. */
static const char *misfit(const char *policy, const char *const *overrides, int count, char *buffer, size_t size)
{
    return world_misfit(policy, world_load("three_tiers.yaml", overrides, count), buffer, size);
}

static void a_policy_that_does_not_suit_says_why(void)
{
    char text[512];
    const char *variant[] = {"policy={name: edge-only, variant: d9}"};
    CHECK_TEXT(misfit("edge-only", variant, 1, text, sizeof text),
               "policy: edge-only: model mobilenet-v1 has no variant 'd9'");
    variant[0] = "policy={name: edge-only, variant: d1}";
    CHECK_TEXT(misfit("edge-only", variant, 1, text, sizeof text),
               "policy: edge-only: variant 'd1' is not among the options on tier edge");
    variant[0] = "policy={name: edge-only, cut: 3}";
    CHECK_TEXT(misfit("edge-only", variant, 1, text, sizeof text),
               "policy: edge-only: no option on tier edge is cut behind layer 3; options.cuts offers them");
    const char *users[] = {"nodes.device.count=50"};
    CHECK(strstr(misfit("oracle", users, 1, text, sizeof text), "oracle: 1.26e+10 joint answers to a question"));
    CHECK(strstr(misfit("q-learning", users, 1, text, sizeof text), "q-learning: 1e+50 joint answers to a question"));
    CHECK_TEXT(misfit("greedy", users, 1, text, sizeof text), "");
}

int main(void)
{
    static const Check checks[] = {
        {"policies_suit_the_worlds_that_they_are_for", policies_suit_the_worlds_that_they_are_for},
        {"every_policy_has_a_name_and_defaults", every_policy_has_a_name_and_defaults},
        {"every_policy_gives_legal_answers", every_policy_gives_legal_answers},
        {"same_seed_same_answers", same_seed_same_answers},
        {"nothing_leaks_from_another_policy", nothing_leaks_from_another_policy},
        {"a_frozen_policy_answers_the_same_twice", a_frozen_policy_answers_the_same_twice},
        {"a_frozen_run_changes_no_later_learning", a_frozen_run_changes_no_later_learning},
        {"a_run_may_be_abandoned", a_run_may_be_abandoned},
        {"fixed_policies_stay_on_their_tier", fixed_policies_stay_on_their_tier},
        {"a_user_without_the_tier_takes_its_first_option", a_user_without_the_tier_takes_its_first_option},
        {"a_fixed_policy_runs_the_variant_asked_for", a_fixed_policy_runs_the_variant_asked_for},
        {"a_fixed_policy_cuts_where_asked", a_fixed_policy_cuts_where_asked},
        {"round_robin_takes_turns", round_robin_takes_turns},
        {"random_is_uniform_over_options", random_is_uniform_over_options},
        {"greedy_takes_the_quickest_that_is_accurate_enough", greedy_takes_the_quickest_that_is_accurate_enough},
        {"greedy_counts_those_it_has_placed", greedy_counts_those_it_has_placed},
        {"greedy_is_no_worse_than_random", greedy_is_no_worse_than_random},
        {"a_wrong_policy_section_gets_one_clear_line", a_wrong_policy_section_gets_one_clear_line},
        {"a_policy_that_does_not_suit_says_why", a_policy_that_does_not_suit_says_why},
    };
    return check_run("policies", checks, sizeof checks / sizeof checks[0]);
}

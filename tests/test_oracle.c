/* The oracle's optimum against two independent judges: a slow enumeration of all joint answers on clones, and the
 * arithmetic of processor sharing where every request of a round arrives at once. */
#include "../policies/oracle_search.h"
#include "../policies/policy.h"
#include "../sim/foresight.h"
#include "../sim/objective.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USER_LIMIT = 8 };

static const double THRESHOLDS[] = {0, 0.8, 0.85, 0.89, 0.899};
enum { THRESHOLD_COUNT = sizeof THRESHOLDS / sizeof THRESHOLDS[0] };

static const RunKey KEY = {.seed = 3};

/* Reward of one joint answer: everything that ends after it on a clone without surprises. */
static double answer_reward(const Decision *decision, const int *options)
{
    Simulation *clone = simulation_clone(view_simulation(decision->view));
    simulation_foresee(clone);
    simulation_apply(clone, (Answer){.options = options});
    Decision end;
    CHECK(!simulation_advance(clone, &end));
    CHECK(end.feedback_count > 0);
    double reward = 0;
    for (int i = 0; i < end.feedback_count; i++)
        reward += end.feedback[i].reward;
    simulation_destroy(clone);
    return reward;
}

/* Counts through all joint answers like an odometer; false when it is back at zero. */
static bool next_answer(const Decision *decision, int *options)
{
    for (int i = decision->ask_count - 1; i >= 0; i--) {
        if (++options[i] < decision->asks[i].options->count)
            return true;
        options[i] = 0;
    }
    return false;
}

/* The best reward of all joint answers: no symmetry, no bounds, no cache, a new clone each. */
static double slow_optimum(const Decision *decision)
{
    int options[USER_LIMIT] = {0};
    double best = -INFINITY;
    do
        best = fmax(best, answer_reward(decision, options));
    while (next_answer(decision, options));
    return best;
}

/* At every `stride`-th of the first `questions` questions the search finds what the slow enumeration finds, and its
 * answer earns it. Random answers in between keep the world moving. */
static void check_optimum(const Scenario *scenario, int questions, int stride)
{
    Simulation *simulation = simulation_create(scenario, KEY);
    Policy *random = policy_create(policy_type_find("random"), scenario, KEY);
    OracleSearch search;
    oracle_search_init(&search, scenario);
    Decision decision;
    for (int i = 0; i < questions && simulation_advance(simulation, &decision); i++) {
        if (i % stride == 0) {
            int options[USER_LIMIT];
            double expected = slow_optimum(&decision);
            OracleFinding finding = oracle_search_run(&search, &decision, options);
            CHECK_NEAR(finding.reward, expected, 1e-11);
            CHECK_NEAR(answer_reward(&decision, options), expected, 1e-11);
        }
        simulation_apply(simulation, policy_decide(random, &decision));
    }
    oracle_search_free(&search);
    policy_destroy(random);
    simulation_destroy(simulation);
}

/* The scenario of the tests with `users` devices, all links regular (experiment A) or weak (experiment D). */
static Scenario *experiment(int users, double threshold, bool weak)
{
    char count[64], level[64];
    snprintf(count, sizeof count, "nodes.device.count=%d", users);
    snprintf(level, sizeof level, "objective.threshold=%g %%", 100 * threshold);
    const char *overrides[] = {count, level, "links.device-edge.condition=weak", "links.edge-cloud.condition=weak"};
    return world_load("three_tiers.yaml", overrides, weak ? 4 : 2);
}

static void check_experiments(bool weak)
{
    for (int users = 1; users <= 3; users++) {
        for (int i = 0; i < THRESHOLD_COUNT; i++) {
            Scenario *scenario = experiment(users, THRESHOLDS[i], weak);
            check_optimum(scenario, 2, 1);
            scenario_destroy(scenario);
        }
    }
}

static void optimum_equals_slow_enumeration_with_regular_links(void)
{
    check_experiments(false);
}

static void optimum_equals_slow_enumeration_with_weak_links(void)
{
    check_experiments(true);
}

static void optimum_equals_slow_enumeration_for_four_users(void)
{
    Scenario *scenario = experiment(4, 0.85, false);
    check_optimum(scenario, 1, 1);
    scenario_destroy(scenario);
}

/* Two kinds of device, edges of their own, changing links, refusals: users are hardly ever interchangeable. */
static void optimum_equals_slow_enumeration_in_a_mixed_world(void)
{
    static const char *const objectives[] = {
        "objective={metric: top5, threshold: 87 %, largest_response_time: 150 ms}",
        "objective={metric: top5, threshold: 89.9 %, largest_response_time: 60 ms}", /* failing may be best */
        "objective={metric: top5, threshold: 0 %, largest_response_time: 10 ms}",    /* being refused is best */
        "objective={metric: top5, threshold: 95 %}",                                 /* nothing is feasible */
        "objective={kind: utility, metric: top5, reference: 100 ms}",
        "objective={kind: weighted_cost, metric: top5, energy_weight: 0.3, accuracy_weight: 0.2}",
    };
    for (size_t i = 0; i < sizeof objectives / sizeof objectives[0]; i++) {
        Scenario *scenario = world_load("mixed.yaml", &objectives[i], 1);
        check_optimum(scenario, 300, 15);
        scenario_destroy(scenario);
    }
}

static void optimum_equals_slow_enumeration_with_reserved_shares(void)
{
    static const char *const overrides[] = {"nodes.edge.discipline=reserved", "nodes.cloud.discipline=fcfs"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 2);
    check_optimum(scenario, 3, 1);
    scenario_destroy(scenario);
}

/* Two users who look alike but for their edges, of which one may be busy, or for their links, of which one may be weak:
 * which of the two offloads matters. */
static void users_are_interchangeable_only_with_equal_surroundings(void)
{
    static const char *const surroundings[][2] = {
        {"nodes.edge.count=2", "nodes.edge.background.dwell=[1 s, 1 s]"},
        {"links.device-edge.condition={regular: 1 s, weak: 1 s}", "nodes.edge.background={busy: [0]}"},
    };
    for (int i = 0; i < 2; i++) {
        const char *overrides[] = {"nodes.device.count=2", "options={end: [d0], edge: [d0]}", surroundings[i][0],
                                   surroundings[i][1]};
        Scenario *scenario = world_load("three_tiers.yaml", overrides, 4);
        check_optimum(scenario, 200, 4);
        scenario_destroy(scenario);
    }
}

/* Users alike but for what they ask for: one kind wants the accurate variant, the other the fast one. */
static void optimum_equals_slow_enumeration_with_applications(void)
{
    static const char workload[] =
        "workload={arrivals: rounds, applications: [{name: accurate, share: 50 %, weight: 99 %}, "
        "{name: fast, share: 50 %, weight: 20 %}]}";
    static const char *const overrides[] = {"nodes.device.count=5", "options={end: [d0, d4]}",
                                            "nodes.edge.background={busy: [0]}",
                                            "objective={kind: utility, metric: top5, reference: 100 ms}", workload};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 5);
    check_optimum(scenario, 100, 5);
    scenario_destroy(scenario);
}

/* Equal users who queue: the short one first is better, though its option comes second. */
static void optimum_equals_slow_enumeration_where_users_queue(void)
{
    static const char *const queue[] = {"nodes.edge.discipline=fcfs", "options={end: [large], edge: [large, small]}",
                                        "objective.threshold=80 %", "nodes.device.count=3"};
    static const char *const memory[] = {"nodes.edge.memory=400 MB", "options={end: [large], edge: [large, small]}",
                                         "objective.threshold=80 %", "nodes.device.count=2"};
    Scenario *scenario = world_load("../lab/lab.yaml", queue, 4);
    check_optimum(scenario, 1, 1);
    scenario_destroy(scenario);
    scenario = world_load("../lab/lab.yaml", memory, 4);
    check_optimum(scenario, 1, 1);
    scenario_destroy(scenario);
}

/* An edge whose tenants leave it next to nothing never answers; that must not look like an answer in no time. */
static void an_answer_that_never_ends_is_not_chosen(void)
{
    static const char *const overrides[] = {"nodes.edge.background={busy: [1.99999999999999]}",
                                            "workload={arrivals: poisson, rate: 20 /s, input: 10 kB, output: 1 kB}",
                                            "stop={time: 5 s}"};
    Scenario *scenario = world_load("../lab/lab.yaml", overrides, 3);
    Simulation *simulation = simulation_create(scenario, KEY);
    OracleSearch search;
    oracle_search_init(&search, scenario);
    Decision decision;
    int busy = 0, sent_away = 0;
    while (simulation_advance(simulation, &decision)) {
        int options[1];
        oracle_search_run(&search, &decision, options);
        busy += !view_is_idle(simulation_view(simulation));
        sent_away += decision.asks[0].options->items[options[0]].tier != TIER_END;
        simulation_apply(simulation, (Answer){.options = (int[]){0}});
    }
    CHECK(busy > 10);
    CHECK_INT(sent_away, 0);
    oracle_search_free(&search);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* Requests that overlap: what an answer does to those on their way counts, and no bound holds. */
static void optimum_equals_slow_enumeration_with_requests_on_their_way(void)
{
    static const char *const overrides[] = {"workload.arrivals=poisson", "workload.rate=12 /s", "stop={time: 20 s}",
                                            "objective.threshold=85 %"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 4);
    check_optimum(scenario, 400, 5);
    scenario_destroy(scenario);
}

/* Mean latency (s) of variant d0 on a platform: from the profiles, as a person would look it up. */
static double d0_mean(const Scenario *scenario, const char *platform, int threads)
{
    return profile_find(&scenario->profiles, platform, "mobilenet-v1", "d0", threads)->mean_s;
}

/* Mean response time (s) of `local` variants, `at_edge` requests on the edge and `in_cloud` in the cloud, with
 * `edge_free` and `cloud_free` cores left by others. All messages leave and arrive together, so that n jobs of t
 * threads on c cores take n t / c times as long where that is more than 1, and n messages on the shared link n times as
 * long. */
static double round_mean(const Scenario *scenario, double local_s, int at_edge, int in_cloud, double edge_free,
                         double cloud_free, double weak_s)
{
    double input = 150e3 * 8, output = 1e3 * 8;
    double own_link_s = 2 * 2e-3 + (input + output) / 50e6 + weak_s;
    double shared_link_s = 2 * 11e-3 + in_cloud * (input + output) / 200e6 + weak_s;
    double edge_s = d0_mean(scenario, "aws-a1.large", 2) * fmax(1, at_edge * 2 / edge_free);
    double cloud_s = d0_mean(scenario, "aws-a1.xlarge", 4) * fmax(1, in_cloud * 4 / cloud_free);
    double sum = local_s + at_edge * (own_link_s + edge_s) + in_cloud * (own_link_s + shared_link_s + cloud_s);
    return sum / scenario->user_count;
}

/* Least sum of local latencies of `count` users of variants `first` or later whose accuracies sum to `needed` or more.
 */
static double best_local(const Scenario *scenario, int count, int first, double needed)
{
    if (count == 0)
        return needed <= 1e-9 ? 0 : INFINITY;
    double best = INFINITY;
    for (int v = first; v < scenario->model.variant_count; v++) {
        const Variant *variant = &scenario->model.variants[v];
        double accuracy = variant->accuracy[scenario->objective.metric];
        double own = profile_find(&scenario->profiles, "aws-a1.medium", "mobilenet-v1", variant->name, 1)->mean_s;
        best = fmin(best, own + best_local(scenario, count - 1, v, needed - accuracy));
    }
    return best;
}

/* The optimum by counts: how many offload where, and the cheapest variants for the rest. */
static double counted_optimum(const Scenario *scenario, double edge_free, double cloud_free, bool weak)
{
    int users = scenario->user_count;
    double best = INFINITY, weak_s = weak ? 20e-3 : 0;
    for (int at_edge = 0; at_edge <= users; at_edge++) {
        for (int in_cloud = 0; at_edge + in_cloud <= users; in_cloud++) {
            double needed = users * scenario->objective.threshold - (at_edge + in_cloud) * 0.899;
            double local_s = best_local(scenario, users - at_edge - in_cloud, 0, needed);
            best = fmin(best, round_mean(scenario, local_s, at_edge, in_cloud, edge_free, cloud_free, weak_s));
        }
    }
    return best;
}

static void check_counted(int users, double threshold, bool weak)
{
    Scenario *scenario = experiment(users, threshold, weak);
    Simulation *simulation = simulation_create(scenario, KEY);
    OracleSearch search;
    oracle_search_init(&search, scenario);
    Decision decision;
    for (int i = 0; i < 3 && simulation_advance(simulation, &decision); i++) {
        int options[USER_LIMIT];
        OracleFinding finding = oracle_search_run(&search, &decision, options);
        double edge_free = view_node_free_cores(simulation_view(simulation), users);
        double cloud_free = view_node_free_cores(simulation_view(simulation), users + 1);
        /* The simulation rounds every step of a request to whole nanoseconds. */
        CHECK_NEAR(-finding.reward, counted_optimum(scenario, edge_free, cloud_free, weak), 10e-9);
        simulation_apply(simulation, (Answer){.options = options});
    }
    oracle_search_free(&search);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void optimum_equals_the_arithmetic_up_to_five_users(void)
{
    for (int users = 1; users <= 5; users++) {
        for (int i = 0; i < THRESHOLD_COUNT; i++) {
            check_counted(users, THRESHOLDS[i], false);
            check_counted(users, THRESHOLDS[i], true);
        }
    }
}

static void five_users_stay_interactive(void)
{
    for (int i = 0; i < THRESHOLD_COUNT; i++) {
        Scenario *scenario = experiment(5, THRESHOLDS[i], false);
        Simulation *simulation = simulation_create(scenario, KEY);
        OracleSearch search;
        oracle_search_init(&search, scenario);
        Decision decision;
        CHECK(simulation_advance(simulation, &decision));
        int options[USER_LIMIT];
        CHECK(oracle_search_run(&search, &decision, options).evaluated < 500); /* of 100,000 joint answers */
        oracle_search_free(&search);
        simulation_destroy(simulation);
        scenario_destroy(scenario);
    }
}

/* The cache answers as the search does, whatever state comes back when. */
static void cached_answers_are_searched_answers(void)
{
    Scenario *scenario = world_load("mixed.yaml", NULL, 0);
    Simulation *simulation = simulation_create(scenario, KEY);
    Policy *oracle = policy_create(policy_type_find("oracle"), scenario, KEY);
    OracleSearch search;
    oracle_search_init(&search, scenario);
    Decision decision;
    int64_t different = 0;
    for (int i = 0; i < 200 && simulation_advance(simulation, &decision); i++) {
        int options[USER_LIMIT];
        Answer answer = policy_decide(oracle, &decision);
        oracle_search_run(&search, &decision, options);
        different += memcmp(options, answer.options, (size_t)decision.ask_count * sizeof *options) != 0;
        simulation_apply(simulation, answer);
    }
    CHECK_INT(different, 0);
    oracle_search_free(&search);
    policy_destroy(oracle);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* Where the future holds no surprise the oracle cannot be beaten at all; with noise, not in the mean. Among equal users
 * several answers are best, and each meets other luck: over a run of 400 rounds that is worth less than 0.2 %. */
static void no_policy_beats_the_oracle(void)
{
    for (int i = 0; i < THRESHOLD_COUNT; i++) {
        Scenario *scenario = experiment(3, THRESHOLDS[i], i % 2);
        double best = world_run_fresh("oracle", scenario, KEY).reward;
        for (int j = 0; policy_type(j) && !policy_type(j)->escalates; j++) /* those come last, and need a cascade */
            CHECK(world_run_fresh(policy_type(j)->name, scenario, KEY).reward <= 0.998 * best);
        scenario_destroy(scenario);
    }
}

/* Single requests that overlap: the answer counts what it does to those already on their way. */
static void the_oracle_is_best_for_single_requests_in_the_mean(void)
{
    static const char *const overrides[] = {"workload.arrivals=poisson", "workload.rate=6 /s", "stop={time: 60 s}",
                                            "objective.threshold=80 %"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 4);
    double best = world_run_fresh("oracle", scenario, KEY).reward;
    for (int i = 0; policy_type(i) && !policy_type(i)->escalates; i++)
        CHECK(world_run_fresh(policy_type(i)->name, scenario, KEY).reward <= best + 1e-12);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        {"optimum_equals_slow_enumeration_with_regular_links", optimum_equals_slow_enumeration_with_regular_links},
        {"optimum_equals_slow_enumeration_with_weak_links", optimum_equals_slow_enumeration_with_weak_links},
        {"optimum_equals_slow_enumeration_for_four_users", optimum_equals_slow_enumeration_for_four_users},
        {"optimum_equals_slow_enumeration_in_a_mixed_world", optimum_equals_slow_enumeration_in_a_mixed_world},
        {"optimum_equals_slow_enumeration_with_reserved_shares", optimum_equals_slow_enumeration_with_reserved_shares},
        {"users_are_interchangeable_only_with_equal_surroundings",
         users_are_interchangeable_only_with_equal_surroundings},
        {"optimum_equals_slow_enumeration_with_applications", optimum_equals_slow_enumeration_with_applications},
        {"optimum_equals_slow_enumeration_where_users_queue", optimum_equals_slow_enumeration_where_users_queue},
        {"an_answer_that_never_ends_is_not_chosen", an_answer_that_never_ends_is_not_chosen},
        {"optimum_equals_slow_enumeration_with_requests_on_their_way",
         optimum_equals_slow_enumeration_with_requests_on_their_way},
        {"optimum_equals_the_arithmetic_up_to_five_users", optimum_equals_the_arithmetic_up_to_five_users},
        {"five_users_stay_interactive", five_users_stay_interactive},
        {"cached_answers_are_searched_answers", cached_answers_are_searched_answers},
        {"no_policy_beats_the_oracle", no_policy_beats_the_oracle},
        {"the_oracle_is_best_for_single_requests_in_the_mean", the_oracle_is_best_for_single_requests_in_the_mean},
    };
    return check_run("oracle", checks, sizeof checks / sizeof checks[0]);
}

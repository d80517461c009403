/* The learning protocol: what it counts, when a learner has arrived, and that looking at it changes nothing. */
#include "../analysis/learning.h"
#include "../analysis/trial.h"
#include "../sim/context.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const lone[] = {"nodes.device.count=1", "nodes.edge.background={busy: [0]}",
                                   "nodes.cloud.background={busy: [0]}"};

/* One user without other tenants: one context, ten answers. */
static Scenario *lone_user(void)
{
    return world_load("three_tiers.yaml", lone, 3);
}

/* A policy that knows the best answer while it has learnt from first .. last decisions, or again .. for ever. */
typedef struct Script {
    int best;
    int64_t first, last, again;
} Script;

static Script script;

typedef struct Scripted {
    int64_t learnt;
} Scripted;

static void scripted_start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)state, (void)parameters, (void)scenario, (void)stream;
}

static void scripted_learn(void *state, const Decision *decision)
{
    ((Scripted *)state)->learnt += decision->feedback_count;
}

static void scripted_decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    int64_t learnt = ((Scripted *)state)->learnt;
    bool knows = (learnt >= script.first && learnt <= script.last) || learnt >= script.again;
    for (int i = 0; i < decision->ask_count; i++)
        ret_options[i] = knows ? script.best : (script.best + 1) % decision->asks[i].options->count;
}

static PolicyWork scripted_work(const void *state)
{
    return (PolicyWork){.planning_steps = 10 * ((const Scripted *)state)->learnt};
}

static const PolicyType scripted = {.name = "scripted",
                                    .summary = "knows the best answer when it is told to",
                                    .state_size = sizeof(Scripted),
                                    .learns = true,
                                    .start = scripted_start,
                                    .decide = scripted_decide,
                                    .learn = scripted_learn,
                                    .work = scripted_work};

/* The oracle's answer to the first question. */
static int best_answer(const Scenario *scenario)
{
    Policy *oracle = policy_create(policy_type_find("oracle"), scenario, (RunKey){.seed = 1});
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    int option = policy_decide(oracle, &decision).options[0];
    simulation_destroy(simulation);
    policy_destroy(oracle);
    return option;
}

/* Trains a scripted policy; the caller frees the arena. */
static Learning train_scripted(const Scenario *scenario, int64_t decisions, Script what, Arena *arena)
{
    script = what;
    script.best = best_answer(scenario);
    Policy *policy = policy_create(&scripted, scenario, (RunKey){.seed = 1});
    LearningPlan plan = {.scenario = scenario, .seed = 1, .decisions = decisions};
    Learning learning = learning_run(&plan, policy, arena);
    policy_destroy(policy);
    return learning;
}

static void checkpoints_are_dense_and_then_geometric(void)
{
    int count = 0;
    for (int64_t at = 0; at < 1000000; count++) {
        int64_t next = learning_next_checkpoint(at);
        CHECK(next > at);
        CHECK(at >= DENSE_CHECKPOINTS || next == at + 1);
        CHECK(at <= 100 || (double)next / (double)at < 1.13);
        CHECK_INT(learning_next_checkpoint(next - 1), next); /* whatever came before */
        at = next;
    }
    CHECK(count > 100 && count < 130);
    for (int64_t decade = 100; decade <= 1000000; decade *= 10)
        CHECK_INT(learning_next_checkpoint(decade - 1), decade);
}

static void policy_that_becomes_optimal_arrives_then(void)
{
    Scenario *scenario = lone_user();
    const struct {
        int64_t first, expected;
    } cases[] = {{0, 1}, {1, 1}, {2, 2}, {17, 17}, {30, 30}, {100, 100}, {137, 141}, {400, 400}, {399, 400}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena arena = {0};
        Script what = {.first = cases[i].first, .last = INT64_MAX, .again = INT64_MAX};
        Learning learning = train_scripted(scenario, 400, what, &arena);
        CHECK_INT(learning.interactions, 400);
        CHECK_NEAR(learning.to_optimum, (double)cases[i].expected, 0);
        CHECK_NEAR(learning.to_most_optimum, (double)cases[i].expected, 0);
        CHECK_INT(learning.curve[learning.curve_count - 1].interactions, 400);
        CHECK_INT(learning.curve[learning.curve_count - 1].planning_steps, 4000);
        CHECK_INT(learning.contexts, 1);
        arena_free(&arena);
    }
    scenario_destroy(scenario);
}

static void policy_that_leaves_the_optimum_has_not_arrived(void)
{
    Scenario *scenario = lone_user();
    Arena arena = {0};
    Learning left = train_scripted(scenario, 300, (Script){.first = 5, .last = 290, .again = INT64_MAX}, &arena);
    CHECK(isnan(left.to_optimum) && isnan(left.to_near_optimum));
    CHECK_NEAR(left.curve[20].optimal_fraction, 1, 0); /* it was there meanwhile */
    Learning back = train_scripted(scenario, 300, (Script){.first = 5, .last = 50, .again = 80}, &arena);
    CHECK_NEAR(back.to_optimum, 89, 0); /* the first checkpoint from 80 on */
    arena_free(&arena);
    scenario_destroy(scenario);
}

/* The metrics of a trial that did not arrive: no value, the flag, and where it is censored. */
static void training_that_does_not_arrive_is_censored(void)
{
    static const char *const few[] = {"nodes.device.count=3", "training=40", "stop.rounds=10"};
    Scenario *scenario = world_load("three_tiers.yaml", few, 3);
    Trial trial = {.scenario = scenario, .policy = policy_type_find("q-learning"), .seed = 1};
    trial_run(&trial);
    CHECK(isnan(trial_metric(&trial, "interactions_to_optimum")));
    CHECK(isnan(trial_metric(&trial, "interactions_to_optimum_95")));
    CHECK_NEAR(trial_metric(&trial, "optimum_reached"), 0, 0);
    CHECK_NEAR(trial_metric(&trial, "interactions"), 40, 0);
    trial_free(&trial);
    script = (Script){.best = 0, .again = 0};
    scenario_destroy(scenario);
    /* Without an oracle nothing is known, and nothing censored. */
    static const char *const crowd[] = {"nodes.device.count=60", "training=40", "stop.rounds=10"};
    scenario = world_load("three_tiers.yaml", crowd, 3);
    trial = (Trial){.scenario = scenario, .policy = &scripted, .seed = 1};
    trial_run(&trial);
    CHECK_INT(trial.status, TRIAL_DONE);
    CHECK(isnan(trial_metric(&trial, "optimum_reached")));
    CHECK(isnan(trial_metric(&trial, "optimal_fraction")));
    trial_free(&trial);
    scenario_destroy(scenario);
}

/* All but one context of little probability. */
static void most_of_the_probability_is_told_from_all(void)
{
    static const char *const rare[] = {"nodes.device.count=1", "objective.threshold=89.9 %",
                                       "nodes.edge.background={busy: [0, 1.9], dwell: [97 s, 3 s]}",
                                       "nodes.cloud.background={busy: [0]}"};
    Scenario *scenario = world_load("three_tiers.yaml", rare, 4);
    Arena arena = {0};
    /* The best answer of the usual context, which the busy edge spoils. */
    Learning learning =
        train_scripted(scenario, 100, (Script){.first = 7, .last = INT64_MAX, .again = INT64_MAX}, &arena);
    CHECK_INT(learning.contexts, 2);
    CHECK(isnan(learning.to_optimum));
    CHECK_NEAR(learning.to_most_optimum, 7, 0);
    CHECK_NEAR(learning.curve[learning.curve_count - 1].optimal_fraction, 0.97, 1e-12);
    arena_free(&arena);
    scenario_destroy(scenario);
}

static void patience_ends_a_training_that_has_arrived(void)
{
    static const char *const patient[] = {"nodes.device.count=1", "nodes.edge.background={busy: [0]}",
                                          "nodes.cloud.background={busy: [0]}", "training_patience=4"};
    Scenario *scenario = world_load("three_tiers.yaml", patient, 4);
    Arena arena = {0};
    Learning learning = train_scripted(scenario, 10000, (Script){.first = 50, .last = INT64_MAX, .again = 0}, &arena);
    CHECK_INT(learning.interactions, 13); /* optimal at once: STEADY_POINTS, and the decision under way */
    learning = train_scripted(scenario, 10000, (Script){.first = 50, .last = INT64_MAX, .again = INT64_MAX}, &arena);
    CHECK_NEAR(learning.to_optimum, 50, 0);
    CHECK_INT(learning.interactions, 201); /* 4 x 50 is reached at checkpoint 200 */
    CHECK_INT(learning.curve[learning.curve_count - 1].interactions, 201);
    learning = train_scripted(scenario, 10000, (Script){.first = INT64_MAX, .again = INT64_MAX}, &arena);
    CHECK_INT(learning.interactions, 10000);
    arena_free(&arena);
    scenario_destroy(scenario);
}

static CurvePoint judge(const char *policy, const Scenario *scenario)
{
    Policy *judged = policy_create(policy_type_find(policy), scenario, (RunKey){.seed = 1});
    Evaluation *evaluation = evaluation_create(scenario, 1, 0);
    policy_freeze(judged, true);
    CurvePoint point = evaluation_run(evaluation, judged), again = evaluation_run(evaluation, judged);
    CHECK(memcmp(&point, &again, sizeof point) == 0);
    evaluation_destroy(evaluation);
    policy_destroy(judged);
    return point;
}

static void oracle_has_no_regret_in_any_context(void)
{
    static const char *const poisson[] = {"workload.arrivals=poisson", "workload.rate=4 /s", "stop={time: 30 s}"};
    Scenario *scenarios[] = {world_load("mixed.yaml", NULL, 0), world_load("three_tiers.yaml", NULL, 0),
                             world_load("three_tiers.yaml", poisson, 3)};
    for (int i = 0; i < 3; i++) {
        CurvePoint point = judge("oracle", scenarios[i]);
        CHECK_NEAR(point.regret, 0, 0);
        CHECK_NEAR(point.optimal_fraction, 1, 0);
        CHECK_NEAR(point.near_optimal_fraction, 1, 0);
        CHECK_NEAR(point.violation_fraction, 0, 0);
        CHECK(judge("edge-only", scenarios[i]).regret > 0);
        scenario_destroy(scenarios[i]);
    }
}

/* A world that changes is the mixture of the worlds that stand still. */
static void figures_are_weighted_by_probability(void)
{
    static const char *const changing[] = {"nodes.edge.background={busy: [0, 1, 1.5], dwell: [6 s, 3 s, 2 s]}",
                                           "nodes.cloud.background={busy: [0]}"};
    static const char *const still[3][2] = {
        {"nodes.edge.background={busy: [0]}", "nodes.cloud.background={busy: [0]}"},
        {"nodes.edge.background={busy: [1]}", "nodes.cloud.background={busy: [0]}"},
        {"nodes.edge.background={busy: [1.5]}", "nodes.cloud.background={busy: [0]}"}};
    const double probability[] = {6.0 / 14, 6.0 / 14, 2.0 / 14}; /* the inner state is entered twice as often */
    Scenario *scenario = world_load("three_tiers.yaml", changing, 2);
    CurvePoint whole = judge("edge-only", scenario);
    double reward = 0, response_s = 0, oracle_reward = 0;
    for (int i = 0; i < 3; i++) {
        Scenario *part = world_load("three_tiers.yaml", still[i], 2);
        CurvePoint point = judge("edge-only", part);
        reward += probability[i] * point.reward;
        response_s += probability[i] * point.response_s;
        oracle_reward += probability[i] * point.oracle_reward;
        scenario_destroy(part);
    }
    CHECK_NEAR(whole.reward, reward, 1e-12);
    CHECK_NEAR(whole.response_s, response_s, 1e-12);
    CHECK_NEAR(whole.oracle_reward, oracle_reward, 1e-12);
    CHECK_NEAR(whole.regret, oracle_reward - reward, 1e-12);
    scenario_destroy(scenario);
}

static void answers_below_the_threshold_are_violations(void)
{
    static const char *const strict[] = {"options={end: [d7], edge: [d0], cloud: [d0]}"};
    Scenario *scenario = world_load("three_tiers.yaml", strict, 1);
    CHECK_NEAR(judge("device-only", scenario).violation_fraction, 1, 0);
    CHECK_NEAR(judge("edge-only", scenario).violation_fraction, 0, 0);
    scenario_destroy(scenario);
}

/* Learners of the protocol, with all its evaluations, against the bare loop. */
static void check_unchanged(const PolicyType *type, const Scenario *scenario)
{
    RunKey key = {.seed = 5}, training = {.seed = 5, .training = true, .decisions = 120}, later = {.seed = 6};
    Arena arena = {0};
    Policy *plain = policy_create(type, scenario, key), *judged = policy_create(type, scenario, key);
    world_run(plain, scenario, training);
    LearningPlan plan = {.scenario = scenario, .seed = 5, .decisions = 120};
    Learning learning = learning_run(&plan, judged, &arena);
    CHECK_INT(learning.interactions, 120);
    CHECK(learning.curve_count > 30);
    WorldRun expected = world_run(plain, scenario, later), run = world_run(judged, scenario, later);
    check_true(run.answers == expected.answers && run.fingerprint == expected.fingerprint, type->name, __FILE__,
               __LINE__);
    policy_destroy(plain);
    policy_destroy(judged);
    arena_free(&arena);
}

static void evaluations_leave_the_learner_unchanged(void)
{
    static const char *const poisson[] = {"workload.arrivals=poisson", "workload.rate=4 /s", "stop={time: 30 s}"};
    static const char *const few[] = {"stop.rounds=60"};
    world_for_every_policy("mixed.yaml", few, 1, world_learns, check_unchanged);
    world_for_every_policy("three_tiers.yaml", few, 1, world_learns, check_unchanged);
    world_for_every_policy("three_tiers.yaml", poisson, 3, world_learns, check_unchanged);
}

static void learners_say_what_they_learn_from(void)
{
    for (int i = 0; policy_type(i); i++) {
        CHECK(policy_type(i)->learns == (policy_type(i)->feedback != FEEDBACK_NONE));
        CHECK(feedback_names[policy_type(i)->feedback][0] != 0);
    }
}

static bool stop_at_once(void *context, const LearningProgress *progress)
{
    CHECK(progress->interactions < progress->last);
    ++*(int *)context;
    return false;
}

static void training_can_be_stopped(void)
{
    Scenario *scenario = lone_user();
    Arena arena = {0};
    int calls = 0;
    Policy *policy = policy_create(policy_type_find("q-learning"), scenario, (RunKey){.seed = 1});
    LearningPlan plan = {
        .scenario = scenario, .seed = 1, .decisions = 2000000000, .progress = stop_at_once, .context = &calls};
    Learning learning = learning_run(&plan, policy, &arena);
    CHECK_INT(calls, 1);
    CHECK(learning.interactions > 0 && learning.interactions < 2000000000);
    CHECK_INT(learning.curve[learning.curve_count - 1].interactions, learning.interactions);
    CHECK_NEAR(learning.to_optimum < 2000, 1, 0);
    policy_destroy(policy);
    arena_free(&arena);
    scenario_destroy(scenario);
}

static void times_add_up_and_grow(void)
{
    Scenario *scenario = lone_user();
    Arena arena = {0};
    Learning learning = train_scripted(scenario, 1000, (Script){0}, &arena);
    for (int i = 0; i < learning.curve_count; i++) {
        const CurveTime *time = &learning.times[i];
        CHECK_NEAR(time->simulation_s + time->learning_s + time->planning_s, time->wall_s, 1e-9);
        CHECK(time->simulation_s >= 0 && time->learning_s >= 0 && time->planning_s == 0 && time->cpu_s >= 0);
        CHECK(i == 0 || time->wall_s >= time[-1].wall_s);
    }
    arena_free(&arena);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(checkpoints_are_dense_and_then_geometric),
        CHECK_OF(policy_that_becomes_optimal_arrives_then),
        CHECK_OF(policy_that_leaves_the_optimum_has_not_arrived),
        CHECK_OF(training_that_does_not_arrive_is_censored),
        CHECK_OF(most_of_the_probability_is_told_from_all),
        CHECK_OF(patience_ends_a_training_that_has_arrived),
        CHECK_OF(oracle_has_no_regret_in_any_context),
        CHECK_OF(figures_are_weighted_by_probability),
        CHECK_OF(answers_below_the_threshold_are_violations),
        CHECK_OF(evaluations_leave_the_learner_unchanged),
        CHECK_OF(learners_say_what_they_learn_from),
        CHECK_OF(training_can_be_stopped),
        CHECK_OF(times_add_up_and_grow),
    };
    return check_run("learning", checks, sizeof checks / sizeof *checks);
}

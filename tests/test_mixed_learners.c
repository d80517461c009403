/* Learners of mixed actions: what model-shares learns against the expected times, and all of them against the oracle.
 */
#include "../analysis/evaluation.h"
#include "../policies/allocation.h"
#include "../policies/response_model.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ASKS = 3 };

static const RunKey TRAINING = {.seed = 5, .training = true};
static const ResponseSettings SETTINGS = {.noise = 0.1, .degrees = 5, .deviation = 0.3, .residual = 0.1};

static double random_share(Stream *stream)
{
    return 0.05 + 0.9 * stream_uniform(stream);
}

/* Looks at questions of a run, tells the model how long random answers are expected to take, and answers so. */
static void teach(ResponseModel *model, const Scenario *scenario, int questions, Stream *stream)
{
    RunKey key = TRAINING;
    key.decisions = questions;
    Simulation *simulation = simulation_create(scenario, key);
    Decision decision;
    while (simulation_advance(simulation, &decision)) {
        int options[ASKS];
        for (int i = 0; i < ASKS; i++) {
            const Ask *ask = &decision.asks[i];
            Share share = {random_share(stream), random_share(stream)};
            Term terms[RESPONSE_TERMS];
            options[i] = (int)stream_uniform_integer(stream, (uint64_t)ask->options->count);
            Need need = expect_need(decision.view, ask, &ask->options->items[options[i]], NULL);
            int count = response_model_terms(model, &decision, i, options[i], share, terms);
            response_model_learn(model, count, terms, expect_response(&need, share));
        }
        simulation_apply(simulation, (Answer){.options = options});
    }
    simulation_destroy(simulation);
}

/* The largest relative difference of learnt from expected response times, over questions of another run. */
static double largest_error(ResponseModel *model, const Scenario *scenario)
{
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 9});
    NeedSource learnt = response_model_needs(model);
    Decision decision;
    double largest = 0;
    const Share some = {0.3, 0.2};
    while (simulation_advance(simulation, &decision)) {
        for (int i = 0; i < ASKS; i++)
            for (int o = 0; o < decision.asks[i].options->count; o++) {
                Need need = learnt.need(learnt.model, &decision, i, o);
                Need expected = expect_needs.need(expect_needs.model, &decision, i, o);
                double real_s = expect_response(&expected, some);
                CHECK_INT(need.reserved.node, expected.reserved.node);
                CHECK_INT(need.reserved.link, expected.reserved.link);
                CHECK_NEAR(need.compute_limit, expected.compute_limit, 0);
                largest = fmax(largest, fabs(expect_response(&need, some) - real_s) / real_s);
            }
        simulation_apply(simulation, (Answer){.options = (int[ASKS]){0}});
    }
    simulation_destroy(simulation);
    return largest;
}

static void what_is_learnt_is_what_is_expected(void)
{
    Scenario *scenario = world_load("reserved.yaml", NULL, 0);
    ResponseModel model;
    Stream stream = stream_create(1, 0, STREAM_POLICY, 0);
    response_model_init(&model, scenario, SETTINGS);
    response_model_use_mean(&model);
    CHECK(largest_error(&model, scenario) > 0.5);
    teach(&model, scenario, 200, &stream);
    response_model_use_mean(&model);
    CHECK(largest_error(&model, scenario) < 0.02);
    response_model_free(&model);
    scenario_destroy(scenario);
}

/* Standard deviation of the time of one option of the first user over draws. */
static double spread_of(ResponseModel *model, const Scenario *scenario, int option, Stream *stream)
{
    enum { DRAWS = 200 };
    Simulation *simulation = simulation_create(scenario, TRAINING);
    NeedSource needs = response_model_needs(model);
    Decision decision;
    double sum = 0, squares = 0;
    CHECK(simulation_advance(simulation, &decision));
    for (int i = 0; i < DRAWS; i++) {
        response_model_use_sample(model, stream);
        Need need = needs.need(needs.model, &decision, 0, option);
        double time_s = expect_response(&need, (Share){0.5, 0.5});
        CHECK(time_s > 0);
        sum += time_s;
        squares += time_s * time_s;
    }
    simulation_destroy(simulation);
    return sqrt(squares / DRAWS - sum / DRAWS * sum / DRAWS);
}

static void draws_agree_once_much_is_known(void)
{
    Scenario *scenario = world_load("reserved.yaml", NULL, 0);
    ResponseModel model;
    Stream stream = stream_create(2, 0, STREAM_POLICY, 0);
    ResponseSettings settings = SETTINGS;
    settings.degrees = 1e6; /* normal, so that deviations exist */
    response_model_init(&model, scenario, settings);
    int count = scenario->options[0].count;
    for (int o = 0; o < count; o++)
        CHECK(spread_of(&model, scenario, o, &stream) > 0.01);
    teach(&model, scenario, 300, &stream);
    for (int o = 0; o < count; o++)
        CHECK(spread_of(&model, scenario, o, &stream) < 0.004);
    response_model_free(&model);
    scenario_destroy(scenario);
}

/* Learns for so many questions. */
static Policy *train(const char *name, const Scenario *scenario, int questions)
{
    Policy *policy = policy_create(policy_type_find(name), scenario, TRAINING);
    RunKey key = TRAINING;
    key.decisions = questions;
    world_run(policy, scenario, key);
    policy_freeze(policy, true);
    return policy;
}

/* Three users of the scenario of versions, cuts and shares. */
static Scenario *mcia_world(void)
{
    static const char *const settings[] = {"nodes.device.count=3"};
    return world_load("../../scenarios/mcia/base.yaml", settings, 1);
}

/* How much of the oracle's mean utility a learner is short of after so many questions. */
static double shortfall(const char *name, const Scenario *scenario, int questions)
{
    Policy *policy = train(name, scenario, questions);
    Evaluation *evaluation = evaluation_create(scenario, 5, 0);
    CHECK(evaluation_is_compared(evaluation));
    CurvePoint point = evaluation_run(evaluation, policy);
    evaluation_destroy(evaluation);
    policy_destroy(policy);
    return 1 - point.reward / point.oracle_reward;
}

static void model_shares_is_near_the_oracle_within_tens_of_questions(void)
{
    Scenario *scenario = mcia_world();
    double before = shortfall("model-shares", scenario, 1), after = shortfall("model-shares", scenario, 60);
    CHECK(before > 0.02);
    CHECK(after >= -1e-9 && after < 0.02);
    scenario_destroy(scenario);
}

static void networks_come_near_the_oracle(void)
{
    static const struct {
        const char *name;
        int questions;
        double shortfall; /* at most */
    } networks[] = {{"dqn-features", 400, 0.08}, {"hybrid-ppo", 1500, 0.13}, {"p-dqn", 400, 0.2}};
    Scenario *scenario = mcia_world();
    for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
        double before = shortfall(networks[i].name, scenario, 1);
        double after = shortfall(networks[i].name, scenario, networks[i].questions);
        check_true(before > 2 * networks[i].shortfall, networks[i].name, __FILE__, __LINE__);
        check_true(after >= -1e-9 && after < networks[i].shortfall, networks[i].name, __FILE__, __LINE__);
    }
    scenario_destroy(scenario);
}

/* Writes a bandwidth that falls to a fifth after 100 s. */
static const char *step_file(void)
{
    const char *path = check_scratch("step.csv");
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    if (file) {
        fputs("time_s,mbit_per_s\n0,40\n100,8\n10000,8\n", file);
        fclose(file);
    }
    return path;
}

/* Learns before the step alone, and answers the questions after it frozen. */
static void model_shares_follows_a_step_in_bandwidth_unseen(void)
{
    char series[400];
    snprintf(series, sizeof series, "links.0.up={series: \"%s\"}", step_file());
    const char *settings[] = {series, "stop.rounds=450"};
    Scenario *scenario = world_load("reserved.yaml", settings, 2);
    Policy *policy = policy_create(policy_type_find("model-shares"), scenario, TRAINING);
    Policy *oracle = policy_create(policy_type_find("oracle"), scenario, TRAINING);
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 5}), *future = simulation_clone(simulation);
    Decision decision, end;
    double rewards[2] = {0};
    while (simulation_advance(simulation, &decision)) {
        bool stepped = time_to_s(decision.time) > 100;
        policy_freeze(policy, stepped);
        Answer answer = policy_decide(policy, &decision);
        for (int i = 0; stepped && i < 2; i++) {
            simulation_imagine(future, simulation);
            simulation_apply(future, i ? policy_decide(oracle, &decision) : answer);
            simulation_advance(future, &end);
            rewards[i] += end.feedback[0].reward;
        }
        simulation_apply(simulation, answer);
    }
    CHECK(rewards[1] > 10); /* there were questions after the step */
    CHECK(rewards[0] <= rewards[1] + 1e-9 && rewards[0] > 0.98 * rewards[1]);
    policy_conclude(policy, &decision);
    policy_destroy(policy);
    policy_destroy(oracle);
    simulation_destroy(future);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void plans_want_users_who_meet_in_shares_alone(void)
{
    Scenario *scenario = world_load("three_tiers.yaml", NULL, 0);
    ErrorList errors = {0};
    CHECK(!policy_suits(policy_type_find("model-shares"), scenario, &errors));
    CHECK_INT(errors.total, 1);
    CHECK(errors.items[0].message[0] != 0);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(what_is_learnt_is_what_is_expected),
        CHECK_OF(draws_agree_once_much_is_known),
        CHECK_OF(model_shares_is_near_the_oracle_within_tens_of_questions),
        CHECK_OF(networks_come_near_the_oracle),
        CHECK_OF(model_shares_follows_a_step_in_bandwidth_unseen),
        CHECK_OF(plans_want_users_who_meet_in_shares_alone),
    };
    return check_run("mixed learners", checks, sizeof checks / sizeof checks[0]);
}

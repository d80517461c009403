/* Policies that send light answers on, in a world, against the same counted by hand. */
#include "../policies/policy.h"
#include "check.h"
#include "made_samples.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>

/* The lab's cascade with the made-up samples, each of which for test is carried by one request. */
static Scenario *load_world(const char *policy)
{
    const char *path = made_samples_write("world.csv", 800, 21, true);
    char samples[512], stop[64];
    snprintf(samples, sizeof samples, "samples={file: %s, order: in_turn}", path);
    snprintf(stop, sizeof stop, "stop={time: %d ms}", 800 / 4 * 1000 - 500);
    const char *overrides[] = {samples, stop, policy ? policy : "name=lab"};
    return world_load("../lab/cascade.yaml", overrides, 3);
}

/* Requests that ended right, and those that were sent on, under one policy. */
static void run_world(const Scenario *scenario, const char *policy, int *ret_right, int *ret_sent)
{
    Policy *subject = policy_create(policy_type_find(policy), scenario, (RunKey){.seed = 1});
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1, .validate = true});
    Decision decision;
    policy_freeze(subject, true);
    while (simulation_advance(simulation, &decision))
        simulation_apply(simulation, policy_decide(subject, &decision));
    const Metrics *metrics = simulation_metrics(simulation);
    CHECK_INT(metrics->finished, 200);
    *ret_right = (int)lround((metrics->accuracy_first + metrics->accuracy_sum / 200) * 200);
    *ret_sent = (int)metrics->sent_on;
    simulation_destroy(simulation);
    policy_destroy(subject);
}

static void policies_do_in_the_world_what_the_study_counts(void)
{
    static const struct {
        const char *policy;
        OffloadRule rule;
    } pairs[] = {{"cascade-never", OFFLOAD_NEVER},
                 {"cascade-always", OFFLOAD_ALWAYS},
                 {"cascade-oracle", OFFLOAD_ORACLE},
                 {"cascade-confidence", OFFLOAD_CONFIDENCE},
                 {"cascade-logistic", OFFLOAD_LOGISTIC}};
    Scenario *scenario = load_world(NULL);
    OffloadPlan plan = made_samples_plan(&scenario->samples.table, 1);
    plan.criterion = CRITERION_ACCURACY;
    OffloadStudy study = offload_study_run(&plan);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const OffloadResult *counted = &study.results[pairs[i].rule]; /* of the one seed */
        int right, sent;
        run_world(scenario, pairs[i].policy, &right, &sent);
        check_int(right, counted->right, pairs[i].policy, __FILE__, __LINE__);
        check_int(sent, counted->counts[0][1] + counted->counts[1][1], pairs[i].policy, __FILE__, __LINE__);
    }
    offload_study_free(&study);
    scenario_destroy(scenario);
}

static void a_given_threshold_is_where_answers_begin_to_be_kept(void)
{
    Scenario *scenario = load_world("policy={name: cascade-confidence, threshold: 80 %}");
    const SampleRows *test = &scenario->samples.parts.parts[SAMPLE_TEST];
    const SampleModel *light = scenario->cascade.output;
    int expected = 0, right, sent;
    for (int i = 0; i < test->count; i++)
        expected += light->values[(ptrdiff_t)test->rows[i] * light->feature_count] < 0.8;
    run_world(scenario, "cascade-confidence", &right, &sent);
    CHECK_INT(sent, expected);
    CHECK(sent > 20 && sent < 150);
    scenario_destroy(scenario);
    scenario = load_world("policy={name: cascade-random, rate: 30 %}");
    run_world(scenario, "cascade-random", &right, &sent);
    CHECK_NEAR(sent, 60, 25);
    scenario_destroy(scenario);
}

static void the_dearer_time_is_the_fewer_answers_are_sent_on(void)
{
    static const char *const prices[] = {"policy={name: cascade-confidence, latency_price: 0 /s}",
                                         "policy={name: cascade-confidence, latency_price: 5 /s}",
                                         "policy={name: cascade-confidence, latency_price: 100 /s}"};
    int right, sent[3];
    for (int i = 0; i < 3; i++) {
        Scenario *scenario = load_world(prices[i]);
        run_world(scenario, "cascade-confidence", &right, &sent[i]);
        scenario_destroy(scenario);
    }
    CHECK(sent[0] > sent[1] && sent[1] > 0);
    CHECK_INT(sent[2], 0); /* 69 ms more are worth more than any answer */
}

/* All answers of a policy that was loaded from a file, against those of the one that was saved. */
static void what_was_learnt_is_kept_in_a_file(void)
{
    static const char *const names[] = {"cascade-confidence", "cascade-logistic", "cascade-mlp"};
    Scenario *scenario = load_world(NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const PolicyType *type = policy_type_find(names[i]);
        Policy *saved = policy_create(type, scenario, (RunKey){.seed = 1});
        Policy *loaded = policy_create(type, scenario, (RunKey){.seed = 2});
        WeightsFile file, read;
        Error error = {0};
        const char *path = check_scratch("weights.orchid");
        policy_save(saved, &file);
        CHECK(weights_file_write(&file, path, &error) && weights_file_read(path, &read, &error));
        CHECK(policy_load(loaded, &read, &error));
        CHECK_TEXT(error.message, "");
        WorldRun first = world_run(saved, scenario, (RunKey){.seed = 1});
        WorldRun second = world_run(loaded, scenario, (RunKey){.seed = 1});
        CHECK(first.answers == second.answers && first.fingerprint == second.fingerprint);
        weights_file_free(&file);
        weights_file_free(&read);
        policy_destroy(saved);
        policy_destroy(loaded);
    }
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(policies_do_in_the_world_what_the_study_counts),
        CHECK_OF(a_given_threshold_is_where_answers_begin_to_be_kept),
        CHECK_OF(the_dearer_time_is_the_fewer_answers_are_sent_on),
        CHECK_OF(what_was_learnt_is_kept_in_a_file),
    };
    return check_run("cascade_policies", checks, sizeof checks / sizeof *checks);
}

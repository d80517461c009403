/* Learners that practise in one world and answer in another. */
#include "../analysis/trial.h"
#include "check.h"
#include "learners.h"
#include "worlds.h"

#include <stdio.h>
#include <string.h>

static Trial run_trial(const Scenario *scenario, const TrialLearner *learner)
{
    Trial trial = {.scenario = scenario, .policy = policy_type_find("q-learning"), .seed = 5, .learner = learner};
    trial_run(&trial);
    CHECK_INT(trial.status, TRIAL_DONE);
    CHECK_TEXT(trial.error, "");
    return trial;
}

/* Another threshold: the same questions and answers. What was learnt elsewhere is there from the first point on. */
static void learner_begins_elsewhere_with_what_it_knows(void)
{
    Scenario *strict = learner_world("three_tiers.yaml", "nodes.device.count=1"), *lax;
    static const char *const stricter[] = {"stop.rounds=80", "nodes.device.count=1", "objective.threshold=89.5 %"};
    lax = world_load("three_tiers.yaml", stricter, 3);
    const char *path = check_scratch("strict"), *onward = check_scratch("onward");
    Arena arena = {0};
    Learning learning;
    LearnerFile file, next;
    const PolicyType *type = policy_type_find("q-learning");
    policy_destroy(learner_train(type, strict, 20000, NULL, path, &learning, &arena));
    CHECK(strict->world_hash != lax->world_hash);
    learner_read(path, &file);
    policy_destroy(learner_train(type, lax, 100, &file, onward, &learning, &arena));
    CHECK_INT(learning.interactions, 100);
    CHECK_INT(learning.curve[0].interactions, 0);
    CHECK(learning.curve[0].optimal_fraction > 0.9); /* both want d0 */
    learner_read(onward, &next);
    CHECK_INT(next.interactions, 100);
    CHECK_INT(next.earlier, 20000);
    learner_file_free(&file);
    learner_file_free(&next);
    arena_free(&arena);
    scenario_destroy(strict);
    scenario_destroy(lax);
}

/* Budget, stop and name are no part of the world. */
static void world_is_what_the_learner_meets(void)
{
    Scenario *scenario = learner_world("three_tiers.yaml", NULL),
             *longer = learner_world("three_tiers.yaml", "training=7");
    Scenario *stopped = learner_world("three_tiers.yaml", "stop.rounds=9"),
             *other = learner_world("three_tiers.yaml", "nodes.cloud.background={busy: [0, 3], dwell: [9 s, 9 s]}");
    CHECK(scenario->hash != longer->hash && scenario->hash != stopped->hash);
    CHECK(scenario->world_hash == longer->world_hash && scenario->world_hash == stopped->world_hash);
    CHECK(scenario->world_hash != other->world_hash);
    scenario_destroy(scenario);
    scenario_destroy(longer);
    scenario_destroy(stopped);
    scenario_destroy(other);
}

/* The same as training there, keeping what was learnt, and measuring that here; and not the same as practising here. */
static void learner_may_practise_in_another_world(void)
{
    const char *path = check_scratch("practised");
    Scenario *lax = learner_world("three_tiers.yaml", "objective.threshold=70 %"),
             *here = learner_world("three_tiers.yaml", NULL);
    const char *settings[] = {"stop.rounds=80", "training=300", "training_world={objective.threshold: 70 %}"};
    Scenario *practised = world_load("three_tiers.yaml", settings, 3),
             *at_home = world_load("three_tiers.yaml", settings, 2);
    CHECK_INT(practised->training_world->world_hash, lax->world_hash);
    CHECK(practised->hash != at_home->hash && practised->world_hash == at_home->world_hash);
    Arena arena = {0};
    Learning learning;
    LearnerFile file;
    policy_destroy(learner_train(policy_type_find("q-learning"), lax, 300, NULL, path, &learning, &arena));
    learner_read(path, &file);
    TrialLearner kept = {.from = &file, .frozen = true};
    Trial expected = run_trial(here, &kept), trial = run_trial(practised, NULL), home = run_trial(at_home, NULL);
    CHECK(trial.fingerprint == expected.fingerprint && trial.fingerprint != home.fingerprint);
    CHECK_INT(trial.interactions, 300);
    CHECK_NEAR(trial_metric(&trial, "reward_mean"), trial_metric(&expected, "reward_mean"), 0);
    trial_free(&expected);
    trial_free(&trial);
    trial_free(&home);
    learner_file_free(&file);
    arena_free(&arena);
    scenario_destroy(lax);
    scenario_destroy(here);
    scenario_destroy(practised);
    scenario_destroy(at_home);
}

/* A bandwidth that steps there and follows a series here: half of the most is the same rate in both. */
static void what_is_seen_has_the_same_scale_in_both_worlds(void)
{
    const char *series = check_scratch("bandwidth.csv");
    FILE *stream = fopen(series, "w");
    CHECK(stream && fputs("time_s,mbit_per_s\n0,40\n3,8\n", stream) > 0 && fclose(stream) == 0);
    char up[512];
    snprintf(up, sizeof up, "links.small-edge.up={series: %s}", series);
    const char *settings[] = {
        "stop.rounds=8", "training=20", up,
        "training_world={links.small-edge.up: {levels: [10 Mbit/s, 50 Mbit/s], dwell: [1 s, 1 s]}}"};
    Scenario *scenario = world_load("reserved.yaml", settings, 4);
    Simulation *here = simulation_create(scenario, (RunKey){0}),
               *there = simulation_create(scenario->training_world, (RunKey){0});
    const Feature *features[2];
    int count = view_ask_features(simulation_view(here), &features[0]), rates = 0;
    CHECK_INT(view_ask_features(simulation_view(there), &features[1]), count);
    for (int i = 0; i < count; i++) {
        CHECK_TEXT(features[0][i].name, features[1][i].name);
        CHECK_NEAR(features[0][i].scale, features[1][i].scale, 0);
        rates += strstr(features[0][i].name, ".rate") && features[0][i].scale == 50e6;
    }
    CHECK_INT(rates, 1);
    for (int p = 0; policy_type(p); p++)
        if (policy_type(p)->learns && policy_suits(policy_type(p), scenario, &(ErrorList){0})) {
            Trial trial = {.scenario = scenario, .policy = policy_type(p), .seed = 5};
            trial_run(&trial);
            check_text(trial.error, "", policy_type(p)->name, __FILE__, __LINE__);
            trial_free(&trial);
        }
    simulation_destroy(here);
    simulation_destroy(there);
    scenario_destroy(scenario);
}

static void world_to_practise_in_must_show_the_same(void)
{
    static const char *const worlds[][2] = {
        {"training_world={nodes.edge.background: {busy: [0], dwell: [1 s]}}",
         "policy: dqn: where it practises (training_world) it sees 'edge.busy_cores' otherwise than here; let that "
         "vary "
         "in both worlds or in neither"},
        {"training_world={links.small-edge.up: {levels: [1 Mbit/s, 9 Mbit/s], dwell: [1 s, 1 s]}}",
         "policy: dqn: where it practises (training_world) it sees 'own.link1.rate' otherwise than here; let that vary "
         "in both worlds or in neither"},
        {"training_world={workload.weights: [40 %]}",
         "policy: dqn: where it practises (training_world) it sees 'own.weight' otherwise than here; let that vary in "
         "both worlds or in neither"},
        {"training_world={workload.weights: [40 %, 50 %]}", ""},
    };
    for (int i = 0; i < 4; i++) {
        Scenario *scenario = world_load("reserved.yaml", &worlds[i][0], 1);
        ErrorList errors = {0};
        CHECK_INT(policy_suits(policy_type_find("dqn"), scenario, &errors), !worlds[i][1][0]);
        CHECK_TEXT(errors.total ? errors.items[0].message : "", worlds[i][1]);
        CHECK(policy_suits(policy_type_find("greedy"), scenario, &errors));
        scenario_destroy(scenario);
    }
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(learner_begins_elsewhere_with_what_it_knows), CHECK_OF(world_is_what_the_learner_meets),
        CHECK_OF(learner_may_practise_in_another_world),       CHECK_OF(what_is_seen_has_the_same_scale_in_both_worlds),
        CHECK_OF(world_to_practise_in_must_show_the_same),
    };
    return check_run("learner_worlds", checks, sizeof checks / sizeof *checks);
}

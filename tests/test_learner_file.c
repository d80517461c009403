/* Learners in files: what is read back is what was written, a training in two parts is the training in one, and what
 * does not fit is refused in one sentence. */
#include "../analysis/learner_file.h"
#include "../analysis/trial.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART = 200, FILE_LIMIT = 1 << 24 };

static Scenario *world(const char *name, const char *setting)
{
    const char *settings[] = {"stop.rounds=80", setting};
    return world_load(name, settings, setting ? 2 : 1);
}

/* A policy that has been trained and is in the file. */
static Policy *train(const PolicyType *type, const Scenario *scenario, int64_t decisions, const LearnerFile *from,
                     const char *path, Learning *ret_learning, Arena *arena)
{
    Policy *policy = policy_create(type, scenario, (RunKey){.seed = 5});
    LearningPlan plan = {.scenario = scenario, .seed = 5, .decisions = decisions};
    Error error = {0};
    int64_t earlier = 0;
    if (from) {
        CHECK(policy_load(policy, &from->weights, &error));
        earlier = learner_file_continue(from, &plan);
    }
    *ret_learning = learning_run(&plan, policy, arena);
    CHECK(learner_file_write(path, &plan, policy, ret_learning, earlier, &error));
    CHECK_TEXT(error.message, "");
    return policy;
}

static void read_fine(const char *path, LearnerFile *ret_file)
{
    Error error = {0};
    CHECK(learner_file_read(path, ret_file, &error));
    CHECK_TEXT(error.message, "");
}

static bool same_bytes(const char *one, const char *other)
{
    static char first[FILE_LIMIT], second[FILE_LIMIT];
    FILE *a = fopen(one, "rb"), *b = fopen(other, "rb");
    size_t length = a ? fread(first, 1, sizeof first, a) : 0, others = b ? fread(second, 1, sizeof second, b) : 1;
    if (a)
        fclose(a);
    if (b)
        fclose(b);
    return length == others && length > 0 && memcmp(first, second, length) == 0;
}

static void every_learner_can_be_kept(void)
{
    for (int p = 0; policy_type(p); p++) {
        const PolicyType *type = policy_type(p);
        bool kept = type->learns || type->supervised;
        check_true((type->save != NULL) == kept, type->name, __FILE__, __LINE__);
        check_true((type->load != NULL) == kept, type->name, __FILE__, __LINE__);
        check_true(type->learns == (type->feedback != FEEDBACK_NONE), type->name, __FILE__, __LINE__);
    }
}

/* Deep learners do more for each decision: a part of theirs is shorter. */
static int64_t part_of(const PolicyType *type)
{
    return world_has_parameter(type, "replay") ? PART / 5 : PART;
}

static bool divides(const PolicyType *type)
{
    return type->learns && type->share;
}

/* Every learner that can be kept, where everything changes, where little does, and with single requests; those that
 * divide what is reserved also where something is. */
static void for_every_kept_learner(WorldPromise *promise)
{
    static const char *const fewer[] = {"stop.rounds=80", "nodes.small.count=1", "nodes.edge.count=1"},
                             *const poisson[] = {"workload.arrivals=poisson", "workload.rate=4 /s",
                                                 "stop={time: 30 s}"};
    world_for_every_policy("mixed.yaml", fewer, 3, world_learns, promise);
    world_for_every_policy("three_tiers.yaml", fewer, 1, world_learns, promise);
    world_for_every_policy("three_tiers.yaml", poisson, 3, world_learns, promise);
    world_for_every_policy("reserved.yaml", NULL, 0, divides, promise);
}

static void promise_same_answers(const PolicyType *type, const Scenario *scenario)
{
    const char *path = check_scratch("learner");
    Arena arena = {0};
    Learning learning;
    LearnerFile file;
    Error error = {0};
    Policy *policy = train(type, scenario, part_of(type), NULL, path, &learning, &arena);
    read_fine(path, &file);
    CHECK(file.policy == type);
    CHECK_INT(file.interactions, part_of(type));
    Policy *loaded = policy_create(type, scenario, (RunKey){.seed = 77});
    CHECK(policy_load(loaded, &file.weights, &error));
    Evaluation *evaluation = evaluation_create(scenario, 5, 0);
    policy_freeze(policy, true);
    policy_freeze(loaded, true);
    CurvePoint own = evaluation_run(evaluation, policy), read = evaluation_run(evaluation, loaded);
    CHECK(memcmp(&own, &read, sizeof own) == 0);
    CHECK_NEAR(own.regret, learning.curve[learning.curve_count - 1].regret, 0);
    evaluation_destroy(evaluation);
    /* Frozen, then as they go on learning in a run of their own. */
    for (int frozen = 1; frozen >= 0; frozen--) {
        policy_freeze(policy, frozen);
        policy_freeze(loaded, frozen);
        WorldRun expected = world_run(policy, scenario, (RunKey){.seed = 8});
        WorldRun run = world_run(loaded, scenario, (RunKey){.seed = 8});
        check_true(run.answers == expected.answers && run.fingerprint == expected.fingerprint, type->name, __FILE__,
                   __LINE__);
    }
    policy_destroy(policy);
    policy_destroy(loaded);
    learner_file_free(&file);
    arena_free(&arena);
}

static void loaded_learner_answers_and_learns_as_the_saved_one(void)
{
    for_every_kept_learner(promise_same_answers);
}

/* Where arrivals are not rounds the world cannot be taken up again. */
static void promise_two_parts(const PolicyType *type, const Scenario *scenario)
{
    const char *whole = check_scratch("whole"), *first = check_scratch("first"), *second = check_scratch("second");
    if (scenario->workload.arrivals != ARRIVALS_ROUNDS)
        return;
    Arena arena = {0};
    Learning at_once, begun, rest;
    LearnerFile file;
    policy_destroy(train(type, scenario, 2 * part_of(type), NULL, whole, &at_once, &arena));
    policy_destroy(train(type, scenario, part_of(type), NULL, first, &begun, &arena));
    read_fine(first, &file);
    policy_destroy(train(type, scenario, part_of(type), &file, second, &rest, &arena));
    check_true(same_bytes(whole, second), type->name, __FILE__, __LINE__);
    CHECK(!same_bytes(whole, first));
    CHECK_INT(rest.interactions, 2 * part_of(type));
    CHECK_INT(rest.curve[0].interactions, part_of(type));
    const CurvePoint *end = &at_once.curve[at_once.curve_count - 1], *last = &rest.curve[rest.curve_count - 1];
    CHECK(memcmp(end, last, sizeof *end) == 0);
    learner_file_free(&file);
    arena_free(&arena);
}

static void training_in_two_parts_is_the_training_in_one(void)
{
    for_every_kept_learner(promise_two_parts);
}

/* Then an answer waits for the next question when the first part ends, and backups wait for their turn. Deep learners
 * take what waits at the end of a training as it is (experience.h), so that with a discount theirs is not one. */
static void training_in_two_parts_is_the_training_in_one_with_a_discount(void)
{
    int discounting = 0;
    for (int p = 0; policy_type(p); p++) {
        const PolicyType *type = policy_type(p);
        if (!type->save || !world_has_parameter(type, "discount") || world_has_parameter(type, "replay"))
            continue;
        char setting[96];
        snprintf(setting, sizeof setting, "policy={name: %s, discount: 0.9, initial_value: -5}", type->name);
        Scenario *scenario = world("mixed.yaml", setting);
        promise_two_parts(type, scenario);
        scenario_destroy(scenario);
        discounting++;
    }
    CHECK(discounting >= 6);
}

/* Where an outcome tells little, a linear bandit answers as before for a while, not as what it knows by now would have
 * it. */
static void training_in_two_parts_is_the_training_in_one_with_much_noise(void)
{
    static const char *const settings[] = {"policy={name: linear-ucb, noise: 3}", "policy={name: linear-ucb, noise: 4}",
                                           "policy={name: linear-ucb, noise: 8}"};
    for (int i = 0; i < 3; i++) {
        Scenario *scenario = world("three_tiers.yaml", settings[i]);
        promise_two_parts(policy_type_find("linear-ucb"), scenario);
        scenario_destroy(scenario);
    }
}

/* Where little is remembered: the networks' oldest costs have been written over, and the regression has renewed priors.
 */
static void training_in_two_parts_is_the_training_in_one_with_a_memory(void)
{
    static const char *const names[] = {"model-thompson", "model-network"};
    for (int i = 0; i < 2; i++) {
        char setting[96];
        snprintf(setting, sizeof setting, "policy={name: %s, memory: 70}", names[i]);
        Scenario *scenario = world("three_tiers.yaml", setting);
        promise_two_parts(policy_type_find(names[i]), scenario);
        scenario_destroy(scenario);
    }
}

/* Every decision but the random ones is planned. */
static void joint_plans_before_count_where_the_training_goes_on(void)
{
    Scenario *scenario = world("three_tiers.yaml", NULL);
    const char *path = check_scratch("planner"), *onward = check_scratch("onward");
    Arena arena = {0};
    Learning begun, rest;
    LearnerFile file;
    const PolicyType *type = policy_type_find("model-thompson");
    policy_destroy(train(type, scenario, PART, NULL, path, &begun, &arena));
    read_fine(path, &file);
    policy_destroy(train(type, scenario, PART, &file, onward, &rest, &arena));
    CHECK_INT(begun.curve[begun.curve_count - 1].planning_steps, PART);
    CHECK_INT(rest.curve[0].planning_steps, PART);
    CHECK_INT(rest.curve[rest.curve_count - 1].planning_steps, 2 * PART);
    const CurveTime *time = &rest.times[rest.curve_count - 1];
    CHECK(time->planning_s > 0 && time->learning_s > 0);
    learner_file_free(&file);
    arena_free(&arena);
    scenario_destroy(scenario);
}

/* Planning steps, which only planners report, are counted from where a training began. */
static void steps_planned_before_count_where_the_training_goes_on(void)
{
    static const char *const planners[] = {"dyna-q", "prioritised-sweeping"};
    for (int i = 0; i < 2; i++) {
        char setting[96];
        snprintf(setting, sizeof setting, "policy={name: %s, discount: 0.9, initial_value: -5, planning_steps: 3}",
                 planners[i]);
        const char *strict_settings[] = {"stop.rounds=80", setting};
        const char *lax_settings[] = {"stop.rounds=80", setting, "objective.threshold=80 %"};
        Scenario *strict = world_load("three_tiers.yaml", strict_settings, 2);
        Scenario *other = world_load("three_tiers.yaml", lax_settings, 3);
        const char *path = check_scratch("planner"), *onward = check_scratch("onward");
        const PolicyType *type = policy_type_find(planners[i]);
        Arena arena = {0};
        Learning begun, same, anew;
        LearnerFile file;
        policy_destroy(train(type, strict, PART, NULL, path, &begun, &arena));
        read_fine(path, &file);
        policy_destroy(train(type, strict, PART, &file, onward, &same, &arena));
        policy_destroy(train(type, other, PART, &file, onward, &anew, &arena));
        int64_t planned = begun.curve[begun.curve_count - 1].planning_steps;
        CHECK(planned > PART && planned <= 3 * PART);
        CHECK_INT(same.curve[0].planning_steps, planned);
        CHECK(same.curve[same.curve_count - 1].planning_steps > planned);
        CHECK_INT(anew.curve[0].planning_steps, 0);
        CHECK(anew.curve[anew.curve_count - 1].planning_steps > PART);
        CHECK(same.times[same.curve_count - 1].planning_s > 0);
        learner_file_free(&file);
        arena_free(&arena);
        scenario_destroy(strict);
        scenario_destroy(other);
    }
}

static void same_training_makes_the_same_bytes(void)
{
    Scenario *scenario = world("mixed.yaml", NULL);
    Arena arena = {0};
    Learning learning;
    const char *one = check_scratch("one"), *other = check_scratch("other");
    const PolicyType *type = policy_type_find("q-learning");
    policy_destroy(train(type, scenario, PART, NULL, one, &learning, &arena));
    policy_destroy(train(type, scenario, PART, NULL, other, &learning, &arena));
    CHECK(same_bytes(one, other));
    arena_free(&arena);
    scenario_destroy(scenario);
}

/* Another threshold: the same questions and answers. What was learnt elsewhere is there from the first point on. */
static void learner_begins_elsewhere_with_what_it_knows(void)
{
    Scenario *strict = world("three_tiers.yaml", "nodes.device.count=1"), *lax;
    static const char *const stricter[] = {"stop.rounds=80", "nodes.device.count=1", "objective.threshold=89.5 %"};
    lax = world_load("three_tiers.yaml", stricter, 3);
    const char *path = check_scratch("strict"), *onward = check_scratch("onward");
    Arena arena = {0};
    Learning learning;
    LearnerFile file, next;
    const PolicyType *type = policy_type_find("q-learning");
    policy_destroy(train(type, strict, 20000, NULL, path, &learning, &arena));
    CHECK(strict->world_hash != lax->world_hash);
    read_fine(path, &file);
    policy_destroy(train(type, lax, 100, &file, onward, &learning, &arena));
    CHECK_INT(learning.interactions, 100);
    CHECK_INT(learning.curve[0].interactions, 0);
    CHECK(learning.curve[0].optimal_fraction > 0.9); /* both want d0 */
    read_fine(onward, &next);
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
    Scenario *scenario = world("three_tiers.yaml", NULL), *longer = world("three_tiers.yaml", "training=7");
    Scenario *stopped = world("three_tiers.yaml", "stop.rounds=9"),
             *other = world("three_tiers.yaml", "nodes.cloud.background={busy: [0, 3], dwell: [9 s, 9 s]}");
    CHECK(scenario->hash != longer->hash && scenario->hash != stopped->hash);
    CHECK(scenario->world_hash == longer->world_hash && scenario->world_hash == stopped->world_hash);
    CHECK(scenario->world_hash != other->world_hash);
    scenario_destroy(scenario);
    scenario_destroy(longer);
    scenario_destroy(stopped);
    scenario_destroy(other);
}

static void check_refused(const LearnerFile *file, const char *setting, const char *expected)
{
    Scenario *scenario = world("three_tiers.yaml", setting);
    Error error = {0};
    CHECK(!learner_file_suits(file, scenario, &error));
    if (!strstr(error.message, expected))
        CHECK_TEXT(error.message, expected);
    CHECK(strchr(error.message, '\n') == NULL);
    scenario_destroy(scenario);
}

static void what_does_not_fit_is_refused_with_a_sentence(void)
{
    Scenario *scenario = world("three_tiers.yaml", NULL);
    const char *path = check_scratch("learner");
    Arena arena = {0};
    Learning learning;
    LearnerFile file;
    Error error = {0};
    policy_destroy(train(policy_type_find("q-learning"), scenario, PART, NULL, path, &learning, &arena));
    read_fine(path, &file);
    CHECK(learner_file_suits(&file, scenario, &error));
    check_refused(&file, "policy={name: q-learning, epsilon: 0.5}", "was trained with epsilon: 1, and here it is 0.5");
    check_refused(&file, "nodes.device.count=2", "other features");
    check_refused(&file, "nodes.cloud.background={busy: [0, 3], dwell: [9 s, 9 s]}", "other features");
    check_refused(&file, "options.end=[d0, d4]", "chose among other options than three tiers offers");
    Policy *sarsa = policy_create(policy_type_find("sarsa"), scenario, (RunKey){0});
    CHECK(!policy_load(sarsa, &file.weights, &error));
    CHECK_TEXT(error.message, "holds weights of the policy q-learning, not of sarsa");
    policy_destroy(sarsa);
    Policy *greedy = policy_create(policy_type_find("greedy"), scenario, (RunKey){0});
    CHECK(!policy_load(greedy, &file.weights, &error));
    CHECK_TEXT(error.message, "greedy cannot be kept in a file");
    policy_destroy(greedy);
    learner_file_free(&file);
    CHECK(!learner_file_read(check_scratch("nothing"), &file, &error));
    arena_free(&arena);
    scenario_destroy(scenario);
}

/* Makes number `i` of a block absurd in several ways, and counts the policies that take it. */
static int times_taken(const LearnerFile *file, const Scenario *scenario, const WeightsBlock *block, int64_t i)
{
    int64_t *word = (int64_t *)block->values + i, before = *word;
    const int64_t absurd[] = {-1, 0, INT64_MAX, before + 1, INT64_MIN};
    int taken = 0;
    for (size_t k = 0; k < sizeof absurd / sizeof *absurd; k++) {
        Error error = {0};
        *word = absurd[k];
        Policy *policy = policy_create(file->policy, scenario, (RunKey){0});
        bool loaded = policy_load(policy, &file->weights, &error);
        CHECK(loaded == (error.message[0] == 0));
        taken += loaded;
        policy_destroy(policy);
    }
    *word = before;
    return taken;
}

/* Numbers of every block in turn are made absurd: a learner must refuse it or live with it, never trip. */
static void promise_to_refuse_contradictions(const PolicyType *type, const Scenario *scenario)
{
    enum { NUMBERS_MOST = 60 };
    const char *path = check_scratch("learner");
    Arena arena = {0};
    Learning learning;
    LearnerFile file;
    int tried = 0, taken = 0;
    policy_destroy(train(type, scenario, 40, NULL, path, &learning, &arena));
    read_fine(path, &file);
    for (int b = 0; b < file.weights.block_count; b++) {
        const WeightsBlock *block = &file.weights.blocks[b];
        bool own = strcmp(block->name, "training") != 0 && strcmp(block->name, "world") != 0;
        for (int64_t i = 0; own && block->type != WEIGHTS_FLOAT32 && i < block->count && i < NUMBERS_MOST; i++) {
            taken += times_taken(&file, scenario, block, i);
            tried += 5;
        }
    }
    check_true(taken > 0 && tried - taken > 20, type->name, __FILE__, __LINE__);
    learner_file_free(&file);
    arena_free(&arena);
}

static void contradictory_tables_are_refused(void)
{
    static const char *const one_user[] = {"stop.rounds=80", "nodes.device.count=1"};
    world_for_every_policy("three_tiers.yaml", one_user, 2, world_learns, promise_to_refuse_contradictions);
}

/* The same in a trial: measured frozen, as it was when it was trained, and told apart in the database. */
static void trial_measures_what_is_in_the_file(void)
{
    static const char *const settings[] = {"stop.rounds=80", "training=300"};
    Scenario *scenario = world_load("three_tiers.yaml", settings, 2);
    const char *path = check_scratch("learner");
    TrialLearner keep = {.weights = path}, use = {.frozen = true};
    const PolicyType *type = policy_type_find("q-learning");
    Trial trained = {.scenario = scenario, .policy = type, .seed = 3, .learner = &keep}, measured = trained;
    trial_run(&trained);
    CHECK_INT(trained.status, TRIAL_DONE);
    LearnerFile file;
    read_fine(path, &file);
    use.from = &file;
    measured.learner = &use;
    trial_run(&measured);
    CHECK_INT(measured.status, TRIAL_DONE);
    CHECK(measured.fingerprint == trained.fingerprint && measured.events == trained.events);
    CHECK_INT(measured.interactions, 300);
    CHECK_INT(measured.curve_count, 0);
    CHECK(strstr(measured.parameters, TRIAL_WEIGHTS) != NULL && strstr(trained.parameters, TRIAL_WEIGHTS) == NULL);
    trial_free(&trained);
    trial_free(&measured);
    learner_file_free(&file);
    scenario_destroy(scenario);
}

static void promise_to_be_kept_untaught(const PolicyType *type, const Scenario *scenario)
{
    WeightsFile file;
    Error error = {0};
    Policy *policy = policy_create(type, scenario, (RunKey){.seed = 1});
    Policy *loaded = policy_create(type, scenario, (RunKey){.seed = 2});
    policy_save(policy, &file);
    CHECK(policy_load(loaded, &file, &error));
    WorldRun expected = world_run(policy, scenario, (RunKey){.seed = 8});
    check_true(world_run(loaded, scenario, (RunKey){.seed = 8}).answers == expected.answers, type->name, __FILE__,
               __LINE__);
    weights_file_free(&file);
    policy_destroy(policy);
    policy_destroy(loaded);
}

static void learner_that_has_learnt_nothing_can_be_kept(void)
{
    static const char *const few[] = {"stop.rounds=80"};
    world_for_every_policy("three_tiers.yaml", few, 1, world_learns, promise_to_be_kept_untaught);
}

static Trial run_trial(const Scenario *scenario, const TrialLearner *learner)
{
    Trial trial = {.scenario = scenario, .policy = policy_type_find("q-learning"), .seed = 5, .learner = learner};
    trial_run(&trial);
    CHECK_INT(trial.status, TRIAL_DONE);
    CHECK_TEXT(trial.error, "");
    return trial;
}

/* The same as training there, keeping what was learnt, and measuring that here; and not the same as practising here. */
static void learner_may_practise_in_another_world(void)
{
    const char *path = check_scratch("practised");
    Scenario *lax = world("three_tiers.yaml", "objective.threshold=70 %"), *here = world("three_tiers.yaml", NULL);
    const char *settings[] = {"stop.rounds=80", "training=300", "training_world={objective.threshold: 70 %}"};
    Scenario *practised = world_load("three_tiers.yaml", settings, 3),
             *at_home = world_load("three_tiers.yaml", settings, 2);
    CHECK_INT(practised->training_world->world_hash, lax->world_hash);
    CHECK(practised->hash != at_home->hash && practised->world_hash == at_home->world_hash);
    Arena arena = {0};
    Learning learning;
    LearnerFile file;
    policy_destroy(train(policy_type_find("q-learning"), lax, 300, NULL, path, &learning, &arena));
    read_fine(path, &file);
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
        CHECK_OF(every_learner_can_be_kept),
        CHECK_OF(loaded_learner_answers_and_learns_as_the_saved_one),
        CHECK_OF(training_in_two_parts_is_the_training_in_one),
        CHECK_OF(training_in_two_parts_is_the_training_in_one_with_a_discount),
        CHECK_OF(training_in_two_parts_is_the_training_in_one_with_much_noise),
        CHECK_OF(training_in_two_parts_is_the_training_in_one_with_a_memory),
        CHECK_OF(joint_plans_before_count_where_the_training_goes_on),
        CHECK_OF(steps_planned_before_count_where_the_training_goes_on),
        CHECK_OF(same_training_makes_the_same_bytes),
        CHECK_OF(learner_begins_elsewhere_with_what_it_knows),
        CHECK_OF(world_is_what_the_learner_meets),
        CHECK_OF(what_does_not_fit_is_refused_with_a_sentence),
        CHECK_OF(contradictory_tables_are_refused),
        CHECK_OF(trial_measures_what_is_in_the_file),
        CHECK_OF(learner_may_practise_in_another_world),
        CHECK_OF(world_to_practise_in_must_show_the_same),
        CHECK_OF(what_is_seen_has_the_same_scale_in_both_worlds),
        CHECK_OF(learner_that_has_learnt_nothing_can_be_kept),
    };
    return check_run("learner_file", checks, sizeof checks / sizeof *checks);
}

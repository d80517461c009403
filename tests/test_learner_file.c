/* Learners in files: every learner can be kept, and what does not fit is refused in one sentence. */
#include "../analysis/trial.h"
#include "check.h"
#include "learners.h"
#include "worlds.h"

#include <string.h>

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

static void same_training_makes_the_same_bytes(void)
{
    Scenario *scenario = learner_world("mixed.yaml", NULL);
    Arena arena = {0};
    Learning learning;
    const char *one = check_scratch("one"), *other = check_scratch("other");
    const PolicyType *type = policy_type_find("q-learning");
    policy_destroy(learner_train(type, scenario, LEARNER_PART, NULL, one, &learning, &arena));
    policy_destroy(learner_train(type, scenario, LEARNER_PART, NULL, other, &learning, &arena));
    CHECK(learner_same_bytes(one, other));
    arena_free(&arena);
    scenario_destroy(scenario);
}

static void check_refused(const LearnerFile *file, const char *setting, const char *expected)
{
    Scenario *scenario = learner_world("three_tiers.yaml", setting);
    Error error = {0};
    CHECK(!learner_file_suits(file, scenario, &error));
    if (!strstr(error.message, expected))
        CHECK_TEXT(error.message, expected);
    CHECK(strchr(error.message, '\n') == NULL);
    scenario_destroy(scenario);
}

static void what_does_not_fit_is_refused_with_a_sentence(void)
{
    Scenario *scenario = learner_world("three_tiers.yaml", NULL);
    const char *path = check_scratch("learner");
    Arena arena = {0};
    Learning learning;
    LearnerFile file;
    Error error = {0};
    policy_destroy(
        learner_train(policy_type_find("q-learning"), scenario, LEARNER_PART, NULL, path, &learning, &arena));
    learner_read(path, &file);
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
    policy_destroy(learner_train(type, scenario, 40, NULL, path, &learning, &arena));
    learner_read(path, &file);
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
    learner_read(path, &file);
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

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(every_learner_can_be_kept),          CHECK_OF(learner_that_has_learnt_nothing_can_be_kept),
        CHECK_OF(same_training_makes_the_same_bytes), CHECK_OF(what_does_not_fit_is_refused_with_a_sentence),
        CHECK_OF(contradictory_tables_are_refused),   CHECK_OF(trial_measures_what_is_in_the_file),
    };
    return check_run("learner_file", checks, sizeof checks / sizeof *checks);
}

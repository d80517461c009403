/* Learners that are read back go on as those that were written would have: a training in two parts is the training in
 * one. */
#include "check.h"
#include "learners.h"
#include "worlds.h"

#include <stdio.h>
#include <string.h>

/* Deep learners do more for each decision: a part of theirs is shorter. */
static int64_t part_of(const PolicyType *type)
{
    return world_has_parameter(type, "replay") ? LEARNER_PART / 5 : LEARNER_PART;
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
    Policy *policy = learner_train(type, scenario, part_of(type), NULL, path, &learning, &arena);
    learner_read(path, &file);
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
    policy_destroy(learner_train(type, scenario, 2 * part_of(type), NULL, whole, &at_once, &arena));
    policy_destroy(learner_train(type, scenario, part_of(type), NULL, first, &begun, &arena));
    learner_read(first, &file);
    policy_destroy(learner_train(type, scenario, part_of(type), &file, second, &rest, &arena));
    check_true(learner_same_bytes(whole, second), type->name, __FILE__, __LINE__);
    CHECK(!learner_same_bytes(whole, first));
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
        Scenario *scenario = learner_world("mixed.yaml", setting);
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
        Scenario *scenario = learner_world("three_tiers.yaml", settings[i]);
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
        Scenario *scenario = learner_world("three_tiers.yaml", setting);
        promise_two_parts(policy_type_find(names[i]), scenario);
        scenario_destroy(scenario);
    }
}

/* Every decision but the random ones is planned. */
static void joint_plans_before_count_where_the_training_goes_on(void)
{
    Scenario *scenario = learner_world("three_tiers.yaml", NULL);
    const char *path = check_scratch("planner"), *onward = check_scratch("onward");
    Arena arena = {0};
    Learning begun, rest;
    LearnerFile file;
    const PolicyType *type = policy_type_find("model-thompson");
    policy_destroy(learner_train(type, scenario, LEARNER_PART, NULL, path, &begun, &arena));
    learner_read(path, &file);
    policy_destroy(learner_train(type, scenario, LEARNER_PART, &file, onward, &rest, &arena));
    CHECK_INT(begun.curve[begun.curve_count - 1].planning_steps, LEARNER_PART);
    CHECK_INT(rest.curve[0].planning_steps, LEARNER_PART);
    CHECK_INT(rest.curve[rest.curve_count - 1].planning_steps, 2 * LEARNER_PART);
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
        policy_destroy(learner_train(type, strict, LEARNER_PART, NULL, path, &begun, &arena));
        learner_read(path, &file);
        policy_destroy(learner_train(type, strict, LEARNER_PART, &file, onward, &same, &arena));
        policy_destroy(learner_train(type, other, LEARNER_PART, &file, onward, &anew, &arena));
        int64_t planned = begun.curve[begun.curve_count - 1].planning_steps;
        CHECK(planned > LEARNER_PART && planned <= 3 * LEARNER_PART);
        CHECK_INT(same.curve[0].planning_steps, planned);
        CHECK(same.curve[same.curve_count - 1].planning_steps > planned);
        CHECK_INT(anew.curve[0].planning_steps, 0);
        CHECK(anew.curve[anew.curve_count - 1].planning_steps > LEARNER_PART);
        CHECK(same.times[same.curve_count - 1].planning_s > 0);
        learner_file_free(&file);
        arena_free(&arena);
        scenario_destroy(strict);
        scenario_destroy(other);
    }
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(loaded_learner_answers_and_learns_as_the_saved_one),
        CHECK_OF(training_in_two_parts_is_the_training_in_one),
        CHECK_OF(training_in_two_parts_is_the_training_in_one_with_a_discount),
        CHECK_OF(training_in_two_parts_is_the_training_in_one_with_much_noise),
        CHECK_OF(training_in_two_parts_is_the_training_in_one_with_a_memory),
        CHECK_OF(joint_plans_before_count_where_the_training_goes_on),
        CHECK_OF(steps_planned_before_count_where_the_training_goes_on),
    };
    return check_run("learner_continue", checks, sizeof checks / sizeof *checks);
}

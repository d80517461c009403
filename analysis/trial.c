#include "trial.h"

#include "../sim/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Runs a simulation to its end and returns the questions that the policy was asked. */
static int64_t drive(Simulation *simulation, Policy *policy, const TrialObserver *observer)
{
    Decision decision;
    int64_t made = 0;
    if (!observer)
        policy_settle(policy, simulation);
    for (; simulation_advance(simulation, &decision); made++) {
        if (observer)
            observer->observe(observer->context, &decision);
        simulation_apply(simulation, policy_decide(policy, &decision));
    }
    if (observer)
        observer->observe(observer->context, &decision);
    policy_conclude(policy, &decision);
    return made;
}

static bool is_cancelled(const Trial *trial)
{
    return trial->cancelled && atomic_load(trial->cancelled);
}

static bool go_on(void *context, const LearningProgress *progress)
{
    const Trial *trial = context;
    const TrialLearner *learner = trial->learner;
    if (is_cancelled(trial))
        return false;
    return !learner || !learner->progress || learner->progress(learner->context, progress);
}

static const Scenario *practised_in(const Trial *trial)
{
    const Scenario *world = trial->scenario->training_world;
    return world ? world : trial->scenario;
}

/* The policy as it is, for the scenario's own world; what practised elsewhere ends. NULL with why in `error` where that
 * cannot be kept or asks other questions. */
static Policy *move_policy(const Trial *trial, Policy *practised, Error *error)
{
    RunKey key = {.seed = trial->seed, .replication = trial->replication};
    Policy *policy = policy_create(trial->policy, trial->scenario, key);
    WeightsFile file;
    policy_save(practised, &file);
    bool moved = policy_load(policy, &file, error);
    weights_file_free(&file);
    policy_destroy(practised);
    if (moved)
        return policy;
    policy_destroy(policy);
    return NULL;
}

/* Lets the policy learn for the scenario's budget of decisions, and keeps it where that is wanted. Pending: it was
 * cancelled meanwhile. */
static TrialStatus train(Trial *trial, Policy *policy, Error *error)
{
    const TrialLearner *learner = trial->learner;
    LearningPlan plan = {.scenario = practised_in(trial),
                         .seed = trial->seed,
                         .replication = trial->replication,
                         .decisions = trial->scenario->training,
                         .progress = go_on,
                         .context = trial};
    int64_t earlier = 0;
    if (learner && learner->from)
        earlier = learner_file_continue(learner->from, &plan);
    Learning learning = learning_run(&plan, policy, &trial->arena);
    if (is_cancelled(trial))
        return TRIAL_PENDING;
    trial->learning = learning;
    trial->curve_count = trial->learning.curve_count;
    trial->curve = trial->learning.curve;
    trial->curve_times = trial->learning.times;
    trial->interactions = trial->learning.interactions;
    if (learner && learner->weights &&
        !learner_file_write(learner->weights, &plan, policy, &trial->learning, earlier, error))
        return TRIAL_FAILED;
    return TRIAL_DONE;
}

static void read_decision_counts(Trial *trial, const Metrics *metrics)
{
    const Scenario *scenario = trial->scenario;
    size_t limit = 0;
    for (int g = 0; g < scenario->node_group_count; g++)
        limit += (size_t)(scenario->options[g].count + scenario->options[g].escalation_count);
    trial->decision_counts = arena_allocate(&trial->arena, limit, sizeof *trial->decision_counts);
    for (int g = 0; g < scenario->node_group_count; g++)
        for (int o = 0; o < scenario->options[g].count + scenario->options[g].escalation_count; o++)
            if (metrics->option_counts[g][o] > 0)
                trial->decision_counts[trial->decision_count_count++] = (DecisionCount){
                    scenario->node_groups[g].name, scenario->options[g].items[o].label, metrics->option_counts[g][o]};
}

static void measure(Trial *trial, Policy *policy, bool trained)
{
    RunKey key = {.seed = trial->seed, .replication = trial->replication};
    Simulation *simulation = simulation_create(trial->scenario, key);
    int64_t made = drive(simulation, policy, trial->observer);
    bool frozen = trial->learner && trial->learner->frozen;
    if (frozen)
        trial->interactions = trial->learner->from->interactions + trial->learner->from->earlier;
    else if (trial->policy->learns && !trained)
        trial->interactions = made;
    const Metrics *metrics = simulation_metrics(simulation);
    trial->events = metrics->events;
    trial->fingerprint = metrics->fingerprint;
    PolicyWork work = policy_work(policy);
    trial->metric_count =
        metric_table_read(simulation, &work, trained ? &trial->learning : NULL, &trial->arena, &trial->metrics);
    read_decision_counts(trial, metrics);
    const char *broken = "";
    trial->status = simulation_check(simulation, &broken) ? TRIAL_DONE : TRIAL_FAILED;
    snprintf(trial->error, sizeof trial->error, "%s", broken);
    simulation_destroy(simulation);
}

/* Trains where there is something to train, then measures. */
static void run_policy(Trial *trial)
{
    const TrialLearner *learner = trial->learner;
    RunKey key = {.seed = trial->seed, .replication = trial->replication};
    bool frozen = learner && learner->frozen;
    bool trained = trial->policy->learns && trial->scenario->training > 0 && !frozen;
    const Scenario *world = trained ? practised_in(trial) : trial->scenario;
    Policy *policy = policy_create(trial->policy, world, key);
    Error error = {0};
    TrialStatus prepared = TRIAL_DONE;
    if (learner && learner->from && !policy_load(policy, &learner->from->weights, &error))
        prepared = TRIAL_FAILED;
    if (prepared == TRIAL_DONE && trained)
        prepared = train(trial, policy, &error);
    if (prepared == TRIAL_DONE && world != trial->scenario && !(policy = move_policy(trial, policy, &error)))
        prepared = TRIAL_FAILED;
    if (prepared == TRIAL_DONE) {
        policy_freeze(policy, trained || frozen);
        measure(trial, policy, trained);
    } else {
        trial->status = prepared;
    }
    if (prepared == TRIAL_FAILED)
        snprintf(trial->error, sizeof trial->error, "%.200s: %.300s", error.file, error.message);
    policy_destroy(policy);
}

void trial_run(Trial *trial)
{
    assert(trial->status == TRIAL_PENDING);
    double wall_s = clock_s(CLOCK_MONOTONIC), cpu_s = clock_s(CLOCK_THREAD_CPUTIME_ID);
    ErrorList errors = {0};
    const char *given = trial->parameters;
    if (!trial->parameters)
        trial->parameters = trial_parameters(trial->policy, trial->scenario, &trial->arena);
    if (trial->learner && trial->learner->from)
        trial->parameters = arena_format(&trial->arena, "%s" TRIAL_WEIGHTS "%016" PRIx64 "\n", trial->parameters,
                                         trial->learner->from->hash);
    if (policy_suits(trial->policy, trial->scenario, &errors)) {
        run_policy(trial);
    } else {
        trial->status = TRIAL_FAILED;
        snprintf(trial->error, sizeof trial->error, "%s", errors.items[0].message);
    }
    if (trial->status == TRIAL_PENDING)
        trial->parameters = given;
    trial->wall_s = clock_s(CLOCK_MONOTONIC) - wall_s;
    trial->cpu_s = clock_s(CLOCK_THREAD_CPUTIME_ID) - cpu_s;
}

const char *trial_parameters(const PolicyType *policy, const Scenario *scenario, Arena *arena)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream)
        policy_write_parameters(policy, scenario, stream);
    bool written = stream && fclose(stream) == 0;
    /* Only memory can run out here, and the arena knows what to do then. */
    const char *copy = arena_string(arena, written ? text : "");
    free(text);
    return copy;
}

double trial_metric(const Trial *trial, const char *name)
{
    for (int i = 0; i < trial->metric_count; i++)
        if (strcmp(trial->metrics[i].name, name) == 0)
            return trial->metrics[i].value;
    return NAN;
}

void trial_free(Trial *trial)
{
    arena_free(&trial->arena);
    *trial = (Trial){.scenario = trial->scenario,
                     .policy = trial->policy,
                     .seed = trial->seed,
                     .replication = trial->replication,
                     .number = trial->number,
                     .value_count = trial->value_count,
                     .values = trial->values,
                     .reproduce = trial->reproduce,
                     .observer = trial->observer,
                     .learner = trial->learner,
                     .cancelled = trial->cancelled};
}

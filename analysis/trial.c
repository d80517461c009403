#include "trial.h"

#include "../sim/foresight.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Evaluations along a training, and the length of each in questions to every user. */
enum { CHECKPOINTS = 30, EVALUATION_DECISIONS = 20 };

static const double OPTIMUM_TOLERANCE = 0.001, NEAR_OPTIMUM_TOLERANCE = 0.01;

/* What answers to questions are expected to lead to: of the question's own decision, and the rewards of all decisions
 * that were on their way then, which is what the oracle maximises. */
typedef struct Expectation {
    double reward, response_s, accuracy;
    double total_reward;
} Expectation;

/* A training under way, and what its evaluations need. */
typedef struct Training {
    const Scenario *scenario;
    Trial *trial;
    Policy *policy;
    Policy *oracle;    /* NULL where none suits the scenario; knows the states it met in earlier evaluations */
    Simulation *fresh; /* the evaluation at time 0 */
    Simulation *evaluation, *future;
} Training;

static double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Runs a simulation to its end and returns the decisions made. */
static int64_t drive(Simulation *simulation, Policy *policy, const TrialObserver *observer)
{
    Decision decision;
    int64_t made = 0;
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

/* Adds what an answer to the pending question leads to, services and delays at their mean: luck must not tell answers
 * apart that are equally good. */
static void expect(Training *training, const Decision *question, Answer answer, Expectation *sum)
{
    simulation_imagine(training->future, view_simulation(question->view));
    simulation_apply(training->future, answer);
    Decision end;
    bool asks = simulation_advance(training->future, &end);
    assert(!asks);
    (void)asks;
    for (int i = 0; i < end.feedback_count; i++) {
        const Feedback *feedback = &end.feedback[i];
        sum->total_reward += feedback->reward;
        if (feedback->decision != question->index)
            continue;
        sum->reward += feedback->reward;
        sum->response_s += feedback->mean_response_s;
        sum->accuracy += feedback->mean_accuracy;
    }
}

/* Adds the frozen policy's point to the learning curve: it answers the first questions of the measured run, and the
 * oracle is asked the same ones. */
static void add_curve_point(Training *training, int64_t interactions)
{
    Trial *trial = training->trial;
    Expectation own = {0}, best = {0};
    Decision question;
    double n = 0;
    policy_freeze(training->policy, true);
    simulation_copy(training->evaluation, training->fresh);
    for (; simulation_advance(training->evaluation, &question); n++) {
        Answer answer = policy_decide(training->policy, &question);
        expect(training, &question, answer, &own);
        if (training->oracle)
            expect(training, &question, policy_decide(training->oracle, &question), &best);
        simulation_apply(training->evaluation, answer);
    }
    policy_freeze(training->policy, false);
    bool compared = training->oracle != NULL;
    assert(trial->curve_count <= CHECKPOINTS);
    trial->curve[trial->curve_count++] = (CurvePoint){
        .interactions = interactions,
        .reward = own.reward / n,
        .response_s = own.response_s / n,
        .accuracy = own.accuracy / n,
        .oracle_reward = compared ? best.reward / n : NAN,
        .oracle_response_s = compared ? best.response_s / n : NAN,
        .regret = compared ? (best.total_reward - own.total_reward) / n : NAN,
    };
}

/* Sets up the evaluation: the first questions of the measured run. */
static void begin_training(Training *training)
{
    const Scenario *scenario = training->scenario;
    bool joint = scenario->workload.arrivals == ARRIVALS_ROUNDS;
    RunKey key = {.seed = training->trial->seed,
                  .replication = training->trial->replication,
                  .decisions = EVALUATION_DECISIONS * (joint ? 1 : scenario->user_count)};
    training->fresh = simulation_create(scenario, key);
    training->evaluation = simulation_clone(training->fresh);
    training->future = simulation_clone(training->fresh);
    const PolicyType *oracle = policy_type_find("oracle");
    ErrorList ignored = {0};
    if (oracle && policy_suits(oracle, scenario, &ignored))
        training->oracle = policy_create(oracle, scenario, key);
}

static void end_training(Training *training)
{
    simulation_destroy(training->fresh);
    simulation_destroy(training->evaluation);
    simulation_destroy(training->future);
    policy_destroy(training->oracle);
}

/* The next checkpoint after `reached`: geometric from 1 to `last`, at least one apart. */
static int64_t next_checkpoint(int64_t reached, int64_t last)
{
    for (int i = 0; i < CHECKPOINTS; i++) {
        int64_t checkpoint = llround(pow((double)last, i / (CHECKPOINTS - 1.0)));
        if (checkpoint > reached)
            return checkpoint;
    }
    return last;
}

/* Interactions from which on the curve stays within `tolerance` of the oracle's reward; NAN where it does not end so.
 */
static double interactions_to(const Trial *trial, double tolerance)
{
    double reached = NAN;
    for (int i = trial->curve_count - 1; i >= 0; i--) {
        const CurvePoint *point = &trial->curve[i];
        if (!(point->regret <= tolerance * fabs(point->oracle_reward)))
            break;
        reached = (double)point->interactions;
    }
    return reached;
}

/* Lets the policy learn for the scenario's budget of decisions. When a question is answered the policy has learnt from
 * all that ended before, so the curve's point for n interactions follows the answer to question n, counted from 0. */
static TrainingRecord train(Trial *trial, Policy *policy)
{
    const Scenario *scenario = trial->scenario;
    Training training = {.scenario = scenario, .trial = trial, .policy = policy};
    RunKey key = {trial->seed, trial->replication, .training = true, .decisions = scenario->training};
    trial->curve = arena_allocate(&trial->arena, CHECKPOINTS + 1, sizeof *trial->curve);
    begin_training(&training);
    Simulation *simulation = simulation_create(scenario, key);
    Decision decision;
    int64_t made = 0, checkpoint = 1;
    for (; simulation_advance(simulation, &decision); made++) {
        simulation_apply(simulation, policy_decide(policy, &decision));
        if (made == checkpoint) {
            add_curve_point(&training, made);
            checkpoint = next_checkpoint(made, scenario->training);
        }
    }
    policy_conclude(policy, &decision);
    add_curve_point(&training, made);
    simulation_destroy(simulation);
    end_training(&training);
    trial->interactions = made;
    return (TrainingRecord){made, interactions_to(trial, OPTIMUM_TOLERANCE),
                            interactions_to(trial, NEAR_OPTIMUM_TOLERANCE)};
}

static void read_decision_counts(Trial *trial, const Metrics *metrics)
{
    const Scenario *scenario = trial->scenario;
    size_t limit = 0;
    for (int g = 0; g < scenario->node_group_count; g++)
        limit += (size_t)scenario->options[g].count;
    trial->decision_counts = arena_allocate(&trial->arena, limit, sizeof *trial->decision_counts);
    for (int g = 0; g < scenario->node_group_count; g++)
        for (int o = 0; o < scenario->options[g].count; o++)
            if (metrics->option_counts[g][o] > 0)
                trial->decision_counts[trial->decision_count_count++] = (DecisionCount){
                    scenario->node_groups[g].name, scenario->options[g].items[o].label, metrics->option_counts[g][o]};
}

/* Trains where there is something to train, then measures. */
static void run_policy(Trial *trial)
{
    const Scenario *scenario = trial->scenario;
    RunKey key = {.seed = trial->seed, .replication = trial->replication};
    Policy *policy = policy_create(trial->policy, scenario, key);
    bool trained = trial->policy->learns && scenario->training > 0;
    TrainingRecord record = {0};
    if (trained) {
        record = train(trial, policy);
        policy_freeze(policy, true);
    }
    Simulation *simulation = simulation_create(scenario, key);
    int64_t made = drive(simulation, policy, trial->observer);
    if (trial->policy->learns && !trained)
        trial->interactions = made;
    const Metrics *metrics = simulation_metrics(simulation);
    trial->events = metrics->events;
    trial->fingerprint = metrics->fingerprint;
    trial->metric_count = metric_table_read(simulation, trained ? &record : NULL, &trial->arena, &trial->metrics);
    read_decision_counts(trial, metrics);
    const char *broken = "";
    trial->status = simulation_check(simulation, &broken) ? TRIAL_DONE : TRIAL_FAILED;
    snprintf(trial->error, sizeof trial->error, "%s", broken);
    simulation_destroy(simulation);
    policy_destroy(policy);
}

void trial_run(Trial *trial)
{
    assert(trial->status == TRIAL_PENDING);
    double wall_s = clock_s(CLOCK_MONOTONIC), cpu_s = clock_s(CLOCK_THREAD_CPUTIME_ID);
    ErrorList errors = {0};
    if (!trial->parameters)
        trial->parameters = trial_parameters(trial->policy, trial->scenario, &trial->arena);
    if (policy_suits(trial->policy, trial->scenario, &errors)) {
        run_policy(trial);
    } else {
        trial->status = TRIAL_FAILED;
        snprintf(trial->error, sizeof trial->error, "%s", errors.items[0].message);
    }
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
                     .observer = trial->observer};
}

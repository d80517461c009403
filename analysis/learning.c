#include "learning.h"

#include "../sim/clock.h"
#include "../sim/resume.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PROGRESS_INTERVAL_S = 0.2;

/* Of the probability of contexts. */
static const double ALL = 1, MOST = 0.95;

/* A training under way. */
typedef struct Training {
    const LearningPlan *plan;
    Policy *policy;
    Evaluation *evaluation;
    Learning result;
    int limit;              /* room in the curve */
    double wall_s, cpu_s;   /* when the watch was started last */
    CurveTime watch;        /* what it counted before that */
    double began_s, told_s; /* when the training began, and the last progress was told */
    int64_t planned;        /* planning steps of earlier trainings in other scenarios */
    bool stopped;
} Training;

static void start_watch(Training *training)
{
    training->wall_s = clock_s(CLOCK_MONOTONIC);
    training->cpu_s = clock_s(CLOCK_THREAD_CPUTIME_ID);
}

static void stop_watch(Training *training)
{
    training->watch.wall_s += clock_s(CLOCK_MONOTONIC) - training->wall_s;
    training->watch.cpu_s += clock_s(CLOCK_THREAD_CPUTIME_ID) - training->cpu_s;
}

int64_t learning_next_checkpoint(int64_t reached)
{
    assert(reached >= 0);
    if (reached < DENSE_CHECKPOINTS)
        return reached + 1;
    int64_t checkpoint = 0;
    int step = (int)floor(CHECKPOINTS_PER_DECADE * log10((double)reached));
    for (; checkpoint <= reached; step++)
        checkpoint = llround(pow(10, step / (double)CHECKPOINTS_PER_DECADE));
    return checkpoint;
}

static bool is_optimal(const CurvePoint *point, bool near, double fraction)
{
    return (near ? point->near_optimal_fraction : point->optimal_fraction) >= fraction; /* false for NAN */
}

double learning_interactions_to(const CurvePoint *curve, int count, bool near, double fraction)
{
    double reached = NAN;
    for (int i = count - 1; i >= 0 && is_optimal(&curve[i], near, fraction); i--)
        reached = (double)curve[i].interactions;
    return reached;
}

bool learning_is_steady(const CurvePoint *curve, int count, double patience)
{
    double reached = learning_interactions_to(curve, count, false, ALL);
    if (isnan(reached) || (double)curve[count - 1].interactions < patience * reached)
        return false;
    return count >= STEADY_POINTS && is_optimal(&curve[count - STEADY_POINTS], false, ALL) &&
           curve[count - STEADY_POINTS].interactions >= (int64_t)reached;
}

/* Judges the greedy policy, which the watch leaves out. */
static void add_point(Training *training, int64_t interactions)
{
    Learning *result = &training->result;
    assert(result->curve_count < training->limit);
    stop_watch(training);
    policy_freeze(training->policy, true);
    CurvePoint *point = &result->curve[result->curve_count];
    CurveTime *time = &result->times[result->curve_count++];
    *point = evaluation_run(training->evaluation, training->policy);
    policy_freeze(training->policy, false);
    PolicyWork work = policy_work(training->policy);
    point->interactions = interactions;
    point->planning_steps = work.planning_steps - training->planned;
    *time = training->watch;
    time->simulation_s = fmax(0, time->wall_s - time->learning_s);
    time->planning_s = fmin(work.planning_s, time->learning_s);
    time->learning_s -= time->planning_s;
    start_watch(training);
}

/* Tells the caller, now and then. */
static void tell_progress(Training *training, int64_t made, double now_s)
{
    const LearningPlan *plan = training->plan;
    if (!plan->progress || now_s - training->told_s < PROGRESS_INTERVAL_S)
        return;
    const Learning *result = &training->result;
    LearningProgress progress = {.interactions = made,
                                 .first = plan->begun,
                                 .last = plan->begun + plan->decisions,
                                 .elapsed_s = now_s - training->began_s,
                                 .point = result->curve_count ? &result->curve[result->curve_count - 1] : NULL};
    training->stopped = !plan->progress(plan->context, &progress);
    training->told_s = now_s;
}

/* Lets the policy answer and counts what that takes. */
static void answer(Training *training, Simulation *simulation, const Decision *decision, int64_t made)
{
    double before_s = clock_s(CLOCK_MONOTONIC);
    Answer given = policy_decide(training->policy, decision);
    double after_s = clock_s(CLOCK_MONOTONIC);
    training->watch.learning_s += after_s - before_s;
    simulation_apply(simulation, given);
    tell_progress(training, made, after_s);
}

/* The policy learns from what ended last. A question that is left open is none to it. */
static void conclude(Training *training, Decision decision)
{
    double before_s = clock_s(CLOCK_MONOTONIC);
    decision.ask_count = 0;
    policy_conclude(training->policy, &decision);
    training->watch.learning_s += clock_s(CLOCK_MONOTONIC) - before_s;
}

static int curve_limit(const LearningPlan *plan)
{
    int count = 2; /* what it knew, and the end */
    int64_t last = plan->begun + plan->decisions;
    for (int64_t at = learning_next_checkpoint(plan->begun); at < last; at = learning_next_checkpoint(at))
        count++;
    return count;
}

static void begin(Training *training, Arena *arena)
{
    const LearningPlan *plan = training->plan;
    assert(plan->decisions >= 1 && plan->begun >= 0);
    training->limit = curve_limit(plan);
    training->evaluation = evaluation_create(plan->scenario, plan->seed, plan->replication);
    training->planned = plan->begun > 0 ? 0 : policy_work(training->policy).planning_steps;
    training->began_s = training->told_s = clock_s(CLOCK_MONOTONIC);
    Learning *result = &training->result;
    result->curve = arena_allocate(arena, (size_t)training->limit, sizeof *result->curve);
    result->times = arena_allocate(arena, (size_t)training->limit, sizeof *result->times);
    result->compared = evaluation_is_compared(training->evaluation);
    result->contexts = evaluation_contexts(training->evaluation, &result->sampled);
}

static Simulation *create_world(const LearningPlan *plan)
{
    RunKey key = {plan->seed, plan->replication, .training = true, .decisions = plan->decisions};
    if (plan->world)
        key.decisions += plan->begun; /* it goes on counting */
    Simulation *simulation = simulation_create(plan->scenario, key);
    bool possible = !plan->world || resume_from(simulation, plan->world);
    assert(possible);
    (void)possible;
    return simulation;
}

/* When a question is answered the policy has learnt from all that ended before, so the curve's point for n interactions
 * follows the answer to question n, counted from 0. */
static void learn(Training *training, Simulation *simulation)
{
    const LearningPlan *plan = training->plan;
    double patience = plan->scenario->training_patience;
    Learning *result = &training->result;
    Decision decision;
    int64_t made = plan->begun, checkpoint = learning_next_checkpoint(made);
    start_watch(training);
    if (plan->experienced)
        add_point(training, made);
    for (; simulation_advance(simulation, &decision) && !training->stopped; made++) {
        answer(training, simulation, &decision, made);
        if (made < checkpoint)
            continue;
        add_point(training, made);
        checkpoint = learning_next_checkpoint(made);
        if (patience > 0 && learning_is_steady(result->curve, result->curve_count, patience))
            training->stopped = true;
    }
    conclude(training, decision);
    add_point(training, made);
    result->interactions = made;
}

Learning learning_run(const LearningPlan *plan, Policy *policy, Arena *arena)
{
    Training training = {.plan = plan, .policy = policy};
    begin(&training, arena);
    Simulation *simulation = create_world(plan);
    learn(&training, simulation);
    Learning *result = &training.result;
    result->to_optimum = learning_interactions_to(result->curve, result->curve_count, false, ALL);
    result->to_most_optimum = learning_interactions_to(result->curve, result->curve_count, false, MOST);
    result->to_near_optimum = learning_interactions_to(result->curve, result->curve_count, true, ALL);
    int words = resume_size(plan->scenario);
    if (words > 0) {
        result->world = arena_allocate(arena, (size_t)words, sizeof *result->world);
        resume_note(simulation, result->world);
    }
    simulation_destroy(simulation);
    evaluation_destroy(training.evaluation);
    return *result;
}

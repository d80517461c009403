/* Hybrid learning on a model with structure: a deep Q-network with an output per joint answer that plans on a factored
 * Bayesian model of what single requests cost (factored_model.h), in place of a network that predicts the costs of
 * joint answers. What it shows is how much of hybrid learning's need for real steps is the model's, and how much is due
 * to an output per joint answer: the model alone, planned on exactly, is model-thompson.
 *
 * Before every answer, answers to the same question are drawn, judged by the model and learnt from. What follows is not
 * imagined, so that there is no discount. */
#include "../sim/clock.h"
#include "cost_model.h"
#include "dqn.h"
#include "model_plan.h"
#include "open_terms.h"
#include "user_cost.h"

#include <stdlib.h>
#include <string.h>

/* What questions may cost: as for learners that plan exactly. */
enum { FEATURE_LIMIT = 2000 };

typedef struct Parameters {
    DqnParameters dqn;
    int64_t planning_updates;
    double noise, degrees;
    bool sample;
} Parameters;

typedef struct HybridFactored {
    Dqn dqn;
    Parameters parameters;
    FactoredFeatures features;
    CostModel model;
    ModelPlan planner;
    OpenTerms open;
    ReplayBatch batch;
    float *state;
    int *digits, *options; /* [ask_count] of an imagined answer */
    int64_t outcomes;      /* learnt from */
    PolicyWork work;
} HybridFactored;

static const Field fields[] = {
    DQN_TUNED_FIELDS("64", "0.003", "0", "32", "4", "1", "0.02", "50"),
    DQN_COMMON_FIELDS("-0.2", "30"),
    {.key = "planning_updates",
     .kind = FIELD_INTEGER,
     .offset = offsetof(Parameters, planning_updates),
     .fallback = "100",
     .minimum = 0,
     .maximum = 1e6,
     .help = "updates from imagined answers before each real one"},
    {.key = "noise",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, noise),
     .fallback = "0.1",
     .minimum = 1e-3,
     .maximum = 10,
     .help = "relative standard deviation of a cost that learning starts from"},
    {.key = "sample",
     .kind = FIELD_BOOLEAN,
     .offset = offsetof(Parameters, sample),
     .fallback = "no",
     .help = "plan on a draw of what is believed instead of the mean"},
    {.key = "degrees",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, degrees),
     .fallback = "2",
     .minimum = 1,
     .maximum = 1e6,
     .help = "degrees of freedom of the draw; the fewer, the longer its tails"},
};

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    const Parameters *wanted = parameters;
    if (wanted->dqn.values.discount > 0) {
        error_set(error, NULL, 0, 0, "imagines no next questions: use discount: 0");
        return false;
    }
    if (!answer_outputs_suit(scenario, SCOPE_ALL, true, error))
        return false;
    FactoredFeatures features;
    factored_features_init(&features, scenario, FORM_BAYESIAN, true);
    int count = features.count;
    factored_features_free(&features);
    if (count > FEATURE_LIMIT)
        error_set(error, NULL, 0, 0, "%d features are too many to learn, at most %d", count, FEATURE_LIMIT);
    return count <= FEATURE_LIMIT;
}

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    HybridFactored *learner = state;
    Dqn *dqn = &learner->dqn;
    learner->parameters = *(const Parameters *)parameters;
    dqn_init(dqn, &learner->parameters.dqn, SCOPE_ALL, true, scenario, stream);
    factored_features_init(&learner->features, scenario, FORM_BAYESIAN, true);
    CostModelSettings settings = {.noise = learner->parameters.noise, .degrees = learner->parameters.degrees};
    Stream initial = stream_create(stream_next(&dqn->stream), 0, STREAM_POLICY, 0);
    cost_model_init(&learner->model, &learner->features, settings, initial);
    model_plan_init(&learner->planner, scenario);
    open_terms_init(&learner->open, learner->planner.ask_limit, TERM_LIMIT);
    replay_batch_init(&learner->batch, &dqn->replay.shape, dqn->batch.limit);
    size_t asks = (size_t)dqn->outputs.ask_count;
    learner->state = memory_allocate((size_t)dqn->encoding.size, sizeof *learner->state);
    learner->digits = memory_allocate(asks, sizeof *learner->digits);
    learner->options = memory_allocate(asks, sizeof *learner->options);
}

static double believed_cost(void *state, const Decision *decision, int ask, int option, int load)
{
    HybridFactored *learner = state;
    Term terms[TERM_LIMIT];
    int count = factored_features_terms(&learner->features, decision, ask, option, load, terms);
    return cost_model_predict(&learner->model, count, terms);
}

/* Answers drawn at random, in the state of the question, worth what the model says. */
static void imagine(HybridFactored *learner, const Decision *decision)
{
    Dqn *dqn = &learner->dqn;
    ReplayBatch *batch = &learner->batch;
    int kind = answer_outputs_kind(&dqn->outputs, decision);
    for (int i = 0; i < batch->count; i++) {
        dqn_draw(dqn, kind, learner->digits);
        answer_outputs_options(&dqn->outputs, kind, learner->digits, learner->options);
        answer_outputs_choose(&dqn->outputs, kind, learner->digits, batch->actions + i);
        double reward = model_plan_judge(&learner->planner, decision, learner->options);
        batch->rewards[i] = deep_values_scale(&dqn->values, reward);
    }
}

static void plan(HybridFactored *learner, const Decision *decision)
{
    Dqn *dqn = &learner->dqn;
    ReplayBatch *batch = &learner->batch;
    double start_s = clock_s(CLOCK_MONOTONIC);
    encoding_write(&dqn->encoding, decision, learner->state);
    batch->count = batch->limit;
    for (ptrdiff_t i = 0; i < batch->count; i++) {
        memcpy(batch->states + i * dqn->encoding.size, learner->state, (size_t)dqn->encoding.size * sizeof(float));
        batch->weights[i] = 1;
    }
    if (learner->parameters.sample)
        cost_model_use_sample(&learner->model, &dqn->stream);
    else
        cost_model_use_mean(&learner->model);
    model_plan_look(&learner->planner, decision, &(Belief){.model = learner, .cost = believed_cost, .monotone = true});
    for (int64_t i = 0; i < learner->parameters.planning_updates; i++, learner->work.planning_steps++) {
        imagine(learner, decision);
        deep_values_learn(&dqn->values, batch, NULL);
    }
    learner->work.planning_s += clock_s(CLOCK_MONOTONIC) - start_s;
}

/* Keeps the features of an answer for when its outcome is known. */
static void remember(HybridFactored *learner, const Decision *decision, const int *options)
{
    if (decision->index == 0)
        open_terms_clear(&learner->open); /* a new run */
    int64_t slot = open_terms_add(&learner->open, decision->index);
    model_plan_count_loads(&learner->planner, decision, options);
    for (int i = 0; i < decision->ask_count; i++)
        *open_terms_count(&learner->open, slot, i) =
            factored_features_terms(&learner->features, decision, i, options[i], learner->planner.loads[i],
                                    open_terms_of(&learner->open, slot, i));
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    HybridFactored *learner = state;
    if (explore)
        factored_features_look(&learner->features, decision);
    if (explore && learner->outcomes > 0 && learner->parameters.planning_updates > 0)
        plan(learner, decision);
    dqn_decide(&learner->dqn, decision, explore, ret_options);
    if (explore)
        remember(learner, decision, ret_options);
}

static void learn(void *state, const Decision *decision)
{
    HybridFactored *learner = state;
    const Objective *objective = &learner->dqn.scenario->objective;
    for (int i = 0; i < decision->feedback_count; i++) {
        const Feedback *feedback = &decision->feedback[i];
        int64_t slot = open_terms_take(&learner->open, feedback->decision);
        for (int k = 0; slot >= 0 && k < feedback->count; k++, learner->outcomes++)
            cost_model_learn(&learner->model, *open_terms_count(&learner->open, slot, k),
                             open_terms_of(&learner->open, slot, k), 1,
                             user_cost_observed(objective, &feedback->outcomes[k], feedback->count));
    }
    dqn_learn(&learner->dqn, decision);
    if (decision->ask_count == 0)
        open_terms_clear(&learner->open);
}

static const char model_block[] = "model", counts_block[] = "counts";

/* Outcomes learnt from, and planning steps. */
enum { OUTCOMES, PLANNED, COUNTS };

static void save(const void *state, WeightsFile *file)
{
    const HybridFactored *learner = state;
    int64_t counts[COUNTS] = {[OUTCOMES] = learner->outcomes, [PLANNED] = learner->work.planning_steps};
    int64_t *words = arena_allocate(&file->arena, COUNTS, sizeof *words);
    memcpy(words, counts, sizeof counts);
    dqn_save(&learner->dqn, file);
    weights_file_add(file, counts_block, WEIGHTS_INT64, COUNTS, words);
    cost_model_save(&learner->model, file, model_block);
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    HybridFactored *learner = state;
    int64_t counts[COUNTS];
    if (!dqn_load(&learner->dqn, file, error) ||
        !weights_file_copy(file, counts_block, WEIGHTS_INT64, COUNTS, counts, error) ||
        !weights_file_check(file, counts_block, counts[OUTCOMES] >= 0 && counts[PLANNED] >= 0, error))
        return false;
    learner->outcomes = counts[OUTCOMES];
    learner->work.planning_steps = counts[PLANNED];
    return cost_model_load(&learner->model, file, model_block, error);
}

static PolicyWork work(const void *state)
{
    return ((const HybridFactored *)state)->work;
}

static void finish(void *state)
{
    HybridFactored *learner = state;
    factored_features_free(&learner->features);
    cost_model_free(&learner->model);
    model_plan_free(&learner->planner);
    open_terms_free(&learner->open);
    replay_batch_free(&learner->batch);
    free(learner->state);
    free(learner->digits);
    free(learner->options);
    dqn_free(&learner->dqn);
}

const PolicyType policy_hybrid_factored = {
    .name = "hybrid-factored",
    .summary = "deep Q-network that also learns from answers imagined on a factored model of single requests",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(HybridFactored),
    .learns = true,
    .feedback = FEEDBACK_USERS,
    .suits = suits,
    .start = start,
    .decide = decide,
    .learn = learn,
    .save = save,
    .load = load,
    .work = work,
    .finish = finish,
};

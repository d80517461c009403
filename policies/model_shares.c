/* Model-based learning of mixed actions: how long requests take is learnt from every user's own outcome
 * (response_model.h), and options and shares are the joint optimum of what is believed (shared_plan.h). While it learns
 * it plans on one draw of the posterior (Thompson: On the likelihood that one unknown probability exceeds another in
 * view of the evidence of two samples, Biometrika 1933), frozen on the mean. What follows from the bandwidth that is
 * seen is known and need not be learnt, so that a change of it is answered at once. */
#include "../sim/clock.h"
#include "allocation.h"
#include "choice.h"
#include "open_terms.h"
#include "parameter_fields.h"
#include "policy.h"
#include "response_model.h"
#include "shared_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parameters {
    ResponseSettings model;
    int64_t memory, visits;
} Parameters;

typedef struct ModelShares {
    Parameters parameters;
    const Scenario *scenario; /* borrowed */
    Stream stream;
    ResponseModel model;
    SharedPlan plan;
    Allocator allocator;
    OpenTerms open;
    Share *shares; /* [user_count] of the last answer */
    PolicyWork work;
} ModelShares;

static const Field fields[] = {
    NUMBER("noise", model.noise, "0.2", 1e-3, 10,
           "relative standard deviation of a response time that learning starts from"),
    NUMBER("degrees", model.degrees, "2", 1, 1e6,
           "degrees of freedom of a draw of what is believed; the fewer, the longer its tails"),
    NUMBER("deviation", model.deviation, "0.3", 1e-6, 1e3,
           "standard deviation of a variant's time from what its macs say, as a part of the objective's reference"),
    NUMBER("residual", model.residual, "0.1", 0, 1e3,
           "relative standard deviation of the work on one side of a cut from what its macs say; 0: none"),
    INTEGER("memory", memory, "0", 0, 1e15, "questions after which what was learnt counts 1/e; 0: for ever"),
    INTEGER("visits", visits, "2000", 0, 1e9, "partial answers that a plan looks at before the best so far has to do"),
};

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return shared_plan_is_exact(scenario, error);
}

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    ModelShares *learner = state;
    learner->parameters = *(const Parameters *)parameters;
    learner->scenario = scenario;
    learner->stream = stream;
    response_model_init(&learner->model, scenario, learner->parameters.model);
    shared_plan_init(&learner->plan, scenario);
    allocator_init(&learner->allocator, scenario);
    open_terms_init(&learner->open, scenario->user_count, RESPONSE_TERMS);
    learner->shares = memory_allocate((size_t)scenario->user_count, sizeof *learner->shares);
}

/* The best options and shares by what the model predicts now. */
static void plan(ModelShares *learner, const Decision *decision, int *ret_options)
{
    NeedSource needs = response_model_needs(&learner->model);
    shared_plan_find_by(&learner->plan, needs, decision, ANY_VARIANT, learner->parameters.visits, ret_options);
    if (learner->scenario->reserves)
        allocator_share_by(&learner->allocator, ALLOCATION_OPTIMAL, needs, decision, ret_options, learner->shares);
}

static void remember(ModelShares *learner, const Decision *decision, const int *options)
{
    int64_t slot = open_terms_add(&learner->open, decision->index);
    for (int i = 0; i < decision->ask_count; i++)
        *open_terms_count(&learner->open, slot, i) = response_model_terms(
            &learner->model, decision, i, options[i], learner->shares[i], open_terms_of(&learner->open, slot, i));
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    ModelShares *learner = state;
    if (!explore) {
        response_model_use_mean(&learner->model);
        plan(learner, decision, ret_options);
        return;
    }
    if (decision->index == 0)
        open_terms_clear(&learner->open);
    int64_t memory = learner->parameters.memory;
    response_model_forget(&learner->model, memory > 0 ? exp(-1 / (double)memory) : 1);
    double before_s = clock_s(CLOCK_MONOTONIC);
    response_model_use_sample(&learner->model, &learner->stream);
    plan(learner, decision, ret_options);
    learner->work.planning_steps++;
    learner->work.planning_s += clock_s(CLOCK_MONOTONIC) - before_s;
    remember(learner, decision, ret_options);
}

static void share(void *state, const Decision *decision, const int *options, bool explore, Share *ret_shares)
{
    (void)options, (void)explore;
    const ModelShares *learner = state;
    memcpy(ret_shares, learner->shares, (size_t)decision->ask_count * sizeof *ret_shares);
}

static void learn(void *state, const Decision *decision)
{
    ModelShares *learner = state;
    for (int i = 0; i < decision->feedback_count; i++) {
        const Feedback *feedback = &decision->feedback[i];
        int64_t slot = open_terms_take(&learner->open, feedback->decision);
        for (int k = 0; slot >= 0 && k < feedback->count; k++)
            if (!feedback->outcomes[k].refused)
                response_model_learn(&learner->model, *open_terms_count(&learner->open, slot, k),
                                     open_terms_of(&learner->open, slot, k), feedback->outcomes[k].response_s);
    }
    if (decision->ask_count == 0)
        open_terms_clear(&learner->open);
}

static PolicyWork work(const void *state)
{
    return ((const ModelShares *)state)->work;
}

static const char learner_block[] = "learner", model_block[] = "model";

/* The state of the learner's own stream, and its plans. */
enum { PLANNED = STREAM_WORDS, LEARNER_WORDS };

static void save(const void *state, WeightsFile *file)
{
    const ModelShares *learner = state;
    int64_t *words = arena_allocate(&file->arena, LEARNER_WORDS, sizeof *words);
    memcpy(words, learner->stream.state, sizeof learner->stream.state);
    words[PLANNED] = learner->work.planning_steps;
    weights_file_add(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words);
    response_model_save(&learner->model, file, model_block);
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    ModelShares *learner = state;
    int64_t words[LEARNER_WORDS];
    if (!weights_file_copy(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words, error) ||
        !weights_file_check(file, learner_block, words[PLANNED] >= 0, error) ||
        !response_model_load(&learner->model, file, model_block, error))
        return false;
    memcpy(learner->stream.state, words, sizeof learner->stream.state);
    learner->work.planning_steps = words[PLANNED];
    return true;
}

static void finish(void *state)
{
    ModelShares *learner = state;
    response_model_free(&learner->model);
    shared_plan_free(&learner->plan);
    allocator_free(&learner->allocator);
    open_terms_free(&learner->open);
    free(learner->shares);
}

const PolicyType policy_model_shares = {
    .name = "model-shares",
    .summary = "learns speeds of nodes and plans options and shares exactly on one draw of what it believes",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(ModelShares),
    .learns = true,
    .feedback = FEEDBACK_USERS,
    .suits = suits,
    .start = start,
    .decide = decide,
    .share = share,
    .learn = learn,
    .save = save,
    .load = load,
    .work = work,
    .finish = finish,
};

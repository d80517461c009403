/* Hybrid learning (Shahhosseini, Hu, Seo, Kanduri, Donyanavard, Rahmani, Dutt: Hybrid learning for orchestrating deep
 * learning inference in multi-user edge-cloud networks, ISQED 2022): a deep Q-network that learns in three phases which
 * alternate. Direct reinforcement learning updates it from real steps; system-model learning fits a network that
 * predicts what requests will take; planning updates the Q-network from answers that the model judges, which nobody has
 * to give. So it is Dyna (Sutton, ICML 1990) with networks for both parts.
 *
 * Answers are imagined in states that were really seen. What follows one of them is taken to be what really followed,
 * whatever the answer, and there the next answer is imagined, `horizon` in a row. With a discount a step counts what
 * the answers after it are worth, as long as those are the best: one drawn at random says nothing about what the state
 * is worth, and the Q-network's own value of it stands instead, as at the end (Watkins: Learning from delayed rewards,
 * PhD thesis, Cambridge, 1989). Without a discount the answers are learnt in states in the order in which these came.
 */
#include "../sim/clock.h"
#include "dqn.h"
#include "system_model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Remembered steps among which the next one of the same user is looked for, for each user. */
enum { STEPS_AMONG = 4 };

typedef struct Parameters {
    DqnParameters dqn;
    SystemModelParameters model;
    int64_t model_updates, planning_updates, planning_interval, planning_start, planning_full, horizon;
    double planning_epsilon;
} Parameters;

typedef struct HybridLearning {
    Dqn dqn;
    Parameters parameters;
    SystemModel model;
    int64_t steps;           /* real ones */
    int *kinds, *digits;     /* [batch], [batch][ask_count] of imagined answers */
    double *rewards;         /* [batch] */
    int64_t *starts;         /* [batch] places of remembered steps that what is imagined begins at */
    bool *goes_on, *best;    /* [batch] whether the next one follows; whether the answer is the best known */
    double *accuracy_weight; /* [ask_count] of the latest question */
    PolicyWork work;
} HybridLearning;

#define MODEL_INTEGER(KEY, MEMBER, FALLBACK, LEAST, MOST, HELP)                                                        \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_INTEGER, .offset = offsetof(Parameters, MEMBER), .fallback = FALLBACK,               \
        .minimum = LEAST, .maximum = MOST, .help = HELP                                                                \
    }

#define MODEL_QUANTITY(KEY, MEMBER, FALLBACK, HELP)                                                                    \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_QUANTITY, .dimension = DIMENSION_COUNT, .offset = offsetof(Parameters, MEMBER),      \
        .fallback = FALLBACK, .minimum = 0, .maximum = 1, .help = HELP                                                 \
    }
#define MODEL_SWITCH(KEY, MEMBER, HELP)                                                                                \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_BOOLEAN, .offset = offsetof(Parameters, MEMBER), .fallback = "no", .help = HELP      \
    }

static const Field fields[] = {
    DQN_TUNED_FIELDS("64", "0.003", "0", "32", "4", "1", "0.02", "50"),
    DQN_COMMON_FIELDS("-0.2", "30"),
    MODEL_INTEGER("model_updates", model_updates, "16", 0, 1e6, "updates of the system model in each phase"),
    MODEL_INTEGER("planning_updates", planning_updates, "100", 0, 1e6, "updates from imagined answers in each phase"),
    MODEL_INTEGER("planning_interval", planning_interval, "1", 1, 1e9,
                  "real steps from one phase of model learning and planning to the next"),
    MODEL_INTEGER("planning_full", planning_full, "1000", 1, 1e15,
                  "phases come at least a part in so many of the real steps so far apart, thus ever more rarely"),
    MODEL_INTEGER("planning_start", planning_start, "10", 0, 1e9, "real steps before the first planning"),
    MODEL_INTEGER("horizon", horizon, "1", 1, 65536,
                  "imagined answers in a row, each in the state that really followed; at most the batch"),
    MODEL_QUANTITY("planning_epsilon", planning_epsilon, "1",
                   "probability that an imagined answer is drawn at random instead of being the best"),
    MODEL_INTEGER("model_units", model.hidden_units, "128", 1, 65536, "hidden units of the system model"),
    MODEL_QUANTITY("model_rate", model.learning_rate, "0.01", "step size of Adam for the system model at first"),
    MODEL_INTEGER("model_rate_decay", model.learning_rate_decay, "1000", 0, 1e15,
                  "updates of the system model after which its step size is half of the first; 0: never"),
    MODEL_INTEGER("model_batch", model.batch, "32", 1, 65536,
                  "outcomes that an update of the system model learns from"),
    MODEL_INTEGER("model_memory", model.memory, "20000", 1, 1e8, "outcomes that are remembered for the system model"),
    MODEL_SWITCH("model_mean", model.mean, "the system model predicts the mean response time, not each user's"),
    MODEL_SWITCH("model_accuracy", model.learns_accuracy,
                 "the system model predicts accuracies too, instead of those of the options"),
};

/* Whether each request of a question weighs accuracy and time as that in its place of any other question does: in
 * rounds it is of the same user. */
static bool has_equal_tasks(const Scenario *scenario)
{
    bool rounds = scenario->workload.arrivals == ARRIVALS_ROUNDS, equal = true;
    const Application *first = &scenario->applications[0];
    for (int i = 0; i < scenario->application_count; i++) {
        const Application *application = &scenario->applications[i];
        bool differs = application->weights_vary || application->accuracy_weight.mean != first->accuracy_weight.mean;
        equal = equal && !distribution_varies(&application->accuracy_weight) && (rounds || !differs) &&
                application->reference_s == first->reference_s;
    }
    return equal;
}

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    const Parameters *wanted = parameters;
    if (wanted->horizon > wanted->dqn.values.batch) {
        error_set(error, NULL, 0, 0, "a horizon of %" PRId64 " is longer than a batch of %" PRId64, wanted->horizon,
                  wanted->dqn.values.batch);
        return false;
    }
    if (wanted->dqn.values.discount > 0 && wanted->dqn.steps > 1) {
        error_set(error, NULL, 0, 0, "imagines answers one by one: use steps: 1, and a horizon");
        return false;
    }
    if (!has_equal_tasks(scenario)) {
        error_set(error, NULL, 0, 0,
                  "it imagines answers to requests that all weigh accuracy as the last ones did, "
                  "and here weights vary or applications have references of their own");
        return false;
    }
    return answer_outputs_suit(scenario, SCOPE_ALL, true, error);
}

/* Puts after each of a batch's remembered steps those that followed, `horizon` in all, or fewer where memory ends. */
static void follow(HybridLearning *learner)
{
    Dqn *dqn = &learner->dqn;
    ReplayBatch *batch = &dqn->batch;
    int starts = batch->count;
    memcpy(learner->starts, batch->places, (size_t)starts * sizeof *learner->starts);
    batch->count = 0;
    for (int i = 0; i < starts; i++) {
        int64_t place = learner->starts[i];
        for (int64_t k = 0; k < learner->parameters.horizon && place != NO_PLACE; k++) {
            batch->places[batch->count] = place;
            learner->goes_on[batch->count++] = true;
            place = replay_memory_follow(&dqn->replay, place, STEPS_AMONG * dqn->scenario->user_count);
        }
        learner->goes_on[batch->count - 1] = false;
    }
    replay_memory_recall(&dqn->replay, batch);
}

/* Makes remembered steps imagined ones: other answers in their states, worth what the model says. */
static void imagine(HybridLearning *learner)
{
    Dqn *dqn = &learner->dqn;
    ReplayBatch *batch = &dqn->batch;
    ptrdiff_t asks = dqn->outputs.ask_count, state_size = dqn->encoding.size;
    int horizon = (int)learner->parameters.horizon;
    replay_memory_sample(&dqn->replay, &dqn->stream, batch->limit / horizon, dqn->parameters.correction, batch);
    if (horizon > 1)
        follow(learner);
    for (int i = 0; i < batch->count; i++) {
        int *digits = learner->digits + i * asks;
        learner->kinds[i] = answer_outputs_kind_of(&dqn->outputs, batch->actions + i);
        learner->best[i] = stream_uniform(&dqn->stream) >= learner->parameters.planning_epsilon;
        if (!learner->best[i])
            dqn_draw(dqn, learner->kinds[i], digits);
        else
            dqn_best(dqn, learner->kinds[i], batch->states + i * state_size, digits);
        answer_outputs_choose(&dqn->outputs, learner->kinds[i], digits, batch->actions + i);
        batch->weights[i] = 1;
    }
    system_model_judge(&learner->model, batch->count, batch->states, learner->kinds, learner->digits,
                       learner->accuracy_weight, learner->rewards);
    for (int i = 0; i < batch->count; i++)
        batch->rewards[i] = deep_values_scale(&dqn->values, learner->rewards[i]);
    for (int i = 0; i < batch->count - 1; i++)
        learner->goes_on[i] = learner->goes_on[i] && learner->best[i + 1];
    n_step_join(batch, dqn->encoding.size, learner->goes_on);
}

static void plan(HybridLearning *learner)
{
    double start_s = clock_s(CLOCK_MONOTONIC);
    for (int64_t i = 0; i < learner->parameters.planning_updates; i++, learner->work.planning_steps++) {
        imagine(learner);
        deep_values_learn(&learner->dqn.values, &learner->dqn.batch, NULL);
    }
    learner->work.planning_s += clock_s(CLOCK_MONOTONIC) - start_s;
}

/* A long training has phases ever more rarely, as there is less and less to learn from each. */
static bool is_time_to_plan(int64_t steps, const Parameters *parameters)
{
    int64_t interval = parameters->planning_interval, part = steps / parameters->planning_full;
    return steps % (part > interval ? part : interval) == 0;
}

/* The three phases. */
static void learn_step(Dqn *dqn)
{
    HybridLearning *learner = (HybridLearning *)dqn;
    dqn_learn_step(dqn);
    if (!is_time_to_plan(++learner->steps, &learner->parameters))
        return;
    for (int64_t i = 0; i < learner->parameters.model_updates && learner->model.count > 0; i++)
        system_model_learn(&learner->model, &dqn->stream);
    bool plans = learner->parameters.planning_updates > 0 && learner->steps >= learner->parameters.planning_start;
    if (plans && dqn->replay.count > 0)
        plan(learner);
}

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    HybridLearning *learner = state;
    Dqn *dqn = &learner->dqn;
    learner->parameters = *(const Parameters *)parameters;
    dqn_init(dqn, &learner->parameters.dqn, SCOPE_ALL, true, scenario, stream);
    dqn->learn_step = learn_step;
    size_t batch = (size_t)dqn->batch.limit, asks = (size_t)dqn->outputs.ask_count;
    system_model_init(&learner->model, &learner->parameters.model, &dqn->outputs, dqn->encoding.size, dqn->batch.limit,
                      scenario, &dqn->stream);
    learner->kinds = memory_allocate(batch, sizeof *learner->kinds);
    learner->digits = memory_allocate(batch * asks, sizeof *learner->digits);
    learner->rewards = memory_allocate(batch, sizeof *learner->rewards);
    learner->starts = memory_allocate(batch, sizeof *learner->starts);
    learner->goes_on = memory_allocate(batch, sizeof *learner->goes_on);
    learner->best = memory_allocate(batch, sizeof *learner->best);
    learner->accuracy_weight = memory_allocate(asks, sizeof *learner->accuracy_weight);
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    HybridLearning *learner = state;
    for (int i = 0; explore && i < decision->ask_count; i++)
        learner->accuracy_weight[i] = decision->asks[i].accuracy_weight;
    dqn_decide(&learner->dqn, decision, explore, ret_options);
}

static void learn(void *state, const Decision *decision)
{
    HybridLearning *learner = state;
    Dqn *dqn = &learner->dqn;
    for (int i = 0; i < decision->feedback_count; i++) {
        const float *seen;
        const int *chosen;
        if (!experience_find(&dqn->experience, decision->feedback[i].decision, &seen, &chosen))
            continue;
        int kind = answer_outputs_kind_of(&dqn->outputs, chosen);
        answer_outputs_split(&dqn->outputs, kind, chosen, dqn->digits);
        system_model_observe(&learner->model, seen, kind, dqn->digits, &decision->feedback[i]);
    }
    dqn_learn(dqn, decision);
}

static const char model_block[] = "model", steps_block[] = "steps", planning_block[] = "planning_steps",
                  weight_block[] = "accuracy_weight";

static void save(const void *state, WeightsFile *file)
{
    const HybridLearning *learner = state;
    dqn_save(&learner->dqn, file);
    system_model_save(&learner->model, model_block, file);
    weights_file_add(file, steps_block, WEIGHTS_INT64, 1, &learner->steps);
    weights_file_add(file, planning_block, WEIGHTS_INT64, 1, &learner->work.planning_steps);
    weights_file_add(file, weight_block, WEIGHTS_FLOAT64, learner->dqn.outputs.ask_count, learner->accuracy_weight);
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    HybridLearning *learner = state;
    return dqn_load(&learner->dqn, file, error) && system_model_load(&learner->model, model_block, file, error) &&
           weights_file_copy(file, steps_block, WEIGHTS_INT64, 1, &learner->steps, error) &&
           weights_file_copy(file, planning_block, WEIGHTS_INT64, 1, &learner->work.planning_steps, error) &&
           weights_file_copy(file, weight_block, WEIGHTS_FLOAT64, learner->dqn.outputs.ask_count,
                             learner->accuracy_weight, error);
}

static PolicyWork work(const void *state)
{
    return ((const HybridLearning *)state)->work;
}

static void finish(void *state)
{
    HybridLearning *learner = state;
    system_model_free(&learner->model);
    dqn_free(&learner->dqn);
    free(learner->kinds);
    free(learner->digits);
    free(learner->rewards);
    free(learner->starts);
    free(learner->goes_on);
    free(learner->best);
    free(learner->accuracy_weight);
}

const PolicyType policy_hybrid_learning = {
    .name = "hybrid-learning",
    .summary = "deep Q-network that also learns from answers imagined on a learned model of the system",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(HybridLearning),
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

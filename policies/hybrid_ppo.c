/* Proximal policy optimisation of mixed actions (Schulman, Wolski, Dhariwal, Radford, Klimov: Proximal policy
 * optimization algorithms, 2017; with a discrete and a continuous actor: Fan, Su, Zhang, Yu: Hybrid actor-critic
 * reinforcement learning in parameterized action space, IJCAI 2019): every user's option and claims (hybrid_actor.h) by
 * one network that all users share, and by another, the critic, what it will cost the user.
 *
 * What an answer was worth is known whole when it ends, so an episode is one question. The advantage of a user's answer
 * is what the critic expected less what it cost, and the same of the others who asked with it, whose parts were divided
 * with the user's. */
#include "exploration.h"
#include "hybrid_actor.h"
#include "parameter_fields.h"
#include "policy.h"
#include "user_cost.h"
#include "user_learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parameters {
    int64_t hidden_layers, hidden_units;
    double learning_rate, critic_rate;
    int64_t learning_rate_decay;
    int64_t horizon, epochs, batch; /* questions of a rollout; passes over it; questions of an update */
    HybridLoss loss;
    double deviation, deviation_floor;
    int64_t exploration_decay;
    double gradient_limit, regard, reward_scale;
} Parameters;

/* What is remembered of a HybridAction beside its option. */
enum {
    COMPUTE_CLAIM,
    BANDWIDTH_CLAIM,
    COMPUTE_NEEDED,
    BANDWIDTH_NEEDED,
    DEVIATION,
    LOG_CHOICE,
    LOG_CLAIMS,
    VALUE_COUNT
};

typedef struct HybridPpo {
    Parameters parameters;
    UserLearner base; /* its memory is the rollout: learnt from when it is full, and emptied */
    HybridActor actor;
    Network *critic;
    int64_t updates;
    float *values;     /* [ask_count][VALUE_COUNT] of the answer */
    Claims *claims;    /* [ask_count] */
    float *advantages; /* [horizon][ask_count] */
    int64_t *order;    /* [horizon] */
    float *batch_rows; /* [batch x ask_count][states.size] */
    float *slopes;     /* [batch x ask_count] of the critic's loss */
} HybridPpo;

static const Field fields[] = {
    INTEGER("hidden_layers", hidden_layers, "1", 0, NETWORK_LAYER_LIMIT - 1, "hidden layers of either network"),
    INTEGER("hidden_units", hidden_units, "128", 1, 65536, "units of a hidden layer"),
    NUMBER("learning_rate", learning_rate, "0.001", 0, 1, "step size of Adam at the first update of the actor"),
    NUMBER("critic_rate", critic_rate, "0.003", 0, 1, "the same of the critic"),
    INTEGER("learning_rate_decay", learning_rate_decay, "2000", 1, 1e15,
            "updates after which both are half of the first, a third after twice as many"),
    INTEGER("horizon", horizon, "32", 1, 1e6, "questions that are answered between two rounds of updates"),
    INTEGER("epochs", epochs, "4", 1, 1e6, "times that an update learns from each of them"),
    INTEGER("batch", batch, "16", 1, 65536, "questions that an update learns from"),
    NUMBER("clip", loss.clip, "0.2", 0, 10, "change of a likelihood ratio from 1 beyond which nothing more is gained"),
    NUMBER("entropy", loss.entropy, "0.3", 0, 1e6,
           "worth of the entropy of the choice of options at the first question"),
    NUMBER("deviation", deviation, "0.2", 1e-3, 100, "standard deviation of claims at the first question"),
    NUMBER("deviation_floor", deviation_floor, "0.1", 1e-3, 100, "the least that it falls to while learning"),
    INTEGER("exploration_decay", exploration_decay, "500", 1, 1e15,
            "questions after which it, and what entropy is worth, have fallen to 1/e of their start"),
    NUMBER("gradient_limit", gradient_limit, "0", 0, 1e9, "greatest norm of an update's gradients; 0: any"),
    NUMBER("regard", regard, "0.3", 0, 1e3, "weight of what befell the other users; 0: everybody for himself"),
    NUMBER("reward_scale", reward_scale, "10", 1e-9, 1e9, "what a reward of 1 is to the critic"),
};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    HybridPpo *learner = state;
    const Parameters *wanted = &learner->parameters;
    learner->parameters = *(const Parameters *)parameters;
    user_learner_init(&learner->base, scenario, stream, wanted->horizon, 0, VALUE_COUNT);
    int asks = learner->base.states.ask_count, row_limit = asks * (int)wanted->batch;
    size_t row = (size_t)learner->base.states.size, questions = (size_t)wanted->horizon;
    NetworkShape shape =
        network_shape_uniform(learner->base.states.size, wanted->hidden_layers, wanted->hidden_units, 1);
    hybrid_actor_init(&learner->actor, &learner->base.features, shape, row_limit, &learner->base.stream);
    learner->critic = network_create(shape, row_limit, &learner->base.stream);
    learner->values = memory_allocate((size_t)asks * VALUE_COUNT, sizeof *learner->values);
    learner->claims = memory_allocate((size_t)asks, sizeof *learner->claims);
    learner->advantages = memory_allocate(questions * (size_t)asks, sizeof *learner->advantages);
    learner->order = memory_allocate(questions, sizeof *learner->order);
    learner->batch_rows = memory_allocate((size_t)row_limit * row, sizeof *learner->batch_rows);
    learner->slopes = memory_allocate((size_t)row_limit, sizeof *learner->slopes);
}

static void keep_action(const HybridAction *action, float *ret_values)
{
    for (int c = 0; c < CLAIM_COUNT; c++) {
        ret_values[COMPUTE_CLAIM + c] = (float)action->claims.values[c];
        ret_values[COMPUTE_NEEDED + c] = action->needs.needed[c];
    }
    ret_values[DEVIATION] = (float)action->deviation;
    ret_values[LOG_CHOICE] = (float)action->log_choice;
    ret_values[LOG_CLAIMS] = (float)action->log_claims;
}

/* The action of ask number `ask` of the question at a place of the rollout. */
static HybridAction action_at(const HybridPpo *learner, int64_t place, int ask)
{
    int64_t index = place * learner->base.states.ask_count + ask;
    const float *values = learner->base.memory.ended.values + index * VALUE_COUNT;
    int code = learner->base.memory.ended.actions[index], limit = learner->base.features.option_limit;
    HybridAction action = {.group = code / limit,
                           .option = code % limit,
                           .deviation = (double)values[DEVIATION],
                           .log_choice = (double)values[LOG_CHOICE],
                           .log_claims = (double)values[LOG_CLAIMS]};
    for (int c = 0; c < CLAIM_COUNT; c++) {
        action.claims.values[c] = (double)values[COMPUTE_CLAIM + c];
        action.needs.needed[c] = values[COMPUTE_NEEDED + c] > 0;
    }
    return action;
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    HybridPpo *learner = state;
    const Parameters *parameters = &learner->parameters;
    user_states_write(&learner->base.states, decision, learner->base.rows);
    network_forward(learner->actor.network, learner->base.rows, decision->ask_count);
    double deviation = explore
                           ? exploration_exponential(parameters->deviation, parameters->deviation_floor,
                                                     (double)parameters->exploration_decay, learner->base.answered++)
                           : 0;
    for (int i = 0; i < decision->ask_count; i++) {
        HybridAction action =
            hybrid_actor_draw(&learner->actor, i, &decision->asks[i], deviation, &learner->base.stream);
        keep_action(&action, learner->values + (ptrdiff_t)i * VALUE_COUNT);
        learner->base.actions[i] = option_features_action(&learner->base.features, action.group, action.option);
        learner->claims[i] = action.claims;
        ret_options[i] = action.option;
    }
    if (explore)
        answer_memory_open(&learner->base.memory, decision->index, learner->base.rows, learner->base.actions,
                           learner->values);
}

static void share(void *state, const Decision *decision, const int *options, bool explore, Share *ret_shares)
{
    (void)explore;
    HybridPpo *learner = state;
    claims_divide(learner->base.scenario, decision, options, learner->claims, ret_shares);
}

static size_t row_numbers(const HybridPpo *learner)
{
    return (size_t)(learner->base.states.ask_count * learner->base.states.size);
}

/* What was expected less what it cost, the others' counted by regard, scaled to a mean of 0 and a deviation of 1. */
static void fill_advantages(HybridPpo *learner)
{
    const AnswerMemory *rollout = &learner->base.memory;
    int asks = learner->base.states.ask_count;
    float regard = (float)learner->parameters.regard;
    double sum = 0, squares = 0, count = (double)(rollout->count * asks);
    for (int64_t place = 0; place < rollout->count; place++) {
        float *advantages = learner->advantages + place * asks, total = 0;
        network_forward(learner->critic, rollout->ended.rows + (size_t)place * row_numbers(learner), asks);
        for (int i = 0; i < asks; i++) {
            advantages[i] = *network_output(learner->critic, i) - rollout->ended.costs[place * asks + i];
            total += advantages[i];
        }
        for (int i = 0; i < asks; i++) {
            advantages[i] += regard * (total - advantages[i]);
            sum += (double)advantages[i];
            squares += (double)(advantages[i] * advantages[i]);
        }
    }
    double mean = sum / count, deviation = sqrt(fmax(squares / count - mean * mean, 0)) + 1e-8;
    for (int64_t i = 0; i < rollout->count * asks; i++)
        learner->advantages[i] = (float)(((double)learner->advantages[i] - mean) / deviation);
}

static void update_actor(HybridPpo *learner, const int64_t *places, int rows, double rate)
{
    int asks = learner->base.states.ask_count;
    Network *network = learner->actor.network;
    HybridLoss loss = learner->parameters.loss;
    loss.entropy *=
        exploration_exponential(1, 0, (double)learner->parameters.exploration_decay, learner->base.answered);
    network_forward(network, learner->batch_rows, rows);
    for (int row = 0; row < rows; row++) {
        int64_t place = places[row / asks];
        HybridAction action = action_at(learner, place, row % asks);
        hybrid_actor_differentiate(&learner->actor, row, &action,
                                   (double)learner->advantages[place * asks + row % asks], loss, 1.0 / rows);
    }
    network_backward(network, learner->actor.gradients);
    network_clip(network, learner->parameters.gradient_limit);
    network_step(network, rate);
}

static void update_critic(HybridPpo *learner, const int64_t *places, int rows, double rate)
{
    int asks = learner->base.states.ask_count;
    network_forward(learner->critic, learner->batch_rows, rows);
    for (int row = 0; row < rows; row++) {
        float cost = learner->base.memory.ended.costs[places[row / asks] * asks + row % asks];
        network_loss(LOSS_HUBER, *network_output(learner->critic, row) - cost, &learner->slopes[row]);
        learner->slopes[row] /= (float)rows;
    }
    network_backward(learner->critic, learner->slopes);
    network_clip(learner->critic, learner->parameters.gradient_limit);
    network_step(learner->critic, rate);
}

/* One update of both networks from `count` questions of the rollout. */
static void update(HybridPpo *learner, const int64_t *places, int count)
{
    const Parameters *parameters = &learner->parameters;
    size_t numbers = row_numbers(learner);
    for (size_t k = 0; k < (size_t)count; k++)
        memcpy(learner->batch_rows + k * numbers, learner->base.memory.ended.rows + (size_t)places[k] * numbers,
               numbers * sizeof *learner->batch_rows);
    double decay = 1 + (double)learner->updates++ / (double)parameters->learning_rate_decay;
    int rows = count * learner->base.states.ask_count;
    update_actor(learner, places, rows, parameters->learning_rate / decay);
    update_critic(learner, places, rows, parameters->critic_rate / decay);
}

static void shuffle(Stream *stream, int64_t *order, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        order[i] = i;
    for (int64_t i = count - 1; i > 0; i--) {
        int64_t other = (int64_t)stream_uniform_integer(stream, (uint64_t)i + 1), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

static void learn_from_rollout(HybridPpo *learner)
{
    int64_t count = learner->base.memory.count, batch = learner->parameters.batch;
    fill_advantages(learner);
    for (int64_t epoch = 0; epoch < learner->parameters.epochs; epoch++) {
        shuffle(&learner->base.stream, learner->order, count);
        for (int64_t first = 0; first < count; first += batch)
            update(learner, learner->order + first, (int)(count - first < batch ? count - first : batch));
    }
    answer_memory_clear(&learner->base.memory);
}

static void learn(void *state, const Decision *decision)
{
    HybridPpo *learner = state;
    const Objective *objective = &learner->base.scenario->objective;
    double scale = learner->parameters.reward_scale;
    for (int i = 0; i < decision->feedback_count; i++) {
        const Feedback *feedback = &decision->feedback[i];
        user_cost_parts(objective, feedback, scale, learner->base.costs);
        for (int k = 0; k < feedback->count; k++) {
            const Outcome *outcome = &feedback->outcomes[k];
            learner->base.costs[k] +=
                (float)(scale * user_cost_offset(objective, outcome->accuracy, outcome->accuracy_weight));
        }
        answer_memory_end(&learner->base.memory, feedback->decision, learner->base.costs);
        if (learner->base.memory.count == learner->parameters.horizon)
            learn_from_rollout(learner);
    }
    if (decision->ask_count == 0)
        answer_memory_abandon(&learner->base.memory);
}

static const char rollout_block[] = "rollout";

enum { NETWORK_COUNT = 2 };

static void list_networks(const HybridPpo *learner, UserLearnerNetwork *ret_networks)
{
    ret_networks[0] = (UserLearnerNetwork){"actor", learner->actor.network};
    ret_networks[1] = (UserLearnerNetwork){"critic", learner->critic};
}

static void save(const void *state, WeightsFile *file)
{
    const HybridPpo *learner = state;
    UserLearnerNetwork networks[NETWORK_COUNT];
    list_networks(learner, networks);
    user_learner_save(&learner->base, learner->updates, networks, NETWORK_COUNT, rollout_block, file);
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    HybridPpo *learner = state;
    UserLearnerNetwork networks[NETWORK_COUNT];
    list_networks(learner, networks);
    return user_learner_load(&learner->base, &learner->updates, networks, NETWORK_COUNT, rollout_block, file, error);
}

static void finish(void *state)
{
    HybridPpo *learner = state;
    hybrid_actor_free(&learner->actor);
    network_destroy(learner->critic);
    user_learner_free(&learner->base);
    free(learner->values);
    free(learner->claims);
    free(learner->advantages);
    free(learner->order);
    free(learner->batch_rows);
    free(learner->slopes);
}

const PolicyType policy_hybrid_ppo = {
    .name = "hybrid-ppo",
    .summary = "proximal policy optimisation of options and shares together, one network for all users",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(HybridPpo),
    .learns = true,
    .feedback = FEEDBACK_USERS,
    .start = start,
    .decide = decide,
    .share = share,
    .learn = learn,
    .save = save,
    .load = load,
    .finish = finish,
};

/* Proximal policy optimisation of mixed actions (Schulman, Wolski, Dhariwal, Radford, Klimov: Proximal policy
 * optimization algorithms, 2017; with a discrete and a continuous actor: Fan, Su, Zhang, Yu: Hybrid actor-critic
 * reinforcement learning in parameterized action space, IJCAI 2019): every user's option and claims (hybrid_actor.h) by
 * one network that all users share, and a critic by another, whose values of the users who ask have the reward as their
 * mean.
 *
 * An answer's worth is known whole when it ends, so an episode is one question, and its advantage is the reward less what
 * the critic expected; all users of a question have the same one. */
#include "exploration.h"
#include "hybrid_actor.h"
#include "network_file.h"
#include "pending.h"
#include "policy.h"
#include "user_states.h"

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
    int64_t deviation_decay;
    double gradient_limit, reward_scale;
} Parameters;

/* Questions answered by the policy as it is, learnt from together when all of them have ended. */
typedef struct Rollout {
    int64_t count, ended;  /* taken, and of them those whose reward is known */
    Pending pending;       /* row: place in the arrays */
    float *rows;           /* [horizon][ask_count][row size] */
    HybridAction *actions; /* [horizon][ask_count] */
    float *rewards;        /* [horizon] scaled; NAN: not known */
    float *advantages;     /* [horizon] */
} Rollout;

typedef struct HybridPpo {
    Parameters parameters;
    const Scenario *scenario; /* borrowed */
    Stream stream;
    UserStates states;
    OptionFeatures features;
    HybridActor actor;
    Network *critic;
    Rollout rollout;
    int64_t answered; /* questions, while learning */
    int64_t updates;
    float *rows;           /* [ask_count][states.size] of the question */
    HybridAction *actions; /* [ask_count] its answer */
    Claims *claims;        /* [ask_count] */
    int64_t *order;        /* [horizon] */
    float *batch_rows;     /* [batch x ask_count][states.size] */
    float *batch_gradients; /* [batch x ask_count] of the critic */
} HybridPpo;

#define INTEGER(KEY, MEMBER, FALLBACK, LEAST, MOST, HELP)                                                              \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_INTEGER, .offset = offsetof(Parameters, MEMBER), .fallback = FALLBACK,               \
        .minimum = LEAST, .maximum = MOST, .help = HELP                                                                \
    }
#define NUMBER(KEY, MEMBER, FALLBACK, LEAST, MOST, HELP)                                                               \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_QUANTITY, .dimension = DIMENSION_COUNT, .offset = offsetof(Parameters, MEMBER),      \
        .fallback = FALLBACK, .minimum = LEAST, .maximum = MOST, .help = HELP                                          \
    }

static const Field fields[] = {
    INTEGER("hidden_layers", hidden_layers, "1", 0, NETWORK_LAYER_LIMIT - 1, "hidden layers of either network"),
    INTEGER("hidden_units", hidden_units, "64", 1, 65536, "units of a hidden layer"),
    NUMBER("learning_rate", learning_rate, "0.003", 0, 1, "step size of Adam at the first update of the actor"),
    NUMBER("critic_rate", critic_rate, "0.003", 0, 1, "the same of the critic"),
    INTEGER("learning_rate_decay", learning_rate_decay, "2000", 1, 1e15,
            "updates after which both are half of the first, a third after twice as many"),
    INTEGER("horizon", horizon, "128", 1, 1e6, "questions that are answered between two rounds of updates"),
    INTEGER("epochs", epochs, "4", 1, 1e6, "times that an update learns from each of them"),
    INTEGER("batch", batch, "32", 1, 65536, "questions that an update learns from"),
    NUMBER("clip", loss.clip, "0.2", 0, 10, "change of a likelihood ratio from 1 beyond which nothing more is gained"),
    NUMBER("entropy", loss.entropy, "0.01", 0, 1e6, "worth of the entropy of the choice of options"),
    NUMBER("deviation", deviation, "0.5", 1e-3, 100, "standard deviation of claims at the first question"),
    NUMBER("deviation_floor", deviation_floor, "0.1", 1e-3, 100, "the least that it falls to while learning"),
    INTEGER("deviation_decay", deviation_decay, "1000", 1, 1e15,
            "questions after which it has fallen to 1/e of its start"),
    NUMBER("gradient_limit", gradient_limit, "0.5", 0, 1e9, "greatest norm of an update's gradients; 0: any"),
    NUMBER("reward_scale", reward_scale, "10", 1e-9, 1e9, "what a reward of 1 is to the critic"),
};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    HybridPpo *learner = state;
    const Parameters *wanted = &learner->parameters;
    learner->parameters = *(const Parameters *)parameters;
    learner->scenario = scenario;
    learner->stream = stream;
    user_states_init(&learner->states, scenario);
    option_features_init(&learner->features, scenario);
    int asks = learner->states.ask_count, row_limit = asks * (int)wanted->batch;
    size_t row = (size_t)learner->states.size, questions = (size_t)wanted->horizon, answers = questions * (size_t)asks;
    NetworkShape shape = {.layer_count = (int)wanted->hidden_layers + 1, .sizes = {learner->states.size}};
    for (int l = 0; l < wanted->hidden_layers; l++)
        shape.sizes[l + 1] = (int)wanted->hidden_units;
    hybrid_actor_init(&learner->actor, &learner->features, shape, row_limit, &learner->stream);
    shape.sizes[shape.layer_count] = 1;
    learner->critic = network_create(shape, row_limit, &learner->stream);
    learner->rollout = (Rollout){.rows = memory_allocate(answers * row, sizeof(float)),
                                 .actions = memory_allocate(answers, sizeof(HybridAction)),
                                 .rewards = memory_allocate(questions, sizeof(float)),
                                 .advantages = memory_allocate(questions, sizeof(float))};
    learner->rows = memory_allocate((size_t)asks * row, sizeof *learner->rows);
    learner->actions = memory_allocate((size_t)asks, sizeof *learner->actions);
    learner->claims = memory_allocate((size_t)asks, sizeof *learner->claims);
    learner->order = memory_allocate(questions, sizeof *learner->order);
    learner->batch_rows = memory_allocate((size_t)row_limit * row, sizeof *learner->batch_rows);
    learner->batch_gradients = memory_allocate((size_t)row_limit, sizeof *learner->batch_gradients);
}

static size_t row_bytes(const HybridPpo *learner, int64_t questions)
{
    return (size_t)questions * (size_t)(learner->states.ask_count * learner->states.size) * sizeof(float);
}

static float *rows_of(const HybridPpo *learner, int64_t place)
{
    return learner->rollout.rows + place * learner->states.ask_count * learner->states.size;
}

static HybridAction *actions_of(const HybridPpo *learner, int64_t place)
{
    return learner->rollout.actions + place * learner->states.ask_count;
}

/* Questions whose end is not known any more make room. */
static void forget_open(HybridPpo *learner)
{
    Rollout *rollout = &learner->rollout;
    int64_t kept = 0;
    for (int64_t place = 0; place < rollout->count; place++) {
        if (isnan(rollout->rewards[place]))
            continue;
        if (kept < place) {
            memcpy(rows_of(learner, kept), rows_of(learner, place), row_bytes(learner, 1));
            memcpy(actions_of(learner, kept), actions_of(learner, place),
                   (size_t)learner->states.ask_count * sizeof(HybridAction));
            rollout->rewards[kept] = rollout->rewards[place];
        }
        kept++;
    }
    rollout->count = kept;
    pending_clear(&rollout->pending);
}

/* Where the rollout is full of questions that have not ended, this one is not learnt from. */
static void remember(HybridPpo *learner, const Decision *decision)
{
    Rollout *rollout = &learner->rollout;
    if (decision->index == 0)
        forget_open(learner);
    if (rollout->count == learner->parameters.horizon)
        return;
    int64_t place = rollout->count++;
    memcpy(rows_of(learner, place), learner->rows, row_bytes(learner, 1));
    memcpy(actions_of(learner, place), learner->actions, (size_t)decision->ask_count * sizeof *learner->actions);
    rollout->rewards[place] = NAN;
    pending_add(&rollout->pending, decision->index)->row = place;
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    HybridPpo *learner = state;
    const Parameters *parameters = &learner->parameters;
    user_states_write(&learner->states, decision, learner->rows);
    network_forward(learner->actor.network, learner->rows, decision->ask_count);
    double deviation = explore ? exploration_exponential(parameters->deviation, parameters->deviation_floor,
                                                         (double)parameters->deviation_decay, learner->answered++)
                               : 0;
    for (int i = 0; i < decision->ask_count; i++) {
        learner->actions[i] =
            hybrid_actor_draw(&learner->actor, i, &decision->asks[i], deviation, &learner->stream);
        learner->claims[i] = learner->actions[i].claims;
        ret_options[i] = learner->actions[i].option;
    }
    if (explore)
        remember(learner, decision);
}

static void share(void *state, const Decision *decision, const int *options, bool explore, Share *ret_shares)
{
    (void)explore;
    HybridPpo *learner = state;
    claims_divide(learner->scenario, decision, options, learner->claims, ret_shares);
}

/* What the critic expects of the question whose rows begin at `row` of its last forward. */
static float expected(const HybridPpo *learner, int row)
{
    float sum = 0;
    for (int i = 0; i < learner->states.ask_count; i++)
        sum += *network_output(learner->critic, row + i);
    return sum / (float)learner->states.ask_count;
}

/* Rewards less what was expected, scaled to a mean of 0 and a deviation of 1. */
static void fill_advantages(HybridPpo *learner)
{
    Rollout *rollout = &learner->rollout;
    int asks = learner->states.ask_count;
    double sum = 0, squares = 0;
    for (int64_t place = 0; place < rollout->count; place++) {
        network_forward(learner->critic, rows_of(learner, place), asks);
        rollout->advantages[place] = rollout->rewards[place] - expected(learner, 0);
        sum += (double)rollout->advantages[place];
        squares += (double)(rollout->advantages[place] * rollout->advantages[place]);
    }
    double count = (double)rollout->count, mean = sum / count;
    double deviation = sqrt(fmax(squares / count - mean * mean, 0)) + 1e-8;
    for (int64_t place = 0; place < rollout->count; place++)
        rollout->advantages[place] = (float)(((double)rollout->advantages[place] - mean) / deviation);
}

/* One update of both networks from `count` questions of the rollout. */
static void update(HybridPpo *learner, const int64_t *places, int count)
{
    const Parameters *parameters = &learner->parameters;
    const Rollout *rollout = &learner->rollout;
    int asks = learner->states.ask_count, rows = count * asks;
    for (int k = 0; k < count; k++)
        memcpy(learner->batch_rows + (ptrdiff_t)k * asks * learner->states.size, rows_of(learner, places[k]),
               row_bytes(learner, 1));
    double rate = 1 / (1 + (double)learner->updates++ / (double)parameters->learning_rate_decay);

    network_forward(learner->actor.network, learner->batch_rows, rows);
    for (int row = 0; row < rows; row++)
        hybrid_actor_differentiate(&learner->actor, row, &actions_of(learner, places[row / asks])[row % asks],
                                   (double)rollout->advantages[places[row / asks]], parameters->loss, 1.0 / rows);
    network_backward(learner->actor.network, learner->actor.gradients);
    network_clip(learner->actor.network, parameters->gradient_limit);
    network_step(learner->actor.network, parameters->learning_rate * rate);

    network_forward(learner->critic, learner->batch_rows, rows);
    for (int row = 0; row < rows; row += asks) {
        float slope;
        network_loss(LOSS_HUBER, expected(learner, row) - rollout->rewards[places[row / asks]], &slope);
        for (int i = 0; i < asks; i++)
            learner->batch_gradients[row + i] = slope / (float)rows;
    }
    network_backward(learner->critic, learner->batch_gradients);
    network_clip(learner->critic, parameters->gradient_limit);
    network_step(learner->critic, parameters->critic_rate * rate);
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
    int64_t count = learner->rollout.count;
    fill_advantages(learner);
    for (int64_t epoch = 0; epoch < learner->parameters.epochs; epoch++) {
        shuffle(&learner->stream, learner->order, count);
        for (int64_t first = 0; first < count; first += learner->parameters.batch) {
            int64_t rest = count - first;
            update(learner, learner->order + first, (int)(rest < learner->parameters.batch ? rest : learner->parameters.batch));
        }
    }
    learner->rollout.count = learner->rollout.ended = 0;
    pending_clear(&learner->rollout.pending);
}

static void learn(void *state, const Decision *decision)
{
    HybridPpo *learner = state;
    Rollout *rollout = &learner->rollout;
    for (int i = 0; i < decision->feedback_count; i++) {
        const Feedback *feedback = &decision->feedback[i];
        PendingDecision *pending = pending_find(&rollout->pending, feedback->decision);
        if (!pending)
            continue;
        rollout->rewards[pending->row] = (float)(feedback->reward * learner->parameters.reward_scale);
        pending->open = false;
        if (++rollout->ended == learner->parameters.horizon)
            learn_from_rollout(learner);
    }
    if (decision->ask_count == 0)
        forget_open(learner);
}

static void finish(void *state)
{
    HybridPpo *learner = state;
    user_states_free(&learner->states);
    option_features_free(&learner->features);
    hybrid_actor_free(&learner->actor);
    network_destroy(learner->critic);
    pending_free(&learner->rollout.pending);
    free(learner->rollout.rows);
    free(learner->rollout.actions);
    free(learner->rollout.rewards);
    free(learner->rollout.advantages);
    free(learner->rows);
    free(learner->actions);
    free(learner->claims);
    free(learner->order);
    free(learner->batch_rows);
    free(learner->batch_gradients);
}

const PolicyType policy_hybrid_ppo = {
    .name = "hybrid-ppo",
    .summary = "proximal policy optimisation of options and shares together, one network for all users",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(HybridPpo),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .start = start,
    .decide = decide,
    .share = share,
    .learn = learn,
    .finish = finish,
};

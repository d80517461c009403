/* Parametrised deep Q-learning (Xiong, Wang, Yang, Sun, Han, Zheng, Fu, Zhang, Liu, Liu: Parametrized deep Q-networks
 * learning, 2018): a network of parameters says for every option with what claims it would be answered (claims.h), a
 * Q-network what the option with these claims costs, and the cheapest is taken. Claims learn to lower what the
 * Q-network expects. Both networks are of all users, and know options by their features and what they cost others
 * (social_costs.h). Every option is read with its own claims alone (Bester, James, Konidaris: Multi-pass Q-networks
 * for deep reinforcement learning with parameterised action spaces, 2019), so that those of others do not disturb it.
 *
 * An answer's worth is known whole when it ends, so nothing is bootstrapped. What accuracies are worth is taken from
 * the options' accuracies. */
#include "claims.h"
#include "exploration.h"
#include "parameter_fields.h"
#include "policy.h"
#include "social_costs.h"
#include "user_learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parameters {
    SocialParameters costs;
    double claim_rate; /* step size of the network of parameters */
    int64_t updates, replay;
    double epsilon, epsilon_floor;
    int64_t epsilon_decay;
    double deviation, deviation_floor;
    int64_t deviation_decay;
    double claim_limit, reward_scale;
} Parameters;

typedef struct PDqn {
    Parameters parameters;
    UserLearner base;
    Network *parameter_network; /* rows of states -> [CLAIM_COUNT][features] */
    SocialCosts costs;          /* of rows of states and claims */
    int row_size;               /* a row of states and the claims */
    float *trials;              /* [option_limit][row_size] every option of one user with its claims */
    float *answer;              /* [ask_count][row_size] */
    Claims *claims;             /* [ask_count] */
    float *plain;               /* [batch x ask_count][states.size] rows of a batch without claims */
    float *gradients;           /* [batch x ask_count][row_size] */
    float *parameter_gradients; /* [batch x ask_count][CLAIM_COUNT][features] */
} PDqn;

static const Field fields[] = {
    INTEGER("hidden_layers", costs.hidden_layers, "1", 0, NETWORK_LAYER_LIMIT - 1, "hidden layers of either network"),
    INTEGER("hidden_units", costs.hidden_units, "128", 1, 65536, "units of a hidden layer"),
    NUMBER("learning_rate", costs.learning_rate, "0.001", 0, 1,
           "step size of Adam at the first update of the Q-network"),
    NUMBER("claim_rate", claim_rate, "0.0003", 0, 1, "the same of the network of parameters"),
    INTEGER("learning_rate_decay", costs.learning_rate_decay, "2000", 1, 1e15,
            "updates after which both are half of the first, a third after twice as many"),
    INTEGER("batch", costs.batch, "16", 1, 65536, "remembered questions that an update learns from"),
    INTEGER("updates", updates, "1", 0, 1e6, "updates after each question"),
    INTEGER("replay", replay, "5000", 1, 1e8, "questions that are remembered"),
    NUMBER("epsilon", epsilon, "1", 0, 1, "probability of a random option for each user at the first question"),
    NUMBER("epsilon_floor", epsilon_floor, "0.2", 0, 1, "the least that it falls to while learning"),
    INTEGER("epsilon_decay", epsilon_decay, "100", 1, 1e15, "questions after which it has fallen to 1/e of its start"),
    NUMBER("deviation", deviation, "0.3", 0, 100,
           "standard deviation of claims from the network's at the first question"),
    NUMBER("deviation_floor", deviation_floor, "0.05", 0, 100, "the least that it falls to while learning"),
    INTEGER("deviation_decay", deviation_decay, "1000", 1, 1e15,
            "questions after which it has fallen to 1/e of its start"),
    NUMBER("claim_limit", claim_limit, "3", 0.1, CLAIM_MOST, "greatest claim either way"),
    NUMBER("reward_scale", reward_scale, "30", 1e-9, 1e9, "what a reward of 1 is to the networks"),
    NUMBER("regard", costs.regard, "0.3", 0, 1e3,
           "weight of what a choice costs the other users; 0: everybody for himself"),
};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    PDqn *learner = state;
    learner->parameters = *(const Parameters *)parameters;
    user_learner_init(&learner->base, scenario, stream, learner->parameters.replay, CLAIM_COUNT, 0);
    const SocialParameters *wanted = &learner->parameters.costs;
    int asks = learner->base.states.ask_count, plain_size = learner->base.states.size, batch = (int)wanted->batch;
    int row_size = learner->row_size = plain_size + CLAIM_COUNT, options = learner->base.features.option_limit;
    size_t rows = (size_t)(batch * asks);
    NetworkShape shape = network_shape_uniform(plain_size, wanted->hidden_layers, wanted->hidden_units,
                                               CLAIM_COUNT * learner->base.features.count);
    learner->parameter_network = network_create(shape, batch * asks, &learner->base.stream);
    social_costs_init(&learner->costs, wanted, &learner->base.features, asks, row_size, options, &learner->base.stream);
    learner->trials = memory_allocate((size_t)(options * row_size), sizeof *learner->trials);
    learner->answer = memory_allocate((size_t)(asks * row_size), sizeof *learner->answer);
    learner->claims = memory_allocate((size_t)asks, sizeof *learner->claims);
    learner->plain = memory_allocate(rows * (size_t)plain_size, sizeof *learner->plain);
    learner->gradients = memory_allocate(rows * (size_t)row_size, sizeof *learner->gradients);
    learner->parameter_gradients = memory_allocate(rows * (size_t)(CLAIM_COUNT * learner->base.features.count),
                                                   sizeof *learner->parameter_gradients);
}

/* A claim within its limit. */
static float limited(const PDqn *learner, double claim)
{
    return (float)fmax(-learner->parameters.claim_limit, fmin(claim, learner->parameters.claim_limit));
}

/* The claims of an option by outputs of the network of parameters, with noise of this deviation. */
static void fill_claims(PDqn *learner, const float *outputs, int group, int option, double deviation, float *ret_claims)
{
    for (int c = 0; c < CLAIM_COUNT; c++) {
        double mean = (double)option_features_score(&learner->base.features, group, option,
                                                    outputs + (ptrdiff_t)c * learner->base.features.count);
        if (deviation > 0)
            mean += deviation * rng_normal(stream_next(&learner->base.stream));
        ret_claims[c] = limited(learner, mean);
    }
}

/* The cheapest option of the ask whose row is number `row` of what the network of parameters read last. */
static int cheapest(PDqn *learner, const Ask *ask, int row)
{
    int size = learner->row_size, plain = learner->base.states.size,
        group = learner->base.scenario->group_of[ask->node];
    const float *outputs = network_output(learner->parameter_network, row);
    for (int o = 0; o < ask->options->count; o++) {
        float *trial = learner->trials + (ptrdiff_t)o * size;
        memcpy(trial, learner->base.rows + (ptrdiff_t)row * plain, (size_t)plain * sizeof *trial);
        fill_claims(learner, outputs, group, o, 0, trial + plain);
    }
    network_forward(learner->costs.network, learner->trials, ask->options->count);
    return social_costs_cheapest(&learner->costs, ask, learner->parameters.reward_scale, 0, 1);
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    PDqn *learner = state;
    const Parameters *parameters = &learner->parameters;
    double epsilon = 0, deviation = 0;
    if (explore) {
        epsilon = exploration_exponential(parameters->epsilon, parameters->epsilon_floor,
                                          (double)parameters->epsilon_decay, learner->base.answered);
        deviation = exploration_exponential(parameters->deviation, parameters->deviation_floor,
                                            (double)parameters->deviation_decay, learner->base.answered++);
    }
    user_states_write(&learner->base.states, decision, learner->base.rows);
    network_forward(learner->parameter_network, learner->base.rows, decision->ask_count);
    int plain = learner->base.states.size;
    for (int i = 0; i < decision->ask_count; i++) {
        const Ask *ask = &decision->asks[i];
        int group = learner->base.scenario->group_of[ask->node];
        bool random = explore && stream_uniform(&learner->base.stream) < epsilon;
        ret_options[i] = random ? (int)stream_uniform_integer(&learner->base.stream, (uint64_t)ask->options->count)
                                : cheapest(learner, ask, i);
        float *row = learner->answer + (ptrdiff_t)i * learner->row_size;
        memcpy(row, learner->base.rows + (ptrdiff_t)i * plain, (size_t)plain * sizeof *row);
        fill_claims(learner, network_output(learner->parameter_network, i), group, ret_options[i], deviation,
                    row + plain);
        for (int c = 0; c < CLAIM_COUNT; c++)
            learner->claims[i].values[c] = (double)row[plain + c];
        learner->base.actions[i] = option_features_action(&learner->base.features, group, ret_options[i]);
    }
    if (explore)
        answer_memory_open(&learner->base.memory, decision->index, learner->answer, learner->base.actions, NULL);
}

static void share(void *state, const Decision *decision, const int *options, bool explore, Share *ret_shares)
{
    (void)explore;
    PDqn *learner = state;
    claims_divide(learner->base.scenario, decision, options, learner->claims, ret_shares);
}

/* A gradient that would push a claim towards its limit fades as it comes near (Hausknecht, Stone: Deep reinforcement
 * learning in parameterized action space, ICLR 2016). */
static float fade(const PDqn *learner, float gradient, float claim)
{
    float limit = (float)learner->parameters.claim_limit;
    return gradient * (gradient < 0 ? limit - claim : claim + limit) / (2 * limit);
}

/* Moves the claims of the options in the last batch to where they cost less. */
static void improve_claims(PDqn *learner)
{
    SocialCosts *costs = &learner->costs;
    int count = costs->count, plain = learner->base.states.size, size = learner->row_size;
    int features = learner->base.features.count, limit = learner->base.features.option_limit;
    for (int row = 0; row < count; row++)
        memcpy(learner->plain + (ptrdiff_t)row * plain, costs->rows + (ptrdiff_t)row * size,
               (size_t)plain * sizeof *learner->plain);
    network_forward(learner->parameter_network, learner->plain, count);
    for (int row = 0; row < count; row++)
        fill_claims(learner, network_output(learner->parameter_network, row), costs->actions[row] / limit,
                    costs->actions[row] % limit, 0, costs->rows + (ptrdiff_t)row * size + plain);
    social_costs_differentiate(costs, learner->gradients);
    memset(learner->parameter_gradients, 0,
           (size_t)count * (size_t)(CLAIM_COUNT * features) * sizeof *learner->parameter_gradients);
    for (int row = 0; row < count; row++)
        for (int c = 0; c < CLAIM_COUNT; c++) {
            ptrdiff_t at = (ptrdiff_t)row * size + plain + c;
            float gradient = fade(learner, learner->gradients[at], costs->rows[at]) / (float)count;
            option_features_spread(&learner->base.features, costs->actions[row] / limit, costs->actions[row] % limit,
                                   gradient,
                                   learner->parameter_gradients + ((ptrdiff_t)row * CLAIM_COUNT + c) * features);
        }
    network_backward(learner->parameter_network, learner->parameter_gradients);
    network_step(learner->parameter_network, social_costs_rate(costs, learner->parameters.claim_rate));
}

static void learn(void *state, const Decision *decision)
{
    PDqn *learner = state;
    const Parameters *parameters = &learner->parameters;
    for (int i = 0; i < decision->feedback_count; i++) {
        bool ended = user_learner_end(&learner->base, &decision->feedback[i], parameters->reward_scale);
        for (int64_t k = 0; ended && k < parameters->updates; k++) {
            social_costs_learn(&learner->costs, &learner->base.memory, &learner->base.stream);
            improve_claims(learner);
        }
    }
    if (decision->ask_count == 0)
        answer_memory_abandon(&learner->base.memory);
}

static const char memory_block[] = "memory";

enum { NETWORK_COUNT = 2 };

static void list_networks(const PDqn *learner, UserLearnerNetwork *ret_networks)
{
    ret_networks[0] = (UserLearnerNetwork){"parameter_network", learner->parameter_network};
    ret_networks[1] = (UserLearnerNetwork){"network", learner->costs.network};
}

static void save(const void *state, WeightsFile *file)
{
    const PDqn *learner = state;
    UserLearnerNetwork networks[NETWORK_COUNT];
    list_networks(learner, networks);
    user_learner_save(&learner->base, learner->costs.updates, networks, NETWORK_COUNT, memory_block, file);
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    PDqn *learner = state;
    UserLearnerNetwork networks[NETWORK_COUNT];
    list_networks(learner, networks);
    return user_learner_load(&learner->base, &learner->costs.updates, networks, NETWORK_COUNT, memory_block, file,
                             error);
}

static void finish(void *state)
{
    PDqn *learner = state;
    network_destroy(learner->parameter_network);
    social_costs_free(&learner->costs);
    user_learner_free(&learner->base);
    float *owned[] = {learner->trials, learner->answer, learner->plain, learner->gradients,
                      learner->parameter_gradients};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
        free(owned[i]);
    free(learner->claims);
}

const PolicyType policy_p_dqn = {
    .name = "p-dqn",
    .summary = "parametrised deep Q-network: shares by one network, options with these shares valued by another",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(PDqn),
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

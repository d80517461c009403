/* Deep Q-learning of discrete choices that resemble each other: one network for all users, options by their features
 * (option_features.h), with what an option costs its user and the others (social_costs.h). What is reserved is divided
 * as the scenario's allocation says, so that with `optimal` shares only the discrete part is learnt.
 *
 * What an answer was worth is known whole when it ends, so nothing is bootstrapped: there is no discount and no target
 * network. What accuracies are worth is taken from the options' accuracies; what is learnt is what time costs. */
#include "exploration.h"
#include "network_file.h"
#include "parameter_fields.h"
#include "policy.h"
#include "social_costs.h"
#include "user_cost.h"
#include "user_states.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parameters {
    SocialParameters costs;
    int64_t updates, replay; /* for each question; questions that are remembered */
    double epsilon, epsilon_floor;
    int64_t epsilon_decay;
    double reward_scale;
} Parameters;

typedef struct DqnFeatures {
    Parameters parameters;
    const Scenario *scenario; /* borrowed */
    Stream stream;
    UserStates states;
    OptionFeatures features;
    SocialCosts costs;
    AnswerMemory memory;
    int64_t explored; /* questions answered while learning */
    float *rows;      /* [ask_count][states.size] */
    int *actions;     /* [ask_count] */
    float *outcome;   /* [ask_count] */
} DqnFeatures;

static const Field fields[] = {
    INTEGER("hidden_layers", costs.hidden_layers, "1", 0, NETWORK_LAYER_LIMIT - 1, "hidden layers"),
    INTEGER("hidden_units", costs.hidden_units, "128", 1, 65536, "units of a hidden layer"),
    NUMBER("learning_rate", costs.learning_rate, "0.001", 0, 1, "step size of Adam at the first update"),
    INTEGER("learning_rate_decay", costs.learning_rate_decay, "10000", 1, 1e15,
            "updates after which the step size is half of the first, a third after twice as many"),
    INTEGER("batch", costs.batch, "32", 1, 65536, "remembered questions that an update learns from"),
    INTEGER("updates", updates, "2", 0, 1e6, "updates after each question"),
    INTEGER("replay", replay, "5000", 1, 1e8, "questions that are remembered"),
    NUMBER("epsilon", epsilon, "0.3", 0, 1, "probability of a random option for each user at the first question"),
    NUMBER("epsilon_floor", epsilon_floor, "0.05", 0, 1, "the least that it falls to while learning"),
    INTEGER("epsilon_decay", epsilon_decay, "1000", 1, 1e15, "questions after which it has fallen to 1/e of its start"),
    NUMBER("reward_scale", reward_scale, "100", 1e-9, 1e9, "what a reward of 1 is to the network"),
    NUMBER("regard", costs.regard, "1", 0, 1e3,
           "weight of what a choice costs the other users; 0: everybody for himself"),
};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    DqnFeatures *learner = state;
    learner->parameters = *(const Parameters *)parameters;
    learner->scenario = scenario;
    learner->stream = stream;
    user_states_init(&learner->states, scenario);
    option_features_init(&learner->features, scenario);
    int asks = learner->states.ask_count, row_size = learner->states.size;
    social_costs_init(&learner->costs, &learner->parameters.costs, &learner->features, asks, row_size, asks,
                      &learner->stream);
    answer_memory_init(&learner->memory,
                       (AnswerShape){.capacity = learner->parameters.replay, .ask_count = asks, .row_size = row_size});
    learner->rows = memory_allocate((size_t)(asks * row_size), sizeof *learner->rows);
    learner->actions = memory_allocate((size_t)asks, sizeof *learner->actions);
    learner->outcome = memory_allocate((size_t)asks, sizeof *learner->outcome);
}

/* The cheapest option for the ask whose row is number `row` of those read last. */
static int cheapest(const DqnFeatures *learner, const Ask *ask, int row)
{
    int best = 0, group = learner->scenario->group_of[ask->node];
    double least = INFINITY, scale = learner->parameters.reward_scale;
    for (int o = 0; o < ask->options->count; o++) {
        double accuracy = ask->options->items[o].accuracy;
        double cost = (double)social_costs_of(&learner->costs, row, group, o) / scale +
                      user_cost_offset(&learner->scenario->objective, accuracy, ask->accuracy_weight);
        if (cost < least) {
            least = cost;
            best = o;
        }
    }
    return best;
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    DqnFeatures *learner = state;
    const Parameters *parameters = &learner->parameters;
    user_states_write(&learner->states, decision, learner->rows);
    network_forward(learner->costs.network, learner->rows, decision->ask_count);
    double epsilon = explore ? exploration_exponential(parameters->epsilon, parameters->epsilon_floor,
                                                       (double)parameters->epsilon_decay, learner->explored++)
                             : 0;
    for (int i = 0; i < decision->ask_count; i++) {
        const Ask *ask = &decision->asks[i];
        bool random = explore && stream_uniform(&learner->stream) < epsilon;
        ret_options[i] = random ? (int)stream_uniform_integer(&learner->stream, (uint64_t)ask->options->count)
                                : cheapest(learner, ask, i);
        learner->actions[i] =
            option_features_action(&learner->features, learner->scenario->group_of[ask->node], ret_options[i]);
    }
    if (explore)
        answer_memory_open(&learner->memory, decision->index, learner->rows, learner->actions, NULL);
}

static void learn(void *state, const Decision *decision)
{
    DqnFeatures *learner = state;
    const Parameters *parameters = &learner->parameters;
    for (int i = 0; i < decision->feedback_count; i++) {
        const Feedback *feedback = &decision->feedback[i];
        user_cost_parts(&learner->scenario->objective, feedback, parameters->reward_scale, learner->outcome);
        bool ended = answer_memory_end(&learner->memory, feedback->decision, learner->outcome);
        for (int64_t k = 0; ended && k < parameters->updates; k++)
            social_costs_learn(&learner->costs, &learner->memory, &learner->stream);
    }
    if (decision->ask_count == 0)
        answer_memory_abandon(&learner->memory);
}

static const char learner_block[] = "learner", network_block[] = "network", memory_block[] = "memory";

enum { EXPLORED = STREAM_WORDS, UPDATES, LEARNER_WORDS };

static void save(const void *state, WeightsFile *file)
{
    const DqnFeatures *learner = state;
    int64_t *words = arena_allocate(&file->arena, LEARNER_WORDS, sizeof *words);
    memcpy(words, learner->stream.state, sizeof learner->stream.state);
    words[EXPLORED] = learner->explored;
    words[UPDATES] = learner->costs.updates;
    weights_file_add(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words);
    network_file_add(file, network_block, learner->costs.network);
    answer_memory_save(&learner->memory, file, memory_block);
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    DqnFeatures *learner = state;
    int64_t words[LEARNER_WORDS];
    if (!weights_file_copy(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words, error) ||
        !network_file_read(file, network_block, learner->costs.network, error) ||
        !answer_memory_load(&learner->memory, file, memory_block, error) ||
        !weights_file_check(file, memory_block, option_features_has_actions(&learner->features, &learner->memory),
                            error))
        return false;
    memcpy(learner->stream.state, words, sizeof learner->stream.state);
    learner->explored = words[EXPLORED];
    learner->costs.updates = words[UPDATES];
    return true;
}

static void finish(void *state)
{
    DqnFeatures *learner = state;
    user_states_free(&learner->states);
    option_features_free(&learner->features);
    social_costs_free(&learner->costs);
    answer_memory_free(&learner->memory);
    free(learner->rows);
    free(learner->actions);
    free(learner->outcome);
}

const PolicyType policy_dqn_features = {
    .name = "dqn-features",
    .summary = "deep Q-network for all users that knows options by their features, and what they cost others",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(DqnFeatures),
    .learns = true,
    .feedback = FEEDBACK_USERS,
    .start = start,
    .decide = decide,
    .learn = learn,
    .save = save,
    .load = load,
    .finish = finish,
};

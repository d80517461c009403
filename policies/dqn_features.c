/* Deep Q-learning of discrete choices that resemble each other: one network for all users, options by their features
 * (option_features.h), users' costs that add up to what the reward says (summed_costs.h). What is reserved is divided
 * as the scenario's allocation says, so that with `optimal` shares only the discrete part is learnt.
 *
 * An answer's worth is known whole when it ends, so nothing is bootstrapped: there is no discount and no target network.
 * What accuracies are worth is taken from the options' accuracies; what is learnt is what is left of the reward. */
#include "encoding.h"
#include "experience.h"
#include "exploration.h"
#include "network_file.h"
#include "policy.h"
#include "replay_memory_file.h"
#include "summed_costs.h"
#include "user_cost.h"
#include "user_states.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parameters {
    SummedCostsParameters costs;
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
    SummedCosts costs;
    Experience experience;
    ReplayMemory replay;
    ReplayBatch batch;
    int64_t explored; /* questions answered while learning */
    float *rows;      /* [ask_count][states.size] */
    float *scores;    /* [option_limit] */
    int *actions;     /* [ask_count] */
} DqnFeatures;

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
    INTEGER("hidden_layers", costs.hidden_layers, "1", 0, NETWORK_LAYER_LIMIT - 1, "hidden layers"),
    INTEGER("hidden_units", costs.hidden_units, "64", 1, 65536, "units of a hidden layer"),
    NUMBER("learning_rate", costs.learning_rate, "0.003", 0, 1, "step size of Adam at the first update"),
    INTEGER("learning_rate_decay", costs.learning_rate_decay, "2000", 1, 1e15,
            "updates after which the step size is half of the first, a third after twice as many"),
    INTEGER("batch", costs.batch, "32", 1, 65536, "remembered questions that an update learns from"),
    INTEGER("updates", updates, "2", 0, 1e6, "updates after each question"),
    INTEGER("replay", replay, "5000", 1, 1e8, "questions that are remembered"),
    NUMBER("epsilon", epsilon, "1", 0, 1, "probability of a random option for each user at the first question"),
    NUMBER("epsilon_floor", epsilon_floor, "0.05", 0, 1, "the least that it falls to while learning"),
    INTEGER("epsilon_decay", epsilon_decay, "200", 1, 1e15, "questions after which it has fallen to 1/e of its start"),
    NUMBER("reward_scale", reward_scale, "10", 1e-9, 1e9, "what a reward of 1 is to the network"),
};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    DqnFeatures *learner = state;
    learner->parameters = *(const Parameters *)parameters;
    learner->scenario = scenario;
    learner->stream = stream;
    user_states_init(&learner->states, scenario);
    option_features_init(&learner->features, scenario);
    const SummedCostsParameters *wanted = &learner->parameters.costs;
    int asks = learner->states.ask_count, row_size = learner->states.size;
    summed_costs_init(&learner->costs, wanted, &learner->features, asks, row_size, asks, &learner->stream);
    ReplayShape shape = {.capacity = learner->parameters.replay, .state_size = asks * row_size, .action_size = asks};
    experience_init(&learner->experience, scenario->user_count, &shape, 1, 0);
    replay_memory_init(&learner->replay, shape);
    replay_batch_init(&learner->batch, &shape, (int)wanted->batch);
    learner->rows = memory_allocate((size_t)shape.state_size, sizeof *learner->rows);
    learner->scores = memory_allocate((size_t)learner->features.option_limit, sizeof *learner->scores);
    learner->actions = memory_allocate((size_t)asks, sizeof *learner->actions);
}

static int cheapest(const DqnFeatures *learner, const Ask *ask, const float *weights)
{
    int best = 0;
    double least = INFINITY, scale = learner->parameters.reward_scale;
    option_features_scores(&learner->features, learner->scenario->group_of[ask->node], weights, learner->scores);
    for (int o = 0; o < ask->options->count; o++) {
        double accuracy = ask->options->items[o].accuracy;
        double cost = (double)learner->scores[o] / scale +
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
                                : cheapest(learner, ask, network_output(learner->costs.network, i));
        learner->actions[i] =
            summed_costs_action(&learner->costs, learner->scenario->group_of[ask->node], ret_options[i]);
    }
    if (explore)
        experience_answer(&learner->experience, decision->index, decision->asks[0].user, learner->rows,
                          learner->actions, &learner->replay);
}

static void update(DqnFeatures *learner)
{
    for (int64_t i = 0; i < learner->parameters.updates; i++) {
        replay_memory_sample(&learner->replay, &learner->stream, (int)learner->parameters.costs.batch, 0,
                             &learner->batch);
        summed_costs_learn(&learner->costs, &learner->batch);
    }
}

static void learn(void *state, const Decision *decision)
{
    DqnFeatures *learner = state;
    for (int i = 0; i < decision->feedback_count; i++) {
        const Feedback *feedback = &decision->feedback[i];
        double cost = user_cost_rest(&learner->scenario->objective, feedback) * learner->parameters.reward_scale;
        int steps = experience_reward(&learner->experience, feedback->decision, (float)cost, &learner->replay);
        for (int k = 0; k < steps; k++)
            update(learner);
    }
    if (decision->ask_count == 0)
        experience_conclude(&learner->experience, &learner->replay);
}

static const char learner_block[] = "learner", network_block[] = "network", replay_block[] = "replay";

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
    replay_memory_file_add(file, replay_block, &learner->replay);
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    DqnFeatures *learner = state;
    int64_t words[LEARNER_WORDS];
    if (!weights_file_copy(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words, error) ||
        !network_file_read(file, network_block, learner->costs.network, error) ||
        !replay_memory_file_read(file, replay_block, &learner->replay, error) ||
        !weights_file_check(file, replay_block, summed_costs_has_actions(&learner->costs, &learner->replay), error))
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
    summed_costs_free(&learner->costs);
    experience_free(&learner->experience);
    replay_memory_free(&learner->replay);
    replay_batch_free(&learner->batch);
    free(learner->rows);
    free(learner->scores);
    free(learner->actions);
}

const PolicyType policy_dqn_features = {
    .name = "dqn-features",
    .summary = "deep Q-network for all users that values options by their features; values add up to the reward",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(DqnFeatures),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .start = start,
    .decide = decide,
    .learn = learn,
    .save = save,
    .load = load,
    .finish = finish,
};

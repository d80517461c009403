/* Deep Q-learning of discrete choices that resemble each other: one network for all users, options by their features
 * (option_features.h), with what an option costs its user and the others (social_costs.h). What is reserved is divided
 * as the scenario's allocation says, so that with `optimal` shares only the discrete part is learnt.
 *
 * What an answer was worth is known whole when it ends, so nothing is bootstrapped: there is no discount and no target
 * network. What accuracies are worth is taken from the options' accuracies; what is learnt is what time costs. */
#include "exploration.h"
#include "parameter_fields.h"
#include "policy.h"
#include "social_costs.h"
#include "user_learner.h"

typedef struct Parameters {
    SocialParameters costs;
    int64_t updates, replay; /* for each question; questions that are remembered */
    double epsilon, epsilon_floor;
    int64_t epsilon_decay;
    double reward_scale;
} Parameters;

typedef struct DqnFeatures {
    Parameters parameters;
    UserLearner base;
    SocialCosts costs;
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
    user_learner_init(&learner->base, scenario, stream, learner->parameters.replay, 0, 0);
    int asks = learner->base.states.ask_count;
    social_costs_init(&learner->costs, &learner->parameters.costs, &learner->base.features, asks,
                      learner->base.states.size, asks, &learner->base.stream);
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    DqnFeatures *learner = state;
    const Parameters *parameters = &learner->parameters;
    user_states_write(&learner->base.states, decision, learner->base.rows);
    network_forward(learner->costs.network, learner->base.rows, decision->ask_count);
    double epsilon = explore ? exploration_exponential(parameters->epsilon, parameters->epsilon_floor,
                                                       (double)parameters->epsilon_decay, learner->base.answered++)
                             : 0;
    for (int i = 0; i < decision->ask_count; i++) {
        const Ask *ask = &decision->asks[i];
        bool random = explore && stream_uniform(&learner->base.stream) < epsilon;
        ret_options[i] = random ? (int)stream_uniform_integer(&learner->base.stream, (uint64_t)ask->options->count)
                                : social_costs_cheapest(&learner->costs, ask, parameters->reward_scale, i, 0);
        learner->base.actions[i] = option_features_action(&learner->base.features,
                                                          learner->base.scenario->group_of[ask->node], ret_options[i]);
    }
    if (explore)
        answer_memory_open(&learner->base.memory, decision->index, learner->base.rows, learner->base.actions, NULL);
}

static void learn(void *state, const Decision *decision)
{
    DqnFeatures *learner = state;
    const Parameters *parameters = &learner->parameters;
    for (int i = 0; i < decision->feedback_count; i++) {
        bool ended = user_learner_end(&learner->base, &decision->feedback[i], parameters->reward_scale);
        for (int64_t k = 0; ended && k < parameters->updates; k++)
            social_costs_learn(&learner->costs, &learner->base.memory, &learner->base.stream);
    }
    if (decision->ask_count == 0)
        answer_memory_abandon(&learner->base.memory);
}

static const char memory_block[] = "memory";

static void save(const void *state, WeightsFile *file)
{
    const DqnFeatures *learner = state;
    const UserLearnerNetwork network = {"network", learner->costs.network};
    user_learner_save(&learner->base, learner->costs.updates, &network, 1, memory_block, file);
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    DqnFeatures *learner = state;
    const UserLearnerNetwork network = {"network", learner->costs.network};
    return user_learner_load(&learner->base, &learner->costs.updates, &network, 1, memory_block, file, error);
}

static void finish(void *state)
{
    DqnFeatures *learner = state;
    social_costs_free(&learner->costs);
    user_learner_free(&learner->base);
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

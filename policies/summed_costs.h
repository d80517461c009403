/* What answers cost, by a network that all users share: a user's cost of an option is the sum of the option's features
 * times what the network gives for the user's row, and the mean over the users who ask is learnt from the reward of the
 * whole alone (value decomposition; Sunehag et al.: Value-decomposition networks for cooperative multi-agent learning,
 * AAMAS 2018). A user's cost so comes to hold what its choice costs the others too. */
#ifndef ORCHID_POLICIES_SUMMED_COSTS_H
#define ORCHID_POLICIES_SUMMED_COSTS_H

#include "network.h"
#include "option_features.h"
#include "replay_memory.h"

typedef struct SummedCostsParameters {
    int64_t hidden_layers, hidden_units;
    double learning_rate;
    int64_t learning_rate_decay; /* updates after which the rate is half of the first, a third after twice as many */
    int64_t batch;               /* questions of an update */
} SummedCostsParameters;

typedef struct SummedCosts {
    SummedCostsParameters parameters;
    const OptionFeatures *features; /* borrowed */
    int ask_count, row_size;
    Network *network;
    int64_t updates;
    float *gradients; /* [batch x ask_count][features] scratch */
    float *costs;     /* [batch x ask_count] */
} SummedCosts;

/* A network for rows of so many inputs, of which network_forward may also read up to `row_limit` at once. */
void summed_costs_init(SummedCosts *costs, const SummedCostsParameters *parameters, const OptionFeatures *features,
                       int ask_count, int row_size, int row_limit, Stream *stream);
void summed_costs_free(SummedCosts *costs);

/* How an answer is remembered: each ask's group of users and option as one number. */
static inline int summed_costs_action(const SummedCosts *costs, int group, int option)
{
    return group * costs->features->option_limit + option;
}

/* Whether all remembered actions are such numbers. */
bool summed_costs_has_actions(const SummedCosts *costs, const ReplayMemory *memory);

/* One update from questions whose state is the rows of all asks, [ask_count][row_size], whose actions are those above,
 * and whose reward is the mean cost. */
void summed_costs_learn(SummedCosts *costs, const ReplayBatch *batch);

/* How the sum of costs of the answers that were read last changes with their rows: ret_gradients[count][row_size]. */
void summed_costs_differentiate(SummedCosts *costs, const float *rows, const int *actions, int count,
                                float *ret_gradients);

#endif

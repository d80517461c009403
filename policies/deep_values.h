/* Values of answers by a network, and how they are learnt from batches of transitions: deep Q-learning (Mnih et al.:
 * Human-level control through deep reinforcement learning, Nature 2015) with, as settings, double Q-learning (van
 * Hasselt, Guez, Silver: Deep reinforcement learning with double Q-learning, AAAI 2016) and duelling heads (Wang et
 * al.: Dueling network architectures for deep reinforcement learning, ICML 2016).
 *
 * With a head for each user (Tavakoli, Pardo, Kormushev: Action branching architectures for deep reinforcement
 * learning, AAAI 2018) every head learns the value of the whole, from the mean of all heads' best values; or, `summed`,
 * the heads' values add up to it (Sunehag et al.: Value-decomposition networks for cooperative multi-agent learning,
 * AAMAS 2018). */
#ifndef ORCHID_POLICIES_DEEP_VALUES_H
#define ORCHID_POLICIES_DEEP_VALUES_H

#include "answer_outputs.h"
#include "network.h"
#include "replay_memory.h"

typedef struct ValueParameters {
    int64_t hidden_layers, hidden_units;
    double learning_rate;
    int64_t learning_rate_decay; /* updates after which the rate is half of the first, a third after twice as many; 0:
                                    ten for each output, at least 1,000 */
    double gradient_limit;       /* norm of an update's gradients at most; 0: any */
    int64_t batch;               /* transitions of an update */
    double discount;
    bool twice, duelling;    /* double Q-learning; a value of the state apart from the advantages of answers */
    bool summed;             /* heads' values add up; only with more than one head */
    int64_t target_interval; /* updates between copies to the target network */
    double initial_value;    /* of all answers, a reward */
    double reward_centre, reward_scale; /* the network learns (reward - centre) x scale */
    int64_t sparse_from;                /* outputs from which on only chosen ones learn, see network_sparse.h */
} ValueParameters;

typedef struct DeepValues {
    ValueParameters parameters;
    const AnswerOutputs *outputs; /* borrowed */
    Network *online;              /* with `duelling`, one output more than there are answers */
    Network *target;              /* NULL without a discount */
    int64_t updates;
    float *values, *gradients; /* [batch][per_answer] of the chosen outputs */
    float *targets;            /* [batch] */
} DeepValues;

/* Networks for states of so many inputs, with weights from the stream. Zeroed memory is enough. */
void deep_values_init(DeepValues *values, const ValueParameters *parameters, const AnswerOutputs *outputs,
                      int state_size, Stream *stream);
void deep_values_free(DeepValues *values);

/* What the network learns for a reward. */
float deep_values_scale(const DeepValues *values, double reward);

/* The outputs of the online network for one state, valid until the next call of anything here. With `duelling` the
 * advantages: heads are off by a constant each. */
const float *deep_values_read(DeepValues *values, const float *state);

/* The best answer to a question of a kind, by outputs as read: ret_chosen[per_answer]. The first of equals. */
void deep_values_best(const DeepValues *values, const float *outputs, int kind, int *ret_chosen);

/* One update from a batch, whose rewards are scaled. Fills ret_errors[count] with value - target (may be NULL). */
void deep_values_learn(DeepValues *values, const ReplayBatch *batch, float *ret_errors);

#endif

/* What a request will cost, learnt by networks: an ensemble on the same features as the linear model, which needs to be
 * told neither how cores are shared nor that conditions add up.
 *
 * Networks learn the logarithm of a cost, so that errors are relative. Members differ by their start, by noise of their
 * own on every cost (Osband, Van Roy, Wen: Generalization and exploration via randomized value functions, ICML 2016),
 * and by a random network of their own that is added and never learns, which keeps them apart where there are no data
 * (Osband, Aslanides, Cassirer: Randomized prior functions for deep reinforcement learning, NeurIPS 2018). One member
 * is a draw of what the function might be. */
#ifndef ORCHID_POLICIES_NETWORK_MODEL_H
#define ORCHID_POLICIES_NETWORK_MODEL_H

#include "bayes_linear.h"
#include "network.h"
#include "weights_file.h"

enum { MEAN_MEMBER = -1 };

typedef struct NetworkModelSettings {
    int input_count;  /* features */
    int members;      /* >= 1 */
    int hidden;       /* units of the one hidden layer */
    int updates;      /* training steps of each member per call of network_model_train, at first */
    int64_t capacity; /* costs remembered, the newest */
    double learning_rate;
    double noise;   /* relative standard deviation of a cost */
    double prior;   /* factor of the random networks */
    double degrees; /* of freedom: how often a draw exaggerates, as in factored_model_use_sample */
} NetworkModelSettings;

typedef struct NetworkModel {
    NetworkModelSettings settings;
    Stream stream;
    Network **networks, **priors; /* [members] */
    double unit;                  /* the first cost seen; 0: none yet */
    int64_t count, next;          /* costs held; place of the next */
    float *inputs;                /* [capacity][input_count] */
    float *targets;               /* [capacity][members] logarithms of cost / unit, each with noise of its own */
    float *batch_inputs, *batch_targets;
    double *logarithms; /* [members] of the cost last predicted */
    double due;         /* updates of each member that are due, less than 1 between calls */
    int64_t trained;    /* calls of network_model_train that learnt */
    int member;         /* in use; MEAN_MEMBER: all */
    double spread;      /* its distance from the mean, times this */
} NetworkModel;

void network_model_init(NetworkModel *model, NetworkModelSettings settings, Stream stream);
void network_model_free(NetworkModel *model);

/* Predicts by all members, or by one that `stream` draws, from now on. */
void network_model_use_mean(NetworkModel *model);
void network_model_use_sample(NetworkModel *model, Stream *stream);

/* The cost of a request with these features, by the members in use; how far all members differ about it. */
double network_model_predict(NetworkModel *model, int count, const Term *terms);
double network_model_sd(NetworkModel *model, int count, const Term *terms);

/* Remembers a cost; zero or less teaches nothing. */
void network_model_learn(NetworkModel *model, int count, const Term *terms, double cost);

/* Trains each member on batches of what is remembered. */
void network_model_train(NetworkModel *model);

/* Adds blocks NAME.words, NAME.numbers, NAME.inputs and NAME.targets, the latter two borrowed, and the networks
 * NAME.member0, NAME.prior0 and so on, and makes a model of the same settings that has learnt nothing what was added.
 * The member in use is not kept. False, and why in `error`, where the file does not have it whole; the model is good
 * for network_model_free then. */
void network_model_save(const NetworkModel *model, WeightsFile *file, const char *name);
bool network_model_load(NetworkModel *model, const WeightsFile *file, const char *name, Error *error);

#endif

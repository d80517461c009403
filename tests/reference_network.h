/* A network as one writes it in an afternoon, to put beside policies/network.h: plain loops over one sample at a time,
 * a row of weights for each output, every gradient dense. */
#ifndef ORCHID_TESTS_REFERENCE_NETWORK_H
#define ORCHID_TESTS_REFERENCE_NETWORK_H

#include "../policies/network.h"

typedef struct NaiveLayer {
    int inputs, outputs;
    float *weights, *gradients, *first_moments, *second_moments; /* [outputs][inputs + 1] the last column: biases */
    float *values, *deltas;                                      /* [outputs] of the sample under way */
} NaiveLayer;

typedef struct NaiveNetwork {
    int layer_count, steps;
    NaiveLayer layers[NETWORK_LAYER_LIMIT];
} NaiveNetwork;

/* One with the same weights. */
NaiveNetwork naive_network_create(const Network *network);
void naive_network_free(NaiveNetwork *network);

/* The outputs for one sample, valid until the next call. */
const float *naive_network_forward(NaiveNetwork *network, const float *inputs);

/* One step of Adam on the mean Huber loss of the chosen output of each sample; returns that mean. */
double naive_network_train(NaiveNetwork *network, const float *inputs, const int *chosen, const float *targets,
                           int count, float learning_rate);

#endif

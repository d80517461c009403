#include "logistic_network.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HIDDEN = 16, BATCH = 32, EPOCH_LIMIT = 120, PATIENCE = 15 };

static const double LEARNING_RATE = 3e-3;

double logistic_network_sum(Network *network, const double *inputs, int count, float *scratch)
{
    for (int i = 0; i < count; i++)
        scratch[i] = (float)inputs[i];
    return (double)*network_forward(network, scratch, 1);
}

static double mean_loss(Network *network, const LogisticSamples *samples, const double *weights, float *scratch)
{
    double sum = 0;
    for (int i = 0; i < samples->count; i++) {
        const double *inputs = samples->inputs + (ptrdiff_t)i * samples->size;
        double first = logistic_sum(weights, inputs, samples->size);
        sum += logistic_loss(first + logistic_network_sum(network, inputs, samples->size, scratch), samples->labels[i]);
    }
    return sum / samples->count;
}

static void shuffle(int *order, int count, Stream *stream)
{
    for (int i = count - 1; i > 0; i--) {
        int other = (int)stream_uniform_integer(stream, (uint64_t)i + 1), index = order[i];
        order[i] = order[other];
        order[other] = index;
    }
}

/* Once over all samples in random order; `scratch` has room for the inputs of a batch. */
static void learn(Network *network, const LogisticSamples *train, const double *weights, int *order, float *scratch,
                  Stream *stream)
{
    float gradients[BATCH];
    shuffle(order, train->count, stream);
    for (int first = 0; first < train->count; first += BATCH) {
        int count = train->count - first < BATCH ? train->count - first : BATCH;
        for (int i = 0; i < count; i++)
            for (int k = 0; k < train->size; k++)
                scratch[i * train->size + k] = (float)train->inputs[(ptrdiff_t)order[first + i] * train->size + k];
        network_forward(network, scratch, count);
        for (int i = 0; i < count; i++) {
            int sample = order[first + i];
            double sum = logistic_sum(weights, train->inputs + (ptrdiff_t)sample * train->size, train->size);
            double probability = 1 / (1 + exp(-sum - (double)*network_output(network, i)));
            gradients[i] = (float)((probability - train->labels[sample]) / count);
        }
        network_backward(network, gradients);
        network_step(network, LEARNING_RATE);
    }
}

Network *logistic_network_create(int input_count, Stream *stream)
{
    Network *network = network_create((NetworkShape){2, {input_count, HIDDEN, 1}}, BATCH, stream);
    const NetworkLayer *last = network_last_layer(network);
    memset(last->weights, 0, last->size * sizeof *last->weights);
    return network;
}

Network *logistic_network_train(const LogisticSamples *train, const LogisticSamples *tune, const double *weights,
                                Stream stream)
{
    assert(train->count > 0 && tune->count > 0 && train->size == tune->size);
    Network *network = logistic_network_create(train->size, &stream), *best = network_clone(network);
    float *scratch = memory_allocate((size_t)(BATCH * train->size), sizeof *scratch);
    int *order = memory_allocate((size_t)train->count, sizeof *order);
    double least = mean_loss(network, tune, weights, scratch);
    for (int i = 0; i < train->count; i++)
        order[i] = i;
    for (int epoch = 0, since = 0; epoch < EPOCH_LIMIT && since < PATIENCE; epoch++) {
        learn(network, train, weights, order, scratch, &stream);
        double loss = mean_loss(network, tune, weights, scratch);
        since = loss < least ? 0 : since + 1;
        if (loss >= least)
            continue;
        least = loss;
        network_copy(best, network);
    }
    free(scratch);
    free(order);
    network_destroy(network);
    return best;
}

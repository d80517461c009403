/* Networks of several shapes and what to feed them, for the tests of networks. */
#ifndef ORCHID_TESTS_NETWORKS_H
#define ORCHID_TESTS_NETWORKS_H

#include "../policies/network.h"

enum { SAMPLE_LIMIT = 70, SIZE_LIMIT = 128 };

static const NetworkShape one_layer = {1, {5, 7}};
static const NetworkShape two_layers = {2, {3, 33, 16}};
static const NetworkShape three_layers = {3, {20, 64, 40, 100}};
static const NetworkShape uneven = {4, {5, 17, 9, 31, 6}};
static const NetworkShape *const shapes[] = {&one_layer, &two_layers, &three_layers, &uneven};
enum { SHAPE_COUNT = 4 };

static inline Stream stream_of(uint64_t seed)
{
    return stream_create(seed, 0, STREAM_POLICY, 0);
}

/* A network of one seed, whose biases are not all 0, on the kernels of rank `index`; NULL where the CPU lacks them. */
static inline Network *create_on(const NetworkShape *shape, int index)
{
    const NetworkKernels *kernels = network_kernels_at(index);
    if (!kernels)
        return NULL;
    Stream stream = stream_of(11);
    Network *network = network_create(*shape, SAMPLE_LIMIT, &stream);
    network->kernels = kernels;
    for (int l = 0; l < network->layer_count; l++)
        for (int o = 0; o < network->layers[l].outputs; o++)
            network->layers[l].weights[network->layers[l].inputs * network->layers[l].columns + o] =
                (float)(stream_uniform(&stream) - 0.5);
    return network;
}

static inline void fill(float *values, int count, uint64_t seed)
{
    Stream stream = stream_of(seed);
    for (int i = 0; i < count; i++)
        values[i] = (float)(4 * stream_uniform(&stream) - 2);
}

/* Distinct outputs for each sample. */
static inline void fill_chosen(int *chosen, int count, int per_sample, int outputs, uint64_t seed)
{
    Stream stream = stream_of(seed);
    for (int sample = 0; sample < count; sample++) {
        int first = (int)stream_uniform_integer(&stream, (uint64_t)(outputs - per_sample + 1));
        for (int k = 0; k < per_sample; k++)
            chosen[sample * per_sample + k] = first + k;
    }
}

/* As numbers: where all contributions are 0 the sign of a zero may differ. */
static inline int differing(const float *a, const float *b, size_t count)
{
    int differing = 0;
    for (size_t i = 0; i < count; i++)
        differing += a[i] != b[i];
    return differing;
}

#endif

#include "network_sparse.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 }; /* bytes: a cache line, and the widest register */

static int round_up(int count)
{
    return (count + NETWORK_LANES - 1) / NETWORK_LANES * NETWORK_LANES;
}

static bool is_sparse(const Network *network, const NetworkLayer *layer)
{
    return network->sparse && layer == network_last_layer(network);
}

static size_t activation_count(const Network *network, const NetworkLayer *layer)
{
    int chosen = is_sparse(network, layer) ? round_up(network->sparse->chosen_limit) : 0;
    if (!is_sparse(network, layer))
        return (size_t)network->batch_limit * (size_t)layer->columns;
    return (size_t)(chosen > layer->columns ? chosen : layer->columns);
}

static size_t delta_count(const Network *network, const NetworkLayer *layer)
{
    return is_sparse(network, layer) ? 0 : activation_count(network, layer);
}

/* Of the largest layer that is ever transposed. */
static size_t scratch_size(const Network *network)
{
    size_t most = 0;
    for (int l = 0; l < network->layer_count - (network->sparse != NULL); l++) {
        size_t size = (size_t)network->layers[l].input_columns * (size_t)network->layers[l].outputs;
        most = size > most ? size : most;
    }
    return most;
}

static float *take(float **memory, size_t count)
{
    float *taken = *memory;
    *memory += count;
    return taken;
}

/* One allocation; every array in it starts on a cache line, as all sizes are multiples of NETWORK_LANES. */
static void allocate(Network *network)
{
    size_t inputs_size = (size_t)network->batch_limit * (size_t)network->layers[0].input_columns;
    size_t total = network->parameter_count + 3 * network->gradient_count + scratch_size(network) + inputs_size;
    for (int l = 0; l < network->layer_count; l++)
        total += activation_count(network, &network->layers[l]) + delta_count(network, &network->layers[l]);
    network->memory = memory_allocate(total * sizeof(float) + ALIGNMENT, 1);
    uintptr_t start = ((uintptr_t)network->memory + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    float *memory = (float *)start;
    network->parameters = take(&memory, network->parameter_count);
    network->gradients = take(&memory, network->gradient_count);
    network->first_moments = take(&memory, network->gradient_count);
    network->second_moments = take(&memory, network->gradient_count);
    float *weights = network->parameters, *gradients = network->gradients;
    for (int l = 0; l < network->layer_count; l++) {
        NetworkLayer *layer = &network->layers[l];
        layer->weights = take(&weights, layer->size);
        layer->gradients = is_sparse(network, layer) ? NULL : take(&gradients, layer->size);
        layer->activations = take(&memory, activation_count(network, layer));
        layer->deltas = is_sparse(network, layer) ? NULL : take(&memory, delta_count(network, layer));
    }
    network->scratch = take(&memory, scratch_size(network));
    network->input_deltas = take(&memory, inputs_size);
}

/* `chosen_limit` 0: all outputs learn. */
static Network *create_empty(NetworkShape shape, int batch_limit, int chosen_limit, const NetworkKernels *kernels)
{
    assert(shape.layer_count >= 1 && shape.layer_count <= NETWORK_LAYER_LIMIT && batch_limit >= 1);
    Network *network = memory_allocate(1, sizeof *network);
    *network = (Network){.layer_count = shape.layer_count,
                         .batch_limit = batch_limit,
                         .first_decay = 0.9F,
                         .second_decay = 0.999F,
                         .epsilon = 1e-8F,
                         .kernels = kernels};
    for (int l = 0; l < shape.layer_count; l++) {
        assert(shape.sizes[l] >= 1 && shape.sizes[l + 1] >= 1);
        NetworkLayer *layer = &network->layers[l];
        *layer = (NetworkLayer){.inputs = shape.sizes[l],
                                .outputs = shape.sizes[l + 1],
                                .input_columns = round_up(shape.sizes[l]),
                                .columns = round_up(shape.sizes[l + 1])};
        layer->block = chosen_limit > 0 && l == shape.layer_count - 1 ? NETWORK_BLOCK : layer->columns;
        layer->size = (size_t)(layer->inputs + 1) * (size_t)layer->columns;
        network->parameter_count += layer->size;
    }
    const NetworkLayer *last = network_last_layer(network);
    if (chosen_limit > 0)
        network->sparse = network_sparse_init(last, chosen_limit);
    network->gradient_count = network->parameter_count - (network->sparse ? last->size : 0);
    allocate(network);
    return network;
}

static Network *create_random(NetworkShape shape, int batch_limit, int chosen_limit, Stream *stream)
{
    Network *network = create_empty(shape, batch_limit, chosen_limit, network_kernels_choose());
    for (int l = 0; l < network->layer_count; l++) {
        const NetworkLayer *layer = &network->layers[l];
        double limit = sqrt((l == network->layer_count - 1 ? 3.0 : 6.0) / layer->inputs);
        for (int i = 0; i < layer->inputs; i++)
            for (int o = 0; o < layer->outputs; o++)
                layer->weights[network_weight(layer, i, o)] = (float)(limit * (2 * stream_uniform(stream) - 1));
    }
    return network;
}

Network *network_create(NetworkShape shape, int batch_limit, Stream *stream)
{
    return create_random(shape, batch_limit, 0, stream);
}

Network *network_create_sparse(NetworkShape shape, int batch_limit, int chosen_limit, Stream *stream)
{
    assert(chosen_limit >= 1);
    return create_random(shape, batch_limit, chosen_limit, stream);
}

void network_destroy(Network *network)
{
    if (!network)
        return;
    network_sparse_free(network->sparse);
    free(network->memory);
    free(network);
}

Network *network_clone(const Network *network)
{
    int chosen_limit = network->sparse ? network->sparse->chosen_limit : 0;
    Network *clone = create_empty(network_shape(network), network->batch_limit, chosen_limit, network->kernels);
    memcpy(clone->parameters, network->parameters, network->parameter_count * sizeof(float));
    memcpy(clone->first_moments, network->first_moments, network->gradient_count * sizeof(float));
    memcpy(clone->second_moments, network->second_moments, network->gradient_count * sizeof(float));
    if (network->sparse)
        network_sparse_copy(clone, network);
    clone->step_count = network->step_count;
    clone->first_decay = network->first_decay;
    clone->second_decay = network->second_decay;
    clone->epsilon = network->epsilon;
    return clone;
}

NetworkShape network_shape(const Network *network)
{
    NetworkShape shape = {.layer_count = network->layer_count, .sizes = {network->layers[0].inputs}};
    for (int l = 0; l < network->layer_count; l++)
        shape.sizes[l + 1] = network->layers[l].outputs;
    return shape;
}

NetworkShape network_shape_uniform(int inputs, int64_t hidden_layers, int64_t hidden_units, int outputs)
{
    NetworkShape shape = {.layer_count = (int)hidden_layers + 1, .sizes = {inputs}};
    for (int l = 1; l < shape.layer_count; l++)
        shape.sizes[l] = (int)hidden_units;
    shape.sizes[shape.layer_count] = outputs;
    return shape;
}

void network_set_output_bias(Network *network, float bias)
{
    const NetworkLayer *last = network_last_layer(network);
    for (int o = 0; o < last->outputs; o++)
        last->weights[network_weight(last, last->inputs, o)] = bias;
}

bool network_same_shape(const Network *a, const Network *b)
{
    NetworkShape first = network_shape(a), second = network_shape(b);
    return memcmp(&first, &second, sizeof first) == 0;
}

void network_copy(Network *to, const Network *from)
{
    assert(network_same_shape(to, from) && !to->sparse == !from->sparse);
    memcpy(to->parameters, from->parameters, from->parameter_count * sizeof(float));
}

void network_mix(Network *to, const Network *from, float fraction)
{
    assert(network_same_shape(to, from) && !to->sparse == !from->sparse);
    to->kernels->mix(to->parameters, from->parameters, to->parameter_count, fraction);
}

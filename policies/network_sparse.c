#include "network_sparse.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

SparseOutput *network_sparse_init(const NetworkLayer *last, int chosen_limit)
{
    size_t outputs = (size_t)last->outputs, width = (size_t)last->inputs + 1;
    SparseOutput *sparse = memory_allocate(1, sizeof *sparse);
    sparse->chosen_limit = chosen_limit;
    sparse->chosen = memory_allocate((size_t)chosen_limit, sizeof *sparse->chosen);
    sparse->slot_of = memory_allocate(outputs, sizeof *sparse->slot_of);
    memset(sparse->slot_of, 0xff, outputs * sizeof *sparse->slot_of); /* -1 */
    sparse->steps = memory_allocate(outputs, sizeof *sparse->steps);
    sparse->gradients = memory_allocate((size_t)chosen_limit * width, sizeof *sparse->gradients);
    sparse->moments = memory_allocate(2 * outputs * width, sizeof *sparse->moments);
    sparse->gathered = memory_allocate(width, sizeof *sparse->gathered);
    for (int i = 0; i < 2; i++)
        sparse->corrections[i] = memory_allocate(CORRECTIONS_MOST, sizeof *sparse->corrections[i]);
    return sparse;
}

void network_sparse_free(SparseOutput *sparse)
{
    if (!sparse)
        return;
    free(sparse->chosen);
    free(sparse->slot_of);
    free(sparse->steps);
    free(sparse->gradients);
    free(sparse->moments);
    free(sparse->gathered);
    free(sparse->corrections[0]);
    free(sparse->corrections[1]);
    free(sparse);
}

void network_sparse_copy(Network *to, const Network *from)
{
    size_t outputs = (size_t)network_last_layer(from)->outputs, width = (size_t)network_last_layer(from)->inputs + 1;
    memcpy(to->sparse->steps, from->sparse->steps, outputs * sizeof *to->sparse->steps);
    memcpy(to->sparse->moments, from->sparse->moments, 2 * outputs * width * sizeof *to->sparse->moments);
}

static void forget_gradients(SparseOutput *sparse)
{
    for (int i = 0; i < sparse->count; i++)
        sparse->slot_of[sparse->chosen[i]] = -1;
    sparse->count = 0;
}

/* The gradients of one output's weights, zeros where it is chosen for the first time. */
static float *gradients_of(SparseOutput *sparse, int output, int width)
{
    int slot = sparse->slot_of[output];
    if (slot >= 0)
        return sparse->gradients + (ptrdiff_t)slot * width;
    assert(sparse->count < sparse->chosen_limit);
    slot = sparse->slot_of[output] = sparse->count++;
    sparse->chosen[slot] = output;
    return memset(sparse->gradients + (ptrdiff_t)slot * width, 0, (size_t)width * sizeof(float));
}

void network_sparse_backward(Network *network, const NetworkChoice *choice, const float *gradients, float *ret_deltas)
{
    SparseOutput *sparse = network->sparse;
    forget_gradients(sparse);
    for (int sample = 0; sample < choice->count; sample++) {
        const float *activations = choice->activations + (ptrdiff_t)sample * choice->step;
        float *deltas = ret_deltas ? ret_deltas + (ptrdiff_t)sample * choice->step : NULL;
        for (int k = 0; k < choice->per_sample; k++) {
            ptrdiff_t at = (ptrdiff_t)sample * choice->per_sample + k;
            ptrdiff_t start = network_output_start(choice->inputs, choice->block, choice->chosen[at]);
            const float *weights = choice->weights + start, gradient = gradients[at];
            float *sums = gradients_of(sparse, choice->chosen[at], choice->inputs + 1);
            for (int i = 0; i < choice->inputs; i++)
                sums[i] += activations[i] * gradient;
            sums[choice->inputs] += gradient;
            for (int i = 0; deltas && i < choice->inputs; i++) {
                float delta = k > 0 ? deltas[i] : 0;
                deltas[i] = activations[i] > 0 ? delta + gradient * weights[i * choice->block] : 0;
            }
        }
    }
}

static size_t gradient_count(const Network *network)
{
    return (size_t)network->sparse->count * (size_t)(network_last_layer(network)->inputs + 1);
}

double network_sparse_square_sum(const Network *network)
{
    double sum = 0;
    for (size_t i = 0; i < gradient_count(network); i++)
        sum += (double)network->sparse->gradients[i] * (double)network->sparse->gradients[i];
    return sum;
}

void network_sparse_scale(Network *network, float factor)
{
    for (size_t i = 0; i < gradient_count(network); i++)
        network->sparse->gradients[i] *= factor;
}

/* As network_adam, with corrections looked up: many outputs have taken as many steps. */
static NetworkAdam adam_of(const Network *network, double learning_rate, int64_t steps)
{
    SparseOutput *sparse = network->sparse;
    const float decays[2] = {network->first_decay, network->second_decay};
    double corrections[2];
    for (int i = 0; i < 2; i++) {
        if (decays[i] != sparse->corrected_decays[i])
            memset(sparse->corrections[i], 0, CORRECTIONS_MOST * sizeof *sparse->corrections[i]);
        sparse->corrected_decays[i] = decays[i];
        double known = steps < CORRECTIONS_MOST ? sparse->corrections[i][steps] : 0;
        corrections[i] = known > 0 ? known : network_correction(decays[i], steps);
        if (steps < CORRECTIONS_MOST)
            sparse->corrections[i][steps] = corrections[i];
    }
    return network_adam(network, learning_rate, corrections[0], corrections[1]);
}

/* Weights of one output lie a block apart from each other: they are gathered, stepped and scattered. */
void network_sparse_step(Network *network, double learning_rate)
{
    SparseOutput *sparse = network->sparse;
    const NetworkLayer *last = network_last_layer(network);
    ptrdiff_t width = last->inputs + 1;
    for (int slot = 0; slot < sparse->count; slot++) {
        int output = sparse->chosen[slot];
        float *weights = last->weights + network_weight(last, 0, output);
        for (ptrdiff_t i = 0; i < width; i++)
            sparse->gathered[i] = weights[i * last->block];
        network->kernels->adam(adam_of(network, learning_rate, ++sparse->steps[output]), (size_t)width,
                               sparse->gradients + slot * width, network_sparse_moments(network, output, 0),
                               network_sparse_moments(network, output, 1), sparse->gathered);
        for (ptrdiff_t i = 0; i < width; i++)
            weights[i * last->block] = sparse->gathered[i];
    }
}

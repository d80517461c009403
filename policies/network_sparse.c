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
    sparse->scratch = memory_allocate(3 * width, sizeof *sparse->scratch);
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
    free(sparse->scratch);
    free(sparse);
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
            ptrdiff_t at = (ptrdiff_t)sample * choice->per_sample + k, columns = choice->columns;
            const float *weights = choice->weights + choice->chosen[at], gradient = gradients[at];
            float *sums = gradients_of(sparse, choice->chosen[at], choice->inputs + 1);
            for (int i = 0; i < choice->inputs; i++)
                sums[i] += activations[i] * gradient;
            sums[choice->inputs] += gradient;
            for (int i = 0; deltas && i < choice->inputs; i++) {
                float delta = k > 0 ? deltas[i] : 0;
                deltas[i] = activations[i] > 0 ? delta + gradient * weights[i * columns] : 0;
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

/* Weights of one output lie a row apart from each other: they are gathered, stepped and scattered. */
void network_sparse_step(Network *network, double learning_rate)
{
    SparseOutput *sparse = network->sparse;
    const NetworkLayer *last = network_last_layer(network);
    ptrdiff_t start = last->weights - network->parameters, columns = last->columns, width = last->inputs + 1;
    float *gathered = sparse->scratch, *first = gathered + width, *second = first + width;
    for (int slot = 0; slot < sparse->count; slot++) {
        int output = sparse->chosen[slot];
        NetworkAdam adam = network_adam(network, learning_rate, ++sparse->steps[output]);
        ptrdiff_t at = start + output;
        for (ptrdiff_t i = 0; i < width; i++, at += columns) {
            gathered[i] = network->parameters[at];
            first[i] = network->first_moments[at];
            second[i] = network->second_moments[at];
        }
        network->kernels->adam(adam, (size_t)width, sparse->gradients + slot * width, first, second, gathered);
        at = start + output;
        for (ptrdiff_t i = 0; i < width; i++, at += columns) {
            network->parameters[at] = gathered[i];
            network->first_moments[at] = first[i];
            network->second_moments[at] = second[i];
        }
    }
}

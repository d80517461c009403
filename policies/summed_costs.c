#include "summed_costs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void summed_costs_init(SummedCosts *costs, const SummedCostsParameters *parameters, const OptionFeatures *features,
                       int ask_count, int row_size, int row_limit, Stream *stream)
{
    int rows = (int)parameters->batch * ask_count, limit = rows > row_limit ? rows : row_limit;
    *costs = (SummedCosts){
        .parameters = *parameters, .features = features, .ask_count = ask_count, .row_size = row_size};
    NetworkShape shape = {.layer_count = (int)parameters->hidden_layers + 1, .sizes = {row_size}};
    for (int l = 0; l < parameters->hidden_layers; l++)
        shape.sizes[l + 1] = (int)parameters->hidden_units;
    shape.sizes[shape.layer_count] = features->count;
    costs->network = network_create(shape, limit, stream);
    costs->gradients = memory_allocate((size_t)limit * (size_t)features->count, sizeof *costs->gradients);
    costs->costs = memory_allocate((size_t)rows, sizeof *costs->costs);
}

void summed_costs_free(SummedCosts *costs)
{
    network_destroy(costs->network);
    free(costs->gradients);
    free(costs->costs);
    *costs = (SummedCosts){0};
}

bool summed_costs_has_actions(const SummedCosts *costs, const ReplayMemory *memory)
{
    const Scenario *scenario = costs->features->scenario;
    int limit = costs->features->option_limit;
    for (int64_t i = 0; i < memory->count * costs->ask_count; i++) {
        int group = memory->actions[i] / limit, option = memory->actions[i] % limit;
        if (memory->actions[i] < 0 || group >= scenario->node_group_count || option >= scenario->options[group].count)
            return false;
    }
    return true;
}

/* Gradients of the outputs from those of the costs of the answers, factors[count / per][1], one for `per` rows. */
static void spread(SummedCosts *costs, const int *actions, int count, int per, const float *factors)
{
    int size = costs->features->count, limit = costs->features->option_limit;
    memset(costs->gradients, 0, (size_t)count * (size_t)size * sizeof *costs->gradients);
    for (int row = 0; row < count; row++)
        option_features_spread(costs->features, actions[row] / limit, actions[row] % limit, factors[row / per],
                               costs->gradients + (ptrdiff_t)row * size);
}

void summed_costs_learn(SummedCosts *costs, const ReplayBatch *batch)
{
    const SummedCostsParameters *parameters = &costs->parameters;
    int asks = costs->ask_count, limit = costs->features->option_limit;
    assert(batch->count <= parameters->batch);
    network_forward(costs->network, batch->states, batch->count * asks);
    for (int sample = 0; sample < batch->count; sample++) {
        float sum = 0, slope;
        for (int row = sample * asks; row < (sample + 1) * asks; row++)
            sum += option_features_score(costs->features, batch->actions[row] / limit, batch->actions[row] % limit,
                                         network_output(costs->network, row));
        network_loss(LOSS_HUBER, sum / (float)asks - batch->rewards[sample], &slope);
        costs->costs[sample] = slope * batch->weights[sample] / (float)(asks * batch->count);
    }
    spread(costs, batch->actions, batch->count * asks, asks, costs->costs);
    network_backward(costs->network, costs->gradients);
    double decay = 1 + (double)costs->updates++ / (double)parameters->learning_rate_decay;
    network_step(costs->network, parameters->learning_rate / decay);
}

void summed_costs_differentiate(SummedCosts *costs, const float *rows, const int *actions, int count,
                                float *ret_gradients)
{
    const float one = 1;
    network_forward(costs->network, rows, count);
    spread(costs, actions, count, count, &one);
    network_backward(costs->network, costs->gradients);
    network_input_gradients(costs->network, ret_gradients);
}

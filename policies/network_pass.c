#include "network_sparse.h"

#include <assert.h>
#include <string.h>

/* What goes into a layer, and the step from sample to sample. */
static const float *layer_inputs(const Network *network, int l, int *ret_step)
{
    *ret_step = l > 0 ? network->layers[l - 1].columns : network->layers[0].inputs;
    return l > 0 ? network->layers[l - 1].activations : network->inputs;
}

static NetworkChoice choice_of(const Network *network, const int *chosen, int per_sample)
{
    const NetworkLayer *last = network_last_layer(network);
    NetworkChoice choice = {.count = network->count,
                            .per_sample = per_sample,
                            .chosen = chosen,
                            .inputs = last->inputs,
                            .block = last->block,
                            .weights = last->weights};
    choice.activations = layer_inputs(network, network->layer_count - 1, &choice.step);
    return choice;
}

static void forward_layers(Network *network, const float *inputs, int count, int layer_count)
{
    assert(count >= 1 && count <= network->batch_limit);
    assert(!network->sparse || count == 1 || layer_count < network->layer_count);
    network->inputs = inputs;
    network->count = count;
    for (int l = 0; l < layer_count; l++) {
        const NetworkLayer *layer = &network->layers[l];
        if (layer->block < layer->columns) {
            NetworkChoice choice = choice_of(network, NULL, 0);
            network->kernels->choose_all(&choice, layer->columns, layer->activations);
            continue;
        }
        NetworkProduct product = {.rows = count,
                                  .depth = layer->inputs,
                                  .columns = layer->columns,
                                  .depth_step = 1,
                                  .right = layer->weights,
                                  .start = layer->weights + (ptrdiff_t)layer->inputs * layer->columns,
                                  .rectify = l < network->layer_count - 1,
                                  .result = layer->activations};
        product.left = layer_inputs(network, l, &product.row_step);
        network->kernels->multiply(&product);
    }
}

/* Gradients of a layer's weights: what goes in, times the deltas, summed over the samples. */
static void backward_weights(const Network *network, int l)
{
    const float one = 1;
    const NetworkLayer *layer = &network->layers[l];
    NetworkProduct product = {.rows = layer->inputs,
                              .depth = network->count,
                              .columns = layer->columns,
                              .row_step = 1,
                              .right = layer->deltas,
                              .result = layer->gradients};
    product.left = layer_inputs(network, l, &product.depth_step);
    network->kernels->multiply(&product);
    product.rows = 1;
    product.left = &one;
    product.row_step = product.depth_step = 0;
    product.result = layer->gradients + (ptrdiff_t)layer->inputs * layer->columns;
    network->kernels->multiply(&product);
}

/* Gradients of what goes into a layer: the deltas times the transposed weights, into result[count][input_columns].
 * Transposed, so that the sums run over the rows of a matrix here too. */
static void backward_inputs(const Network *network, int l, const float *gate, float *result)
{
    const NetworkLayer *layer = &network->layers[l];
    network->kernels->transpose(layer->weights, layer->inputs, layer->outputs, layer->columns, network->scratch,
                                layer->input_columns);
    NetworkProduct product = {.rows = network->count,
                              .depth = layer->outputs,
                              .columns = layer->input_columns,
                              .left = layer->deltas,
                              .row_step = layer->columns,
                              .depth_step = 1,
                              .right = network->scratch,
                              .gate = gate,
                              .result = result};
    network->kernels->multiply(&product);
}

/* From the deltas of layer `l` down. */
static void backward_layers(const Network *network, int l)
{
    for (; l >= 0; l--) {
        backward_weights(network, l);
        if (l > 0)
            backward_inputs(network, l, network->layers[l - 1].activations, network->layers[l - 1].deltas);
    }
}

const float *network_forward(Network *network, const float *inputs, int count)
{
    forward_layers(network, inputs, count, network->layer_count);
    return network_output(network, 0);
}

void network_maxima(const Network *network, float *ret_maxima)
{
    const NetworkLayer *last = network_last_layer(network);
    network->kernels->maxima(last->activations, network->count, last->outputs, last->columns, ret_maxima);
}

void network_forward_chosen(Network *network, const float *inputs, int count, const int *chosen, int per_sample,
                            float *ret_values)
{
    forward_layers(network, inputs, count, network->layer_count - 1);
    NetworkChoice choice = choice_of(network, chosen, per_sample);
    network->kernels->choose(&choice, ret_values);
}

void network_backward(Network *network, const float *output_gradients)
{
    const NetworkLayer *last = network_last_layer(network);
    size_t size = (size_t)last->outputs * sizeof(float);
    for (int sample = 0; output_gradients && sample < network->count; sample++)
        memcpy(last->deltas + (ptrdiff_t)sample * last->columns, output_gradients + (ptrdiff_t)sample * last->outputs,
               size);
    backward_layers(network, network->layer_count - 1);
}

/* The deltas of a last layer where only the chosen outputs have any. */
static void spread(const Network *network, const int *chosen, int per_sample, const float *gradients)
{
    const NetworkLayer *last = network_last_layer(network);
    memset(last->deltas, 0, (size_t)network->count * (size_t)last->columns * sizeof(float));
    for (ptrdiff_t i = 0; i < (ptrdiff_t)network->count * per_sample; i++)
        last->deltas[i / per_sample * last->columns + chosen[i]] = gradients[i];
}

void network_backward_chosen(Network *network, const int *chosen, int per_sample, const float *gradients)
{
    int l = network->layer_count - 1;
    if (network->sparse) {
        NetworkChoice choice = choice_of(network, chosen, per_sample);
        network_sparse_backward(network, &choice, gradients, l > 0 ? network->layers[l - 1].deltas : NULL);
        backward_layers(network, l - 1);
        return;
    }
    if (l == 0) {
        spread(network, chosen, per_sample, gradients);
        backward_layers(network, l);
        return;
    }
    /* All other columns of the last layer have no gradient, and pass none down. */
    NetworkChoice choice = choice_of(network, chosen, per_sample);
    memset(network->layers[l].gradients, 0, network->layers[l].size * sizeof(float));
    network->kernels->choose_backward(&choice, gradients, network->layers[l].gradients, network->layers[l - 1].deltas);
    backward_layers(network, l - 1);
}

void network_input_gradients(Network *network, float *ret_gradients)
{
    const NetworkLayer *first = &network->layers[0];
    backward_inputs(network, 0, NULL, network->input_deltas);
    for (int sample = 0; sample < network->count; sample++)
        memcpy(ret_gradients + (ptrdiff_t)sample * first->inputs,
               network->input_deltas + (ptrdiff_t)sample * first->input_columns, (size_t)first->inputs * sizeof(float));
}

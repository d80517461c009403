#include "reference_network.h"

#include "../sim/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int weight_count(const NaiveLayer *layer)
{
    return layer->outputs * (layer->inputs + 1);
}

static float *floats(int count)
{
    return memory_allocate((size_t)count, sizeof(float));
}

NaiveNetwork naive_network_create(const Network *network)
{
    NaiveNetwork naive = {.layer_count = network->layer_count};
    for (int l = 0; l < naive.layer_count; l++) {
        const NetworkLayer *from = &network->layers[l];
        NaiveLayer *layer = &naive.layers[l];
        *layer = (NaiveLayer){.inputs = from->inputs, .outputs = from->outputs};
        layer->weights = floats(weight_count(layer));
        layer->gradients = floats(weight_count(layer));
        layer->first_moments = floats(weight_count(layer));
        layer->second_moments = floats(weight_count(layer));
        layer->values = floats(layer->outputs);
        layer->deltas = floats(layer->outputs);
        for (int o = 0; o < layer->outputs; o++)
            for (int i = 0; i <= layer->inputs; i++)
                layer->weights[o * (layer->inputs + 1) + i] = from->weights[i * from->columns + o];
    }
    return naive;
}

void naive_network_free(NaiveNetwork *network)
{
    for (int l = 0; l < network->layer_count; l++) {
        NaiveLayer *layer = &network->layers[l];
        free(layer->weights);
        free(layer->gradients);
        free(layer->first_moments);
        free(layer->second_moments);
        free(layer->values);
        free(layer->deltas);
    }
    *network = (NaiveNetwork){0};
}

const float *naive_network_forward(NaiveNetwork *network, const float *inputs)
{
    for (int l = 0; l < network->layer_count; l++) {
        NaiveLayer *layer = &network->layers[l];
        for (int o = 0; o < layer->outputs; o++) {
            const float *weights = &layer->weights[o * (layer->inputs + 1)];
            float sum = weights[layer->inputs];
            for (int i = 0; i < layer->inputs; i++)
                sum += weights[i] * inputs[i];
            layer->values[o] = sum > 0 || l == network->layer_count - 1 ? sum : 0;
        }
        inputs = layer->values;
    }
    return inputs;
}

static void backward(NaiveNetwork *network, const float *inputs)
{
    for (int l = network->layer_count - 1; l >= 0; l--) {
        NaiveLayer *layer = &network->layers[l], *below = l > 0 ? &network->layers[l - 1] : NULL;
        const float *values = below ? below->values : inputs;
        if (below)
            memset(below->deltas, 0, (size_t)below->outputs * sizeof(float));
        for (int o = 0; o < layer->outputs; o++) {
            float *weights = &layer->weights[o * (layer->inputs + 1)];
            float *gradients = &layer->gradients[o * (layer->inputs + 1)], delta = layer->deltas[o];
            for (int i = 0; i < layer->inputs; i++) {
                gradients[i] += delta * values[i];
                if (below && values[i] > 0)
                    below->deltas[i] += delta * weights[i];
            }
            gradients[layer->inputs] += delta;
        }
    }
}

static void adam(NaiveNetwork *network, float learning_rate)
{
    network->steps++;
    float first_left = 1 - powf(0.9F, (float)network->steps), second_left = 1 - powf(0.999F, (float)network->steps);
    for (int l = 0; l < network->layer_count; l++) {
        NaiveLayer *layer = &network->layers[l];
        for (int i = 0; i < weight_count(layer); i++) {
            float gradient = layer->gradients[i];
            layer->first_moments[i] = 0.9F * layer->first_moments[i] + 0.1F * gradient;
            layer->second_moments[i] = 0.999F * layer->second_moments[i] + 0.001F * gradient * gradient;
            layer->weights[i] -= learning_rate * (layer->first_moments[i] / first_left) /
                                 (sqrtf(layer->second_moments[i] / second_left) + 1e-8F);
            layer->gradients[i] = 0;
        }
    }
}

double naive_network_train(NaiveNetwork *network, const float *inputs, const int *chosen, const float *targets,
                           int count, float learning_rate)
{
    NaiveLayer *last = &network->layers[network->layer_count - 1];
    double sum = 0;
    for (int sample = 0; sample < count; sample++) {
        const float *of_sample = inputs + sample * network->layers[0].inputs;
        float error = naive_network_forward(network, of_sample)[chosen[sample]] - targets[sample];
        float size = fabsf(error);
        sum += (double)(size > 1 ? size - 0.5F : error * error / 2);
        memset(last->deltas, 0, (size_t)last->outputs * sizeof(float));
        last->deltas[chosen[sample]] = (size > 1 ? copysignf(1, error) : error) / (float)count;
        backward(network, of_sample);
    }
    adam(network, learning_rate);
    return sum / count;
}

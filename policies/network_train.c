#include "network_sparse.h"

#include <assert.h>
#include <math.h>
#include <string.h>

double network_clip(Network *network, double limit)
{
    double sum = network->kernels->sum_of_squares(network->gradients, network->gradient_count);
    double norm = sqrt(network->sparse ? sum + network_sparse_square_sum(network) : sum);
    if (limit <= 0 || norm <= limit)
        return norm;
    network->kernels->scale(network->gradients, network->gradient_count, (float)(limit / norm));
    if (network->sparse)
        network_sparse_scale(network, (float)(limit / norm));
    return norm;
}

/* By repeated squaring, as pow() may differ from one C library to another. */
static double power(double base, int64_t exponent)
{
    double result = 1;
    for (; exponent > 0; exponent /= 2, base *= base)
        if (exponent % 2)
            result *= base;
    return result;
}

double network_correction(float decay, int64_t steps)
{
    return 1 - power((double)decay, steps);
}

/* The moments start from 0; dividing them by 1 - decay^steps corrects that. Here the rate and epsilon carry the
 * corrections (Kingma and Ba, end of section 2). */
NetworkAdam network_adam(const Network *network, double learning_rate, double first_correction,
                         double second_correction)
{
    double second = sqrt(second_correction);
    return (NetworkAdam){.first_decay = network->first_decay,
                         .second_decay = network->second_decay,
                         .rate = (float)(learning_rate * second / first_correction),
                         .epsilon = (float)((double)network->epsilon * second)};
}

void network_step(Network *network, double learning_rate)
{
    network->step_count++;
    double first = network_correction(network->first_decay, network->step_count);
    double second = network_correction(network->second_decay, network->step_count);
    network->kernels->adam(network_adam(network, learning_rate, first, second), network->gradient_count,
                           network->gradients, network->first_moments, network->second_moments, network->parameters);
    if (network->sparse)
        network_sparse_step(network, learning_rate);
}

float network_loss(NetworkLoss loss, float error, float *ret_derivative)
{
    float size = fabsf(error);
    bool linear = loss == LOSS_HUBER && size > 1;
    *ret_derivative = linear ? copysignf(1, error) : error;
    return linear ? size - 0.5F : error * error / 2;
}

/* Turns one sample's values into the gradients of the mean loss; returns its part of the sum of losses. */
static double differentiate(NetworkLoss loss, int count, float weight, float scale, const float *targets, float *values,
                            float *ret_errors)
{
    double sum = 0;
    for (int i = 0; i < count; i++) {
        float error = values[i] - targets[i], derivative;
        sum += (double)(weight * network_loss(loss, error, &derivative));
        values[i] = weight * derivative * scale;
        if (ret_errors)
            ret_errors[i] = error;
    }
    return sum;
}

/* Values become gradients where they are: in the deltas of the last layer, or packed in the room of its outputs. */
double network_train(Network *network, const NetworkBatch *batch, NetworkTraining training, float *ret_errors)
{
    const NetworkLayer *last = network_last_layer(network);
    assert(batch->chosen || !network->sparse);
    int per_sample = batch->chosen ? batch->per_sample : last->outputs;
    int step = batch->chosen ? per_sample : last->columns;
    float *values = batch->chosen ? last->activations : last->deltas;
    if (batch->chosen)
        network_forward_chosen(network, batch->inputs, batch->count, batch->chosen, per_sample, values);
    else {
        network_forward(network, batch->inputs, batch->count);
        memcpy(values, last->activations, (size_t)batch->count * (size_t)step * sizeof(float));
    }
    double sum = 0, targets = (double)batch->count * per_sample;
    for (int sample = 0; sample < batch->count; sample++) {
        ptrdiff_t at = (ptrdiff_t)sample * per_sample;
        sum +=
            differentiate(training.loss, per_sample, batch->weights ? batch->weights[sample] : 1, (float)(1 / targets),
                          batch->targets + at, values + (ptrdiff_t)sample * step, ret_errors ? ret_errors + at : NULL);
    }
    if (batch->chosen)
        network_backward_chosen(network, batch->chosen, per_sample, values);
    else
        network_backward(network, NULL);
    if (training.gradient_limit > 0)
        network_clip(network, training.gradient_limit);
    network_step(network, training.learning_rate);
    return sum / targets;
}

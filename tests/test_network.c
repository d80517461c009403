/* Networks against a plain implementation in double precision, numerical gradients, and each other. */
#include "../policies/network_sparse.h"
#include "../sim/memory.h"
#include "check.h"
#include "networks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
/* Plain network in double precision. `parameters`: [inputs + 1][outputs] of each layer, biases last. */
static size_t plain_count(const NetworkShape *shape)
{
    size_t count = 0;
    for (int l = 0; l < shape->layer_count; l++)
        count += (size_t)(shape->sizes[l] + 1) * (size_t)shape->sizes[l + 1];
    return count;
}

/* Without padding, as doubles; `block` is one of the network's four blocks. */
static void plain_read(const Network *network, const float *block, double *ret_values)
{
    for (int l = 0; l < network->layer_count; l++) {
        const NetworkLayer *layer = &network->layers[l];
        for (int i = 0; i <= layer->inputs; i++, block += layer->columns)
            for (int o = 0; o < layer->outputs; o++)
                *ret_values++ = (double)block[o];
    }
}

static void plain_forward(const NetworkShape *shape, const double *parameters, const double *inputs,
                          double *ret_outputs)
{
    double below[SIZE_LIMIT], above[SIZE_LIMIT];
    memcpy(below, inputs, (size_t)shape->sizes[0] * sizeof *below);
    for (int l = 0; l < shape->layer_count; l++) {
        int inputs_of = shape->sizes[l], outputs = shape->sizes[l + 1];
        for (int o = 0; o < outputs; o++) {
            above[o] = parameters[inputs_of * outputs + o];
            for (int i = 0; i < inputs_of; i++)
                above[o] += below[i] * parameters[i * outputs + o];
            if (l < shape->layer_count - 1)
                above[o] = fmax(above[o], 0);
        }
        parameters += (inputs_of + 1) * outputs;
        memcpy(below, above, sizeof below);
    }
    memcpy(ret_outputs, below, (size_t)shape->sizes[shape->layer_count] * sizeof *below);
}

static double plain_loss(NetworkLoss loss, double error)
{
    return loss == LOSS_HUBER && fabs(error) > 1 ? fabs(error) - 0.5 : error * error / 2;
}

/* The mean loss of all outputs over `count` samples. */
static double plain_mean_loss(const NetworkShape *shape, NetworkLoss loss, const double *parameters,
                              const double *inputs, const double *targets, int count)
{
    int outputs = shape->sizes[shape->layer_count];
    double values[SIZE_LIMIT], sum = 0;
    for (int sample = 0; sample < count; sample++) {
        plain_forward(shape, parameters, inputs + sample * shape->sizes[0], values);
        for (int o = 0; o < outputs; o++)
            sum += plain_loss(loss, values[o] - targets[sample * outputs + o]);
    }
    return sum / count / outputs;
}

static double *as_doubles(const float *values, int count)
{
    double *doubles = memory_allocate((size_t)count, sizeof *doubles);
    for (int i = 0; i < count; i++)
        doubles[i] = (double)values[i];
    return doubles;
}

static void check_forward(const NetworkShape *shape, int index, int count)
{
    Network *network = create_on(shape, index);
    if (!network)
        return;
    static float inputs[SAMPLE_LIMIT * SIZE_LIMIT];
    static double parameters[SIZE_LIMIT * SIZE_LIMIT];
    int inputs_of = shape->sizes[0], outputs = shape->sizes[shape->layer_count];
    fill(inputs, count * inputs_of, 5);
    plain_read(network, network->parameters, parameters);
    network_forward(network, inputs, count);
    double *plain_inputs = as_doubles(inputs, count * inputs_of), expected[SIZE_LIMIT], furthest = 0;
    for (int sample = 0; sample < count; sample++) {
        plain_forward(shape, parameters, plain_inputs + sample * inputs_of, expected);
        for (int o = 0; o < outputs; o++)
            furthest = fmax(furthest, fabs((double)network_output(network, sample)[o] - expected[o]));
    }
    CHECK_NEAR(furthest, 0, 1e-5);
    free(plain_inputs);
    network_destroy(network);
}

static void outputs_are_those_of_a_plain_network(void)
{
    static const int counts[] = {1, 2, 3, 4, 5, 64, 67};
    for (int s = 0; s < SHAPE_COUNT; s++)
        for (int index = 0; network_kernels_at(index); index++)
            for (int c = 0; c < 7; c++)
                check_forward(shapes[s], index, counts[c]);
}

/* Central differences in double precision, for every parameter and input. */
static void check_gradients(const NetworkShape *shape, NetworkLoss loss, int index)
{
    enum { COUNT = 7 };
    const double step = 1e-6;
    Network *network = create_on(shape, index);
    if (!network)
        return;
    static float inputs[COUNT * SIZE_LIMIT], targets[COUNT * SIZE_LIMIT], slopes[COUNT * SIZE_LIMIT];
    static double parameters[SIZE_LIMIT * SIZE_LIMIT], gradients[SIZE_LIMIT * SIZE_LIMIT];
    int inputs_of = shape->sizes[0], outputs = shape->sizes[shape->layer_count];
    fill(inputs, COUNT * inputs_of, 5);
    fill(targets, COUNT * outputs, 6);
    double *plain_inputs = as_doubles(inputs, COUNT * inputs_of), *plain_targets = as_doubles(targets, COUNT * outputs);

    network_forward(network, inputs, COUNT);
    for (int i = 0; i < COUNT * outputs; i++) {
        network_loss(loss, network_output(network, i / outputs)[i % outputs] - targets[i], &slopes[i]);
        slopes[i] /= (float)(COUNT * outputs);
    }
    network_backward(network, slopes);
    plain_read(network, network->parameters, parameters);
    plain_read(network, network->gradients, gradients);
    network_input_gradients(network, slopes);

    double furthest = 0;
    for (size_t i = 0; i < plain_count(shape) + (size_t)(COUNT * inputs_of); i++) {
        size_t input = i - plain_count(shape);
        bool is_parameter = i < plain_count(shape);
        double *place = is_parameter ? &parameters[i] : &plain_inputs[input], before = *place;
        *place = before + step;
        double more = plain_mean_loss(shape, loss, parameters, plain_inputs, plain_targets, COUNT);
        *place = before - step;
        double less = plain_mean_loss(shape, loss, parameters, plain_inputs, plain_targets, COUNT);
        *place = before;
        double actual = is_parameter ? gradients[i] : (double)slopes[input];
        furthest = fmax(furthest, fabs(actual - (more - less) / (2 * step)));
    }
    CHECK_NEAR(furthest, 0, 2e-6); /* gradients are of the order of 0.1 */
    free(plain_inputs);
    free(plain_targets);
    network_destroy(network);
}

static void gradients_are_those_of_central_differences(void)
{
    for (int index = 0; network_kernels_at(index); index++) {
        check_gradients(&one_layer, LOSS_SQUARED, index);
        check_gradients(&two_layers, LOSS_HUBER, index);
        check_gradients(&uneven, LOSS_SQUARED, index);
        check_gradients(&uneven, LOSS_HUBER, index);
    }
}

static void check_chosen(const NetworkShape *shape, int index, int per_sample, int count)
{
    Network *network = create_on(shape, index);
    if (!network)
        return;
    Network *dense = network_clone(network);
    static float inputs[SAMPLE_LIMIT * SIZE_LIMIT], slopes[SAMPLE_LIMIT * SIZE_LIMIT],
        values[SAMPLE_LIMIT * SIZE_LIMIT];
    static float all_slopes[SAMPLE_LIMIT * SIZE_LIMIT], below[2][SAMPLE_LIMIT * SIZE_LIMIT];
    static int chosen[SAMPLE_LIMIT * SIZE_LIMIT];
    int outputs = shape->sizes[shape->layer_count];
    fill(inputs, count * shape->sizes[0], 5);
    fill(slopes, count * per_sample, 6);
    fill_chosen(chosen, count, per_sample, outputs, 7);

    network_forward_chosen(network, inputs, count, chosen, per_sample, values);
    network_backward_chosen(network, chosen, per_sample, slopes);
    network_input_gradients(network, below[0]);
    network_forward(dense, inputs, count);
    memset(all_slopes, 0, sizeof all_slopes);
    int wrong_values = 0;
    for (int i = 0; i < count * per_sample; i++) {
        int sample = i / per_sample;
        wrong_values += values[i] != network_output(dense, sample)[chosen[i]];
        all_slopes[sample * outputs + chosen[i]] = slopes[i];
    }
    network_backward(dense, all_slopes);
    network_input_gradients(dense, below[1]);
    CHECK_INT(wrong_values, 0);
    CHECK_INT(differing(network->gradients, dense->gradients, network->parameter_count), 0);
    CHECK_INT(differing(below[0], below[1], (size_t)(count * shape->sizes[0])), 0);
    network_destroy(network);
    network_destroy(dense);
}

static void chosen_outputs_learn_as_if_all_others_had_no_gradient(void)
{
    for (int s = 0; s < SHAPE_COUNT; s++)
        for (int index = 0; network_kernels_at(index); index++) {
            check_chosen(shapes[s], index, 1, 67);
            check_chosen(shapes[s], index, 3, 6);
        }
}

/* Adam as in the paper's algorithm 1, in double precision. */
static void adam_is_that_of_the_paper(void)
{
    enum { STEPS = 200 };
    Network *network = create_on(&two_layers, 0);
    size_t count = network->parameter_count;
    double *parameters = as_doubles(network->parameters, (int)count);
    double *first = memory_allocate(count, sizeof *first), *second = memory_allocate(count, sizeof *second);
    for (int t = 1; t <= STEPS; t++) {
        double rate = 1e-3 / t;
        fill(network->gradients, (int)count, (uint64_t)t);
        network_step(network, rate);
        for (size_t i = 0; i < count; i++) {
            double gradient = (double)network->gradients[i];
            first[i] = 0.9 * first[i] + 0.1 * gradient;
            second[i] = 0.999 * second[i] + 0.001 * gradient * gradient;
            double corrected = first[i] / (1 - pow(0.9, t));
            parameters[i] -= rate * corrected / (sqrt(second[i] / (1 - pow(0.999, t))) + 1e-8);
        }
    }
    double furthest = 0, moved = 0;
    for (size_t i = 0; i < count; i++) {
        furthest = fmax(furthest, fabs(parameters[i] - (double)network->parameters[i]));
        moved = fmax(moved, fabs(parameters[i]));
    }
    CHECK_NEAR(furthest, 0, 1e-6);
    CHECK(moved > 0.1);
    free(parameters);
    free(first);
    free(second);
    network_destroy(network);
}

static void maxima_are_those_of_a_plain_loop(void)
{
    static float values[8 * SIZE_LIMIT], maxima[8];
    int wrong = 0;
    for (int index = 0; network_kernels_at(index); index++)
        for (int columns = 1; columns < 70; columns++) {
            fill(values, 8 * SIZE_LIMIT, (uint64_t)columns);
            for (int i = 0; i < 8 * SIZE_LIMIT; i++)
                values[i] = i % SIZE_LIMIT < columns ? values[i] - 2 : 1; /* negative, and 1 where nobody must look */
            network_kernels_at(index)->maxima(values, 8, columns, SIZE_LIMIT, maxima);
            for (int row = 0; row < 8; row++) {
                float most = values[row * SIZE_LIMIT];
                for (int column = 0; column < columns; column++)
                    most = fmaxf(most, values[row * SIZE_LIMIT + column]);
                wrong += maxima[row] != most;
            }
        }
    CHECK_INT(wrong, 0);
}

static void learns_a_curved_surface(void)
{
    enum { COUNT = 32, STEPS = 4000 };
    Stream stream = stream_of(3);
    Network *network = network_create((NetworkShape){3, {2, 32, 32, 1}}, COUNT, &stream);
    float inputs[2 * COUNT], targets[COUNT], errors[COUNT];
    double late = 0;
    for (int t = 0; t < STEPS; t++) {
        for (int i = 0; i < COUNT; i++) {
            double x = 2 * stream_uniform(&stream) - 1, y = 2 * stream_uniform(&stream) - 1;
            inputs[2 * i] = (float)x;
            inputs[2 * i + 1] = (float)y;
            targets[i] = (float)(sin(3 * x) * y);
        }
        NetworkBatch batch = {COUNT, inputs, .targets = targets};
        double loss =
            network_train(network, &batch, (NetworkTraining){LOSS_SQUARED, 3e-3 / (1 + t / 500.0), 0}, errors);
        double squares = 0;
        for (int i = 0; i < COUNT; i++)
            squares += (double)(errors[i] * errors[i]);
        CHECK_NEAR(loss, squares / COUNT / 2, 1e-6 * (1 + loss));
        if (t == 0)
            CHECK(loss > 0.05);
        late += t >= STEPS - 100 ? loss / 100 : 0;
    }
    CHECK_NEAR(late, 0, 1e-3); /* the surface's variance is about 0.17, so at first it is near 0.09 */
    network_destroy(network);
}

static int subnormals(const float *values, size_t count)
{
    int found = 0;
    for (size_t i = 0; i < count; i++)
        found += fpclassify(values[i]) == FP_SUBNORMAL;
    return found;
}

/* Gradients of any smallness once, then none for as long as it takes the slow moment to vanish. */
static void moments_never_become_denormal(void)
{
    for (int index = 0; network_kernels_at(index); index++) {
        Network *network = create_on(&one_layer, index);
        for (size_t i = 0; i < network->parameter_count; i++)
            network->gradients[i] = (float)pow(10, -(double)(i % 45));
        network_step(network, 1e-3);
        memset(network->gradients, 0, network->parameter_count * sizeof(float));
        int found = 0;
        for (int t = 0; t < 100000; t++) {
            network_step(network, 1e-3);
            found += subnormals(network->first_moments, network->parameter_count);
            found += subnormals(network->second_moments, network->parameter_count);
        }
        CHECK_INT(found, 0);
        CHECK(network->second_moments[0] == 0);
        network_destroy(network);
    }
}

static void gradients_are_clipped_by_their_norm(void)
{
    Network *network = create_on(&two_layers, 0);
    double squares = 0;
    fill(network->gradients, (int)network->parameter_count, 4);
    for (size_t i = 0; i < network->parameter_count; i++)
        squares += (double)network->gradients[i] * (double)network->gradients[i];
    float before = network->gradients[1];
    CHECK_NEAR(network_clip(network, 0), sqrt(squares), 1e-9 * squares);
    CHECK_NEAR(network_clip(network, 2 * sqrt(squares)), sqrt(squares), 1e-9 * squares);
    CHECK(network->gradients[1] == before);
    network_clip(network, 0.5);
    CHECK_NEAR(network->gradients[1], (double)before * 0.5 / sqrt(squares), 1e-7);
    CHECK_NEAR(network_clip(network, 0.5), 0.5, 1e-6);
    network_destroy(network);
}

/* Variances 2 / inputs of hidden layers and 1 / inputs of the last one, within five standard errors. */
static void initial_weights_are_spread_as_promised(void)
{
    Stream stream = stream_of(8), again = stream_of(8);
    Network *network = network_create(three_layers, 1, &stream), *same = network_create(three_layers, 1, &again);
    CHECK(memcmp(network->parameters, same->parameters, network->parameter_count * sizeof(float)) == 0);
    for (int l = 0; l < network->layer_count; l++) {
        const NetworkLayer *layer = &network->layers[l];
        double squares = 0, most = 0, count = (double)layer->inputs * layer->outputs;
        for (int i = 0; i < layer->inputs; i++)
            for (int o = 0; o < layer->outputs; o++) {
                double weight = (double)layer->weights[i * layer->columns + o];
                squares += weight * weight;
                most = fmax(most, fabs(weight));
            }
        double variance = (l == network->layer_count - 1 ? 1.0 : 2.0) / layer->inputs;
        CHECK_NEAR(squares / count, variance, 5 * variance * sqrt(0.8 / count)); /* kurtosis of the uniform: 9/5 */
        CHECK(most <= sqrt(3 * variance));
        CHECK(layer->weights[layer->inputs * layer->columns] == 0);
    }
    const float zeros[20] = {0};
    network_set_output_bias(network, -3);
    CHECK(network_forward(network, zeros, 1)[99] == -3);
    network_destroy(network);
    network_destroy(same);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(outputs_are_those_of_a_plain_network),
        CHECK_OF(gradients_are_those_of_central_differences),
        CHECK_OF(chosen_outputs_learn_as_if_all_others_had_no_gradient),
        CHECK_OF(adam_is_that_of_the_paper),
        CHECK_OF(maxima_are_those_of_a_plain_loop),
        CHECK_OF(learns_a_curved_surface),
        CHECK_OF(moments_never_become_denormal),
        CHECK_OF(gradients_are_clipped_by_their_norm),
        CHECK_OF(initial_weights_are_spread_as_promised),
    };
    return check_run("network", checks, sizeof checks / sizeof checks[0]);
}

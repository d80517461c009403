#include "classifier.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "classifier_parts.h"

static int round_up(int count)
{
    return (count + NETWORK_LANES - 1) / NETWORK_LANES * NETWORK_LANES;
}

ClassifierShape classifier_heavy_shape(const ImageSet *sizes)
{
    enum { CONVOLUTIONS = 3, POOLS = 2 };
    ClassifierShape shape = {.height = sizes->height,
                             .width = sizes->width,
                             .channels = sizes->channels,
                             .layer_count = CONVOLUTIONS + 2,
                             .convolution_count = CONVOLUTIONS,
                             .units = {16, 32, 64, 128, sizes->class_count}};
    int divisor = 2;
    for (int l = 0; l < POOLS; l++, divisor *= 2)
        shape.pools[l] = shape.height % divisor == 0 && shape.width % divisor == 0;
    return shape;
}

bool classifier_shape_possible(const ClassifierShape *shape)
{
    bool possible = shape->height >= 1 && shape->height <= IMAGE_SIDE_LIMIT && shape->width >= 1 &&
                    shape->width <= IMAGE_SIDE_LIMIT && shape->channels >= 1 &&
                    shape->channels <= IMAGE_CHANNEL_LIMIT && shape->convolution_count >= 0 &&
                    shape->convolution_count < shape->layer_count && shape->layer_count <= CLASSIFIER_LAYER_LIMIT;
    int height = shape->height, width = shape->width;
    for (int l = 0; l < shape->layer_count && possible; l++) {
        bool pools = shape->pools[l];
        possible = shape->units[l] >= 1 && shape->units[l] <= CLASSIFIER_UNIT_LIMIT &&
                   (!pools || (l < shape->convolution_count && height % 2 == 0 && width % 2 == 0)) &&
                   classifier_sizes(shape, l).inputs <= CLASSIFIER_INPUT_LIMIT;
        height /= pools ? 2 : 1;
        width /= pools ? 2 : 1;
    }
    return possible && shape->units[shape->layer_count - 1] <= IMAGE_CLASS_LIMIT;
}

ClassifierSizes classifier_sizes(const ClassifierShape *shape, int layer)
{
    int height = shape->height, width = shape->width, channels = shape->channels;
    for (int l = 0; l < layer && l < shape->convolution_count; l++) {
        height /= shape->pools[l] ? 2 : 1;
        width /= shape->pools[l] ? 2 : 1;
    }
    if (layer > 0)
        channels = shape->units[layer - 1];
    bool convolves = layer < shape->convolution_count, pools = shape->pools[layer];
    if (!convolves) {
        channels *= layer == shape->convolution_count ? height * width : 1;
        height = width = 1;
    }
    return (ClassifierSizes){.height = height,
                             .width = width,
                             .channels = channels,
                             .inputs = convolves ? CLASSIFIER_TAPS * channels : channels,
                             .units = shape->units[layer],
                             .outputs = height * width / (pools ? 4 : 1) * shape->units[layer]};
}

int64_t classifier_layer_parameters(const ClassifierShape *shape, int layer)
{
    ClassifierSizes sizes = classifier_sizes(shape, layer);
    return (int64_t)(sizes.inputs + 1) * sizes.units;
}

int64_t classifier_layer_macs(const ClassifierShape *shape, int layer)
{
    ClassifierSizes sizes = classifier_sizes(shape, layer);
    return (int64_t)sizes.height * sizes.width * sizes.inputs * sizes.units;
}

int64_t classifier_parameters(const ClassifierShape *shape)
{
    int64_t sum = 0;
    for (int l = 0; l < shape->layer_count; l++)
        sum += classifier_layer_parameters(shape, l);
    return sum;
}

int64_t classifier_macs(const ClassifierShape *shape)
{
    int64_t sum = 0;
    for (int l = 0; l < shape->layer_count; l++)
        sum += classifier_layer_macs(shape, l);
    return sum;
}

/* Floats of a layer's activations, and likewise of its deltas. */
static size_t activation_count(const Classifier *classifier, int l)
{
    const ClassifierLayer *layer = &classifier->layers[l];
    return (size_t)classifier->batch_limit * (size_t)(layer->sizes.height * layer->sizes.width * layer->columns);
}

static size_t output_count(const Classifier *classifier, int l)
{
    return (size_t)round_up(classifier->batch_limit * classifier->layers[l].sizes.outputs);
}

/* The most floats that any layer needs of each scratch array. */
typedef struct ScratchSizes {
    size_t patches, turned_weights, output_deltas;
} ScratchSizes;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static ScratchSizes scratch_sizes(const Classifier *classifier)
{
    ScratchSizes most = {0};
    for (int l = 0; l < classifier->shape.layer_count; l++) {
        const ClassifierLayer *layer = &classifier->layers[l];
        const ClassifierSizes *sizes = &layer->sizes;
        size_t pixels = (size_t)(sizes->height * sizes->width), taps = layer->convolves ? CLASSIFIER_TAPS : 1;
        size_t in_columns = (size_t)round_up(sizes->channels);
        most.turned_weights = larger(most.turned_weights, taps * (size_t)sizes->units * in_columns);
        most.output_deltas = larger(most.output_deltas, (size_t)classifier->batch_limit * pixels * in_columns);
        if (!layer->convolves)
            continue;
        size_t images_in = (size_t)classifier_chunk(pixels, (size_t)sizes->inputs);
        size_t images_out = (size_t)classifier_chunk(pixels, taps * (size_t)sizes->units);
        most.patches = larger(most.patches, images_in * pixels * (size_t)sizes->inputs);
        most.patches = larger(most.patches, images_out * pixels * taps * (size_t)sizes->units);
    }
    most.patches = (size_t)round_up((int)most.patches);
    return most;
}

static float *take(float **memory, size_t count)
{
    float *taken = *memory;
    *memory += count;
    return taken;
}

/* One allocation; every array in it starts on a cache line, as all sizes are multiples of NETWORK_LANES. */
static void allocate(Classifier *classifier)
{
    const ClassifierShape *shape = &classifier->shape;
    size_t inputs = (size_t)round_up(classifier->batch_limit * shape->height * shape->width * shape->channels);
    ScratchSizes scratch = scratch_sizes(classifier);
    size_t total =
        4 * classifier->parameter_count + inputs + scratch.patches + scratch.turned_weights + scratch.output_deltas;
    for (int l = 0; l < shape->layer_count; l++)
        total += 2 * activation_count(classifier, l) + output_count(classifier, l);
    float *memory = classifier->memory = memory_allocate_lines(total, sizeof(float));
    classifier->parameters = take(&memory, classifier->parameter_count);
    classifier->gradients = take(&memory, classifier->parameter_count);
    classifier->first_moments = take(&memory, classifier->parameter_count);
    classifier->second_moments = take(&memory, classifier->parameter_count);
    classifier->inputs = take(&memory, inputs);
    float *weights = classifier->parameters, *gradients = classifier->gradients;
    for (int l = 0; l < shape->layer_count; l++) {
        ClassifierLayer *layer = &classifier->layers[l];
        layer->weights = take(&weights, layer->size);
        layer->gradients = take(&gradients, layer->size);
        layer->activations = take(&memory, activation_count(classifier, l));
        layer->deltas = take(&memory, activation_count(classifier, l));
        layer->outputs = take(&memory, output_count(classifier, l));
    }
    classifier->patches = take(&memory, scratch.patches);
    classifier->turned_weights = take(&memory, scratch.turned_weights);
    classifier->output_deltas = take(&memory, scratch.output_deltas);
}

Classifier *classifier_create_empty(const ClassifierShape *shape, int batch_limit)
{
    assert(classifier_shape_possible(shape) && batch_limit >= 1);
    Classifier *classifier = memory_allocate(1, sizeof *classifier);
    *classifier = (Classifier){.shape = *shape, .batch_limit = batch_limit, .kernels = network_kernels_choose()};
    for (int l = 0; l < shape->layer_count; l++) {
        ClassifierLayer *layer = &classifier->layers[l];
        *layer = (ClassifierLayer){.convolves = l < shape->convolution_count,
                                   .pools = shape->pools[l],
                                   .last = l == shape->layer_count - 1,
                                   .sizes = classifier_sizes(shape, l)};
        layer->columns = round_up(layer->sizes.units);
        layer->size = (size_t)(layer->sizes.inputs + 1) * (size_t)layer->columns;
        classifier->parameter_count += layer->size;
    }
    allocate(classifier);
    return classifier;
}

Classifier *classifier_create(const ClassifierShape *shape, int batch_limit, Stream *stream)
{
    Classifier *classifier = classifier_create_empty(shape, batch_limit);
    for (int l = 0; l < shape->layer_count; l++) {
        const ClassifierLayer *layer = &classifier->layers[l];
        double limit = sqrt((layer->last ? 3.0 : 6.0) / layer->sizes.inputs);
        for (int i = 0; i < layer->sizes.inputs; i++)
            for (int u = 0; u < layer->sizes.units; u++)
                layer->weights[(ptrdiff_t)i * layer->columns + u] = (float)(limit * (2 * stream_uniform(stream) - 1));
    }
    return classifier;
}

void classifier_destroy(Classifier *classifier)
{
    if (!classifier)
        return;
    free(classifier->memory);
    free(classifier);
}

Classifier *classifier_clone(const Classifier *classifier)
{
    Classifier *clone = classifier_create_empty(&classifier->shape, classifier->batch_limit);
    memcpy(clone->parameters, classifier->parameters, classifier->parameter_count * sizeof(float));
    clone->kernels = classifier->kernels;
    return clone;
}

#include "quantised_parts.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WEIGHT = 127, MOST_INPUT = UINT8_MAX };

Quantised *quantised_create_empty(const ClassifierShape *shape)
{
    Quantised *quantised = memory_allocate(1, sizeof *quantised);
    quantised->shape = *shape;
    for (int l = 0; l < shape->layer_count; l++) {
        ClassifierSizes sizes = classifier_sizes(shape, l);
        size_t units = (size_t)sizes.units;
        quantised->layers[l] = (QuantisedLayer){.convolves = l < shape->convolution_count,
                                                .pools = shape->pools[l],
                                                .last = l == shape->layer_count - 1,
                                                .sizes = sizes,
                                                .weights = memory_allocate((size_t)sizes.inputs * units, 1),
                                                .scales = memory_allocate(units, sizeof(float)),
                                                .biases = memory_allocate(units, sizeof(float)),
                                                .whole_biases = memory_allocate(units, sizeof(int32_t)),
                                                .multipliers = memory_allocate(units, sizeof(int32_t)),
                                                .shifts = memory_allocate(units, sizeof(int))};
    }
    return quantised;
}

void quantised_destroy(Quantised *quantised)
{
    for (int l = 0; quantised && l < quantised->shape.layer_count; l++) {
        QuantisedLayer *layer = &quantised->layers[l];
        free(layer->weights);
        free(layer->scales);
        free(layer->biases);
        free(layer->whole_biases);
        free(layer->multipliers);
        free(layer->shifts);
    }
    free(quantised);
}

/* The largest output of each layer on some images, at least a little. */
static void measure(Classifier *classifier, const TrainingImages *images, int count, float *ret_largest)
{
    ptrdiff_t size = (ptrdiff_t)classifier->shape.height * classifier->shape.width * classifier->shape.channels;
    for (int l = 0; l < classifier->shape.layer_count; l++)
        ret_largest[l] = 1e-6F;
    for (int first = 0; first < count; first += classifier->batch_limit) {
        int batch = count - first < classifier->batch_limit ? count - first : classifier->batch_limit;
        for (int i = 0; i < batch; i++)
            training_images_read(images, first + i, classifier->inputs + i * size);
        classifier_forward(classifier, batch);
        for (int l = 0; l < classifier->shape.layer_count; l++)
            for (int i = 0; i < batch * classifier->layers[l].sizes.outputs; i++)
                ret_largest[l] = fmaxf(ret_largest[l], classifier->layers[l].outputs[i]);
    }
}

static void quantise_unit(const ClassifierLayer *from, QuantisedLayer *to, int unit)
{
    float most = 0;
    for (int i = 0; i < from->sizes.inputs; i++)
        most = fmaxf(most, fabsf(from->weights[(ptrdiff_t)i * from->columns + unit]));
    to->scales[unit] = most > 0 ? most / MOST_WEIGHT : 1;
    to->biases[unit] = from->weights[(ptrdiff_t)from->sizes.inputs * from->columns + unit];
    for (int i = 0; i < from->sizes.inputs; i++)
        to->weights[(ptrdiff_t)i * to->sizes.units + unit] =
            (int8_t)lrintf(from->weights[(ptrdiff_t)i * from->columns + unit] / to->scales[unit]);
}

void quantised_derive(Quantised *quantised)
{
    for (int l = 0; l < quantised->shape.layer_count; l++) {
        QuantisedLayer *layer = &quantised->layers[l];
        for (int u = 0; u < layer->sizes.units; u++) {
            double step = (double)layer->input_scale * (double)layer->scales[u];
            double bias = fmin(fmax((double)layer->biases[u] / step, -9e8), 9e8);
            layer->whole_biases[u] = (int32_t)lrint(bias);
            if (layer->last)
                continue;
            int exponent;
            double fraction = frexp(step / (double)quantised->layers[l + 1].input_scale, &exponent);
            layer->multipliers[u] = (int32_t)fmin(rint(ldexp(fraction, 31)), INT32_MAX);
            layer->shifts[u] = 31 - exponent;
        }
    }
}

Quantised *quantised_create(Classifier *classifier, const TrainingImages *images, int image_count)
{
    int count = training_images_count(images);
    float largest[CLASSIFIER_LAYER_LIMIT];
    Quantised *quantised = quantised_create_empty(&classifier->shape);
    measure(classifier, images, count < image_count ? count : image_count, largest);
    for (int l = 0; l < classifier->shape.layer_count; l++) {
        quantised->layers[l].input_scale = (l > 0 ? largest[l - 1] : 1) / MOST_INPUT;
        for (int u = 0; u < classifier->shape.units[l]; u++)
            quantise_unit(&classifier->layers[l], &quantised->layers[l], u);
    }
    quantised_derive(quantised);
    return quantised;
}

/* Adds one input to the sums of all units. */
static void add_input(const QuantisedLayer *layer, int input, int32_t value, int32_t *restrict sums)
{
    const int8_t *restrict weights = layer->weights + (ptrdiff_t)input * layer->sizes.units;
    for (int u = 0; value != 0 && u < layer->sizes.units; u++)
        sums[u] += value * weights[u];
}

/* The sums of all units at one pixel of a convolution, or of a dense layer. */
static void add_inputs(const QuantisedLayer *layer, const uint8_t *inputs, int pixel, int32_t *sums)
{
    const ClassifierSizes *sizes = &layer->sizes;
    memcpy(sums, layer->whole_biases, (size_t)sizes->units * sizeof *sums);
    if (!layer->convolves) {
        for (int i = 0; i < sizes->inputs; i++)
            add_input(layer, i, inputs[i], sums);
        return;
    }
    for (int tap = 0; tap < CLASSIFIER_TAPS; tap++) {
        int y = pixel / sizes->width + tap / 3 - 1, x = pixel % sizes->width + tap % 3 - 1;
        if (y < 0 || y >= sizes->height || x < 0 || x >= sizes->width)
            continue;
        const uint8_t *from = inputs + (ptrdiff_t)(y * sizes->width + x) * sizes->channels;
        for (int c = 0; c < sizes->channels; c++)
            add_input(layer, tap * sizes->channels + c, from[c], sums);
    }
}

/* A sum in steps of what goes into the next layer. */
static uint8_t rescale(const QuantisedLayer *layer, int unit, int32_t sum)
{
    int shift = layer->shifts[unit];
    if (sum <= 0 || shift > 62)
        return 0;
    int64_t product = (int64_t)sum * layer->multipliers[unit];
    if (shift <= 0)
        return MOST_INPUT;
    int64_t rounded = (product + ((int64_t)1 << (shift - 1))) >> shift;
    return (uint8_t)(rounded > MOST_INPUT ? MOST_INPUT : rounded);
}

/* One layer but the last; outputs are pooled as they come. */
static void forward_layer(const QuantisedLayer *layer, const uint8_t *inputs, int32_t *sums, uint8_t *ret_outputs)
{
    const int width = layer->sizes.width, units = layer->sizes.units, scale = layer->pools ? 2 : 1;
    memset(ret_outputs, 0, (size_t)layer->sizes.outputs);
    for (int pixel = 0; pixel < layer->sizes.height * width; pixel++) {
        add_inputs(layer, inputs, pixel, sums);
        int place = pixel / width / scale * (width / scale) + pixel % width / scale;
        uint8_t *outputs = ret_outputs + (ptrdiff_t)place * units;
        for (int u = 0; u < units; u++) {
            uint8_t output = rescale(layer, u, sums[u]);
            outputs[u] = output > outputs[u] ? output : outputs[u];
        }
    }
}

/* The most bytes that lie between two layers. */
static size_t room_of(const ClassifierShape *shape)
{
    size_t most = (size_t)(shape->height * shape->width * shape->channels);
    for (int l = 0; l < shape->layer_count; l++) {
        size_t outputs = (size_t)classifier_sizes(shape, l).outputs;
        most = outputs > most ? outputs : most;
    }
    return most;
}

void quantised_forward(const Quantised *quantised, const float *pixels, float *ret_outputs)
{
    const ClassifierShape *shape = &quantised->shape;
    size_t room = room_of(shape);
    uint8_t *rooms = memory_allocate(2 * room, 1), *below = rooms, *above = rooms + room;
    int32_t sums[CLASSIFIER_UNIT_LIMIT];
    for (int i = 0; i < shape->height * shape->width * shape->channels; i++)
        below[i] = (uint8_t)lrintf(pixels[i] * MOST_INPUT);
    for (int l = 0; l + 1 < shape->layer_count; l++) {
        forward_layer(&quantised->layers[l], below, sums, above);
        uint8_t *swap = below;
        below = above;
        above = swap;
    }
    const QuantisedLayer *last = &quantised->layers[shape->layer_count - 1];
    add_inputs(last, below, 0, sums);
    for (int u = 0; u < last->sizes.units; u++)
        ret_outputs[u] = (float)((double)sums[u] * (double)last->input_scale * (double)last->scales[u]);
    free(rooms);
}

int quantised_evaluate(const Quantised *quantised, const HeldOutImages *images, float *ret_outputs)
{
    const ClassifierShape *shape = &quantised->shape;
    int classes = shape->units[shape->layer_count - 1], right = 0;
    float outputs[IMAGE_CLASS_LIMIT];
    float *pixels = memory_allocate((size_t)(shape->height * shape->width * shape->channels), sizeof *pixels);
    for (int i = 0; i < held_out_images_count(images); i++) {
        int label = held_out_images_read(images, i, pixels);
        quantised_forward(quantised, pixels, outputs);
        right += classifier_choice(classes, outputs) == label;
        if (ret_outputs)
            memcpy(ret_outputs + (ptrdiff_t)i * classes, outputs, (size_t)classes * sizeof *outputs);
    }
    free(pixels);
    return right;
}

#include "classifier.h"

#include "classifier_parts.h"

#include <assert.h>
#include <string.h>

/* gather_patches for one channel, tap by tap, which takes less time. */
static void gather_grey_patches(const ClassifierSizes *sizes, const float *source, int images, float *ret_patches)
{
    const int height = sizes->height, width = sizes->width;
    for (ptrdiff_t row = 0; row < (ptrdiff_t)images * height; row++, ret_patches += width * CLASSIFIER_TAPS)
        for (int tap = 0; tap < CLASSIFIER_TAPS; tap++) {
            int y = (int)(row % height) + tap / 3 - 1, dx = tap % 3 - 1;
            const ptrdiff_t from = (row + tap / 3 - 1) * width + dx;
            float *patches = ret_patches + tap;
            if (y < 0 || y >= height) {
                for (int x = 0; x < width; x++)
                    patches[x * CLASSIFIER_TAPS] = 0;
                continue;
            }
            for (int x = dx < 0; x < width - (dx > 0); x++)
                patches[x * CLASSIFIER_TAPS] = source[from + x];
            if (dx != 0)
                patches[dx < 0 ? 0 : (width - 1) * CLASSIFIER_TAPS] = 0;
        }
}

/* The 3 x 3 neighbourhoods of all pixels of `images` images, [pixels][9][channels], zeros beyond the edge. `step`: from
 * pixel to pixel of the source. */
static void gather_patches(const ClassifierSizes *sizes, const float *source, int channels, int step, int images,
                           float *ret_patches)
{
    if (channels == 1 && step == 1) {
        gather_grey_patches(sizes, source, images, ret_patches);
        return;
    }
    const int height = sizes->height, width = sizes->width;
    const size_t tap = (size_t)channels * sizeof(float);
    for (ptrdiff_t row = 0; row < (ptrdiff_t)images * height; row++)
        for (int x = 0; x < width; x++)
            for (int dy = -1; dy <= 1; dy++, ret_patches += 3 * channels) {
                int y = (int)(row % height) + dy;
                const ptrdiff_t from = ((row + dy) * width + x - 1) * step;
                bool inside = y >= 0 && y < height;
                if (inside && x > 0 && x < width - 1 && step == channels) {
                    memcpy(ret_patches, source + from, 3 * tap);
                    continue;
                }
                for (int dx = 0; dx < 3; dx++)
                    if (inside && x + dx >= 1 && x + dx <= width)
                        memcpy(ret_patches + dx * channels, source + from + (ptrdiff_t)dx * step, tap);
                    else
                        memset(ret_patches + dx * channels, 0, tap);
            }
}

static int pixels_of(const ClassifierLayer *layer)
{
    return layer->sizes.height * layer->sizes.width;
}

static const float *layer_inputs(const Classifier *classifier, int l)
{
    return l > 0 ? classifier->layers[l - 1].outputs : classifier->inputs;
}

/* The product that `layer` is, for a number of rows of what goes in. */
static NetworkProduct forward_product(const ClassifierLayer *layer, int rows)
{
    return (NetworkProduct){.rows = rows,
                            .depth = layer->sizes.inputs,
                            .columns = layer->columns,
                            .row_step = layer->sizes.inputs,
                            .depth_step = 1,
                            .right = layer->weights,
                            .start = layer->weights + (ptrdiff_t)layer->sizes.inputs * layer->columns,
                            .rectify = !layer->last};
}

static void forward_convolution(Classifier *classifier, int l)
{
    const ClassifierLayer *layer = &classifier->layers[l];
    const ClassifierSizes *sizes = &layer->sizes;
    int pixels = pixels_of(layer), chunk = classifier_chunk((size_t)pixels, (size_t)sizes->inputs);
    for (int image = 0; image < classifier->count; image += chunk) {
        int images = classifier->count - image < chunk ? classifier->count - image : chunk;
        gather_patches(sizes, layer_inputs(classifier, l) + (ptrdiff_t)image * pixels * sizes->channels,
                       sizes->channels, sizes->channels, images, classifier->patches);
        NetworkProduct product = forward_product(layer, images * pixels);
        product.left = classifier->patches;
        product.result = layer->activations + (ptrdiff_t)image * pixels * layer->columns;
        classifier->kernels->multiply(&product);
    }
}

static void backward_convolution_weights(Classifier *classifier, int l)
{
    const float one = 1;
    const ClassifierLayer *layer = &classifier->layers[l];
    const ClassifierSizes *sizes = &layer->sizes;
    int pixels = pixels_of(layer), chunk = classifier_chunk((size_t)pixels, (size_t)sizes->inputs);
    for (int image = 0; image < classifier->count; image += chunk) {
        int images = classifier->count - image < chunk ? classifier->count - image : chunk;
        gather_patches(sizes, layer_inputs(classifier, l) + (ptrdiff_t)image * pixels * sizes->channels,
                       sizes->channels, sizes->channels, images, classifier->patches);
        NetworkProduct product = {.rows = sizes->inputs,
                                  .depth = images * pixels,
                                  .columns = layer->columns,
                                  .left = classifier->patches,
                                  .row_step = 1,
                                  .depth_step = sizes->inputs,
                                  .right = layer->deltas + (ptrdiff_t)image * pixels * layer->columns,
                                  .accumulate = image > 0,
                                  .result = layer->gradients};
        classifier->kernels->multiply(&product);
        product.rows = 1;
        product.left = &one;
        product.row_step = product.depth_step = 0;
        product.result = layer->gradients + (ptrdiff_t)sizes->inputs * layer->columns;
        classifier->kernels->multiply(&product);
    }
}

/* Weights as the way back needs them, [taps][units][channels rounded up]: tap t of the neighbourhood of a unit's delta
 * is where that unit sees the pixel with its tap 8 - t. */
static int turn_weights(Classifier *classifier, int l)
{
    const ClassifierLayer *layer = &classifier->layers[l];
    int channels = layer->sizes.channels, units = layer->sizes.units, taps = layer->convolves ? CLASSIFIER_TAPS : 1;
    int columns = (channels + NETWORK_LANES - 1) / NETWORK_LANES * NETWORK_LANES;
    float *turned = classifier->turned_weights;
    memset(turned, 0, (size_t)(taps * units) * (size_t)columns * sizeof *turned);
    for (int t = 0; t < taps; t++)
        classifier->kernels->transpose(layer->weights + (ptrdiff_t)(taps - 1 - t) * channels * layer->columns, channels,
                                       units, layer->columns, turned + (ptrdiff_t)t * units * columns, columns);
    return columns;
}

/* Gradients of what goes into a convolution, [batch][pixels][columns], into the scratch array. Returns columns. */
static int backward_convolution_inputs(Classifier *classifier, int l)
{
    const ClassifierLayer *layer = &classifier->layers[l];
    int units = layer->sizes.units, depth = CLASSIFIER_TAPS * units, columns = turn_weights(classifier, l);
    int pixels = pixels_of(layer), chunk = classifier_chunk((size_t)pixels, (size_t)depth);
    for (int image = 0; image < classifier->count; image += chunk) {
        int images = classifier->count - image < chunk ? classifier->count - image : chunk;
        gather_patches(&layer->sizes, layer->deltas + (ptrdiff_t)image * pixels * layer->columns, units, layer->columns,
                       images, classifier->patches);
        NetworkProduct product = {.rows = images * pixels,
                                  .depth = depth,
                                  .columns = columns,
                                  .left = classifier->patches,
                                  .row_step = depth,
                                  .depth_step = 1,
                                  .right = classifier->turned_weights,
                                  .result = classifier->output_deltas + (ptrdiff_t)image * pixels * columns};
        classifier->kernels->multiply(&product);
    }
    return columns;
}

static void forward_dense(Classifier *classifier, int l)
{
    const ClassifierLayer *layer = &classifier->layers[l];
    NetworkProduct product = forward_product(layer, classifier->count);
    product.left = layer_inputs(classifier, l);
    product.result = layer->activations;
    classifier->kernels->multiply(&product);
}

static void backward_dense_weights(Classifier *classifier, int l)
{
    const float one = 1;
    const ClassifierLayer *layer = &classifier->layers[l];
    NetworkProduct product = {.rows = layer->sizes.inputs,
                              .depth = classifier->count,
                              .columns = layer->columns,
                              .left = layer_inputs(classifier, l),
                              .row_step = 1,
                              .depth_step = layer->sizes.inputs,
                              .right = layer->deltas,
                              .result = layer->gradients};
    classifier->kernels->multiply(&product);
    product.rows = 1;
    product.left = &one;
    product.row_step = product.depth_step = 0;
    product.result = layer->gradients + (ptrdiff_t)layer->sizes.inputs * layer->columns;
    classifier->kernels->multiply(&product);
}

/* Gradients of what goes into a dense layer, [batch][columns], into the scratch array. Returns columns. */
static int backward_dense_inputs(Classifier *classifier, int l)
{
    const ClassifierLayer *layer = &classifier->layers[l];
    int columns = turn_weights(classifier, l);
    NetworkProduct product = {.rows = classifier->count,
                              .depth = layer->sizes.units,
                              .columns = columns,
                              .left = layer->deltas,
                              .row_step = layer->columns,
                              .depth_step = 1,
                              .right = classifier->turned_weights,
                              .result = classifier->output_deltas};
    classifier->kernels->multiply(&product);
    return columns;
}

/* The four activations that become one output, `columns` apart in a row. */
typedef struct Square {
    ptrdiff_t places[4];
} Square;

static Square square_at(const ClassifierLayer *layer, ptrdiff_t output_row, int x)
{
    ptrdiff_t above = (2 * output_row * layer->sizes.width + 2 * x) * layer->columns;
    ptrdiff_t below = above + (ptrdiff_t)layer->sizes.width * layer->columns;
    return (Square){{above, above + layer->columns, below, below + layer->columns}};
}

/* Activations become outputs: the largest of each square of four, or as they are, without the padding. */
static void pool(const ClassifierLayer *layer, int count)
{
    const int units = layer->sizes.units, half_width = layer->sizes.width / 2;
    const float *activations = layer->activations;
    float *restrict output = layer->outputs;
    if (!layer->pools) {
        ptrdiff_t pixels = (ptrdiff_t)count * pixels_of(layer);
        for (ptrdiff_t pixel = 0; pixel < pixels; pixel++)
            memcpy(output + pixel * units, activations + pixel * layer->columns, (size_t)units * sizeof *output);
        return;
    }
    for (ptrdiff_t row = 0; row < (ptrdiff_t)count * (layer->sizes.height / 2); row++)
        for (int x = 0; x < half_width; x++, output += units) {
            Square square = square_at(layer, row, x);
            const float *restrict a = activations + square.places[0], *restrict b = activations + square.places[1];
            const float *restrict c = activations + square.places[2], *restrict d = activations + square.places[3];
            for (int u = 0; u < units; u++) {
                float upper = a[u] > b[u] ? a[u] : b[u], lower = c[u] > d[u] ? c[u] : d[u];
                output[u] = upper > lower ? upper : lower;
            }
        }
}

/* Gradients of one square's output become those of its sums: they go to the first of the four that is the largest, and
 * nowhere where it was not active. */
static void backward_square(const ClassifierLayer *layer, Square square, const float *restrict output,
                            const float *restrict gradients)
{
    const float *restrict a = layer->activations + square.places[0];
    const float *restrict b = layer->activations + square.places[1];
    const float *restrict c = layer->activations + square.places[2];
    float *restrict da = layer->deltas + square.places[0], *restrict db = layer->deltas + square.places[1];
    float *restrict dc = layer->deltas + square.places[2], *restrict dd = layer->deltas + square.places[3];
    for (int u = 0; u < layer->sizes.units; u++) {
        float gradient = output[u] > 0 ? gradients[u] : 0;
        float at_a = a[u] == output[u] ? gradient : 0, past_a = gradient - at_a;
        float at_b = b[u] == output[u] ? past_a : 0, past_b = past_a - at_b;
        float at_c = c[u] == output[u] ? past_b : 0;
        da[u] = at_a;
        db[u] = at_b;
        dc[u] = at_c;
        dd[u] = past_b - at_c;
    }
}

/* Gradients of all outputs become those of the sums. `image_step` and `pixel_step`: of `gradients`. */
static void backward_pool(const ClassifierLayer *layer, int count, const float *gradients, ptrdiff_t image_step,
                          int pixel_step)
{
    const int units = layer->sizes.units, scale = layer->pools ? 2 : 1;
    const int height = layer->sizes.height / scale, width = layer->sizes.width / scale;
    const float *output = layer->outputs;
    for (ptrdiff_t row = 0; row < (ptrdiff_t)count * height; row++) {
        const float *from = gradients + row / height * image_step + row % height * width * pixel_step;
        for (int x = 0; x < width; x++, output += units, from += pixel_step) {
            if (layer->pools) {
                backward_square(layer, square_at(layer, row, x), output, from);
                continue;
            }
            float *restrict delta = layer->deltas + (row * width + x) * layer->columns;
            for (int u = 0; u < units; u++)
                delta[u] = output[u] > 0 ? from[u] : 0;
        }
    }
}

const float *classifier_forward(Classifier *classifier, int count)
{
    assert(count >= 1 && count <= classifier->batch_limit);
    classifier->count = count;
    for (int l = 0; l < classifier->shape.layer_count; l++) {
        (classifier->layers[l].convolves ? forward_convolution : forward_dense)(classifier, l);
        pool(&classifier->layers[l], count);
    }
    return classifier->layers[classifier->shape.layer_count - 1].outputs;
}

void classifier_backward(Classifier *classifier, const float *output_gradients)
{
    int l = classifier->shape.layer_count - 1;
    const ClassifierLayer *last = &classifier->layers[l];
    for (int image = 0; image < classifier->count; image++)
        memcpy(last->deltas + (ptrdiff_t)image * last->columns, output_gradients + (ptrdiff_t)image * last->sizes.units,
               (size_t)last->sizes.units * sizeof(float));
    for (; l >= 0; l--) {
        bool convolves = classifier->layers[l].convolves;
        (convolves ? backward_convolution_weights : backward_dense_weights)(classifier, l);
        if (l == 0)
            break;
        const ClassifierLayer *below = &classifier->layers[l - 1];
        int columns = (convolves ? backward_convolution_inputs : backward_dense_inputs)(classifier, l);
        ptrdiff_t image_step = convolves ? (ptrdiff_t)pixels_of(&classifier->layers[l]) * columns : columns;
        backward_pool(below, classifier->count, classifier->output_deltas, image_step,
                      convolves ? columns : below->sizes.units);
    }
}

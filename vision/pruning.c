#include "pruning.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A unit and what it is worth. */
typedef struct Rank {
    int unit;
    double importance;
} Rank;

static int compare_ranks(const void *a, const void *b)
{
    const Rank *first = a, *second = b;
    if (first->importance != second->importance)
        return first->importance > second->importance ? -1 : 1;
    return first->unit - second->unit;
}

/* What comes out of a unit arrives at so many places of the next layer's inputs, a layer's units apart: its taps, or
 * its pixels where the next layer is the first dense one. */
static int arrivals(const Classifier *classifier, int l)
{
    return classifier->layers[l + 1].sizes.inputs / classifier->layers[l].sizes.units;
}

static double importance_of(const Classifier *classifier, int l, int unit)
{
    const ClassifierLayer *layer = &classifier->layers[l], *above = &classifier->layers[l + 1];
    double into = 0, out = 0;
    for (int i = 0; i < layer->sizes.inputs; i++)
        into += (double)fabsf(layer->weights[(ptrdiff_t)i * layer->columns + unit]);
    for (int k = 0; k < arrivals(classifier, l); k++)
        for (int u = 0; u < above->sizes.units; u++)
            out += (double)fabsf(above->weights[(ptrdiff_t)(k * layer->sizes.units + unit) * above->columns + u]);
    return into * out;
}

static int *order_of(const Classifier *classifier, int l)
{
    int units = classifier->shape.units[l], *order = memory_allocate((size_t)units, sizeof *order);
    Rank *ranks = memory_allocate((size_t)units, sizeof *ranks);
    for (int u = 0; u < units; u++)
        ranks[u] = (Rank){u, importance_of(classifier, l, u)};
    qsort(ranks, (size_t)units, sizeof *ranks, compare_ranks);
    for (int u = 0; u < units; u++)
        order[u] = ranks[u].unit;
    free(ranks);
    return order;
}

/* Adds the products of one pixel's outputs, weighted, to the lower triangle. */
static void add_products(const float *outputs, int units, double weight, double *restrict products)
{
    for (int i = 0; i <= units; i++) {
        double value = weight * (i < units ? (double)outputs[i] : 1), *restrict row = products + i * (units + 1);
        if (value == 0) /* a rectified unit that is silent */
            continue;
        for (int j = 0; j < i; j++)
            row[j] += value * (double)outputs[j];
        row[i] += value * (i < units ? (double)outputs[i] : 1);
    }
}

static void measure(Pruner *pruner, Classifier *classifier, const TrainingImages *images, int count)
{
    ptrdiff_t size = (ptrdiff_t)classifier->shape.height * classifier->shape.width * classifier->shape.channels;
    for (int first = 0; first < count; first += classifier->batch_limit) {
        int batch = count - first < classifier->batch_limit ? count - first : classifier->batch_limit;
        for (int i = 0; i < batch; i++)
            training_images_read(images, first + i, classifier->inputs + i * size);
        classifier_forward(classifier, batch);
        for (int l = 0; l + 1 < classifier->shape.layer_count; l++) {
            const ClassifierLayer *layer = &classifier->layers[l];
            int units = layer->sizes.units, pixels = layer->sizes.outputs / units;
            for (int pixel = 0; pixel < batch * pixels; pixel++)
                add_products(layer->outputs + (ptrdiff_t)pixel * units, units, 1.0 / count / pixels,
                             pruner->products[l]);
        }
    }
}

Pruner *pruner_create(Classifier *classifier, const TrainingImages *images, int image_count)
{
    Pruner *pruner = memory_allocate(1, sizeof *pruner);
    pruner->classifier = classifier;
    for (int l = 0; l + 1 < classifier->shape.layer_count; l++) {
        size_t side = (size_t)classifier->shape.units[l] + 1;
        pruner->order[l] = order_of(classifier, l);
        pruner->products[l] = memory_allocate(side * side, sizeof(double));
    }
    int count = training_images_count(images);
    measure(pruner, classifier, images, count < image_count ? count : image_count);
    return pruner;
}

void pruner_destroy(Pruner *pruner)
{
    if (!pruner)
        return;
    for (int l = 0; l < CLASSIFIER_LAYER_LIMIT; l++) {
        free(pruner->order[l]);
        free(pruner->products[l]);
    }
    free(pruner);
}

ClassifierShape pruner_shape(const ClassifierShape *shape, const int *units)
{
    ClassifierShape smaller = *shape;
    for (int l = 0; l + 1 < shape->layer_count; l++)
        smaller.units[l] = units[l];
    return smaller;
}

/* How the units of a layer, and a constant, are told by those that stay, and a constant: [units + 1][kept + 1]. */
typedef struct Retelling {
    int units, kept;
    double *shares; /* owned */
} Retelling;

static double product_of(const double *products, int side, int i, int j)
{
    return i >= j ? products[i * side + j] : products[j * side + i];
}

/* The lower triangle L with L L' = the products of those that stay, slightly more on the diagonal so that units which
 * never speak do no harm. */
static double *factorise(const double *products, int units, const int *kept, int count)
{
    double *factor = memory_allocate((size_t)(count * count), sizeof *factor), ridge = 0;
    for (int i = 0; i < count; i++)
        ridge += 1e-4 * product_of(products, units + 1, kept[i], kept[i]) / count;
    for (int i = 0; i < count; i++)
        for (int j = 0; j <= i; j++) {
            double sum = product_of(products, units + 1, kept[i], kept[j]) + (i == j ? ridge + 1e-12 : 0);
            for (int k = 0; k < j; k++)
                sum -= factor[i * count + k] * factor[j * count + k];
            factor[i * count + j] = i == j ? sqrt(fmax(sum, 1e-12)) : sum / factor[j * count + j];
        }
    return factor;
}

/* Solves L L' x = x in place. */
static void solve(const double *factor, int count, double *values)
{
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < i; k++)
            values[i] -= factor[i * count + k] * values[k];
        values[i] /= factor[i * count + i];
    }
    for (int i = count - 1; i >= 0; i--) {
        values[i] /= factor[i * count + i];
        for (int k = 0; k < i; k++)
            values[k] -= factor[i * count + k] * values[i];
    }
}

static Retelling retelling_of(const Pruner *pruner, int l, int kept)
{
    int units = pruner->classifier->shape.units[l], side = kept + 1;
    Retelling retelling = {units, kept, memory_allocate((size_t)((units + 1) * side), sizeof(double))};
    int *staying = memory_allocate((size_t)side, sizeof *staying);
    memcpy(staying, pruner->order[l], (size_t)kept * sizeof *staying);
    staying[kept] = units;
    double *factor = factorise(pruner->products[l], units, staying, side);
    for (int i = 0; i < side; i++)
        retelling.shares[staying[i] * side + i] = 1;
    for (int i = kept; i < units; i++) {
        int gone = pruner->order[l][i];
        double *shares = retelling.shares + gone * side;
        for (int j = 0; j < side; j++)
            shares[j] = product_of(pruner->products[l], units + 1, gone, staying[j]);
        solve(factor, side, shares);
    }
    free(factor);
    free(staying);
    return retelling;
}

/* The weights of one layer for inputs that are told anew (NULL: as they are), for the units that stay. */
static void retell_layer(const ClassifierLayer *from, const ClassifierLayer *to, const Retelling *retelling,
                         const int *kept)
{
    int channels = retelling ? retelling->units : from->sizes.inputs, side = retelling ? retelling->kept + 1 : 0;
    double *sums = memory_allocate((size_t)(to->sizes.inputs + 1), sizeof *sums);
    for (int u = 0; u < to->sizes.units; u++) {
        const float *column = from->weights + (kept ? kept[u] : u);
        for (int i = 0; i <= to->sizes.inputs; i++)
            sums[i] = retelling && i < to->sizes.inputs
                          ? 0
                          : (double)column[(ptrdiff_t)(i < to->sizes.inputs ? i : from->sizes.inputs) * from->columns];
        for (int i = 0; retelling && i < from->sizes.inputs; i++) {
            double weight = (double)column[(ptrdiff_t)i * from->columns];
            const double *shares = retelling->shares + i % channels * side;
            for (int k = 0; k < retelling->kept; k++)
                sums[i / channels * retelling->kept + k] += weight * shares[k];
            sums[to->sizes.inputs] += weight * shares[retelling->kept];
        }
        for (int i = 0; i <= to->sizes.inputs; i++)
            to->weights[(ptrdiff_t)i * to->columns + u] = (float)sums[i];
    }
    free(sums);
}

Classifier *pruner_prune(const Pruner *pruner, const int *units)
{
    const Classifier *classifier = pruner->classifier;
    ClassifierShape smaller = pruner_shape(&classifier->shape, units);
    Classifier *pruned = classifier_create_empty(&smaller, classifier->batch_limit);
    pruned->kernels = classifier->kernels;
    Retelling retelling = {0};
    for (int l = 0; l < smaller.layer_count; l++) {
        assert(smaller.units[l] >= 1 && smaller.units[l] <= classifier->shape.units[l]);
        retell_layer(&classifier->layers[l], &pruned->layers[l], l > 0 ? &retelling : NULL, pruner->order[l]);
        free(retelling.shares);
        retelling = (Retelling){0};
        if (l + 1 < smaller.layer_count)
            retelling = retelling_of(pruner, l, smaller.units[l]);
    }
    return pruned;
}

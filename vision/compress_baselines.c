#include "compression_parts.h"

#include <math.h>
#include <string.h>

static void place_uniform(const void *context, const Compression *compression, double t, int *ret_units)
{
    (void)context;
    for (int l = 0; l < compression_layer_count(compression); l++)
        ret_units[l] = compression_units(compression, l, compression_ratio(t));
}

void compress_uniform(CompressionSearch *search, Stream *stream)
{
    (void)stream;
    compression_search_line(search, (CompressionLine){place_uniform, NULL});
}

enum { LEVELS = 6 };

/* The accuracy that the network loses where one layer alone is pruned, from the least pruned level to the most. */
typedef struct Sensitivity {
    double loss[CLASSIFIER_LAYER_LIMIT][LEVELS + 1]; /* never falling; 0 at level 0, nothing pruned */
} Sensitivity;

/* Where level `level` is on the scale of keep ratios. */
static double level_place(double level)
{
    return 1 - level / LEVELS;
}

static void measure_layer(CompressionSearch *search, int layer, double *ret_loss)
{
    const Compression *compression = search->compression;
    int units[CLASSIFIER_LAYER_LIMIT];
    memcpy(units, compression->heavy->shape.units, sizeof units);
    /* The whole network is tried too, as brief fine-tuning alone costs some accuracy. */
    const Candidate *whole = compression_try(search, units);
    double accuracy = whole ? whole->accuracy : compression->accuracy;
    ret_loss[0] = 0;
    for (int level = 1; level <= LEVELS; level++) {
        units[layer] = compression_units(compression, layer, compression_ratio(level_place(level)));
        const Candidate *candidate = compression_try(search, units);
        double loss = candidate ? accuracy - candidate->accuracy : 1;
        ret_loss[level] = loss > ret_loss[level - 1] ? loss : ret_loss[level - 1];
    }
}

/* Each layer pruned until it would lose too much alone; t: a loss from next to nothing (1) to a quarter (0), in equal
 * factors. */
static void place_by_loss(const void *context, const Compression *compression, double t, int *ret_units)
{
    const Sensitivity *sensitivity = context;
    const double least = 1e-4, most = 0.25;
    double allowed = most * pow(least / most, t);
    for (int l = 0; l < compression_layer_count(compression); l++) {
        const double *loss = sensitivity->loss[l];
        int level = 0;
        while (level < LEVELS && loss[level + 1] <= allowed)
            level++;
        double part = level < LEVELS ? (allowed - loss[level]) / (loss[level + 1] - loss[level]) : 0;
        ret_units[l] = compression_units(compression, l, compression_ratio(level_place(level + part)));
    }
}

void compress_sensitivity(CompressionSearch *search, Stream *stream)
{
    (void)stream;
    Sensitivity sensitivity;
    for (int l = 0; l < compression_layer_count(search->compression); l++)
        measure_layer(search, l, sensitivity.loss[l]);
    compression_search_line(search, (CompressionLine){place_by_loss, &sensitivity});
}

void compress_random(CompressionSearch *search, Stream *stream)
{
    const Compression *compression = search->compression;
    int draws = 100000, units[CLASSIFIER_LAYER_LIMIT];
    for (; draws > 0 && search->count < compression->settings.evaluations; draws--) {
        const Candidate *best = compression_best(search);
        for (int l = 0; l < compression_layer_count(compression); l++)
            units[l] = compression_units(compression, l, stream_uniform(stream));
        if (compression_bytes(compression, units) < (best ? best->bytes : INT64_MAX))
            compression_try(search, units);
    }
}

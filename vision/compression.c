#include "compression_parts.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Entities of STREAM_VISION: what is drawn. The training of a network has 0. */
enum { FINE_TUNING = 1, SEARCH = 2 };

enum { MEASURED_IMAGES = 512 };

CompressionSettings compression_default_settings(void)
{
    return (CompressionSettings){
        .evaluations = 48,
        .brief = {.steps = 24, .batch = 32, .learning_rate = 1e-3, .shift = 1},
        .full = {.steps = 800, .batch = 32, .learning_rate = 4e-3, .shift = 1},
        .brief_tolerance = 0.04,
        .tolerance = 0.005,
    };
}

Compression compression_begin(Classifier *heavy, int64_t bytes, const TrainingImages *train, const HeldOutImages *tune,
                              CompressionSettings settings, uint64_t seed)
{
    return (Compression){.heavy = heavy,
                         .train = train,
                         .tune = tune,
                         .seed = seed,
                         .settings = settings,
                         .pruner = pruner_create(heavy, train, MEASURED_IMAGES),
                         .accuracy = (double)classifier_evaluate(heavy, tune, NULL) / held_out_images_count(tune),
                         .bytes = bytes};
}

void compression_free(Compression *compression)
{
    pruner_destroy(compression->pruner);
    *compression = (Compression){0};
}

int64_t compression_bytes(const Compression *compression, const int *units)
{
    ClassifierShape shape = pruner_shape(&compression->heavy->shape, units);
    int64_t gone = classifier_parameters(&compression->heavy->shape) - classifier_parameters(&shape);
    return compression->bytes - gone * (int64_t)sizeof(float);
}

int compression_units(const Compression *compression, int layer, double ratio)
{
    int all = compression->heavy->shape.units[layer], units = (int)(ratio * all + 0.5);
    return units < 1 ? 1 : units > all ? all : units;
}

double compression_ratio(double x)
{
    return exp2(5 * (x - 1));
}

static Classifier *fine_tune(const Compression *compression, const int *units, ClassifierTraining training)
{
    Classifier *pruned = pruner_prune(compression->pruner, units);
    Stream stream = stream_create(compression->seed, 0, STREAM_VISION, FINE_TUNING);
    classifier_train(pruned, compression->train, training, &stream);
    return pruned;
}

static double accuracy_of(const Compression *compression, Classifier *classifier)
{
    return (double)classifier_evaluate(classifier, compression->tune, NULL) / held_out_images_count(compression->tune);
}

static Candidate *find(const CompressionSearch *search, const int *units)
{
    size_t size = (size_t)compression_layer_count(search->compression) * sizeof *units;
    for (int i = 0; i < search->count; i++)
        if (memcmp(search->candidates[i].units, units, size) == 0)
            return &search->candidates[i];
    return NULL;
}

bool compression_tried(const CompressionSearch *search, const int *units)
{
    return find(search, units) != NULL;
}

const Candidate *compression_try(CompressionSearch *search, const int *units)
{
    const Compression *compression = search->compression;
    const Candidate *known = find(search, units);
    if (known || search->count == compression->settings.evaluations)
        return known;
    Candidate *candidate = &search->candidates[search->count++];
    Classifier *pruned = fine_tune(compression, units, compression->settings.brief);
    *candidate =
        (Candidate){.bytes = compression_bytes(compression, units), .accuracy = accuracy_of(compression, pruned)};
    memcpy(candidate->units, pruned->shape.units, sizeof candidate->units);
    classifier_destroy(pruned);
    return candidate;
}

bool compression_passes(const Compression *compression, const Candidate *candidate)
{
    return candidate->accuracy >= compression->accuracy - compression->settings.brief_tolerance;
}

const Candidate *compression_best(const CompressionSearch *search)
{
    const Candidate *best = NULL;
    for (int i = 0; i < search->count; i++) {
        const Candidate *candidate = &search->candidates[i];
        if (compression_passes(search->compression, candidate) && (!best || candidate->bytes < best->bytes))
            best = candidate;
    }
    return best;
}

void compression_search_line(CompressionSearch *search, CompressionLine line)
{
    const Compression *compression = search->compression;
    int units[CLASSIFIER_LAYER_LIMIT], left = compression->settings.evaluations - search->count, coarse = left / 3;
    double least = 1;
    for (int i = 0; i < coarse; i++) {
        double t = (double)(coarse - 1 - i) / (coarse > 1 ? coarse - 1 : 1);
        line.place(line.context, compression, t, units);
        const Candidate *candidate = compression_try(search, units);
        if (candidate && compression_passes(compression, candidate))
            least = t;
    }
    /* Finer and finer, until nothing new is left between. */
    const double reach = coarse > 1 ? 2.0 / (coarse - 1) : 1;
    for (int parts = left - coarse; parts <= 16 * left && search->count < compression->settings.evaluations; parts *= 2)
        for (int i = 0; i <= parts; i++) {
            line.place(line.context, compression, fmin(fmax(least - reach + 1.5 * reach * i / parts, 0), 1), units);
            compression_try(search, units);
        }
}

static const Compressor compressors[] = {
    {"uniform", "the same keep ratio in every layer", compress_uniform},
    {"sensitivity", "layers keep the less, the less accuracy they lose when pruned alone", compress_sensitivity},
    {"random", "random keep ratios, of networks smaller than the best so far", compress_random},
    {"actor-critic", "reinforcement learning walks the layers and chooses keep ratios", compress_actor_critic},
};

const Compressor *compressor_at(int index)
{
    int count = (int)(sizeof compressors / sizeof *compressors);
    return index >= 0 && index < count ? &compressors[index] : NULL;
}

const Compressor *compressor_find(const char *name)
{
    for (int i = 0; compressor_at(i); i++)
        if (strcmp(compressors[i].name, name) == 0)
            return &compressors[i];
    return NULL;
}

Compressed compression_run(const Compression *compression, const Compressor *compressor)
{
    const CompressionSettings *settings = &compression->settings;
    CompressionSearch search = {.compression = compression,
                                .candidates =
                                    memory_allocate((size_t)settings->evaluations, sizeof *search.candidates)};
    Stream stream = stream_create(compression->seed, 0, STREAM_VISION, SEARCH);
    compressor->run(&search, &stream);
    const Candidate *best = compression_best(&search);
    const int *units = best ? best->units : compression->heavy->shape.units;
    Compressed result = {.classifier = best ? fine_tune(compression, units, settings->full)
                                            : classifier_clone(compression->heavy),
                         .bytes = compression_bytes(compression, units),
                         .evaluations = search.count};
    result.accuracy = accuracy_of(compression, result.classifier);
    result.passes = result.accuracy >= compression->accuracy - settings->tolerance;
    free(search.candidates);
    return result;
}

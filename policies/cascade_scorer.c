#include "cascade_scorer.h"

#include "logistic_network.h"
#include "network_file.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The feature behind each plain score. */
static const SampleFeature plain_features[] = {
    [CASCADE_CONFIDENCE] = SAMPLE_CONFIDENCE, [CASCADE_MARGIN] = SAMPLE_MARGIN, [CASCADE_ENTROPY] = SAMPLE_ENTROPY};

/* Ridges to choose from, the strongest first, each fit beginning where the one before ended: of equal loss the simplest
 * is taken. What confidence alone says is hardly
 * held by any, so that a classifier which finds nothing else ranks answers as confidence does. */
static const double ridges[] = {10000, 1000, 100, 10, 1}, PLAIN_RIDGE = 0.1;

static const char inputs_block[] = "inputs", weights_block[] = "weights", network_block[] = "network";

static bool is_plain(CascadeScore score)
{
    return !cascade_score_is_learnt(score);
}

bool cascade_scorer_suits(CascadeScore score, const CascadeTask *task, Error *error)
{
    const SampleModel *light = task->light;
    const char *missing = NULL;
    if (is_plain(score) && sample_model_feature(light, plain_features[score]) < 0)
        missing = sample_feature_names[plain_features[score]];
    if (missing)
        error_set(error, NULL, 0, 0, "the samples do not tell the %s of variant %s", missing, light->name);
    else if (cascade_inputs_count(light) == 0)
        error_set(error, NULL, 0, 0, "the samples do not tell how sure variant %s is of its answers", light->name);
    else if (!is_plain(score) && (task->train.count == 0 || task->tune.count == 0))
        error_set(error, NULL, 0, 0, "there are no samples to learn from, or none to tune with");
    else
        return true;
    return false;
}

/* The samples of a part as classifiers take them. */
static LogisticSamples samples_of(const CascadeInputs *inputs, const CascadeTask *task, const SampleRows *rows)
{
    size_t count = (size_t)rows->count, size = (size_t)inputs->count;
    LogisticSamples samples = {.count = rows->count,
                               .size = inputs->count,
                               .inputs = memory_allocate(count * size, sizeof *samples.inputs),
                               .labels = memory_allocate(count, sizeof *samples.labels)};
    for (size_t i = 0; i < count; i++) {
        cascade_inputs_write(inputs, cascade_task_values(task, rows->rows[i]), samples.inputs + i * size);
        samples.labels[i] = cascade_task_label(task, rows->rows[i]);
    }
    return samples;
}

static void free_samples(LogisticSamples *samples)
{
    free(samples->inputs);
    free(samples->labels);
}

static double mean_loss(const LogisticSamples *samples, const double *weights)
{
    double sum = 0;
    for (int i = 0; i < samples->count; i++) {
        const double *inputs = samples->inputs + (ptrdiff_t)i * samples->size;
        sum += logistic_loss(logistic_sum(weights, inputs, samples->size), samples->labels[i]);
    }
    return sum / samples->count;
}

static void fit_logistic(CascadeScorer *scorer, const LogisticSamples *train, const LogisticSamples *tune)
{
    size_t size = (size_t)train->size + 1;
    double *weights = memory_allocate(size, sizeof *weights), least = INFINITY;
    double *held = memory_allocate(size, sizeof *held);
    scorer->weights = memory_allocate(size, sizeof *scorer->weights);
    for (size_t i = 0; i < sizeof ridges / sizeof *ridges; i++) {
        for (int k = 0; k < train->size; k++)
            held[k] = k < scorer->inputs.plain_count ? PLAIN_RIDGE : ridges[i];
        logistic_fit(train, held, weights);
        double loss = mean_loss(tune, weights);
        if (loss >= least)
            continue;
        least = loss;
        scorer->ridge = ridges[i];
        memcpy(scorer->weights, weights, size * sizeof *weights);
    }
    free(weights);
    free(held);
}

void cascade_scorer_init(CascadeScorer *scorer, CascadeScore score, const CascadeTask *task, Stream stream)
{
    assert(cascade_scorer_suits(score, task, NULL));
    *scorer = (CascadeScorer){.score = score};
    if (is_plain(score)) {
        scorer->feature = sample_model_feature(task->light, plain_features[score]);
        return;
    }
    cascade_inputs_init(&scorer->inputs, task->light, &task->train);
    if (score == CASCADE_CALIBRATED)
        scorer->inputs.count = scorer->inputs.plain_count;
    scorer->scratch = memory_allocate((size_t)scorer->inputs.count, sizeof *scorer->scratch);
    scorer->narrow = memory_allocate((size_t)scorer->inputs.count, sizeof *scorer->narrow);
    LogisticSamples train = samples_of(&scorer->inputs, task, &task->train);
    LogisticSamples tune = samples_of(&scorer->inputs, task, &task->tune);
    fit_logistic(scorer, &train, &tune);
    if (score == CASCADE_NETWORK)
        scorer->network = logistic_network_train(&train, &tune, scorer->weights, stream);
    free_samples(&train);
    free_samples(&tune);
}

void cascade_scorer_free(CascadeScorer *scorer)
{
    cascade_inputs_free(&scorer->inputs);
    free(scorer->scratch);
    free(scorer->weights);
    free(scorer->narrow);
    network_destroy(scorer->network);
    *scorer = (CascadeScorer){0};
}

double cascade_scorer_score(CascadeScorer *scorer, const double *values)
{
    if (is_plain(scorer->score))
        return scorer->score == CASCADE_ENTROPY ? values[scorer->feature] : -values[scorer->feature];
    cascade_inputs_write(&scorer->inputs, values, scorer->scratch);
    double sum = logistic_sum(scorer->weights, scorer->scratch, scorer->inputs.count);
    if (scorer->network)
        sum += logistic_network_sum(scorer->network, scorer->scratch, scorer->inputs.count, scorer->narrow);
    return sum;
}

void cascade_scorer_save(const CascadeScorer *scorer, WeightsFile *file)
{
    if (is_plain(scorer->score))
        return;
    size_t count = (size_t)scorer->inputs.count;
    double *scales = weights_file_add_numbers(file, inputs_block, "scales", 2 * scorer->inputs.count);
    memcpy(scales, scorer->inputs.mean, count * sizeof *scales);
    memcpy(scales + count, scorer->inputs.scale, count * sizeof *scales);
    weights_file_add(file, weights_block, WEIGHTS_FLOAT64, scorer->inputs.count + 1, scorer->weights);
    if (scorer->network)
        network_file_add(file, network_block, scorer->network);
}

static bool are_finite(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

bool cascade_scorer_load(CascadeScorer *scorer, const WeightsFile *file, Error *error)
{
    if (is_plain(scorer->score))
        return true;
    size_t count = (size_t)scorer->inputs.count;
    double *scales = memory_allocate(2 * count, sizeof *scales);
    bool whole =
        weights_file_copy(file, "inputs.scales", WEIGHTS_FLOAT64, 2 * scorer->inputs.count, scales, error) &&
        weights_file_check(file, inputs_block, are_finite(scales, 2 * count), error) &&
        weights_file_copy(file, weights_block, WEIGHTS_FLOAT64, scorer->inputs.count + 1, scorer->weights, error) &&
        weights_file_check(file, weights_block, are_finite(scorer->weights, count + 1), error) &&
        (!scorer->network || network_file_read(file, network_block, scorer->network, error));
    if (whole) {
        memcpy(scorer->inputs.mean, scales, count * sizeof *scales);
        memcpy(scorer->inputs.scale, scales + count, count * sizeof *scales);
    }
    free(scales);
    return whole;
}

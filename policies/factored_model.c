#include "factored_model.h"

#include "../sim/memory.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Errors that the noise to start from counts as, and the least noise that is believed. */
static const double NOISE_PRIOR_COUNT = 20, NOISE_FLOOR = 0.005;
/* Standard deviations beyond which an error does not count as noise. */
static const double NOISE_LIMIT = 6;
/* A prediction this uncertain, relative, says less about a cost than the cost itself. */
static const double VAGUE = 0.5;
/* Keeps the longest of tails finite. */
static const double CHI_SQUARE_LEAST = 1e-9;

void factored_model_init(FactoredModel *model, int size, const double *prior_mean, const double *prior_sd, double noise)
{
    *model = (FactoredModel){
        .first_noise = noise, .noise_square_sum = noise * noise * NOISE_PRIOR_COUNT, .noise_count = NOISE_PRIOR_COUNT};
    bayes_linear_init(&model->regression, size, prior_mean, prior_sd);
    model->mean = memory_allocate((size_t)size, sizeof *model->mean);
    model->weights = memory_allocate((size_t)size, sizeof *model->weights);
    bayes_linear_mean(&model->regression, model->mean);
    factored_model_use_mean(model);
}

void factored_model_free(FactoredModel *model)
{
    bayes_linear_free(&model->regression);
    free(model->mean);
    free(model->weights);
    *model = (FactoredModel){0};
}

int factored_model_grow(FactoredModel *model, double prior_mean, double prior_sd)
{
    size_t old = (size_t)model->regression.size;
    int added = bayes_linear_grow(&model->regression, prior_mean, prior_sd);
    model->mean = memory_grow(model->mean, old, old + 1, sizeof *model->mean);
    model->weights = memory_grow(model->weights, old, old + 1, sizeof *model->weights);
    model->mean[added] = model->weights[added] = prior_mean;
    return added;
}

void factored_model_use_mean(FactoredModel *model)
{
    memcpy(model->weights, model->mean, (size_t)model->regression.size * sizeof *model->weights);
}

void factored_model_use_sample(FactoredModel *model, double degrees, Stream *stream)
{
    gsl_rng generator = stream_gsl(stream);
    double spread = 1 / sqrt(fmax(gsl_ran_chisq(&generator, degrees), CHI_SQUARE_LEAST) / degrees);
    bayes_linear_sample(&model->regression, spread, stream, model->weights);
}

/* Before the first cost any unit will do. */
static double unit_of(const FactoredModel *model)
{
    return model->unit > 0 ? model->unit : 1;
}

double factored_model_predict(const FactoredModel *model, int count, const Term *terms)
{
    return unit_of(model) * bayes_linear_product(count, terms, model->weights);
}

double factored_model_sd(FactoredModel *model, int count, const Term *terms)
{
    return unit_of(model) * bayes_linear_sd(&model->regression, count, terms);
}

double factored_model_noise(const FactoredModel *model)
{
    return fmax(sqrt(model->noise_square_sum / model->noise_count), NOISE_FLOOR);
}

/* Counts a relative error towards the noise, less the part of it that is due to the uncertainty of the prediction. What
 * is far out is an exception, or a change that has to be learnt from, and counts as if it were at the limit. */
static void count_error(FactoredModel *model, double error, double uncertainty)
{
    double noise = factored_model_noise(model), square = noise * noise;
    double due = error * error * square / (square + uncertainty * uncertainty);
    model->noise_square_sum += fmin(due, NOISE_LIMIT * NOISE_LIMIT * square);
    model->noise_count += 1;
}

void factored_model_learn(FactoredModel *model, int count, const Term *terms, int requests, double cost)
{
    if (cost <= 0)
        return;
    if (model->unit == 0)
        model->unit = cost / requests;
    double y = cost / model->unit, expected = bayes_linear_product(count, terms, model->mean);
    double uncertainty = bayes_linear_sd(&model->regression, count, terms);
    /* The level is the expected one as soon as there is one: costs that happen to be small must not weigh more. A sum
     * of independent costs has the noise of one, over the root of their number. */
    bool vague = uncertainty > VAGUE * expected;
    double level = (vague ? y : expected) / sqrt(requests);
    if (!vague)
        count_error(model, (y - expected) / level, uncertainty / level);
    bayes_linear_add(&model->regression, count, terms, y, level * factored_model_noise(model));
    bayes_linear_mean(&model->regression, model->mean);
}

void factored_model_forget(FactoredModel *model, double keep)
{
    double first = model->first_noise * model->first_noise * NOISE_PRIOR_COUNT;
    model->noise_square_sum = keep * model->noise_square_sum + (1 - keep) * first;
    model->noise_count = keep * model->noise_count + (1 - keep) * NOISE_PRIOR_COUNT;
    bayes_linear_forget(&model->regression, keep);
    bayes_linear_mean(&model->regression, model->mean);
}

enum { UNIT, NOISE_SQUARE_SUM, NOISE_COUNT, SCALE_COUNT };

static const WeightsPart scale_part = {"scale", WEIGHTS_FLOAT64};

void factored_model_save(const FactoredModel *model, WeightsFile *file, const char *name)
{
    double *scale = weights_file_add_numbers(file, name, scale_part.name, SCALE_COUNT);
    scale[UNIT] = model->unit;
    scale[NOISE_SQUARE_SUM] = model->noise_square_sum;
    scale[NOISE_COUNT] = model->noise_count;
    bayes_linear_save(&model->regression, file, name);
}

bool factored_model_load(FactoredModel *model, const WeightsFile *file, const char *name, Error *error)
{
    const WeightsBlock *block;
    int size = model->regression.size;
    bayes_linear_free(&model->regression);
    if (!weights_file_find_parts(file, name, &scale_part, 1, &block, error) ||
        !bayes_linear_load(&model->regression, file, name, size, error))
        return false;
    const double *scale = block->values;
    if (!weights_file_check(file, name,
                            model->regression.size == size && block->count == SCALE_COUNT && isfinite(scale[UNIT]) &&
                                scale[UNIT] >= 0 && isfinite(scale[NOISE_SQUARE_SUM]) && scale[NOISE_SQUARE_SUM] >= 0 &&
                                isfinite(scale[NOISE_COUNT]) && scale[NOISE_COUNT] > 0,
                            error))
        return false;
    model->unit = scale[UNIT];
    model->noise_square_sum = scale[NOISE_SQUARE_SUM];
    model->noise_count = scale[NOISE_COUNT];
    bayes_linear_mean(&model->regression, model->mean);
    factored_model_use_mean(model);
    return true;
}

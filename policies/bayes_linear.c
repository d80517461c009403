#include "bayes_linear.h"

#include "../sim/memory.h"

#include <assert.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_LIMIT = 64 };

static double *row_of(const BayesLinear *regression, int i)
{
    return regression->root + (size_t)i * (size_t)regression->limit;
}

static void forget_covariance(BayesLinear *regression)
{
    free(regression->covariance);
    regression->covariance = NULL;
}

/* Rotates the row in `scratch`, whose first entry that is not 0 is at `first`, and its target into the triangle. */
static void rotate_in(BayesLinear *regression, int first, double target)
{
    int size = regression->size;
    double *added = regression->scratch;
    forget_covariance(regression);
    for (int i = first; i < size; i++) {
        if (added[i] == 0)
            continue;
        double *row = row_of(regression, i);
        double length = hypot(row[i], added[i]), cosine = row[i] / length, sine = added[i] / length;
        row[i] = length;
        for (int j = i + 1; j < size; j++) {
            double above = row[j], below = added[j];
            row[j] = cosine * above + sine * below;
            added[j] = cosine * below - sine * above;
        }
        double above = regression->target[i];
        regression->target[i] = cosine * above + sine * target;
        target = cosine * target - sine * above;
    }
}

/* Solves R w = right, from the last weight up, in place. */
static void substitute_back(const BayesLinear *regression, double *right)
{
    for (int i = regression->size - 1; i >= 0; i--) {
        const double *row = row_of(regression, i);
        double sum = right[i];
        for (int j = i + 1; j < regression->size; j++)
            sum -= row[j] * right[j];
        right[i] = sum / row[i];
    }
}

/* Spreads terms out in `scratch`, times `scale`; returns the least index. */
static int spread_out(BayesLinear *regression, int count, const Term *x, double scale)
{
    int first = regression->size;
    memset(regression->scratch, 0, (size_t)regression->size * sizeof *regression->scratch);
    for (int i = 0; i < count; i++) {
        assert(x[i].index >= 0 && x[i].index < regression->size);
        regression->scratch[x[i].index] += x[i].value * scale;
        first = x[i].index < first ? x[i].index : first;
    }
    return first;
}

static void make_room(BayesLinear *regression, int limit)
{
    size_t old = (size_t)regression->size, count = (size_t)limit;
    double *root = memory_allocate(count * count, sizeof *root);
    for (size_t i = 0; i < old; i++)
        memcpy(root + i * count, row_of(regression, (int)i), old * sizeof *root);
    free(regression->root);
    free(regression->scratch);
    regression->root = root;
    regression->scratch = memory_allocate(count, sizeof *regression->scratch);
    regression->target = memory_grow(regression->target, old, count, sizeof *regression->target);
    regression->prior_mean = memory_grow(regression->prior_mean, old, count, sizeof *regression->prior_mean);
    regression->prior_sd = memory_grow(regression->prior_sd, old, count, sizeof *regression->prior_sd);
    regression->limit = limit;
}

int bayes_linear_grow(BayesLinear *regression, double prior_mean, double prior_sd)
{
    assert(prior_sd > 0);
    if (regression->size == regression->limit)
        make_room(regression, regression->limit ? 2 * regression->limit : FIRST_LIMIT);
    forget_covariance(regression);
    int added = regression->size++;
    regression->prior_mean[added] = prior_mean;
    regression->prior_sd[added] = prior_sd;
    row_of(regression, added)[added] = 1 / prior_sd;
    regression->target[added] = prior_mean / prior_sd;
    return added;
}

void bayes_linear_init(BayesLinear *regression, int size, const double *prior_mean, const double *prior_sd)
{
    *regression = (BayesLinear){0};
    make_room(regression, size);
    for (int i = 0; i < size; i++)
        bayes_linear_grow(regression, prior_mean[i], prior_sd[i]);
}

void bayes_linear_free(BayesLinear *regression)
{
    free(regression->root);
    free(regression->target);
    free(regression->prior_mean);
    free(regression->prior_sd);
    free(regression->scratch);
    free(regression->covariance);
    *regression = (BayesLinear){0};
}

void bayes_linear_add(BayesLinear *regression, int count, const Term *x, double y, double sd)
{
    assert(sd > 0);
    rotate_in(regression, spread_out(regression, count, x, 1 / sd), y / sd);
}

void bayes_linear_forget(BayesLinear *regression, double keep)
{
    int size = regression->size, i = regression->next_prior;
    double scale = sqrt(keep);
    for (int row = 0; row < size; row++) {
        regression->target[row] *= scale;
        for (int column = row; column < size; column++)
            row_of(regression, row)[column] *= scale;
    }
    double lost = sqrt(1 - pow(keep, size)) / regression->prior_sd[i];
    spread_out(regression, 1, &(Term){i, 1}, lost);
    rotate_in(regression, i, regression->prior_mean[i] * lost);
    regression->next_prior = (i + 1) % size;
}

void bayes_linear_mean(const BayesLinear *regression, double *ret_weights)
{
    for (int i = 0; i < regression->size; i++)
        ret_weights[i] = regression->target[i];
    substitute_back(regression, ret_weights);
}

void bayes_linear_sample(const BayesLinear *regression, double spread, Stream *stream, double *ret_weights)
{
    gsl_rng generator = stream_gsl(stream);
    for (int i = 0; i < regression->size; i++)
        ret_weights[i] = regression->target[i] + spread * gsl_ran_gaussian_ziggurat(&generator, 1);
    substitute_back(regression, ret_weights);
}

double bayes_linear_sd(BayesLinear *regression, int count, const Term *x)
{
    /* x . w - its mean is u . e with R' u = x and e standard normal. */
    int first = spread_out(regression, count, x, 1);
    double *u = regression->scratch, square = 0;
    for (int i = first; i < regression->size; i++) {
        const double *row = row_of(regression, i);
        u[i] /= row[i];
        square += u[i] * u[i];
        if (u[i] != 0)
            for (int j = i + 1; j < regression->size; j++)
                u[j] -= row[j] * u[i];
    }
    return sqrt(square);
}

/* The inverse of R, row by row from the last, times its transpose. */
static void fill_covariance(BayesLinear *regression)
{
    size_t size = (size_t)regression->size, limit = (size_t)regression->limit;
    double *inverse = memory_allocate(size * limit, sizeof *inverse);
    regression->covariance = memory_allocate(size * limit, sizeof *regression->covariance);
    for (size_t i = size; i-- > 0;) {
        double *own = inverse + i * limit;
        const double *row = row_of(regression, (int)i);
        for (size_t k = i + 1; k < size; k++)
            for (size_t j = k; j < size; j++)
                own[j] -= row[k] * inverse[k * limit + j];
        own[i] = 1;
        for (size_t j = i; j < size; j++)
            own[j] /= row[i];
    }
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = i; k < size; k++)
                sum += inverse[i * limit + k] * inverse[j * limit + k];
            regression->covariance[i * limit + j] = regression->covariance[j * limit + i] = sum;
        }
    free(inverse);
}

/* Of each sum with all weights, and then with the sums up to it. */
void bayes_linear_covariance(BayesLinear *regression, WeightSums sums, double *ret_covariance)
{
    if (!regression->covariance && regression->size > 0)
        fill_covariance(regression);
    size_t count = (size_t)sums.count, width = (size_t)sums.width, size = (size_t)regression->size;
    double *with_weights = regression->scratch;
    for (size_t i = 0; i < count; i++) {
        memset(with_weights, 0, size * sizeof *with_weights);
        for (int k = 0; k < sums.counts[i]; k++) {
            const double *row =
                regression->covariance + (size_t)sums.indices[i * width + (size_t)k] * (size_t)regression->limit;
            for (size_t j = 0; j < size; j++)
                with_weights[j] += row[j];
        }
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (int k = 0; k < sums.counts[j]; k++)
                sum += with_weights[sums.indices[j * width + (size_t)k]];
            ret_covariance[i * count + j] = ret_covariance[j * count + i] = sum;
        }
    }
}

double bayes_linear_knowledge(const BayesLinear *regression)
{
    double sum = 0;
    for (int i = 0; i < regression->size; i++)
        sum += log(row_of(regression, i)[i] * regression->prior_sd[i]);
    return 2 * sum;
}

double bayes_linear_product(int count, const Term *x, const double *weights)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += x[i].value * weights[x[i].index];
    return sum;
}

enum { ROOT, TARGET, PRIOR_MEAN, PRIOR_SD, NEXT_PRIOR, PART_COUNT };

static const WeightsPart parts[PART_COUNT] = {[ROOT] = {"root", WEIGHTS_FLOAT64},
                                              [TARGET] = {"target", WEIGHTS_FLOAT64},
                                              [PRIOR_MEAN] = {"prior_mean", WEIGHTS_FLOAT64},
                                              [PRIOR_SD] = {"prior_sd", WEIGHTS_FLOAT64},
                                              [NEXT_PRIOR] = {"next_prior", WEIGHTS_INT64}};

static int64_t triangle_size(int64_t size)
{
    return size * (size + 1) / 2;
}

void bayes_linear_save(const BayesLinear *regression, WeightsFile *file, const char *name)
{
    int size = regression->size;
    double *triangle = weights_file_add_numbers(file, name, parts[ROOT].name, triangle_size(size));
    double *target = weights_file_add_numbers(file, name, parts[TARGET].name, size);
    double *prior_mean = weights_file_add_numbers(file, name, parts[PRIOR_MEAN].name, size);
    double *prior_sd = weights_file_add_numbers(file, name, parts[PRIOR_SD].name, size);
    *weights_file_add_words(file, name, parts[NEXT_PRIOR].name, 1) = regression->next_prior;
    for (int i = 0; i < size; triangle += size - i++) {
        memcpy(triangle, row_of(regression, i) + i, (size_t)(size - i) * sizeof *triangle);
        target[i] = regression->target[i];
        prior_mean[i] = regression->prior_mean[i];
        prior_sd[i] = regression->prior_sd[i];
    }
}

static bool are_finite(const WeightsBlock *block)
{
    const double *values = block->values;
    for (int64_t i = 0; i < block->count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

static bool is_possible(const WeightsBlock *const *blocks, int most)
{
    int64_t size = blocks[TARGET]->count;
    for (int i = 0; i < NEXT_PRIOR; i++)
        if (!are_finite(blocks[i]) || blocks[i]->count != (i == ROOT ? triangle_size(size) : size))
            return false;
    const int64_t *next = blocks[NEXT_PRIOR]->values;
    return size <= most && blocks[NEXT_PRIOR]->count == 1 && *next >= 0 && (*next < size || *next == 0);
}

bool bayes_linear_load(BayesLinear *regression, const WeightsFile *file, const char *name, int most, Error *error)
{
    assert(regression->size == 0);
    const WeightsBlock *blocks[PART_COUNT];
    if (!weights_file_find_parts(file, name, parts, PART_COUNT, blocks, error))
        return false;
    const double *triangle = blocks[ROOT]->values, *target = blocks[TARGET]->values;
    const double *prior_mean = blocks[PRIOR_MEAN]->values, *prior_sd = blocks[PRIOR_SD]->values;
    bool possible = is_possible(blocks, most);
    int size = possible ? (int)blocks[TARGET]->count : 0;
    for (int i = 0; possible && i < size; i++)
        if ((possible = prior_sd[i] > 0))
            bayes_linear_grow(regression, prior_mean[i], prior_sd[i]);
    for (int i = 0; possible && i < size; triangle += size - i++) {
        memcpy(row_of(regression, i) + i, triangle, (size_t)(size - i) * sizeof *triangle);
        regression->target[i] = target[i];
        possible = *triangle > 0;
    }
    if (possible)
        regression->next_prior = (int)*(const int64_t *)blocks[NEXT_PRIOR]->values;
    return weights_file_check(file, name, possible, error);
}

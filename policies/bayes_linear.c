#include "bayes_linear.h"

#include "../sim/memory.h"

#include <assert.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *row_of(const BayesLinear *regression, int i)
{
    return regression->root + (size_t)i * (size_t)regression->size;
}

/* Rotates the row in `scratch`, whose first entry that is not 0 is at `first`, and its target into the triangle. */
static void rotate_in(BayesLinear *regression, int first, double target)
{
    int size = regression->size;
    double *added = regression->scratch;
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

void bayes_linear_init(BayesLinear *regression, int size, const double *prior_mean, const double *prior_sd)
{
    size_t count = (size_t)size;
    *regression = (BayesLinear){.size = size};
    regression->root = memory_allocate(count * count, sizeof *regression->root);
    regression->target = memory_allocate(count, sizeof *regression->target);
    regression->prior_mean = memory_allocate(count, sizeof *regression->prior_mean);
    regression->prior_sd = memory_allocate(count, sizeof *regression->prior_sd);
    regression->scratch = memory_allocate(count, sizeof *regression->scratch);
    for (int i = 0; i < size; i++) {
        assert(prior_sd[i] > 0);
        regression->prior_mean[i] = prior_mean[i];
        regression->prior_sd[i] = prior_sd[i];
        row_of(regression, i)[i] = 1 / prior_sd[i];
        regression->target[i] = prior_mean[i] / prior_sd[i];
    }
}

void bayes_linear_free(BayesLinear *regression)
{
    free(regression->root);
    free(regression->target);
    free(regression->prior_mean);
    free(regression->prior_sd);
    free(regression->scratch);
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
    memcpy(ret_weights, regression->target, (size_t)regression->size * sizeof *ret_weights);
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

double bayes_linear_product(int count, const Term *x, const double *weights)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += x[i].value * weights[x[i].index];
    return sum;
}

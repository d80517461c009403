#include "logistic.h"

#include "../sim/memory.h"

#include <assert.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_LIMIT = 100, HALVING_LIMIT = 40, BLOCK = 4 };

static const double BIAS_RIDGE = 1e-6, TOLERANCE = 1e-14;

/* A fit under way. `size` counts the bias. */
typedef struct Fit {
    const LogisticSamples *samples;
    const double *ridges;
    size_t size;
    double *weights, *trial; /* [size] */
    gsl_vector *gradient, *step;
    gsl_matrix *curvature;
} Fit;

static double probability_of(double sum)
{
    return 1 / (1 + exp(-sum));
}

double logistic_sum(const double *weights, const double *inputs, int size)
{
    double sum = weights[size];
    for (int i = 0; i < size; i++)
        sum += weights[i] * inputs[i];
    return sum;
}

double logistic_loss(double sum, bool label)
{
    double against = label ? -sum : sum;
    return against > 0 ? against + log1p(exp(-against)) : log1p(exp(against));
}

static double ridge_of(const Fit *fit, size_t weight)
{
    return weight + 1 == fit->size ? BIAS_RIDGE : fit->ridges[weight];
}

static double objective(const Fit *fit, const double *weights)
{
    const LogisticSamples *samples = fit->samples;
    double sum = 0;
    for (int i = 0; i < samples->count; i++) {
        const double *inputs = samples->inputs + (ptrdiff_t)i * samples->size;
        sum += logistic_loss(logistic_sum(weights, inputs, samples->size), samples->labels[i]);
    }
    for (size_t k = 0; k < fit->size; k++)
        sum += ridge_of(fit, k) / 2 * weights[k] * weights[k];
    return sum;
}

/* Adds what BLOCK samples say of the curvature's lower triangle: the sum of weights[s] x[s] x[s]', each x[s] with a 1
 * behind it. */
static void add_curvature(gsl_matrix *curvature, size_t last, const double *const x[BLOCK], const double weights[BLOCK])
{
    for (size_t k = 0; k <= last; k++) {
        double *restrict row = gsl_matrix_ptr(curvature, k, 0), a[BLOCK];
        for (int s = 0; s < BLOCK; s++)
            a[s] = weights[s] * (k == last ? 1 : x[s][k]);
        size_t end = k == last ? last : k + 1;
        for (size_t j = 0; j < end; j++)
            row[j] += a[0] * x[0][j] + a[1] * x[1][j] + a[2] * x[2][j] + a[3] * x[3][j];
        if (k == last)
            row[last] += a[0] + a[1] + a[2] + a[3];
    }
}

/* Gradient and lower triangle of the curvature at the present weights. */
static void differentiate(Fit *fit)
{
    const LogisticSamples *samples = fit->samples;
    size_t last = fit->size - 1;
    double *gradient = gsl_vector_ptr(fit->gradient, 0);
    gsl_matrix_set_zero(fit->curvature);
    for (size_t k = 0; k < fit->size; k++) {
        gradient[k] = ridge_of(fit, k) * fit->weights[k];
        gsl_matrix_set(fit->curvature, k, k, ridge_of(fit, k));
    }
    for (int first = 0; first < samples->count; first += BLOCK) {
        const double *x[BLOCK];
        double weights[BLOCK] = {0};
        for (int s = 0; s < BLOCK; s++) {
            bool there = first + s < samples->count;
            x[s] = samples->inputs + (ptrdiff_t)(there ? first + s : first) * samples->size;
            if (!there)
                continue;
            double probability = probability_of(logistic_sum(fit->weights, x[s], samples->size));
            double error = probability - samples->labels[first + s];
            weights[s] = probability * (1 - probability);
            for (size_t k = 0; k < last; k++)
                gradient[k] += error * x[s][k];
            gradient[last] += error;
        }
        add_curvature(fit->curvature, last, x, weights);
    }
}

/* One step of Newton's method; false where nothing is left to gain. */
static bool improve(Fit *fit, double *value)
{
    differentiate(fit);
    gsl_linalg_cholesky_decomp1(fit->curvature);
    gsl_linalg_cholesky_solve(fit->curvature, fit->gradient, fit->step);
    double promised = 0, length = 1;
    for (size_t k = 0; k < fit->size; k++)
        promised += gsl_vector_get(fit->gradient, k) * gsl_vector_get(fit->step, k) / 2;
    if (promised <= TOLERANCE * (1 + *value))
        return false;
    for (int i = 0; i < HALVING_LIMIT; i++, length /= 2) {
        for (size_t k = 0; k < fit->size; k++)
            fit->trial[k] = fit->weights[k] - length * gsl_vector_get(fit->step, k);
        double reached = objective(fit, fit->trial);
        if (reached < *value) {
            memcpy(fit->weights, fit->trial, fit->size * sizeof *fit->weights);
            *value = reached;
            return true;
        }
    }
    return false;
}

int logistic_fit(const LogisticSamples *samples, const double *ridges, double *weights)
{
    assert(samples->size >= 1);
    size_t size = (size_t)samples->size + 1;
    Fit fit = {.samples = samples,
               .ridges = ridges,
               .size = size,
               .weights = weights,
               .trial = memory_allocate(size, sizeof *fit.trial),
               .gradient = gsl_vector_alloc(size),
               .step = gsl_vector_alloc(size),
               .curvature = gsl_matrix_alloc(size, size)};
    double value = objective(&fit, weights);
    int steps = 0;
    while (steps < STEP_LIMIT && improve(&fit, &value))
        steps++;
    free(fit.trial);
    gsl_vector_free(fit.gradient);
    gsl_vector_free(fit.step);
    gsl_matrix_free(fit.curvature);
    return steps;
}

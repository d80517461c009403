#include "batch_means.h"

#include "../sim/memory.h"

#include <assert.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

enum { QUARTERS = 4 };

static const double LARGEST_AUTOCORRELATION = 0.3;

double batch_means_autocorrelation(const double *values, int count)
{
    assert(count >= 2);
    double mean = gsl_stats_mean(values, 1, (size_t)count), products = 0, squares = 0, before = 0;
    for (int i = 0; i < count; i++) {
        double rest = values[i] - mean;
        products += before * rest;
        squares += rest * rest;
        before = rest;
    }
    return squares == 0 ? 0 : products / squares;
}

BatchMeans batch_means(const double *values, int count, double confidence)
{
    assert(count >= 0);
    BatchMeans result = {
        .interval = statistics_interval(NULL, 0, confidence), .autocorrelation = NAN, .too_short = true};
    if (count < BATCH_MEANS_LEAST)
        return result;
    int quarter_size = count / BATCH_MEANS_LEAST;
    int batches = count / (QUARTERS * quarter_size), quarters = QUARTERS * batches;
    const double *first = values + (count - quarters * quarter_size);
    double *means = memory_allocate((size_t)quarters, sizeof *means);
    for (int i = 0; i < quarters; i++)
        means[i] = gsl_stats_mean(&first[i * quarter_size], 1, (size_t)quarter_size);
    result.autocorrelation = batch_means_autocorrelation(means, quarters);
    for (int i = 0; i < batches; i++)
        means[i] = gsl_stats_mean(&means[QUARTERS * i], 1, QUARTERS);
    result.interval = statistics_interval(means, batches, confidence);
    result.batch_size = QUARTERS * quarter_size;
    result.too_short = !(result.autocorrelation <= LARGEST_AUTOCORRELATION);
    free(means);
    return result;
}

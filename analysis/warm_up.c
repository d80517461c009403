#include "warm_up.h"

#include "../sim/memory.h"

#include <assert.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

enum { MSER_BATCH = 5, LAST_KEPT = 5 };

WarmUp warm_up_mser(const double *batch_means, int count)
{
    assert(count >= 0);
    WarmUp result = {.count = count, .fraction = NAN, .shift = NAN, .too_short = true};
    if (count < WARM_UP_LEAST_BATCHES)
        return result;
    /* From the end backwards: mean and sum of squared deviations of what is kept (Welford). */
    double mean = 0, squares = 0, least = INFINITY, rest_mean = 0;
    for (int d = count - 1; d >= 0; d--) {
        double kept = count - d, rest = batch_means[d] - mean;
        mean += rest / kept;
        squares += rest * (batch_means[d] - mean);
        double error = squares / (kept * kept);
        if (kept >= LAST_KEPT && error <= least) {
            least = error;
            rest_mean = mean;
            result.cut = d;
        }
    }
    if (isnan(squares))
        return (WarmUp){.count = count, .fraction = NAN, .shift = NAN, .too_short = true};
    result.shift = mean != 0 ? rest_mean / mean - 1 : 0;
    result.fraction = (double)result.cut / count;
    result.too_short = 2 * result.cut > count;
    return result;
}

WarmUp warm_up_mser5(const double *values, int count)
{
    assert(count >= 0);
    int batches = count / MSER_BATCH;
    double *means = memory_allocate((size_t)batches, sizeof *means);
    for (int i = 0; i < batches; i++)
        means[i] = gsl_stats_mean(&values[MSER_BATCH * i], 1, MSER_BATCH);
    WarmUp result = warm_up_mser(means, batches);
    free(means);
    return result;
}

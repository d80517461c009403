#include "statistics.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>

double statistics_t_quantile(double confidence, double degrees)
{
    assert(confidence > 0 && confidence < 1);
    assert(degrees > 0);
    return gsl_cdf_tdist_Pinv(0.5 + confidence / 2, degrees);
}

/* The interval of first[i] - second[i], or of first[i] where `second` is NULL, in two passes. */
static Interval interval(const double *first, const double *second, int count, double confidence)
{
    assert(count >= 0);
    Interval result = {.count = count, .mean = NAN, .deviation = NAN, .half_width = NAN};
    if (count == 0)
        return result;
    double sum = 0, sum_of_squares = 0;
    for (int i = 0; i < count; i++)
        sum += second ? first[i] - second[i] : first[i];
    result.mean = sum / count;
    if (count == 1)
        return result;
    for (int i = 0; i < count; i++) {
        double rest = (second ? first[i] - second[i] : first[i]) - result.mean;
        sum_of_squares += rest * rest;
    }
    result.deviation = sqrt(sum_of_squares / (count - 1));
    result.half_width = statistics_t_quantile(confidence, count - 1) * result.deviation / sqrt(count);
    return result;
}

Interval statistics_interval(const double *values, int count, double confidence)
{
    return interval(values, NULL, count, confidence);
}

Interval statistics_paired_interval(const double *first, const double *second, int count, double confidence)
{
    return interval(first, second, count, confidence);
}

#include "statistics.h"

#include "../sim/memory.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

double statistics_t_quantile(double confidence, double degrees)
{
    assert(confidence > 0 && confidence < 1);
    assert(degrees > 0);
    return gsl_cdf_tdist_Pinv(0.5 + confidence / 2, degrees);
}

Interval statistics_interval(const double *values, int count, double confidence)
{
    assert(count >= 0);
    Interval result = {.count = count, .mean = NAN, .deviation = NAN, .half_width = NAN};
    if (count == 0)
        return result;
    size_t n = (size_t)count;
    result.mean = gsl_stats_mean(values, 1, n);
    if (count == 1)
        return result;
    result.deviation = gsl_stats_sd_m(values, 1, n, result.mean);
    result.half_width = statistics_t_quantile(confidence, count - 1) * result.deviation / sqrt(count);
    return result;
}

Interval statistics_paired_interval(const double *first, const double *second, int count, double confidence)
{
    assert(count >= 0);
    double *differences = memory_allocate((size_t)count, sizeof *differences);
    for (int i = 0; i < count; i++)
        differences[i] = first[i] - second[i];
    Interval result = statistics_interval(differences, count, confidence);
    free(differences);
    return result;
}

/* Of a mean with its standard error under the hypothesis that it is 0. */
static double two_sided_p_value(double mean, double error, double degrees)
{
    if (isnan(mean) || isnan(error))
        return NAN;
    if (error == 0)
        return mean == 0 ? 1 : 0;
    return 2 * gsl_cdf_tdist_Q(fabs(mean) / error, degrees);
}

Difference statistics_paired(const double *first, const double *second, int count, double confidence)
{
    Interval interval = statistics_paired_interval(first, second, count, confidence);
    double degrees = count < 2 ? NAN : (double)count - 1;
    return (Difference){.first_count = count,
                        .second_count = count,
                        .mean = interval.mean,
                        .half_width = interval.half_width,
                        .degrees = degrees,
                        .p_value = two_sided_p_value(interval.mean, interval.deviation / sqrt(count), degrees)};
}

Difference statistics_welch(const double *first, int first_count, const double *second, int second_count,
                            double confidence)
{
    Interval a = statistics_interval(first, first_count, confidence);
    Interval b = statistics_interval(second, second_count, confidence);
    Difference result = {.first_count = first_count,
                         .second_count = second_count,
                         .mean = a.mean - b.mean,
                         .half_width = NAN,
                         .degrees = NAN,
                         .p_value = NAN};
    /* Squared standard errors of the two means. */
    double a_square = a.deviation * a.deviation / first_count, b_square = b.deviation * b.deviation / second_count;
    double square = a_square + b_square;
    if (isnan(square))
        return result;
    /* As shares of their sum, which neither overflow nor vanish. */
    double a_share = a_square / square, b_share = b_square / square;
    result.degrees = square > 0 ? 1 / (a_share * a_share / (first_count - 1) + b_share * b_share / (second_count - 1))
                                : first_count + second_count - 2;
    result.half_width = statistics_t_quantile(confidence, result.degrees) * sqrt(square);
    result.p_value = two_sided_p_value(result.mean, sqrt(square), result.degrees);
    return result;
}

void statistics_holm(const double *p_values, int count, double *ret_adjusted)
{
    assert(count >= 0);
    double *made = memory_allocate((size_t)count, sizeof *made);
    int *places = memory_allocate((size_t)count, sizeof *places);
    size_t *order = memory_allocate((size_t)count, sizeof *order), made_count = 0;
    for (int i = 0; i < count; i++) {
        ret_adjusted[i] = p_values[i];
        if (isnan(p_values[i]))
            continue;
        assert(p_values[i] >= 0 && p_values[i] <= 1);
        made[made_count] = p_values[i];
        places[made_count++] = i;
    }
    gsl_sort_index(order, made, 1, made_count);
    double largest = 0;
    for (size_t k = 0; k < made_count; k++) {
        largest = fmax(largest, (double)(made_count - k) * made[order[k]]);
        ret_adjusted[places[order[k]]] = fmin(largest, 1);
    }
    free(made);
    free(places);
    free(order);
}

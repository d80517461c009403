#include "../analysis/statistics.h"
#include "../sim/rng.h"
#include "check.h"

#include <gsl/gsl_randist.h>
#include <math.h>

static void mean_and_deviation_of_known_values(void)
{
    const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    Interval interval = statistics_interval(values, 8, 0.95);
    CHECK_INT(interval.count, 8);
    CHECK_NEAR(interval.mean, 5, 1e-15);
    CHECK_NEAR(interval.deviation, sqrt(32.0 / 7), 1e-15);
    CHECK_NEAR(interval.half_width, 2.364624251592785 * sqrt(32.0 / 7 / 8), 1e-12);
}

/* Quantiles as printed in tables of Student's t: two-sided 95 % and 99 %. */
static void quantiles_match_printed_tables(void)
{
    CHECK_NEAR(statistics_t_quantile(0.95, 1), 12.706, 5e-4);
    CHECK_NEAR(statistics_t_quantile(0.95, 9), 2.262, 5e-4);
    CHECK_NEAR(statistics_t_quantile(0.95, 30), 2.042, 5e-4);
    CHECK_NEAR(statistics_t_quantile(0.99, 9), 3.250, 5e-4);
    CHECK_NEAR(statistics_t_quantile(0.95, 1e7), 1.960, 5e-4);
}

static void one_value_has_a_mean_and_no_interval(void)
{
    const double value = 3.5;
    Interval interval = statistics_interval(&value, 1, 0.95);
    CHECK_NEAR(interval.mean, 3.5, 0);
    CHECK(isnan(interval.deviation));
    CHECK(isnan(interval.half_width));
    interval = statistics_interval(NULL, 0, 0.95);
    CHECK_INT(interval.count, 0);
    CHECK(isnan(interval.mean));
}

static void equal_values_have_no_width(void)
{
    const double values[] = {0.25, 0.25, 0.25};
    CHECK_NEAR(statistics_interval(values, 3, 0.95).half_width, 0, 0);
}

static void large_offset_costs_no_precision(void)
{
    const double values[] = {1e9 + 1, 1e9 + 2, 1e9 + 3};
    CHECK_NEAR(statistics_interval(values, 3, 0.95).deviation, 1, 1e-12);
}

static void paired_interval_is_that_of_the_differences(void)
{
    const double first[] = {10, 20, 30, 45}, second[] = {9, 18, 29, 41}, differences[] = {1, 2, 1, 4};
    Interval paired = statistics_paired_interval(first, second, 4, 0.95);
    Interval direct = statistics_interval(differences, 4, 0.95);
    CHECK_NEAR(paired.mean, direct.mean, 1e-15);
    CHECK_NEAR(paired.half_width, direct.half_width, 1e-15);
    CHECK(paired.half_width < statistics_interval(first, 4, 0.95).half_width);
}

/* How many of `trials` nominal intervals over `n` normal values contain the true mean, of one sample or of a pair. */
static int covered(int n, int trials, double confidence, bool paired, uint64_t seed)
{
    const double mean = 3, shift = 0.5;
    int hits = 0;
    for (int t = 0; t < trials; t++) {
        Stream stream = stream_create(seed, (uint64_t)t, STREAM_ANALYSIS, 0);
        gsl_rng random = stream_gsl(&stream);
        double first[64], second[64];
        for (int i = 0; i < n; i++) {
            second[i] = mean + gsl_ran_gaussian(&random, 2);
            first[i] = second[i] + shift + gsl_ran_gaussian(&random, 0.1);
        }
        Interval interval = paired ? statistics_paired_interval(first, second, n, confidence)
                                   : statistics_interval(second, n, confidence);
        hits += fabs(interval.mean - (paired ? shift : mean)) <= interval.half_width;
    }
    return hits;
}

/* A count of hits lies within four binomial deviations of its expectation: misses it once in 16,000 seeds. */
static void check_coverage(int n, double confidence, bool paired)
{
    const int trials = 20000;
    double deviation = sqrt(trials * confidence * (1 - confidence));
    CHECK_NEAR(covered(n, trials, confidence, paired, 11), trials * confidence, 4 * deviation);
}

static void intervals_cover_a_known_mean_as_often_as_they_promise(void)
{
    check_coverage(2, 0.95, false);
    check_coverage(5, 0.95, false);
    check_coverage(10, 0.95, false);
    check_coverage(10, 0.99, false);
    check_coverage(30, 0.90, false);
}

static void paired_intervals_cover_a_known_difference_as_often_as_they_promise(void)
{
    check_coverage(3, 0.95, true);
    check_coverage(10, 0.95, true);
}

int main(void)
{
    const Check checks[] = {
        {"mean_and_deviation_of_known_values", mean_and_deviation_of_known_values},
        {"quantiles_match_printed_tables", quantiles_match_printed_tables},
        {"one_value_has_a_mean_and_no_interval", one_value_has_a_mean_and_no_interval},
        {"equal_values_have_no_width", equal_values_have_no_width},
        {"large_offset_costs_no_precision", large_offset_costs_no_precision},
        {"paired_interval_is_that_of_the_differences", paired_interval_is_that_of_the_differences},
        {"intervals_cover_a_known_mean_as_often_as_they_promise",
         intervals_cover_a_known_mean_as_often_as_they_promise},
        {"paired_intervals_cover_a_known_difference_as_often_as_they_promise",
         paired_intervals_cover_a_known_difference_as_often_as_they_promise},
    };
    return check_run("statistics", checks, sizeof checks / sizeof checks[0]);
}

#include "../analysis/batch_means.h"
#include "../sim/rng.h"
#include "check.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stddef.h>

static void fill(double *values, int count, double correlation, uint64_t seed)
{
    Stream stream = stream_create(seed, 0, STREAM_ANALYSIS, 0);
    gsl_rng random = stream_gsl(&stream);
    double state = gsl_ran_gaussian(&random, 1);
    for (int i = 0; i < count; i++) {
        values[i] = state;
        state = correlation * state + sqrt(1 - correlation * correlation) * gsl_ran_gaussian(&random, 1);
    }
}

/* Deviations -1.5 -0.5 0.5 1.5: (0.75 - 0.25 + 0.75) / 5. An alternating series: -3/4. */
static void autocorrelation_by_hand(void)
{
    const double rising[] = {1, 2, 3, 4}, alternating[] = {1, -1, 1, -1}, equal[] = {0.1, 0.1, 0.1};
    CHECK_NEAR(batch_means_autocorrelation(rising, 4), 0.25, 1e-15);
    CHECK_NEAR(batch_means_autocorrelation(alternating, 4), -0.75, 1e-15);
    CHECK_NEAR(batch_means_autocorrelation(equal, 3), 0, 0);
}

static void autocorrelation_of_a_long_series_is_its_own(void)
{
    enum { LONG = 100000 };
    static double values[LONG];
    fill(values, LONG, 0.7, 1);
    CHECK_NEAR(batch_means_autocorrelation(values, LONG), 0.7, 0.01);
}

/* 300 values make 37 batches of 8, out of the last 296. */
static void batches_use_the_end_of_the_series(void)
{
    double values[300], means[37];
    fill(values, 300, 0, 2);
    values[0] = values[3] = 1e9;
    for (size_t i = 0; i < 37; i++)
        means[i] = gsl_stats_mean(values + 4 + 8 * i, 1, 8);
    BatchMeans batches = batch_means(values, 300, 0.9);
    Interval direct = statistics_interval(means, 37, 0.9);
    CHECK_INT(batches.batch_size, 8);
    CHECK_INT(batches.interval.count, 37);
    CHECK_NEAR(batches.interval.mean, direct.mean, 1e-12);
    CHECK_NEAR(batches.interval.half_width, direct.half_width, 1e-12);
    CHECK(!batches.too_short);
}

static void there_are_always_32_to_63_batches_and_little_is_left_over(void)
{
    static double values[5000];
    fill(values, 5000, 0, 3);
    for (int count = BATCH_MEANS_LEAST; count <= 5000; count++) {
        BatchMeans batches = batch_means(values, count, 0.95);
        int left_over = count - batches.interval.count * batches.batch_size;
        if (batches.interval.count < 32 || batches.interval.count > 63 || left_over < 0 || left_over > 0.031 * count) {
            CHECK_INT(batches.interval.count, count);
            CHECK_INT(left_over, count);
        }
    }
}

/* Correlation over 20 values in batches of 10: 2 far too short; over 1 in batches of 40: long enough. */
static void batches_that_depend_on_each_other_are_too_short(void)
{
    double values[1280];
    for (uint64_t seed = 0; seed < 50; seed++) {
        fill(values, 320, 0.95, seed);
        CHECK(batch_means(values, 320, 0.95).too_short);
        fill(values, 1280, 0.4, seed);
        CHECK(!batch_means(values, 1280, 0.95).too_short);
    }
}

static void few_values_have_no_interval(void)
{
    double values[BATCH_MEANS_LEAST];
    fill(values, BATCH_MEANS_LEAST, 0, 4);
    BatchMeans batches = batch_means(values, BATCH_MEANS_LEAST - 1, 0.95);
    CHECK(batches.too_short);
    CHECK_INT(batches.interval.count, 0);
    CHECK_INT(batches.batch_size, 0);
    CHECK(isnan(batches.interval.half_width) && isnan(batches.autocorrelation));
    CHECK_INT(batch_means(values, BATCH_MEANS_LEAST, 0.95).interval.count, 32);
    CHECK(batch_means(NULL, 0, 0.95).too_short);
}

static void equal_values_have_no_width(void)
{
    double values[200];
    for (int i = 0; i < 200; i++)
        values[i] = 0.1;
    BatchMeans batches = batch_means(values, 200, 0.95);
    CHECK_NEAR(batches.interval.half_width, 0, 0);
    CHECK_NEAR(batches.autocorrelation, 0, 0);
    CHECK(!batches.too_short);
    values[150] = NAN;
    CHECK(batch_means(values, 200, 0.95).too_short);
}

int main(void)
{
    const Check checks[] = {
        {"autocorrelation_by_hand", autocorrelation_by_hand},
        {"autocorrelation_of_a_long_series_is_its_own", autocorrelation_of_a_long_series_is_its_own},
        {"batches_use_the_end_of_the_series", batches_use_the_end_of_the_series},
        {"there_are_always_32_to_63_batches_and_little_is_left_over",
         there_are_always_32_to_63_batches_and_little_is_left_over},
        {"batches_that_depend_on_each_other_are_too_short", batches_that_depend_on_each_other_are_too_short},
        {"few_values_have_no_interval", few_values_have_no_interval},
        {"equal_values_have_no_width", equal_values_have_no_width},
    };
    return check_run("batch_means", checks, sizeof checks / sizeof checks[0]);
}

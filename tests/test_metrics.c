#include "../sim/markov.h"
#include "../sim/metrics.h"
#include "check.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

enum { VALUES = 10000 };

static void a_summary_equals_two_passes_over_the_values(void)
{
    double *values = malloc(VALUES * sizeof *values);
    Stream stream = stream_create(5, 0, STREAM_ANALYSIS, 0);
    Summary summary = {0};
    for (int i = 0; i < VALUES; i++)
        summary_add(&summary, values[i] = 1e6 + stream_uniform(&stream));
    CHECK_INT(summary.count, VALUES);
    CHECK_NEAR(summary_mean(&summary), gsl_stats_mean(values, 1, VALUES), 1e-8);
    CHECK_NEAR(summary_deviation(&summary), gsl_stats_sd(values, 1, VALUES), 1e-8);
    CHECK_NEAR(summary.maximum, gsl_stats_max(values, 1, VALUES), 0);
    free(values);
}

/* Over sixteen octaves a quantile is off by less than a bin: 1/64. */
static void histogram_quantiles_are_within_a_bin(void)
{
    static Histogram histogram;
    histogram = (Histogram){0};
    for (int i = 1; i <= VALUES; i++)
        histogram_add(&histogram, time_from_s(1e-4 * i));
    for (double p = 0.05; p < 1; p += 0.05)
        CHECK_NEAR(histogram_quantile(&histogram, p) / p, 1, 1.0 / HISTOGRAM_BINS_PER_OCTAVE);
    CHECK_NEAR(histogram_quantile(&histogram, 1), 1, 1.0 / HISTOGRAM_BINS_PER_OCTAVE);
}

static void a_histogram_takes_any_time(void)
{
    static Histogram histogram;
    histogram = (Histogram){0};
    CHECK_NEAR(histogram_quantile(&histogram, 0.5), 0, 0);
    const Time times[] = {0, 1, 63, 64, 65, NS_PER_S, TIME_NEVER};
    for (int i = 0; i < 7; i++)
        histogram_add(&histogram, times[i]);
    CHECK_INT(histogram.count, 7);
    CHECK(histogram_quantile(&histogram, 1) > 3600);
}

/* Batches hold 5, 10, 20 values and so on, and each is the mean of its own. */
static void a_series_keeps_equal_batches_of_a_run_of_any_length(void)
{
    static Series series;
    series = (Series){0};
    for (int i = 0; i < 100 * VALUES; i++) {
        series_add(&series, i);
        int64_t size = series_batch_size(&series), count = (i + 1) / size;
        bool kept = series.count == count && series.pending == (i + 1) % size && count < SERIES_BATCHES &&
                    (size == SERIES_FIRST_SIZE || count >= SERIES_BATCHES / 2);
        if (!kept)
            CHECK_INT(series.count, i);
    }
    int64_t size = series_batch_size(&series);
    CHECK_INT(size, 5 << 8);
    for (int i = 0; i < series.count; i++)
        CHECK_NEAR(series.means[i], (double)size * i + (double)(size - 1) / 2, 1e-6);
}

/* Fractions of time over a long history against the stationary distribution. */
static void a_chain_spends_its_time_as_its_stationary_distribution_says(void)
{
    const Chain chain = {.state_count = 3, .values = {0, 1, 2}, .dwell_s = {3, 1, 0.5}};
    double expected[3], spent[3] = {0};
    chain_stationary(&chain, expected);
    CHECK_NEAR(expected[0] + expected[1] + expected[2], 1, 1e-12);
    Stream stream = stream_create(1, 0, STREAM_BACKGROUND, 0);
    int state = chain_start(&chain, &stream);
    Time now = 0;
    for (int i = 0; i < 20 * VALUES; i++) {
        Time next = chain_leave(&chain, state, now, &stream);
        spent[state] += time_to_s(next - now);
        now = next;
        state = chain_next(&chain, state, &stream);
    }
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(spent[i] / time_to_s(now), expected[i], 0.01);
}

static void a_chain_starts_as_its_stationary_distribution_says(void)
{
    const Chain chain = {.state_count = 2, .values = {0, 1}, .dwell_s = {30, 10}};
    int weak = 0;
    for (int i = 0; i < VALUES; i++) {
        Stream stream = stream_create(1, (uint64_t)i, STREAM_CONDITION, 0);
        weak += chain_start(&chain, &stream);
    }
    CHECK_NEAR((double)weak / VALUES, 0.25, 0.015);
    const Chain constant = {.state_count = 1, .values = {1}};
    Stream stream = stream_create(1, 0, STREAM_CONDITION, 0);
    CHECK_INT(chain_start(&constant, &stream), 0);
    CHECK_INT(chain_leave(&constant, 0, 5, &stream), TIME_NEVER);
}

int main(void)
{
    const Check checks[] = {
        {"a_summary_equals_two_passes_over_the_values", a_summary_equals_two_passes_over_the_values},
        {"histogram_quantiles_are_within_a_bin", histogram_quantiles_are_within_a_bin},
        {"a_histogram_takes_any_time", a_histogram_takes_any_time},
        {"a_series_keeps_equal_batches_of_a_run_of_any_length", a_series_keeps_equal_batches_of_a_run_of_any_length},
        {"a_chain_spends_its_time_as_its_stationary_distribution_says",
         a_chain_spends_its_time_as_its_stationary_distribution_says},
        {"a_chain_starts_as_its_stationary_distribution_says", a_chain_starts_as_its_stationary_distribution_says},
    };
    return check_run("metrics", checks, sizeof checks / sizeof checks[0]);
}

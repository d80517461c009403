#include "../analysis/warm_up.h"
#include "../sim/rng.h"
#include "check.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

enum { BATCHES = 1000, SERIES = 100 };

/* A first-order autoregressive series around 10 with deviation 1, on top of an exponential transient that begins
 * `height` above it and dies away with `time_constant`. */
static void fill(double *values, int count, double correlation, double height, double time_constant, uint64_t seed)
{
    Stream stream = stream_create(seed, 0, STREAM_ANALYSIS, 0);
    gsl_rng random = stream_gsl(&stream);
    double state = gsl_ran_gaussian(&random, 1);
    for (int i = 0; i < count; i++) {
        values[i] = 10 + state + height * exp(-i / time_constant);
        state = correlation * state + sqrt(1 - correlation * correlation) * gsl_ran_gaussian(&random, 1);
    }
}

/* The rule as its definition says, each sum anew: quadratic. */
static int slow_mser(const double *values, int count)
{
    int cut = 0;
    double least = INFINITY;
    for (int d = 0; d <= count - 5; d++) {
        size_t kept = (size_t)(count - d);
        double mean = gsl_stats_mean(values + d, 1, kept);
        double error = gsl_stats_tss_m(values + d, 1, kept, mean) / ((double)kept * (double)kept);
        if (error < least) {
            least = error;
            cut = d;
        }
    }
    return cut;
}

/* Nine of the twelve alike: without the first three the error is least. */
static void a_step_is_cut_where_it_ends(void)
{
    const double values[] = {9, 9, 8, 1, 2, 1, 2, 1, 2, 1, 2, 1};
    WarmUp warm_up = warm_up_mser(values, 12);
    CHECK_INT(warm_up.cut, 3);
    CHECK_INT(warm_up.count, 12);
    CHECK_NEAR(warm_up.fraction, 0.25, 0);
    CHECK(!warm_up.too_short);
}

static void one_pass_finds_what_the_definition_says(void)
{
    double values[300];
    for (uint64_t seed = 0; seed < 40; seed++) {
        fill(values, 300, seed % 2 ? 0.9 : 0, (double)(seed % 5), 20, seed);
        CHECK_INT(warm_up_mser(values, 300).cut, slow_mser(values, 300));
    }
}

/* What a known transient asks for: of height 10 deviations and time constant 30 it is below a tenth of a deviation
 * after 138 batches. Over 100 series the cut is seldom far from where it has died away, and takes five
 * sixths of the bias with it. */
static void an_exponential_transient_is_cut_where_it_drowns_in_noise(void)
{
    double values[BATCHES], cuts[SERIES], bias = 0, bias_left = 0;
    for (uint64_t s = 0; s < SERIES; s++) {
        fill(values, BATCHES, 0.5, 10, 30, s);
        WarmUp warm_up = warm_up_mser(values, BATCHES);
        cuts[s] = warm_up.cut;
        CHECK(!warm_up.too_short);
        bias += (gsl_stats_mean(values, 1, BATCHES) - 10) / SERIES;
        bias_left += (gsl_stats_mean(values + warm_up.cut, 1, (size_t)(BATCHES - warm_up.cut)) - 10) / SERIES;
    }
    gsl_sort(cuts, 1, SERIES);
    CHECK_NEAR(gsl_stats_median_from_sorted_data(cuts, 1, SERIES), 75, 25);
    CHECK(cuts[SERIES / 20] > 40 && cuts[SERIES - 1 - SERIES / 20] < 138);
    CHECK_NEAR(bias, 0.3, 0.02);
    CHECK(fabs(bias_left) < bias / 6);
}

static void a_stationary_series_loses_next_to_nothing(void)
{
    double values[BATCHES];
    int much = 0;
    for (uint64_t s = 0; s < SERIES; s++) {
        fill(values, BATCHES, 0.5, 0, 1, s);
        much += warm_up_mser(values, BATCHES).fraction > 0.05;
    }
    CHECK(much <= SERIES / 50);
}

/* A trend never settles: the best cut is near the end, and the run says that it is too short. */
static void a_run_that_has_not_settled_is_too_short(void)
{
    double values[200];
    for (int i = 0; i < 200; i++)
        values[i] = 200 - i;
    WarmUp warm_up = warm_up_mser(values, 200);
    CHECK(warm_up.too_short);
    CHECK_INT(warm_up.cut, 195);
    CHECK(warm_up.fraction > 0.5);
}

static void equal_values_need_no_warm_up(void)
{
    double values[40];
    for (int i = 0; i < 40; i++)
        values[i] = 0.1;
    WarmUp warm_up = warm_up_mser(values, 40);
    CHECK_INT(warm_up.cut, 0);
    CHECK_NEAR(warm_up.fraction, 0, 0);
    CHECK(!warm_up.too_short);
}

static void few_batches_say_nothing(void)
{
    const double values[WARM_UP_LEAST_BATCHES] = {9, 1, 2, 1, 2, 1, 2, 1, 2, 1};
    WarmUp warm_up = warm_up_mser(values, WARM_UP_LEAST_BATCHES - 1);
    CHECK(isnan(warm_up.fraction));
    CHECK(warm_up.too_short);
    CHECK_INT(warm_up.cut, 0);
    CHECK_INT(warm_up_mser(values, WARM_UP_LEAST_BATCHES).cut, 1);
    CHECK(isnan(warm_up_mser(NULL, 0).fraction));
    const double unknown[12] = {1, 2, 1, NAN};
    CHECK(isnan(warm_up_mser(unknown, 12).fraction));
}

/* Two batches of 5 that stand out, eleven that do not, and three values that fill none. */
static void raw_values_are_judged_in_batches_of_five(void)
{
    double values[13 * 5 + 3];
    for (int i = 0; i < 13 * 5 + 3; i++)
        values[i] = (i < 10 ? 50 : 0) + i % 5 + (double)(i / 5 % 2) / 4;
    values[13 * 5 + 2] = 1e6;
    WarmUp warm_up = warm_up_mser5(values, 13 * 5 + 3);
    CHECK_INT(warm_up.count, 13);
    CHECK_INT(warm_up.cut, 2);
}

/* Rare long draws: the rule cuts up to the last of them, which says nothing about the mean. */
static void a_cut_that_does_not_move_the_mean_shows_a_small_shift(void)
{
    double values[1000];
    for (int i = 0; i < 1000; i++)
        values[i] = 60 + (i == 600 ? 5 : 0);
    WarmUp warm_up = warm_up_mser5(values, 1000);
    CHECK(warm_up.fraction > 0.5);
    CHECK_NEAR(warm_up.shift, 60 / 60.005 - 1, 1e-9);
    for (int i = 0; i < 300; i++)
        values[i] = 90;
    warm_up = warm_up_mser5(values, 1000);
    CHECK(warm_up.cut >= 60);
    CHECK(warm_up.shift < -0.1);
}

int main(void)
{
    const Check checks[] = {
        {"a_step_is_cut_where_it_ends", a_step_is_cut_where_it_ends},
        {"one_pass_finds_what_the_definition_says", one_pass_finds_what_the_definition_says},
        {"an_exponential_transient_is_cut_where_it_drowns_in_noise",
         an_exponential_transient_is_cut_where_it_drowns_in_noise},
        {"a_stationary_series_loses_next_to_nothing", a_stationary_series_loses_next_to_nothing},
        {"a_run_that_has_not_settled_is_too_short", a_run_that_has_not_settled_is_too_short},
        {"equal_values_need_no_warm_up", equal_values_need_no_warm_up},
        {"few_batches_say_nothing", few_batches_say_nothing},
        {"raw_values_are_judged_in_batches_of_five", raw_values_are_judged_in_batches_of_five},
        {"a_cut_that_does_not_move_the_mean_shows_a_small_shift",
         a_cut_that_does_not_move_the_mean_shows_a_small_shift},
    };
    return check_run("warm_up", checks, sizeof checks / sizeof checks[0]);
}

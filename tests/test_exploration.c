/* Schedules at the points their definitions name, and choices against their probabilities. */
#include "../policies/exploration.h"
#include "check.h"

#include <gsl/gsl_cdf.h>
#include <string.h>

static void schedules_pass_through_their_points(void)
{
    CHECK_NEAR(exploration_exponential(0.8, 0.02, 200, 0), 0.8, 0);
    CHECK_NEAR(exploration_exponential(0.8, 0.02, 200, 200), 0.8 / M_E, 1e-12);
    CHECK_NEAR(exploration_exponential(0.8, 0.02, 200, 400), 0.8 / M_E / M_E, 1e-12);
    CHECK_NEAR(exploration_exponential(0.8, 0.02, 200, 1000000), 0.02, 0);
    CHECK_NEAR(exploration_linear(1, 0.1, 900, 0), 1, 0);
    CHECK_NEAR(exploration_linear(1, 0.1, 900, 300), 0.7, 1e-12);
    CHECK_NEAR(exploration_linear(1, 0.1, 900, 900), 0.1, 0);
    CHECK_NEAR(exploration_linear(1, 0.1, 900, 5000), 0.1, 0);
    CHECK_NEAR(exploration_linear(1, 0.1, 0, 0), 0.1, 0);
}

static void schedules_never_rise(void)
{
    int rises = 0;
    for (int64_t step = 1; step < 2000; step++) {
        rises += exploration_exponential(1, 0.05, 100, step) > exploration_exponential(1, 0.05, 100, step - 1);
        rises += exploration_linear(1, 0.05, 1000, step) > exploration_linear(1, 0.05, 1000, step - 1);
    }
    CHECK_INT(rises, 0);
}

/* Draws 100,000 times and compares with exp(value / temperature) over its sum; returns the probability of a chi-square
 * statistic at least as large. */
static double softmax_likelihood(const float *values, int count, double temperature)
{
    enum { DRAWS = 100000 };
    Stream stream = stream_create(1, 0, STREAM_POLICY, 0);
    int64_t counts[8] = {0};
    double sum = 0, statistic = 0;
    int possible = 0;
    for (int t = 0; t < DRAWS; t++)
        counts[exploration_softmax(&stream, values, count, temperature)]++;
    for (int i = 0; i < count; i++)
        sum += exp((double)values[i] / temperature);
    for (int i = 0; i < count; i++) {
        double expected = DRAWS * exp((double)values[i] / temperature) / sum;
        if (expected == 0) {
            CHECK_INT(counts[i], 0);
            continue;
        }
        possible++;
        statistic += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
    }
    return gsl_cdf_chisq_Q(statistic, possible - 1);
}

static void softmax_draws_follow_the_values(void)
{
    static const float values[] = {0, 1, -1, 0.5F, 2}, masked[] = {-INFINITY, 1, 2, -INFINITY, 3, -INFINITY};
    CHECK(softmax_likelihood(values, 5, 1) > 1e-4);
    CHECK(softmax_likelihood(values, 5, 0.5) > 1e-4);
    CHECK(softmax_likelihood(values, 5, 1e6) > 1e-4);
    CHECK(softmax_likelihood(masked, 6, 1) > 1e-4);
}

/* Large values must not overflow, and a single possible one is certain. */
static void softmax_stands_extremes(void)
{
    static const float large[] = {-3e38F, 3e38F, 0}, only[] = {-INFINITY, -5, -INFINITY};
    Stream stream = stream_create(2, 0, STREAM_POLICY, 0);
    for (int t = 0; t < 1000; t++) {
        CHECK_INT(exploration_softmax(&stream, large, 3, 1), 1);
        CHECK_INT(exploration_softmax(&stream, only, 3, 100), 1);
    }
}

static void temperature_zero_is_greedy_and_draws_nothing(void)
{
    static const float values[] = {-3, 7, 2, 7};
    Stream stream = stream_create(3, 0, STREAM_POLICY, 0), before = stream;
    CHECK_INT(exploration_softmax(&stream, values, 4, 0), 1);
    CHECK(memcmp(&stream, &before, sizeof stream) == 0);
}

static void bonuses_shrink_with_the_root_of_visits(void)
{
    CHECK(exploration_bonus(2, 0) == INFINITY);
    CHECK_NEAR(exploration_bonus(2, 1), 2, 0);
    CHECK_NEAR(exploration_bonus(2, 16), 0.5, 0);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(schedules_pass_through_their_points),
        CHECK_OF(schedules_never_rise),
        CHECK_OF(softmax_draws_follow_the_values),
        CHECK_OF(softmax_stands_extremes),
        CHECK_OF(temperature_zero_is_greedy_and_draws_nothing),
        CHECK_OF(bonuses_shrink_with_the_root_of_visits),
    };
    return check_run("exploration", checks, sizeof checks / sizeof checks[0]);
}

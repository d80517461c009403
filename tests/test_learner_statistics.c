#include "../analysis/learner_statistics.h"
#include "check.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

enum { RUNS = 4, TASKS = 2 };

/* Sorted: 0.1 0.2 0.3 0.4 0.5 0.6 1.2 9; the middle four are 0.3 0.4 0.5 0.6. */
static const double VALUES[TASKS * RUNS] = {0.5, 0.1, 1.2, 0.3, 0.6, 9, 0.2, 0.4};
static const Scores SCORES = {.task_count = TASKS, .run_count = RUNS, .values = VALUES};

static Stream stream_of(uint64_t seed)
{
    return stream_create(seed, 0, STREAM_ANALYSIS, 0);
}

static void interquartile_mean_by_hand(void)
{
    CHECK_NEAR(learner_statistics_interquartile_mean(SCORES), 0.45, 1e-15);
    /* Of seven scores one is cut at either end, of three none. */
    const double seven[] = {-100, 1, 2, 3, 4, 5, 100}, three[] = {1, 2, 6};
    CHECK_NEAR(learner_statistics_interquartile_mean((Scores){1, 7, seven}), 3, 1e-15);
    CHECK_NEAR(learner_statistics_interquartile_mean((Scores){3, 1, three}), 3, 1e-15);
}

static void an_outlier_does_not_move_the_interquartile_mean(void)
{
    double values[TASKS * RUNS];
    for (int i = 0; i < TASKS * RUNS; i++)
        values[i] = VALUES[i] > 5 ? 1e12 : VALUES[i];
    CHECK_NEAR(learner_statistics_interquartile_mean((Scores){TASKS, RUNS, values}), 0.45, 1e-15);
}

/* Short of 1 by 0.5 0.9 0 0.7, 0.4 0 0.8 0.6: 3.9 of 8. */
static void optimality_gap_by_hand(void)
{
    CHECK_NEAR(learner_statistics_optimality_gap(SCORES, 1), 3.9 / 8, 1e-15);
    CHECK_NEAR(learner_statistics_optimality_gap(SCORES, 0), 0, 0);
}

/* First task: 3 beats 1, 2 and ties with 3; 1 ties with 1: 3 of 6. Second: 5 and 6 beat all three. */
static void probability_of_improvement_by_hand(void)
{
    const double first[] = {3, 1, 5, 6}, second[] = {1, 2, 3, 0, 0, 4};
    Scores a = {2, 2, first}, b = {2, 3, second};
    CHECK_NEAR(learner_statistics_probability_of_improvement(a, b), (3.0 / 6 + 1) / 2, 1e-15);
    CHECK_NEAR(learner_statistics_probability_of_improvement(b, a), 1 - (3.0 / 6 + 1) / 2, 1e-15);
    CHECK_NEAR(learner_statistics_probability_of_improvement(a, a), 0.5, 1e-15);
}

/* With two runs a resample is one of four, so the bootstrap distribution is known: 1, 2 (twice), 3. */
static void intervals_of_two_runs_are_known(void)
{
    const double values[] = {1, 3};
    Scores scores = {.task_count = 1, .run_count = 2, .values = values};
    Stream stream = stream_of(1);
    Estimate wide = learner_statistics_interquartile_mean_interval(scores, 0.95, LEARNER_RESAMPLES, &stream);
    Estimate narrow = learner_statistics_interquartile_mean_interval(scores, 0.4, LEARNER_RESAMPLES, &stream);
    CHECK_NEAR(wide.value, 2, 0);
    CHECK_NEAR(wide.low, 1, 0);
    CHECK_NEAR(wide.high, 3, 0);
    CHECK_NEAR(narrow.low, 2, 0);
    CHECK_NEAR(narrow.high, 2, 0);
}

/* Resampling within tasks keeps the difference between them out of the interval. */
static void tasks_are_strata(void)
{
    const double values[] = {0, 0, 0, 0, 1000, 1000, 1000, 1000};
    Scores scores = {.task_count = 2, .run_count = 4, .values = values};
    Stream stream = stream_of(2);
    Estimate estimate = learner_statistics_interquartile_mean_interval(scores, 0.95, 500, &stream);
    CHECK_NEAR(estimate.low, 500, 0);
    CHECK_NEAR(estimate.high, 500, 0);
    estimate = learner_statistics_optimality_gap_interval(scores, 1, 0.95, 500, &stream);
    CHECK_NEAR(estimate.low, 0.5, 0);
    CHECK_NEAR(estimate.high, 0.5, 0);
}

/* The gap of one task, target above all, is target minus the mean: its interval is near the normal one. */
static void interval_of_a_mean_is_near_the_normal_one(void)
{
    enum { MANY = 100 };
    double values[MANY];
    for (int i = 0; i < MANY; i++)
        values[i] = sin(i);
    double mean = gsl_stats_mean(values, 1, MANY), error = gsl_stats_sd(values, 1, MANY) / sqrt(MANY);
    Stream stream = stream_of(3);
    Estimate estimate = learner_statistics_optimality_gap_interval((Scores){1, MANY, values}, 10, 0.95, 20000, &stream);
    CHECK_NEAR(estimate.value, 10 - mean, 1e-12);
    CHECK_NEAR((estimate.high - estimate.value) / error, 1.96, 0.06);
    CHECK_NEAR((estimate.value - estimate.low) / error, 1.96, 0.06);
}

static void probability_of_improvement_lies_in_its_interval(void)
{
    const double first[] = {3, 1, 5, 6, 2, 8}, second[] = {1, 2, 3, 0, 0, 4, 2, 7};
    Stream stream = stream_of(4);
    Estimate estimate = learner_statistics_probability_of_improvement_interval(
        (Scores){2, 3, first}, (Scores){2, 4, second}, 0.95, LEARNER_RESAMPLES, &stream);
    CHECK(0 <= estimate.low && estimate.low < estimate.value);
    CHECK(estimate.value < estimate.high && estimate.high <= 1);
}

static void equal_streams_give_equal_intervals(void)
{
    Stream first = stream_of(5), second = stream_of(5), other = stream_of(6);
    Estimate a = learner_statistics_interquartile_mean_interval(SCORES, 0.95, 300, &first);
    Estimate b = learner_statistics_interquartile_mean_interval(SCORES, 0.95, 300, &second);
    Estimate c = learner_statistics_interquartile_mean_interval(SCORES, 0.95, 300, &other);
    CHECK(a.low == b.low && a.high == b.high);
    CHECK(a.low != c.low || a.high != c.high);
    CHECK(stream_next(&first) == stream_next(&second));
}

static void single_runs_have_no_interval(void)
{
    const double values[] = {1, 2, 3};
    Scores scores = {.task_count = 3, .run_count = 1, .values = values};
    Stream stream = stream_of(7);
    Estimate estimate = learner_statistics_interquartile_mean_interval(scores, 0.95, 100, &stream);
    CHECK_NEAR(estimate.value, 2, 0);
    CHECK(isnan(estimate.low) && isnan(estimate.high));
    Scores three = {.task_count = 1, .run_count = 3, .values = values}, one = {1, 1, values};
    CHECK(isnan(learner_statistics_probability_of_improvement_interval(three, one, 0.95, 100, &stream).low));
}

int main(void)
{
    const Check checks[] = {
        {"interquartile_mean_by_hand", interquartile_mean_by_hand},
        {"an_outlier_does_not_move_the_interquartile_mean", an_outlier_does_not_move_the_interquartile_mean},
        {"optimality_gap_by_hand", optimality_gap_by_hand},
        {"probability_of_improvement_by_hand", probability_of_improvement_by_hand},
        {"intervals_of_two_runs_are_known", intervals_of_two_runs_are_known},
        {"tasks_are_strata", tasks_are_strata},
        {"interval_of_a_mean_is_near_the_normal_one", interval_of_a_mean_is_near_the_normal_one},
        {"probability_of_improvement_lies_in_its_interval", probability_of_improvement_lies_in_its_interval},
        {"equal_streams_give_equal_intervals", equal_streams_give_equal_intervals},
        {"single_runs_have_no_interval", single_runs_have_no_interval},
    };
    return check_run("learner_statistics", checks, sizeof checks / sizeof checks[0]);
}

#include "../analysis/stopping.h"
#include "check.h"

#include <math.h>
#include <stddef.h>

/* Mean 10 and sum of squared deviations 3. */
static const double MEANS[] = {9, 9.292893218813453, 10, 10.707106781186548, 11};
static const double T_4 = 2.7764451051977987;

static void precision_by_hand(void)
{
    double deviation = sqrt((1 + 0.5 + 0 + 0.5 + 1) / 4), relative = T_4 * deviation / sqrt(5) / 10;
    Stopping stopping = stopping_judge(MEANS, 5, 0.11, 0.95);
    CHECK_NEAR(stopping.interval.mean, 10, 1e-12);
    CHECK_NEAR(stopping.relative_half_width, relative, 1e-9);
    CHECK(relative > 0.1 && relative < 0.11);
    CHECK(stopping.enough);
    CHECK(!stopping_judge(MEANS, 5, 0.10, 0.95).enough);
    CHECK(!stopping_judge(MEANS, 5, 0.11, 0.99).enough);
}

static void less_than_five_are_never_enough(void)
{
    const double equal[] = {3, 3, 3, 3, 3};
    for (int count = 0; count <= 4; count++)
        CHECK(!stopping_judge(equal, count, 0.5, 0.95).enough);
    Stopping stopping = stopping_judge(equal, 5, 1e-9, 0.95);
    CHECK(stopping.enough);
    CHECK_NEAR(stopping.relative_half_width, 0, 0);
    CHECK_NEAR(stopping.expected_count, 5, 0);
}

static void one_run_has_no_precision(void)
{
    Stopping stopping = stopping_judge(MEANS, 1, 0.05, 0.95);
    CHECK(isnan(stopping.relative_half_width) && isnan(stopping.expected_count));
    CHECK(!stopping.enough);
    CHECK(isnan(stopping_judge(NULL, 0, 0.05, 0.95).relative_half_width));
}

static void a_mean_of_zero_is_never_precise_unless_it_is_certain(void)
{
    const double around[] = {-2, -1, 0, 1, 2}, zero[5] = {0};
    Stopping stopping = stopping_judge(around, 5, 0.5, 0.95);
    CHECK(isinf(stopping.relative_half_width) && isinf(stopping.expected_count));
    CHECK(!stopping.enough);
    CHECK(stopping_judge(zero, 5, 0.5, 0.95).enough);
}

static void the_sign_of_the_mean_does_not_matter(void)
{
    double negative[5];
    for (int i = 0; i < 5; i++)
        negative[i] = -MEANS[i];
    CHECK(stopping_judge(negative, 5, 0.11, 0.95).enough);
    CHECK(!stopping_judge(negative, 5, 0.10, 0.95).enough);
}

/* The expected count is the smallest for which mean and deviation, if they stay as they are, would do. */
static void the_expected_count_would_be_enough(void)
{
    const double targets[] = {0.11, 0.05, 0.02, 0.01, 0.001};
    for (int i = 0; i < 5; i++) {
        Stopping stopping = stopping_judge(MEANS, 5, targets[i], 0.95);
        double n = stopping.expected_count, relative = stopping.interval.deviation / stopping.interval.mean;
        CHECK(statistics_t_quantile(0.95, n - 1) * relative / sqrt(n) <= targets[i]);
        if (n > STOPPING_LEAST)
            CHECK(statistics_t_quantile(0.95, n - 2) * relative / sqrt(n - 1) > targets[i]);
    }
}

int main(void)
{
    const Check checks[] = {
        {"precision_by_hand", precision_by_hand},
        {"less_than_five_are_never_enough", less_than_five_are_never_enough},
        {"one_run_has_no_precision", one_run_has_no_precision},
        {"a_mean_of_zero_is_never_precise_unless_it_is_certain", a_mean_of_zero_is_never_precise_unless_it_is_certain},
        {"the_sign_of_the_mean_does_not_matter", the_sign_of_the_mean_does_not_matter},
        {"the_expected_count_would_be_enough", the_expected_count_would_be_enough},
    };
    return check_run("stopping", checks, sizeof checks / sizeof checks[0]);
}

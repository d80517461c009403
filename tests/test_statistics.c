#include "../analysis/statistics.h"
#include "check.h"

#include <math.h>
#include <stddef.h>

/* Additional hours of sleep of ten patients under two drugs: Student, The probable error of a mean, Biometrika 6, 1908;
 * R's data set `sleep`, whose documentation tests it with t.test. */
static const double FIRST_DRUG[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
static const double SECOND_DRUG[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

enum { PATIENTS = 10 };

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

/* With one degree of freedom t is Cauchy's, and with two it has an algebraic form. */
static void quantiles_match_closed_forms(void)
{
    for (double confidence = 0.05; confidence < 1; confidence += 0.05) {
        double one = tan(acos(-1) * confidence / 2), two = confidence * sqrt(2 / (1 - confidence * confidence));
        CHECK_NEAR(statistics_t_quantile(confidence, 1) / one, 1, 1e-9);
        CHECK_NEAR(statistics_t_quantile(confidence, 2) / two, 1, 1e-9);
    }
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
    const double values[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    CHECK_NEAR(statistics_interval(values, 7, 0.95).half_width, 0, 0);
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

/* t = -4.0621, df = 9, p = 0.002833, interval -2.4598858 .. -0.7001142 */
static void paired_test_of_students_sleep_data_is_as_published(void)
{
    Difference paired = statistics_paired(FIRST_DRUG, SECOND_DRUG, PATIENTS, 0.95);
    CHECK_INT(paired.first_count, PATIENTS);
    CHECK_NEAR(paired.mean, -1.58, 1e-12);
    CHECK_NEAR(paired.degrees, 9, 0);
    CHECK_NEAR(paired.p_value, 0.002833, 5e-7);
    CHECK_NEAR(paired.mean - paired.half_width, -2.4598858, 5e-8);
    CHECK_NEAR(paired.mean + paired.half_width, -0.7001142, 5e-8);
}

/* t = -1.8608, df = 17.776, p = 0.07939, interval -3.3654832 .. 0.2054832 */
static void welch_test_of_students_sleep_data_is_as_published(void)
{
    Difference welch = statistics_welch(FIRST_DRUG, PATIENTS, SECOND_DRUG, PATIENTS, 0.95);
    CHECK_NEAR(welch.mean, -1.58, 1e-12);
    CHECK_NEAR(welch.degrees, 17.776, 5e-4);
    CHECK_NEAR(welch.p_value, 0.07939, 5e-6);
    CHECK_NEAR(welch.mean - welch.half_width, -3.3654832, 5e-8);
    CHECK_NEAR(welch.mean + welch.half_width, 0.2054832, 5e-8);
}

/* Two pairs leave one degree of freedom, three leave two: closed forms. */
static void paired_p_values_match_closed_forms(void)
{
    const double zero[3] = {0}, two[] = {1, 4}, three[] = {1, 2, 6};
    double t = 2.5 / 1.5;
    CHECK_NEAR(statistics_paired(two, zero, 2, 0.95).p_value, 1 - 2 / acos(-1) * atan(t), 1e-9);
    t = 3 / sqrt(7.0 / 3);
    CHECK_NEAR(statistics_paired(three, zero, 3, 0.95).p_value, 1 - t / sqrt(2 + t * t), 1e-9);
}

/* Two and two values with the same variance: two degrees; if one sample does not vary: those of the other. */
static void welch_degrees_and_p_values_match_closed_forms(void)
{
    const double first[] = {1, 2}, second[] = {4, 5}, constant[] = {7, 7, 7, 7, 7}, three[] = {1, 2, 6};
    Difference welch = statistics_welch(first, 2, second, 2, 0.90);
    double t = 3 / sqrt(0.5);
    CHECK_NEAR(welch.degrees, 2, 1e-12);
    CHECK_NEAR(welch.p_value, 1 - t / sqrt(2 + t * t), 1e-9);
    CHECK_NEAR(welch.half_width, 0.9 * sqrt(2 / (1 - 0.81)) * sqrt(0.5), 1e-9);
    welch = statistics_welch(constant, 5, three, 3, 0.95);
    t = 4 / sqrt(7.0 / 3);
    CHECK_NEAR(welch.degrees, 2, 1e-12);
    CHECK_NEAR(welch.p_value, 1 - t / sqrt(2 + t * t), 1e-9);
}

/* In any unit: squares of squares of such small numbers would vanish. */
static void welch_is_antisymmetric_and_does_not_depend_on_the_unit(void)
{
    const double first[] = {3, 4, 4, 9}, second[] = {1, 2, 2, 8, 3, 2}, unit = 0x1p-300;
    double small_first[4], small_second[6];
    for (int i = 0; i < 4; i++)
        small_first[i] = unit * first[i];
    for (int i = 0; i < 6; i++)
        small_second[i] = unit * second[i];
    Difference there = statistics_welch(first, 4, second, 6, 0.95);
    Difference back = statistics_welch(second, 6, first, 4, 0.95);
    Difference small = statistics_welch(small_first, 4, small_second, 6, 0.95);
    CHECK_NEAR(there.mean, -back.mean, 0);
    CHECK_NEAR(there.p_value, back.p_value, 1e-15);
    CHECK_NEAR(there.half_width, back.half_width, 1e-14);
    CHECK_INT(there.first_count, back.second_count);
    CHECK(there.degrees > 3 && there.degrees < 8);
    CHECK_NEAR(small.degrees, there.degrees, 1e-12);
    CHECK_NEAR(small.p_value, there.p_value, 1e-12);
}

static void differences_without_variance_are_certain(void)
{
    const double low[] = {1, 1, 1}, high[] = {2, 2, 2};
    Difference same = statistics_paired(low, low, 3, 0.95), other = statistics_paired(low, high, 3, 0.95);
    CHECK_NEAR(same.p_value, 1, 0);
    CHECK_NEAR(same.half_width, 0, 0);
    CHECK_NEAR(other.p_value, 0, 0);
    same = statistics_welch(low, 3, low, 2, 0.95);
    other = statistics_welch(low, 3, high, 3, 0.95);
    CHECK_NEAR(same.p_value, 1, 0);
    CHECK_NEAR(same.degrees, 3, 0);
    CHECK_NEAR(same.half_width, 0, 0);
    CHECK_NEAR(other.p_value, 0, 0);
}

static void differences_of_single_runs_have_no_interval(void)
{
    const double first[] = {5, 6}, second[] = {3};
    Difference paired = statistics_paired(first, second, 1, 0.95), welch = statistics_welch(first, 2, second, 1, 0.95);
    CHECK_NEAR(paired.mean, 2, 0);
    CHECK(isnan(paired.half_width) && isnan(paired.p_value) && isnan(paired.degrees));
    CHECK_NEAR(welch.mean, 2.5, 0);
    CHECK(isnan(welch.half_width) && isnan(welch.p_value) && isnan(welch.degrees));
    CHECK(isnan(statistics_welch(first, 2, NULL, 0, 0.95).mean));
    CHECK(isnan(statistics_paired(NULL, NULL, 0, 0.95).mean));
}

/* 4 x 0.005, 3 x 0.01, 2 x 0.03; 1 x 0.04 is below the one before and takes its value. */
static void holm_by_hand(void)
{
    const double p_values[] = {0.01, 0.04, 0.03, 0.005};
    double adjusted[4];
    statistics_holm(p_values, 4, adjusted);
    CHECK_NEAR(adjusted[0], 0.03, 1e-15);
    CHECK_NEAR(adjusted[1], 0.06, 1e-15);
    CHECK_NEAR(adjusted[2], 0.06, 1e-15);
    CHECK_NEAR(adjusted[3], 0.02, 1e-15);
}

static void holm_stops_at_one_keeps_ties_and_works_in_place(void)
{
    double p_values[] = {0.6, 0.2, 0.2, 1, 0};
    statistics_holm(p_values, 5, p_values);
    CHECK_NEAR(p_values[0], 1, 0);
    CHECK_NEAR(p_values[1], 0.8, 1e-15);
    CHECK_NEAR(p_values[2], 0.8, 1e-15);
    CHECK_NEAR(p_values[3], 1, 0);
    CHECK_NEAR(p_values[4], 0, 0);
}

static void holm_leaves_out_what_was_not_tested(void)
{
    double p_values[] = {NAN, 0.02, NAN, 0.03};
    statistics_holm(p_values, 4, p_values);
    CHECK(isnan(p_values[0]) && isnan(p_values[2]));
    CHECK_NEAR(p_values[1], 0.04, 1e-15);
    CHECK_NEAR(p_values[3], 0.04, 1e-15);
    statistics_holm(NULL, 0, NULL);
    double alone = 0.3;
    statistics_holm(&alone, 1, &alone);
    CHECK_NEAR(alone, 0.3, 0);
}

int main(void)
{
    const Check checks[] = {
        {"mean_and_deviation_of_known_values", mean_and_deviation_of_known_values},
        {"quantiles_match_printed_tables", quantiles_match_printed_tables},
        {"quantiles_match_closed_forms", quantiles_match_closed_forms},
        {"one_value_has_a_mean_and_no_interval", one_value_has_a_mean_and_no_interval},
        {"equal_values_have_no_width", equal_values_have_no_width},
        {"large_offset_costs_no_precision", large_offset_costs_no_precision},
        {"paired_interval_is_that_of_the_differences", paired_interval_is_that_of_the_differences},
        {"paired_test_of_students_sleep_data_is_as_published", paired_test_of_students_sleep_data_is_as_published},
        {"welch_test_of_students_sleep_data_is_as_published", welch_test_of_students_sleep_data_is_as_published},
        {"paired_p_values_match_closed_forms", paired_p_values_match_closed_forms},
        {"welch_degrees_and_p_values_match_closed_forms", welch_degrees_and_p_values_match_closed_forms},
        {"welch_is_antisymmetric_and_does_not_depend_on_the_unit",
         welch_is_antisymmetric_and_does_not_depend_on_the_unit},
        {"differences_without_variance_are_certain", differences_without_variance_are_certain},
        {"differences_of_single_runs_have_no_interval", differences_of_single_runs_have_no_interval},
        {"holm_by_hand", holm_by_hand},
        {"holm_stops_at_one_keeps_ties_and_works_in_place", holm_stops_at_one_keeps_ties_and_works_in_place},
        {"holm_leaves_out_what_was_not_tested", holm_leaves_out_what_was_not_tested},
    };
    return check_run("statistics", checks, sizeof checks / sizeof checks[0]);
}

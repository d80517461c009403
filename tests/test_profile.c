#include "../sim/profile.h"
#include "../sim/rng.h"
#include "../sim/trace.h"
#include "check.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

enum { DRAWS = 20000 };

static const double probability[] = {0, 0.5, 0.9, 0.99, 1};
static const double latency_s[] = {0.010, 0.012, 0.012, 0.030, 0.100};
static const Profile measured = {
    .family = PROFILE_QUANTILES, .point_count = 5, .probability = probability, .latency_s = latency_s};

static ProfileTable shipped(Arena *arena)
{
    ErrorList errors = {0};
    ProfileTable table = {0};
    CHECK(trace_read_profiles(arena, check_path("traces/mobilenet_v1_profiles.csv"), &table, &errors));
    CHECK_INT(errors.total, 0);
    return table;
}

static int compare_doubles(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

/* Kolmogorov's distance between draws of `profile` and the distribution function `cdf`. */
static double distance_from(const Profile *profile, double (*cdf)(const Profile *, double))
{
    double *draws = malloc(DRAWS * sizeof *draws), largest = 0;
    Stream stream = stream_create(11, 0, STREAM_REQUEST, 0);
    for (int i = 0; i < DRAWS; i++)
        draws[i] = profile_quantile(profile, stream_uniform(&stream));
    qsort(draws, DRAWS, sizeof *draws, compare_doubles);
    for (int i = 0; i < DRAWS; i++) {
        double p = cdf(profile, draws[i]);
        largest = fmax(largest, fmax(fabs(p - (double)i / DRAWS), fabs((double)(i + 1) / DRAWS - p)));
    }
    free(draws);
    return largest;
}

static double exponential_cdf(const Profile *profile, double x)
{
    return 1 - exp(-x / profile->mean_s);
}

static double gamma_cdf(const Profile *profile, double x)
{
    double square = profile->coefficient_of_variation * profile->coefficient_of_variation;
    return gsl_cdf_gamma_P(x, 1 / square, profile->mean_s * square);
}

static double lognormal_cdf(const Profile *profile, double x)
{
    double square = profile->coefficient_of_variation * profile->coefficient_of_variation;
    return gsl_cdf_lognormal_P(x, log(profile->mean_s) - log(1 + square) / 2, sqrt(log(1 + square)));
}

/* A walk over the knots, independent of the search in profile_quantile. */
static double joined_cdf(const Profile *profile, double x)
{
    for (int i = 1; i < profile->point_count; i++) {
        double low = profile->latency_s[i - 1], high = profile->latency_s[i];
        if (x < high)
            return profile->probability[i - 1] +
                   (profile->probability[i] - profile->probability[i - 1]) * (x - low) / (high - low);
    }
    return 1;
}

/* Mean and coefficient of variation by the midpoint rule over the quantile function. */
static void moments(const Profile *profile, double *ret_mean, double *ret_variation)
{
    enum { STEPS = 200000 };
    double sum = 0, squares = 0;
    for (int i = 0; i < STEPS; i++) {
        double x = profile_quantile(profile, (i + 0.5) / STEPS);
        sum += x;
        squares += x * x;
    }
    *ret_mean = sum / STEPS;
    *ret_variation = sqrt(squares / STEPS - *ret_mean * *ret_mean) / *ret_mean;
}

static void a_draw_meets_every_knot(void)
{
    for (int i = 1; i < 4; i++)
        CHECK_NEAR(profile_quantile(&measured, probability[i]), latency_s[i], 1e-15);
    CHECK_NEAR(profile_quantile(&measured, 1e-12), 0.010, 1e-12);
    CHECK_NEAR(profile_quantile(&measured, 1 - 1e-12), 0.100, 1e-10);
}

static void between_knots_lies_a_straight_line(void)
{
    CHECK_NEAR(profile_quantile(&measured, 0.25), 0.011, 1e-15);
    CHECK_NEAR(profile_quantile(&measured, 0.7), 0.012, 1e-15);
    CHECK_NEAR(profile_quantile(&measured, 0.995), 0.065, 1e-15);
}

static void a_draw_never_falls_as_its_uniform_rises(void)
{
    double before = 0;
    for (double p = 0.0005; p < 1; p += 0.0005) {
        double latency = profile_quantile(&measured, p);
        CHECK(latency >= before);
        before = latency;
    }
}

static void the_mean_of_joined_quantiles_is_their_integral(void)
{
    double expected = 0.5 * 0.011 + 0.4 * 0.012 + 0.09 * 0.021 + 0.01 * 0.065, mean, variation;
    CHECK_NEAR(profile_mean_of_quantiles(5, probability, latency_s), expected, 1e-15);
    moments(&measured, &mean, &variation);
    CHECK_NEAR(mean, expected, 1e-8);
    double two_p[] = {0, 1}, two_s[] = {1, 3};
    CHECK_NEAR(profile_mean_of_quantiles(2, two_p, two_s), 2, 0);
}

static void every_shipped_row_meets_its_published_quantiles(void)
{
    Arena arena = {0};
    ProfileTable table = shipped(&arena);
    for (int i = 0; i < table.count; i++) {
        const Profile *row = &table.rows[i];
        for (int k = 1; k + 1 < row->point_count; k++)
            CHECK_NEAR(profile_quantile(row, row->probability[k]), row->latency_s[k], 1e-12);
    }
    arena_free(&arena);
}

/* The 99.9 % point of Kolmogorov's distance is 1.95 / sqrt(n); the draws are the same each time. */
static void draws_follow_their_distribution(void)
{
    double limit = 1.95 / sqrt(DRAWS);
    Profile exponential = {.family = PROFILE_EXPONENTIAL, .mean_s = 0.01};
    CHECK(distance_from(&exponential, exponential_cdf) < limit);
    Profile gamma = {.family = PROFILE_GAMMA, .mean_s = 0.01, .coefficient_of_variation = 0.5};
    CHECK(distance_from(&gamma, gamma_cdf) < limit);
    Profile lognormal = {.family = PROFILE_LOGNORMAL, .mean_s = 0.01, .coefficient_of_variation = 2};
    CHECK(distance_from(&lognormal, lognormal_cdf) < limit);
    Arena arena = {0};
    ProfileTable table = shipped(&arena);
    const Profile *row = profile_find(&table, "rpi4-tflite-2.4-ruy", "mobilenet-v1", "d0", 4);
    CHECK(row && distance_from(row, joined_cdf) < limit);
    CHECK(distance_from(&lognormal, gamma_cdf) > limit);
    arena_free(&arena);
}

static void fitted_families_have_their_mean_and_variation(void)
{
    Profile profiles[] = {
        {.family = PROFILE_DETERMINISTIC, .mean_s = 0.02},
        {.family = PROFILE_EXPONENTIAL, .mean_s = 0.02, .coefficient_of_variation = 1},
        {.family = PROFILE_GAMMA, .mean_s = 0.02, .coefficient_of_variation = 0.3},
        {.family = PROFILE_GAMMA, .mean_s = 0.02, .coefficient_of_variation = 1.5},
        {.family = PROFILE_LOGNORMAL, .mean_s = 0.02, .coefficient_of_variation = 0.3},
    };
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        double mean, variation;
        moments(&profiles[i], &mean, &variation);
        CHECK_NEAR(mean / profiles[i].mean_s, 1, 1e-4);
        CHECK_NEAR(variation, profiles[i].coefficient_of_variation, 5e-3);
    }
}

/* The whole range of coefficients of variation that a file may give, far into both tails. */
static void no_family_fails_within_its_limits(void)
{
    for (double variation = 0.05; variation <= 2.5; variation *= 1.1)
        for (double exponent = 0.5; exponent < 16; exponent += 0.5) {
            double tail = pow(10, -exponent);
            Profile gamma = {.family = PROFILE_GAMMA, .mean_s = 0.01, .coefficient_of_variation = variation};
            Profile lognormal = {.family = PROFILE_LOGNORMAL, .mean_s = 0.01, .coefficient_of_variation = variation};
            const Profile *both[] = {&gamma, &lognormal};
            for (int i = 0; i < 2; i++) {
                double low = profile_quantile(both[i], tail), high = profile_quantile(both[i], 1 - tail);
                CHECK(low >= 1e-9 && low <= high && isfinite(high));
            }
        }
}

static void a_row_is_found_by_its_whole_key(void)
{
    Arena arena = {0};
    ProfileTable table = shipped(&arena);
    const Profile *row = profile_find(&table, "aws-a1.2xlarge", "mobilenet-v1", "d0", 1);
    CHECK(row && row->threads == 1);
    row = profile_find(&table, "aws-a1.2xlarge", "mobilenet-v1", "d0", 8);
    CHECK(row && row->threads == 8);
    CHECK(!profile_find(&table, "aws-a1.2xlarge", "mobilenet-v1", "d0", 2));
    CHECK(!profile_find(&table, "aws-a1.2xlarge", "mobilenet-v1", "d8", 8));
    CHECK(!profile_find(&table, "aws-a1.2xlarge", "mobilenet-v2", "d0", 8));
    CHECK(!profile_find(&table, "aws-a1", "mobilenet-v1", "d0", 8));
    arena_free(&arena);
}

int main(void)
{
    const Check checks[] = {
        {"a_draw_meets_every_knot", a_draw_meets_every_knot},
        {"between_knots_lies_a_straight_line", between_knots_lies_a_straight_line},
        {"a_draw_never_falls_as_its_uniform_rises", a_draw_never_falls_as_its_uniform_rises},
        {"the_mean_of_joined_quantiles_is_their_integral", the_mean_of_joined_quantiles_is_their_integral},
        {"every_shipped_row_meets_its_published_quantiles", every_shipped_row_meets_its_published_quantiles},
        {"draws_follow_their_distribution", draws_follow_their_distribution},
        {"fitted_families_have_their_mean_and_variation", fitted_families_have_their_mean_and_variation},
        {"no_family_fails_within_its_limits", no_family_fails_within_its_limits},
        {"a_row_is_found_by_its_whole_key", a_row_is_found_by_its_whole_key},
    };
    return check_run("profile", checks, sizeof checks / sizeof checks[0]);
}

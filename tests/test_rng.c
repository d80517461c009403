#include "../sim/rng.h"
#include "check.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

enum { DRAWS = 100000, CELLS = 64 };

static void equal_keys_give_equal_streams(void)
{
    Stream a = stream_create(3, 1, STREAM_REQUEST, 9), b = stream_create(3, 1, STREAM_REQUEST, 9);
    for (int i = 0; i < 100; i++)
        CHECK(stream_next(&a) == stream_next(&b));
}

static void every_part_of_the_key_matters(void)
{
    Stream base = stream_create(3, 1, STREAM_REQUEST, 9);
    Stream others[] = {stream_create(4, 1, STREAM_REQUEST, 9), stream_create(3, 2, STREAM_REQUEST, 9),
                       stream_create(3, 1, STREAM_ARRIVAL, 9), stream_create(3, 1, STREAM_REQUEST, 10),
                       stream_create(1, 3, STREAM_REQUEST, 9)};
    uint64_t first = stream_next(&base);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        CHECK(stream_next(&others[i]) != first);
}

/* The reference sequence of xoshiro256++ from state 1, 2, 3, 4, worked out by hand for the first two. */
static void the_generator_is_xoshiro256pp(void)
{
    Stream stream = {{1, 2, 3, 4}};
    /* rotl(1 + 4, 23) + 1 */
    CHECK(stream_next(&stream) == ((UINT64_C(5) << 23) + 1));
    /* The state is now 7, 0, 2 ^ 2 ^ ..., so the second is rotl(s0 + s3, 23) + s0 with s0 = 7 and s3 = rotl(6, 45). */
    uint64_t s0 = 7, s3 = UINT64_C(6) << 45;
    CHECK(stream_next(&stream) == rng_rotate_left(s0 + s3, 23) + s0);
}

/* Kolmogorov-Smirnov distance of sorted values from a distribution function. */
static double ks_distance(double *values, double (*distribution)(double))
{
    gsl_sort(values, 1, DRAWS);
    double worst = 0;
    for (int i = 0; i < DRAWS; i++) {
        double f = distribution(values[i]);
        worst = fmax(worst, fmax(fabs(f - (double)i / DRAWS), fabs((double)(i + 1) / DRAWS - f)));
    }
    return worst * sqrt(DRAWS);
}

static double uniform_cdf(double x)
{
    return x;
}

static double exponential_cdf(double x)
{
    return gsl_cdf_exponential_P(x, 1);
}

/* sqrt(n) x distance exceeds 1.95 once in 1,000 (Kolmogorov). */
static void draws_follow_their_distributions(void)
{
    double *values = malloc(DRAWS * sizeof *values);
    Stream stream = stream_create(11, 0, STREAM_ANALYSIS, 0);
    for (int i = 0; i < DRAWS; i++)
        values[i] = stream_uniform(&stream);
    CHECK(ks_distance(values, uniform_cdf) < 1.95);
    gsl_rng rng = stream_gsl(&stream);
    for (int i = 0; i < DRAWS; i++)
        values[i] = gsl_ran_exponential(&rng, 1);
    CHECK(ks_distance(values, exponential_cdf) < 1.95);
    for (int i = 0; i < DRAWS; i++)
        values[i] = stream_exponential(&stream, 1);
    CHECK(ks_distance(values, exponential_cdf) < 1.95);
    for (int i = 0; i < DRAWS; i++)
        values[i] = rng_normal(stream_next(&stream));
    CHECK(ks_distance(values, gsl_cdf_ugaussian_P) < 1.95);
    free(values);
}

/* Where layers meet and in the tails, which a distance between distribution functions hardly sees: counts of cells
 * that are narrow at the ziggurats' last edges. */
static void tails_follow_their_distributions(void)
{
    enum { TAIL_CELLS = 12, TAIL_DRAWS = 5000000 };
    static const double normal_edges[TAIL_CELLS] = {-4.2, -3.8, -3.654, -3.5, -3.2, 0, 3.2, 3.5, 3.654, 3.8, 4.2, 9};
    static const double exponential_edges[TAIL_CELLS] = {0.01, 1, 4, 6, 7, 7.5, 7.697, 8, 9, 10, 11, 99};
    int normal[TAIL_CELLS] = {0}, exponential[TAIL_CELLS] = {0};
    Stream stream = stream_create(12, 0, STREAM_ANALYSIS, 0);
    for (int i = 0; i < TAIL_DRAWS; i++) {
        double x = rng_normal(stream_next(&stream)), y = stream_exponential(&stream, 1);
        int a = 0, b = 0;
        while (x >= normal_edges[a])
            a++;
        while (y >= exponential_edges[b])
            b++;
        normal[a]++;
        exponential[b]++;
    }
    double chi_normal = 0, chi_exponential = 0, below_normal = 0, below_exponential = 0;
    for (int i = 0; i < TAIL_CELLS; i++) {
        double up_to = gsl_cdf_ugaussian_P(normal_edges[i]), expected = TAIL_DRAWS * (up_to - below_normal);
        chi_normal += (normal[i] - expected) * (normal[i] - expected) / expected;
        below_normal = up_to;
        up_to = exponential_cdf(exponential_edges[i]);
        expected = TAIL_DRAWS * (up_to - below_exponential);
        chi_exponential += (exponential[i] - expected) * (exponential[i] - expected) / expected;
        below_exponential = up_to;
    }
    CHECK(gsl_cdf_chisq_Q(chi_normal, TAIL_CELLS - 1) > 0.001);
    CHECK(gsl_cdf_chisq_Q(chi_exponential, TAIL_CELLS - 1) > 0.001);
}

/* First draws of neighbouring streams must be as independent as those of one. */
static void neighbouring_streams_are_independent(void)
{
    int cells[CELLS] = {0};
    for (int i = 0; i < DRAWS; i++) {
        Stream stream = stream_create(1, 0, STREAM_REQUEST, (uint64_t)i);
        cells[(int)(stream_uniform(&stream) * CELLS)]++;
    }
    double chi_squared = 0, expected = (double)DRAWS / CELLS;
    for (int i = 0; i < CELLS; i++)
        chi_squared += (cells[i] - expected) * (cells[i] - expected) / expected;
    CHECK(gsl_cdf_chisq_Q(chi_squared, CELLS - 1) > 0.001);
    CHECK(gsl_cdf_chisq_Q(chi_squared, CELLS - 1) < 0.999);
}

static void integers_are_uniform_and_in_range(void)
{
    enum { SIDES = 7 };
    int cells[SIDES] = {0};
    Stream stream = stream_create(2, 0, STREAM_ANALYSIS, 0);
    for (int i = 0; i < DRAWS; i++)
        cells[stream_uniform_integer(&stream, SIDES)]++;
    double chi_squared = 0, expected = (double)DRAWS / SIDES;
    for (int i = 0; i < SIDES; i++)
        chi_squared += (cells[i] - expected) * (cells[i] - expected) / expected;
    CHECK(gsl_cdf_chisq_Q(chi_squared, SIDES - 1) > 0.001);
    CHECK_INT(stream_uniform_integer(&stream, 1), 0);
}

int main(void)
{
    const Check checks[] = {
        {"equal_keys_give_equal_streams", equal_keys_give_equal_streams},
        {"every_part_of_the_key_matters", every_part_of_the_key_matters},
        {"the_generator_is_xoshiro256pp", the_generator_is_xoshiro256pp},
        {"draws_follow_their_distributions", draws_follow_their_distributions},
        {"tails_follow_their_distributions", tails_follow_their_distributions},
        {"neighbouring_streams_are_independent", neighbouring_streams_are_independent},
        {"integers_are_uniform_and_in_range", integers_are_uniform_and_in_range},
    };
    return check_run("rng", checks, sizeof checks / sizeof checks[0]);
}

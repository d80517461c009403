#include "rng.h"

#include "ziggurat_tables.h" /* made by sim/ziggurat.py */

#include <math.h>

static void xoshiro_set(void *state, unsigned long seed)
{
    *(Stream *)state = stream_create(seed, 0, STREAM_ANALYSIS, 0);
}

static unsigned long xoshiro_get(void *state)
{
    return (unsigned long)(stream_next(state) >> 32);
}

static double xoshiro_get_double(void *state)
{
    return (double)(stream_next(state) >> 11) * 0x1p-53;
}

/* 32 bits a draw, as gsl_ran_* expect at least that; get_double gives 53. */
static const gsl_rng_type xoshiro256pp = {
    .name = "xoshiro256++",
    .max = 0xffffffffUL,
    .min = 0,
    .size = sizeof(Stream),
    .set = xoshiro_set,
    .get = xoshiro_get,
    .get_double = xoshiro_get_double,
};

const gsl_rng_type *const rng_xoshiro256pp = &xoshiro256pp;

Stream stream_create(uint64_t seed, uint64_t replication, StreamPurpose purpose, uint64_t entity)
{
    uint64_t hash = rng_mix(rng_mix(rng_mix(rng_mix(0, seed), replication), (uint64_t)purpose), entity);
    Stream stream;
    for (int i = 0; i < 4; i++)
        stream.state[i] = rng_draw(hash, (uint64_t)i);
    return stream;
}

double rng_exponential_at_edge(uint64_t bits)
{
    unsigned layer = bits & 255;
    uint64_t more = rng_finalise(bits);
    double u = rng_uniform(more);
    if (layer == 0)
        return rng_exponential_x[1] - log(u);
    double x = (double)(bits >> 11) * 0x1p-53 * rng_exponential_x[layer];
    double y = rng_exponential_f[layer] + u * (rng_exponential_f[layer + 1] - rng_exponential_f[layer]);
    return y < exp(-x) ? x : rng_exponential(rng_finalise(more));
}

/* Beyond the base layer: Marsaglia, Generating a variable from the tail of the normal distribution, Technometrics 1964.
 */
static double normal_tail(uint64_t bits)
{
    double r = rng_normal_x[1], x, y;
    do {
        x = -log(rng_uniform(bits = rng_finalise(bits))) / r;
        y = -log(rng_uniform(bits = rng_finalise(bits)));
    } while (2 * y < x * x);
    return r + x;
}

double rng_normal_at_edge(uint64_t bits)
{
    unsigned layer = bits & 255;
    uint64_t more = rng_finalise(bits);
    double sign = bits & 256 ? -1 : 1;
    if (layer == 0)
        return sign * normal_tail(more);
    double x = (double)(bits >> 11) * 0x1p-53 * rng_normal_x[layer];
    double y = rng_normal_f[layer] + rng_uniform(more) * (rng_normal_f[layer + 1] - rng_normal_f[layer]);
    return y < exp(-x * x / 2) ? sign * x : rng_normal(rng_finalise(more));
}

uint64_t stream_uniform_integer(Stream *stream, uint64_t n)
{
    __extension__ typedef unsigned __int128 Wide;
    Wide product = (Wide)stream_next(stream) * n;
    if ((uint64_t)product < n)
        for (uint64_t least = -n % n; (uint64_t)product < least;)
            product = (Wide)stream_next(stream) * n;
    return (uint64_t)(product >> 64);
}

uint64_t rng_mix(uint64_t hash, uint64_t value)
{
    return rng_finalise(hash * UINT64_C(0x9e3779b97f4a7c15) + rng_draw(value, 0));
}

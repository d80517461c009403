/* Random numbers by name: every draw belongs to a stream keyed by (seed, replication, purpose, entity), never by
 * policy, so that policies meet the same luck (common random numbers) and a rerun is bit-identical. */
#ifndef ORCHID_SIM_RNG_H
#define ORCHID_SIM_RNG_H

#include "memory.h"

#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdint.h>

/* What a stream is for. The numbers are part of the key: append, never reorder. */
typedef enum StreamPurpose {
    STREAM_REQUEST,     /* entity: user and sequence number; demands and jitter of one request */
    STREAM_ARRIVAL,     /* entity: user; times between arrivals */
    STREAM_BACKGROUND,  /* entity: node; other tenants' load */
    STREAM_CONDITION,   /* entity: link; regular or weak */
    STREAM_POLICY,      /* entity: 0; a policy's exploration */
    STREAM_ANALYSIS,    /* entity: 0; bootstrap */
    STREAM_APPLICATION, /* entity: user; which application it has, in all replications */
    STREAM_CONTEXT,     /* entity: 0; which contexts stand for all where they are too many */
    STREAM_BANDWIDTH,   /* entity: twice the link, and one more downwards; its level */
    STREAM_IMAGES,      /* entity: image, or 0 for the split of a set; what it looks like, and who may see it */
    STREAM_VISION,      /* entity: 0 a training, 1 fine-tuning, 2 a search for a smaller network on images */
    STREAM_SAMPLES      /* entity: 0; how samples are divided */
} StreamPurpose;

enum { STREAM_WORDS = 4 };

/* The state of one xoshiro256++ generator (Blackman, Vigna: Scrambled linear pseudorandom number generators, ACM TOMS
 * 2021). 32 bytes, copied by assignment. */
typedef struct Stream {
    uint64_t state[STREAM_WORDS];
} Stream;

/* The stream of a key; equal keys give equal streams. */
Stream stream_create(uint64_t seed, uint64_t replication, StreamPurpose purpose, uint64_t entity);

/* The generator as GSL knows it, so that all of gsl_ran_* can draw from a stream. */
extern const gsl_rng_type *const rng_xoshiro256pp;

/* A GSL handle on `stream`, for one expression or as long as the stream stays where it is. */
static inline gsl_rng stream_gsl(Stream *stream)
{
    return (gsl_rng){.type = rng_xoshiro256pp, .state = stream};
}

static inline uint64_t rng_rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* The next 64 bits. */
static inline uint64_t stream_next(Stream *stream)
{
    uint64_t *s = stream->state;
    uint64_t result = rng_rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rng_rotate_left(s[3], 45);
    return result;
}

/* 64 random bits as a uniform number on the open interval (0, 1), 53 bits. */
static inline double rng_uniform(uint64_t bits)
{
    return ((double)(bits >> 11) + 0.5) * 0x1p-53;
}

static inline double stream_uniform(Stream *stream)
{
    return rng_uniform(stream_next(stream));
}

static inline uint64_t rng_finalise(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* The draw number `index` of the sequence that `key` names: splitmix64 (Steele, Lea, Flood: Fast splittable
 * pseudorandom number generators, OOPSLA 2014) read at any place without a state. What befalls a request is drawn so,
 * whenever it is needed. */
static inline uint64_t rng_draw(uint64_t key, uint64_t index)
{
    return rng_finalise(key + (index + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

/* Edges of the ziggurats' layers and the densities there (sim/ziggurat.py). */
extern const double rng_exponential_x[257], rng_exponential_f[257], rng_normal_x[257], rng_normal_f[257];

/* The few draws in a hundred that fall on the edge of a layer or into the tail. */
MEMORY_COLD double rng_exponential_at_edge(uint64_t bits);
MEMORY_COLD double rng_normal_at_edge(uint64_t bits);

/* 64 random bits as an exponential number of mean 1 (Marsaglia, Tsang: The ziggurat method, J. Stat. Softw. 2000). */
static inline double rng_exponential(uint64_t bits)
{
    unsigned layer = bits & 255;
    double x = (double)(bits >> 11) * 0x1p-53 * rng_exponential_x[layer];
    return x < rng_exponential_x[layer + 1] ? x : rng_exponential_at_edge(bits);
}

/* 64 random bits as a standard normal number, likewise: 8 bits choose the layer, one the sign, 53 the place. */
static inline double rng_normal(uint64_t bits)
{
    unsigned layer = bits & 255;
    double x = (double)(bits >> 11) * 0x1p-53 * rng_normal_x[layer];
    if (x >= rng_normal_x[layer + 1])
        return rng_normal_at_edge(bits);
    return bits & 256 ? -x : x;
}

/* Exponential with the given mean. */
static inline double stream_exponential(Stream *stream, double mean)
{
    return mean * rng_exponential(stream_next(stream));
}

/* Uniform integer in [0, n), n >= 1, without bias (Lemire, ACM TOMACS 2019). */
uint64_t stream_uniform_integer(Stream *stream, uint64_t n);

/* Mixes `value` into `hash`: splitmix64's finaliser over their combination. Used for stream keys. */
uint64_t rng_mix(uint64_t hash, uint64_t value);

#endif

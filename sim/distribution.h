/* An amount that varies: a constant, or one of a few families, drawn from 64 random bits. */
#ifndef ORCHID_SIM_DISTRIBUTION_H
#define ORCHID_SIM_DISTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

typedef enum DistributionFamily {
    DISTRIBUTION_CONSTANT,
    DISTRIBUTION_EXPONENTIAL,
    DISTRIBUTION_LOGNORMAL,
    DISTRIBUTION_GAMMA,
    DISTRIBUTION_UNIFORM
} DistributionFamily;

/* Zero is the constant 0. */
typedef struct Distribution {
    DistributionFamily family;
    double mean, variation; /* variation: standard deviation / mean, of lognormal and gamma; else 0 */
    double first, second;   /* lognormal: mean and standard deviation of the logarithm; gamma: shape and scale; uniform:
                               least and largest; else 0 */
} Distribution;

Distribution distribution_constant(double value);
Distribution distribution_exponential(double mean);

/* Both amounts are positive. */
Distribution distribution_lognormal(double mean, double variation);
Distribution distribution_gamma(double mean, double variation);

/* `least` is at most `largest`. */
Distribution distribution_uniform(double least, double largest);

static inline bool distribution_varies(const Distribution *distribution)
{
    return distribution->family != DISTRIBUTION_CONSTANT;
}

/* The amount that 64 random bits stand for. */
double distribution_draw(const Distribution *distribution, uint64_t bits);

#endif

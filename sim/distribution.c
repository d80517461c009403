#include "distribution.h"

#include "rng.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

Distribution distribution_constant(double value)
{
    return (Distribution){.family = DISTRIBUTION_CONSTANT, .mean = value};
}

Distribution distribution_exponential(double mean)
{
    return (Distribution){.family = DISTRIBUTION_EXPONENTIAL, .mean = mean};
}

Distribution distribution_lognormal(double mean, double variation)
{
    assert(mean > 0 && variation > 0);
    double variance = log1p(variation * variation);
    return (Distribution){DISTRIBUTION_LOGNORMAL, mean, variation, log(mean) - variance / 2, sqrt(variance)};
}

Distribution distribution_gamma(double mean, double variation)
{
    assert(mean > 0 && variation > 0);
    double square = variation * variation;
    return (Distribution){DISTRIBUTION_GAMMA, mean, variation, 1 / square, mean * square};
}

Distribution distribution_uniform(double least, double largest)
{
    assert(least <= largest);
    return (Distribution){DISTRIBUTION_UNIFORM, least / 2 + largest / 2, 0, least, largest};
}

double distribution_draw(const Distribution *distribution, uint64_t bits)
{
    double first = distribution->first, second = distribution->second;
    switch (distribution->family) {
    case DISTRIBUTION_CONSTANT:
        break;
    case DISTRIBUTION_EXPONENTIAL:
        return distribution->mean * rng_exponential(bits);
    case DISTRIBUTION_LOGNORMAL:
        return exp(first + second * rng_normal(bits));
    case DISTRIBUTION_GAMMA:
        return gsl_cdf_gamma_Pinv(rng_uniform(bits), first, second);
    case DISTRIBUTION_UNIFORM:
        return first + (second - first) * rng_uniform(bits);
    }
    return distribution->mean;
}

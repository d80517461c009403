#include "profile.h"

#include "rng.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

/* A draw is never shorter than the clock's tick, also where a family's inverse underflows. */
#define SHORTEST_LATENCY_S 1e-9

/* Straight line between the two knots around `p`; knots at the same latency make a flat stretch. */
static double interpolate(const Profile *profile, double p)
{
    int low = 0, high = profile->point_count - 1;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (profile->probability[middle] <= p)
            low = middle;
        else
            high = middle;
    }
    double share = (p - profile->probability[low]) / (profile->probability[high] - profile->probability[low]);
    return profile->latency_s[low] + share * (profile->latency_s[high] - profile->latency_s[low]);
}

/* Mean m and coefficient of variation c give sigma^2 = ln(1 + c^2) and mu = ln m - sigma^2 / 2. */
MEMORY_COLD static double lognormal_quantile(const Profile *profile, double p)
{
    double variance = log1p(profile->coefficient_of_variation * profile->coefficient_of_variation);
    return gsl_cdf_lognormal_Pinv(p, log(profile->mean_s) - variance / 2, sqrt(variance));
}

/* Mean m and coefficient of variation c give shape 1 / c^2 and scale m c^2. */
MEMORY_COLD static double gamma_quantile(const Profile *profile, double p)
{
    double square = profile->coefficient_of_variation * profile->coefficient_of_variation;
    return gsl_cdf_gamma_Pinv(p, 1 / square, profile->mean_s * square);
}

const LayerProfile *layer_profile_find(const LayerProfileTable *table, const char *platform, const char *model,
                                       const char *variant, int threads)
{
    for (int i = 0; i < table->count; i++) {
        const LayerProfile *row = &table->rows[i];
        if (row->threads == threads && strcmp(row->platform, platform) == 0 && strcmp(row->model, model) == 0 &&
            strcmp(row->variant, variant) == 0)
            return row;
    }
    return NULL;
}

const Profile *profile_find(const ProfileTable *table, const char *platform, const char *model, const char *variant,
                            int threads)
{
    for (int i = 0; i < table->count; i++) {
        const Profile *row = &table->rows[i];
        if (row->threads == threads && strcmp(row->platform, platform) == 0 && strcmp(row->model, model) == 0 &&
            strcmp(row->variant, variant) == 0)
            return row;
    }
    return NULL;
}

double profile_draw(const Profile *profile, uint64_t bits)
{
    if (profile->family != PROFILE_EXPONENTIAL)
        return profile_quantile(profile, rng_uniform(bits));
    double latency_s = profile->mean_s * rng_exponential(bits);
    return latency_s > SHORTEST_LATENCY_S ? latency_s : SHORTEST_LATENCY_S;
}

double profile_quantile(const Profile *profile, double p)
{
    assert(p > 0 && p < 1);
    double latency_s = profile->mean_s;
    switch (profile->family) {
    case PROFILE_QUANTILES:
        latency_s = interpolate(profile, p);
        break;
    case PROFILE_DETERMINISTIC:
        break;
    case PROFILE_EXPONENTIAL:
        latency_s = -profile->mean_s * log(1 - p);
        break;
    case PROFILE_LOGNORMAL:
        latency_s = lognormal_quantile(profile, p);
        break;
    case PROFILE_GAMMA:
        latency_s = gamma_quantile(profile, p);
        break;
    }
    return latency_s > SHORTEST_LATENCY_S ? latency_s : SHORTEST_LATENCY_S;
}

double profile_mean_of_quantiles(int point_count, const double *probability, const double *latency_s)
{
    assert(point_count >= 2);
    double mean_s = 0;
    for (int i = 1; i < point_count; i++)
        mean_s += (probability[i] - probability[i - 1]) * (latency_s[i] + latency_s[i - 1]) / 2;
    return mean_s;
}

/* How long one inference takes alone on one platform: a distribution of latency for (platform, model, variant,
 * threads). */
#ifndef ORCHID_SIM_PROFILE_H
#define ORCHID_SIM_PROFILE_H

#include <stdint.h>

typedef enum ProfileFamily {
    PROFILE_QUANTILES,     /* measured quantiles joined by straight lines: a draw reproduces each of them exactly */
    PROFILE_DETERMINISTIC, /* always the mean */
    PROFILE_EXPONENTIAL,   /* mean */
    PROFILE_LOGNORMAL,     /* mean and coefficient of variation */
    PROFILE_GAMMA          /* mean and coefficient of variation */
} ProfileFamily;

/* One row of a profile file; all pointers are borrowed from the table's arena. */
typedef struct Profile {
    const char *platform; /* such as "aws-a1.medium" */
    const char *model;    /* such as "mobilenet-v1" */
    const char *variant;  /* such as "d0" */
    int threads;          /* cores that one inference keeps busy, >= 1 */
    ProfileFamily family;
    double mean_s;                   /* expectation of a draw, s: of the joined quantiles, not the published mean */
    double coefficient_of_variation; /* standard deviation / mean, for the fitted families */
    int point_count;                 /* quantiles: at least 2, the first at probability 0, the last at 1 */
    const double *probability, *latency_s; /* [point_count], ascending and non-descending */
    const char *provenance;                /* "measured", "derived", "modelled" or "theory" */
    const char *source;                    /* where the row is from */
    int line;                              /* in the file */
} Profile;

typedef struct ProfileTable {
    const char *path;
    int count;
    const Profile *rows;
} ProfileTable;

/* How the time of one inference divides over the layers, for (platform, model, variant, threads). */
typedef struct LayerProfile {
    const char *platform, *model, *variant;
    int threads;
    int count;
    const char *const *layers; /* [count] names, in the network's order */
    const double *share;       /* [count] of the time of the whole, sum 1 */
    int line;                  /* of its first row in the file */
} LayerProfile;

typedef struct LayerProfileTable {
    const char *path;
    int count;
    const LayerProfile *rows;
} LayerProfileTable;

/* The one of a key, or NULL. */
const LayerProfile *layer_profile_find(const LayerProfileTable *table, const char *platform, const char *model,
                                       const char *variant, int threads);

/* The row of a key, or NULL. */
const Profile *profile_find(const ProfileTable *table, const char *platform, const char *model, const char *variant,
                            int threads);

/* The latency (s) that 64 random bits stand for: equal bits give equal luck on any platform of one family. */
double profile_draw(const Profile *profile, uint64_t bits);

/* The latency (s) that a fraction `p` in (0, 1) of the inferences does not exceed: the inverse distribution function,
 * so that one uniform number gives the draw. */
double profile_quantile(const Profile *profile, double p);

/* Expectation (s) of the joined quantiles: the integral of the quantile function. */
double profile_mean_of_quantiles(int point_count, const double *probability, const double *latency_s);

#endif

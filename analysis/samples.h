/* Values of replications, read by a query and sorted into settings: what claims are judged on. */
#ifndef ORCHID_ANALYSIS_SAMPLES_H
#define ORCHID_ANALYSIS_SAMPLES_H

#include "statistics.h"
#include "store.h"

enum { SAMPLE_NAME_LIMIT = 5, SAMPLE_VALUE_LIMIT = 8 };

/* Replications of one setting. */
typedef struct Replicates {
    const char *names[SAMPLE_NAME_LIMIT];
    int count;
    double *values[SAMPLE_VALUE_LIMIT]; /* [count] each; NAN: not known */
} Replicates;

/* In the order of the query; everything lives in the arena that it was read into. */
typedef struct Samples {
    int count;
    Replicates *items;
} Samples;

/* Runs `sql`, of which the first `name_count` columns tell settings apart and the others are values. Rows that follow
 * one another with equal names are replications of a setting. `parameters` are bound as in store_query. */
StoreStatus samples_read(Store *store, const char *sql, const char *const *parameters, int parameter_count,
                         int name_count, Arena *arena, Samples *ret_samples, Error *error);

/* The interval of a value's mean at CONFIDENCE. */
static inline Interval samples_interval(const Replicates *sample, int value)
{
    return statistics_interval(sample->values[value], sample->count, CONFIDENCE);
}

#endif

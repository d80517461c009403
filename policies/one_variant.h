/* The parameter of policies with which everybody runs one and the same variant. */
#ifndef ORCHID_POLICIES_ONE_VARIANT_H
#define ORCHID_POLICIES_ONE_VARIANT_H

#include "../sim/config.h"
#include "../sim/scenario.h"

enum { ONE_VARIANT_FIELDS = 1 };

typedef struct OneVariant {
    const char *name; /* NULL: the most accurate */
} OneVariant;

extern const Field one_variant_fields[ONE_VARIANT_FIELDS];

/* A PolicyType's `suits`: whether every user has an option with the variant. */
bool one_variant_suits(const void *parameters, const Scenario *scenario, Error *error);

/* Its index in the model of a scenario that it suits. */
int one_variant_index(const OneVariant *parameters, const Scenario *scenario);

#endif

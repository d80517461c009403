/* Readers of what was measured: latency profiles, layers of a model, arrival times. The formats: traces/README.md. */
#ifndef ORCHID_SIM_TRACE_H
#define ORCHID_SIM_TRACE_H

#include "error.h"
#include "memory.h"
#include "model.h"
#include "profile.h"
#include "units.h"

/* The layers of one variant, in the order of the network. */
typedef struct LayerList {
    const char *variant;
    int line; /* of its first row in the file */
    int count;
    const Layer *layers; /* [count] */
} LayerList;

/* Reads latency profiles: columns platform, model, variant, threads, family, provenance and source, mean_ms and cv
 * where a row's family needs them, and quantiles p0_ms to p100_ms. False with every finding of the pass in `errors`,
 * and then `ret_table` is left alone. Everything returned lives in `arena`, a copy of `path` included. */
bool trace_read_profiles(Arena *arena, const char *path, ProfileTable *ret_table, ErrorList *errors);

/* Reads the layers of a model's variants: columns variant, layer, macs, parameters, output_bytes, perhaps type and cut
 * (yes or no; without the column all are yes), the rows of a variant together and in order. Returns the variants in the
 * file's order. */
bool trace_read_layers(Arena *arena, const char *path, int *ret_count, const LayerList **ret_lists, ErrorList *errors);

/* Reads how times divide over layers: columns platform, model, variant, threads, layer, provenance and source, and
 * either mean_ms or share of each layer, the rows of a key together and in the network's order. Times become shares of
 * their sum; shares sum to 1. */
bool trace_read_layer_profiles(Arena *arena, const char *path, LayerProfileTable *ret_table, ErrorList *errors);

/* Reads arrival times: columns time_s (from the start of the run, never falling) and perhaps user (1 to `user_count`).
 * Without a user column the arrivals go to the users in turn. `ret_user` counts from 0. */
bool trace_read_arrivals(Arena *arena, const char *path, int user_count, int64_t *ret_count, const Time **ret_time,
                         const int **ret_user, ErrorList *errors);

#endif

/* Questions as keys: what tells one state from another, exactly for caches and in coarse steps for tables. */
#ifndef ORCHID_POLICIES_STATE_KEY_H
#define ORCHID_POLICIES_STATE_KEY_H

#include "../sim/view.h"

/* A continuous feature is cut into this many steps per `scale`, and everything from four times its scale on is one. */
enum { STATE_STEPS_PER_SCALE = 4, STATE_STEPS = 16 };

/* One entry of an observation that varies, as a coarse key has it. */
typedef struct CoarseEntry {
    int index;    /* in the observation */
    int levels;   /* as in Feature */
    double scale; /* as in Feature */
    int bits;     /* that hold its steps */
} CoarseEntry;

/* How the questions of one scenario become keys of one size. Zero is ready for state_key_init. */
typedef struct StateKey {
    const Scenario *scenario;            /* borrowed */
    int shared_count, ask_feature_count; /* entries of an observation's shared block, and of each ask's block */
    int ask_count;                       /* of every question of the scenario */
    int entry_count;                     /* values in an observation */
    double *values;                      /* [entry_count] the observation last read */
    size_t size;                         /* bytes of an exact key, a multiple of 8 */
    int64_t *key;                        /* the key last made */
    size_t coarse_size;                  /* bytes of a coarse key, a multiple of 8 */
    int group_bits; /* that a coarse key has for the group of each ask's user; 0: it is always the same */
    int coarse_count;
    CoarseEntry *coarse; /* [coarse_count] in the order of the observation */
} StateKey;

void state_key_init(StateKey *state_key, const Decision *decision);
void state_key_free(StateKey *state_key);

/* Exact: equal keys mean the same users' nodes and equal observations. Leaves the observation in `values`; the key is
 * valid until the next call. */
const void *state_key_exact(StateKey *state_key, const Decision *decision);

/* In steps, coarse_size bytes: features with levels count as their level, continuous ones as quarters of their scale,
 * constant ones as nothing. Users of one node group, who have the same options, share keys. Steps are packed into few
 * words, which are quick to look up. Valid until the next call. */
const void *state_key_coarse(StateKey *state_key, const Decision *decision);

/* The step that `value` of an entry counts as, 0 .. 2^bits - 1. */
int64_t state_key_step(const CoarseEntry *entry, double value);

#endif

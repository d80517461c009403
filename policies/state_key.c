#include "state_key.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_BITS = 64 };

/* Bits that tell `count` values apart. */
static int bits_for(int count)
{
    int bits = 0;
    while ((1 << bits) < count)
        bits++;
    return bits;
}

/* Appends numbers of a few bits to words; a number never lies across two words. */
typedef struct Packing {
    int64_t *words; /* NULL: only counts them */
    size_t word;    /* the one being filled */
    int used;       /* bits of it */
} Packing;

static inline void pack(Packing *packing, int bits, int64_t number)
{
    if (packing->used + bits > WORD_BITS) {
        packing->word++;
        packing->used = 0;
    }
    if (packing->words && packing->used == 0)
        packing->words[packing->word] = 0;
    if (packing->words)
        packing->words[packing->word] |= (int64_t)((uint64_t)number << packing->used);
    packing->used += bits;
}

static void add_coarse_entries(StateKey *state_key, const Feature *features, int count, int first)
{
    for (int i = 0; i < count; i++) {
        if (features[i].constant)
            continue;
        int steps = features[i].levels > 0 ? features[i].levels : STATE_STEPS;
        state_key->coarse[state_key->coarse_count++] =
            (CoarseEntry){first + i, features[i].levels, features[i].scale, bits_for(steps)};
    }
}

/* Where all users ask, they always ask in the same order. */
static void init_coarse(StateKey *state_key, const Decision *decision)
{
    const Feature *shared, *of_ask;
    int shared_count = view_shared_features(decision->view, &shared);
    int ask_feature_count = view_ask_features(decision->view, &of_ask);
    bool all_ask = decision->ask_count == state_key->scenario->user_count;
    state_key->group_bits = all_ask ? 0 : bits_for(state_key->scenario->node_group_count);
    state_key->coarse = memory_allocate((size_t)state_key->entry_count, sizeof *state_key->coarse);
    add_coarse_entries(state_key, shared, shared_count, 0);
    for (int ask = 0; ask < decision->ask_count; ask++)
        add_coarse_entries(state_key, of_ask, ask_feature_count, shared_count + ask * ask_feature_count);
    Packing packing = {0};
    for (int ask = 0; ask < decision->ask_count; ask++)
        pack(&packing, state_key->group_bits, 0);
    for (int i = 0; i < state_key->coarse_count; i++)
        pack(&packing, state_key->coarse[i].bits, 0);
    state_key->coarse_size = (packing.word + 1) * sizeof *state_key->key;
}

void state_key_init(StateKey *state_key, const Decision *decision)
{
    const Feature *features;
    state_key->scenario = view_scenario(decision->view);
    state_key->shared_count = view_shared_features(decision->view, &features);
    state_key->ask_feature_count = view_ask_features(decision->view, &features);
    state_key->ask_count = decision->ask_count;
    state_key->entry_count = state_key->shared_count + decision->ask_count * state_key->ask_feature_count;
    state_key->values = memory_allocate((size_t)state_key->entry_count, sizeof *state_key->values);
    size_t length = (size_t)(decision->ask_count + state_key->entry_count);
    state_key->size = length * sizeof *state_key->key;
    init_coarse(state_key, decision);
    size_t room = state_key->size > state_key->coarse_size ? state_key->size : state_key->coarse_size;
    state_key->key = memory_allocate(room / sizeof *state_key->key, sizeof *state_key->key);
}

void state_key_free(StateKey *state_key)
{
    free(state_key->values);
    free(state_key->key);
    free(state_key->coarse);
    *state_key = (StateKey){0};
}

static void observe(StateKey *state_key, const Decision *decision)
{
    int written = view_observe(decision->view, decision, state_key->values);
    assert(written == state_key->entry_count);
    (void)written;
}

const void *state_key_exact(StateKey *state_key, const Decision *decision)
{
    assert(decision->ask_count == state_key->ask_count);
    observe(state_key, decision);
    int64_t *entries = state_key->key + decision->ask_count;
    for (int i = 0; i < decision->ask_count; i++)
        state_key->key[i] = decision->asks[i].node;
    for (int i = 0; i < state_key->entry_count; i++) {
        double value = state_key->values[i] + 0.0; /* -0 becomes 0 */
        memcpy(&entries[i], &value, sizeof value);
    }
    return state_key->key;
}

const void *state_key_coarse(StateKey *state_key, const Decision *decision)
{
    assert(decision->ask_count == state_key->ask_count);
    Packing packing = {.words = state_key->key};
    state_key->key[0] = 0;
    for (int i = 0; state_key->group_bits > 0 && i < decision->ask_count; i++)
        pack(&packing, state_key->group_bits, state_key->scenario->group_of[decision->asks[i].node]);
    if (state_key->coarse_count > 0)
        observe(state_key, decision);
    for (int i = 0; i < state_key->coarse_count; i++) {
        const CoarseEntry *entry = &state_key->coarse[i];
        pack(&packing, entry->bits, state_key_step(entry, state_key->values[entry->index]));
    }
    return state_key->key;
}

int64_t state_key_step(const CoarseEntry *entry, double value)
{
    double steps = entry->levels > 0 ? round(value) : floor(value / entry->scale * STATE_STEPS_PER_SCALE);
    double last = entry->levels > 0 ? entry->levels - 1 : STATE_STEPS - 1;
    return (int64_t)fmax(0, fmin(steps, last));
}

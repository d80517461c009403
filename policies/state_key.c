#include "state_key.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    state_key->key = memory_allocate(length, sizeof *state_key->key);
}

void state_key_free(StateKey *state_key)
{
    free(state_key->values);
    free(state_key->key);
    *state_key = (StateKey){0};
}

/* Reads the observation; returns where the entries of the key begin, behind one number per ask. */
static int64_t *begin(StateKey *state_key, const Decision *decision)
{
    assert(decision->ask_count == state_key->ask_count);
    int written = view_observe(decision->view, decision, state_key->values);
    assert(written == state_key->entry_count);
    (void)written;
    return state_key->key + decision->ask_count;
}

static int64_t step_of(const Feature *feature, double value)
{
    if (feature->constant)
        return 0;
    double steps = feature->levels > 0 ? round(value) : floor(value / feature->scale * STATE_STEPS_PER_SCALE);
    double last = feature->levels > 0 ? feature->levels - 1 : STATE_STEPS - 1;
    return (int64_t)fmax(0, fmin(steps, last));
}

const void *state_key_exact(StateKey *state_key, const Decision *decision)
{
    int64_t *entries = begin(state_key, decision);
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
    int64_t *entries = begin(state_key, decision);
    const double *values = state_key->values;
    const Feature *shared, *of_ask; /* they belong to the simulation, which may be another one than last time */
    view_shared_features(decision->view, &shared);
    view_ask_features(decision->view, &of_ask);
    for (int i = 0; i < decision->ask_count; i++)
        state_key->key[i] = state_key->scenario->group_of[decision->asks[i].node];
    for (int i = 0; i < state_key->shared_count; i++)
        *entries++ = step_of(&shared[i], *values++);
    for (int ask = 0; ask < decision->ask_count; ask++)
        for (int i = 0; i < state_key->ask_feature_count; i++)
            *entries++ = step_of(&of_ask[i], *values++);
    return state_key->key;
}

#include "encoding.h"

#include "../sim/simulation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add_entries(Encoding *encoding, const Feature *features, int count, int first)
{
    size_t room = (size_t)(encoding->entry_count + count);
    encoding->entries = memory_grow(encoding->entries, (size_t)encoding->entry_count, room, sizeof *encoding->entries);
    for (int i = 0; i < count; i++) {
        const Feature *feature = &features[i];
        if (feature->constant)
            continue;
        int levels = feature->levels <= ENCODED_LEVELS_MOST ? feature->levels : 0;
        encoding->entries[encoding->entry_count++] = (EncodedEntry){first + i, levels, (float)feature->scale};
        encoding->size += levels > 0 ? levels : 1;
    }
}

/* What features there are is known from a simulation that never runs. */
void encoding_init(Encoding *encoding, const Scenario *scenario)
{
    *encoding = (Encoding){.size = 1};
    Simulation *simulation = simulation_create(scenario, (RunKey){0});
    const View *view = simulation_view(simulation);
    const Feature *shared, *ask;
    int shared_count = view_shared_features(view, &shared), ask_count = view_ask_features(view, &ask);
    int asks = scenario->workload.arrivals == ARRIVALS_ROUNDS ? scenario->user_count : 1;
    add_entries(encoding, shared, shared_count, 0);
    encoding->shared_size = encoding->size;
    for (int k = 0; k < asks; k++)
        add_entries(encoding, ask, ask_count, shared_count + k * ask_count);
    encoding->values = memory_allocate((size_t)(shared_count + asks * ask_count), sizeof *encoding->values);
    simulation_destroy(simulation);
}

void encoding_free(Encoding *encoding)
{
    free(encoding->entries);
    free(encoding->values);
}

void encoding_write(Encoding *encoding, const Decision *decision, float *ret_inputs)
{
    view_observe(decision->view, decision, encoding->values);
    *ret_inputs++ = 1;
    for (int i = 0; i < encoding->entry_count; i++) {
        const EncodedEntry *entry = &encoding->entries[i];
        double value = encoding->values[entry->index];
        if (entry->levels == 0) {
            *ret_inputs++ = fminf((float)value / entry->scale, ENCODED_MOST);
            continue;
        }
        memset(ret_inputs, 0, (size_t)entry->levels * sizeof *ret_inputs);
        ret_inputs[(int)fmin(fmax(value, 0), entry->levels - 1)] = 1;
        ret_inputs += entry->levels;
    }
}

/* Tabular learners in files of weights. */
#include "action_values_file.h"
#include "tabular.h"

#include <assert.h>
#include <string.h>

/* The state of the learner's own stream, its decisions, and whether it has been asked anything, so that it has a table.
 */
enum { STREAM_WORDS = 4, EXPLORED = STREAM_WORDS, OPENED, LEARNER_WORDS };

static const char learner_block[] = "learner", values_block[] = "values";

void tabular_save(const void *state, WeightsFile *file)
{
    const Tabular *tabular = state;
    int64_t *words = arena_allocate(&file->arena, LEARNER_WORDS, sizeof *words);
    memcpy(words, tabular->stream.state, sizeof tabular->stream.state);
    words[EXPLORED] = tabular->explored;
    words[OPENED] = tabular->values.states.key_size > 0;
    weights_file_add(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words);
    if (words[OPENED])
        action_values_file_add(file, values_block, &tabular->values);
}

bool tabular_load(void *state, const WeightsFile *file, Error *error)
{
    Tabular *tabular = state;
    int64_t words[LEARNER_WORDS];
    assert(tabular->values.states.key_size == 0);
    if (!weights_file_copy(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words, error) ||
        (words[OPENED] && !action_values_file_read(file, values_block, &tabular->values, error)))
        return false;
    memcpy(tabular->stream.state, words, sizeof tabular->stream.state);
    tabular->explored = words[EXPLORED];
    tabular->values.initial_value = tabular->parameters.initial_value;
    return true;
}

/* Tabular learners in files of weights. */
#include "action_values_file.h"
#include "tabular.h"

#include <assert.h>
#include <string.h>

/* The state of the learner's own stream; its decisions; whether it has been asked anything, so that it has a table; and
 * the first user's last answer, where it still waits for the question after it, else -1: in rounds, whose training can
 * be taken up where it stopped, no other does. */
enum {
    EXPLORED = STREAM_WORDS,
    OPENED,
    WAITING_DECISION,
    WAITING_ROW,
    WAITING_ACTION,
    WAITING_REWARD, /* the bits of it */
    LEARNER_WORDS
};

static const char learner_block[] = "learner", values_block[] = "values";

static void note_waiting(const Tabular *tabular, int64_t *words)
{
    const PendingDecision *waiting = pending_find(&tabular->pending, tabular->last_decision[0]);
    words[WAITING_DECISION] = -1;
    if (!waiting || !waiting->rewarded)
        return;
    words[WAITING_DECISION] = waiting->decision;
    words[WAITING_ROW] = waiting->row;
    words[WAITING_ACTION] = waiting->action;
    memcpy(&words[WAITING_REWARD], &waiting->reward, sizeof waiting->reward);
}

/* False where it does not fit the table. */
static bool take_waiting(Tabular *tabular, const int64_t *words)
{
    int64_t decision = words[WAITING_DECISION], row = words[WAITING_ROW], action = words[WAITING_ACTION];
    if (decision < 0)
        return true;
    if (row < 0 || row >= tabular->values.states.count || action < 0 ||
        action >= tabular->values.rows[row].action_count)
        return false;
    PendingDecision *waiting = pending_add(&tabular->pending, decision);
    waiting->row = row;
    waiting->action = action;
    waiting->rewarded = true;
    memcpy(&waiting->reward, &words[WAITING_REWARD], sizeof waiting->reward);
    tabular->last_decision[0] = decision;
    return true;
}

void tabular_save(const void *state, WeightsFile *file)
{
    const Tabular *tabular = state;
    int64_t *words = arena_allocate(&file->arena, LEARNER_WORDS, sizeof *words);
    memcpy(words, tabular->stream.state, sizeof tabular->stream.state);
    words[EXPLORED] = tabular->explored;
    words[OPENED] = tabular->values.states.key_size > 0;
    note_waiting(tabular, words);
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
        (words[OPENED] &&
         !action_values_file_read(file, values_block, tabular->parameters.initial_value, &tabular->values, error)))
        return false;
    memcpy(tabular->stream.state, words, sizeof tabular->stream.state);
    tabular->explored = words[EXPLORED];
    return weights_file_check(file, learner_block, take_waiting(tabular, words), error);
}

/* Deep learners in files of weights. */
#include "dqn.h"
#include "network_file.h"
#include "replay_memory_file.h"

#include <string.h>

/* The state of the learner's own stream, its decisions and updates. */
enum { EXPLORED = STREAM_WORDS, UPDATES, LEARNER_WORDS };

static const char learner_block[] = "learner", online_block[] = "online", target_block[] = "target",
                  replay_block[] = "replay", visits_block[] = "visits";

void dqn_save(const void *state, WeightsFile *file)
{
    const Dqn *dqn = state;
    int64_t *words = arena_allocate(&file->arena, LEARNER_WORDS, sizeof *words);
    memcpy(words, dqn->stream.state, sizeof dqn->stream.state);
    words[EXPLORED] = dqn->explored;
    words[UPDATES] = dqn->values.updates;
    weights_file_add(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words);
    network_file_add(file, online_block, dqn->values.online);
    if (dqn->values.target)
        network_file_add(file, target_block, dqn->values.target);
    replay_memory_file_add(file, replay_block, &dqn->replay);
    if (dqn->visits)
        weights_file_add(file, visits_block, WEIGHTS_INT64, dqn->outputs.size, dqn->visits);
}

static bool actions_exist(const Dqn *dqn)
{
    for (int64_t i = 0; i < dqn->replay.count * dqn->outputs.per_answer; i++)
        if (dqn->replay.actions[i] < 0 || dqn->replay.actions[i] >= dqn->outputs.size)
            return false;
    return true;
}

bool dqn_load(void *state, const WeightsFile *file, Error *error)
{
    Dqn *dqn = state;
    int64_t words[LEARNER_WORDS];
    if (!weights_file_copy(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words, error) ||
        !network_file_read(file, online_block, dqn->values.online, error) ||
        (dqn->values.target && !network_file_read(file, target_block, dqn->values.target, error)) ||
        !replay_memory_file_read(file, replay_block, &dqn->replay, error) ||
        (dqn->visits && !weights_file_copy(file, visits_block, WEIGHTS_INT64, dqn->outputs.size, dqn->visits, error)))
        return false;
    if (!actions_exist(dqn)) {
        error_set(error, file->path, 0, 0, "remembers answers that there are not");
        return false;
    }
    memcpy(dqn->stream.state, words, sizeof dqn->stream.state);
    dqn->explored = words[EXPLORED];
    dqn->values.updates = words[UPDATES];
    return true;
}

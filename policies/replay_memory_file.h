/* Replay memories in a file of weights. */
#ifndef ORCHID_POLICIES_REPLAY_MEMORY_FILE_H
#define ORCHID_POLICIES_REPLAY_MEMORY_FILE_H

#include "replay_memory.h"
#include "weights_file.h"

/* Adds blocks NAME.ring, NAME.states, NAME.next_states, NAME.rewards, NAME.discounts, NAME.actions, and with priorities
 * NAME.priorities. Most numbers are borrowed until the file is written. */
void replay_memory_file_add(WeightsFile *file, const char *name, const ReplayMemory *memory);

/* Restores an empty memory of the same shape. False, and why in `error`, where the file does not have this one whole.
 */
bool replay_memory_file_read(const WeightsFile *file, const char *name, ReplayMemory *memory, Error *error);

#endif

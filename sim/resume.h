/* Going on where a run stopped: between two rounds nothing is on its way, so that a few numbers say all about the
 * world. A training that is continued from a file meets the rounds that it would have met without the break. */
#ifndef ORCHID_SIM_RESUME_H
#define ORCHID_SIM_RESUME_H

#include "simulation.h"

/* 64-bit words of a note about the scenario's world; 0 where none can be taken, because arrivals are not rounds. */
int resume_size(const Scenario *scenario);

/* Notes, into ret_words[resume_size], where a run stands that has ended for its number of decisions or stands at a
 * question that is not answered yet. */
void resume_note(const Simulation *simulation, uint64_t *ret_words);

/* Makes a run that was just created, of the same scenario, seed and replication, go on from there: its next question is
 * the one that would have come next, under the same number. Its metrics tell of the part from here on only, its energy
 * and time of all. False, and the run as it was, where the words say what no world of the scenario can be in. */
bool resume_from(Simulation *simulation, const uint64_t *words);

#endif

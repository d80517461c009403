/* The simulation behind a view, for those who may copy it and look ahead: the oracle, evaluation and tests. Nothing that
 * learns includes this header (tests/floors.py): a copy would tell it the future. */
#ifndef ORCHID_SIM_FORESIGHT_H
#define ORCHID_SIM_FORESIGHT_H

#include "simulation.h"

const Simulation *view_simulation(const View *view);

/* Whether a variant is right on the sample that the only ask of a question is about; requests must carry samples. */
bool foresight_is_right(const View *view, int variant);

#endif

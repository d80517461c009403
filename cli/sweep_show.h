/* What `orchid sweep` prints: the plan, and the cells with what came of them. */
#ifndef ORCHID_CLI_SWEEP_SHOW_H
#define ORCHID_CLI_SWEEP_SHOW_H

#include "../analysis/sweep_run.h"

/* Prints the chosen runs, one per line and aligned, or as JSON; with a store (NULL: none), whether each is done, failed
 * or missing there. */
StoreStatus sweep_show_plan(FILE *stream, Sweep *sweep, const SweepSelection *selection, Store *store, bool json,
                            Error *error);

/* Prints one line for each chosen cell: its values, how many of its runs are done, mean response time, accuracy and
 * reward with half widths of 95 % t intervals. */
StoreStatus sweep_show_cells(FILE *stream, Sweep *sweep, const SweepSelection *selection, Store *store, Error *error);

/* How many cells are chosen, shards aside. */
int64_t sweep_chosen_cells(const Sweep *sweep, const SweepSelection *selection);

#endif

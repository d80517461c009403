/* Which runs of a plan are meant: by a condition, by their numbers, and by the shard that they belong to. */
#ifndef ORCHID_ANALYSIS_SWEEP_SELECTION_H
#define ORCHID_ANALYSIS_SWEEP_SELECTION_H

#include "sweep.h"

/* Runs first .. last. */
typedef struct RunRange {
    int64_t first, last;
} RunRange;

/* Zero means all runs. */
typedef struct SweepSelection {
    const Expression *where; /* over the sweep's names; NULL: every cell */
    int range_count;         /* 0: every number */
    const RunRange *ranges;
    int64_t shard, shard_count; /* of what the others choose, the runs number shard, shard + shard_count, ... from 1;
                                   shard_count 0: all */
    bool whole_cells;           /* shards take whole cells in turn instead of runs */
} SweepSelection;

/* Reads "3,5..7" into the selection. False with a finding where that is no list of numbers of runs of the sweep. */
bool sweep_select_runs(Arena *arena, const Sweep *sweep, const char *text, SweepSelection *selection,
                       ErrorList *errors);

/* Reads "2/4", the second of four. False with a finding. */
bool sweep_select_shard(const char *text, SweepSelection *selection, ErrorList *errors);

/* A walk over the chosen runs in order. */
typedef struct SweepWalk {
    const Sweep *sweep;
    const SweepSelection *selection;
    int64_t run;         /* last looked at, 0 before the first */
    int64_t chosen_cell; /* the last cell for which the condition held; -1 before */
    int64_t cells, runs; /* that were met up to now, before they are shared out */
} SweepWalk;

SweepWalk sweep_walk_begin(const Sweep *sweep, const SweepSelection *selection);

/* Goes to the next run; false when there is none. */
bool sweep_walk_next(SweepWalk *walk, int64_t *ret_run);

/* How many runs are chosen. Looks at all of them. */
int64_t sweep_selection_count(const Sweep *sweep, const SweepSelection *selection);

#endif

/* The plan of a sweep: its cells, which are the combinations of the values of its axes, each run `repeat` times. */
#ifndef ORCHID_ANALYSIS_SWEEP_H
#define ORCHID_ANALYSIS_SWEEP_H

#include "../sim/scenario.h"
#include "expression.h"
#include "sweep_axes.h"

/* Runs that nobody plans by accident; more are refused unless forced. And cells that no machine plans. */
#define SWEEP_RUNS_UNFORCED 10000000
#define SWEEP_CELLS_MOST 2000000000

/* A plan. The first axis changes slowest, replications change fastest. Runs are numbered from 1 in that order, over the
 * cells for which the file's condition holds: what is chosen of them to be run does not change the numbers. */
typedef struct Sweep {
    const char *path, *name;
    SweepAxes axes;
    int64_t cell_count, run_count; /* of the plan */
    const uint32_t *cells;         /* [cell_count] their places among all combinations; NULL: all of them */
    const SweepKey **keys;         /* [axes.key_count] of all axes in order */
    ExpressionName *names;         /* [axes.key_count] the same for conditions */
    const ConfigNode *base;        /* the scenario without its sweep, settings in place */
    ScenarioFiles files;
    Arena arena;
} Sweep;

/* Reads the scenario and plans its sweep, or the single cell of a scenario without one. Loads every value of every
 * axis once (of long axes the first and the last ones), so that mistakes are found before anything runs. A setting for
 * a key that is an axis is a mistake. `force` allows more runs than SWEEP_RUNS_UNFORCED. NULL with every finding of the
 * pass in `errors`. */
Sweep *sweep_open(const char *path, const char *const *settings, int setting_count, bool force, ErrorList *errors);

/* NULL is allowed. All cells must be gone. */
void sweep_close(Sweep *sweep);

/* The cell, from 0, and the replication, from 0, of a run. */
int64_t sweep_cell_of(const Sweep *sweep, int64_t run);
int sweep_replication_of(const Sweep *sweep, int64_t run);

/* Which value of axis `axis` a cell has. */
int sweep_point(const Sweep *sweep, int64_t cell, int axis);

/* The values of a cell for conditions, ret_values [axes.key_count]. */
void sweep_condition_values(const Sweep *sweep, int64_t cell, ExpressionValue *ret_values);

/* "objective.threshold=89 %, policy=greedy" into `buffer`, or the name of a sweep without axes. */
void sweep_cell_label(const Sweep *sweep, int64_t cell, char *buffer, size_t size);

/* A cell ready to run. */
typedef struct SweepCell {
    int64_t cell;
    Scenario *scenario; /* owned. Where `error` says why it cannot be loaded, a stand-in with a hash of its own */
    const PolicyType *policy;
    const char *parameters;   /* of the policy, in force */
    const SweepValue *values; /* [axes.key_count] */
    char error[ERROR_MESSAGE_SIZE];
    int users; /* trials that need it; for whoever shares it */
    Arena arena;
} SweepCell;

/* Loads a cell; the caller ends it with sweep_cell_free. What is wrong with it goes to `errors` (NULL: nowhere) too. */
SweepCell *sweep_cell_load(Sweep *sweep, int64_t cell, ErrorList *errors);

/* NULL is allowed. */
void sweep_cell_free(SweepCell *cell);

#endif

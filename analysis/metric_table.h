/* Every figure that a run reports: its name, unit and meaning in one table, read out of the simulation's meters. */
#ifndef ORCHID_ANALYSIS_METRIC_TABLE_H
#define ORCHID_ANALYSIS_METRIC_TABLE_H

#include "learning.h"

typedef enum Better { BETTER_NEITHER, BETTER_LARGER, BETTER_SMALLER } Better;

/* What a name stands for. A metric kept per node group is stored as "name.group", such as "utilisation.edge". */
typedef struct MetricDefinition {
    const char *name;
    const char *unit; /* "" where dimensionless */
    Better better;
    bool per_group;
    const char *help; /* one line */
} MetricDefinition;

/* All metrics in the order they are stored, NULL past the last. */
const MetricDefinition *metric_definition(int index);

/* The definition behind a stored name, its ".group" included; NULL where there is none. */
const MetricDefinition *metric_definition_find(const char *stored_name);

/* One figure of one run. */
typedef struct Metric {
    const char *name; /* as stored */
    const char *unit;
    double value; /* NAN: not known, stored as NULL */
} Metric;

/* All metrics of a finished run, in table order, allocated in `arena`; `work` is what its policy says of itself;
 * `training` is NULL for a policy that was not trained. Returns how many. */
int metric_table_read(const Simulation *simulation, const PolicyWork *work, const Learning *training, Arena *arena,
                      Metric **ret_metrics);

#endif

/* Runs sorted into cells by up to three keys, each cell with the interval of its replications: what templates draw. */
#ifndef ORCHID_ANALYSIS_FIGURE_CELLS_H
#define ORCHID_ANALYSIS_FIGURE_CELLS_H

#include "figure_axis.h"
#include "statistics.h"

enum { FIGURE_AXIS_LIMIT = 3, FIGURE_METRIC_LIMIT = 4, FIGURE_CELL_LIMIT = 100000 };

/* A metric in the unit in which people read it. */
typedef struct FigureMetric {
    const char *name;  /* as stored */
    const char *label; /* for an axis, such as "mean response time (ms)" */
    const char *unit;  /* of the label: "ms", "%", "J"; "" for a count */
    double scale;      /* a value of the unit stored is multiplied by it for that unit */
    Better better;
    double *values; /* [run_count of the set], in that unit; NAN: not known */
} FigureMetric;

/* Replications: runs that are equal in everything but their random numbers. */
typedef struct FigureCell {
    int run_count;
    const int *runs; /* indices into the set */
    int known[FIGURE_METRIC_LIMIT];
    Interval intervals[FIGURE_METRIC_LIMIT]; /* over the runs that know the metric */
} FigureCell;

/* Everything lives in the arena. */
typedef struct FigureCells {
    RunSet set; /* the runs that are shown, all done */
    int axis_count, metric_count;
    FigureAxis axes[FIGURE_AXIS_LIMIT];
    FigureMetric metrics[FIGURE_METRIC_LIMIT];
    FigureCell *cells; /* [product of the counts of the axes], the last axis fastest */
    Arena arena;
} FigureCells;

/* The metric `name` over the runs of `set`. STORE_INPUT: no run has it; `error` says what is near. */
StoreStatus figure_metric_read(Store *store, const RunSet *set, const char *name, Arena *arena,
                               FigureMetric *ret_metric, Error *error);

/* Turns the values of `metric` into the unit of another one, of the same dimension. Its label stays as it is. */
void figure_metric_use_unit(FigureMetric *metric, const FigureMetric *other, int run_count);

/* Sorts the runs of `cells->set` by its axes and takes the intervals of its metrics. STORE_INPUT: two runs of a cell
 * are no replications of each other: `error` names the key in which they differ, and `mark` is what they would share,
 * such as "a bar". */
StoreStatus figure_cells_fill(FigureCells *cells, const char *mark, Error *error);

/* The cell at a place on each axis; places of axes that there are not do not count. */
const FigureCell *figure_cells_at(const FigureCells *cells, int first, int second, int third);

void figure_cells_free(FigureCells *cells);

#endif

/* Ranges as axes of a sweep: {from: 1 ms, to: 100 ms, points: 5, scale: log}. */
#ifndef ORCHID_ANALYSIS_SWEEP_RANGE_H
#define ORCHID_ANALYSIS_SWEEP_RANGE_H

#include "sweep_axes.h"

/* Whether `node` is meant as a range: a map with from or to. */
bool sweep_is_range(const ConfigNode *node);

/* The values of the range `node` of the axis `path`, both ends included, as scalars in the unit of `from` at the
 * place of `node`. NULL with findings. */
const ConfigNode **sweep_range_points(Arena *arena, const ConfigNode *node, const char *path, int *ret_count,
                                      ErrorList *errors);

#endif

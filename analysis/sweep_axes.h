/* The `sweep:` section of a scenario: which keys are varied, over which values. `orchid describe` explains the grammar.
 */
#ifndef ORCHID_ANALYSIS_SWEEP_AXES_H
#define ORCHID_ANALYSIS_SWEEP_AXES_H

#include "../sim/config.h"
#include "trial.h"

/* What a sweep may be at most. */
enum { SWEEP_KEY_LIMIT = 64, SWEEP_POINT_LIMIT = 1000000, SWEEP_REPEAT_LIMIT = 1000000 };

/* One varied key with its values. */
typedef struct SweepKey {
    const char *key;          /* dotted; "policy" for the axis `policies` */
    const ConfigNode *place;  /* whose key_line and key_column are the key's */
    bool is_text;             /* else all values are quantities of one dimension */
    Dimension dimension;      /* of quantities */
    const ConfigNode **nodes; /* [points of the axis] to be put into the scenario */
    SweepValue *values;       /* [points of the axis] the same for the store */
    const char **words;       /* [points of the axis] the same for conditions; the bare name of a policy */
} SweepKey;

/* Keys that change together: several where they are zipped. */
typedef struct SweepAxis {
    int point_count, key_count;
    SweepKey *keys; /* [key_count] */
} SweepAxis;

/* The whole section; everything lives in the arena it was read into. */
typedef struct SweepAxes {
    int axis_count, key_count; /* keys of all axes */
    SweepAxis *axes;           /* in the order of the file */
    int repeat;                /* replications of each combination */
    const ConfigNode *where;   /* the condition, a scalar; NULL: none */
} SweepAxes;

/* Reads the section `sweep` of the scenario `root`. `replications` is the repeat where it names none. False with every
 * finding in `errors`; `ret_axes` then holds those axes that are good. */
bool sweep_axes_read(Arena *arena, const ConfigNode *sweep, const ConfigNode *root, int replications,
                     SweepAxes *ret_axes, ErrorList *errors);

#endif

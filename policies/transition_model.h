/* What answers led to, as counted: the mean reward of each pair of state and action, and how often which state came
 * next. Memory grows with the distinct transitions met. */
#ifndef ORCHID_POLICIES_TRANSITION_MODEL_H
#define ORCHID_POLICIES_TRANSITION_MODEL_H

#include "../sim/rng.h"
#include "table.h"
#include "weights_file.h"

enum { NO_TRANSITION = -1 };

/* A pair that was followed by a state. */
typedef struct Transition {
    int64_t pair, successor; /* successor: row of the state */
    int64_t count;           /* times, >= 1 */
    int64_t next_of_pair;    /* further transitions from the same pair, NO_TRANSITION at the end */
    int64_t next_into;       /* further transitions into the same state, NO_TRANSITION at the end */
} Transition;

typedef struct ModelledPair {
    double reward;         /* mean */
    int64_t visits;        /* with a reward; 0: never met */
    int64_t followed;      /* times that a successor was told */
    int64_t first_of_pair; /* of its transitions, NO_TRANSITION where there is none */
} ModelledPair;

/* Pairs are indices of ActionValues.values. Zero is not ready; see transition_model_init. */
typedef struct TransitionModel {
    int64_t pair_limit, row_limit, transition_limit;
    ModelledPair *pairs; /* [pair_limit] */
    int64_t *first_into; /* [row_limit] of the transitions into a state, NO_TRANSITION where there is none */
    Table links;         /* (pair, successor) -> index into transitions */
    Transition *transitions;
} TransitionModel;

void transition_model_init(TransitionModel *model);
void transition_model_free(TransitionModel *model);

/* Counts one outcome of a pair. A negative successor: none is known. */
void transition_model_observe(TransitionModel *model, int64_t pair, double reward, int64_t successor);

/* The first transition into a state, NO_TRANSITION where none is known. */
int64_t transition_model_into(const TransitionModel *model, int64_t row);

/* A successor of a pair, drawn as often as it was met; NO_TRANSITION where none is known. Draws only where there is
 * more than one. */
int64_t transition_model_draw(const TransitionModel *model, int64_t pair, Stream *stream);

/* Adds blocks NAME.rewards, NAME.visits and NAME.transitions, and makes a model without outcomes what was added, of so
 * many pairs and rows. False, and why in `error`, where the file does not have it whole; the model is good for
 * transition_model_free then. */
void transition_model_save(const TransitionModel *model, WeightsFile *file, const char *name);
bool transition_model_load(TransitionModel *model, const WeightsFile *file, const char *name, int64_t pair_count,
                           int64_t row_count, Error *error);

#endif

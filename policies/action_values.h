/* What actions are worth in states: a table that holds only what was tried, and the best of each state at hand.
 *
 * Memory grows with the distinct (state, action) pairs tried, not with the size of the joint action space; an update
 * costs a hash and O(log tried) in the heap of its state, the best action O(1). */
#ifndef ORCHID_POLICIES_ACTION_VALUES_H
#define ORCHID_POLICIES_ACTION_VALUES_H

#include "../sim/rng.h"
#include "table.h"

#include <stdbool.h>

enum { NO_ACTION = -1 };

/* One tried action of one state. */
typedef struct ActionValue {
    double value;
    int64_t row, action;
    int64_t visits; /* >= 1 */
    int64_t place;  /* in the row's heap */
} ActionValue;

/* One state. */
typedef struct ActionRow {
    int64_t action_count;
    int64_t visits;         /* updates of any of its actions */
    int64_t origin, stride; /* untried actions come in the random order origin + k x stride, modulo action_count */
    int64_t untried;        /* k of the first untried action, action_count: none; kept up to date by updates */
    int64_t tried, tried_limit;
    int64_t *heap; /* [tried] indices into `values`, the best first; ties: the lower action */
} ActionRow;

typedef struct ActionValues {
    double initial_value; /* of an untried action */
    Stream order;         /* chooses the order of each row */
    Table states;         /* key of a state -> index into rows */
    Table pairs;          /* (row, action) -> index into values */
    int64_t row_limit, value_limit;
    ActionRow *rows;
    ActionValue *values;
    int64_t busiest; /* row with the most visits, NOT_IN_TABLE: none */
} ActionValues;

/* An empty table; untried actions are worth `initial_value` and come in an order that `order` chooses for each state.
 */
void action_values_init(ActionValues *values, size_t key_size, double initial_value, Stream order);
void action_values_free(ActionValues *values);

/* The row of a state, made where it is new. A state always has the same number of actions. */
int64_t action_values_row(ActionValues *values, const void *key, int64_t action_count);

/* The action of the greatest value, untried ones included: those come first among equals, then the lowest. */
int64_t action_values_best(const ActionValues *values, int64_t row);

/* The value of that action. */
double action_values_maximum(const ActionValues *values, int64_t row);

/* The best action among those tried in the state of `key`, unless the best one of the state visited most was not tried
 * here and promises more there: what is unknown is taken to be as usual. 0 where neither knows any. Changes nothing. */
int64_t action_values_known_best(const ActionValues *values, const void *key, int64_t action_count);

/* The value of one action, `initial_value` where it is untried. */
double action_values_value(const ActionValues *values, int64_t row, int64_t action);

/* The untried action that comes next in the row's order, NO_ACTION where all have been tried. */
int64_t action_values_untried(const ActionValues *values, int64_t row);

/* Gives a tried action, by its index into `values`, another value; not a visit. */
void action_values_set(ActionValues *values, int64_t index, double value);

/* Visits an action: moves its value towards `target` by `rate`, or by 1 / visits where rate is 0. Returns its index
 * into `values`, which is the former `pairs.count` at its first visit and never changes. */
int64_t action_values_update(ActionValues *values, int64_t row, int64_t action, double target, double rate);

#endif

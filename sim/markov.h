/* A continuous-time chain over a short list of states: background load in busy cores, or the condition of a link. */
#ifndef ORCHID_SIM_MARKOV_H
#define ORCHID_SIM_MARKOV_H

#include "rng.h"
#include "units.h"

enum { CHAIN_STATE_LIMIT = 16 };

/* The chain stays in a state for an exponential time with that state's mean, then steps to a neighbour in the list;
 * from an inner state either neighbour is equally likely. One state means a constant. It starts from its stationary
 * distribution. */
typedef struct Chain {
    int state_count;                   /* >= 1 after loading; zeroed means "none" */
    double values[CHAIN_STATE_LIMIT];  /* what the state means: busy cores, or 0 regular and 1 weak */
    double dwell_s[CHAIN_STATE_LIMIT]; /* mean stay, s; unused with one state */
} Chain;

/* Long-run fraction of time in each state, into ret_probability[state_count]. */
void chain_stationary(const Chain *chain, double *ret_probability);

/* A start state drawn from the stationary distribution. */
int chain_start(const Chain *chain, Stream *stream);

/* The state after `state`, and the time (ns) it is entered when `state` was entered at `now`; TIME_NEVER with one
 * state. */
Time chain_leave(const Chain *chain, int state, Time now, Stream *stream);
int chain_next(const Chain *chain, int state, Stream *stream);

#endif

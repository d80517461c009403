/* Returns over several steps: the rewards of n steps in a row become one transition, which carries what is learnt n
 * times as far (Sutton, Barto: Reinforcement learning, 2nd edition, 2018, chapter 7). For the steps of one actor in
 * order. */
#ifndef ORCHID_POLICIES_N_STEP_H
#define ORCHID_POLICIES_N_STEP_H

#include "replay_memory.h"

#include <stdbool.h>

/* The latest steps, which wait for those that follow. */
typedef struct NStep {
    int steps;      /* n >= 1 */
    float discount; /* of one step */
    int state_size, action_size;
    int count;      /* steps that wait, less than n between calls */
    int first;      /* place of the oldest in the ring */
    float *states;  /* [steps][state_size] */
    int *actions;   /* [steps][action_size] */
    float *rewards; /* [steps] */
    float *latest;  /* [state_size] what the last step led to */
} NStep;

void n_step_init(NStep *n_step, const ReplayShape *shape, int steps, float discount);
void n_step_free(NStep *n_step);

/* Takes in one step, whose own discount is not used, and adds to the memory the transition that it completes: from the
 * state n steps ago to its next one. Where nothing follows, all that wait are completed, with the rewards there are. */
void n_step_add(NStep *n_step, Transition step, ReplayMemory *memory);

/* Completes all that wait with the state that came last: what follows is not seen, but something does. */
void n_step_flush(NStep *n_step, ReplayMemory *memory);

/* The same after the fact: where `goes_on[k]`, the step of a batch after the k-th is what followed it, and its answer
 * was the one that counts as the best, so that the k-th then spans what that one does too. [count - 1] or more. */
void n_step_join(ReplayBatch *batch, int state_size, const bool *goes_on);

#endif

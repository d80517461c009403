/* Questions as what goes into a network that all users share: one row of inputs for each ask. A network that reads rows
 * learns from every user's answers, and how many users there are does not change its size. */
#ifndef ORCHID_POLICIES_USER_STATES_H
#define ORCHID_POLICIES_USER_STATES_H

#include "encoding.h"

/* A row is the shared block of the encoding with its 1, then what is the user's own, then the mean of the same over the
 * other users who ask. A user's own are the entries of its block, which of the groups of users it belongs to, and what
 * time costs it, user_cost_slope x seconds: one reference time, and for each node group that it can offload to the
 * longest message there that its options have, at the bandwidth that is observed; all of these and their square roots,
 * since what is divided best costs the square of a sum of roots. */
typedef struct UserStates {
    const Scenario *scenario; /* borrowed */
    Encoding encoding;
    int ask_count;      /* of a question */
    int own_size, size; /* inputs that are the user's own, of a row */
    int group_count;    /* groups of users */
    int target_count;   /* node groups that anybody can offload to */
    int *group_place;   /* [node group] among the groups of users */
    int *longest;       /* [node group][target_count] its option with the longest message there, NO_OPTION: none */
    float *inputs;      /* [encoding.size] scratch */
    float *sum;         /* [own_size] scratch */
} UserStates;

void user_states_init(UserStates *states, const Scenario *scenario);
void user_states_free(UserStates *states);

/* Fills ret_rows[ask_count][size]. */
void user_states_write(UserStates *states, const Decision *decision, float *ret_rows);

#endif

/* What the policies have in common whose answers are Turns. */
#ifndef ORCHID_POLICIES_TURN_TAKER_H
#define ORCHID_POLICIES_TURN_TAKER_H

#include "policy.h"

/* State of such a policy: start fills `turns`, whose options it owns. */
typedef struct TurnTaker {
    Turns turns;
    const int *group_of; /* borrowed from the scenario */
} TurnTaker;

/* PolicyType's functions of these names. */
void turn_taker_decide(void *state, const Decision *decision, bool explore, int *ret_options);
const Turns *turn_taker_turns(const void *state);
void turn_taker_finish(void *state);

#define TURN_TAKER                                                                                                     \
    .state_size = sizeof(TurnTaker), .decide = turn_taker_decide, .turns = turn_taker_turns, .finish = turn_taker_finish

#endif

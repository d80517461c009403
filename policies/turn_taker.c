#include "turn_taker.h"

#include <stdlib.h>

void turn_taker_decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    const TurnTaker *taker = state;
    for (int i = 0; i < decision->ask_count; i++)
        ret_options[i] = turns_option(&taker->turns, taker->group_of[decision->asks[i].node], decision->index + i);
}

const Turns *turn_taker_turns(const void *state)
{
    return &((const TurnTaker *)state)->turns;
}

void turn_taker_finish(void *state)
{
    TurnTaker *taker = state;
    for (int g = 0; g < SCENARIO_GROUP_LIMIT; g++)
        free(taker->turns.options[g]);
}

/* Takes the targets in turn, each with its most accurate variant: request k of question i goes to target (i + k) modulo
 * the number of targets that its user reaches. So the users of a round spread over the targets and each of them moves
 * on by one every round; single requests take turns as they come. */
#include "choice.h"
#include "turn_taker.h"

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)parameters, (void)stream;
    TurnTaker *taker = state;
    taker->group_of = scenario->group_of;
    for (int g = 0; g < scenario->node_group_count; g++) {
        const OptionSet *set = &scenario->options[g];
        int *options = taker->turns.options[g] = memory_allocate((size_t)set->count, sizeof(int));
        int targets = taker->turns.counts[g] = choice_targets(set, options);
        for (int i = 0; i < targets; i++)
            options[i] = choice_on_target(set, options[i], ANY_VARIANT);
    }
}

const PolicyType policy_round_robin = {
    .name = "round-robin",
    .summary = "the reachable nodes in turn, with the most accurate variant",
    .start = start,
    TURN_TAKER,
};

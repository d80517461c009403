/* Takes the targets in turn, each with its most accurate variant: request k of question i goes to target (i + k) modulo
 * the number of targets that its user reaches. So the users of a round spread over the targets and each of them moves
 * on by one every round; single requests take turns as they come. */
#include "choice.h"
#include "policy.h"

#include <stdlib.h>

/* The turns of each node group's users. */
typedef struct RoundRobin {
    int counts[SCENARIO_GROUP_LIMIT];   /* targets */
    int *options[SCENARIO_GROUP_LIMIT]; /* [counts] the option on each target, owned */
    const int *group_of;                /* borrowed from the scenario */
} RoundRobin;

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)parameters, (void)stream;
    RoundRobin *robin = state;
    robin->group_of = scenario->group_of;
    for (int g = 0; g < scenario->node_group_count; g++) {
        const OptionSet *set = &scenario->options[g];
        robin->options[g] = memory_allocate((size_t)set->count, sizeof(int));
        robin->counts[g] = choice_targets(set, robin->options[g]);
        for (int i = 0; i < robin->counts[g]; i++)
            robin->options[g][i] = choice_on_target(set, robin->options[g][i], ANY_VARIANT);
    }
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    const RoundRobin *robin = state;
    for (int i = 0; i < decision->ask_count; i++) {
        int group = robin->group_of[decision->asks[i].node];
        ret_options[i] = robin->options[group][(decision->index + i) % robin->counts[group]];
    }
}

static void finish(void *state)
{
    RoundRobin *robin = state;
    for (int g = 0; g < SCENARIO_GROUP_LIMIT; g++)
        free(robin->options[g]);
}

const PolicyType policy_round_robin = {
    .name = "round-robin",
    .summary = "the reachable nodes in turn, with the most accurate variant",
    .state_size = sizeof(RoundRobin),
    .start = start,
    .decide = decide,
    .finish = finish,
};

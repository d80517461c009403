/* Light answers are sent on where, and only where, that makes a wrong answer right: what no rule can beat in accuracy
 * at so few answers sent on. It is told who is right. */
#include "cascade_choice.h"
#include "policy.h"

#include "../sim/foresight.h"

typedef struct CascadeOracle {
    const Scenario *scenario; /* borrowed */
} CascadeOracle;

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return cascade_suits(scenario, error);
}

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)parameters, (void)stream;
    ((CascadeOracle *)state)->scenario = scenario;
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    const Cascade *cascade = &((const CascadeOracle *)state)->scenario->cascade;
    if (decision->kind == DECISION_ROUTE) {
        cascade_route(decision, ret_options);
        return;
    }
    bool light = foresight_is_right(decision->view, cascade->light);
    *ret_options = cascade_escalate(decision, !light && foresight_is_right(decision->view, cascade->heavy));
}

const PolicyType policy_cascade_oracle = {
    .name = "cascade-oracle",
    .summary = "light answers are sent on where that makes a wrong answer right, which it is told",
    .escalates = true,
    .state_size = sizeof(CascadeOracle),
    .suits = suits,
    .start = start,
    .decide = decide,
};

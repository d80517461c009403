/* Each request where it is expected to end best by itself, given the jobs at the nodes now and those just placed for
 * the users before it in the same question.
 *
 * response_time_under_accuracy: the least expected response time among the options that reach the threshold, or the
 * most accurate option where none does. Other objectives: the greatest expected reward. */
#include "expect.h"
#include "policy.h"

#include "../sim/objective.h"

#include <math.h>
#include <stdlib.h>

typedef struct Greedy {
    const Scenario *scenario; /* borrowed */
    int *jobs;                /* [node_count] scratch: jobs at each node, those of this answer included */
} Greedy;

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)parameters, (void)stream;
    Greedy *greedy = state;
    greedy->scenario = scenario;
    greedy->jobs = memory_allocate((size_t)scenario->node_count, sizeof *greedy->jobs);
}

/* What an option is worth, the greater the better: first `rank`, then `value`. */
typedef struct Merit {
    double rank, value;
} Merit;

static Merit merit_of(const Scenario *scenario, const Outcome *outcome)
{
    if (scenario->objective.kind != OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY)
        return (Merit){0, expect_reward(scenario, outcome)};
    bool accepted = objective_accepts(&scenario->objective, outcome->accuracy);
    return (Merit){accepted ? INFINITY : outcome->accuracy, -outcome->response_s};
}

static bool is_greater(Merit a, Merit b)
{
    return a.rank > b.rank || (a.rank == b.rank && a.value > b.value);
}

static int best_option(const Greedy *greedy, const View *view, const Ask *ask)
{
    int best = 0;
    Merit best_merit = {-INFINITY, -INFINITY};
    for (int i = 0; i < ask->options->count; i++) {
        Outcome outcome = expect_outcome(view, ask, &ask->options->items[i], greedy->jobs);
        Merit merit = merit_of(greedy->scenario, &outcome);
        if (is_greater(merit, best_merit)) {
            best = i;
            best_merit = merit;
        }
    }
    return best;
}

/* Only what the ask's options may use: nodes can be many. */
static void look_up_jobs(const Greedy *greedy, const View *view, const Ask *ask)
{
    greedy->jobs[ask->node] = view_node_jobs(view, ask->node);
    for (int i = 0; i < ask->options->count; i++) {
        const Option *option = &ask->options->items[i];
        int node = scenario_target_node(greedy->scenario, ask->node, option);
        greedy->jobs[node] = view_node_jobs(view, node);
        if (!option->middle)
            continue;
        node = scenario_middle_node(greedy->scenario, ask->node, option);
        greedy->jobs[node] = view_node_jobs(view, node);
    }
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    Greedy *greedy = state;
    for (int i = 0; i < decision->ask_count; i++)
        look_up_jobs(greedy, decision->view, &decision->asks[i]);
    for (int i = 0; i < decision->ask_count; i++) {
        const Ask *ask = &decision->asks[i];
        ret_options[i] = best_option(greedy, decision->view, ask);
        expect_add_jobs(greedy->scenario, ask->node, &ask->options->items[ret_options[i]], greedy->jobs);
    }
}

static void finish(void *state)
{
    Greedy *greedy = state;
    free(greedy->jobs);
}

const PolicyType policy_greedy = {
    .name = "greedy",
    .summary = "each request where it is expected to end best, from load and link conditions",
    .state_size = sizeof(Greedy),
    .start = start,
    .decide = decide,
    .finish = finish,
};

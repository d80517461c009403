/* Each request where it is expected to end best by itself, given the jobs at the nodes now and those just placed for
 * the users before it in the same question. What is reserved is seen as the scenario's allocation gives it: fixed, or
 * else an equal part for each who was placed so far.
 *
 * response_time_under_accuracy: the least expected response time among the options that reach the threshold, or the
 * most accurate option where none does. Other objectives: the greatest expected reward. */
#include "expect.h"
#include "policy.h"

#include "../sim/objective.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Greedy {
    const Scenario *scenario; /* borrowed */
    int *jobs;                /* [node_count] scratch: jobs at each node, those of this answer included */
    int *holders; /* [node_count + link_count] scratch: requests of this answer that need what is reserved */
} Greedy;

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)parameters, (void)stream;
    Greedy *greedy = state;
    greedy->scenario = scenario;
    greedy->jobs = memory_allocate((size_t)scenario->node_count, sizeof *greedy->jobs);
    size_t reserved = (size_t)(scenario->node_count + scenario->link_count);
    greedy->holders = scenario->reserves ? memory_allocate(reserved, sizeof *greedy->holders) : NULL;
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

/* How many of this answer hold a part of the reserved node or link so far; NULL where it needs none. */
static int *node_holders(const Greedy *greedy, const Need *need)
{
    return need->reserved.node == NOT_RESERVED ? NULL : &greedy->holders[need->reserved.node];
}

static int *link_holders(const Greedy *greedy, const Need *need)
{
    int nodes = greedy->scenario->node_count;
    return need->reserved.link == NOT_RESERVED ? NULL : &greedy->holders[nodes + need->reserved.link];
}

/* The share that the request would get as far as is known: an equal part beside those placed before. */
static Share share_of(const Greedy *greedy, const Need *need)
{
    if (!greedy->holders)
        return (Share){1, 1};
    double fixed = 1.0 / greedy->scenario->user_count;
    if (greedy->scenario->allocation == ALLOCATION_FIXED)
        return (Share){fixed, fixed};
    const int *node = node_holders(greedy, need), *link = link_holders(greedy, need);
    return (Share){node ? 1.0 / (*node + 1) : 1, link ? 1.0 / (*link + 1) : 1};
}

static int best_option(const Greedy *greedy, const View *view, const Ask *ask)
{
    int best = 0;
    Merit best_merit = {-INFINITY, -INFINITY};
    for (int i = 0; i < ask->options->count; i++) {
        const Option *option = &ask->options->items[i];
        Need need = expect_need(view, ask, option, greedy->jobs);
        Outcome outcome = expect_outcome(ask, option, &need, share_of(greedy, &need));
        Merit merit = merit_of(greedy->scenario, &outcome);
        if (is_greater(merit, best_merit)) {
            best = i;
            best_merit = merit;
        }
    }
    return best;
}

/* The request takes its place beside those that follow. */
static void place(const Greedy *greedy, const View *view, const Ask *ask, const Option *option)
{
    expect_add_jobs(greedy->scenario, ask->node, option, greedy->jobs);
    if (!greedy->holders)
        return;
    Need need = expect_need(view, ask, option, NULL);
    int *node = node_holders(greedy, &need), *link = link_holders(greedy, &need);
    if (node)
        ++*node;
    if (link)
        ++*link;
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
    if (greedy->holders)
        memset(greedy->holders, 0,
               (size_t)(greedy->scenario->node_count + greedy->scenario->link_count) * sizeof *greedy->holders);
    for (int i = 0; i < decision->ask_count; i++)
        look_up_jobs(greedy, decision->view, &decision->asks[i]);
    for (int i = 0; i < decision->ask_count; i++) {
        const Ask *ask = &decision->asks[i];
        ret_options[i] = best_option(greedy, decision->view, ask);
        place(greedy, decision->view, ask, &ask->options->items[ret_options[i]]);
    }
}

static void finish(void *state)
{
    Greedy *greedy = state;
    free(greedy->jobs);
    free(greedy->holders);
}

const PolicyType policy_greedy = {
    .name = "greedy",
    .summary = "each request where it is expected to end best, from load and link conditions",
    .state_size = sizeof(Greedy),
    .start = start,
    .decide = decide,
    .finish = finish,
};

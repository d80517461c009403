#include "expect.h"

#include "../sim/objective.h"

#include <math.h>

/* What stands for a time without end: it can still be added, weighed and compared. */
static const double ENDLESS_S = 1e9;

/* How many times longer than alone on all its threads a job takes beside `others` on a node that is not reserved. */
static double slowdown(const View *view, int node, int others)
{
    const Scenario *scenario = view_scenario(view);
    const NodeGroup *group = &scenario->node_groups[scenario->group_of[node]];
    double cores = view_node_free_cores(view, node) / (others + 1);
    return cores < group->threads ? group->threads / cores : 1;
}

/* Adds a part of an inference: its time with the jobs there or with a share, and the energy of its core-seconds. */
static void add_part(Need *need, const View *view, int node, double alone_s, const int *jobs)
{
    const Scenario *scenario = view_scenario(view);
    const NodeGroup *group = &scenario->node_groups[scenario->group_of[node]];
    need->energy_j += alone_s * group->threads / group->cores * (group->full_w - group->idle_w);
    if (group->discipline != DISCIPLINE_RESERVED) {
        need->fixed_s += alone_s * slowdown(view, node, jobs ? jobs[node] : 0);
        return;
    }
    need->compute_s += alone_s * group->threads / view_node_free_cores(view, node);
    need->compute_limit = group->threads / group->cores;
}

Need expect_need(const View *view, const Ask *ask, const Option *option, const int *jobs)
{
    const Scenario *scenario = view_scenario(view);
    Need need = {.reserved = {NOT_RESERVED, NOT_RESERVED}, .compute_limit = 1};
    if (scenario->reserves)
        need.reserved = reservation_of(scenario, ask, option);
    if (option->local)
        add_part(&need, view, ask->node, option->prefix_share * option->local->mean_s, jobs);
    if (option->remote) {
        int node = scenario_target_node(scenario, ask->node, option);
        add_part(&need, view, node, (1 - option->prefix_share) * option->remote->mean_s, jobs);
        need.fixed_s += view_message_time(view, ask, option, &need.transmission_s);
    }
    need.fixed_s = fmin(need.fixed_s, ENDLESS_S);
    need.transmission_s = fmin(need.transmission_s, ENDLESS_S);
    return need;
}

static Need need_of(void *model, const Decision *decision, int ask, int option)
{
    (void)model;
    const Ask *asks = decision->asks;
    return expect_need(decision->view, &asks[ask], &asks[ask].options->items[option], NULL);
}

const NeedSource expect_needs = {NULL, need_of};

double expect_response(const Need *need, Share share)
{
    double response_s = need->fixed_s;
    if (need->reserved.node != NOT_RESERVED)
        response_s += need->compute_s / fmin(share.compute, need->compute_limit);
    if (need->reserved.link != NOT_RESERVED)
        response_s += need->transmission_s / share.bandwidth;
    return response_s;
}

Outcome expect_outcome(const Ask *ask, const Option *option, const Need *need, Share share)
{
    return (Outcome){.response_s = expect_response(need, share),
                     .energy_j = need->energy_j,
                     .accuracy = option->accuracy,
                     .accuracy_weight = ask->accuracy_weight,
                     .reference_s = time_to_s(ask->reference)};
}

void expect_add_jobs(const Scenario *scenario, int user_node, const Option *option, int *jobs)
{
    if (option->local)
        jobs[user_node]++;
    if (option->remote)
        jobs[scenario_target_node(scenario, user_node, option)]++;
}

double expect_reward(const Scenario *scenario, const Outcome *outcome)
{
    Feedback feedback = {.count = 1, .outcomes = outcome};
    objective_judge(&scenario->objective, &feedback);
    return feedback.reward;
}

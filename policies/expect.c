#include "expect.h"

#include "../sim/objective.h"

#include <math.h>

/* How many times longer than alone on all its threads a job takes beside `others` on this node. */
static double slowdown(const View *view, int node, int others)
{
    const Scenario *scenario = view_scenario(view);
    const NodeGroup *group = &scenario->node_groups[scenario->group_of[node]];
    double cores = view_node_free_cores(view, node);
    if (group->discipline == DISCIPLINE_RESERVED)
        cores *= fmin(1.0 / scenario->user_count, group->threads / group->cores);
    else
        cores /= others + 1;
    return cores < group->threads ? group->threads / cores : 1;
}

/* Adds a part of an inference: its time with the jobs there, and the energy of its core-seconds. */
static void add_part(Outcome *outcome, const View *view, int node, double alone_s, const int *jobs)
{
    const Scenario *scenario = view_scenario(view);
    const NodeGroup *group = &scenario->node_groups[scenario->group_of[node]];
    outcome->response_s += alone_s * slowdown(view, node, jobs ? jobs[node] : 0);
    outcome->energy_j += alone_s * group->threads / group->cores * (group->full_w - group->idle_w);
}

Outcome expect_outcome(const View *view, const Ask *ask, const Option *option, const int *jobs)
{
    Outcome outcome = {.accuracy = option->accuracy, .accuracy_weight = ask->accuracy_weight};
    if (option->local)
        add_part(&outcome, view, ask->node, option->prefix_share * option->local->mean_s, jobs);
    if (option->remote) {
        int node = scenario_target_node(view_scenario(view), ask->node, option);
        add_part(&outcome, view, node, (1 - option->prefix_share) * option->remote->mean_s, jobs);
    }
    if (option->route.length > 0)
        outcome.response_s += view_message_time(view, ask, option);
    return outcome;
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

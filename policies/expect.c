#include "expect.h"

#include "../sim/objective.h"

#include <math.h>

/* What stands for a time without end: it can still be added, weighed and compared. */
static const double ENDLESS_S = 1e9;

/* Adds a part of an inference: its time with the jobs there or with a share, and the energy of its core-seconds. */
static void add_part(Need *need, const View *view, const Scenario *scenario, int node, double alone_s, const int *jobs)
{
    const NodeGroup *group = &scenario->node_groups[scenario->group_of[node]];
    double cores = view_node_free_cores(view, node);
    need->energy_j += alone_s * group->threads / group->cores * (group->full_w - group->idle_w);
    if (group->discipline == DISCIPLINE_RESERVED) {
        need->compute_s += alone_s * group->threads / cores;
        need->compute_limit = group->threads / group->cores;
        return;
    }
    /* How many times longer than alone on all its threads a job takes beside the others. */
    double own_cores = cores / ((jobs ? jobs[node] : 0) + 1);
    need->fixed_s += alone_s * (own_cores < group->threads ? group->threads / own_cores : 1);
}

Need expect_need(const View *view, const Ask *ask, const Option *option, const int *jobs)
{
    const Scenario *scenario = view_scenario(view);
    Need need = {.reserved = {NOT_RESERVED, NOT_RESERVED}, .compute_limit = 1};
    if (scenario->reserves)
        need.reserved = reservation_of(scenario, ask, option);
    if (option->local)
        add_part(&need, view, scenario, ask->node, option->prefix_share * option->local->mean_s, jobs);
    if (option->middle)
        add_part(&need, view, scenario, scenario_middle_node(scenario, ask->node, option),
                 option->middle_share * option->middle->mean_s, jobs);
    if (option->remote) {
        int node = scenario_target_node(scenario, ask->node, option);
        add_part(&need, view, scenario, node, option->remote_share * option->remote->mean_s, jobs);
    }
    if (option->route.length > 0) {
        need.fixed_s += view_message_time(view, ask, option, &need.transmission_s);
        need.fixed_s = need.fixed_s < ENDLESS_S ? need.fixed_s : ENDLESS_S;
        need.transmission_s = need.transmission_s < ENDLESS_S ? need.transmission_s : ENDLESS_S;
    }
    return need;
}

static Need need_of(void *model, const Decision *decision, int ask, int option)
{
    (void)model;
    const Ask *asks = decision->asks;
    return expect_need(decision->view, &asks[ask], &asks[ask].options->items[option], NULL);
}

const NeedSource expect_needs = {NULL, need_of};

void expect_add_jobs(const Scenario *scenario, int user_node, const Option *option, int *jobs)
{
    if (option->local)
        jobs[user_node]++;
    if (option->middle)
        jobs[scenario_middle_node(scenario, user_node, option)]++;
    if (option->remote)
        jobs[scenario_target_node(scenario, user_node, option)]++;
}

double expect_reward(const Scenario *scenario, const Outcome *outcome)
{
    Feedback feedback = {.count = 1, .outcomes = outcome};
    objective_judge(&scenario->objective, &feedback);
    return feedback.reward;
}

#include "model_plan.h"

#include "../sim/view.h"
#include "user_cost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool asks_together(const Scenario *scenario)
{
    return scenario->workload.arrivals == ARRIVALS_ROUNDS;
}

void model_plan_init(ModelPlan *planner, const Scenario *scenario)
{
    *planner = (ModelPlan){.scenario = scenario, .ask_limit = asks_together(scenario) ? scenario->user_count : 1};
    planner->number = memory_allocate((size_t)scenario->node_count, sizeof *planner->number);
    planner->shared = memory_allocate((size_t)scenario->node_count, sizeof *planner->shared);
    for (int node = 0; node < scenario->node_count; node++) {
        bool own = scenario->node_groups[scenario->group_of[node]].tier == TIER_END;
        planner->number[node] = own ? OWN_NODE : planner->node_count;
        if (!own)
            planner->shared[planner->node_count++] = node;
    }
    for (int g = 0; g < scenario->node_group_count; g++)
        if (scenario->options[g].count > planner->option_limit)
            planner->option_limit = scenario->options[g].count;
    size_t asks = (size_t)planner->ask_limit, places = asks * (size_t)planner->option_limit;
    planner->jobs = memory_allocate((size_t)planner->node_count, sizeof *planner->jobs);
    planner->crowd = memory_allocate((size_t)planner->node_count, sizeof *planner->crowd);
    planner->option_count = memory_allocate(asks, sizeof *planner->option_count);
    planner->node = memory_allocate(places, sizeof *planner->node);
    planner->accuracy = memory_allocate(places, sizeof *planner->accuracy);
    planner->cost = memory_allocate(places * asks, sizeof *planner->cost);
    planner->loads = memory_allocate(asks, sizeof *planner->loads);
    joint_plan_init(&planner->plan, planner->ask_limit, planner->node_count);
}

void model_plan_free(ModelPlan *planner)
{
    free(planner->number);
    free(planner->shared);
    free(planner->jobs);
    free(planner->crowd);
    free(planner->option_count);
    free(planner->node);
    free(planner->accuracy);
    free(planner->cost);
    free(planner->loads);
    joint_plan_free(&planner->plan);
    *planner = (ModelPlan){0};
}

/* The shared node that an option computes on, by its number. */
static int node_of(const ModelPlan *planner, const Ask *ask, int option)
{
    return planner->number[scenario_target_node(planner->scenario, ask->node, &ask->options->items[option])];
}

static void look_up_jobs(ModelPlan *planner, const Decision *decision)
{
    for (int i = 0; i < planner->node_count; i++)
        planner->jobs[i] = view_node_jobs(decision->view, planner->shared[i]);
}

/* Costs of one option for 1 .. ask_count users of the question at its target. */
static void fill_costs(const ModelPlan *planner, const Decision *decision, const Belief *belief, int i, int option,
                       double accuracy, double *costs)
{
    const Objective *objective = &planner->scenario->objective;
    const Ask *ask = &decision->asks[i];
    int node = node_of(planner, ask, option), loads = node == OWN_NODE ? 1 : decision->ask_count;
    double slope = user_cost_slope(objective, ask->accuracy_weight, ask->reference_s);
    double offset = user_cost_offset(objective, accuracy, ask->accuracy_weight), before = -INFINITY;
    for (int load = 0; load < loads; load++) {
        int jobs = node == OWN_NODE ? 0 : planner->jobs[node];
        double cost = belief->cost(belief->model, decision, i, option, jobs + load + 1);
        before = belief->monotone ? fmax(before, cost) : cost;
        costs[load] = slope * before + offset;
    }
}

/* The predictions for one ask, on its row of the problem. */
static void fill_ask(ModelPlan *planner, const Decision *decision, const Belief *belief, int i)
{
    const Ask *ask = &decision->asks[i];
    planner->option_count[i] = ask->options->count;
    for (int option = 0; option < ask->options->count; option++) {
        int place = i * planner->option_limit + option;
        double accuracy =
            belief->accuracy ? belief->accuracy(belief->model, ask, option) : ask->options->items[option].accuracy;
        planner->node[place] = node_of(planner, ask, option);
        planner->accuracy[place] = accuracy;
        fill_costs(planner, decision, belief, i, option, accuracy, planner->cost + place * decision->ask_count);
    }
}

/* The same where the row of an earlier ask holds for this one. */
static bool copy_ask(ModelPlan *planner, const Decision *decision, const Belief *belief, int i)
{
    const Ask *asks = decision->asks;
    int earlier = i - 1;
    while (earlier >= 0 &&
           (asks[earlier].options != asks[i].options || asks[earlier].accuracy_weight != asks[i].accuracy_weight ||
            asks[earlier].reference_s != asks[i].reference_s || !belief->alike(belief->model, decision, i, earlier)))
        earlier--;
    if (earlier < 0)
        return false;
    size_t row = (size_t)planner->option_limit, to = (size_t)i * row, from = (size_t)earlier * row;
    size_t loads = (size_t)decision->ask_count;
    planner->option_count[i] = planner->option_count[earlier];
    memcpy(planner->accuracy + to, planner->accuracy + from, row * sizeof *planner->accuracy);
    memcpy(planner->cost + to * loads, planner->cost + from * loads, row * loads * sizeof *planner->cost);
    for (int option = 0; option < planner->option_count[i]; option++)
        planner->node[i * planner->option_limit + option] = node_of(planner, &asks[i], option);
    return true;
}

void model_plan_look(ModelPlan *planner, const Decision *decision, const Belief *belief)
{
    look_up_jobs(planner, decision);
    for (int i = 0; i < decision->ask_count; i++)
        if (!belief->alike || !copy_ask(planner, decision, belief, i))
            fill_ask(planner, decision, belief, i);
}

double model_plan_judge(ModelPlan *planner, const Decision *decision, const int *options)
{
    const Objective *objective = &planner->scenario->objective;
    int asks = decision->ask_count, limit = planner->option_limit;
    memset(planner->crowd, 0, (size_t)planner->node_count * sizeof *planner->crowd);
    for (int i = 0; i < asks; i++) {
        int node = planner->node[i * limit + options[i]];
        if (node != OWN_NODE)
            planner->crowd[node]++;
    }
    double cost = 0, accuracy = 0;
    for (int i = 0; i < asks; i++) {
        int place = i * limit + options[i], node = planner->node[place];
        cost += planner->cost[place * asks + (node == OWN_NODE ? 0 : planner->crowd[node] - 1)];
        accuracy += planner->accuracy[place];
    }
    bool bounded = objective->kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY;
    if (bounded && !objective_accepts(objective, accuracy / asks))
        return -time_to_s(objective->largest_response_time);
    return -cost / asks;
}

void model_plan_solve(ModelPlan *planner, const Decision *decision, const Belief *belief, int *ret_options)
{
    int limit = planner->option_limit, asks = decision->ask_count;
    model_plan_look(planner, decision, belief);
    JointProblem problem = {.user_count = asks,
                            .node_count = planner->node_count,
                            .option_limit = limit,
                            .option_count = planner->option_count,
                            .node = planner->node,
                            .accuracy = planner->accuracy,
                            .cost = planner->cost,
                            .objective = &planner->scenario->objective};
    joint_plan_solve(&planner->plan, &problem, ret_options);
}

void model_plan_count_loads(ModelPlan *planner, const Decision *decision, const int *options)
{
    look_up_jobs(planner, decision);
    for (int i = 0; i < decision->ask_count; i++) {
        int node = node_of(planner, &decision->asks[i], options[i]);
        if (node != OWN_NODE)
            planner->jobs[node]++;
    }
    for (int i = 0; i < decision->ask_count; i++) {
        int node = node_of(planner, &decision->asks[i], options[i]);
        planner->loads[i] = node == OWN_NODE ? 1 : planner->jobs[node];
    }
}

double model_plan_size(const Scenario *scenario)
{
    int nodes = scenario->node_count - scenario->user_count;
    return joint_plan_size(asks_together(scenario) ? scenario->user_count : 1, nodes);
}

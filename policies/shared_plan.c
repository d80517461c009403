#include "shared_plan.h"

#include "choice.h"
#include "user_cost.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* What accuracies that are the same may differ by. */
static const double ACCURACY_TOLERANCE = 1e-9;

/* The most cores that other tenants take. */
static double most_busy(const NodeGroup *group)
{
    double most = group->background_series.count > 0 ? time_series_largest(&group->background_series) : 0;
    for (int i = 0; i < group->background.state_count; i++)
        most = fmax(most, group->background.values[i]);
    return most;
}

/* Users who may be at a node or on a link at once; arrays are owned. */
typedef struct Visitors {
    int *nodes, *links;          /* [node_count], [link_count] */
    int *last_node, *last_link;  /* 1 + the user who was counted there last */
    double *memory_bytes, *most; /* [node_count] of what all may run there, and of what the last one may */
} Visitors;

static void visit_node(Visitors *visitors, int node, int user, double memory_bytes)
{
    if (visitors->last_node[node] != user + 1) {
        visitors->nodes[node]++;
        visitors->most[node] = 0;
    }
    visitors->memory_bytes[node] += fmax(0, memory_bytes - visitors->most[node]);
    visitors->most[node] = fmax(visitors->most[node], memory_bytes);
    visitors->last_node[node] = user + 1;
}

/* Every place where a part of the inference is computed or sent. */
static void visit(Visitors *visitors, const Scenario *scenario, int user, const Option *option)
{
    int own = scenario->users[user], links[ROUTE_LIMIT], target = scenario_route(scenario, own, option, links);
    if (option->local)
        visit_node(visitors, own, user, option->memory_bytes);
    if (option->middle)
        visit_node(visitors, scenario_middle_node(scenario, own, option), user, option->memory_bytes);
    if (option->remote)
        visit_node(visitors, target, user, option->memory_bytes);
    for (int hop = 0; hop < option->route.length; hop++) {
        visitors->links[links[hop]] += visitors->last_link[links[hop]] != user + 1;
        visitors->last_link[links[hop]] = user + 1;
    }
}

/* Counts every user once at each place that an option of its leads to. */
static Visitors count_visitors(const Scenario *scenario)
{
    size_t nodes = (size_t)scenario->node_count, links = (size_t)scenario->link_count;
    Visitors visitors = {.nodes = memory_allocate(nodes, sizeof(int)),
                         .links = memory_allocate(links, sizeof(int)),
                         .last_node = memory_allocate(nodes, sizeof(int)),
                         .last_link = memory_allocate(links, sizeof(int)),
                         .memory_bytes = memory_allocate(nodes, sizeof(double)),
                         .most = memory_allocate(nodes, sizeof(double))};
    for (int user = 0; user < scenario->user_count; user++) {
        const OptionSet *set = &scenario->options[scenario->group_of[scenario->users[user]]];
        for (int i = 0; i < set->count; i++)
            visit(&visitors, scenario, user, &set->items[i]);
    }
    return visitors;
}

static void free_visitors(Visitors *visitors)
{
    void *owned[] = {visitors->nodes,     visitors->links,        visitors->last_node,
                     visitors->last_link, visitors->memory_bytes, visitors->most};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
        free(owned[i]);
}

static bool node_has_room(const NodeGroup *group, int visitors, double memory_bytes, Error *error)
{
    double cores = group->cores - most_busy(group);
    bool reserved = group->discipline == DISCIPLINE_RESERVED;
    if (!reserved && visitors > 1 && cores < (double)visitors * group->threads)
        error_set(error, NULL, 0, 0,
                  "'%s' is not reserved and leaves %g cores to %d users, whose inferences keep %d busy each, so that "
                  "they slow each other down; reserve it or give it more cores",
                  group->name, cores, visitors, group->threads);
    else if (group->limit > 0 && group->limit < visitors)
        error_set(error, NULL, 0, 0, "'%s' refuses requests beyond %d, and %d users may come", group->name,
                  group->limit, visitors);
    else if (memory_bytes > group->memory_bytes)
        error_set(error, NULL, 0, 0, "what %d users may run on '%s' does not fit its memory at once", visitors,
                  group->name);
    else
        return true;
    return false;
}

static bool link_has_room(const Scenario *scenario, const LinkGroup *group, int visitors, Error *error)
{
    bool limited = isfinite(group->up_bit_per_s) || isfinite(group->down_bit_per_s);
    if (!limited || group->discipline == DISCIPLINE_RESERVED || visitors < 2)
        return true;
    error_set(error, NULL, 0, 0,
              "the bandwidth from '%s' to '%s' is not reserved, so that messages of %d users slow each other down; "
              "reserve it or leave the bandwidth out",
              scenario->node_groups[group->from].name, scenario->node_groups[group->to].name, visitors);
    return false;
}

bool shared_plan_is_exact(const Scenario *scenario, Error *error)
{
    if (scenario->workload.arrivals != ARRIVALS_ROUNDS ||
        scenario->objective.kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY) {
        error_set(error, NULL, 0, 0, "shares are searched for rounds and objectives that are sums over users only");
        return false;
    }
    Visitors visitors = count_visitors(scenario);
    bool exact = true;
    for (int node = 0; exact && node < scenario->node_count; node++)
        exact = node_has_room(&scenario->node_groups[scenario->group_of[node]], visitors.nodes[node],
                              visitors.memory_bytes[node], error);
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        for (int link = group->first; exact && link < group->first + group->count; link++)
            exact = link_has_room(scenario, group, visitors.links[link], error);
    }
    free_visitors(&visitors);
    return exact;
}

void shared_plan_init(SharedPlan *plan, const Scenario *scenario)
{
    int limit = 0, resources = scenario->node_count + scenario->link_count;
    for (int g = 0; g < scenario->node_group_count; g++)
        limit = scenario->options[g].count > limit ? scenario->options[g].count : limit;
    *plan = (SharedPlan){.scenario = scenario, .option_limit = limit};
    int asks = scenario->workload.arrivals == ARRIVALS_ROUNDS ? scenario->user_count : 1;
    plan->offered = memory_allocate((size_t)asks * (size_t)limit, sizeof *plan->offered);
    shared_optimum_init(&plan->optimum, asks, limit, resources);
}

void shared_plan_free(SharedPlan *plan)
{
    shared_optimum_free(&plan->optimum);
    free(plan->offered);
    *plan = (SharedPlan){0};
}

static SharedOption shared_option(SharedPlan *plan, Need need, const Ask *ask, const Option *option)
{
    const Objective *objective = &plan->scenario->objective;
    double per_s = user_cost_per_s(objective, ask->accuracy_weight, ask->reference_s);
    double energy = objective->kind == OBJECTIVE_WEIGHTED_COST ? objective->energy_weight_per_j * need.energy_j : 0;
    double accuracy = user_cost_offset(objective, option->accuracy, ask->accuracy_weight);
    SharedOption shared = {.fixed = per_s * need.fixed_s + energy + accuracy, .resource = {NO_RESOURCE, NO_RESOURCE}};
    if (need.reserved.node != NOT_RESERVED) {
        shared.resource[0] = need.reserved.node;
        shared.cost[0] = per_s * need.compute_s;
        plan->optimum.limit[need.reserved.node] = need.compute_limit;
    }
    if (need.reserved.link != NOT_RESERVED) {
        shared.resource[1] = plan->scenario->node_count + need.reserved.link;
        shared.cost[1] = per_s * need.transmission_s;
        plan->optimum.limit[shared.resource[1]] = 1;
    }
    return shared;
}

static bool has_variant(const Option *option, int variant)
{
    return variant == ANY_VARIANT || option->variant == variant;
}

/* The accuracy that each option in a plan must have, so that an answer is accurate enough whoever takes which: the
 * objective's threshold, or the most there is below it. */
static double least_accuracy(const Objective *objective, const OptionSet *options, int variant)
{
    double most = 0;
    for (int i = 0; i < options->count; i++)
        if (has_variant(&options->items[i], variant))
            most = fmax(most, options->items[i].accuracy);
    bool demanded = objective->kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY;
    return demanded ? fmin(most, objective->threshold) : 0;
}

static void fill(SharedPlan *plan, NeedSource source, const Decision *decision, int variant)
{
    SharedOptimum *optimum = &plan->optimum;
    const Objective *objective = &plan->scenario->objective;
    optimum->user_count = decision->ask_count;
    optimum->resource_count = plan->scenario->node_count + plan->scenario->link_count;
    for (int i = 0; i < decision->ask_count; i++) {
        const Ask *ask = &decision->asks[i];
        int *offered = plan->offered + (ptrdiff_t)i * plan->option_limit, count = 0;
        double least = least_accuracy(objective, ask->options, variant) - ACCURACY_TOLERANCE;
        for (int option = 0; option < ask->options->count; option++) {
            const Option *item = &ask->options->items[option];
            if (!has_variant(item, variant) || item->accuracy < least)
                continue;
            optimum->options[(ptrdiff_t)i * optimum->option_limit + count] =
                shared_option(plan, source.need(source.model, decision, i, option), ask, item);
            offered[count++] = option;
        }
        assert(count > 0);
        optimum->option_count[i] = count;
    }
}

void shared_plan_fill(SharedPlan *plan, const Decision *decision, int variant)
{
    fill(plan, expect_needs, decision, variant);
}

SharedFinding shared_plan_find(SharedPlan *plan, const Decision *decision, int variant, int64_t visit_limit,
                               int *ret_options)
{
    return shared_plan_find_by(plan, expect_needs, decision, variant, visit_limit, ret_options);
}

SharedFinding shared_plan_find_by(SharedPlan *plan, NeedSource source, const Decision *decision, int variant,
                                  int64_t visit_limit, int *ret_options)
{
    fill(plan, source, decision, variant);
    SharedFinding finding = shared_optimum_find(&plan->optimum, visit_limit, ret_options);
    for (int i = 0; i < decision->ask_count; i++)
        ret_options[i] = plan->offered[(ptrdiff_t)i * plan->option_limit + ret_options[i]];
    return finding;
}

#include "oracle_search.h"

#include "../sim/foresight.h"

#include "../sim/objective.h"
#include "expect.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rewards closer than this are equal: sums in another order differ by less. */
#define REWARD_TOLERANCE 1e-12
/* The worth of an answer whose requests are not done before time itself ends: less than any that ends. Finite, because
 * rewards are compared by their difference. */
#define NEVER_ENDS (-1e12)
/* What rounding to whole nanoseconds may make a simulated time shorter than the bound. */
#define BOUND_SLACK 1e-6
/* Sums of accuracies in another order differ by less. */
#define ACCURACY_SLACK 1e-12

static bool is_better(const OracleSearch *search, double reward)
{
    return !search->found || reward - search->best_reward > REWARD_TOLERANCE * fabs(search->best_reward);
}

static void take(OracleSearch *search, double reward)
{
    search->found = true;
    search->best_reward = reward;
    memcpy(search->best, search->options, (size_t)search->decision->ask_count * sizeof *search->best);
}

/* Tries the answer in hand on a clone. */
static void evaluate(OracleSearch *search)
{
    simulation_copy(search->future, search->question);
    simulation_apply(search->future, allocator_answer(&search->allocator, search->decision, search->options));
    Decision end;
    bool asks = simulation_advance(search->future, &end);
    assert(!asks);
    (void)asks;
    double reward = view_is_idle(simulation_view(search->future)) ? 0 : NEVER_ENDS;
    for (int i = 0; i < end.feedback_count; i++)
        reward += end.feedback[i].reward;
    search->evaluated++;
    if (is_better(search, reward))
        take(search, reward);
}

/* The least option that ask `i` may take beside those before it. */
static int first_option(const OracleSearch *search, int i)
{
    return search->twin[i] < 0 ? 0 : search->options[search->twin[i]];
}

static double largest_loss(const Objective *objective)
{
    return -time_to_s(objective->largest_response_time);
}

/* Every way to go on from the first `count` asks misses the threshold and has the same reward: keep the first of them
 * if nothing found so far is better. */
static void settle_infeasible(OracleSearch *search, int count)
{
    double reward = largest_loss(&search->scenario->objective);
    if (!is_better(search, reward))
        return;
    for (int i = count; i < search->decision->ask_count; i++)
        search->options[i] = first_option(search, i);
    take(search, reward);
}

/* Whether no way to go on from the first `count` asks, with these sums over them, needs to be tried. */
static bool is_settled(OracleSearch *search, int count, double reward_sum, double accuracy_sum)
{
    if (!search->idle)
        return false;
    const Objective *objective = &search->scenario->objective;
    bool threshold = objective->kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY;
    int asks = search->decision->ask_count;
    double accuracy = (accuracy_sum + search->rest_accuracy[count]) / asks + ACCURACY_SLACK;
    if (threshold && !objective_accepts(objective, accuracy)) {
        settle_infeasible(search, count);
        return true;
    }
    double bound = (reward_sum + search->rest_reward[count]) / asks;
    if (threshold)
        bound = fmax(bound, largest_loss(objective));
    return !is_better(search, bound);
}

static void descend(OracleSearch *search, int count, double reward_sum, double accuracy_sum)
{
    if (count == search->decision->ask_count) {
        evaluate(search);
        return;
    }
    const OptionSet *set = search->decision->asks[count].options;
    const double *bounds = search->reward_bound + count * search->option_limit;
    for (int option = first_option(search, count); option < set->count; option++) {
        search->options[count] = option;
        double reward = reward_sum + bounds[option], accuracy = accuracy_sum + set->items[option].accuracy;
        if (is_settled(search, count + 1, reward, accuracy))
            search->cut++;
        else
            descend(search, count + 1, reward, accuracy);
    }
}

/* The most an option can add to the sum of rewards: its request ends as if it were alone, or is refused at once. */
static double reward_bound(const OracleSearch *search, const Ask *ask, const Option *option)
{
    bool fixed = search->scenario->allocation == ALLOCATION_FIXED;
    double most = fixed ? 1.0 / search->scenario->user_count : 1;
    Need need = expect_need(search->decision->view, ask, option, NULL);
    Outcome alone = expect_outcome(ask, option, &need, (Share){most, most});
    alone.response_s *= 1 - BOUND_SLACK;
    alone.energy_j *= 1 - BOUND_SLACK;
    if (search->scenario->objective.kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY)
        return -alone.response_s;
    double reward = expect_reward(search->scenario, &alone);
    Outcome nothing = {.refused = true, .accuracy_weight = alone.accuracy_weight, .reference_s = alone.reference_s};
    double refused = expect_reward(search->scenario, &nothing);
    return fmax(reward + BOUND_SLACK * fabs(reward), refused);
}

static void fill_bounds(OracleSearch *search)
{
    int asks = search->decision->ask_count;
    search->rest_reward[asks] = search->rest_accuracy[asks] = 0;
    for (int i = asks - 1; i >= 0; i--) {
        const Ask *ask = &search->decision->asks[i];
        double *bounds = search->reward_bound + i * search->option_limit;
        double reward = -INFINITY, accuracy = 0;
        for (int option = 0; option < ask->options->count; option++) {
            bounds[option] = reward_bound(search, ask, &ask->options->items[option]);
            reward = fmax(reward, bounds[option]);
            accuracy = fmax(accuracy, ask->options->items[option].accuracy);
        }
        search->rest_reward[i] = search->rest_reward[i + 1] + reward;
        search->rest_accuracy[i] = search->rest_accuracy[i + 1] + accuracy;
    }
}

/* Whether two users of one node group compute on the same nodes and share all links but a first one of their own. */
static bool share_routes(const Scenario *scenario, const Ask *a, const Ask *b)
{
    for (int i = 0; i < a->options->count; i++) {
        const Option *option = &a->options->items[i];
        if (option->target == SELF)
            continue;
        int links[2][ROUTE_LIMIT];
        if (option->middle &&
            scenario_middle_node(scenario, a->node, option) != scenario_middle_node(scenario, b->node, option))
            return false;
        if (scenario_route(scenario, a->node, option, links[0]) != scenario_route(scenario, b->node, option, links[1]))
            return false;
        bool own = !scenario->link_groups[option->route.links[0]].shared;
        for (int hop = own; hop < option->route.length; hop++)
            if (links[0][hop] != links[1][hop])
                return false;
    }
    return true;
}

static bool are_twins(const OracleSearch *search, int first, int second)
{
    const Scenario *scenario = search->scenario;
    const Ask *a = &search->decision->asks[first], *b = &search->decision->asks[second];
    const Feature *features;
    int shared = view_shared_features(search->decision->view, &features);
    int block = view_ask_features(search->decision->view, &features);
    const double *own_a = search->observation + shared + first * block;
    const double *own_b = search->observation + shared + second * block;
    for (int i = 0; i < block; i++)
        if (own_a[i] != own_b[i])
            return false;
    return scenario->group_of[a->node] == scenario->group_of[b->node] && a->application == b->application &&
           share_routes(scenario, a, b);
}

/* Whether users who come to a node of the group at one instant may have to wait or be turned away there: then it
 * matters who asked first, and twins who swap their options do not get the same. */
static bool order_matters_at(const Scenario *scenario, const Option *option, const NodeGroup *group)
{
    double users = scenario->user_count;
    bool queue = group->discipline == DISCIPLINE_FCFS && floor(group->cores / group->threads) < users;
    bool limited = group->limit > 0 && group->limit < users;
    return queue || limited || option->memory_bytes * users > group->memory_bytes;
}

static bool order_matters(const Scenario *scenario, const Option *option)
{
    if (option->target == SELF)
        return false;
    const NodeGroup *groups = scenario->node_groups;
    return order_matters_at(scenario, option, &groups[option->target]) ||
           (option->middle && order_matters_at(scenario, option, &groups[option->middle_group]));
}

static bool has_twins(const Scenario *scenario)
{
    for (int g = 0; g < scenario->node_group_count; g++)
        for (int i = 0; i < scenario->options[g].count; i++)
            if (order_matters(scenario, &scenario->options[g].items[i]))
                return false;
    return true;
}

static void fill_twins(OracleSearch *search)
{
    const Decision *decision = search->decision;
    const Feature *features;
    int shared = view_shared_features(decision->view, &features);
    int block = view_ask_features(decision->view, &features);
    size_t length = (size_t)(shared + search->scenario->user_count * block);
    if (!search->observation)
        search->observation = memory_allocate(length, sizeof *search->observation);
    view_observe(decision->view, decision, search->observation);
    for (int i = 0; i < decision->ask_count; i++) {
        search->twin[i] = i - 1;
        while (search->twin[i] >= 0 && (!search->has_twins || !search->idle || !are_twins(search, search->twin[i], i)))
            search->twin[i]--;
    }
}

void oracle_search_init(OracleSearch *search, const Scenario *scenario)
{
    size_t users = (size_t)scenario->user_count;
    *search = (OracleSearch){.scenario = scenario, .has_twins = has_twins(scenario)};
    for (int g = 0; g < scenario->node_group_count; g++)
        if (scenario->options[g].count > search->option_limit)
            search->option_limit = scenario->options[g].count;
    allocator_init(&search->allocator, scenario);
    search->options = memory_allocate(users, sizeof *search->options);
    search->best = memory_allocate(users, sizeof *search->best);
    search->twin = memory_allocate(users, sizeof *search->twin);
    search->rest_reward = memory_allocate(users + 1, sizeof *search->rest_reward);
    search->rest_accuracy = memory_allocate(users + 1, sizeof *search->rest_accuracy);
    search->reward_bound = memory_allocate(users * (size_t)search->option_limit, sizeof *search->reward_bound);
}

void oracle_search_free(OracleSearch *search)
{
    simulation_destroy(search->question);
    simulation_destroy(search->future);
    allocator_free(&search->allocator);
    free(search->options);
    free(search->best);
    free(search->twin);
    free(search->rest_reward);
    free(search->rest_accuracy);
    free(search->reward_bound);
    free(search->observation);
    *search = (OracleSearch){0};
}

OracleFinding oracle_search_run(OracleSearch *search, const Decision *decision, int *ret_options)
{
    if (!search->question) {
        search->question = simulation_clone(view_simulation(decision->view));
        search->future = simulation_clone(view_simulation(decision->view));
    }
    simulation_imagine(search->question, view_simulation(decision->view));
    search->decision = decision;
    search->idle = view_is_idle(decision->view);
    search->found = false;
    search->evaluated = search->cut = 0;
    fill_bounds(search);
    fill_twins(search);
    descend(search, 0, 0, 0);
    assert(search->found);
    memcpy(ret_options, search->best, (size_t)decision->ask_count * sizeof *ret_options);
    return (OracleFinding){search->best_reward, search->evaluated, search->cut};
}

double oracle_search_size(const Scenario *scenario)
{
    double size = 1, largest = 0;
    bool twins = has_twins(scenario);
    for (int g = 0; g < scenario->node_group_count; g++) {
        int options = scenario->options[g].count, users = options ? scenario->node_groups[g].count : 0;
        for (int k = 1; k <= users; k++)
            size *= twins ? (double)(options + k - 1) / k : options;
        largest = fmax(largest, options);
    }
    return scenario->workload.arrivals == ARRIVALS_ROUNDS ? size : largest;
}

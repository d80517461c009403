#include "joint_plan.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Costs closer than this, relative, are equal: sums in another order differ by less. */
#define COST_TOLERANCE 1e-12
/* More than what objective_accepts forgives, so that bounds never cut what it would accept. */
#define ACCURACY_SLACK 2e-9

/* The sums of a whole answer. */
typedef struct Sums {
    double cost, accuracy; /* cost INFINITY: there is no such answer */
} Sums;

static int place_of(const JointPlan *plan, int user, int option)
{
    return user * plan->problem->option_limit + option;
}

static double cost_of(const JointPlan *plan, int user, int option)
{
    const JointProblem *problem = plan->problem;
    int place = place_of(plan, user, option), node = problem->node[place];
    int load = node == OWN_NODE ? 1 : plan->counts[node];
    return problem->cost[place * problem->user_count + load - 1];
}

static bool is_accepted(const JointPlan *plan, double accuracy_sum)
{
    return !plan->bounded || objective_accepts(plan->problem->objective, accuracy_sum / plan->problem->user_count);
}

/* Sum of accuracies that a bound may demand. */
static double demand(const JointPlan *plan)
{
    return plan->problem->user_count * (plan->problem->objective->threshold - ACCURACY_SLACK);
}

/* Whether nothing at or above this cost needs to be looked at. */
static bool is_beaten(const JointPlan *plan, double cost)
{
    return cost >= plan->best_cost - COST_TOLERANCE * fabs(plan->best_cost);
}

/* Keeps the answer in hand where it is accepted and better than the best. */
static void offer(JointPlan *plan, Sums sums)
{
    if (!is_accepted(plan, sums.accuracy) || (isfinite(plan->best_cost) && is_beaten(plan, sums.cost)))
        return;
    plan->best_cost = sums.cost;
    memcpy(plan->best, plan->options, (size_t)plan->problem->user_count * sizeof *plan->best);
}

/* States of the counts in hand: how many users are still to be placed at each active node. */
static void set_up_states(JointPlan *plan)
{
    plan->active_count = 0;
    plan->state_count = 1;
    for (int node = 0; node < plan->problem->node_count; node++) {
        if (plan->counts[node] == 0)
            continue;
        plan->stride[plan->active_count] = plan->state_count;
        plan->active[plan->active_count++] = node;
        plan->state_count *= plan->counts[node] + 1;
    }
    for (int state = 0; state < plan->state_count; state++)
        for (int k = 0, rest = state; k < plan->active_count; k++) {
            int radix = plan->counts[plan->active[k]] + 1;
            plan->digits[state * plan->active_count + k] = rest % radix;
            rest /= radix;
        }
}

/* The column of a node in `value`: 0 for the user's own, -1 for a shared one that nobody is to use. */
static int column_of(const JointPlan *plan, int node)
{
    if (node == OWN_NODE)
        return 0;
    for (int k = 0; k < plan->active_count; k++)
        if (plan->active[k] == node)
            return k + 1;
    return -1;
}

/* Each user's best option in each column when a unit of cost weighs `cost_weight` and accuracy pays `price`. */
static void weigh_options(JointPlan *plan, double cost_weight, double price)
{
    const JointProblem *problem = plan->problem;
    int columns = plan->active_count + 1;
    for (int i = 0; i < problem->user_count * columns; i++)
        plan->value[i] = INFINITY;
    for (int user = 0; user < problem->user_count; user++) {
        for (int option = 0; option < problem->option_count[user]; option++) {
            int place = place_of(plan, user, option), column = column_of(plan, problem->node[place]);
            if (column < 0)
                continue;
            double value = cost_weight * cost_of(plan, user, option) - price * problem->accuracy[place];
            if (value < plan->value[user * columns + column]) {
                plan->value[user * columns + column] = value;
                plan->pick[user * columns + column] = option;
            }
        }
    }
}

/* The column that user `user` takes at best in `state`, given what the users after it cost; its value to
 * `ret_value`. */
static int best_column(const JointPlan *plan, const double *after, int user, int state, double *ret_value)
{
    const double *values = plan->value + user * (plan->active_count + 1);
    const int *digits = plan->digits + state * plan->active_count;
    int best = 0;
    double least = values[0] + after[state];
    for (int k = 0; k < plan->active_count; k++) {
        if (digits[k] == 0)
            continue;
        double value = values[k + 1] + after[state - plan->stride[k]];
        if (value < least) {
            best = k + 1;
            least = value;
        }
    }
    *ret_value = least;
    return best;
}

/* The least weighed cost of the users from each one on, in each state, into table[user + 1][state]; returns that of
 * all. */
static double fill_table(JointPlan *plan, double cost_weight, double price, double *table)
{
    int users = plan->problem->user_count, states = plan->state_count;
    weigh_options(plan, cost_weight, price);
    double *end = table + users * states;
    end[0] = 0;
    for (int state = 1; state < states; state++)
        end[state] = INFINITY;
    for (int user = users - 1; user >= 0; user--)
        for (int state = 0; state < states; state++)
            best_column(plan, table + (user + 1) * states, user, state, &table[user * states + state]);
    return table[states - 1];
}

/* Takes the answer that the table just filled stands for in hand. */
static Sums follow_table(JointPlan *plan, const double *table)
{
    int states = plan->state_count, state = states - 1;
    Sums sums = {0, 0};
    if (!isfinite(table[state]))
        return (Sums){INFINITY, 0};
    for (int user = 0; user < plan->problem->user_count; user++) {
        double value;
        int column = best_column(plan, table + (user + 1) * states, user, state, &value);
        plan->options[user] = plan->pick[user * (plan->active_count + 1) + column];
        if (column > 0)
            state -= plan->stride[column - 1];
        sums.cost += cost_of(plan, user, plan->options[user]);
        sums.accuracy += plan->problem->accuracy[place_of(plan, user, plan->options[user])];
    }
    return sums;
}

/* Goes on from the answers of the users before `user`, with these sums over them. */
static void descend(JointPlan *plan, int user, int state, Sums sums)
{
    const JointProblem *problem = plan->problem;
    if (user == problem->user_count) {
        offer(plan, sums);
        return;
    }
    int rest = (user + 1) * plan->state_count;
    int option = plan->twin[user] < 0 ? 0 : plan->options[plan->twin[user]];
    for (; option < problem->option_count[user]; option++) {
        int place = place_of(plan, user, option), column = column_of(plan, problem->node[place]);
        if (column < 0 || (column > 0 && plan->digits[state * plan->active_count + column - 1] == 0))
            continue;
        int next = column > 0 ? state - plan->stride[column - 1] : state;
        Sums more = {sums.cost + cost_of(plan, user, option), sums.accuracy + problem->accuracy[place]};
        double missing = demand(plan) - more.accuracy;
        if (plan->accurate[rest + next] > -missing ||
            is_beaten(plan, more.cost + plan->price * missing + plan->least[rest + next]))
            continue;
        plan->visited++;
        plan->options[user] = option;
        descend(plan, user + 1, next, more);
    }
}

/* Raises the price of accuracy until the bound is greatest, from the cheapest answer `low`, which misses the threshold,
 * and `high`, which does not: the ends of the lower convex hull of (accuracy, cost), halved at its edges. False where
 * the bound is beaten. Leaves the bound's table in `least`. */
static bool raise_price(JointPlan *plan, Sums low, Sums high)
{
    for (;;) {
        plan->price = (high.cost - low.cost) / (high.accuracy - low.accuracy);
        double least = fill_table(plan, 1, plan->price, plan->least);
        if (is_beaten(plan, least + plan->price * demand(plan)))
            return false;
        Sums middle = follow_table(plan, plan->least);
        offer(plan, middle);
        double edge = low.cost - plan->price * low.accuracy;
        if (middle.cost - plan->price * middle.accuracy >= edge - COST_TOLERANCE * (fabs(low.cost) + fabs(high.cost)))
            return true;
        *(is_accepted(plan, middle.accuracy) ? &high : &low) = middle;
    }
}

/* The best answer with the counts in hand, where it is better than the best so far. */
static void solve_counts(JointPlan *plan)
{
    set_up_states(plan);
    if (plan->bounded && plan->price > 0 &&
        is_beaten(plan, fill_table(plan, 1, plan->price, plan->least) + plan->price * demand(plan)))
        return;
    if (is_beaten(plan, fill_table(plan, 1, 0, plan->least)))
        return;
    Sums cheapest = follow_table(plan, plan->least);
    if (!isfinite(cheapest.cost))
        return;
    offer(plan, cheapest);
    if (is_accepted(plan, cheapest.accuracy))
        return;
    fill_table(plan, 0, 1, plan->accurate);
    Sums most_accurate = follow_table(plan, plan->accurate);
    offer(plan, most_accurate);
    if (!is_accepted(plan, most_accurate.accuracy) || !raise_price(plan, cheapest, most_accurate))
        return;
    descend(plan, 0, plan->state_count - 1, (Sums){0, 0});
}

/* Every way to place at most `users` users at the nodes from `node` on. */
static void enumerate_counts(JointPlan *plan, int node, int users)
{
    if (node == plan->problem->node_count) {
        solve_counts(plan);
        return;
    }
    int most = plan->most[node] < users ? plan->most[node] : users;
    for (plan->counts[node] = 0; plan->counts[node] <= most; plan->counts[node]++)
        enumerate_counts(plan, node + 1, users - plan->counts[node]);
    plan->counts[node] = 0;
}

static bool are_twins(const JointProblem *problem, int a, int b)
{
    size_t count = (size_t)problem->option_count[a];
    size_t first = (size_t)(a * problem->option_limit), second = (size_t)(b * problem->option_limit);
    size_t loads = (size_t)problem->user_count;
    return problem->option_count[a] == problem->option_count[b] &&
           memcmp(problem->node + first, problem->node + second, count * sizeof *problem->node) == 0 &&
           memcmp(problem->accuracy + first, problem->accuracy + second, count * sizeof *problem->accuracy) == 0 &&
           memcmp(problem->cost + first * loads, problem->cost + second * loads,
                  count * loads * sizeof *problem->cost) == 0;
}

static void look_at_users(JointPlan *plan)
{
    const JointProblem *problem = plan->problem;
    memset(plan->most, 0, (size_t)problem->node_count * sizeof *plan->most);
    for (int user = 0; user < problem->user_count; user++) {
        plan->twin[user] = user - 1;
        while (plan->twin[user] >= 0 && !are_twins(problem, plan->twin[user], user))
            plan->twin[user]--;
        for (int node = 0; node < problem->node_count; node++) {
            bool can = false;
            for (int option = 0; option < problem->option_count[user] && !can; option++)
                can = problem->node[place_of(plan, user, option)] == node;
            plan->most[node] += can;
        }
    }
}

/* Each user's least accurate option; returns the sum of accuracies. */
static double take_least_accurate(JointPlan *plan)
{
    double sum = 0;
    for (int user = 0; user < plan->problem->user_count; user++) {
        const double *accuracy = plan->problem->accuracy + place_of(plan, user, 0);
        int least = 0;
        for (int option = 1; option < plan->problem->option_count[user]; option++)
            if (accuracy[option] < accuracy[least])
                least = option;
        plan->options[user] = least;
        sum += accuracy[least];
    }
    return sum;
}

static void solve(JointPlan *plan, bool bounded)
{
    plan->bounded = bounded;
    plan->price = 0;
    plan->best_cost = INFINITY;
    enumerate_counts(plan, 0, plan->problem->user_count);
}

void joint_plan_init(JointPlan *plan, int user_limit, int node_limit)
{
    size_t users = (size_t)user_limit, nodes = (size_t)node_limit, columns = nodes + 1;
    size_t used = nodes < users ? nodes : users; /* nodes with a count above 0, at most */
    /* The product of 1 + counts is greatest where the users are spread evenly. */
    size_t states = used ? (size_t)(pow(1 + (double)users / (double)used, (double)used) + 1) : 1;
    *plan = (JointPlan){.user_limit = user_limit, .node_limit = node_limit};
    plan->counts = memory_allocate(nodes, sizeof *plan->counts);
    plan->most = memory_allocate(nodes, sizeof *plan->most);
    plan->active = memory_allocate(nodes, sizeof *plan->active);
    plan->stride = memory_allocate(nodes, sizeof *plan->stride);
    plan->digits = memory_allocate(states * columns, sizeof *plan->digits);
    plan->value = memory_allocate(users * columns, sizeof *plan->value);
    plan->pick = memory_allocate(users * columns, sizeof *plan->pick);
    plan->least = memory_allocate((users + 1) * states, sizeof *plan->least);
    plan->accurate = memory_allocate((users + 1) * states, sizeof *plan->accurate);
    plan->twin = memory_allocate(users, sizeof *plan->twin);
    plan->options = memory_allocate(users, sizeof *plan->options);
    plan->best = memory_allocate(users, sizeof *plan->best);
}

void joint_plan_free(JointPlan *plan)
{
    free(plan->counts);
    free(plan->most);
    free(plan->active);
    free(plan->stride);
    free(plan->digits);
    free(plan->value);
    free(plan->pick);
    free(plan->least);
    free(plan->accurate);
    free(plan->twin);
    free(plan->options);
    free(plan->best);
    *plan = (JointPlan){0};
}

double joint_plan_solve(JointPlan *plan, const JointProblem *problem, int *ret_options)
{
    assert(problem->user_count >= 1 && problem->user_count <= plan->user_limit);
    assert(problem->node_count <= plan->node_limit);
    const Objective *objective = problem->objective;
    bool bounded = objective->kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY;
    double loss = bounded ? time_to_s(objective->largest_response_time) : INFINITY;
    plan->problem = problem;
    look_at_users(plan);
    solve(plan, bounded);
    double cost = plan->best_cost / problem->user_count;
    const int *answer = plan->best;
    if (!isfinite(cost)) {
        solve(plan, false);
        cost = loss;
    } else if (cost > loss && !is_accepted(plan, take_least_accurate(plan))) {
        answer = plan->options;
        cost = loss;
    }
    memcpy(ret_options, answer, (size_t)problem->user_count * sizeof *ret_options);
    return -cost;
}

double joint_plan_size(int users, int nodes)
{
    double size = 1;
    for (int k = 1; k <= nodes; k++)
        size *= (double)(users + k) / k;
    return size;
}

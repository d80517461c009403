/* The best options for all together when what is reserved goes in equal parts to those who need it: what dividing well
 * adds is what the oracle has beyond it.
 *
 * With m users at a resource of which one can use a share c, each pays its cost there max(m, 1 / c) times. Users change
 * their option one after the other while that lowers the sum of all costs; this is begun from what each would take if m
 * were 1, 2, ... everywhere, and the best end is the answer. Each keeps to a threshold of accuracy by itself. */
#include "allocation.h"
#include "choice.h"
#include "policy.h"
#include "shared_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct EqualShares {
    SharedPlan plan; /* for its table of costs */
    Allocator allocator;
    int *crowd;   /* [resource] users who need it */
    double *sums; /* [resource] of their costs there with a share of 1 */
    int *chosen;  /* [user] */
} EqualShares;

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)parameters, (void)stream;
    EqualShares *policy = state;
    shared_plan_init(&policy->plan, scenario);
    allocator_init(&policy->allocator, scenario);
    size_t resources = (size_t)policy->plan.optimum.resource_limit;
    policy->crowd = memory_allocate(resources, sizeof *policy->crowd);
    policy->sums = memory_allocate(resources, sizeof *policy->sums);
    policy->chosen = memory_allocate((size_t)scenario->user_count, sizeof *policy->chosen);
}

static const SharedOption *option_of(const EqualShares *policy, int user, int index)
{
    const SharedOptimum *optimum = &policy->plan.optimum;
    return &optimum->options[(ptrdiff_t)user * optimum->option_limit + index];
}

/* How many times its cost with all of a resource each of `crowd` users pays there. */
static double factor(const EqualShares *policy, int resource, int crowd)
{
    return fmax(crowd, 1 / policy->plan.optimum.limit[resource]);
}

/* Counts a user's option in (1) or out (-1). */
static void count_option(EqualShares *policy, const SharedOption *option, int sign)
{
    for (int k = 0; k < SHARED_NEEDS; k++) {
        int r = option->resource[k];
        if (r == NO_RESOURCE)
            continue;
        policy->crowd[r] += sign;
        policy->sums[r] = policy->crowd[r] > 0 ? policy->sums[r] + sign * option->cost[k] : 0;
    }
}

/* What an option adds to the cost of all when those counted are there already. */
static double added_cost(const EqualShares *policy, const SharedOption *option)
{
    double cost = option->fixed;
    for (int k = 0; k < SHARED_NEEDS; k++) {
        int r = option->resource[k];
        if (r == NO_RESOURCE)
            continue;
        int crowd = policy->crowd[r];
        cost += factor(policy, r, crowd + 1) * (policy->sums[r] + option->cost[k]);
        cost -= crowd > 0 ? factor(policy, r, crowd) * policy->sums[r] : 0;
    }
    return cost;
}

/* What it costs its own user when so many are everywhere. */
static double crowded_cost(const EqualShares *policy, const SharedOption *option, int crowd)
{
    double cost = option->fixed;
    for (int k = 0; k < SHARED_NEEDS; k++)
        if (option->resource[k] != NO_RESOURCE)
            cost += factor(policy, option->resource[k], crowd) * option->cost[k];
    return cost;
}

/* The option that adds least; with `crowd` above 0, that costs least as if so many were everywhere. */
static int best_option(const EqualShares *policy, int user, int crowd)
{
    int best = 0;
    double least = INFINITY;
    for (int i = 0; i < policy->plan.optimum.option_count[user]; i++) {
        const SharedOption *option = option_of(policy, user, i);
        double cost = crowd > 0 ? crowded_cost(policy, option, crowd) : added_cost(policy, option);
        if (cost < least) {
            least = cost;
            best = i;
        }
    }
    return best;
}

/* Lets users change until none gains more than rounding; returns the cost of all. */
static double settle(EqualShares *policy, int users)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (int user = 0; user < users; user++) {
            const SharedOption *before = option_of(policy, user, policy->chosen[user]);
            count_option(policy, before, -1);
            int best = best_option(policy, user, 0);
            double cost = added_cost(policy, before);
            if (cost - added_cost(policy, option_of(policy, user, best)) > 1e-9 * (1 + fabs(cost))) {
                policy->chosen[user] = best;
                changed = true;
            }
            count_option(policy, option_of(policy, user, policy->chosen[user]), 1);
        }
    }
    double cost = 0;
    for (int r = 0; r < policy->plan.optimum.resource_count; r++)
        cost += policy->crowd[r] > 0 ? factor(policy, r, policy->crowd[r]) * policy->sums[r] : 0;
    for (int user = 0; user < users; user++)
        cost += option_of(policy, user, policy->chosen[user])->fixed;
    return cost;
}

/* Everybody takes what is best when so many are everywhere. */
static void begin(EqualShares *policy, int users, int crowd)
{
    size_t resources = (size_t)policy->plan.optimum.resource_count;
    memset(policy->crowd, 0, resources * sizeof *policy->crowd);
    memset(policy->sums, 0, resources * sizeof *policy->sums);
    for (int user = 0; user < users; user++) {
        policy->chosen[user] = best_option(policy, user, crowd);
        count_option(policy, option_of(policy, user, policy->chosen[user]), 1);
    }
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    EqualShares *policy = state;
    shared_plan_fill(&policy->plan, decision, ANY_VARIANT);
    double least = INFINITY;
    for (int crowd = 1; crowd <= decision->ask_count; crowd++) {
        begin(policy, decision->ask_count, crowd);
        double cost = settle(policy, decision->ask_count);
        if (cost >= least)
            continue;
        least = cost;
        memcpy(ret_options, policy->chosen, (size_t)decision->ask_count * sizeof *ret_options);
    }
    shared_optimum_sort(&policy->plan.optimum, ret_options);
    for (int i = 0; i < decision->ask_count; i++)
        ret_options[i] = policy->plan.offered[(ptrdiff_t)i * policy->plan.option_limit + ret_options[i]];
}

static void share(void *state, const Decision *decision, const int *options, bool explore, Share *ret_shares)
{
    (void)explore;
    EqualShares *policy = state;
    allocator_share(&policy->allocator, ALLOCATION_EQUAL, decision, options, ret_shares);
}

static void finish(void *state)
{
    EqualShares *policy = state;
    shared_plan_free(&policy->plan);
    allocator_free(&policy->allocator);
    free(policy->crowd);
    free(policy->sums);
    free(policy->chosen);
}

const PolicyType policy_equal_shares = {
    .name = "equal-shares",
    .summary = "the best options for all together where what is reserved is divided equally",
    .state_size = sizeof(EqualShares),
    .start = start,
    .decide = decide,
    .share = share,
    .finish = finish,
};

#include "allocation.h"

#include "user_cost.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Of the largest part: less than this changes no cost that anybody could see, and keeps every share above 0. */
static const double LEAST_PART = 1e-6;

/* Turns parts into shares in proportion to them, none above `limit`, that sum to 1, or to count x limit where that is
 * less. Who is above the limit stays there when others come to it too, since that only leaves more for the rest. */
static void fill(int count, double limit, double *parts)
{
    const double full = -1; /* marks a part that became the limit */
    double rest = 1, level = 0;
    for (bool changed = true; changed;) {
        changed = false;
        double open = 0;
        for (int i = 0; i < count; i++)
            open += parts[i] > 0 ? parts[i] : 0;
        level = rest / open;
        for (int i = 0; i < count; i++)
            if (parts[i] * level > limit) {
                parts[i] = full;
                rest -= limit;
                changed = true;
            }
    }
    for (int i = 0; i < count; i++)
        parts[i] = parts[i] > 0 ? parts[i] * level : limit;
}

static double part_of(Allocation rule, double price, double demand_s)
{
    switch (rule) {
    case ALLOCATION_OPTIMAL:
        return sqrt(price * demand_s);
    case ALLOCATION_PROPORTIONAL:
        return demand_s;
    case ALLOCATION_EQUAL:
    case ALLOCATION_FIXED:
        break;
    }
    return 1;
}

void allocation_divide(Allocation rule, int count, const double *price, const double *demand_s, double limit,
                       double *ret_shares)
{
    assert(count > 0 && limit > 0 && limit <= 1);
    double largest = 0;
    for (int i = 0; i < count; i++)
        largest = fmax(largest, part_of(rule, price[i], demand_s[i]));
    for (int i = 0; i < count; i++) {
        double part = largest > 0 ? part_of(rule, price[i], demand_s[i]) / largest : 1;
        ret_shares[i] = fmax(part, LEAST_PART);
    }
    fill(count, limit, ret_shares);
}

void allocator_init(Allocator *allocator, const Scenario *scenario)
{
    *allocator = (Allocator){.scenario = scenario};
    if (!scenario->reserves)
        return;
    size_t users = (size_t)scenario->user_count, places = (size_t)(scenario->node_count + scenario->link_count);
    *allocator = (Allocator){.scenario = scenario,
                             .needs = memory_allocate(users, sizeof *allocator->needs),
                             .prices = memory_allocate(users, sizeof *allocator->prices),
                             .demands = memory_allocate(users, sizeof *allocator->demands),
                             .parts = memory_allocate(users, sizeof *allocator->parts),
                             .shares = memory_allocate(users, sizeof *allocator->shares),
                             .members = memory_allocate(users, sizeof *allocator->members),
                             .heads = memory_allocate(places, sizeof *allocator->heads),
                             .next = memory_allocate(users, sizeof *allocator->next)};
}

void allocator_free(Allocator *allocator)
{
    void *owned[] = {allocator->needs,  allocator->prices,  allocator->demands, allocator->parts,
                     allocator->shares, allocator->members, allocator->heads,   allocator->next};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
        free(owned[i]);
    *allocator = (Allocator){0};
}

/* Where an ask's node or link has its list of those who need it; -1 where it needs none. */
static int place_of(const Allocator *allocator, const Need *need, bool of_link)
{
    if (of_link)
        return need->reserved.link == NOT_RESERVED ? -1 : allocator->scenario->node_count + need->reserved.link;
    return need->reserved.node == NOT_RESERVED ? -1 : need->reserved.node;
}

/* Divides a place among the asks of its list, which ends. */
static void share_place(Allocator *allocator, Allocation rule, const Decision *decision, int place, bool of_link,
                        Share *ret_shares)
{
    int count = 0;
    double limit = 1;
    for (int i = allocator->heads[place] - 1; i >= 0; i = allocator->next[i]) {
        const Ask *ask = &decision->asks[i];
        const Need *need = &allocator->needs[i];
        allocator->members[count] = i;
        allocator->prices[count] =
            user_cost_per_s(&allocator->scenario->objective, ask->accuracy_weight, ask->reference_s);
        allocator->demands[count++] = of_link ? need->transmission_s : need->compute_s;
        limit = of_link ? 1 : need->compute_limit;
    }
    allocator->heads[place] = 0;
    allocation_divide(rule, count, allocator->prices, allocator->demands, limit, allocator->parts);
    for (int k = 0; k < count; k++) {
        Share *share = &ret_shares[allocator->members[k]];
        *(of_link ? &share->bandwidth : &share->compute) = allocator->parts[k];
    }
}

void allocator_share(Allocator *allocator, Allocation rule, const Decision *decision, const int *options,
                     Share *ret_shares)
{
    allocator_share_by(allocator, rule, expect_needs, decision, options, ret_shares);
}

void allocator_share_by(Allocator *allocator, Allocation rule, NeedSource source, const Decision *decision,
                        const int *options, Share *ret_shares)
{
    double fixed = rule == ALLOCATION_FIXED ? 1.0 / allocator->scenario->user_count : 1;
    for (int i = 0; i < decision->ask_count; i++)
        ret_shares[i] = (Share){fixed, fixed};
    if (rule == ALLOCATION_FIXED)
        return;
    for (int i = 0; i < decision->ask_count; i++)
        allocator->needs[i] = source.need(source.model, decision, i, options[i]);
    for (int of_link = 0; of_link < 2; of_link++) {
        for (int i = decision->ask_count - 1; i >= 0; i--) {
            int place = place_of(allocator, &allocator->needs[i], of_link);
            if (place < 0)
                continue;
            allocator->next[i] = allocator->heads[place] - 1;
            allocator->heads[place] = i + 1;
        }
        for (int i = 0; i < decision->ask_count; i++) {
            int place = place_of(allocator, &allocator->needs[i], of_link);
            if (place >= 0 && allocator->heads[place] > 0)
                share_place(allocator, rule, decision, place, of_link, ret_shares);
        }
    }
}

Answer allocator_answer(Allocator *allocator, const Decision *decision, const int *options)
{
    const Scenario *scenario = allocator->scenario;
    if (!scenario->reserves || scenario->allocation == ALLOCATION_FIXED)
        return (Answer){.options = options};
    allocator_share(allocator, scenario->allocation, decision, options, allocator->shares);
    return (Answer){.options = options, .shares = allocator->shares};
}

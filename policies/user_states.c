#include "user_states.h"

#include "../sim/memory.h"
#include "user_cost.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_OPTION = -1 };

/* The option with the longest message to a node group. */
static int longest_message(const OptionSet *options, int target)
{
    int longest = NO_OPTION;
    for (int o = 0; o < options->count; o++)
        if (options->items[o].target == target &&
            (longest == NO_OPTION || options->items[o].up_bytes > options->items[longest].up_bytes))
            longest = o;
    return longest;
}

static bool is_target(const Scenario *scenario, int target)
{
    for (int group = 0; group < scenario->node_group_count; group++)
        if (longest_message(&scenario->options[group], target) != NO_OPTION)
            return true;
    return false;
}

static void list_targets(UserStates *states)
{
    const Scenario *scenario = states->scenario;
    size_t groups = (size_t)scenario->node_group_count;
    states->group_place = memory_allocate(groups, sizeof *states->group_place);
    states->longest = memory_allocate(groups * groups, sizeof *states->longest);
    for (int group = 0; group < scenario->node_group_count; group++) {
        states->group_place[group] = states->group_count;
        states->group_count += scenario->options[group].count > 0;
        states->target_count += is_target(scenario, group);
    }
    for (int group = 0; group < scenario->node_group_count; group++) {
        int *longest = states->longest + group * states->target_count;
        for (int target = 0; target < scenario->node_group_count; target++)
            if (is_target(scenario, target))
                *longest++ = longest_message(&scenario->options[group], target);
    }
}

void user_states_init(UserStates *states, const Scenario *scenario)
{
    bool rounds = scenario->workload.arrivals == ARRIVALS_ROUNDS;
    *states = (UserStates){.scenario = scenario, .ask_count = rounds ? scenario->user_count : 1};
    encoding_init(&states->encoding, scenario);
    list_targets(states);
    int entries = (states->encoding.size - states->encoding.shared_size) / states->ask_count;
    states->own_size = entries + states->group_count + 2 * (1 + states->target_count);
    states->size = states->encoding.shared_size + states->own_size * (states->ask_count > 1 ? 2 : 1);
    states->inputs = memory_allocate((size_t)states->encoding.size, sizeof *states->inputs);
    states->sum = memory_allocate((size_t)states->own_size, sizeof *states->sum);
}

void user_states_free(UserStates *states)
{
    encoding_free(&states->encoding);
    free(states->group_place);
    free(states->longest);
    free(states->inputs);
    free(states->sum);
    *states = (UserStates){0};
}

/* A cost and its root, kept within what networks can take. */
static float *write_cost(float *row, double cost)
{
    *row++ = (float)fmin(cost, ENCODED_MOST);
    *row++ = (float)fmin(sqrt(cost), ENCODED_MOST);
    return row;
}

static void write_own(const UserStates *states, const Decision *decision, int index, float *row)
{
    const Scenario *scenario = states->scenario;
    const Ask *ask = &decision->asks[index];
    const Objective *objective = &scenario->objective;
    int entries = (states->encoding.size - states->encoding.shared_size) / states->ask_count;
    int group = scenario->group_of[ask->node];
    memcpy(row, states->inputs + states->encoding.shared_size + index * entries, (size_t)entries * sizeof *row);
    row += entries;
    memset(row, 0, (size_t)states->group_count * sizeof *row);
    row[states->group_place[group]] = 1;
    row += states->group_count;
    double slope = user_cost_slope(objective, ask->accuracy_weight, ask->reference_s);
    row = write_cost(row, slope * time_to_s(objective->reference));
    for (int target = 0; target < states->target_count; target++) {
        int option = states->longest[group * states->target_count + target];
        double message_s = 0, reserved_s = 0;
        if (option != NO_OPTION)
            message_s = view_message_time(decision->view, ask, &ask->options->items[option], &reserved_s);
        row = write_cost(row, slope * (message_s + reserved_s));
    }
}

void user_states_write(UserStates *states, const Decision *decision, float *ret_rows)
{
    assert(decision->ask_count == states->ask_count);
    int shared = states->encoding.shared_size, own = states->own_size, asks = states->ask_count;
    encoding_write(&states->encoding, decision, states->inputs);
    memset(states->sum, 0, (size_t)own * sizeof *states->sum);
    for (int i = 0; i < asks; i++) {
        float *row = ret_rows + (ptrdiff_t)i * states->size;
        memcpy(row, states->inputs, (size_t)shared * sizeof *row);
        write_own(states, decision, i, row + shared);
        for (int k = 0; k < own; k++)
            states->sum[k] += row[shared + k];
    }
    for (int i = 0; asks > 1 && i < asks; i++) {
        float *row = ret_rows + (ptrdiff_t)i * states->size + shared;
        for (int k = 0; k < own; k++)
            row[own + k] = (states->sum[k] - row[k]) / (float)(asks - 1);
    }
}

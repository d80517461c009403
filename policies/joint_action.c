#include "joint_action.h"

#include "choice.h"

#include <stdlib.h>

/* Joint actions are numbered in 63 bits. */
#define ACTION_LIMIT 9e18

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Fills ret_options, of options->count entries; returns how many are within the scope. */
static int list_options(const OptionSet *options, ActionScope scope, int *ret_options)
{
    if (scope == SCOPE_ALL) {
        for (int i = 0; i < options->count; i++)
            ret_options[i] = i;
        return options->count;
    }
    int count = choice_targets(options, ret_options);
    for (int i = 0; i < count; i++)
        ret_options[i] = choice_on_target(options, ret_options[i], ANY_VARIANT);
    qsort(ret_options, (size_t)count, sizeof *ret_options, compare);
    return count;
}

void joint_actions_init(JointActions *actions, const Scenario *scenario, ActionScope scope)
{
    *actions = (JointActions){.scenario = scenario};
    for (int i = 0; i < scenario->node_group_count; i++) {
        size_t room = (size_t)scenario->options[i].count;
        actions->digits[i].options = memory_allocate(room, sizeof *actions->digits[i].options);
        actions->digits[i].count = list_options(&scenario->options[i], scope, actions->digits[i].options);
    }
}

void joint_actions_free(JointActions *actions)
{
    for (int i = 0; i < SCENARIO_GROUP_LIMIT; i++)
        free(actions->digits[i].options);
    *actions = (JointActions){0};
}

bool joint_actions_suit(const Scenario *scenario, ActionScope scope, Error *error)
{
    if (scenario->workload.arrivals != ARRIVALS_ROUNDS)
        return true;
    JointActions actions;
    joint_actions_init(&actions, scenario, scope);
    double count = 1;
    for (int user = 0; user < scenario->user_count; user++)
        count *= actions.digits[scenario->group_of[scenario->users[user]]].count;
    joint_actions_free(&actions);
    if (count < ACTION_LIMIT)
        return true;
    error_set(error, NULL, 0, 0,
              "%.3g joint answers to a question are more than a table can number, %.0e: use fewer "
              "users or options",
              count, ACTION_LIMIT);
    return false;
}

static int group_of(const JointActions *actions, const Ask *ask)
{
    return actions->scenario->group_of[ask->node];
}

int64_t joint_actions_count(const JointActions *actions, const Decision *decision)
{
    int64_t count = 1;
    for (int i = 0; i < decision->ask_count; i++)
        count *= actions->digits[group_of(actions, &decision->asks[i])].count;
    return count;
}

void joint_actions_split(const JointActions *actions, const Decision *decision, int64_t action, int *ret_options)
{
    for (int i = decision->ask_count - 1; i >= 0; i--) {
        int group = group_of(actions, &decision->asks[i]);
        int count = actions->digits[group].count;
        ret_options[i] = actions->digits[group].options[action % count];
        action /= count;
    }
}

/* Joint answers as numbers: one option per ask, the first ask as the highest digit. A question of n asks with ten
 * options each has 10^n, numbered from 0. */
#ifndef ORCHID_POLICIES_JOINT_ACTION_H
#define ORCHID_POLICIES_JOINT_ACTION_H

#include "../sim/decision.h"

/* Which of its options an ask may be answered with. */
typedef enum ActionScope {
    SCOPE_ALL,
    SCOPE_PLACE /* where, never which model: at each target the most accurate variant, as choice_on_target picks it */
} ActionScope;

/* The options within a scope, by node group of the asking user. Zero is ready for joint_actions_init. */
typedef struct JointActions {
    const Scenario *scenario; /* borrowed */
    struct {
        int count;
        int *options; /* [count] indices into the group's options, ascending */
    } digits[SCENARIO_GROUP_LIMIT];
} JointActions;

void joint_actions_init(JointActions *actions, const Scenario *scenario, ActionScope scope);
void joint_actions_free(JointActions *actions);

/* Whether the joint answers to the scenario's questions can be numbered, in 63 bits; else the reason is in `error`. */
bool joint_actions_suit(const Scenario *scenario, ActionScope scope, Error *error);

/* Joint answers to a question. */
int64_t joint_actions_count(const JointActions *actions, const Decision *decision);

/* The option of each ask, ret_options[ask_count], that joint answer `action` stands for. */
void joint_actions_split(const JointActions *actions, const Decision *decision, int64_t action, int *ret_options);

#endif

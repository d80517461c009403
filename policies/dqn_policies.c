/* Deep Q-learning with an output per joint answer, of the place alone, and with a head for each user. */
#include "dqn.h"

static const Field joint_fields[] = {
    DQN_TUNED_FIELDS("64", "0.001", "0", "32", "16", "1", "0.02", "0"),
    DQN_COMMON_FIELDS("-0.2", "30"),
};

static const Field branching_fields[] = {
    DQN_TUNED_FIELDS("64", "0.001", "5000", "32", "16", "0.1", "0.02", "50"),
    DQN_COMMON_FIELDS("0", "300"),
    DQN_SWITCH("constrained", constrained, "yes",
               "of joint answers take the best that reaches the accuracy threshold, by the accuracies of the options"),
    DQN_SWITCH("summed", values.summed, "yes", "users' values add up to that of the answer, instead of each being it"),
};

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return answer_outputs_suit(scenario, SCOPE_ALL, true, error);
}

static bool suits_offload(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return answer_outputs_suit(scenario, SCOPE_PLACE, true, error);
}

static bool suits_branching(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return answer_outputs_suit(scenario, SCOPE_ALL, false, error);
}

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    dqn_init(state, parameters, SCOPE_ALL, true, scenario, stream);
}

static void start_offload(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    dqn_init(state, parameters, SCOPE_PLACE, true, scenario, stream);
}

static void start_branching(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    dqn_init(state, parameters, SCOPE_ALL, false, scenario, stream);
}

/* What the three have in common. */
#define DEEP_Q_NETWORK                                                                                                 \
    .parameter_size = sizeof(DqnParameters), .state_size = sizeof(Dqn), .learns = true, .feedback = FEEDBACK_REWARD,   \
    .decide = dqn_decide, .learn = dqn_learn, .save = dqn_save, .load = dqn_load, .finish = dqn_finish

const PolicyType policy_dqn = {
    .name = "dqn",
    .summary = "deep Q-network with an output per joint answer, epsilon-greedy",
    .parameter_count = sizeof joint_fields / sizeof joint_fields[0],
    .parameters = joint_fields,
    .suits = suits,
    .start = start,
    DEEP_Q_NETWORK,
};

/* What earlier work does: it learns where, never which model. */
const PolicyType policy_dqn_offload = {
    .name = "dqn-offload",
    .summary = "deep Q-network of the place alone, always the most accurate variant there",
    .parameter_count = sizeof joint_fields / sizeof joint_fields[0],
    .parameters = joint_fields,
    .suits = suits_offload,
    .start = start_offload,
    DEEP_Q_NETWORK,
};

const PolicyType policy_dqn_branching = {
    .name = "dqn-branching",
    .summary = "deep Q-network with a head for each user, and a search for the best answer that is accurate enough",
    .parameter_count = sizeof branching_fields / sizeof branching_fields[0],
    .parameters = branching_fields,
    .suits = suits_branching,
    .start = start_branching,
    DEEP_Q_NETWORK,
};

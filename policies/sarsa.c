/* Tabular SARSA (Rummery, Niranjan: On-line Q-learning using connectionist systems, 1994): like Q-learning, but a
 * question is worth what the answer really given to it is worth, so that the values are those of the exploring policy.
 * Without a discount nothing follows, and it is Q-learning. */
#include "tabular.h"

static const Field fields[] = {
    TABULAR_EXPLORATION_FIELDS("0.02", "0.02", "200"),
    TABULAR_LEARNING_RATE_FIELD("0"),
    TABULAR_VALUE_FIELDS("0", "0"),
};

static void learn(Tabular *tabular, const PendingDecision *answered)
{
    double discount = tabular->parameters.discount;
    double target = answered->reward;
    if (discount > 0)
        target += discount * action_values_value(&tabular->values, answered->successor, answered->successor_action);
    action_values_update(&tabular->values, answered->row, answered->action, target, tabular->parameters.learning_rate);
}

static const TabularMethod method = {.on_policy = true, .learn = learn};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    tabular_init(state, &method, parameters, scenario, stream);
}

const PolicyType policy_sarsa = {
    .name = "sarsa",
    .summary = "tabular SARSA over joint answers, epsilon-greedy: values of the exploring policy",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(TabularParameters),
    .state_size = sizeof(Tabular),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .suits = tabular_suits,
    .start = start,
    .decide = tabular_decide,
    .learn = tabular_learn,
    .save = tabular_save,
    .load = tabular_load,
    .finish = tabular_finish,
};

/* Tabular Q-learning over joint actions (Watkins, Dayan: Q-learning, Machine Learning 1992): epsilon-greedy, with an
 * optimistic start that tries every joint action of a state once. */
#include "tabular.h"

static const Field fields[] = {
    TABULAR_EXPLORATION_FIELDS("1", "0.02", "200"),
    TABULAR_LEARNING_RATE_FIELD("0"),
    TABULAR_VALUE_FIELDS("0", "0"),
};

static void learn(Tabular *tabular, const PendingDecision *answered)
{
    double target = tabular_target(tabular, answered->reward, answered->successor);
    action_values_update(&tabular->values, answered->row, answered->action, target, tabular->parameters.learning_rate);
}

static const TabularMethod all_options = {.scope = SCOPE_ALL, .learn = learn};
static const TabularMethod places = {.scope = SCOPE_PLACE, .learn = learn};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    tabular_init(state, &all_options, parameters, scenario, stream);
}

static void start_offload(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    tabular_init(state, &places, parameters, scenario, stream);
}

static bool suits_offload(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return joint_actions_suit(scenario, SCOPE_PLACE, error);
}

const PolicyType policy_q_learning = {
    .name = "q-learning",
    .summary = "tabular Q-learning over joint answers, epsilon-greedy",
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

/* What earlier work does: it learns where, never which model. */
const PolicyType policy_q_learning_offload = {
    .name = "q-learning-offload",
    .summary = "tabular Q-learning of the place alone, always the most accurate variant there",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(TabularParameters),
    .state_size = sizeof(Tabular),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .suits = suits_offload,
    .start = start_offload,
    .decide = tabular_decide,
    .learn = tabular_learn,
    .save = tabular_save,
    .load = tabular_load,
    .finish = tabular_finish,
};

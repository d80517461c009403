/* Tabular Dyna-Q (Sutton: Integrated architectures for learning, planning, and reacting, ICML 1990): Q-learning that
 * after each real step also learns from `planning_steps` remembered ones: a pair drawn among those tried, its mean
 * reward, and one of the states that followed. Planning moves a value as far as its last real visit did, so that
 * remembering often does not count as having seen often.
 *
 * Where nothing follows (discount 0) a remembered reward teaches nothing new. */
#include "tabular_planner.h"

static const Field fields[] = {
    TABULAR_EXPLORATION_FIELDS("0.02", "0.02", "200"),
    TABULAR_LEARNING_RATE_FIELD("0"),
    TABULAR_VALUE_FIELDS("0", "0"),
    PLANNING_STEPS_FIELD("remembered steps learned from after each real one"),
};

static bool plan(TabularPlanner *learner)
{
    ActionValues *values = &learner->tabular.values;
    Stream *stream = &learner->tabular.stream;
    int64_t pair = (int64_t)stream_uniform_integer(stream, (uint64_t)values->pairs.count);
    int64_t successor = transition_model_draw(&learner->model, pair, stream);
    double target = tabular_target(&learner->tabular, learner->model.pairs[pair].reward, successor);
    double rate = learner->tabular.parameters.learning_rate;
    const ActionValue *value = &values->values[pair];
    double step = rate > 0 ? rate : 1 / (double)value->visits;
    action_values_set(values, pair, value->value + (target - value->value) * step);
    return true;
}

static void learn(Tabular *tabular, const PendingDecision *answered)
{
    TabularPlanner *learner = (TabularPlanner *)tabular;
    double target = tabular_target(tabular, answered->reward, answered->successor);
    int64_t pair = action_values_update(&tabular->values, answered->row, answered->action, target,
                                        tabular->parameters.learning_rate);
    transition_model_observe(&learner->model, pair, answered->reward, answered->successor);
    tabular_planner_plan(learner, plan);
}

static const TabularMethod method = {.learn = learn};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    tabular_planner_init(state, &method, parameters, scenario, stream);
}

const PolicyType policy_dyna_q = {
    .name = "dyna-q",
    .summary = "tabular Dyna-Q over joint answers: Q-learning that also learns from remembered steps",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(PlannerParameters),
    .state_size = sizeof(TabularPlanner),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .suits = tabular_suits,
    .start = start,
    .decide = tabular_decide,
    .learn = tabular_learn,
    .save = tabular_planner_save,
    .load = tabular_planner_load,
    .work = tabular_planner_work,
    .finish = tabular_planner_finish,
};

/* Tabular Dyna-Q (Sutton: Integrated architectures for learning, planning, and reacting, ICML 1990): Q-learning that
 * after each real step also learns from `planning_steps` remembered ones: a pair drawn among those tried, its mean
 * reward, and one of the states that followed. Planning moves a value as far as its last real visit did, so that
 * remembering often does not count as having seen often.
 *
 * Where nothing follows (discount 0) a remembered reward teaches nothing new. */
#include "tabular.h"
#include "transition_model.h"

typedef struct Parameters {
    TabularParameters tabular;
    int64_t planning_steps;
} Parameters;

typedef struct DynaQ {
    Tabular tabular;
    int64_t planning_steps;
    TransitionModel model;
} DynaQ;

static const Field fields[] = {
    TABULAR_EXPLORATION_FIELDS("0.02", "0.02", "200"),
    TABULAR_LEARNING_RATE_FIELD("0"),
    TABULAR_VALUE_FIELDS("0", "0"),
    {.key = "planning_steps",
     .kind = FIELD_INTEGER,
     .offset = offsetof(Parameters, planning_steps),
     .fallback = "10",
     .minimum = 0,
     .maximum = 1e6,
     .help = "remembered steps learned from after each real one"},
};

static double target_of(const Tabular *tabular, double reward, int64_t successor)
{
    double discount = tabular->parameters.discount;
    return discount > 0 ? reward + discount * action_values_maximum(&tabular->values, successor) : reward;
}

static void plan(DynaQ *learner)
{
    ActionValues *values = &learner->tabular.values;
    Stream *stream = &learner->tabular.stream;
    int64_t pair = (int64_t)stream_uniform_integer(stream, (uint64_t)values->pairs.count);
    int64_t successor = transition_model_draw(&learner->model, pair, stream);
    double target = target_of(&learner->tabular, learner->model.pairs[pair].reward, successor);
    double rate = learner->tabular.parameters.learning_rate;
    const ActionValue *value = &values->values[pair];
    double step = rate > 0 ? rate : 1 / (double)value->visits;
    action_values_set(values, pair, value->value + (target - value->value) * step);
    learner->tabular.planned++;
}

static void learn(Tabular *tabular, const PendingDecision *answered)
{
    DynaQ *learner = (DynaQ *)tabular;
    double target = target_of(tabular, answered->reward, answered->successor);
    int64_t pair = action_values_update(&tabular->values, answered->row, answered->action, target,
                                        tabular->parameters.learning_rate);
    transition_model_observe(&learner->model, pair, answered->reward, answered->successor);
    for (int64_t i = 0; i < learner->planning_steps; i++)
        plan(learner);
}

static const TabularMethod method = {.learn = learn};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    DynaQ *learner = state;
    const Parameters *given = parameters;
    tabular_init(&learner->tabular, &method, &given->tabular, scenario, stream);
    learner->planning_steps = given->planning_steps;
    transition_model_init(&learner->model);
}

static void finish(void *state)
{
    DynaQ *learner = state;
    tabular_free(&learner->tabular);
    transition_model_free(&learner->model);
}

const PolicyType policy_dyna_q = {
    .name = "dyna-q",
    .summary = "tabular Dyna-Q over joint answers: Q-learning that also learns from remembered steps",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(DynaQ),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .suits = tabular_suits,
    .start = start,
    .decide = tabular_decide,
    .learn = tabular_learn,
    .finish = finish,
};

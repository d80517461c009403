/* Tabular double Q-learning (van Hasselt: Double Q-learning, NeurIPS 2010): two tables learn from different outcomes.
 * One names the best answer to the next question, the other says what it is worth, so that luck is not mistaken for
 * value. Answers follow the mean of both, which is the table that tabular.h knows.
 *
 * Even without a discount each table learns from half of the outcomes only, so that an optimistic start tries an answer
 * that does well twice. */
#include "action_values_file.h"
#include "tabular.h"

typedef struct DoubleQ {
    Tabular tabular;
    ActionValues halves[2]; /* states are rows of tabular.values */
} DoubleQ;

static const Field fields[] = {
    TABULAR_EXPLORATION_FIELDS("0.02", "0.02", "200"),
    TABULAR_LEARNING_RATE_FIELD("0"),
    TABULAR_VALUE_FIELDS("0", "0"),
};

/* The row of one half for a row of the mean. */
static int64_t row_of(const DoubleQ *learner, ActionValues *half, int64_t row)
{
    return action_values_row(half, &row, learner->tabular.values.rows[row].action_count);
}

static void learn(Tabular *tabular, const PendingDecision *answered)
{
    DoubleQ *learner = (DoubleQ *)tabular;
    int coin = stream_next(&tabular->stream) >> 63 != 0;
    ActionValues *learning = &learner->halves[coin], *judging = &learner->halves[!coin];
    double target = answered->reward, discount = tabular->parameters.discount;
    if (discount > 0) {
        int64_t best = action_values_best(learning, row_of(learner, learning, answered->successor));
        int64_t successor = row_of(learner, judging, answered->successor);
        target += discount * action_values_value(judging, successor, best);
    }
    int64_t row = row_of(learner, learning, answered->row);
    int64_t learnt = action_values_update(learning, row, answered->action, target, tabular->parameters.learning_rate);
    double other = action_values_value(judging, row_of(learner, judging, answered->row), answered->action);
    double mean = 0.5 * (learning->values[learnt].value + other);
    action_values_update(&tabular->values, answered->row, answered->action, mean, 1);
}

static const TabularMethod method = {.learn = learn};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    DoubleQ *learner = state;
    tabular_init(&learner->tabular, &method, parameters, scenario, stream);
    for (int i = 0; i < 2; i++) {
        Stream order = stream_create(stream_next(&learner->tabular.stream), 0, STREAM_POLICY, 0);
        double initial_value = learner->tabular.parameters.initial_value;
        action_values_init(&learner->halves[i], sizeof(int64_t), initial_value, order);
    }
}

static const char *const half_blocks[] = {"first", "second"};

static void save(const void *state, WeightsFile *file)
{
    const DoubleQ *learner = state;
    tabular_save(&learner->tabular, file);
    for (int i = 0; i < 2; i++)
        action_values_file_add(file, half_blocks[i], &learner->halves[i]);
}

/* Whether the states of a half are rows of the mean. */
static bool is_half(const DoubleQ *learner, const ActionValues *half)
{
    const ActionValues *mean = &learner->tabular.values;
    bool possible = half->states.key_size == sizeof(int64_t);
    for (int64_t i = 0; i < half->states.count && possible; i++) {
        int64_t row = ((const int64_t *)half->states.keys)[i];
        possible = row >= 0 && row < mean->states.count && half->rows[i].action_count == mean->rows[row].action_count;
    }
    return possible;
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    DoubleQ *learner = state;
    if (!tabular_load(&learner->tabular, file, error))
        return false;
    for (int i = 0; i < 2; i++) {
        ActionValues *half = &learner->halves[i];
        action_values_free(half);
        if (!action_values_file_read(file, half_blocks[i], learner->tabular.parameters.initial_value, half, error) ||
            !weights_file_check(file, half_blocks[i], is_half(learner, half), error))
            return false;
    }
    return true;
}

static void finish(void *state)
{
    DoubleQ *learner = state;
    tabular_free(&learner->tabular);
    for (int i = 0; i < 2; i++)
        action_values_free(&learner->halves[i]);
}

const PolicyType policy_double_q = {
    .name = "double-q",
    .summary = "tabular double Q-learning over joint answers, epsilon-greedy: two tables against overestimation",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(TabularParameters),
    .state_size = sizeof(DoubleQ),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .suits = tabular_suits,
    .start = start,
    .decide = tabular_decide,
    .learn = tabular_learn,
    .save = save,
    .load = load,
    .finish = finish,
};

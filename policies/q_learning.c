/* Tabular Q-learning over joint actions (Watkins, Dayan: Q-learning, Machine Learning 1992): epsilon-greedy, with an
 * optimistic start that tries every joint action of a state once. The state is the question in coarse steps
 * (state_key_coarse), an action one option per ask, numbered with the first ask as the highest digit. */
#include "action_values.h"
#include "exploration.h"
#include "pending.h"
#include "policy.h"
#include "state_key.h"

#include <stdlib.h>
#include <string.h>

/* Joint actions are numbered in 63 bits. */
#define ACTION_LIMIT 9e18

typedef struct Parameters {
    double epsilon, epsilon_floor;
    int64_t epsilon_decay; /* decisions */
    double learning_rate, discount, initial_value;
} Parameters;

typedef struct QLearning {
    Parameters parameters;
    Stream stream;
    StateKey state_key; /* zero before the first question, like `values` */
    ActionValues values;
    Pending pending;
    int user_count;
    int64_t *last_decision; /* [user] the latest open decision that waits for its user's next question, -1: none */
    int64_t explored;       /* decisions made while learning */
} QLearning;

static const Field fields[] = {
    {.key = "epsilon",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, epsilon),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1,
     .help = "probability of a random answer at the first decision"},
    {.key = "epsilon_floor",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, epsilon_floor),
     .fallback = "0.02",
     .minimum = 0,
     .maximum = 1,
     .help = "least probability of a random answer while learning"},
    {.key = "epsilon_decay",
     .kind = FIELD_INTEGER,
     .offset = offsetof(Parameters, epsilon_decay),
     .fallback = "200",
     .minimum = 1,
     .maximum = 1e15,
     .help = "decisions after which epsilon has fallen to 1/e of its start"},
    {.key = "learning_rate",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, learning_rate),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .help = "step towards each new reward; 0: 1 / visits, the mean of all rewards"},
    {.key = "discount",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, discount),
     .fallback = "0",
     .minimum = 0,
     .maximum = 0.9999,
     .help = "weight of the value of the user's next question"},
    {.key = "initial_value",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, initial_value),
     .fallback = "0",
     .help = "value of an untried answer; above all rewards each answer is tried once per state"},
};

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    if (scenario->workload.arrivals != ARRIVALS_ROUNDS)
        return true;
    double actions = 1;
    for (int user = 0; user < scenario->user_count; user++)
        actions *= scenario->options[scenario->group_of[scenario->users[user]]].count;
    if (actions < ACTION_LIMIT)
        return true;
    error_set(error, NULL, 0, 0,
              "%.3g joint answers to a question are more than a table can number, %.0e: use fewer "
              "users or options",
              actions, ACTION_LIMIT);
    return false;
}

static void forget_open_decisions(QLearning *learner)
{
    pending_clear(&learner->pending);
    for (int user = 0; user < learner->user_count; user++)
        learner->last_decision[user] = -1;
}

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    QLearning *learner = state;
    learner->parameters = *(const Parameters *)parameters;
    learner->stream = stream;
    learner->user_count = scenario->user_count;
    learner->last_decision = memory_allocate((size_t)scenario->user_count, sizeof *learner->last_decision);
    forget_open_decisions(learner);
}

static int64_t joint_action_count(const Decision *decision)
{
    int64_t count = 1;
    for (int i = 0; i < decision->ask_count; i++)
        count *= decision->asks[i].options->count;
    return count;
}

static void split_action(const Decision *decision, int64_t action, int *ret_options)
{
    for (int i = decision->ask_count - 1; i >= 0; i--) {
        ret_options[i] = (int)(action % decision->asks[i].options->count);
        action /= decision->asks[i].options->count;
    }
}

static int64_t choose_action(QLearning *learner, int64_t row, int64_t action_count)
{
    const Parameters *parameters = &learner->parameters;
    double epsilon = exploration_exponential(parameters->epsilon, parameters->epsilon_floor,
                                             (double)parameters->epsilon_decay, learner->explored++);
    if (stream_uniform(&learner->stream) < epsilon)
        return (int64_t)stream_uniform_integer(&learner->stream, (uint64_t)action_count);
    return action_values_best(&learner->values, row);
}

/* Updates the value of an answer once all it needs is known: the reward, and with a discount what came next. */
static void settle(QLearning *learner, PendingDecision *pending)
{
    double discount = learner->parameters.discount;
    if (!pending->rewarded || (discount > 0 && pending->successor == NO_ROW))
        return;
    double target = pending->reward;
    if (discount > 0)
        target += discount * action_values_maximum(&learner->values, pending->successor);
    action_values_update(&learner->values, pending->row, pending->action, target, learner->parameters.learning_rate);
    pending->open = false;
}

/* The user's question now is what followed its last answer. */
static void link_successor(QLearning *learner, int user, int64_t row)
{
    PendingDecision *pending = pending_find(&learner->pending, learner->last_decision[user]);
    if (!pending)
        return;
    pending->successor = row;
    settle(learner, pending);
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    QLearning *learner = state;
    if (!learner->state_key.key) {
        state_key_init(&learner->state_key, decision);
        Stream order = stream_create(stream_next(&learner->stream), 0, STREAM_POLICY, 0);
        action_values_init(&learner->values, learner->state_key.size, learner->parameters.initial_value, order);
    }
    int64_t action_count = joint_action_count(decision);
    const void *key = state_key_coarse(&learner->state_key, decision);
    if (!explore) {
        split_action(decision, action_values_known_best(&learner->values, key, action_count), ret_options);
        return;
    }
    int user = decision->asks[0].user;
    int64_t row = action_values_row(&learner->values, key, action_count);
    if (decision->index == 0)
        forget_open_decisions(learner); /* a new run */
    link_successor(learner, user, row);
    int64_t action = choose_action(learner, row, action_count);
    PendingDecision *pending = pending_add(&learner->pending, decision->index);
    pending->row = row;
    pending->action = action;
    learner->last_decision[user] = decision->index;
    split_action(decision, action, ret_options);
}

static void learn(void *state, const Decision *decision)
{
    QLearning *learner = state;
    for (int i = 0; i < decision->feedback_count; i++) {
        PendingDecision *pending = pending_find(&learner->pending, decision->feedback[i].decision);
        if (!pending)
            continue;
        pending->rewarded = true;
        pending->reward = decision->feedback[i].reward;
        settle(learner, pending);
    }
    if (decision->ask_count == 0)
        forget_open_decisions(learner);
}

static void finish(void *state)
{
    QLearning *learner = state;
    state_key_free(&learner->state_key);
    action_values_free(&learner->values);
    pending_free(&learner->pending);
    free(learner->last_decision);
}

const PolicyType policy_q_learning = {
    .name = "q-learning",
    .summary = "tabular Q-learning over joint answers, epsilon-greedy",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(QLearning),
    .learns = true,
    .suits = suits,
    .start = start,
    .decide = decide,
    .learn = learn,
    .finish = finish,
};

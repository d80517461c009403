#include "tabular.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

static void forget_open_decisions(Tabular *tabular)
{
    pending_clear(&tabular->pending);
    for (int user = 0; user < tabular->user_count; user++)
        tabular->last_decision[user] = -1;
}

void tabular_init(Tabular *tabular, const TabularMethod *method, const TabularParameters *parameters,
                  const Scenario *scenario, Stream stream)
{
    tabular->method = method;
    tabular->parameters = *parameters;
    tabular->stream = stream;
    joint_actions_init(&tabular->actions, scenario, method->scope);
    tabular->user_count = scenario->user_count;
    tabular->last_decision = memory_allocate((size_t)scenario->user_count, sizeof *tabular->last_decision);
    forget_open_decisions(tabular);
}

void tabular_free(Tabular *tabular)
{
    joint_actions_free(&tabular->actions);
    state_key_free(&tabular->state_key);
    action_values_free(&tabular->values);
    pending_free(&tabular->pending);
    free(tabular->last_decision);
    free(tabular->tempting);
}

bool tabular_suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return joint_actions_suit(scenario, SCOPE_ALL, error);
}

void tabular_finish(void *state)
{
    tabular_free(state);
}

double tabular_target(const Tabular *tabular, double reward, int64_t successor)
{
    double discount = tabular->parameters.discount;
    return discount > 0 ? reward + discount * action_values_maximum(&tabular->values, successor) : reward;
}

void tabular_open(Tabular *tabular, size_t key_size)
{
    Stream order = stream_create(stream_next(&tabular->stream), 0, STREAM_POLICY, 0);
    action_values_init(&tabular->values, key_size, tabular->parameters.initial_value, order);
}

/* Draws by softmax among the answers tried and, as one of them, all that were not: n of value v weigh as much as one of
 * v + temperature x ln n. Costs time in the answers tried. */
static int64_t draw_softmax(Tabular *tabular, int64_t row_index, double temperature)
{
    const ActionValues *values = &tabular->values;
    const ActionRow *row = &values->rows[row_index];
    if (temperature == 0)
        return action_values_best(values, row_index);
    assert(row->tried < INT_MAX);
    if (row->tried >= tabular->tempting_limit) {
        free(tabular->tempting);
        tabular->tempting_limit = 2 * row->tried + 16;
        tabular->tempting = memory_allocate((size_t)tabular->tempting_limit, sizeof *tabular->tempting);
    }
    for (int64_t i = 0; i < row->tried; i++)
        tabular->tempting[i] = (float)values->values[row->heap[i]].value;
    int64_t untried = row->action_count - row->tried;
    double all_untried = values->initial_value + temperature * log((double)untried); /* -INFINITY: there is none */
    tabular->tempting[row->tried] = (float)all_untried;
    int drawn = exploration_softmax(&tabular->stream, tabular->tempting, (int)row->tried + 1, temperature);
    return drawn < row->tried ? values->values[row->heap[drawn]].action : action_values_untried(values, row_index);
}

/* What was tried seldom has a bonus, an infinite one before. Costs time in the answers tried. */
static int64_t choose_by_count(const Tabular *tabular, int64_t row_index)
{
    const ActionValues *values = &tabular->values;
    const ActionRow *row = &values->rows[row_index];
    int64_t untried = action_values_untried(values, row_index), best = NO_ACTION;
    double most = -INFINITY;
    for (int64_t i = 0; i < row->tried && untried == NO_ACTION; i++) {
        const ActionValue *value = &values->values[row->heap[i]];
        double promised = value->value + exploration_bonus(tabular->parameters.exploration.bonus, value->visits);
        best = promised > most ? value->action : best;
        most = fmax(most, promised);
    }
    return untried != NO_ACTION ? untried : best;
}

static int64_t choose(Tabular *tabular, int64_t row, int64_t action_count)
{
    if (tabular->method->choose)
        return tabular->method->choose(tabular, row);
    const ExplorationParameters *exploration = &tabular->parameters.exploration;
    int64_t step = tabular->explored++;
    if (exploration->kind == EXPLORATION_SOFTMAX)
        return draw_softmax(tabular, row, exploration_temperature(exploration, step));
    if (exploration->kind == EXPLORATION_COUNT)
        return choose_by_count(tabular, row);
    if (stream_uniform(&tabular->stream) < exploration_epsilon(exploration, step))
        return (int64_t)stream_uniform_integer(&tabular->stream, (uint64_t)action_count);
    return action_values_best(&tabular->values, row);
}

/* Learns from an answer once all that it needs is known. */
static void settle(Tabular *tabular, PendingDecision *pending)
{
    if (!pending->rewarded || (tabular->parameters.discount > 0 && pending->successor == NO_ROW))
        return;
    tabular->method->learn(tabular, pending);
    pending->open = false;
}

/* The user's question now is what followed its last answer. */
static void link_successor(Tabular *tabular, int user, int64_t row, int64_t action)
{
    PendingDecision *pending = pending_find(&tabular->pending, tabular->last_decision[user]);
    if (!pending)
        return;
    pending->successor = row;
    pending->successor_action = action;
    settle(tabular, pending);
}

int64_t tabular_answer(Tabular *tabular, int64_t decision, int user, const void *key, int64_t action_count)
{
    int64_t row = action_values_row(&tabular->values, key, action_count);
    if (decision == 0)
        forget_open_decisions(tabular);
    if (!tabular->method->on_policy)
        link_successor(tabular, user, row, NO_ACTION);
    int64_t action = choose(tabular, row, action_count);
    if (tabular->method->on_policy)
        link_successor(tabular, user, row, action);
    PendingDecision *pending = pending_add(&tabular->pending, decision);
    pending->row = row;
    pending->action = action;
    tabular->last_decision[user] = decision;
    return action;
}

void tabular_reward(Tabular *tabular, int64_t decision, double reward)
{
    PendingDecision *pending = pending_find(&tabular->pending, decision);
    if (!pending)
        return;
    pending->rewarded = true;
    pending->reward = reward;
    settle(tabular, pending);
}

void tabular_decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    Tabular *tabular = state;
    if (!tabular->state_key.key) {
        state_key_init(&tabular->state_key, decision);
        if (tabular->values.states.key_size == 0) /* else it was loaded */
            tabular_open(tabular, tabular->state_key.coarse_size);
    }
    int64_t action_count = joint_actions_count(&tabular->actions, decision);
    const void *key = state_key_coarse(&tabular->state_key, decision);
    int64_t action = explore ? tabular_answer(tabular, decision->index, decision->asks[0].user, key, action_count)
                             : action_values_known_best(&tabular->values, key, action_count);
    joint_actions_split(&tabular->actions, decision, action, ret_options);
}

void tabular_learn(void *state, const Decision *decision)
{
    Tabular *tabular = state;
    for (int i = 0; i < decision->feedback_count; i++)
        tabular_reward(tabular, decision->feedback[i].decision, decision->feedback[i].reward);
}

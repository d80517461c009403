#include "tabular.h"

#include "exploration.h"

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

static double epsilon_now(const Tabular *tabular)
{
    const TabularParameters *parameters = &tabular->parameters;
    return exploration_exponential(parameters->epsilon, parameters->epsilon_floor, (double)parameters->epsilon_decay,
                                   tabular->explored);
}

static int64_t choose(Tabular *tabular, int64_t row, int64_t action_count)
{
    if (tabular->method->choose)
        return tabular->method->choose(tabular, row);
    double epsilon = epsilon_now(tabular);
    tabular->explored++;
    if (stream_uniform(&tabular->stream) < epsilon)
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

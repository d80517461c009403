/* Prioritised sweeping (Moore, Atkeson: Prioritized sweeping, Machine Learning 1993), on pairs of state and action: a
 * table learned from a counted model by full backups, mean reward plus the discounted value of what follows as often as
 * it did. When the value of a state changes, pairs that lead there wait for a backup of their own, those first whose
 * value should change most. After each real step `planning_steps` of them get it.
 *
 * A change of one state queues all pairs known to lead there, as many as were tried where all lead to one state. */
#include "ranking.h"
#include "tabular.h"
#include "transition_model.h"

#include <math.h>
#include <stdlib.h>

typedef struct Parameters {
    TabularParameters tabular; /* without learning_rate */
    int64_t planning_steps;
    double threshold;
} Parameters;

typedef struct Sweeping {
    Tabular tabular;
    int64_t planning_steps;
    double threshold;
    TransitionModel model;
    Ranking queue;       /* of pairs, by how far their value should at least change */
    int64_t place_limit; /* pairs there is room for */
    int64_t *places;     /* [place_limit] in the queue */
} Sweeping;

static const Field fields[] = {
    TABULAR_EXPLORATION_FIELDS("0.02", "0.02", "200"),
    TABULAR_VALUE_FIELDS("0", "0"),
    {.key = "planning_steps",
     .kind = FIELD_INTEGER,
     .offset = offsetof(Parameters, planning_steps),
     .fallback = "10",
     .minimum = 0,
     .maximum = 1e6,
     .help = "backups after each real step at most, besides its own"},
    {.key = "threshold",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, threshold),
     .fallback = "1e-5",
     .minimum = 0,
     .maximum = INFINITY,
     .help = "change of value, as of the reward, below which no backup is worth it"},
};

/* Mean reward plus what follows, by the model. */
static double expected_value(const Sweeping *learner, int64_t pair)
{
    const ModelledPair *modelled = &learner->model.pairs[pair];
    double following = 0;
    for (int64_t at = modelled->first_of_pair; at != NO_TRANSITION;) {
        const Transition *transition = &learner->model.transitions[at];
        following += (double)transition->count * action_values_maximum(&learner->tabular.values, transition->successor);
        at = transition->next_of_pair;
    }
    double discount = learner->tabular.parameters.discount;
    return modelled->followed ? modelled->reward + discount * following / (double)modelled->followed : modelled->reward;
}

static void make_room(Sweeping *learner, int64_t pair)
{
    if (pair < learner->place_limit)
        return;
    int64_t limit = 2 * pair + 64;
    learner->places =
        memory_grow(learner->places, (size_t)learner->place_limit, (size_t)limit, sizeof *learner->places);
    for (int64_t i = learner->place_limit; i < limit; i++)
        learner->places[i] = NOT_RANKED;
    learner->place_limit = limit;
}

static void enqueue(Sweeping *learner, int64_t pair, double priority)
{
    int64_t place = learner->places[pair];
    if (place == NOT_RANKED)
        ranking_add(&learner->queue, learner->places, pair, priority);
    else if (priority > learner->queue.entries[place].key)
        ranking_move(&learner->queue, learner->places, pair, priority);
}

/* The value of state `row` has changed by `change`. */
static void enqueue_predecessors(Sweeping *learner, int64_t row, double change)
{
    double discounted = learner->tabular.parameters.discount * fabs(change);
    int64_t at = discounted > learner->threshold ? transition_model_into(&learner->model, row) : NO_TRANSITION;
    while (at != NO_TRANSITION) {
        const Transition *transition = &learner->model.transitions[at];
        double followed = (double)learner->model.pairs[transition->pair].followed;
        double priority = discounted * (double)transition->count / followed;
        if (priority > learner->threshold)
            enqueue(learner, transition->pair, priority);
        at = transition->next_into;
    }
}

/* Full backup of a pair whose state was worth `before`. */
static void back_up(Sweeping *learner, int64_t pair, double before)
{
    ActionValues *values = &learner->tabular.values;
    int64_t row = values->values[pair].row;
    action_values_set(values, pair, expected_value(learner, pair));
    enqueue_predecessors(learner, row, action_values_maximum(values, row) - before);
}

static void learn(Tabular *tabular, const PendingDecision *answered)
{
    Sweeping *learner = (Sweeping *)tabular;
    ActionValues *values = &tabular->values;
    double before = action_values_maximum(values, answered->row);
    int64_t pair = action_values_update(values, answered->row, answered->action, answered->reward, 0);
    make_room(learner, pair);
    transition_model_observe(&learner->model, pair, answered->reward, answered->successor);
    back_up(learner, pair, before);
    for (int64_t i = 0; i < learner->planning_steps && learner->queue.count > 0; i++) {
        int64_t next = learner->queue.entries[0].item;
        ranking_remove(&learner->queue, learner->places, next);
        back_up(learner, next, action_values_maximum(values, values->values[next].row));
        tabular->planned++;
    }
}

static const TabularMethod method = {.learn = learn};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    Sweeping *learner = state;
    const Parameters *given = parameters;
    tabular_init(&learner->tabular, &method, &given->tabular, scenario, stream);
    learner->planning_steps = given->planning_steps;
    learner->threshold = given->threshold;
    transition_model_init(&learner->model);
}

static void finish(void *state)
{
    Sweeping *learner = state;
    tabular_free(&learner->tabular);
    transition_model_free(&learner->model);
    ranking_free(&learner->queue);
    free(learner->places);
}

const PolicyType policy_prioritised_sweeping = {
    .name = "prioritised-sweeping",
    .summary = "table over joint answers from a counted model, backed up where values should change most",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(Sweeping),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .suits = tabular_suits,
    .start = start,
    .decide = tabular_decide,
    .learn = tabular_learn,
    .finish = finish,
};

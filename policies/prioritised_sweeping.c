/* Prioritised sweeping (Moore, Atkeson: Prioritized sweeping, Machine Learning 1993), on pairs of state and action: a
 * table learned from a counted model by full backups, mean reward plus the discounted value of what follows as often as
 * it did. When the value of a state changes, pairs that lead there wait for a backup of their own, those first whose
 * value should change most. After each real step `planning_steps` of them get it.
 *
 * A change of one state queues all pairs known to lead there, as many as were tried where all lead to one state. */
#include "ranking.h"
#include "tabular_planner.h"

#include <math.h>
#include <stdlib.h>

typedef struct Parameters {
    PlannerParameters planner; /* without learning_rate */
    double threshold;
} Parameters;

typedef struct Sweeping {
    TabularPlanner planner;
    double threshold;
    Ranking queue;       /* of pairs, by how far their value should at least change */
    int64_t place_limit; /* pairs there is room for */
    int64_t *places;     /* [place_limit] in the queue */
} Sweeping;

static const Field fields[] = {
    TABULAR_EXPLORATION_FIELDS("0.02", "0.02", "200"),
    TABULAR_VALUE_FIELDS("0", "0"),
    PLANNING_STEPS_FIELD("backups after each real step at most, besides its own"),
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
    const ModelledPair *modelled = &learner->planner.model.pairs[pair];
    double following = 0;
    for (int64_t at = modelled->first_of_pair; at != NO_TRANSITION;) {
        const Transition *transition = &learner->planner.model.transitions[at];
        following +=
            (double)transition->count * action_values_maximum(&learner->planner.tabular.values, transition->successor);
        at = transition->next_of_pair;
    }
    double discount = learner->planner.tabular.parameters.discount;
    return modelled->followed ? modelled->reward + discount * following / (double)modelled->followed : modelled->reward;
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
    double discounted = learner->planner.tabular.parameters.discount * fabs(change);
    int64_t at = discounted > learner->threshold ? transition_model_into(&learner->planner.model, row) : NO_TRANSITION;
    while (at != NO_TRANSITION) {
        const Transition *transition = &learner->planner.model.transitions[at];
        double followed = (double)learner->planner.model.pairs[transition->pair].followed;
        double priority = discounted * (double)transition->count / followed;
        if (priority > learner->threshold)
            enqueue(learner, transition->pair, priority);
        at = transition->next_into;
    }
}

/* Full backup of a pair whose state was worth `before`. */
static void back_up(Sweeping *learner, int64_t pair, double before)
{
    ActionValues *values = &learner->planner.tabular.values;
    int64_t row = values->values[pair].row;
    action_values_set(values, pair, expected_value(learner, pair));
    enqueue_predecessors(learner, row, action_values_maximum(values, row) - before);
}

/* The backup that waits most. */
static bool plan(TabularPlanner *planner)
{
    Sweeping *learner = (Sweeping *)planner;
    const ActionValues *values = &planner->tabular.values;
    if (learner->queue.count == 0)
        return false;
    int64_t next = learner->queue.entries[0].item;
    ranking_remove(&learner->queue, learner->places, next);
    back_up(learner, next, action_values_maximum(values, values->values[next].row));
    return true;
}

static void learn(Tabular *tabular, const PendingDecision *answered)
{
    Sweeping *learner = (Sweeping *)tabular;
    ActionValues *values = &tabular->values;
    double before = action_values_maximum(values, answered->row);
    int64_t pair = action_values_update(values, answered->row, answered->action, answered->reward, 0);
    ranking_make_room(&learner->places, &learner->place_limit, pair);
    transition_model_observe(&learner->planner.model, pair, answered->reward, answered->successor);
    back_up(learner, pair, before);
    tabular_planner_plan(&learner->planner, plan);
}

static const TabularMethod method = {.learn = learn};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    Sweeping *learner = state;
    const Parameters *given = parameters;
    tabular_planner_init(&learner->planner, &method, &given->planner, scenario, stream);
    learner->threshold = given->threshold;
}

static const char queue_block[] = "queue";

enum { ITEMS, PRIORITIES, PART_COUNT };

static const WeightsPart parts[PART_COUNT] = {
    [ITEMS] = {"items", WEIGHTS_INT64}, [PRIORITIES] = {"priorities", WEIGHTS_FLOAT64}};

static void save(const void *state, WeightsFile *file)
{
    const Sweeping *learner = state;
    tabular_planner_save(&learner->planner, file);
    int64_t *items = weights_file_add_words(file, queue_block, parts[ITEMS].name, learner->queue.count);
    double *priorities = weights_file_add_numbers(file, queue_block, parts[PRIORITIES].name, learner->queue.count);
    for (int64_t i = 0; i < learner->queue.count; i++) {
        items[i] = learner->queue.entries[i].item;
        priorities[i] = learner->queue.entries[i].key;
    }
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    Sweeping *learner = state;
    const WeightsBlock *blocks[PART_COUNT];
    if (!tabular_planner_load(&learner->planner, file, error) ||
        !weights_file_find_parts(file, queue_block, parts, PART_COUNT, blocks, error))
        return false;
    const int64_t *items = blocks[ITEMS]->values;
    const double *priorities = blocks[PRIORITIES]->values;
    int64_t pair_count = learner->planner.tabular.values.pairs.count, count = blocks[ITEMS]->count;
    ranking_make_room(&learner->places, &learner->place_limit, pair_count);
    bool possible = count == blocks[PRIORITIES]->count;
    for (int64_t i = 0; i < count && possible; i++) {
        possible = items[i] >= 0 && items[i] < pair_count && learner->places[items[i]] == NOT_RANKED;
        if (possible)
            ranking_add(&learner->queue, learner->places, items[i], priorities[i]);
    }
    return weights_file_check(file, queue_block, possible, error);
}

static void finish(void *state)
{
    Sweeping *learner = state;
    tabular_planner_free(&learner->planner);
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
    .save = save,
    .load = load,
    .work = tabular_planner_work,
    .finish = finish,
};

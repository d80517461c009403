#include "context.h"

#include "simulation_state.h"

#include <assert.h>
#include <stdlib.h>

bool context_tells_all(const Scenario *scenario)
{
    if (scenario->workload.arrivals != ARRIVALS_ROUNDS)
        return false;
    for (int i = 0; i < scenario->node_group_count; i++)
        if (scenario->node_groups[i].background_series.count > 0)
            return false;
    for (int i = 0; i < scenario->link_group_count; i++)
        if (scenario->link_groups[i].up_series.count > 0 || scenario->link_groups[i].down_series.count > 0)
            return false;
    for (int i = 0; i < scenario->application_count; i++)
        if (distribution_varies(&scenario->applications[i].input_bytes) ||
            distribution_varies(&scenario->applications[i].accuracy_weight))
            return false;
    return true;
}

/* Appends the chains of `count` entities from `first` on, `step` apart, where they have a choice of states. */
static void add_chains(ContextSpace *space, const Chain *chain, ContextKind kind, int first, int step, int count)
{
    for (int i = 0; i < count && chain->state_count > 1; i++) {
        space->chains[space->chain_count++] = (ContextChain){chain, kind, first + step * i};
        space->combinations *= chain->state_count;
    }
}

void context_init(ContextSpace *space, const Scenario *scenario, uint64_t seed)
{
    *space = (ContextSpace){.combinations = 1, .seed = seed};
    size_t limit = (size_t)scenario->node_count + 3 * (size_t)scenario->link_count;
    space->chains = memory_allocate(limit, sizeof *space->chains);
    for (int i = 0; i < scenario->node_group_count; i++) {
        const NodeGroup *group = &scenario->node_groups[i];
        add_chains(space, &group->background, CONTEXT_LOAD, group->first, 1, group->count);
    }
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        add_chains(space, &group->condition, CONTEXT_CONDITION, group->first, 1, group->count);
        add_chains(space, &group->up_levels, CONTEXT_BANDWIDTH, 2 * group->first, 2, group->count);
        add_chains(space, &group->down_levels, CONTEXT_BANDWIDTH, 2 * group->first + 1, 2, group->count);
    }
    space->sampled = space->combinations > CONTEXT_LIMIT;
    space->count = space->sampled ? CONTEXT_LIMIT : (int)space->combinations;
}

void context_free(ContextSpace *space)
{
    free(space->chains);
    *space = (ContextSpace){0};
}

/* Calls for the state of each chain in turn: digits of a mixed radix number, the last chain the lowest, or draws. */
typedef struct ContextDigits {
    const ContextSpace *space;
    int rest, weight; /* of the digits still to come, and what the last one given counted */
    Stream stream;
} ContextDigits;

static ContextDigits begin_digits(const ContextSpace *space, int index)
{
    assert(index >= 0 && index < space->count);
    ContextDigits digits = {.space = space, .rest = index, .weight = space->count};
    if (space->sampled)
        digits.stream = stream_create(space->seed, (uint64_t)index, STREAM_CONTEXT, 0);
    return digits;
}

static int next_digit(ContextDigits *digits, const Chain *chain)
{
    if (digits->space->sampled)
        return chain_start(chain, &digits->stream);
    digits->weight /= chain->state_count;
    int state = digits->rest / digits->weight;
    digits->rest %= digits->weight;
    return state;
}

double context_probability(const ContextSpace *space, int index)
{
    if (space->sampled)
        return 1.0 / space->count;
    ContextDigits digits = begin_digits(space, index);
    double probability = 1;
    for (int i = 0; i < space->chain_count; i++) {
        double stationary[CHAIN_STATE_LIMIT];
        chain_stationary(space->chains[i].chain, stationary);
        probability *= stationary[next_digit(&digits, space->chains[i].chain)];
    }
    return probability;
}

void context_states(const ContextSpace *space, int index, int *ret_states)
{
    ContextDigits digits = begin_digits(space, index);
    for (int i = 0; i < space->chain_count; i++)
        ret_states[i] = next_digit(&digits, space->chains[i].chain);
}

ChainPlace context_place(const Simulation *simulation, const ContextChain *of)
{
    const EventNames *names = &simulation->agenda.names;
    int entity = of->entity;
    switch (of->kind) {
    case CONTEXT_CONDITION: {
        Link *link = &simulation->links[entity];
        return (ChainPlace){link->condition_state, &link->condition, names->condition + entity, EVENT_CONDITION};
    }
    case CONTEXT_BANDWIDTH: {
        LinkLevel *level = &simulation->levels[entity];
        return (ChainPlace){level->state, &level->stream, names->level + entity, EVENT_CONDITION};
    }
    case CONTEXT_LOAD:
        break;
    }
    return (ChainPlace){simulation->nodes[entity].background_state, &simulation->backgrounds[entity],
                        names->background + entity, EVENT_BACKGROUND};
}

void context_set(Simulation *simulation, const ContextChain *of, int state)
{
    switch (of->kind) {
    case CONTEXT_LOAD:
        node_set_background(&simulation->nodes[of->entity], state, simulation->now);
        break;
    case CONTEXT_CONDITION:
        simulation->links[of->entity].condition_state = state;
        break;
    case CONTEXT_BANDWIDTH:
        follow_set_level(simulation, of->entity, state);
        break;
    }
}

/* The stay in the new state begins now; a chain that stands still, as in a foreseen copy, goes on standing. */
static void enter_state(Simulation *simulation, const ContextChain *of, int state)
{
    ChainPlace place = context_place(simulation, of);
    if (place.state == state)
        return;
    context_set(simulation, of, state);
    if (agenda_time_named(&simulation->agenda, place.name) != TIME_NEVER)
        agenda_set_named(&simulation->agenda, place.name, chain_leave(of->chain, state, simulation->now, place.stream),
                         place.kind);
}

void context_enter(const ContextSpace *space, int index, Simulation *simulation)
{
    assert(simulation->asking && view_is_idle(simulation_view(simulation)));
    ContextDigits digits = begin_digits(space, index);
    for (int i = 0; i < space->chain_count; i++)
        enter_state(simulation, &space->chains[i], next_digit(&digits, space->chains[i].chain));
}

/* Copies of a simulation, and what a planner may imagine on one. */
#include "simulation_state.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

Simulation *simulation_clone(const Simulation *simulation)
{
    Simulation *clone = simulation_create(simulation->scenario, simulation->key);
    simulation_copy(clone, simulation);
    return clone;
}

/* The size of a simulation without its metrics, the last and by far the largest member. */
enum { BEFORE_METRICS = offsetof(Simulation, metrics) };

/* Copies `count` elements into an array that has room for `room` of them, and grows it where that is too few. */
static void *copy_array(void *to, size_t room, const void *from, size_t count, size_t size)
{
    if (room < count)
        to = memory_grow(to, room, count, size);
    if (count > 0)
        memcpy(to, from, count * size);
    return to;
}

/* Copies all but what was recorded. */
static void copy_state(Simulation *to, const Simulation *from)
{
    assert(to->scenario == from->scenario && to != from);
    const Scenario *scenario = from->scenario;
    Simulation mine;
    memcpy(&mine, to, BEFORE_METRICS);
    memcpy(to, from, BEFORE_METRICS);
    to->agenda = mine.agenda;
    agenda_copy(&to->agenda, &from->agenda);
    size_t nodes = (size_t)scenario->node_count, links = (size_t)scenario->link_count;
    size_t users = (size_t)scenario->user_count, asks = (size_t)from->ask_limit;
    to->nodes = copy_array(mine.nodes, nodes, from->nodes, nodes, sizeof *to->nodes);
    to->backgrounds = mine.backgrounds;
    if (from->backgrounds)
        memcpy(to->backgrounds, from->backgrounds, nodes * sizeof *from->backgrounds);
    to->links = copy_array(mine.links, links, from->links, links, sizeof *to->links);
    to->levels = mine.levels;
    if (from->levels)
        memcpy(to->levels, from->levels, 2 * links * sizeof *from->levels);
    to->users = copy_array(mine.users, users, from->users, users, sizeof *to->users);
    to->asks = copy_array(mine.asks, asks, from->asks, asks, sizeof *to->asks);
    to->ask_requests = copy_array(mine.ask_requests, asks, from->ask_requests, asks, sizeof *to->ask_requests);

    size_t requests = (size_t)from->request_slots, request_room = (size_t)mine.request_slots;
    to->requests = copy_array(mine.requests, request_room, from->requests, requests, sizeof *to->requests);
    to->jobs = copy_array(mine.jobs, request_room, from->jobs, requests, sizeof *to->jobs);
    size_t feedback = (size_t)from->feedback_slots, feedback_room = (size_t)mine.feedback_slots;
    to->feedback = copy_array(mine.feedback, feedback_room, from->feedback, feedback, sizeof *to->feedback);
    to->outcomes =
        copy_array(mine.outcomes, feedback_room * asks, from->outcomes, feedback * asks, sizeof *to->outcomes);

    /* Names of features belong to each. */
    to->shared_features = mine.shared_features;
    to->ask_features = mine.ask_features;
    to->light_features = mine.light_features;
    to->names = mine.names;
    to->baseline = mine.baseline;
}

void simulation_copy(Simulation *to, const Simulation *from)
{
    copy_state(to, from);
    ledger_copy(to, from);
}

void simulation_foresee(Simulation *simulation)
{
    simulation->foreseen = true;
    simulation->recording = false;
    for (int i = 0; i < simulation->request_slots; i++)
        simulation->requests[i].recorded = false;
    agenda_foresee(&simulation->agenda, simulation->scenario);
}

void simulation_imagine(Simulation *to, const Simulation *from)
{
    copy_state(to, from);
    simulation_foresee(to);
}

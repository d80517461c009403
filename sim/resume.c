#include "resume.h"

#include "simulation_state.h"

#include <assert.h>
#include <string.h>

/* Words: the time, the decisions made, and of each chain its state, the end of its stay and its stream. */
enum { CHAIN_WORDS = 2 + STREAM_WORDS, WORLD_WORDS = 2 };

int resume_size(const Scenario *scenario)
{
    if (scenario->workload.arrivals != ARRIVALS_ROUNDS)
        return 0;
    ContextSpace space;
    context_init(&space, scenario, 0);
    int words = WORLD_WORDS + CHAIN_WORDS * space.chain_count;
    context_free(&space);
    return words;
}

void resume_note(const Simulation *simulation, uint64_t *ret_words)
{
    assert(simulation->scenario->workload.arrivals == ARRIVALS_ROUNDS);
    assert(view_is_idle(simulation_view(simulation)));
    ContextSpace space;
    context_init(&space, simulation->scenario, 0);
    *ret_words++ = (uint64_t)simulation->now;
    *ret_words++ = (uint64_t)(simulation->decisions - simulation->asking);
    for (int i = 0; i < space.chain_count; i++) {
        ChainPlace chain = context_place(simulation, &space.chains[i]);
        *ret_words++ = (uint64_t)chain.state;
        *ret_words++ = (uint64_t)agenda_time_named(&simulation->agenda, chain.name);
        memcpy(ret_words, chain.stream->state, sizeof chain.stream->state);
        ret_words += STREAM_WORDS;
    }
    context_free(&space);
}

static bool is_possible(const ContextSpace *space, const uint64_t *words)
{
    uint64_t now = words[0];
    if (now >= (uint64_t)TIME_NEVER || words[1] > INT64_MAX)
        return false;
    words += WORLD_WORDS;
    for (int i = 0; i < space->chain_count; i++, words += CHAIN_WORDS)
        if (words[0] >= (uint64_t)space->chains[i].chain->state_count || words[1] < now ||
            words[1] > (uint64_t)TIME_NEVER)
            return false;
    return true;
}

static void set_chain(Simulation *simulation, const ContextChain *of, const uint64_t *words)
{
    ChainPlace chain = context_place(simulation, of);
    context_set(simulation, of, (int)words[0]);
    memcpy(chain.stream->state, words + 2, sizeof chain.stream->state);
    agenda_set_named(&simulation->agenda, chain.name, (Time)words[1], chain.kind);
}

/* Groups that follow a series are where the series is now. */
static void set_series(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    for (int i = 0; i < scenario->link_group_count; i++) {
        if (scenario->link_groups[i].up_series.count > 0)
            follow_event(simulation, 2 * i);
        if (scenario->link_groups[i].down_series.count > 0)
            follow_event(simulation, 2 * i + 1);
    }
    for (int i = 0; i < scenario->node_group_count; i++)
        if (scenario->node_groups[i].background_series.count > 0)
            follow_event(simulation, 2 * scenario->link_group_count + i);
}

static void set_rounds(Simulation *simulation, int64_t rounds)
{
    simulation->rounds = simulation->decisions = rounds;
    simulation->arrived = simulation->ended_requests = rounds * simulation->scenario->user_count;
    for (int user = 0; user < simulation->scenario->user_count; user++)
        simulation->users[user].requests = rounds;
    agenda_set_named(&simulation->agenda, simulation->agenda.names.source, simulation->now, EVENT_ROUND);
    Time warm_up = simulation->scenario->warm_up.time;
    if (warm_up > 0 && warm_up <= simulation->now)
        agenda_set_span(&simulation->agenda, TIME_NEVER, EVENT_WARM_UP);
}

bool resume_from(Simulation *simulation, const uint64_t *words)
{
    assert(simulation->scenario->workload.arrivals == ARRIVALS_ROUNDS && simulation->decisions == 0);
    ContextSpace space;
    context_init(&space, simulation->scenario, 0);
    bool possible = is_possible(&space, words);
    if (possible) {
        simulation->now = (Time)words[0];
        set_rounds(simulation, (int64_t)words[1]);
        for (int i = 0; i < space.chain_count; i++)
            set_chain(simulation, &space.chains[i], words + WORLD_WORDS + CHAIN_WORDS * i);
        set_series(simulation);
    }
    context_free(&space);
    return possible;
}

#include "simulation.h"

#include "reservation.h"
#include "simulation_state.h"

#include <assert.h>
#include <stdlib.h>

/* Training draws from streams that no measured replication uses. */
static const uint64_t TRAINING_REPLICATIONS = UINT64_C(1) << 63;

static bool has_chain(const Chain *chain)
{
    return chain->state_count > 1;
}

static Stream stream_of(const Simulation *simulation, StreamPurpose purpose, int entity)
{
    return stream_create(simulation->key.seed, simulation->stream_replication, purpose, (uint64_t)entity);
}

static void create_nodes(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    simulation->nodes = memory_allocate_lines((size_t)scenario->node_count, sizeof *simulation->nodes);
    for (int i = 0; i < scenario->node_group_count && !simulation->backgrounds; i++)
        if (has_chain(&scenario->node_groups[i].background))
            simulation->backgrounds = memory_allocate((size_t)scenario->node_count, sizeof *simulation->backgrounds);
    for (int i = 0; i < scenario->node_count; i++) {
        const NodeGroup *group = simulation_group(simulation, i);
        Node *node = &simulation->nodes[i];
        Stream background = stream_of(simulation, STREAM_BACKGROUND, i);
        node_init(node, group, &background);
        if (simulation->backgrounds)
            simulation->backgrounds[i] = background;
        if (has_chain(&group->background))
            agenda_set_named(&simulation->agenda, simulation->agenda.names.background + i,
                             chain_leave(&group->background, node->background_state, 0, &simulation->backgrounds[i]),
                             EVENT_BACKGROUND);
    }
}

static void create_links(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    simulation->links = memory_allocate((size_t)scenario->link_count, sizeof *simulation->links);
    for (int i = 0; i < scenario->link_count; i++) {
        const LinkGroup *group = simulation_link_group(simulation, i);
        Link *link = &simulation->links[i];
        link_init(link, group, stream_of(simulation, STREAM_CONDITION, i));
        if (has_chain(&group->condition))
            agenda_set_named(&simulation->agenda, simulation->agenda.names.condition + i,
                             chain_leave(&group->condition, link->condition_state, 0, &link->condition),
                             EVENT_CONDITION);
    }
}

/* Drawn by share, the same in every replication: who has which application belongs to the world. */
static int draw_application(const Simulation *simulation, int user)
{
    const Scenario *scenario = simulation->scenario;
    if (scenario->application_count == 1)
        return 0;
    Stream stream = stream_create(simulation->key.seed, 0, STREAM_APPLICATION, (uint64_t)user);
    double left = stream_uniform(&stream);
    int application = 0;
    while (application < scenario->application_count - 1 && left >= scenario->applications[application].share)
        left -= scenario->applications[application++].share;
    return application;
}

static Time next_arrival(Simulation *simulation, int user)
{
    const WorkloadSpec *workload = &simulation->scenario->workload;
    if (workload->arrivals == ARRIVALS_PERIODIC)
        return simulation->now + workload->period;
    uint64_t bits = stream_next(&simulation->users[user].arrivals);
    return simulation->now + time_from_s(distribution_draw(&simulation_application(simulation, user)->gap_s, bits));
}

void simulation_schedule_arrival(Simulation *simulation, int user)
{
    agenda_set_user(&simulation->agenda, user, next_arrival(simulation, user));
}

static void schedule_trace(Simulation *simulation)
{
    const WorkloadSpec *workload = &simulation->scenario->workload;
    bool more = simulation->trace_next < workload->trace_count;
    agenda_set_named(&simulation->agenda, simulation->agenda.names.source,
                     more ? workload->trace_time[simulation->trace_next] : TIME_NEVER, EVENT_ARRIVAL);
}

static void create_sources(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    simulation->users = memory_allocate_lines((size_t)scenario->user_count, sizeof *simulation->users);
    for (int i = 0; i < scenario->user_count; i++) {
        Stream luck = stream_of(simulation, STREAM_REQUEST, i);
        simulation->users[i] = (User){.arrivals = stream_of(simulation, STREAM_ARRIVAL, i),
                                      .luck = stream_next(&luck),
                                      .application = draw_application(simulation, i),
                                      .node = scenario->users[i],
                                      .group = scenario->group_of[scenario->users[i]]};
    }
    Arrivals arrivals = scenario->workload.arrivals;
    if (arrivals == ARRIVALS_ROUNDS)
        agenda_set_named(&simulation->agenda, simulation->agenda.names.source, 0, EVENT_ROUND);
    else if (arrivals == ARRIVALS_TRACE)
        schedule_trace(simulation);
    else
        for (int i = 0; i < scenario->user_count; i++) {
            Time first = arrivals == ARRIVALS_PERIODIC ? scenario->workload.period / scenario->user_count * i
                                                       : next_arrival(simulation, i);
            agenda_set_user(&simulation->agenda, i, first);
        }
}

/* The one slot of the span holds the end of warm_up until that has come, then the end of the run. */
static void schedule_span(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    bool warming = !simulation->recording && scenario->warm_up.time > 0;
    bool timed = scenario->stop.time > 0 && !simulation->key.training;
    bool first = warming && (!timed || scenario->warm_up.time <= scenario->stop.time);
    Time next = first ? scenario->warm_up.time : timed ? scenario->stop.time : TIME_NEVER;
    agenda_set_span(&simulation->agenda, next, first ? EVENT_WARM_UP : EVENT_END);
}

static void create_span(Simulation *simulation)
{
    if (simulation->scenario->warm_up.time == 0 && simulation->scenario->warm_up.rounds == 0)
        ledger_record_from_now(simulation);
    schedule_span(simulation);
}

Simulation *simulation_create(const Scenario *scenario, RunKey key)
{
    Simulation *simulation = memory_allocate(1, sizeof *simulation);
    simulation->scenario = scenario;
    simulation->key = key;
    simulation->stream_replication = key.replication | (key.training ? TRAINING_REPLICATIONS : 0);
    simulation->request_free = NO_JOB;
    simulation->equal_share = (Share){1.0 / scenario->user_count, 1.0 / scenario->user_count};
    simulation->is_large = scenario->node_count > CACHED_NODES;
    simulation->decision_limit = key.decisions > 0 ? key.decisions : key.training ? 0 : scenario->stop.rounds;
    simulation->ask_limit = scenario->workload.arrivals == ARRIVALS_ROUNDS ? scenario->user_count : 1;
    simulation->asks = memory_allocate((size_t)simulation->ask_limit, sizeof *simulation->asks);
    simulation->ask_requests = memory_allocate((size_t)simulation->ask_limit, sizeof *simulation->ask_requests);
    agenda_init(&simulation->agenda, scenario);
    create_nodes(simulation);
    create_links(simulation);
    follow_create(simulation);
    create_sources(simulation);
    ledger_create(simulation);
    observation_create(simulation);
    escalation_create(simulation);
    create_span(simulation);
    return simulation;
}

void simulation_destroy(Simulation *simulation)
{
    if (!simulation)
        return;
    void *owned[] = {simulation->nodes,        simulation->backgrounds, simulation->links,   simulation->levels,
                     simulation->users,        simulation->requests,    simulation->jobs,    simulation->asks,
                     simulation->ask_requests, simulation->feedback,    simulation->outcomes};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
        free(owned[i]);
    agenda_free(&simulation->agenda);
    ledger_destroy(simulation);
    observation_destroy(simulation);
    free(simulation);
}

/* Ends the run where no further question may be asked. */
static bool is_over(Simulation *simulation)
{
    simulation->ended = simulation->decision_limit > 0 && simulation->decisions >= simulation->decision_limit;
    return simulation->ended;
}

static inline void set_option(Simulation *simulation, Request *request, int group, int option)
{
    const OptionSet *options = &simulation->scenario->options[group];
    assert(option >= 0 && option < options->count);
    request->option_index = option;
    request->option = &options->items[option];
    ledger_answer(simulation, request, group);
}

/* Options first: a request may be over before the next one starts. */
static inline void answer_by_turns(Simulation *simulation, const int *requests, int count)
{
    simulation->feedback_count = 0;
    for (int i = 0; i < count; i++) {
        Request *request = &simulation->requests[requests[i]];
        int group = simulation->users[request->user].group;
        set_option(simulation, request, group, turns_option(simulation->turns, group, simulation->decisions + i));
    }
    simulation->decisions++;
    for (int i = 0; i < count; i++)
        journey_answer(simulation, requests[i], simulation->equal_share);
}

MEMORY_HOT static void arrival_event(Simulation *simulation, int source)
{
    if (is_over(simulation))
        return;
    const WorkloadSpec *workload = &simulation->scenario->workload;
    int user = source;
    if (workload->arrivals == ARRIVALS_TRACE) {
        user = workload->trace_user[simulation->trace_next++];
        schedule_trace(simulation);
    } else if (workload->arrivals == ARRIVALS_THINK) {
        agenda_set_user(&simulation->agenda, user, TIME_NEVER);
    } else {
        simulation_schedule_arrival(simulation, user);
    }
    simulation_look_ahead(simulation, user);
    int request = journey_begin(simulation, user, 0);
    if (simulation->turns) {
        answer_by_turns(simulation, &request, 1);
        return;
    }
    simulation->ask_requests[0] = request;
    simulation->ask_count = 1;
    simulation->asking = true;
}

static void round_event(Simulation *simulation)
{
    if (is_over(simulation))
        return;
    agenda_set_named(&simulation->agenda, simulation->agenda.names.source, TIME_NEVER, EVENT_ROUND);
    int64_t warm_up = simulation->scenario->warm_up.rounds;
    if (warm_up > 0 && simulation->rounds == warm_up)
        ledger_record_from_now(simulation);
    simulation->rounds++;
    simulation->round_began = simulation->now;
    simulation->round_remaining = simulation->scenario->user_count;
    for (int user = 0; user < simulation->scenario->user_count; user++)
        simulation->ask_requests[user] = journey_begin(simulation, user, user);
    if (simulation->turns) {
        answer_by_turns(simulation, simulation->ask_requests, simulation->scenario->user_count);
        return;
    }
    simulation->ask_count = simulation->scenario->user_count;
    simulation->asking = true;
}

static void condition_event(Simulation *simulation, int link)
{
    Link *state = &simulation->links[link];
    const Chain *chain = &simulation_link_group(simulation, link)->condition;
    state->condition_state = chain_next(chain, state->condition_state, &state->condition);
    agenda_set_named(&simulation->agenda, simulation->agenda.names.condition + link,
                     chain_leave(chain, state->condition_state, simulation->now, &state->condition), EVENT_CONDITION);
}

/* A trace that has run out ends the run when its last request is done, even if chains go on for ever. */
static bool is_exhausted(const Simulation *simulation)
{
    const WorkloadSpec *workload = &simulation->scenario->workload;
    return workload->arrivals == ARRIVALS_TRACE && simulation->trace_next == workload->trace_count &&
           simulation->arrived == simulation->ended_requests;
}

/* Handles the earliest event. False where there is none. */
static bool step(Simulation *simulation)
{
    Event event;
    if (is_exhausted(simulation) ||
        !agenda_take(&simulation->agenda, simulation->requests, simulation->scenario, &event))
        return false;
    assert(event.time >= simulation->now);
    simulation->now = event.time;
    simulation->metrics.events++;
    uint64_t word = (uint64_t)event.time ^ (uint64_t)event.name << 48 ^ (uint64_t)event.kind << 40;
    simulation->metrics.fingerprint =
        rng_rotate_left((simulation->metrics.fingerprint ^ word) * UINT64_C(0x9e3779b97f4a7c15), 29);
    const EventNames *names = &simulation->agenda.names;
    switch (event.kind) {
    case EVENT_STATION:
        journey_station_event(simulation, event.name);
        break;
    case EVENT_DELAY:
        journey_delay_event(simulation, event.name);
        break;
    case EVENT_BACKGROUND:
        journey_background_event(simulation, event.name - names->background);
        break;
    case EVENT_CONDITION:
        if (event.name < names->level)
            condition_event(simulation, event.name - names->condition);
        else if (event.name < names->series)
            follow_level_event(simulation, event.name - names->level);
        else
            follow_event(simulation, event.name - names->series);
        break;
    case EVENT_WARM_UP:
        ledger_record_from_now(simulation);
        schedule_span(simulation);
        break;
    case EVENT_ARRIVAL:
        arrival_event(simulation, event.name - names->source);
        break;
    case EVENT_ROUND:
        round_event(simulation);
        break;
    case EVENT_END:
        simulation->ended = true;
        break;
    }
    return true;
}

bool simulation_advance(Simulation *simulation, Decision *ret_decision)
{
    assert(!simulation->asking);
    simulation->ask_count = 0;
    while (!simulation->asking && !simulation->ended) {
        if (!step(simulation))
            simulation->ended = true;
        if (simulation->key.validate)
            simulation_validate(simulation);
    }
    simulation->decisions += simulation->asking;
    if (!simulation->asking && !simulation->foreseen)
        ledger_close(simulation);
    for (int i = 0; i < simulation->feedback_count; i++)
        simulation->feedback[i].outcomes = &simulation->outcomes[i * simulation->ask_limit];
    *ret_decision = (Decision){.kind = DECISION_ROUTE,
                               .time = simulation->now,
                               .index = simulation->decisions - simulation->asking,
                               .ask_count = simulation->ask_count,
                               .asks = simulation->asks,
                               .feedback_count = simulation->feedback_count,
                               .feedback = simulation->feedback,
                               .view = simulation_view(simulation)};
    if (simulation->kind == DECISION_ESCALATE)
        escalation_tell(simulation, ret_decision);
    return simulation->asking;
}

/* Options first: a request may be over before the next one starts. */
static void take_routes(Simulation *simulation, Answer answer)
{
    for (int i = 0; i < simulation->ask_count; i++) {
        Request *request = &simulation->requests[simulation->ask_requests[i]];
        set_option(simulation, request, simulation->users[request->user].group, answer.options[i]);
    }
}

MEMORY_HOT void simulation_apply(Simulation *simulation, Answer answer)
{
    assert(simulation->asking);
    simulation->asking = false;
    simulation->feedback_count = 0; /* delivered with the question */
    int going = simulation->ask_count;
    if (simulation->kind == DECISION_ROUTE)
        take_routes(simulation, answer);
    else
        going = escalation_answer(simulation, answer.options[0]);
    assert(reservation_accepts(simulation->scenario, simulation->asks, simulation->ask_count, answer, &(Error){0}));
    for (int i = 0; i < going; i++) {
        Share share = answer.shares ? answer.shares[i] : simulation->equal_share;
        journey_answer(simulation, simulation->ask_requests[i], share);
    }
    if (simulation->key.validate)
        simulation_validate(simulation);
}

void simulation_settle(Simulation *simulation, const Turns *turns)
{
    const Scenario *scenario = simulation->scenario;
    assert(turns && !simulation->asking && !scenario->reserves);
    simulation->turns = turns;
    /* A round goes on when all its requests have ended, and questions about light answers need their outcomes. */
    simulation->is_silent = scenario->workload.arrivals != ARRIVALS_ROUNDS && !scenario->cascade.present;
}

const View *simulation_view(const Simulation *simulation)
{
    return (const View *)simulation;
}

const Scenario *simulation_scenario(const Simulation *simulation)
{
    return simulation->scenario;
}

Time simulation_now(const Simulation *simulation)
{
    return simulation->now;
}

const Metrics *simulation_metrics(const Simulation *simulation)
{
    return &simulation->metrics;
}

size_t simulation_bytes(const Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    size_t node = sizeof *simulation->nodes + (simulation->backgrounds ? sizeof *simulation->backgrounds : 0);
    size_t request = sizeof *simulation->requests + sizeof *simulation->jobs;
    size_t ask = sizeof *simulation->asks + sizeof *simulation->ask_requests;
    size_t asks = (size_t)simulation->ask_limit;
    size_t feedback = sizeof *simulation->feedback + asks * sizeof *simulation->outcomes;
    return sizeof *simulation + (size_t)scenario->node_count * node +
           (size_t)scenario->link_count * sizeof *simulation->links +
           (simulation->levels ? 2 * (size_t)scenario->link_count * sizeof *simulation->levels : 0) +
           (size_t)scenario->user_count * sizeof *simulation->users + (size_t)simulation->request_slots * request +
           asks * ask + (size_t)simulation->feedback_slots * feedback + agenda_bytes(&simulation->agenda) +
           ledger_bytes(simulation) + arena_bytes(&simulation->names);
}

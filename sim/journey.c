/* A request's way: what it computes on the user's own node, the links up, the target node, the links down, its end. */
#include "objective.h"
#include "simulation_state.h"

#include <assert.h>
#include <math.h>

static const double BITS_PER_BYTE = 8;

/* A draw may be 0 in theory; a station wants some work. */
static const double LEAST_WORK = 1e-9;

static void begin_compute(Simulation *simulation, int request, Stage stage);
static void begin_hop(Simulation *simulation, int request);
static void end_request(Simulation *simulation, int request, bool refused);

static int request_allocate(Simulation *simulation)
{
    if (simulation->request_free == NO_JOB) {
        int old = simulation->request_slots, size = old ? 2 * old : 16;
        simulation->requests =
            memory_grow(simulation->requests, (size_t)old, (size_t)size, sizeof *simulation->requests);
        simulation->jobs = memory_grow(simulation->jobs, (size_t)old, (size_t)size, sizeof *simulation->jobs);
        event_queue_reserve(&simulation->events, simulation->slots.request + size);
        for (int i = size - 1; i >= old; i--) {
            simulation->requests[i].next = simulation->request_free;
            simulation->request_free = i;
        }
        simulation->request_slots = size;
    }
    int slot = simulation->request_free;
    simulation->request_free = simulation->requests[slot].next;
    return slot;
}

static int open_allocate(Simulation *simulation)
{
    if (simulation->open_free == NO_JOB) {
        int old = simulation->open_slots, size = old ? 2 * old : 1;
        size_t limit = (size_t)simulation->ask_limit;
        simulation->open = memory_grow(simulation->open, (size_t)old, (size_t)size, sizeof *simulation->open);
        simulation->outcomes =
            memory_grow(simulation->outcomes, (size_t)old * limit, (size_t)size * limit, sizeof *simulation->outcomes);
        for (int i = size - 1; i >= old; i--) {
            simulation->open[i].next_free = simulation->open_free;
            simulation->open_free = i;
        }
        simulation->open_slots = size;
    }
    int slot = simulation->open_free;
    simulation->open_free = simulation->open[slot].next_free;
    return slot;
}

/* The integral of the number of requests in the system: one side of Little's law. */
static void count_population(Simulation *simulation)
{
    RequestTime elapsed = (RequestTime)(simulation->now - simulation->population_since);
    simulation->population_time += elapsed * (RequestTime)(simulation->arrived - simulation->ended_requests);
    simulation->population_since = simulation->now;
}

static int node_of(const Simulation *simulation, const Request *request)
{
    int own = simulation->scenario->users[request->user];
    return request->stage == STAGE_REMOTE ? scenario_target_node(simulation->scenario, own, request->option) : own;
}

static int link_of(const Simulation *simulation, const Request *request)
{
    int own = simulation->scenario->users[request->user];
    return scenario_route_link(simulation->scenario, own, request->option, request->hop);
}

/* core-ns of the part that the request computes in its present stage. */
static double work_of(const Simulation *simulation, const Request *request, const NodeGroup *group)
{
    const Option *option = request->option;
    bool local = request->stage == STAGE_LOCAL;
    const Profile *profile = local ? option->local : option->remote;
    double share = local ? option->prefix_share : 1 - option->prefix_share;
    double luck = local ? request->luck_local : request->luck_remote;
    double alone_s = simulation->foreseen ? profile->mean_s : profile_quantile(profile, luck);
    return fmax(alone_s * share * group->threads * NS_PER_S, LEAST_WORK);
}

static void schedule_link(Simulation *simulation, int link, bool upwards)
{
    const Link *state = &simulation->links[link];
    const LinkGroup *group = simulation_link_group(simulation, link);
    bool up_station = upwards || group->half_duplex;
    const Station *station = up_station ? &state->up : &state->down;
    int slot = simulation->slots.link + 2 * link + (up_station ? 0 : 1);
    event_queue_set(&simulation->events, slot, station_next(station, simulation->jobs), EVENT_STATION);
}

static void begin_compute(Simulation *simulation, int request, Stage stage)
{
    Request *r = &simulation->requests[request];
    r->stage = stage;
    int node = node_of(simulation, r);
    const NodeGroup *group = simulation_group(simulation, node);
    if (node_refuses(&simulation->nodes[node], group)) {
        end_request(simulation, request, true);
        return;
    }
    if (stage == STAGE_LOCAL)
        r->local_entered = simulation->now;
    else
        r->remote_entered = simulation->now;
    double work = work_of(simulation, r, group);
    node_enter(&simulation->nodes[node], group, simulation->requests, simulation->jobs, request, work, simulation->now);
    journey_schedule_node(simulation, node);
}

static void end_compute(Simulation *simulation, int request, const NodeGroup *group)
{
    Request *r = &simulation->requests[request];
    const Job *job = &simulation->jobs[request];
    bool local = r->stage == STAGE_LOCAL;
    Time entered = local ? r->local_entered : r->remote_entered;
    assert(entered <= job->service_started && job->service_started <= simulation->now);
    r->energy_j += node_work_energy(group, job->work);
    r->waiting_s += time_to_s(job->service_started - entered);
    if (local) {
        r->local_started = job->service_started;
        r->local_done = simulation->now;
    } else {
        r->remote_started = job->service_started;
        r->remote_done = simulation->now;
    }
    if (r->option->route.length == 0) {
        end_request(simulation, request, false);
        return;
    }
    r->stage = local ? STAGE_UP : STAGE_DOWN;
    r->hop = local ? 0 : r->option->route.length - 1;
    r->sent = local ? simulation->now : r->sent;
    begin_hop(simulation, request);
}

static void end_hop(Simulation *simulation, int request)
{
    Request *r = &simulation->requests[request];
    bool upwards = r->stage == STAGE_UP;
    r->hop += upwards ? 1 : -1;
    if (upwards && r->hop == r->option->route.length) {
        r->reached = simulation->now;
        begin_compute(simulation, request, STAGE_REMOTE);
    } else if (r->hop < 0) {
        end_request(simulation, request, false);
    } else {
        begin_hop(simulation, request);
    }
}

static void begin_delay(Simulation *simulation, int request)
{
    Request *r = &simulation->requests[request];
    int link = link_of(simulation, r);
    Stream *stream = simulation->foreseen ? NULL : &r->stream;
    Time delay =
        link_delay(&simulation->links[link], simulation_link_group(simulation, link), r->stage == STAGE_UP, stream);
    if (delay == 0) {
        end_hop(simulation, request);
        return;
    }
    r->phase = PHASE_DELAY;
    event_queue_set(&simulation->events, simulation->slots.request + request, simulation->now + delay, EVENT_DELAY);
}

static void begin_hop(Simulation *simulation, int request)
{
    Request *r = &simulation->requests[request];
    bool upwards = r->stage == STAGE_UP;
    int link = link_of(simulation, r);
    Station *station = link_station(&simulation->links[link], simulation_link_group(simulation, link), upwards);
    double bits = BITS_PER_BYTE * (upwards ? r->option->up_bytes : r->option->down_bytes);
    if (!station || bits <= 0) {
        begin_delay(simulation, request);
        return;
    }
    r->phase = PHASE_STATION;
    station_add(station, simulation->jobs, request, bits, 1, simulation->now);
    schedule_link(simulation, link, upwards);
}

/* All requests of a question are done: its feedback waits for the next question. */
static void end_decision(Simulation *simulation, int slot)
{
    OpenDecision *open = &simulation->open[slot];
    size_t limit = (size_t)simulation->ask_limit;
    if (simulation->feedback_count == simulation->feedback_slots) {
        int old = simulation->feedback_slots, size = old ? 2 * old : 1;
        simulation->feedback =
            memory_grow(simulation->feedback, (size_t)old, (size_t)size, sizeof *simulation->feedback);
        simulation->feedback_outcomes = memory_grow(simulation->feedback_outcomes, (size_t)old * limit,
                                                    (size_t)size * limit, sizeof *simulation->feedback_outcomes);
        simulation->feedback_slots = size;
    }
    int place = simulation->feedback_count++;
    Outcome *outcomes = &simulation->feedback_outcomes[(size_t)place * limit];
    for (int i = 0; i < open->count; i++)
        outcomes[i] = simulation->outcomes[(size_t)slot * limit + (size_t)i];
    Feedback *feedback = &simulation->feedback[place];
    *feedback = (Feedback){.decision = open->index, .count = open->count, .outcomes = outcomes};
    objective_judge(&simulation->scenario->objective, simulation->scenario->workload.accuracy_weight, feedback);
    if (open->recorded)
        ledger_decision(simulation, feedback);
    open->next_free = simulation->open_free;
    simulation->open_free = slot;

    if (simulation->scenario->workload.arrivals == ARRIVALS_ROUNDS && !simulation->foreseen) {
        Time next = simulation->round_began + simulation->scenario->workload.period;
        event_queue_set(&simulation->events, simulation->slots.source, next > simulation->now ? next : simulation->now,
                        EVENT_ROUND);
    }
}

static void end_request(Simulation *simulation, int request, bool refused)
{
    Request *r = &simulation->requests[request];
    count_population(simulation);
    simulation->ended_requests++;
    simulation->sojourn_time += (RequestTime)(simulation->now - r->arrived);
    r->finished = simulation->now;
    r->stage = STAGE_DONE;
    Outcome outcome = {.user = r->user,
                       .option = r->option_index,
                       .refused = refused,
                       .response_s = time_to_s(r->finished - r->arrived),
                       .energy_j = r->energy_j,
                       .accuracy = refused ? 0 : r->option->accuracy};
    ledger_request(simulation, r, &outcome);
    int open = r->open;
    simulation->outcomes[(size_t)open * (size_t)simulation->ask_limit + (size_t)r->place] = outcome;
    *r = (Request){.stage = STAGE_FREE, .next = simulation->request_free};
    simulation->request_free = request;
    if (--simulation->open[open].remaining == 0)
        end_decision(simulation, open);
}

int journey_begin(Simulation *simulation, int user, Time now)
{
    const Scenario *scenario = simulation->scenario;
    int request = request_allocate(simulation);
    /* A stream of its own: what befalls a user's k-th request does not depend on the policy. */
    enum { SEQUENCE_BITS = 40 };
    uint64_t entity = (uint64_t)user << SEQUENCE_BITS | (uint64_t)simulation->sequences[user]++;
    Stream stream = stream_create(simulation->key.seed, simulation->stream_replication, STREAM_REQUEST, entity);
    Request *r = &simulation->requests[request];
    *r = (Request){.number = simulation->arrived, .user = user, .stage = STAGE_ASKING, .arrived = now, .next = NO_JOB};
    r->luck_local = stream_uniform(&stream);
    r->luck_remote = stream_uniform(&stream);
    r->stream = stream;
    r->recorded = simulation->recording;
    count_population(simulation);
    simulation->arrived++;

    int node = scenario->users[user], place = simulation->ask_count++;
    assert(place < simulation->ask_limit);
    simulation->asks[place] = (Ask){
        .user = user, .node = node, .request = r->number, .options = &scenario->options[scenario->group_of[node]]};
    simulation->ask_requests[place] = request;
    return request;
}

void journey_open_decision(Simulation *simulation, int count)
{
    int slot = open_allocate(simulation);
    bool recorded = true;
    for (int i = 0; i < count; i++) {
        Request *r = &simulation->requests[simulation->ask_requests[i]];
        r->decision = simulation->decisions;
        r->open = slot;
        r->place = i;
        recorded = recorded && r->recorded;
    }
    simulation->open[slot] = (OpenDecision){.index = simulation->decisions++,
                                            .count = count,
                                            .remaining = count,
                                            .recorded = recorded,
                                            .next_free = NO_JOB};
}

void journey_answer(Simulation *simulation, int request, double share)
{
    Request *r = &simulation->requests[request];
    assert(r->stage == STAGE_ASKING && r->option);
    r->answered = simulation->now;
    r->share = share;
    ledger_answer(simulation, r);
    if (r->option->local) {
        begin_compute(simulation, request, STAGE_LOCAL);
    } else {
        r->stage = STAGE_UP;
        r->hop = 0;
        r->sent = simulation->now;
        begin_hop(simulation, request);
    }
}

void journey_station_event(Simulation *simulation, int slot)
{
    if (slot < simulation->slots.link) {
        const NodeGroup *group = simulation_group(simulation, slot);
        int request =
            node_leave(&simulation->nodes[slot], group, simulation->requests, simulation->jobs, simulation->now);
        journey_schedule_node(simulation, slot);
        end_compute(simulation, request, group);
        return;
    }
    int link = (slot - simulation->slots.link) / 2;
    bool upwards = (slot - simulation->slots.link) % 2 == 0;
    Link *state = &simulation->links[link];
    int request = station_complete(upwards ? &state->up : &state->down, simulation->jobs, simulation->now);
    schedule_link(simulation, link, upwards);
    begin_delay(simulation, request);
}

void journey_delay_event(Simulation *simulation, int request)
{
    event_queue_cancel(&simulation->events, simulation->slots.request + request);
    end_hop(simulation, request);
}

void journey_background_event(Simulation *simulation, int node)
{
    Node *state = &simulation->nodes[node];
    const NodeGroup *group = simulation_group(simulation, node);
    int next = chain_next(&group->background, state->background_state, &state->background);
    node_set_background(state, group, next, simulation->now);
    journey_schedule_node(simulation, node);
    event_queue_set(&simulation->events, simulation->slots.background + node,
                    chain_leave(&group->background, next, simulation->now, &state->background), EVENT_BACKGROUND);
}

void journey_schedule_node(Simulation *simulation, int node)
{
    event_queue_set(&simulation->events, node, station_next(&simulation->nodes[node].cpu, simulation->jobs),
                    EVENT_STATION);
}

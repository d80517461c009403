/* A request's way: what it computes on the user's own node, the links up and perhaps a node between them, the target
 * node, the links down, its end. */
#include "objective.h"
#include "simulation_state.h"

#include <assert.h>
#include <math.h>

/* A draw may be 0 in theory; a station wants some work. */
static const double LEAST_WORK = 1e-9;

static void begin_hop(Simulation *simulation, int request);
static void end_request(Simulation *simulation, int request, bool refused);

static void schedule_link(Simulation *simulation, int index, const LinkGroup *group, bool upwards)
{
    const Link *link = &simulation->links[index];
    bool up_station = upwards || group->half_duplex;
    Time next = station_next(up_station ? &link->up : &link->down, simulation->jobs);
    agenda_set_link(&simulation->agenda, index, !up_station, next);
}

MEMORY_COLD static void grow_requests(Simulation *simulation)
{
    int old = simulation->request_slots, size = old ? 2 * old : 16;
    simulation->requests = memory_grow(simulation->requests, (size_t)old, (size_t)size, sizeof *simulation->requests);
    simulation->jobs = memory_grow(simulation->jobs, (size_t)old, (size_t)size, sizeof *simulation->jobs);
    event_queue_reserve(&simulation->agenda.messages, size);
    for (int i = size - 1; i >= old; i--) {
        simulation->requests[i].next = simulation->request_free;
        simulation->request_free = i;
    }
    simulation->request_slots = size;
}

static int request_allocate(Simulation *simulation)
{
    if (simulation->request_free == NO_JOB)
        grow_requests(simulation);
    int slot = simulation->request_free;
    simulation->request_free = simulation->requests[slot].next;
    return slot;
}

/* The group of the link that the request is on. */
static const LinkGroup *link_group_of(const Simulation *simulation, const Request *request)
{
    return &simulation->scenario->link_groups[request->option->route.links[request->hop]];
}

/* A part of an inference: of what profile, how much of it, by which luck. */
typedef struct Part {
    const Profile *profile;
    double share;
    Luck luck;
} Part;

/* core-ns of a part that the request computes on a node of `group`. */
static double work_of(const Simulation *simulation, const Request *request, const NodeGroup *group, Part part)
{
    double alone_s = part.profile->mean_s;
    if (!simulation->foreseen)
        alone_s = profile_draw(part.profile, rng_draw(request->luck, part.luck));
    double work = alone_s * part.share * group->threads * NS_PER_S;
    return work > LEAST_WORK ? work : LEAST_WORK;
}

static inline void begin_compute(Simulation *simulation, int request, Stage stage, int index, Part part)
{
    Request *r = &simulation->requests[request];
    r->stage = stage;
    Node *node = &simulation->nodes[index];
    if (node_refuses(node)) {
        end_request(simulation, request, true);
        return;
    }
    r->entered = simulation->now;
    double work = work_of(simulation, r, node->group, part);
    if (node_enter(node, simulation->requests, simulation->jobs, request, work, simulation->now))
        journey_schedule_node(simulation, index);
}

static void begin_local(Simulation *simulation, int request)
{
    const Request *r = &simulation->requests[request];
    Part part = {r->option->local, r->option->prefix_share, r->option->onward ? LUCK_ONWARD : LUCK_LOCAL};
    begin_compute(simulation, request, STAGE_LOCAL, r->own, part);
}

MEMORY_COLD static void begin_middle(Simulation *simulation, int request)
{
    const Request *r = &simulation->requests[request];
    Part part = {r->option->middle, r->option->middle_share, LUCK_MIDDLE};
    begin_compute(simulation, request, STAGE_MIDDLE, scenario_middle_node(simulation->scenario, r->own, r->option),
                  part);
}

static void begin_remote(Simulation *simulation, int request)
{
    const Request *r = &simulation->requests[request];
    Part part = {r->option->remote, r->option->remote_share, r->option->onward ? LUCK_ONWARD : LUCK_REMOTE};
    begin_compute(simulation, request, STAGE_REMOTE, r->target, part);
}

static void end_compute(Simulation *simulation, int request, const Node *node)
{
    Request *r = &simulation->requests[request];
    const Job *job = &simulation->jobs[request];
    assert(r->entered <= job->service_started);
    r->waited += job->service_started - r->entered;
    r->energy_j += node->energy_j_per_core_ns * job->work;
    if (r->option->escalations && !simulation->foreseen) {
        escalation_ask(simulation, request);
        return;
    }
    if (r->option->route.length == 0) {
        end_request(simulation, request, false);
        return;
    }
    bool back = r->stage == STAGE_REMOTE;
    if (r->stage != STAGE_MIDDLE) /* from there it goes on where it stopped */
        r->hop = back ? r->option->route.length - 1 : 0;
    r->stage = back ? STAGE_DOWN : STAGE_UP;
    begin_hop(simulation, request);
}

static void end_hop(Simulation *simulation, int request)
{
    Request *r = &simulation->requests[request];
    bool upwards = r->stage == STAGE_UP;
    r->hop += upwards ? 1 : -1;
    if (upwards && r->hop == r->option->route.length) {
        begin_remote(simulation, request);
    } else if (upwards && r->hop == r->option->middle_hop) {
        begin_middle(simulation, request);
    } else if (r->hop < 0) {
        end_request(simulation, request, false);
    } else {
        begin_hop(simulation, request);
    }
}

static void begin_delay(Simulation *simulation, int request)
{
    Request *r = &simulation->requests[request];
    const LinkGroup *group = link_group_of(simulation, r);
    bool upwards = r->stage == STAGE_UP, drawn = group->jitter > 0 && !simulation->foreseen;
    Stream stream;
    if (drawn)
        stream = stream_create(rng_draw(r->luck, LUCK_DELAY), (uint64_t)r->hop, STREAM_REQUEST, upwards);
    Time delay = link_delay(&simulation->links[r->links[r->hop]], group, upwards, drawn ? &stream : NULL);
    if (delay == 0) {
        end_hop(simulation, request);
        return;
    }
    r->phase = PHASE_DELAY;
    if (group->jitter > 0) {
        agenda_send(&simulation->agenda, request, simulation->now + delay);
        return;
    }
    int lane = upwards ? link_is_weak(&simulation->links[r->links[r->hop]], group) : 2;
    lane += AGENDA_LANES * r->option->route.links[r->hop];
    agenda_send_in_lane(&simulation->agenda, simulation->requests, request, lane, simulation->now + delay);
}

/* Bits of the message that the request sends in its present stage. */
static double bits_of(const Simulation *simulation, const Request *request)
{
    if (request->stage == STAGE_UP)
        return BITS_PER_BYTE * option_up_bytes(request->option, request->hop, request->input_bytes);
    const Distribution *output = &request->application->output_bytes;
    bool drawn = distribution_varies(output) && !simulation->foreseen;
    return BITS_PER_BYTE * (drawn ? distribution_draw(output, rng_draw(request->luck, LUCK_OUTPUT)) : output->mean);
}

static void begin_hop(Simulation *simulation, int request)
{
    Request *r = &simulation->requests[request];
    bool upwards = r->stage == STAGE_UP;
    int link = r->links[r->hop];
    const LinkGroup *group = link_group_of(simulation, r);
    Station *station = link_station(&simulation->links[link], group, upwards);
    double bits = station ? bits_of(simulation, r) : 0;
    if (bits <= 0) {
        begin_delay(simulation, request);
        return;
    }
    r->phase = PHASE_STATION;
    double share = group->discipline == DISCIPLINE_RESERVED ? r->share.bandwidth : 1;
    if (station_add(station, simulation->jobs, request, bits, share, simulation->now))
        schedule_link(simulation, link, group, upwards);
}

/* Room for one more decision's feedback and its outcomes; a round's decision is alone, so its outcomes gather where
 * they will be read. */
MEMORY_COLD static void grow_feedback(Simulation *simulation)
{
    size_t limit = (size_t)simulation->ask_limit, old = (size_t)simulation->feedback_slots, size = 2 * old + 1;
    simulation->feedback = memory_grow(simulation->feedback, old, size, sizeof *simulation->feedback);
    simulation->outcomes = memory_grow(simulation->outcomes, old * limit, size * limit, sizeof *simulation->outcomes);
    simulation->feedback_slots = (int)size;
}

/* All requests of a question are done: its feedback waits for the next question. */
static void end_decision(Simulation *simulation, int64_t decision, bool recorded)
{
    const Scenario *scenario = simulation->scenario;
    int index = simulation->feedback_count++;
    Feedback *feedback = &simulation->feedback[index];
    feedback->kind = DECISION_ROUTE;
    feedback->decision = decision;
    feedback->count = simulation->ask_limit;
    feedback->outcomes = &simulation->outcomes[index * simulation->ask_limit];
    objective_judge(&scenario->objective, feedback);
    if (recorded)
        ledger_decision(simulation, feedback);
    if (scenario->workload.arrivals == ARRIVALS_ROUNDS && !simulation->foreseen) {
        Time next = simulation->round_began + scenario->workload.period;
        agenda_set_named(&simulation->agenda, simulation->agenda.names.source,
                         next > simulation->now ? next : simulation->now, EVENT_ROUND);
    }
}

/* The question whether to send a request on ends as the request does, whose outcome has its place already. */
MEMORY_COLD static void end_escalation(Simulation *simulation, const Request *request)
{
    int index = simulation->feedback_count++;
    Feedback *feedback = &simulation->feedback[index];
    *feedback = (Feedback){.kind = DECISION_ESCALATE,
                           .decision = request->escalation,
                           .count = 1,
                           .outcomes = &simulation->outcomes[index]};
    objective_judge(&simulation->scenario->objective, feedback);
    if (simulation->feedback_count == simulation->feedback_slots)
        grow_feedback(simulation);
    simulation->outcomes[index + 1] = simulation->outcomes[index];
}

/* Right or wrong where requests carry samples; nobody who foresees knows which. */
static double accuracy_of(const Simulation *simulation, const Request *request)
{
    const SampleSource *samples = &simulation->scenario->samples;
    if (samples->table.row_count == 0 || simulation->foreseen)
        return request->option->accuracy;
    return samples->of_variant[request->option->variant]->correct[request->sample];
}

/* Of its user, or drawn for it. */
MEMORY_COLD static double weight_of_its_own(const Request *request)
{
    const Application *application = request->application;
    if (application->weight_count > 0)
        return application->weights[request->user % application->weight_count];
    return distribution_draw(&application->accuracy_weight, rng_draw(request->luck, LUCK_WEIGHT));
}

static inline double weight_of(const Request *request)
{
    const Application *application = request->application;
    return application->weights_vary ? weight_of_its_own(request) : application->accuracy_weight.mean;
}

/* A decision of one request whose feedback nobody waits for: it counts in the ledger alone. */
static inline void end_silently(Simulation *simulation, const Outcome *outcome, bool recorded)
{
    if (!recorded)
        return;
    Feedback feedback = {.count = 1, .outcomes = outcome};
    objective_judge(&simulation->scenario->objective, &feedback);
    ledger_decision(simulation, &feedback);
}

/* How a request ended, among the outcomes of the decision that it is part of. */
static void add_outcome(Simulation *simulation, const Request *request, const Outcome *outcome)
{
    if (simulation->feedback_count == simulation->feedback_slots)
        grow_feedback(simulation);
    simulation->outcomes[simulation->feedback_count * simulation->ask_limit + request->place] = *outcome;
    if (simulation->scenario->cascade.present && request->escalation != NOT_ASKED)
        end_escalation(simulation, request);
}

static void end_request(Simulation *simulation, int request, bool refused)
{
    Request *r = &simulation->requests[request];
    simulation->ended_requests++;
    simulation->population_moment += (uint64_t)simulation->now;
    Time response = simulation->now - r->arrived;
    simulation->sojourn_time += (uint64_t)response;
    Outcome outcome = {.user = r->user,
                       .option = r->option_index,
                       .refused = refused,
                       .response_s = time_to_s(response),
                       .energy_j = r->energy_j,
                       .accuracy = refused ? 0 : accuracy_of(simulation, r),
                       .accuracy_weight = weight_of(r),
                       .reference_s = r->application->reference_s};
    if (r->recorded)
        ledger_request(simulation, r, &outcome, response);
    if (simulation->is_silent)
        end_silently(simulation, &outcome, r->recorded);
    else
        add_outcome(simulation, r, &outcome);
    r->stage = STAGE_FREE;
    r->next = simulation->request_free;
    simulation->request_free = request;
    if (simulation->scenario->workload.arrivals == ARRIVALS_THINK && !simulation->foreseen)
        simulation_schedule_arrival(simulation, r->user);
    /* A round's requests are one decision, any other request is one of its own. */
    if (!simulation->is_silent && (simulation->ask_limit == 1 || --simulation->round_remaining == 0))
        end_decision(simulation, r->decision, r->recorded);
}

/* What a policy hears of a new request. */
static void tell(Simulation *simulation, const Request *request, int64_t number)
{
    const Application *application = request->application;
    const User *user = &simulation->users[request->user];
    simulation->asks[request->place] = (Ask){.user = request->user,
                                             .node = user->node,
                                             .request = number,
                                             .application = user->application,
                                             .input_bytes = request->input_bytes,
                                             .output_bytes = application->output_bytes.mean,
                                             .deadline = application->deadline,
                                             .accuracy_weight = weight_of(request),
                                             .reference_s = application->reference_s,
                                             .options = &simulation->scenario->options[user->group]};
}

int journey_begin(Simulation *simulation, int user, int place)
{
    assert(place < simulation->ask_limit);
    const Scenario *scenario = simulation->scenario;
    int request = request_allocate(simulation);
    User *asking = &simulation->users[user];
    uint64_t sequence = (uint64_t)asking->requests++;
    Request *r = &simulation->requests[request];
    /* Field by field: clearing the whole record at once costs more than all the rest of this function. */
    r->decision = simulation->decisions;
    r->place = place;
    r->user = user;
    r->own = asking->node;
    r->option = NULL;
    r->stage = STAGE_ASKING;
    r->recorded = simulation->recording;
    r->luck = rng_draw(asking->luck, sequence);
    r->arrived = simulation->now;
    r->waited = 0;
    r->energy_j = 0;
    r->application = &scenario->applications[asking->application];
    if (scenario->samples.table.row_count > 0)
        escalation_begin(simulation, r);
    const Distribution *input = &r->application->input_bytes;
    r->input_bytes = distribution_varies(input) ? distribution_draw(input, rng_draw(r->luck, LUCK_INPUT)) : input->mean;
    if (!simulation->turns)
        tell(simulation, r, simulation->arrived);
    simulation->arrived++;
    simulation->population_moment -= (uint64_t)simulation->now;
    return request;
}

/* What follows a light answer may compute where that came from: as if it had just got there. */
MEMORY_COLD static void stay(Simulation *simulation, int request)
{
    simulation->requests[request].hop--;
    end_hop(simulation, request);
}

void journey_answer(Simulation *simulation, int request, Share share)
{
    Request *r = &simulation->requests[request];
    assert(r->stage == STAGE_ASKING && r->option);
    r->target = scenario_route(simulation->scenario, r->own, r->option, r->links);
    r->share = share;
    if (r->option->local) {
        begin_local(simulation, request);
        return;
    }
    r->stage = STAGE_UP;
    r->hop = r->option->first_hop;
    if (r->hop < r->option->route.length)
        begin_hop(simulation, request);
    else
        stay(simulation, request);
}

MEMORY_COLD double journey_weight(const Request *request)
{
    return weight_of(request);
}

MEMORY_COLD void journey_keep(Simulation *simulation, int request)
{
    Request *r = &simulation->requests[request];
    if (r->option->route.length == 0) {
        end_request(simulation, request, false);
        return;
    }
    r->stage = STAGE_DOWN;
    r->hop = r->option->route.length - 1;
    begin_hop(simulation, request);
}

MEMORY_HOT void journey_station_event(Simulation *simulation, int name)
{
    if (name < simulation->agenda.names.link) {
        Node *node = &simulation->nodes[name];
        int request = node_leave(node, simulation->requests, simulation->jobs, simulation->now);
        journey_schedule_node(simulation, name);
        simulation_look_ahead(simulation, simulation->requests[request].user);
        end_compute(simulation, request, node);
        return;
    }
    int link = (name - simulation->agenda.names.link) / 2;
    bool upwards = (name - simulation->agenda.names.link) % 2 == 0;
    Link *state = &simulation->links[link];
    int request = station_complete(upwards ? &state->up : &state->down, simulation->jobs, simulation->now);
    journey_schedule_link(simulation, link, upwards);
    begin_delay(simulation, request);
}

MEMORY_HOT void journey_delay_event(Simulation *simulation, int request)
{
    end_hop(simulation, request);
}

void journey_background_event(Simulation *simulation, int node)
{
    Node *state = &simulation->nodes[node];
    const Chain *chain = &state->group->background;
    Stream *stream = &simulation->backgrounds[node];
    int next = chain_next(chain, state->background_state, stream);
    node_set_background(state, next, simulation->now);
    journey_schedule_node(simulation, node);
    agenda_set_named(&simulation->agenda, simulation->agenda.names.background + node,
                     chain_leave(chain, next, simulation->now, stream), EVENT_BACKGROUND);
}

void journey_schedule_node(Simulation *simulation, int index)
{
    const Node *node = &simulation->nodes[index];
    agenda_set_node(&simulation->agenda, simulation->scenario, node->group, index,
                    station_next(&node->cpu, simulation->jobs));
}

void journey_schedule_link(Simulation *simulation, int link, bool upwards)
{
    schedule_link(simulation, link, simulation_link_group(simulation, link), upwards);
}

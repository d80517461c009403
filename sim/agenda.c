#include "agenda.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* Requests of rounds and of a trace come from one source. */
static bool has_one_source(const Scenario *scenario)
{
    return scenario->workload.arrivals == ARRIVALS_ROUNDS || scenario->workload.arrivals == ARRIVALS_TRACE;
}

static bool has_background_chain(const Scenario *scenario)
{
    for (int i = 0; i < scenario->node_group_count; i++)
        if (scenario->node_groups[i].background.state_count > 1)
            return true;
    return false;
}

static bool has_condition_chain(const Scenario *scenario)
{
    for (int i = 0; i < scenario->link_group_count; i++)
        if (scenario->link_groups[i].condition.state_count > 1)
            return true;
    return false;
}

static bool has_level_chain(const Scenario *scenario)
{
    for (int i = 0; i < scenario->link_group_count; i++)
        if (scenario->link_groups[i].up_levels.state_count > 1 || scenario->link_groups[i].down_levels.state_count > 1)
            return true;
    return false;
}

static bool has_series(const Scenario *scenario)
{
    for (int i = 0; i < scenario->link_group_count; i++)
        if (scenario->link_groups[i].up_series.count + scenario->link_groups[i].down_series.count > 0)
            return true;
    for (int i = 0; i < scenario->node_group_count; i++)
        if (scenario->node_groups[i].background_series.count > 0)
            return true;
    return false;
}

/* Chains and series have names only where some group has one: a large scenario mostly has none. */
static EventNames event_names(const Scenario *scenario)
{
    EventNames names = {.link = scenario->node_count};
    names.background = names.link + 2 * scenario->link_count;
    names.condition = names.background + (has_background_chain(scenario) ? scenario->node_count : 0);
    names.level = names.condition + (has_condition_chain(scenario) ? scenario->link_count : 0);
    names.series = names.level + (has_level_chain(scenario) ? 2 * scenario->link_count : 0);
    names.source =
        names.series + (has_series(scenario) ? 2 * scenario->link_group_count + scenario->node_group_count : 0);
    names.span = names.source + (has_one_source(scenario) ? 1 : scenario->user_count);
    return names;
}

/* Where each group's stations are. */
static void place_nodes(Agenda *agenda, const Scenario *scenario)
{
    int users = 0;
    agenda->shared_names = memory_allocate((size_t)(scenario->node_count - scenario->user_count), sizeof(int));
    for (int i = 0; i < scenario->node_group_count; i++) {
        const NodeGroup *group = &scenario->node_groups[i];
        bool own = group->tier == TIER_END;
        agenda->place[i] = own ? 2 * users : agenda->shared_nodes;
        users += own ? group->count : 0;
        for (int member = 0; !own && member < group->count; member++)
            agenda->shared_names[agenda->shared_nodes++] = group->first + member;
    }
}

void agenda_init(Agenda *agenda, const Scenario *scenario)
{
    *agenda = (Agenda){.names = event_names(scenario), .lane_count = AGENDA_LANES * scenario->link_group_count};
    place_nodes(agenda, scenario);
    agenda->shift = agenda->names.link - agenda->shared_nodes;
    agenda->span = agenda->names.source + 1 - agenda->shift;
    agenda->lane = agenda->span + 1;
    event_queue_init(&agenda->users, 2 * scenario->user_count);
    event_queue_init(&agenda->shared, agenda->lane + agenda->lane_count);
    event_queue_init(&agenda->messages, 0);
    agenda->lanes = memory_allocate((size_t)agenda->lane_count, sizeof *agenda->lanes);
    for (int i = 0; i < agenda->lane_count; i++)
        agenda->lanes[i] = (Lane){NO_JOB, NO_JOB};
}

void agenda_free(Agenda *agenda)
{
    event_queue_free(&agenda->users);
    event_queue_free(&agenda->shared);
    event_queue_free(&agenda->messages);
    free(agenda->lanes);
    free(agenda->shared_names);
}

size_t agenda_bytes(const Agenda *agenda)
{
    return event_queue_bytes(&agenda->users) + event_queue_bytes(&agenda->shared) +
           event_queue_bytes(&agenda->messages) + (size_t)agenda->lane_count * sizeof *agenda->lanes +
           (size_t)agenda->shared_nodes * sizeof *agenda->shared_names;
}

void agenda_copy(Agenda *to, const Agenda *from)
{
    event_queue_copy(&to->users, &from->users);
    event_queue_copy(&to->shared, &from->shared);
    event_queue_copy(&to->messages, &from->messages);
    memcpy(to->lanes, from->lanes, (size_t)from->lane_count * sizeof *from->lanes);
    to->sequence = from->sequence;
}

void agenda_foresee(Agenda *agenda, const Scenario *scenario)
{
    for (int slot = agenda->names.background - agenda->shift; slot <= agenda->span; slot++)
        event_queue_cancel(&agenda->shared, slot);
    if (!has_one_source(scenario))
        for (int user = 0; user < scenario->user_count; user++)
            event_queue_cancel(&agenda->users, 2 * user + 1);
}

void agenda_send_in_lane(Agenda *agenda, Request *requests, int request, int index, Time time)
{
    Lane *lane = &agenda->lanes[index];
    Request *sent = &requests[request];
    sent->due = event_stamp(time, EVENT_DELAY, &agenda->sequence);
    sent->next = NO_JOB;
    if (lane->head == NO_JOB) {
        lane->head = request;
        event_queue_set(&agenda->shared, agenda->lane + index, sent->due);
    } else {
        assert(event_is_before(requests[lane->tail].due, sent->due));
        requests[lane->tail].next = request;
    }
    lane->tail = request;
}

/* The message at the head of a lane arrives. */
static int take_from_lane(Agenda *agenda, Request *requests, int index)
{
    Lane *lane = &agenda->lanes[index];
    int request = lane->head;
    lane->head = requests[request].next;
    if (lane->head == NO_JOB)
        event_queue_cancel(&agenda->shared, agenda->lane + index);
    else
        event_queue_set(&agenda->shared, agenda->lane + index, requests[lane->head].due);
    return request;
}

/* Name of the event in a slot of `shared`. */
static int shared_name(Agenda *agenda, Request *requests, int slot)
{
    if (slot < agenda->shared_nodes)
        return agenda->shared_names[slot];
    if (slot >= agenda->lane)
        return take_from_lane(agenda, requests, slot - agenda->lane);
    return slot == agenda->span ? agenda->names.span : slot + agenda->shift;
}

static EventStamp first_stamp(const EventQueue *queue)
{
    return queue->stamps[event_queue_first_slot(queue)];
}

/* Whether the earliest event of `a` comes before that of `b`. */
static bool comes_first(const EventQueue *a, const EventQueue *b)
{
    if (a->first == b->first)
        return event_is_before(first_stamp(a), first_stamp(b));
    return a->first < b->first;
}

bool agenda_take(Agenda *agenda, Request *requests, const Scenario *scenario, Event *ret_event)
{
    bool shared = comes_first(&agenda->shared, &agenda->users);
    const EventQueue *queue = shared ? &agenda->shared : &agenda->users;
    if (agenda->messages.first <= queue->first && comes_first(&agenda->messages, queue)) {
        int request = event_queue_first_slot(&agenda->messages);
        *ret_event = (Event){(Time)agenda->messages.first, EVENT_DELAY, request};
        event_queue_cancel(&agenda->messages, request);
        return true;
    }
    if (queue->first >= EVENT_NEVER)
        return false;
    int slot = event_queue_first_slot(queue);
    ret_event->time = (Time)queue->first;
    if (shared) {
        ret_event->kind = (EventKind)event_order_kind(queue->stamps[slot].order);
        ret_event->name = shared_name(agenda, requests, slot);
        return true;
    }
    unsigned user = (unsigned)slot / 2;
    bool source = (unsigned)slot % 2;
    ret_event->kind = source ? EVENT_ARRIVAL : EVENT_STATION;
    ret_event->name = source ? agenda->names.source + (int)user : scenario->users[user];
    return true;
}

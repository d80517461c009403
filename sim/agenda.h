/* What is pending in a simulation, in one total order, and whose event it is; private to floor 4.
 *
 * Three queues and some lanes, so that the paths that are replayed stay short: users' own nodes and sources, which are
 * many; everything they share; messages whose delay varies. Messages with the same constant delay arrive in the order
 * they left: they wait in a lane, and only its head is in a queue. */
#ifndef ORCHID_SIM_AGENDA_H
#define ORCHID_SIM_AGENDA_H

#include "event_queue.h"
#include "request.h"
#include "scenario.h"

/* At one instant, the lower kind comes first: what ends makes room before what begins. */
typedef enum EventKind {
    EVENT_STATION,    /* a job is done at a node or a link */
    EVENT_DELAY,      /* a message arrives */
    EVENT_BACKGROUND, /* a node's other tenants come or go */
    EVENT_CONDITION,  /* a link turns regular or weak, or a bandwidth or a series steps on */
    EVENT_WARM_UP,    /* recording begins */
    EVENT_ARRIVAL,    /* a user's request */
    EVENT_ROUND,      /* all users' requests */
    EVENT_END
} EventKind;

/* One number for everything that can have a pending event; messages are known by the slot of their request. Constant
 * for a scenario: fingerprints are made of them. */
typedef struct EventNames {
    int link;       /* of the first link's upward station; downward ones follow each; node stations start at 0 */
    int background; /* of node 0 */
    int condition;  /* of link 0 */
    int level;      /* of the upward bandwidth of link 0, downward ones follow each */
    int series;     /* of the upward series of link group 0, downward ones follow each; then of node groups */
    int source;     /* of user 0, or the only one for rounds and traces */
    int span;       /* of the end of warm_up, then of the run */
} EventNames;

/* Lanes of a link group: upwards while regular and while weak, downwards. */
enum { AGENDA_LANES = 3 };

/* Messages with one delay, oldest first, linked by Request.next. */
typedef struct Lane {
    int head, tail; /* requests, NO_JOB: none */
} Lane;

typedef struct Agenda {
    EventNames names;
    uint64_t sequence; /* events ever scheduled */
    EventQueue users;  /* slot 2u: the station of user u's node; 2u + 1: the user's source of requests */
    EventQueue shared; /* stations of other nodes, in node order; then as in the names, then the lanes */
    EventQueue messages;
    int shared_nodes;                /* of tiers above the end */
    int shift;                       /* name of a link's station less its slot in `shared`, and so up to the source */
    int span, lane;                  /* slots in `shared`: of the span, of the first lane */
    int place[SCENARIO_GROUP_LIMIT]; /* of a node group's first station: slot in `users` or in `shared` */
    int lane_count;
    Lane *lanes;       /* [lane_count] */
    int *shared_names; /* [shared_nodes] node of each of the first slots in `shared`; owned, constant */
} Agenda;

/* An event that is due. */
typedef struct Event {
    Time time;
    EventKind kind;
    int name; /* see EventNames; of a message: its request's slot */
} Event;

/* Nothing is pending. */
void agenda_init(Agenda *agenda, const Scenario *scenario);
void agenda_free(Agenda *agenda);

/* Bytes of its queues and lanes. */
size_t agenda_bytes(const Agenda *agenda);

/* Makes `to`, which was initialised for the same scenario, equal to `from`. */
void agenda_copy(Agenda *to, const Agenda *from);

/* Nothing but stations and messages stays pending: no arrival, no change of load or condition, no end. */
void agenda_foresee(Agenda *agenda, const Scenario *scenario);

static inline void agenda_set(Agenda *agenda, EventQueue *queue, int slot, Time time, EventKind kind)
{
    event_queue_set(queue, slot, event_stamp(time, (int)kind, &agenda->sequence));
}

/* The next completion at a node of `group`, in place of the one that was foreseen. TIME_NEVER, here and below: none. */
static inline void agenda_set_node(Agenda *agenda, const Scenario *scenario, const NodeGroup *group, int node,
                                   Time time)
{
    int place = agenda->place[group - scenario->node_groups], member = node - group->first;
    if (group->tier == TIER_END)
        agenda_set(agenda, &agenda->users, place + 2 * member, time, EVENT_STATION);
    else
        agenda_set(agenda, &agenda->shared, place + member, time, EVENT_STATION);
}

/* The next completion on a link; `downwards` is 0 for both directions of a half-duplex one. */
static inline void agenda_set_link(Agenda *agenda, int link, int downwards, Time time)
{
    agenda_set(agenda, &agenda->shared, agenda->names.link - agenda->shift + 2 * link + downwards, time, EVENT_STATION);
}

/* What has a name between EventNames.background and the source of rounds and traces, that one included. */
static inline void agenda_set_named(Agenda *agenda, int name, Time time, EventKind kind)
{
    agenda_set(agenda, &agenda->shared, name - agenda->shift, time, kind);
}

/* When that is due; TIME_NEVER where it is not. */
static inline Time agenda_time_named(const Agenda *agenda, int name)
{
    uint64_t time = agenda->shared.stamps[name - agenda->shift].time;
    return time < EVENT_NEVER ? (Time)time : TIME_NEVER;
}

static inline void agenda_set_span(Agenda *agenda, Time time, EventKind kind)
{
    agenda_set(agenda, &agenda->shared, agenda->span, time, kind);
}

/* A user's next request. */
static inline void agenda_set_user(Agenda *agenda, int user, Time time)
{
    agenda_set(agenda, &agenda->users, 2 * user + 1, time, EVENT_ARRIVAL);
}

/* A message that arrives at a time of its own. */
static inline void agenda_send(Agenda *agenda, int request, Time time)
{
    agenda_set(agenda, &agenda->messages, request, time, EVENT_DELAY);
}

/* A message that arrives no earlier than all others in its lane. */
void agenda_send_in_lane(Agenda *agenda, Request *requests, int request, int lane, Time time);

/* The earliest event. It stays pending unless it is a message, which is taken out. False where nothing is pending. */
bool agenda_take(Agenda *agenda, Request *requests, const Scenario *scenario, Event *ret_event);

#endif

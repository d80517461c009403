/* What a simulation is made of; private to floor 4. Entities refer to each other by index, so a copy is a copy of
 * arrays. */
#ifndef ORCHID_SIM_SIMULATION_STATE_H
#define ORCHID_SIM_SIMULATION_STATE_H

#include "agenda.h"
#include "context.h"
#include "link.h"
#include "node.h"
#include "simulation.h"

/* What a user's requests come from. */
typedef struct User {
    alignas(MEMORY_LINE) Stream arrivals; /* times between them */
    uint64_t luck;                        /* names the sequence of their lucks */
    int64_t requests;                     /* made so far */
    int application;                      /* index into the scenario's */
    int node, group;                      /* the user's own node, and its node group */
} User;

/* Where the bandwidth of a direction of a link stands in its chain. */
typedef struct LinkLevel {
    int state;
    Stream stream;
} LinkLevel;

struct Simulation {
    const Scenario *scenario; /* borrowed */
    RunKey key;
    uint64_t stream_replication; /* replication with training set apart */
    Time now;
    bool asking, ended, foreseen, recording;
    DecisionKind kind;      /* of the question, where it is asking */
    bool is_large;          /* most of the world is far away in memory */
    int64_t decision_limit; /* of questions; 0: none */
    const Turns *turns;     /* that answer ROUTE questions; borrowed; NULL: they are asked */
    bool is_silent;         /* nobody hears how single requests end */
    Share equal_share;      /* of one user */
    Time recording_since;
    Agenda agenda;

    Node *nodes;           /* [node_count] */
    Stream *backgrounds;   /* [node_count] of the chains of their background load; NULL where no group has one */
    NodeMetrics *baseline; /* [node_count] meters when recording began */
    Link *links;           /* [link_count] */
    LinkLevel *levels;     /* [2 x link_count] upwards and downwards of each; NULL where no group has such a chain */

    User *users;         /* [user_count] */
    int64_t trace_next;  /* row of the arrival trace */
    int64_t rounds;      /* begun */
    int round_remaining; /* requests of the last one that are not done */
    Time round_began;

    int request_slots, request_free; /* length and first free slot of: */
    Request *requests;
    Job *jobs;
    int64_t arrived, ended_requests; /* since time 0 */
    uint64_t population_moment;      /* sum of the times when requests ended less the times when they came; mod 2^64 */
    uint64_t sojourn_time;           /* sum over ended requests, ns; mod 2^64 */

    int ask_limit, ask_count; /* room in, and length of: */
    Ask *asks;
    int *ask_requests;   /* slots of the requests that ask */
    int64_t decisions;   /* ROUTE questions so far */
    int64_t escalations; /* and ESCALATE ones */

    int feedback_slots, feedback_count;
    Feedback *feedback; /* since the last answer */
    Outcome *outcomes;  /* [feedback_slots x ask_limit] */

    int shared_count, ask_feature_count;
    int own_link_count;                      /* most links that leave a user's node */
    bool sees_weight, sees_reference;        /* requests differ in them, and the objective counts them */
    double own_rate_scale[2];                /* upwards and downwards; 0: those links' bandwidth does not change */
    Feature *shared_features, *ask_features; /* names in: */
    Arena names;
    int light_feature_count;
    Feature *light_features; /* in `names` too */
    Metrics metrics;         /* stays last: copies for planners end before it */
};

/* simulation.c: the user's next request, having asked (or begun, or been answered) now. */
void simulation_schedule_arrival(Simulation *simulation, int user);

/* journey.c: a request from its arrival to its end. */
int journey_begin(Simulation *simulation, int user, int place);        /* a new request, ask `place` of its question */
void journey_answer(Simulation *simulation, int request, Share share); /* its option is set: it goes on its way */
double journey_weight(const Request *request);                         /* of accuracy, as it counts for it */
void journey_keep(Simulation *simulation, int request);                /* its light answer goes back to the user */
void journey_station_event(Simulation *simulation, int name);          /* this station is done with a job */
void journey_delay_event(Simulation *simulation, int request);         /* its message has arrived */
void journey_background_event(Simulation *simulation, int node);
void journey_schedule_node(Simulation *simulation, int node); /* after anything that moves its next completion */
void journey_schedule_link(Simulation *simulation, int link, bool upwards);

/* escalation.c: the samples of requests, and the questions whether to send light answers on. */
void escalation_create(Simulation *simulation);                       /* after the observation: its features */
void escalation_begin(Simulation *simulation, Request *request);      /* a new request: it gets its sample */
void escalation_ask(Simulation *simulation, int request);             /* its light answer is there */
void escalation_tell(Simulation *simulation, Decision *ret_decision); /* what kind of question it is, and which */
int escalation_answer(Simulation *simulation, int option);            /* to its question; returns requests that go on */
const double *escalation_light(const Simulation *simulation);         /* what the light variant said of its answer */
double *escalation_observe(const Simulation *simulation,
                           double *values); /* the same into values; returns behind them */

/* follow.c: groups that follow a series, and bandwidths that change at random. */
void follow_create(Simulation *simulation);                          /* schedules the first steps */
void follow_event(Simulation *simulation, int series);               /* this series steps on */
void follow_level_event(Simulation *simulation, int level);          /* this bandwidth steps on */
void follow_set_level(Simulation *simulation, int level, int state); /* it is in this state now */

/* context.c: where a chain stands, and its stream and the end of its stay; puts it into a state. */
typedef struct ChainPlace {
    int state;
    Stream *stream;
    int name; /* of the end of its stay in the agenda */
    EventKind kind;
} ChainPlace;

ChainPlace context_place(const Simulation *simulation, const ContextChain *of);
void context_set(Simulation *simulation, const ContextChain *of, int state);

/* ledger.c: what is recorded. */
void ledger_create(Simulation *simulation);
void ledger_destroy(Simulation *simulation);
size_t ledger_bytes(const Simulation *simulation);
void ledger_copy(Simulation *to, const Simulation *from);
void ledger_record_from_now(Simulation *simulation);
void ledger_answer(Simulation *simulation, const Request *request, int group);      /* of its user's node */
void ledger_escalation(Simulation *simulation, const Request *request, int option); /* from its option to this one */
void ledger_request(Simulation *simulation, const Request *request, const Outcome *outcome, Time response);
void ledger_decision(Simulation *simulation, const Feedback *feedback);
void ledger_close(Simulation *simulation);

/* observation.c */
void observation_create(Simulation *simulation);
void observation_destroy(Simulation *simulation);
int observation_write(const Simulation *simulation, const Decision *decision, double *ret_values);

static inline const NodeGroup *simulation_group(const Simulation *simulation, int node)
{
    return &simulation->scenario->node_groups[simulation->scenario->group_of[node]];
}

/* Where nodes are many, most are far away in memory: what comes next is fetched while something else is done. Fewer
 * stay in the processor's caches. */
enum { CACHED_NODES = 2000 };

MEMORY_PREFETCHES void simulation_prefetch_node(const Simulation *simulation, int node)
{
    if (!simulation->is_large)
        return;
    const char *place = (const char *)&simulation->nodes[node];
    for (size_t line = 0; line < sizeof(Node); line += MEMORY_LINE)
        __builtin_prefetch(place + line);
}

/* A user's event has been handled and the user's next one scheduled: fetches what the one will want that comes to the
 * fore in its place. */
MEMORY_PREFETCHES void simulation_look_ahead(const Simulation *simulation, int user)
{
    if (!simulation->is_large)
        return;
    int slot = event_queue_soon(&simulation->agenda.users, 2 * user);
    event_queue_prefetch(&simulation->agenda.users, slot);
    simulation_prefetch_node(simulation, simulation->scenario->users[slot / 2]);
    if (slot % 2 == 1)
        __builtin_prefetch(&simulation->users[slot / 2]);
}

static inline const Application *simulation_application(const Simulation *simulation, int user)
{
    return &simulation->scenario->applications[simulation->users[user].application];
}

/* Link groups are few: the group of a link is found by its range of indices. */
static inline const LinkGroup *simulation_link_group(const Simulation *simulation, int link)
{
    const LinkGroup *group = simulation->scenario->link_groups;
    while (link >= group->first + group->count)
        group++;
    return group;
}

#endif

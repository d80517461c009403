/* One inference on its way: where it is, when it got there, and what it has cost. */
#ifndef ORCHID_SIM_REQUEST_H
#define ORCHID_SIM_REQUEST_H

#include "event_queue.h"
#include "rng.h"
#include "topology.h"

/* Where a request is, in the order of its life. */
typedef enum Stage {
    STAGE_FREE,   /* the slot holds no request */
    STAGE_ASKING, /* waits for its answer */
    STAGE_LOCAL,  /* on the user's own node: all of it, or the layers before the cut */
    STAGE_UP,     /* on hop `hop` of its route, upwards */
    STAGE_MIDDLE, /* on the node between two cuts */
    STAGE_REMOTE, /* on the target node */
    STAGE_DOWN    /* on hop `hop`, downwards */
} Stage;

/* What a request does within a stage. */
typedef enum Phase {
    PHASE_MEMORY,  /* at a node: waits for memory */
    PHASE_STATION, /* at a node: waits for a core or computes; on a link: waits for it or is transmitted */
    PHASE_DELAY    /* on a link: propagates */
} Phase;

/* What each draw of a request's sequence (rng_draw) decides: the same for its user's k-th request whatever the policy.
 */
typedef enum Luck {
    LUCK_LOCAL,  /* how long it computes on the user's own node */
    LUCK_REMOTE, /* how long on the target */
    LUCK_DELAY,  /* seeds the delays of its messages */
    LUCK_INPUT,  /* size of its input */
    LUCK_OUTPUT, /* size of its output */
    LUCK_MIDDLE, /* how long it computes on the middle node */
    LUCK_WEIGHT, /* how much accuracy matters to it */
    LUCK_SAMPLE, /* which sample it carries */
    LUCK_ONWARD, /* how long it computes once it is sent on */
    LUCK_COUNT
} Luck;

enum { NOT_ASKED = -1 };

/* Zero is a free slot. */
typedef struct Request {
    const Option *option;                  /* its answer, NULL while asking; borrowed */
    const struct Application *application; /* its user's; borrowed from the scenario */
    Time arrived;
    Time entered;    /* the node it is at, or came to last */
    Time waited;     /* at nodes, for memory or a core, so far */
    double energy_j; /* above idle, of its computing so far */
    uint64_t luck;   /* names its sequence of draws, see Luck */
    EventStamp due;  /* in a lane: when it arrives */
    Share share;     /* of what is reserved */
    double input_bytes;
    int64_t decision;   /* index of the question it was part of */
    int64_t escalation; /* of the one whether to escalate, NOT_ASKED; only where there is a cascade, as: */
    int sample;         /* row that it carries; only where requests carry samples */
    int place;          /* among the question's asks */
    int user;           /* 0 .. user_count - 1 */
    int own, target;    /* the user's node, and the one that its answer names */
    int hop;            /* on its route */
    int option_index;
    int next; /* free slots, requests waiting for memory at the same node, or messages in the same lane */
    Stage stage;
    Phase phase;
    bool recorded;          /* counts in the metrics: arrived after warm_up */
    int links[ROUTE_LIMIT]; /* of its route, from the user upwards */
} Request;

#endif

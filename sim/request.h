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
    STAGE_REMOTE, /* on the target node */
    STAGE_DOWN,   /* on hop `hop`, downwards */
    STAGE_DONE
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
    LUCK_COUNT
} Luck;

/* Time stamps of a request, ns since the start; 0 until it happens. */
typedef struct Stamps {
    Time arrived, answered;
    Time local_entered, local_started, local_done; /* at the user's own node: came, got a core, computed its part */
    Time sent, reached;                            /* its first message left, and was at the target */
    Time remote_entered, remote_started, remote_done;
    Time finished;
} Stamps;

/* Zero is a free slot. */
typedef struct Request {
    int64_t number;                        /* in the run, from 0 */
    int64_t decision;                      /* index of the question it was part of */
    int place;                             /* among the question's asks */
    int user;                              /* 0 .. user_count - 1 */
    int link;                              /* of the hop it is on */
    int own, target;                       /* the user's node, and the one that its answer names */
    const struct Application *application; /* its user's; borrowed from the scenario */
    const Option *option;                  /* its answer, NULL while asking; borrowed */
    int option_index;
    Stage stage;
    Phase phase;
    int hop;       /* on its route */
    int next;      /* free slots, requests waiting for memory at the same node, or messages in the same lane */
    EventKey due;  /* in a lane: when it arrives */
    bool recorded; /* counts in the metrics: arrived after warm_up */
    uint64_t luck; /* names its sequence of draws, see Luck */
    double share;  /* reserved: of compute */
    double input_bytes;
    Stamps at;       /* when it got where */
    double energy_j; /* above idle, of its computing so far */
} Request;

#endif

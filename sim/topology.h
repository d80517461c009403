/* The parts of a scenario that the world is made of: groups of nodes and links, and the ways and choices of a request.
 */
#ifndef ORCHID_SIM_TOPOLOGY_H
#define ORCHID_SIM_TOPOLOGY_H

#include "markov.h"
#include "model.h"
#include "profile.h"
#include "station.h"
#include "time_series.h"
#include "units.h"

enum { ROUTE_LIMIT = 8, SELF = -1 };

typedef enum Tier { TIER_END, TIER_EDGE, TIER_CLOUD, TIER_COUNT } Tier;

/* What a request may use of the nodes and links that reserve for it; where it needs none of a kind, that part is of no
 * account. */
typedef struct Share {
    double compute;   /* of the reserved nodes it computes on, (0, 1] */
    double bandwidth; /* of the reserved links it takes, both ways, (0, 1] */
} Share;

/* A group of equal nodes: `count: 5` makes device1 to device5, with indices first .. first + 4. One node keeps its bare
 * name. */
typedef struct NodeGroup {
    const char *name;
    int count;                    /* >= 1 */
    int first;                    /* index of the first node; groups take consecutive indices in file order */
    Tier tier;                    /* every node of tier end is a user */
    const char *platform;         /* key into latency profiles */
    double cores;                 /* >= 1 */
    int threads;                  /* cores one inference may use, 1 .. cores */
    double memory_bytes;          /* INFINITY where not given */
    double idle_w, full_w;        /* power with no and with all cores busy, W; 0 where not given */
    Discipline discipline;        /* how requests share the cores */
    int limit;                    /* requests at the node (waiting or served) beyond which it refuses; 0: no limit */
    Chain background;             /* busy cores of other tenants, each below `cores`; state_count 0: none */
    TimeSeries background_series; /* the same as measured over time, instead of `background`; count 0: none */
} NodeGroup;

/* A group of equal links between node i of `from` and node i modulo count of `to`: one link for each node of `from`,
 * or, where they are shared, one for each node of `to` that all who go there take. Node i takes link i modulo count.
 * Upwards is from `from` to `to`. */
typedef struct LinkGroup {
    int from, to;                        /* node groups */
    bool shared;                         /* one link for all nodes of `from` that go to the same node of `to` */
    int count, first;                    /* links; index of the first */
    Time delay;                          /* mean propagation delay of a message, ns */
    Time jitter;                         /* standard deviation of the delay, ns (gamma distributed); 0: constant */
    Discipline discipline;               /* how messages share the bandwidth: ps or reserved */
    double up_bit_per_s, down_bit_per_s; /* INFINITY where not given: no transmission time */
    TimeSeries up_series,
        down_series; /* bit/s over time; up_ and down_bit_per_s are their largest; count 0: constant */
    Chain up_levels,
        down_levels;   /* bit/s, of each link for itself; up_ and down_bit_per_s are their largest; 0 states: none */
    bool joint_levels; /* both directions are at the level of up_levels */
    bool half_duplex;  /* both directions share up_bit_per_s */
    Chain condition;   /* values 0 regular and 1 weak; one state: fixed */
    Time weak_delay;   /* more delay per upward message while weak, ns */
} LinkGroup;

/* How a message gets from a user's node to the target of an option: link groups in order from the user upwards. */
typedef struct Route {
    int length; /* 0: the user's own node */
    int links[ROUTE_LIMIT];
} Route;

/* One choice for one request: where it runs, with which variant, cut behind which layers. Layers 1 .. cut run on the
 * user's own node, where there is a second cut cut + 1 .. second_cut on a node on the way, the rest on the target. */
typedef struct Option {
    const char *label;   /* such as "device:d4", "edge:d0", "edge:d0@12", "edge:d0@12/8", "cloud:d0@4+edge@12" */
    int target;          /* node group, or SELF */
    Tier tier;           /* of the target */
    int variant;         /* index into the model */
    int cut;             /* layers computed on the user's own node before sending; 0: none */
    int second_cut;      /* layers computed when the middle node is done too, above `cut`; 0: there is no middle node */
    int middle_group;    /* node group of the middle node; without one 0, and so below */
    int middle_hop;      /* links of the route up to it */
    int transfer_bits;   /* of each value of the tensors that are sent between layers; 0 where none is */
    double accuracy;     /* expected, by the objective's metric */
    double prefix_share; /* of the time that the whole takes on the user's own node, what is spent there; 1 for SELF */
    double middle_share; /* the same of the middle node */
    double remote_share; /* and of the target; 0 for SELF */
    const Profile *local;  /* on the user's own node; NULL where prefix_share is 0 */
    const Profile *middle; /* on the middle node; NULL where there is none */
    const Profile *remote; /* on the target; NULL for SELF */
    double up_bytes; /* sent towards the target: the output of layer `cut`, or where that is 0 the workload's input, in
                        place of which a request sends its own; 0 for SELF */
    double middle_bytes; /* sent on from the middle node: the output of layer `second_cut` */
    double down_bytes;   /* sent back: the workload's output, in place of which a request has its own */
    double memory_bytes; /* footprint on each node that computes a part of it */
    Route route;
    bool onward;                         /* it follows a light answer, and tells what is still to come */
    int first_hop;                       /* hops of the route that it is past then; else 0 */
    const struct OptionSet *escalations; /* what the answer may be followed by, keeping it first; NULL: nothing */
} Option;

/* Bytes that a request answered with the option sends up hop `hop` of its route, if its input has `input_bytes`. */
static inline double option_up_bytes(const Option *option, int hop, double input_bytes)
{
    if (option->middle_hop > 0 && hop >= option->middle_hop)
        return option->middle_bytes;
    return option->cut > 0 ? option->up_bytes : input_bytes;
}

/* The options of every user of one node group. */
typedef struct OptionSet {
    int count;            /* >= 1 for groups of tier end, else 0 */
    int escalation_count; /* those of all `escalations`, which stand behind the others */
    const Option *items;  /* [count + escalation_count] */
} OptionSet;

#endif

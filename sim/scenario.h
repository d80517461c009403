/* What to simulate: nodes, links, workload, options and objective, read from YAML, checked, and constant from then on.
 * Any number of simulations share one scenario. */
#ifndef ORCHID_SIM_SCENARIO_H
#define ORCHID_SIM_SCENARIO_H

#include "config.h"
#include "error.h"
#include "markov.h"
#include "memory.h"
#include "model.h"
#include "profile.h"
#include "station.h"
#include "units.h"

enum { SCENARIO_GROUP_LIMIT = 64, ROUTE_LIMIT = 8, SELF = -1 };

typedef enum Tier { TIER_END, TIER_EDGE, TIER_CLOUD, TIER_COUNT } Tier;

/* A group of equal nodes: `count: 5` makes device1 to device5, with indices first .. first + 4. One node keeps its bare name. */
typedef struct NodeGroup {
    const char *name;
    int count;             /* >= 1 */
    int first;             /* index of the first node; groups take consecutive indices in file order */
    Tier tier;             /* every node of tier end is a user */
    const char *platform;  /* key into latency profiles */
    double cores;          /* >= 1 */
    int threads;           /* cores one inference may use, 1 .. cores */
    double memory_bytes;   /* INFINITY where not given */
    double idle_w, full_w; /* power with no and with all cores busy, W; 0 where not given */
    Discipline discipline; /* how requests share the cores */
    int limit;             /* requests at the node (waiting or served) beyond which it refuses; 0: no limit */
    Chain background;      /* busy cores of other tenants, each below `cores`; state_count 0: none */
} NodeGroup;

/* A group of equal links: member i joins node i of `from` with node i mod count of `to`. Upwards is from `from` to `to`. */
typedef struct LinkGroup {
    int from, to;                            /* node groups */
    int count, first;                        /* count of `from`; index of the first link */
    Time delay;                              /* mean propagation delay of a message, ns */
    Time jitter;                             /* standard deviation of the delay, ns (gamma distributed); 0: constant */
    double up_bit_per_s, down_bit_per_s;     /* INFINITY where not given: no transmission time */
    bool half_duplex;                        /* both directions share up_bit_per_s */
    Chain condition;                         /* values 0 regular and 1 weak; one state: fixed */
    Time weak_delay;                         /* more delay per upward message while weak, ns */
} LinkGroup;

/* How a message gets from a user's node to the target of an option: link groups in order from the user upwards. */
typedef struct Route {
    int length; /* 0: the user's own node */
    int links[ROUTE_LIMIT];
} Route;

/* One choice for one request: where it runs, with which variant, cut behind which layer. */
typedef struct Option {
    const char *label;     /* such as "device:d4", "edge:d0", "edge:d0@12" */
    int target;            /* node group, or SELF */
    Tier tier;             /* of the target */
    int variant;           /* index into the model */
    int cut;               /* layers computed on the user's own node before sending; 0: none */
    double accuracy;       /* expected, by the objective's metric */
    double prefix_share;   /* share of the whole inference computed on the user's own node, 1 where target is SELF */
    const Profile *local;  /* profile on the user's own node; NULL where prefix_share is 0 */
    const Profile *remote; /* profile on the target; NULL where target is SELF */
    double up_bytes;       /* sent towards the target: the input, or the output of layer `cut`; 0 where target is SELF */
    double down_bytes;     /* sent back */
    double memory_bytes;   /* footprint on each node that computes a part of it */
    Route route;
} Option;

/* The options of every user of one node group. */
typedef struct OptionSet {
    int count; /* >= 1 for groups of tier end, else 0 */
    const Option *items;
} OptionSet;

typedef enum Arrivals { ARRIVALS_ROUNDS, ARRIVALS_PERIODIC, ARRIVALS_POISSON, ARRIVALS_TRACE } Arrivals;

/* Who asks when, and what a request carries. */
typedef struct WorkloadSpec {
    Arrivals arrivals;
    Time period;             /* periodic: between a user's requests (user k starts at k/users of it);
                                rounds: least time between rounds, 0: the next starts when all are answered */
    double rate_per_s;       /* poisson: of each user */
    const char *file;        /* trace: CSV of arrival times */
    int64_t trace_count;     /* trace: rows, ordered by time */
    const Time *trace_time;  /* [trace_count], ns from the start */
    const int *trace_user;   /* [trace_count] */
    double input_bytes, output_bytes;
    Time deadline;           /* response time beyond which a request counts as late; TIME_NEVER: none */
    double accuracy_weight;  /* of accuracy against latency in `utility`, 0 .. 1 */
} WorkloadSpec;

typedef enum ObjectiveKind {
    OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY,
    OBJECTIVE_UTILITY,
    OBJECTIVE_WEIGHTED_COST
} ObjectiveKind;

/* What a decision is worth; DESIGN of the reward in objective_reward(). */
typedef struct Objective {
    ObjectiveKind kind;
    int metric;                     /* accuracy metric of the model */
    double threshold;               /* least mean accuracy of a decision's requests, fraction */
    Time largest_response_time;     /* the loss where the threshold is missed or a request is refused */
    Time reference;                 /* utility: the response time that counts as 1 */
    double latency_weight_per_s, energy_weight_per_j, accuracy_weight; /* weighted_cost */
} Objective;

/* When a run ends: after so many rounds, or so much simulated time; one of the two is set. */
typedef struct Span {
    int64_t rounds; /* 0: not set */
    Time time;      /* 0: not set */
} Span;

typedef struct Scenario {
    const char *path, *name;
    uint64_t seed;
    int replications;
    Span stop, warm_up; /* nothing before warm_up is recorded */
    int64_t training;   /* decisions that a learner may make before it is measured; 0: none */
    Model model;
    ProfileTable profiles;
    int node_group_count, link_group_count;
    NodeGroup node_groups[SCENARIO_GROUP_LIMIT];
    LinkGroup link_groups[SCENARIO_GROUP_LIMIT];
    OptionSet options[SCENARIO_GROUP_LIMIT]; /* by node group */
    int node_count, link_count, user_count;
    const int *users;       /* [user_count] node index of each user, in node order */
    const int *group_of;    /* [node_count] node group of each node */
    WorkloadSpec workload;
    Objective objective;
    const ConfigNode *policy; /* the `policy:` section as read, bound later by the policy it names; NULL where absent */
    const char *resolved;     /* the whole scenario in canonical YAML, defaults and overrides included */
    uint64_t hash;            /* of `resolved` and of the model and profile rows it uses */
    Arena arena;              /* owns everything above */
} Scenario;

/* Reads and checks a scenario. `overrides` are `count` texts "dotted.key=value" from the command line, which win over the
 * file; an entry of a list is addressed by its name, such as nodes.device.count=3. NULL, with every finding of the pass in
 * `errors`, where anything is wrong. */
Scenario *scenario_load(const char *path, const char *const *overrides, int count, ErrorList *errors);

/* NULL is allowed. */
void scenario_destroy(Scenario *scenario);

/* "device3", or the bare group name of a group of one, into `buffer`. */
void scenario_node_name(const Scenario *scenario, int node, char *buffer, size_t size);

/* The node that an option of the user on node `user_node` computes on. */
int scenario_target_node(const Scenario *scenario, int user_node, const Option *option);

/* The link index of hop `hop` of the option's route for the user on node `user_node`. */
int scenario_route_link(const Scenario *scenario, int user_node, const Option *option, int hop);

/* The tables of fields behind `orchid describe`: section `index` of the file format, NULL past the last. */
const ConfigSection *scenario_section(int index);

extern const char *const tier_names[];      /* "end", "edge", "cloud", NULL */
extern const char *const objective_names[]; /* by ObjectiveKind, NULL at the end */
extern const char *const arrivals_names[];  /* by Arrivals, NULL at the end */

#endif

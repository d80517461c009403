/* What to simulate: nodes, links, workload, options and objective, read from YAML, checked, and constant from then on.
 * Any number of simulations share one scenario. */
#ifndef ORCHID_SIM_SCENARIO_H
#define ORCHID_SIM_SCENARIO_H

#include "config.h"
#include "distribution.h"
#include "error.h"
#include "memory.h"
#include "model.h"
#include "profile.h"
#include "sample_table.h"
#include "topology.h"
#include "units.h"

enum { SCENARIO_GROUP_LIMIT = 64 };

typedef enum Arrivals { ARRIVALS_ROUNDS, ARRIVALS_PERIODIC, ARRIVALS_POISSON, ARRIVALS_TRACE, ARRIVALS_THINK } Arrivals;

/* Who asks when, and what a request carries. */
typedef struct WorkloadSpec {
    Arrivals arrivals;
    Time period;            /* periodic: between a user's requests (user k starts at k/users of it);
                               rounds: least time between rounds, 0: the next starts when all are answered */
    double rate_per_s;      /* poisson: of each user */
    const char *file;       /* trace: CSV of arrival times */
    int64_t trace_count;    /* trace: rows, ordered by time */
    const Time *trace_time; /* [trace_count], ns from the start */
    const int *trace_user;  /* [trace_count] */
    double input_bytes, output_bytes;
    Time deadline;          /* response time beyond which a request counts as late; TIME_NEVER: none */
    double accuracy_weight; /* of accuracy against latency in `utility`, 0 .. 1; NAN: `weights` says */
} WorkloadSpec;

/* What a user asks for again and again: each user has one application, drawn by share. */
typedef struct Application {
    const char *name;                       /* NULL: the workload as such, where none are listed */
    double share;                           /* of the users, expected */
    Distribution input_bytes, output_bytes; /* of each request */
    Distribution gap_s;                     /* to a user's next request, s: poisson: from the last; think: from its
                                               answer or refusal; else 0 */
    Time deadline;                          /* as in WorkloadSpec */
    Distribution accuracy_weight;           /* of each request, 0 .. 1 */
    int weight_count;                       /* 0: `accuracy_weight` holds for all users, else: */
    const double *weights;                  /* [weight_count] of user k: weights[k modulo weight_count] */
    bool weights_vary;                      /* requests of this application differ in their weight */
    double reference_s;                     /* the response time that counts as 1 in `utility` */
} Application;

/* The samples that requests carry, and who is right on them. Zero: they carry none, and accuracy is expected. */
typedef struct SampleSource {
    SampleTable table;
    SampleParts parts;                    /* runs draw from `test`, training from `train` where it has rows */
    bool in_turn;                         /* in the order of the file and not at random */
    const SampleModel *const *of_variant; /* [variant_count] NULL where the file says nothing of a variant */
} SampleSource;

/* A light variant whose answers may be kept, or sent on to a heavy one. */
typedef struct Cascade {
    bool present;
    int light, heavy;          /* variants */
    int cut;                   /* the light one is a branch behind this layer of the heavy one, which goes on from what
                                  that layer put out; 0: they are two networks */
    const SampleModel *output; /* what the light one says of its answers */
} Cascade;

typedef enum ObjectiveKind {
    OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY,
    OBJECTIVE_UTILITY,
    OBJECTIVE_WEIGHTED_COST
} ObjectiveKind;

/* What a decision is worth; DESIGN of the reward in objective_reward(). */
typedef struct Objective {
    ObjectiveKind kind;
    int metric;                 /* accuracy metric of the model */
    double threshold;           /* least mean accuracy of a decision's requests, fraction */
    Time largest_response_time; /* the loss where the threshold is missed or a request is refused */
    Time reference;             /* utility: the response time that counts as 1, unless an application has its own */
    double latency_weight_per_s, energy_weight_per_j, accuracy_weight; /* weighted_cost */
} Objective;

/* When a run ends: after so many rounds, or so much simulated time; one of the two is set. */
typedef struct Span {
    int64_t rounds; /* 0: not set */
    Time time;      /* 0: not set */
} Span;

/* How what is reserved is divided among the requests of a question when the policy does not do it itself. */
typedef enum Allocation {
    ALLOCATION_FIXED,        /* 1 / user_count each, whoever needs it */
    ALLOCATION_EQUAL,        /* equal parts for those who need it */
    ALLOCATION_PROPORTIONAL, /* to the time that each would take alone */
    ALLOCATION_OPTIMAL       /* best for the objective's sum of response times, given the options */
} Allocation;

typedef struct Scenario {
    const char *path, *name;
    uint64_t seed;
    int replications;
    Span stop, warm_up;       /* nothing before warm_up is recorded */
    int64_t training;         /* decisions that a learner may make before it is measured; 0: none */
    double training_patience; /* training ends early when it has stayed optimal while decisions grew by this factor; 0:
                                 never */
    struct Scenario *training_world; /* where learners practise instead, with the same options; NULL: here */
    const struct Scenario *other_world; /* of a scenario and its training world the other one, so that learners see
                                           everything at the same scale in both; NULL: there is none */
    Model model;
    ProfileTable profiles;
    int node_group_count, link_group_count;
    NodeGroup node_groups[SCENARIO_GROUP_LIMIT];
    LinkGroup link_groups[SCENARIO_GROUP_LIMIT];
    OptionSet options[SCENARIO_GROUP_LIMIT]; /* by node group */
    int node_count, link_count, user_count;
    bool reserves;       /* some node or link is reserved, so that answers carry shares */
    const int *users;    /* [user_count] node index of each user, in node order */
    const int *group_of; /* [node_count] node group of each node */
    WorkloadSpec workload;
    int application_count; /* >= 1 */
    const Application *applications;
    SampleSource samples;
    Cascade cascade;
    Objective objective;
    Allocation allocation;    /* matters where `reserves` */
    const ConfigNode *policy; /* the `policy:` section as read, bound later by the policy it names; NULL where absent */
    const ConfigNode *sweep;  /* the `sweep:` section as read, for whoever plans it; NULL where absent */
    const char *resolved;     /* what is simulated, in canonical YAML, defaults and overrides included: all but seed,
                                 replications, policy and sweep, which belong to runs */
    uint64_t hash;            /* of `resolved` and of the model and profile rows it uses */
    uint64_t world_hash;      /* the same without name, training, stop and warm-up: of what a learner meets */
    Arena arena;              /* owns everything above */
} Scenario;

/* Reads and checks a scenario. `overrides` are `count` texts "dotted.key=value" from the command line, which win over
 * the file; an entry of a list is addressed by its name, such as nodes.device.count=3. NULL, with every finding of the
 * pass in `errors`, where anything is wrong. */
Scenario *scenario_load(const char *path, const char *const *overrides, int count, ErrorList *errors);

/* Model, profile and arrival files, each read once for all the scenarios that name it. Zero is ready for use. */
typedef struct ScenarioFiles {
    struct ScenarioFile *first;
    Arena arena;
} ScenarioFiles;

/* The same from a tree that is already read, with overrides in place. The tree and `files` must outlive the scenario.
 */
Scenario *scenario_build(const ConfigNode *root, const char *path, ScenarioFiles *files, ErrorList *errors);

/* Ends the files, after all scenarios that were built with them. */
void scenario_files_free(ScenarioFiles *files);

/* NULL is allowed. */
void scenario_destroy(Scenario *scenario);

/* "device3", or the bare group name of a group of one, into `buffer`. */
void scenario_node_name(const Scenario *scenario, int node, char *buffer, size_t size);

/* The node that an option of the user on node `user_node` computes on and, into ret_links[option->route.length], the
 * links of its route, from the user upwards. */
static inline int scenario_route(const Scenario *scenario, int user_node, const Option *option, int *ret_links)
{
    if (option->target == SELF)
        return user_node;
    int member = user_node - scenario->node_groups[scenario->group_of[user_node]].first;
    for (int hop = 0; hop < option->route.length; hop++) {
        const LinkGroup *link = &scenario->link_groups[option->route.links[hop]];
        int next = (int)((unsigned)member % (unsigned)scenario->node_groups[link->to].count);
        ret_links[hop] = link->first + (link->shared ? next : member);
        member = next;
    }
    return scenario->node_groups[option->target].first + member;
}

/* The node in the middle of an option that has a second cut. */
static inline int scenario_middle_node(const Scenario *scenario, int user_node, const Option *option)
{
    int member = user_node - scenario->node_groups[scenario->group_of[user_node]].first;
    for (int hop = 0; hop < option->middle_hop; hop++) {
        const LinkGroup *link = &scenario->link_groups[option->route.links[hop]];
        member = (int)((unsigned)member % (unsigned)scenario->node_groups[link->to].count);
    }
    return scenario->node_groups[option->middle_group].first + member;
}

/* The target alone. */
static inline int scenario_target_node(const Scenario *scenario, int user_node, const Option *option)
{
    int links[ROUTE_LIMIT];
    return scenario_route(scenario, user_node, option, links);
}

/* The tables of fields behind `orchid describe`: section `index` of the file format, NULL past the last. */
const ConfigSection *scenario_section(int index);

extern const char *const tier_names[];       /* "end", "edge", "cloud", NULL */
extern const char *const objective_names[];  /* by ObjectiveKind, NULL at the end */
extern const char *const allocation_names[]; /* by Allocation, NULL at the end */
extern const char *const arrivals_names[];   /* by Arrivals, NULL at the end */

#endif

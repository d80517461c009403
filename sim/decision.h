/* The question a simulation stops at, and what came of earlier ones. */
#ifndef ORCHID_SIM_DECISION_H
#define ORCHID_SIM_DECISION_H

#include "scenario.h"

typedef struct Simulation Simulation;
typedef struct View View;

typedef enum DecisionKind {
    DECISION_ROUTE,   /* where does it run, with which variant, cut where? */
    DECISION_ESCALATE /* the light variant has answered: keep that, or send it on to the heavy one? */
} DecisionKind;

/* The first option of every ESCALATE question: what the light variant said is the answer. */
enum { OPTION_KEEP = 0 };

/* One request that wants an answer. */
typedef struct Ask {
    int user;                 /* 0 .. user_count - 1 */
    int node;                 /* the user's own node */
    int64_t request;          /* its number in the run, from 0 */
    int application;          /* the user's: index into the scenario's applications */
    double input_bytes;       /* to be sent where it is not computed, in part or whole, on the user's own node */
    double output_bytes;      /* to be sent back, expected */
    Time deadline;            /* response time beyond which it counts as late; TIME_NEVER: none */
    double accuracy_weight;   /* of accuracy against latency in `utility`, 0 .. 1 */
    double reference_s;       /* the response time that counts as 1 there */
    const OptionSet *options; /* what it may be answered with; borrowed from the scenario */
} Ask;

/* How one request ended. */
typedef struct Outcome {
    int user;
    int option;             /* that it was answered with; where it was sent on, of those behind its OptionSet's count */
    bool refused;           /* a node at its limit turned it away; the figures below then count up to that moment */
    double response_s;      /* from arrival to answer, s */
    double energy_j;        /* that its computing drew above idle, on all nodes, J */
    double accuracy;        /* expected, fraction; where requests carry samples 1: right, 0: wrong */
    double accuracy_weight; /* the ask's */
    double reference_s;     /* the ask's, s; 0: the objective's */
} Outcome;

/* How one decision ended: all its requests are done. */
typedef struct Feedback {
    DecisionKind kind;
    int64_t decision; /* Decision.index of the question */
    double reward;    /* by the scenario's objective */
    double mean_response_s, mean_accuracy, mean_energy_j;
    bool feasible;           /* mean accuracy reached the threshold and nothing was refused */
    int count;               /* requests */
    const Outcome *outcomes; /* [count] in the order of the question's asks */
} Feedback;

/* One question; everything it points to is valid until the next advance. */
typedef struct Decision {
    DecisionKind kind;
    Time time;
    int64_t index; /* among questions of its kind, from 0 */
    int ask_count; /* 1 for asynchronous arrivals, user_count for rounds */
    const Ask *asks;
    int feedback_count; /* decisions that ended since the last question */
    const Feedback *feedback;
    const View *view; /* what is to be seen of the world now */
} Decision;

/* One choice per ask. The arrays belong to whoever answers. */
typedef struct Answer {
    const int *options;  /* [ask_count] indices into each ask's options */
    const Share *shares; /* [ask_count]; NULL: 1 / user_count each */
} Answer;

/* Answers that depend on nothing but the number of the question and whose it is: ask k of question i, from a user on a
 * node of group g, is answered with option options[g][(i + k) modulo counts[g]]. */
typedef struct Turns {
    int counts[SCENARIO_GROUP_LIMIT];   /* >= 1 for groups of users, of no meaning for others */
    int *options[SCENARIO_GROUP_LIMIT]; /* [counts] */
} Turns;

static inline int turns_option(const Turns *turns, int group, int64_t turn)
{
    int count = turns->counts[group];
    return turns->options[group][count == 1 ? 0 : turn % count];
}

/* One entry of an observation. Observations are a shared block, then one block per ask; where the question is whether
 * to escalate, then what the light variant said. */
typedef struct Feature {
    const char *name; /* such as "edge.busy_cores", "link.device-edge.weak" */
    const char *unit; /* "" where dimensionless */
    double scale;     /* the value at which the entry is 1 */
    int levels;       /* distinct values 0 .. levels - 1 times the unit, for tables; 0: continuous */
    bool constant;    /* never changes during a run */
} Feature;

#endif

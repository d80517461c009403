/* How a request is expected to end, from what a policy may look up: mean latencies, messages under present conditions,
 * free cores and jobs at the nodes. */
#ifndef ORCHID_POLICIES_EXPECT_H
#define ORCHID_POLICIES_EXPECT_H

#include "../sim/reservation.h"
#include "../sim/view.h"

#include <math.h>

/* What a request needs when it is answered with an option, split into what a share changes and what none does. */
typedef struct Need {
    Reservation reserved;  /* the node and the link that it holds a share of */
    double fixed_s;        /* everything else */
    double compute_s;      /* on the reserved node with a share of 1, were it able to use all of it; 0: none */
    double compute_limit;  /* the largest share of that node that one inference uses */
    double transmission_s; /* on the reserved link with a share of 1, both ways; 0: none */
    double energy_j;       /* above idle */
} Need;

/* What the request that asks needs with `option`, taking turns on each node that is not reserved with the jobs in
 * jobs[node] (NULL: none). A part that never ends, such as a message on a link without bandwidth now, takes 1e9 s. */
Need expect_need(const View *view, const Ask *ask, const Option *option, const int *jobs);

/* Where needs come from that are planned with: expectations, or a model that learnt them. */
typedef struct NeedSource {
    void *model;
    /* Of ask number `ask` when it is answered with option number `option`. */
    Need (*need)(void *model, const Decision *decision, int ask, int option);
} NeedSource;

/* Expectations, without other jobs. */
extern const NeedSource expect_needs;

/* Response time (s) with a share; what is needed must be above 0. */
static inline double expect_response(const Need *need, Share share)
{
    double response_s = need->fixed_s;
    if (need->reserved.node != NOT_RESERVED)
        response_s += need->compute_s / fmin(share.compute, need->compute_limit);
    if (need->reserved.link != NOT_RESERVED)
        response_s += need->transmission_s / share.bandwidth;
    return response_s;
}

/* How the request would end with that need and share. Without other jobs no run of mean services and delays can answer
 * sooner, since sharing or queueing only takes speed from a job; with them it is an estimate. `option` and `user` of
 * the outcome stay 0. */
static inline Outcome expect_outcome(const Ask *ask, const Option *option, const Need *need, Share share)
{
    return (Outcome){.response_s = expect_response(need, share),
                     .energy_j = need->energy_j,
                     .accuracy = option->accuracy,
                     .accuracy_weight = ask->accuracy_weight,
                     .reference_s = ask->reference_s};
}

/* Adds the request's own jobs, at most one per node, to jobs[node]. */
void expect_add_jobs(const Scenario *scenario, int user_node, const Option *option, int *jobs);

/* What the scenario's objective gives for that request by itself. */
double expect_reward(const Scenario *scenario, const Outcome *outcome);

#endif

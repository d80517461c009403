/* How a request is expected to end, from what a policy may look up: mean latencies, messages under present conditions,
 * free cores and jobs at the nodes. */
#ifndef ORCHID_POLICIES_EXPECT_H
#define ORCHID_POLICIES_EXPECT_H

#include "../sim/view.h"

/* How the request that asks would end with `option`, taking turns on each node with the jobs in jobs[node] (NULL:
 * none). Without other jobs no run of mean services and delays can answer sooner, since sharing or queueing only takes
 * speed from a job; with them it is an estimate. `option` and `user` of the outcome stay 0. */
Outcome expect_outcome(const View *view, const Ask *ask, const Option *option, const int *jobs);

/* Adds the request's own jobs, at most one per node, to jobs[node]. */
void expect_add_jobs(const Scenario *scenario, int user_node, const Option *option, int *jobs);

/* What the scenario's objective gives for that request by itself. */
double expect_reward(const Scenario *scenario, const Outcome *outcome);

#endif

/* A machine: cores that requests share with other tenants, memory that models occupy, and its energy. */
#ifndef ORCHID_SIM_NODE_H
#define ORCHID_SIM_NODE_H

#include "request.h"

typedef struct Node {
    const NodeGroup *group; /* borrowed from the scenario */
    Station cpu;            /* capacity in cores, work in core-ns */
    double memory_used_bytes;
    double energy_j_per_core_ns;  /* above idle */
    double work_core_ns;          /* of requests that finished computing here: the ledger against cpu.delivered */
    int memory_head, memory_tail; /* requests that wait for memory, linked by Request.next; NO_JOB: none */
    int memory_waiting;
    int background_state;      /* of the group's chain */
    double background_cores;   /* busy with other tenants */
    Time background_since;     /* of its state */
    double background_core_ns; /* integral of background_cores up to then */
} Node;

/* An idle node of `group`, which must outlive it. Its background load is in its start state, drawn from `background`,
 * which may be NULL where the group has no chain. */
void node_init(Node *node, const NodeGroup *group, Stream *background);

/* Core-ns that requests and other tenants have kept busy by `now`. */
double node_busy_core_ns(const Node *node, Time now);

/* Energy (J) drawn by `now`: the integral of the node's power, which is idle_w and in proportion to busy cores the rest
 * up to full_w. */
double node_energy(const Node *node, Time now);

/* Jobs at the node: served, waiting for a core, waiting for memory. */
static inline int node_jobs(const Node *node)
{
    return station_jobs(&node->cpu) + node->memory_waiting;
}

/* Whether the node turns a further request away. */
static inline bool node_refuses(const Node *node)
{
    return node->group->limit > 0 && node_jobs(node) >= node->group->limit;
}

/* A request comes to compute `work` core-ns: it starts, or waits for memory (phase PHASE_MEMORY) or a core. False where
 * it waits, so that the node's next completion has not moved. */
bool node_enter(Node *node, Request *requests, Job *jobs, int request, double work, Time now);

/* The job that is done now leaves; its memory lets in those that waited for it. Returns the request. */
int node_leave(Node *node, Request *requests, Job *jobs, Time now);

/* The background load steps to `state` of the group's chain. */
void node_set_background(Node *node, int state, Time now);

/* Other tenants keep `cores` (below the group's) busy from `now` on. */
void node_set_busy(Node *node, double cores, Time now);

#endif

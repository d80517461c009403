#include "node.h"

#include <assert.h>
#include <math.h>

static bool node_has_memory(const Node *node, const Request *request)
{
    return node->memory_used_bytes + request->option->memory_bytes <= node->group->memory_bytes;
}

static bool node_start(Node *node, Request *request, Job *jobs, int index, double work, Time now)
{
    const NodeGroup *group = node->group;
    request->phase = PHASE_STATION;
    node->memory_used_bytes += request->option->memory_bytes;
    bool reserved = group->discipline == DISCIPLINE_RESERVED;
    double share = reserved ? fmin(request->share.compute, group->threads / group->cores) : 1;
    return station_add(&node->cpu, jobs, index, work, share, now);
}

MEMORY_COLD static bool node_wait_for_memory(Node *node, Request *requests, Job *jobs, int request, double work)
{
    requests[request].phase = PHASE_MEMORY;
    requests[request].next = NO_JOB;
    jobs[request] = (Job){.work = work};
    if (node->memory_waiting++ == 0)
        node->memory_head = request;
    else
        requests[node->memory_tail].next = request;
    node->memory_tail = request;
    return false;
}

MEMORY_COLD static void node_start_waiting(Node *node, Request *requests, Job *jobs, Time now)
{
    while (node->memory_waiting > 0 && node_has_memory(node, &requests[node->memory_head])) {
        int request = node->memory_head;
        node->memory_head = requests[request].next;
        node->memory_waiting--;
        node_start(node, &requests[request], jobs, request, jobs[request].work, now);
    }
}

void node_init(Node *node, const NodeGroup *group, Stream *background)
{
    *node = (Node){.group = group,
                   .memory_head = NO_JOB,
                   .memory_tail = NO_JOB,
                   .energy_j_per_core_ns = (group->full_w - group->idle_w) / group->cores / NS_PER_S};
    station_init(&node->cpu, group->discipline, group->cores, group->threads);
    if (group->background.state_count > 0)
        node_set_background(node, background ? chain_start(&group->background, background) : 0, 0);
    if (group->background_series.count > 0)
        node_set_busy(node, time_series_value(&group->background_series, 0), 0);
}

double node_busy_core_ns(const Node *node, Time now)
{
    double background = node->background_core_ns + node->background_cores * (double)(now - node->background_since);
    return station_delivered(&node->cpu, now) + background;
}

double node_energy(const Node *node, Time now)
{
    return node->group->idle_w * time_to_s(now) + node->energy_j_per_core_ns * node_busy_core_ns(node, now);
}

bool node_enter(Node *node, Request *requests, Job *jobs, int request, double work, Time now)
{
    Request *entering = &requests[request];
    if (node->memory_waiting == 0 && node_has_memory(node, entering))
        return node_start(node, entering, jobs, request, work, now);
    return node_wait_for_memory(node, requests, jobs, request, work);
}

int node_leave(Node *node, Request *requests, Job *jobs, Time now)
{
    int left = station_complete(&node->cpu, jobs, now);
    node->work_core_ns += jobs[left].work;
    node->memory_used_bytes -= requests[left].option->memory_bytes;
    if (station_jobs(&node->cpu) == 0)
        node->memory_used_bytes = 0;
    if (node->memory_waiting > 0)
        node_start_waiting(node, requests, jobs, now);
    return left;
}

void node_set_background(Node *node, int state, Time now)
{
    assert(state >= 0 && state < node->group->background.state_count);
    node->background_state = state;
    node_set_busy(node, node->group->background.values[state], now);
}

void node_set_busy(Node *node, double cores, Time now)
{
    assert(cores >= 0 && cores < node->group->cores);
    node->background_core_ns += node->background_cores * (double)(now - node->background_since);
    node->background_since = now;
    node->background_cores = cores;
    station_set_capacity(&node->cpu, node->group->cores - node->background_cores, now);
}

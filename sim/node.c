#include "node.h"

#include <assert.h>
#include <math.h>

static bool node_has_memory(const Node *node, const NodeGroup *group, const Request *request)
{
    return node->memory_used_bytes + request->option->memory_bytes <= group->memory_bytes;
}

static bool node_start(Node *node, const NodeGroup *group, Request *request, Job *jobs, int index, double work,
                       Time now)
{
    request->phase = PHASE_STATION;
    node->memory_used_bytes += request->option->memory_bytes;
    bool reserved = group->discipline == DISCIPLINE_RESERVED;
    double share = reserved ? fmin(request->share, group->threads / group->cores) : 1;
    return station_add(&node->cpu, jobs, index, work, share, now);
}

void node_init(Node *node, const NodeGroup *group, Stream background)
{
    *node = (Node){.background = background,
                   .memory_head = NO_JOB,
                   .memory_tail = NO_JOB,
                   .energy_j_per_core_ns = (group->full_w - group->idle_w) / group->cores / NS_PER_S};
    station_init(&node->cpu, group->discipline, group->cores, group->threads);
    if (group->background.state_count > 0)
        node_set_background(node, group, chain_start(&group->background, &node->background), 0);
    if (group->background_series.count > 0)
        node_set_busy(node, group, time_series_value(&group->background_series, 0), 0);
}

double node_busy_core_ns(const Node *node, Time now)
{
    double background = node->background_core_ns + node->background_cores * (double)(now - node->background_since);
    return station_delivered(&node->cpu, now) + background;
}

double node_energy(const Node *node, const NodeGroup *group, Time now)
{
    return group->idle_w * time_to_s(now) + node->energy_j_per_core_ns * node_busy_core_ns(node, now);
}

bool node_refuses(const Node *node, const NodeGroup *group)
{
    return group->limit > 0 && station_jobs(&node->cpu) + node->memory_waiting >= group->limit;
}

bool node_enter(Node *node, const NodeGroup *group, Request *requests, Job *jobs, int request, double work, Time now)
{
    Request *entering = &requests[request];
    if (node->memory_waiting == 0 && node_has_memory(node, group, entering)) {
        return node_start(node, group, entering, jobs, request, work, now);
    }
    entering->phase = PHASE_MEMORY;
    entering->next = NO_JOB;
    jobs[request] = (Job){.work = work};
    if (node->memory_waiting++ == 0)
        node->memory_head = request;
    else
        requests[node->memory_tail].next = request;
    node->memory_tail = request;
    return false;
}

int node_leave(Node *node, const NodeGroup *group, Request *requests, Job *jobs, Time now)
{
    int left = station_complete(&node->cpu, jobs, now);
    node->work_core_ns += jobs[left].work;
    node->memory_used_bytes -= requests[left].option->memory_bytes;
    if (station_jobs(&node->cpu) == 0)
        node->memory_used_bytes = 0;
    while (node->memory_waiting > 0 && node_has_memory(node, group, &requests[node->memory_head])) {
        int request = node->memory_head;
        node->memory_head = requests[request].next;
        node->memory_waiting--;
        node_start(node, group, &requests[request], jobs, request, jobs[request].work, now);
    }
    return left;
}

void node_set_background(Node *node, const NodeGroup *group, int state, Time now)
{
    assert(state >= 0 && state < group->background.state_count);
    node->background_state = state;
    node_set_busy(node, group, group->background.values[state], now);
}

void node_set_busy(Node *node, const NodeGroup *group, double cores, Time now)
{
    assert(cores >= 0 && cores < group->cores);
    node->background_core_ns += node->background_cores * (double)(now - node->background_since);
    node->background_since = now;
    node->background_cores = cores;
    station_set_capacity(&node->cpu, group->cores - node->background_cores, now);
}

/* What a run records, and the accounts that must balance at any moment. */
#include "simulation_state.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Meters are sums of many doubles, and completions are rounded to whole nanoseconds. */
static const double RELATIVE_TOLERANCE = 1e-7;

/* Options of a group of users, those of ESCALATE questions included. */
static size_t option_count(const Scenario *scenario, int group)
{
    return (size_t)(scenario->options[group].count + scenario->options[group].escalation_count);
}

void ledger_create(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    Metrics *metrics = &simulation->metrics;
    metrics->node_count = scenario->node_count;
    metrics->nodes = memory_allocate((size_t)scenario->node_count, sizeof *metrics->nodes);
    simulation->baseline = memory_allocate((size_t)scenario->node_count, sizeof *simulation->baseline);
    int groups = metrics->option_group_count = scenario->node_group_count;
    metrics->option_counts = memory_allocate((size_t)groups, sizeof *metrics->option_counts);
    for (int i = 0; i < groups; i++)
        metrics->option_counts[i] = memory_allocate(option_count(scenario, i), sizeof *metrics->option_counts[i]);
}

void ledger_destroy(Simulation *simulation)
{
    Metrics *metrics = &simulation->metrics;
    for (int i = 0; i < metrics->option_group_count; i++)
        free(metrics->option_counts[i]);
    free(metrics->option_counts);
    free(metrics->nodes);
    free(simulation->baseline);
}

size_t ledger_bytes(const Simulation *simulation)
{
    const Metrics *metrics = &simulation->metrics;
    size_t bytes = (size_t)metrics->node_count * (sizeof *metrics->nodes + sizeof *simulation->baseline);
    for (int i = 0; i < metrics->option_group_count; i++)
        bytes +=
            sizeof *metrics->option_counts + option_count(simulation->scenario, i) * sizeof **metrics->option_counts;
    return bytes;
}

void ledger_copy(Simulation *to, const Simulation *from)
{
    /* Planners copy what records nothing over and over: its histogram would be most of the cost. */
    if (from->foreseen)
        return;
    Metrics *metrics = &to->metrics;
    NodeMetrics *nodes = metrics->nodes;
    int64_t **option_counts = metrics->option_counts;
    *metrics = from->metrics;
    metrics->nodes = nodes;
    metrics->option_counts = option_counts;
    size_t meters = (size_t)metrics->node_count * sizeof *nodes;
    memcpy(nodes, from->metrics.nodes, meters);
    memcpy(to->baseline, from->baseline, meters);
    for (int i = 0; i < metrics->option_group_count; i++)
        memcpy(option_counts[i], from->metrics.option_counts[i],
               option_count(from->scenario, i) * sizeof *option_counts[i]);
}

/* Meters of a node since time 0. */
static NodeMetrics node_meters(const Simulation *simulation, int index)
{
    const Node *node = &simulation->nodes[index];
    const NodeGroup *group = simulation_group(simulation, index);
    Time now = simulation->now;
    return (NodeMetrics){.energy_j = node_energy(node, now),
                         .utilisation = node_busy_core_ns(node, now) / NS_PER_S / group->cores,
                         .served_core_s = station_delivered(&node->cpu, now) / NS_PER_S};
}

void ledger_record_from_now(Simulation *simulation)
{
    simulation->recording = true;
    simulation->recording_since = simulation->now;
    for (int i = 0; i < simulation->scenario->node_count; i++)
        simulation->baseline[i] = node_meters(simulation, i);
}

void ledger_answer(Simulation *simulation, const Request *request, int group)
{
    Metrics *metrics = &simulation->metrics;
    if (!request->recorded) {
        metrics->unrecorded += !simulation->foreseen;
        return;
    }
    metrics->arrived++;
    metrics->option_counts[group][request->option_index]++;
}

MEMORY_COLD void ledger_escalation(Simulation *simulation, const Request *request, int option)
{
    Metrics *metrics = &simulation->metrics;
    if (!request->recorded)
        return;
    int64_t *counts = metrics->option_counts[simulation->scenario->group_of[request->own]];
    metrics->asked_on++;
    metrics->sent_on += option != request->option_index;
    counts[request->option_index]--;
    counts[option]++;
}

void ledger_request(Simulation *simulation, const Request *request, const Outcome *outcome, Time response)
{
    Metrics *metrics = &simulation->metrics;
    if (outcome->refused) {
        metrics->refused++;
        return;
    }
    if (metrics->finished++ == 0) {
        metrics->accuracy_first = outcome->accuracy;
        metrics->energy_first_j = outcome->energy_j;
    }
    metrics->late += response > request->application->deadline;
    summary_add(&metrics->response_s, outcome->response_s);
    double waited_s = time_to_s(request->waited);
    metrics->waiting_sum_s += waited_s;
    metrics->waiting_maximum_s = waited_s > metrics->waiting_maximum_s ? waited_s : metrics->waiting_maximum_s;
    metrics->accuracy_sum += outcome->accuracy - metrics->accuracy_first;
    metrics->energy_sum_j += outcome->energy_j - metrics->energy_first_j;
    histogram_add(&metrics->response, response);
    series_add(&metrics->response_course_s, outcome->response_s);
}

void ledger_decision(Simulation *simulation, const Feedback *feedback)
{
    simulation->metrics.decisions++;
    simulation->metrics.infeasible += !feedback->feasible;
    summary_add(&simulation->metrics.reward, feedback->reward);
}

void ledger_close(Simulation *simulation)
{
    /* Over before warm_up was: nothing was measured, energy included. */
    if (!simulation->recording)
        ledger_record_from_now(simulation);
    Metrics *metrics = &simulation->metrics;
    metrics->unfinished = metrics->arrived - metrics->finished - metrics->refused;
    metrics->measured = simulation->recording ? simulation->now - simulation->recording_since : 0;
    double measured_s = time_to_s(metrics->measured);
    for (int i = 0; i < metrics->node_count; i++) {
        NodeMetrics now = node_meters(simulation, i), before = simulation->baseline[i];
        metrics->nodes[i] =
            (NodeMetrics){.energy_j = now.energy_j - before.energy_j,
                          .utilisation = measured_s > 0 ? (now.utilisation - before.utilisation) / measured_s : 0,
                          .served_core_s = now.served_core_s - before.served_core_s};
    }
}

static bool near(double a, double b, double scale)
{
    return fabs(a - b) <= RELATIVE_TOLERANCE * fmax(fabs(scale), 1);
}

static const char *check_node(const Simulation *simulation, int index)
{
    const NodeGroup *group = simulation_group(simulation, index);
    const Node *node = &simulation->nodes[index];
    double busy = node_busy_core_ns(node, simulation->now);
    if (busy > group->cores * (double)simulation->now * (1 + RELATIVE_TOLERANCE) + 1)
        return "a node was busier than it has cores";
    if (node->cpu.in_use + node->background_cores > group->cores * (1 + RELATIVE_TOLERANCE))
        return "a node uses more cores than it has";
    return NULL;
}

/* What requests in their present stage say about the nodes. */
typedef struct NodeCount {
    int jobs;
    double memory_bytes, brought_core_ns;
} NodeCount;

static const char *check_counts(const Simulation *simulation, const NodeCount *counts)
{
    for (int i = 0; i < simulation->scenario->node_count; i++) {
        const Node *node = &simulation->nodes[i];
        if (counts[i].jobs != node_jobs(node))
            return "a node serves requests that are elsewhere";
        if (!near(counts[i].memory_bytes, node->memory_used_bytes, counts[i].memory_bytes))
            return "a node's memory is not what its requests occupy";
        /* Every completion may be half a nanosecond early or late on each core. */
        double rounding = (double)node->cpu.arrivals * simulation_group(simulation, i)->cores + 1;
        double delivered = station_delivered(&node->cpu, simulation->now);
        double slack = RELATIVE_TOLERANCE * delivered + rounding;
        if (delivered < node->work_core_ns - slack ||
            delivered > node->work_core_ns + counts[i].brought_core_ns + slack)
            return "a node's work done is not the work brought to it";
    }
    return NULL;
}

enum { NOWHERE = -1 };

/* The node that a request waits or computes at, NOWHERE for one on a link or asking. */
static int computing_node(const Scenario *scenario, const Request *request)
{
    int own = scenario->users[request->user];
    if (request->stage == STAGE_LOCAL)
        return own;
    if (request->stage == STAGE_MIDDLE)
        return scenario_middle_node(scenario, own, request->option);
    return request->stage == STAGE_REMOTE ? scenario_target_node(scenario, own, request->option) : NOWHERE;
}

static const char *check_requests(const Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    NodeCount *counts = memory_allocate((size_t)scenario->node_count, sizeof *counts);
    int64_t in_flight = 0;
    uint64_t age = 0;
    const char *broken = NULL;
    for (int i = 0; i < simulation->request_slots; i++) {
        const Request *request = &simulation->requests[i];
        if (request->stage == STAGE_FREE)
            continue;
        in_flight++;
        age += (uint64_t)(simulation->now - request->arrived);
        if (request->arrived > simulation->now || request->entered > simulation->now)
            broken = "an effect came before its cause";
        int node = computing_node(scenario, request);
        if (node == NOWHERE)
            continue;
        NodeCount *count = &counts[node];
        count->jobs++;
        if (request->phase == PHASE_STATION) {
            count->memory_bytes += request->option->memory_bytes;
            count->brought_core_ns += simulation->jobs[i].work;
        }
    }
    if (in_flight != simulation->arrived - simulation->ended_requests)
        broken = "requests were lost or made up";
    /* The integral of the number of requests in the system is what each has spent there. */
    uint64_t population_time = (uint64_t)simulation->now * (uint64_t)in_flight + simulation->population_moment;
    if (population_time != simulation->sojourn_time + age)
        broken = "Little's law does not hold";
    if (!broken)
        broken = check_counts(simulation, counts);
    free(counts);
    return broken;
}

bool simulation_check(const Simulation *simulation, const char **ret_broken)
{
    const char *broken = check_requests(simulation);
    for (int i = 0; i < simulation->scenario->node_count && !broken; i++)
        broken = check_node(simulation, i);
    if (broken && ret_broken)
        *ret_broken = broken;
    return !broken;
}

void simulation_validate(const Simulation *simulation)
{
    const char *broken = NULL;
    if (simulation_check(simulation, &broken))
        return;
    fprintf(stderr, "invariant broken at %.9f s: %s\n", time_to_s(simulation->now), broken);
    abort();
}

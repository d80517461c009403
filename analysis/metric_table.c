#include "metric_table.h"

#include "batch_means.h"
#include "warm_up.h"

#include <math.h>
#include <string.h>

typedef enum MetricKey {
    RESPONSE_TIME_MEAN,
    RESPONSE_TIME_DEVIATION,
    RESPONSE_TIME_P50,
    RESPONSE_TIME_P90,
    RESPONSE_TIME_P95,
    RESPONSE_TIME_P99,
    RESPONSE_TIME_MAXIMUM,
    RESPONSE_TIME_HALF_WIDTH,
    WAITING_TIME_MEAN,
    WAITING_TIME_MAXIMUM,
    ACCURACY_MEAN,
    ENERGY_PER_REQUEST,
    ENERGY_TOTAL,
    ENERGY,
    UTILISATION,
    REWARD_MEAN,
    REWARD_DEVIATION,
    DECISIONS,
    INFEASIBLE_FRACTION,
    ESCALATION_FRACTION,
    REQUESTS_ARRIVED,
    REQUESTS_FINISHED,
    REQUESTS_REFUSED,
    REQUESTS_LATE,
    REQUESTS_UNFINISHED,
    THROUGHPUT,
    MEASURED_TIME,
    WARM_UP_MSER,
    MEMORY,
    BOUND_GAP,
    INTERACTIONS,
    INTERACTIONS_TO_OPTIMUM,
    INTERACTIONS_TO_MOST_OPTIMUM,
    INTERACTIONS_TO_NEAR_OPTIMUM,
    OPTIMUM_REACHED,
    OPTIMAL_FRACTION,
    PLANNING_STEPS,
    CONTEXTS,
    METRIC_COUNT
} MetricKey;

static const MetricDefinition definitions[METRIC_COUNT] = {
    [RESPONSE_TIME_MEAN] = {"response_time_mean", "s", BETTER_SMALLER, false,
                            "from arrival to answer, over finished requests"},
    [RESPONSE_TIME_DEVIATION] = {"response_time_deviation", "s", BETTER_SMALLER, false,
                                 "standard deviation over requests"},
    [RESPONSE_TIME_P50] = {"response_time_p50", "s", BETTER_SMALLER, false, "half of the requests were faster"},
    [RESPONSE_TIME_P90] = {"response_time_p90", "s", BETTER_SMALLER, false, "90 % of the requests were faster"},
    [RESPONSE_TIME_P95] = {"response_time_p95", "s", BETTER_SMALLER, false, "95 % of the requests were faster"},
    [RESPONSE_TIME_P99] = {"response_time_p99", "s", BETTER_SMALLER, false, "99 % of the requests were faster"},
    [RESPONSE_TIME_MAXIMUM] = {"response_time_maximum", "s", BETTER_SMALLER, false, "of the slowest finished request"},
    [RESPONSE_TIME_HALF_WIDTH] = {"response_time_half_width", "s", BETTER_NEITHER, false,
                                  "of the run's mean at 95 %, by batch means; not known where the run is too short"},
    [WAITING_TIME_MEAN] = {"waiting_time_mean", "s", BETTER_SMALLER, false,
                           "queued and not served, over finished requests"},
    [WAITING_TIME_MAXIMUM] = {"waiting_time_maximum", "s", BETTER_SMALLER, false, "longest time queued"},
    [ACCURACY_MEAN] = {"accuracy_mean", "", BETTER_LARGER, false,
                       "expected, or where requests carry samples realised: fraction, over finished requests"},
    [ENERGY_PER_REQUEST] = {"energy_per_request", "J", BETTER_SMALLER, false,
                            "drawn above idle by a request's computing, on all nodes"},
    [ENERGY_TOTAL] = {"energy_total", "J", BETTER_SMALLER, false, "of all nodes: idle, requests and background"},
    [ENERGY] = {"energy", "J", BETTER_SMALLER, true, "of the group's nodes together"},
    [UTILISATION] = {"utilisation", "", BETTER_NEITHER, true,
                     "busy cores over cores, background included, mean over the group and time"},
    [REWARD_MEAN] = {"reward_mean", "", BETTER_LARGER, false, "by the scenario's objective, over decisions"},
    [REWARD_DEVIATION] = {"reward_deviation", "", BETTER_SMALLER, false, "standard deviation over decisions"},
    [DECISIONS] = {"decisions", "", BETTER_NEITHER, false, "decisions whose requests have all ended"},
    [INFEASIBLE_FRACTION] = {"infeasible_fraction", "", BETTER_SMALLER, false,
                             "decisions below the accuracy threshold or with a refusal"},
    [ESCALATION_FRACTION] = {"escalation_fraction", "", BETTER_NEITHER, false,
                             "light answers that were sent on to the heavy variant, of those that were asked about"},
    [REQUESTS_ARRIVED] = {"requests_arrived", "", BETTER_NEITHER, false, "requests since warm-up"},
    [REQUESTS_FINISHED] = {"requests_finished", "", BETTER_LARGER, false, "requests answered"},
    [REQUESTS_REFUSED] = {"requests_refused", "", BETTER_SMALLER, false, "requests turned away by a node at its limit"},
    [REQUESTS_LATE] = {"requests_late", "", BETTER_SMALLER, false, "requests answered after their deadline"},
    [REQUESTS_UNFINISHED] = {"requests_unfinished", "", BETTER_NEITHER, false,
                             "requests on their way when the run ended"},
    [THROUGHPUT] = {"throughput", "1/s", BETTER_LARGER, false, "finished requests per simulated second"},
    [MEASURED_TIME] = {"measured_time", "s", BETTER_NEITHER, false, "simulated time since warm-up"},
    [WARM_UP_MSER] =
        {"warm_up_mser", "", BETTER_NEITHER, false,
         "fraction of the measured requests that MSER-5 would cut as warm-up, 0 where that moves the mean by "
         "less than 1 %; above 0.5: too short a run"},
    [MEMORY] = {"memory", "B", BETTER_NEITHER, false,
                "the most that the simulation itself held, its policy and the scenario apart"},
    [BOUND_GAP] = {"bound_gap", "", BETTER_SMALLER, false,
                   "reward that the best answers may have beyond those given, where the policy knows: mean over "
                   "decisions; 0: proven to be the best"},
    [INTERACTIONS] = {"interactions", "", BETTER_SMALLER, false, "real interactions: decisions made in training"},
    [INTERACTIONS_TO_OPTIMUM] = {"interactions_to_optimum", "", BETTER_SMALLER, false,
                                 "until the greedy policy stays within 0.1 % of the oracle's reward in all contexts; "
                                 "not known where optimum_reached is 0: more than interactions"},
    [INTERACTIONS_TO_MOST_OPTIMUM] = {"interactions_to_optimum_95", "", BETTER_SMALLER, false,
                                      "the same in contexts of 95 % of the probability"},
    [INTERACTIONS_TO_NEAR_OPTIMUM] =
        {"interactions_to_near_optimum", "", BETTER_SMALLER, false,
         "until the greedy policy stays within 1 % of the oracle's reward in all contexts"},
    [OPTIMUM_REACHED] = {"optimum_reached", "", BETTER_LARGER, false,
                         "1: the greedy policy was optimal at the end of training; 0: it was not, so that its "
                         "interactions to optimum are censored; not known without an oracle"},
    [OPTIMAL_FRACTION] = {"optimal_fraction", "", BETTER_LARGER, false,
                          "probability of contexts in which the trained policy's answer is within 0.1 % of the "
                          "oracle's reward"},
    [PLANNING_STEPS] = {"planning_steps", "", BETTER_NEITHER, false,
                        "steps imagined in training beside the real interactions, as the policy says"},
    [CONTEXTS] = {"contexts", "", BETTER_NEITHER, false,
                  "in which the greedy policy was judged; 4096 may be a sample, 0: on first questions instead"},
};

/* What is known about no request or no decision is not known. */
static double known(int64_t count, double value)
{
    return count > 0 ? value : NAN;
}

/* Half width of the mean response time out of one run, s. */
static double response_half_width(const Series *course)
{
    BatchMeans batches = batch_means(course->means, course->count, CONFIDENCE);
    return batches.too_short ? NAN : batches.interval.half_width;
}

/* What MSER-5 would cut, where that matters to the mean. */
static double warm_up_fraction(const Series *course)
{
    WarmUp warm_up = warm_up_mser(course->means, course->count);
    return fabs(warm_up.shift) < WARM_UP_WORTH_SHIFT ? 0 : warm_up.fraction;
}

static double group_energy(const Metrics *metrics, const NodeGroup *group)
{
    double energy_j = 0;
    for (int i = 0; i < group->count; i++)
        energy_j += metrics->nodes[group->first + i].energy_j;
    return energy_j;
}

static double group_utilisation(const Metrics *metrics, const NodeGroup *group)
{
    double sum = 0;
    for (int i = 0; i < group->count; i++)
        sum += metrics->nodes[group->first + i].utilisation;
    return sum / group->count;
}

static double total_energy(const Metrics *metrics)
{
    double energy_j = 0;
    for (int i = 0; i < metrics->node_count; i++)
        energy_j += metrics->nodes[i].energy_j;
    return energy_j;
}

static const CurvePoint *last_point(const Learning *training)
{
    return &training->curve[training->curve_count - 1];
}

/* The value behind a key; `group` is NULL but for metrics per group. */
static double value_of(MetricKey key, const Simulation *simulation, const NodeGroup *group, const PolicyWork *work,
                       const Learning *training)
{
    const Metrics *metrics = simulation_metrics(simulation);
    int64_t finished = metrics->response_s.count, judged = metrics->reward.count;
    double measured_s = time_to_s(metrics->measured);
    switch (key) {
    case RESPONSE_TIME_MEAN:
        return known(finished, summary_mean(&metrics->response_s));
    case RESPONSE_TIME_DEVIATION:
        return known(finished - 1, summary_deviation(&metrics->response_s));
    case RESPONSE_TIME_P50:
        return known(finished, histogram_quantile(&metrics->response, 0.50));
    case RESPONSE_TIME_P90:
        return known(finished, histogram_quantile(&metrics->response, 0.90));
    case RESPONSE_TIME_P95:
        return known(finished, histogram_quantile(&metrics->response, 0.95));
    case RESPONSE_TIME_P99:
        return known(finished, histogram_quantile(&metrics->response, 0.99));
    case RESPONSE_TIME_MAXIMUM:
        return known(finished, metrics->response_s.maximum);
    case RESPONSE_TIME_HALF_WIDTH:
        return response_half_width(&metrics->response_course_s);
    case WAITING_TIME_MEAN:
        return known(finished, metrics->waiting_sum_s / (double)finished);
    case WAITING_TIME_MAXIMUM:
        return known(finished, metrics->waiting_maximum_s);
    case ACCURACY_MEAN:
        return known(finished, metrics->accuracy_first + metrics->accuracy_sum / (double)finished);
    case ENERGY_PER_REQUEST:
        return known(finished, metrics->energy_first_j + metrics->energy_sum_j / (double)finished);
    case ENERGY_TOTAL:
        return total_energy(metrics);
    case ENERGY:
        return group_energy(metrics, group);
    case UTILISATION:
        return group_utilisation(metrics, group);
    case REWARD_MEAN:
        return known(judged, summary_mean(&metrics->reward));
    case REWARD_DEVIATION:
        return known(judged - 1, summary_deviation(&metrics->reward));
    case DECISIONS:
        return (double)metrics->decisions;
    case INFEASIBLE_FRACTION:
        return known(metrics->decisions, (double)metrics->infeasible / (double)metrics->decisions);
    case ESCALATION_FRACTION:
        return known(metrics->asked_on, (double)metrics->sent_on / (double)metrics->asked_on);
    case REQUESTS_ARRIVED:
        return (double)metrics->arrived;
    case REQUESTS_FINISHED:
        return (double)metrics->finished;
    case REQUESTS_REFUSED:
        return (double)metrics->refused;
    case REQUESTS_LATE:
        return (double)metrics->late;
    case REQUESTS_UNFINISHED:
        return (double)metrics->unfinished;
    case THROUGHPUT:
        return measured_s > 0 ? (double)metrics->finished / measured_s : NAN;
    case MEASURED_TIME:
        return measured_s;
    case WARM_UP_MSER:
        return warm_up_fraction(&metrics->response_course_s);
    case MEMORY:
        return (double)simulation_bytes(simulation);
    case BOUND_GAP:
        return work->bound_gap / (double)work->bounded;
    case INTERACTIONS:
        return (double)training->interactions;
    case INTERACTIONS_TO_OPTIMUM:
        return training->to_optimum;
    case INTERACTIONS_TO_MOST_OPTIMUM:
        return training->to_most_optimum;
    case INTERACTIONS_TO_NEAR_OPTIMUM:
        return training->to_near_optimum;
    case OPTIMUM_REACHED:
        return training->compared ? (double)!isnan(training->to_optimum) : NAN;
    case OPTIMAL_FRACTION:
        return last_point(training)->optimal_fraction;
    case PLANNING_STEPS:
        return (double)last_point(training)->planning_steps;
    case CONTEXTS:
        return training->contexts;
    case METRIC_COUNT:
        break;
    }
    return NAN;
}

const MetricDefinition *metric_definition(int index)
{
    return index >= 0 && index < METRIC_COUNT ? &definitions[index] : NULL;
}

const MetricDefinition *metric_definition_find(const char *stored_name)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        size_t length = strlen(definitions[i].name);
        if (strncmp(stored_name, definitions[i].name, length) != 0)
            continue;
        if (stored_name[length] == (definitions[i].per_group ? '.' : 0))
            return &definitions[i];
    }
    return NULL;
}

int metric_table_read(const Simulation *simulation, const PolicyWork *work, const Learning *training, Arena *arena,
                      Metric **ret_metrics)
{
    const Scenario *scenario = simulation_scenario(simulation);
    size_t limit = METRIC_COUNT * (size_t)(1 + scenario->node_group_count);
    Metric *metrics = arena_allocate(arena, limit, sizeof *metrics);
    int count = 0;
    for (MetricKey key = 0; key < METRIC_COUNT; key++) {
        const MetricDefinition *definition = &definitions[key];
        if ((key >= INTERACTIONS && !training) || (key == BOUND_GAP && work->bounded == 0) ||
            (key == ESCALATION_FRACTION && !scenario->cascade.present))
            continue;
        if (!definition->per_group)
            metrics[count++] =
                (Metric){definition->name, definition->unit, value_of(key, simulation, NULL, work, training)};
        for (int g = 0; definition->per_group && g < scenario->node_group_count; g++) {
            const NodeGroup *group = &scenario->node_groups[g];
            metrics[count++] = (Metric){arena_format(arena, "%s.%s", definition->name, group->name), definition->unit,
                                        value_of(key, simulation, group, work, training)};
        }
    }
    *ret_metrics = metrics;
    return count;
}

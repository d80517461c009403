#include "report_data.h"

#include <gsl/gsl_statistics_double.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first columns of both queries say which line a row belongs to; runs come in the order they were stored. */
static const char RUNS[] =
    "SELECT scenario_hash, scenario, policy, parameters_hash, version, status = 'done', seed, replication, "
    "response_time_mean_s, accuracy_mean, energy_per_request_j, reward_mean, infeasible_fraction, decisions, "
    "nullif(interactions, 0), interactions_to_optimum, "
    "(SELECT value FROM metrics WHERE metrics.run = run_summary.run AND name = 'warm_up_mser') "
    "FROM run_summary WHERE CAST(?1 AS INTEGER) IN (0, experiment) ORDER BY run";
static const char SHARES[] =
    "SELECT scenario_hash, scenarios.name, policy, parameters_hash, version, option, sum(count) "
    "FROM runs JOIN scenarios USING (scenario_hash) JOIN decision_counts USING (run) "
    "WHERE CAST(?1 AS INTEGER) IN (0, experiment) AND status = 'done' "
    "GROUP BY scenario_hash, policy, parameters_hash, version, option ORDER BY sum(count) DESC, option";

enum { COLUMN_HASH, COLUMN_SCENARIO, COLUMN_POLICY, COLUMN_PARAMETERS, COLUMN_VERSION, COLUMN_FIRST };
enum { COLUMN_DONE = COLUMN_FIRST, COLUMN_SEED, COLUMN_REPLICATION, COLUMN_MEASURES };
enum { COLUMN_OPTION = COLUMN_FIRST, COLUMN_SUM };

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_allocate(size, 1), text, size);
}

/* The array `items` with room for one more than `count`. */
static void *one_more(void *items, int count, size_t size)
{
    return memory_grow(items, (size_t)count, (size_t)count + 1, size);
}

/* The scenario a row belongs to, new if it is the first. */
static ReportScenario *find_scenario(ReportData *data, const StoreValue *row)
{
    for (int i = data->scenario_count - 1; i >= 0; i--)
        if (strcmp(data->scenarios[i].hash, row[COLUMN_HASH].text) == 0)
            return &data->scenarios[i];
    data->scenarios = one_more(data->scenarios, data->scenario_count, sizeof *data->scenarios);
    ReportScenario *scenario = &data->scenarios[data->scenario_count++];
    scenario->hash = copy_text(row[COLUMN_HASH].text);
    scenario->name = copy_text(row[COLUMN_SCENARIO].text);
    return scenario;
}

static ReportLine *find_line(ReportScenario *scenario, const StoreValue *row)
{
    for (int i = 0; i < scenario->line_count; i++) {
        ReportLine *line = &scenario->lines[i];
        if (strcmp(line->policy, row[COLUMN_POLICY].text) == 0 &&
            strcmp(line->parameters_hash, row[COLUMN_PARAMETERS].text) == 0 &&
            strcmp(line->version, row[COLUMN_VERSION].text) == 0)
            return line;
    }
    scenario->lines = one_more(scenario->lines, scenario->line_count, sizeof *scenario->lines);
    ReportLine *line = &scenario->lines[scenario->line_count++];
    line->policy = copy_text(row[COLUMN_POLICY].text);
    line->parameters_hash = copy_text(row[COLUMN_PARAMETERS].text);
    line->version = copy_text(row[COLUMN_VERSION].text);
    return line;
}

static bool add_run(void *context, int column_count, const char *const *names, const StoreValue *row)
{
    (void)column_count;
    (void)names;
    ReportScenario *scenario = find_scenario(context, row);
    if (!row[COLUMN_DONE].integer) {
        scenario->failed++;
        return true;
    }
    ReportLine *line = find_line(scenario, row);
    line->runs = one_more(line->runs, line->run_count, sizeof *line->runs);
    ReportRun *run = &line->runs[line->run_count++];
    run->seed = row[COLUMN_SEED].integer;
    run->replication = row[COLUMN_REPLICATION].integer;
    for (int m = 0; m < MEASURE_COUNT; m++)
        run->values[m] = row[COLUMN_MEASURES + m].null ? NAN : row[COLUMN_MEASURES + m].number;
    return true;
}

static bool add_share(void *context, int column_count, const char *const *names, const StoreValue *row)
{
    (void)column_count;
    (void)names;
    ReportLine *line = find_line(find_scenario(context, row), row);
    line->shares = one_more(line->shares, line->share_count, sizeof *line->shares);
    line->shares[line->share_count++] =
        (ReportShare){.option = copy_text(row[COLUMN_OPTION].text), .count = row[COLUMN_SUM].number};
    return true;
}

/* The interval of a measure over the runs that know it, and its median. */
static Interval measure_interval(const ReportLine *line, Measure measure, double *ret_median)
{
    double *values = memory_allocate((size_t)line->run_count, sizeof *values);
    int count = 0;
    for (int i = 0; i < line->run_count; i++)
        if (!isnan(line->runs[i].values[measure]))
            values[count++] = line->runs[i].values[measure];
    Interval interval = statistics_interval(values, count, CONFIDENCE);
    *ret_median = count > 0 ? gsl_stats_median(values, 1, (size_t)count) : NAN;
    free(values);
    return interval;
}

static const ReportRun *find_run(const ReportLine *line, int64_t seed, int64_t replication)
{
    for (int i = 0; i < line->run_count; i++)
        if (line->runs[i].seed == seed && line->runs[i].replication == replication)
            return &line->runs[i];
    return NULL;
}

/* The interval of the differences between two lines in a measure, run by run: those of equal seed and replication met
 * the same requests. `ret_second_mean` is the mean of `second` over these runs. */
static Interval paired_interval(const ReportLine *first, const ReportLine *second, Measure measure,
                                double *ret_second_mean)
{
    double *own = memory_allocate((size_t)first->run_count, sizeof *own);
    double *others = memory_allocate((size_t)first->run_count, sizeof *others);
    int count = 0;
    for (int i = 0; i < first->run_count; i++) {
        const ReportRun *other = find_run(second, first->runs[i].seed, first->runs[i].replication);
        own[count] = first->runs[i].values[measure];
        others[count] = other ? other->values[measure] : NAN;
        count += !isnan(own[count]) && !isnan(others[count]);
    }
    Interval interval = statistics_paired_interval(own, others, count, CONFIDENCE);
    *ret_second_mean = statistics_interval(others, count, CONFIDENCE).mean;
    free(own);
    free(others);
    return interval;
}

static void compare_with_oracle(const ReportScenario *scenario, ReportLine *line)
{
    line->slower_fraction = line->slower_half_width = NAN;
    for (int i = 0; i < scenario->line_count; i++) {
        const ReportLine *oracle = &scenario->lines[i];
        if (strcmp(oracle->policy, "oracle") != 0 || strcmp(oracle->version, line->version) != 0)
            continue;
        double oracle_mean;
        line->slower = paired_interval(line, oracle, MEASURE_RESPONSE_TIME, &oracle_mean);
        line->slower_fraction = line->slower.mean / oracle_mean;
        line->slower_half_width = line->slower.half_width / oracle_mean;
        return;
    }
}

/* Marks the largest mean reward, and those whose difference to it may be luck. */
static void mark_best(ReportScenario *scenario)
{
    const ReportLine *best = NULL;
    for (int i = 0; i < scenario->line_count; i++)
        if (!best || scenario->lines[i].intervals[MEASURE_REWARD].mean > best->intervals[MEASURE_REWARD].mean)
            best = &scenario->lines[i];
    for (int i = 0; i < scenario->line_count; i++) {
        double ignored;
        Interval behind = paired_interval(best, &scenario->lines[i], MEASURE_REWARD, &ignored);
        scenario->lines[i].best = behind.mean <= 0 || behind.mean <= behind.half_width;
    }
}

/* Fills intervals, shares, differences and who is best. */
static void conclude(ReportScenario *scenario)
{
    for (int i = 0; i < scenario->line_count; i++) {
        ReportLine *line = &scenario->lines[i];
        double total = 0, medians[MEASURE_COUNT];
        for (Measure m = 0; m < MEASURE_COUNT; m++)
            line->intervals[m] = measure_interval(line, m, &medians[m]);
        line->warm_up_fraction = medians[MEASURE_WARM_UP];
        for (int s = 0; s < line->share_count; s++)
            total += line->shares[s].count;
        for (int s = 0; s < line->share_count; s++)
            line->shares[s].fraction = line->shares[s].count / total;
        compare_with_oracle(scenario, line);
    }
    mark_best(scenario);
}

StoreStatus report_data_read(Store *store, int64_t experiment, ReportData *ret_data, Error *error)
{
    *ret_data = (ReportData){0};
    char number[32];
    const char *parameters[] = {number};
    snprintf(number, sizeof number, "%" PRId64, experiment);
    StoreStatus status = store_query(store, RUNS, parameters, 1, add_run, ret_data, error);
    if (status == STORE_FINE)
        status = store_query(store, SHARES, parameters, 1, add_share, ret_data, error);
    for (int i = 0; i < ret_data->scenario_count; i++)
        conclude(&ret_data->scenarios[i]);
    return status;
}

static void free_line(ReportLine *line)
{
    for (int s = 0; s < line->share_count; s++)
        free(line->shares[s].option);
    free(line->shares);
    free(line->runs);
    free(line->policy);
    free(line->parameters_hash);
    free(line->version);
}

void report_data_free(ReportData *data)
{
    for (int i = 0; i < data->scenario_count; i++) {
        for (int l = 0; l < data->scenarios[i].line_count; l++)
            free_line(&data->scenarios[i].lines[l]);
        free(data->scenarios[i].lines);
        free(data->scenarios[i].name);
        free(data->scenarios[i].hash);
    }
    free(data->scenarios);
    *data = (ReportData){0};
}

#include "report.h"

#include "escape.h"
#include "report_data.h"
#include "sheet.h"
#include "warm_up.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHARES_SHOWN = 3 };

enum {
    COLUMN_POLICY,
    COLUMN_N,
    COLUMN_RESPONSE_TIME,
    COLUMN_SLOWER,
    COLUMN_REWARD,
    COLUMN_ACCURACY,
    COLUMN_MISSED,
    COLUMN_ENERGY,
    COLUMN_DECISIONS,
    COLUMN_INTERACTIONS,
    COLUMN_SHARES,
    COLUMN_COUNT
};

static const char *const headers[COLUMN_COUNT] = {
    "<policy",  "n",         "response time ms", "over oracle %",     "reward", "accuracy %", "missed %",
    "energy J", "decisions", "learnt from",      "<requests went to",
};

/* Digits behind the point such that the smallest of the means keeps about four significant ones. */
static int decimals_for(const ReportScenario *scenario, Measure measure, double scale)
{
    double least = INFINITY;
    for (int i = 0; i < scenario->line_count; i++)
        if (fabs(scenario->lines[i].intervals[measure].mean) > 0)
            least = fmin(least, scale * fabs(scenario->lines[i].intervals[measure].mean));
    return least >= 100 ? 1 : least >= 10 ? 2 : 3;
}

static void fill_response_time(Sheet *sheet, const ReportScenario *scenario)
{
    Interval *scaled = memory_allocate((size_t)scenario->line_count, sizeof *scaled);
    for (int i = 0; i < scenario->line_count; i++) {
        scaled[i] = scenario->lines[i].intervals[MEASURE_RESPONSE_TIME];
        scaled[i].mean *= 1e3;
        scaled[i].half_width *= 1e3;
    }
    sheet_set_intervals(sheet, COLUMN_RESPONSE_TIME, scaled, decimals_for(scenario, MEASURE_RESPONSE_TIME, 1e3), false);
    free(scaled);
}

/* Response time over the oracle's, paired, in percent; nothing for the oracle itself. */
static void fill_slower(Sheet *sheet, const ReportScenario *scenario)
{
    Interval *percent = memory_allocate((size_t)scenario->line_count, sizeof *percent);
    for (int i = 0; i < scenario->line_count; i++) {
        const ReportLine *line = &scenario->lines[i];
        bool other = strcmp(line->policy, "oracle") != 0 && line->slower.count > 0;
        percent[i].mean = other ? 100 * line->slower_fraction : NAN;
        percent[i].half_width = other ? 100 * line->slower_half_width : NAN;
    }
    sheet_set_intervals(sheet, COLUMN_SLOWER, percent, 2, true);
    free(percent);
}

/* A measure as a bare mean; all cells stay empty where `always` is false and every mean is zero or unknown. */
static void fill_means(Sheet *sheet, int column, const ReportScenario *scenario, Measure measure, double scale,
                       int decimals, bool always)
{
    for (int i = 0; i < scenario->line_count; i++)
        always |= fabs(scenario->lines[i].intervals[measure].mean) > 0;
    for (int i = 0; always && i < scenario->line_count; i++)
        if (!isnan(scenario->lines[i].intervals[measure].mean))
            sheet_set(sheet, i, column, "%.*f", decimals, scale * scenario->lines[i].intervals[measure].mean);
}

/* The reward where it says more than the response time and what was missed: with another objective. */
static void fill_reward(Sheet *sheet, const ReportScenario *scenario)
{
    bool same = true;
    for (int i = 0; i < scenario->line_count; i++) {
        const Interval *intervals = scenario->lines[i].intervals;
        double sum = intervals[MEASURE_REWARD].mean + intervals[MEASURE_RESPONSE_TIME].mean;
        same &= intervals[MEASURE_INFEASIBLE].mean > 0 || !(fabs(sum) > 0.001 * intervals[MEASURE_RESPONSE_TIME].mean);
    }
    if (!same)
        fill_means(sheet, COLUMN_REWARD, scenario, MEASURE_REWARD, 1, 4, true);
}

/* "device:d4 80 %, cloud:d0 20 %": the options that got most of the requests. */
static void fill_shares(Sheet *sheet, const ReportScenario *scenario)
{
    for (int i = 0; i < scenario->line_count; i++) {
        const ReportLine *line = &scenario->lines[i];
        const char *text = "";
        for (int s = 0; s < line->share_count && s < SHARES_SHOWN; s++) {
            int percent = (int)lround(100 * line->shares[s].fraction);
            text = arena_format(&sheet->arena, "%s%s%s %s%d %%", text, s ? ", " : "", line->shares[s].option,
                                percent ? "" : "<", percent ? percent : 1);
        }
        sheet_set(sheet, i, COLUMN_SHARES, "%s%s", text, line->share_count > SHARES_SHOWN ? ", …" : "");
    }
}

/* Whether all lines have the same number of replications, each with the same number of decisions. */
static bool is_uniform(const ReportScenario *scenario)
{
    const ReportLine *first = scenario->lines;
    for (int i = 0; i < scenario->line_count; i++) {
        const ReportLine *line = &scenario->lines[i];
        if (line->run_count != first->run_count)
            return false;
        for (int r = 0; r < line->run_count; r++)
            if (!(line->runs[r].values[MEASURE_DECISIONS] == first->runs[0].values[MEASURE_DECISIONS]))
                return false;
    }
    return scenario->line_count > 0;
}

/* The scenario, and what all lines have in common. */
static const char *title(Arena *arena, const ReportScenario *scenario)
{
    if (!is_uniform(scenario))
        return arena_string(arena, scenario->name);
    const ReportLine *first = scenario->lines;
    return arena_format(arena, "%s: n = %d replication%s of %.0f decisions", scenario->name, first->run_count,
                        first->run_count == 1 ? "" : "s", first->runs[0].values[MEASURE_DECISIONS]);
}

/* Names, and what the title does not say of all. */
static void fill_names(Sheet *sheet, const ReportScenario *scenario)
{
    bool uniform = is_uniform(scenario);
    for (int i = 0; i < scenario->line_count; i++) {
        sheet_set(sheet, i, COLUMN_POLICY, "%s", scenario->lines[i].policy);
        if (!uniform)
            sheet_set(sheet, i, COLUMN_N, "%d", scenario->lines[i].run_count);
    }
    if (!uniform)
        fill_means(sheet, COLUMN_DECISIONS, scenario, MEASURE_DECISIONS, 1, 0, true);
}

/* Adds a warning where some policy's runs begin unlike they go on, or do not settle at all; the worst is named. */
static const char *add_warm_up(Arena *arena, const char *text, const ReportScenario *scenario)
{
    const ReportLine *worst = NULL;
    for (int i = 0; i < scenario->line_count; i++) {
        double fraction = scenario->lines[i].warm_up_fraction;
        if (fraction >= WARM_UP_WORTH_MENTIONING && (!worst || fraction > worst->warm_up_fraction))
            worst = &scenario->lines[i];
    }
    if (!worst)
        return text;
    double percent = 100 * worst->warm_up_fraction;
    if (percent > 50)
        return arena_format(arena,
                            "%s\nwarm-up: %s has not settled when its runs end (MSER-5 would cut %.0f %%): run longer, "
                            "unless it is overloaded.",
                            text, worst->policy, percent);
    return arena_format(arena,
                        "%s\nwarm-up: the first %.0f %% of the requests under %s look unlike the rest (MSER-5): set "
                        "warm_up.",
                        text, percent, worst->policy);
}

/* How to read the table, and what is not in it. */
static const char *notes(Arena *arena, const ReportScenario *scenario)
{
    bool paired = false, missed = false;
    for (int i = 0; i < scenario->line_count; i++) {
        paired |= scenario->lines[i].slower.count > 0;
        missed |= scenario->lines[i].intervals[MEASURE_INFEASIBLE].mean > 0;
    }
    const char *text = arena_format(arena, "±: half width of the 95 %% t interval over n replications%s.",
                                    paired ? "; over oracle: paired, on the same requests" : "");
    if (missed)
        text =
            arena_format(arena, "%s\nmissed: decisions below the accuracy threshold or with a refused request.", text);
    if (scenario->failed)
        text = arena_format(arena, "%s\n%d failed run%s left out.", text, scenario->failed,
                            scenario->failed == 1 ? " is" : "s are");
    return add_warm_up(arena, text, scenario);
}

static void write_table(FILE *stream, const ReportScenario *scenario, bool bold)
{
    Sheet sheet;
    sheet_init(&sheet, headers, COLUMN_COUNT, scenario->line_count);
    sheet.title = title(&sheet.arena, scenario);
    sheet.notes = notes(&sheet.arena, scenario);
    fill_names(&sheet, scenario);
    fill_response_time(&sheet, scenario);
    fill_slower(&sheet, scenario);
    fill_reward(&sheet, scenario);
    fill_means(&sheet, COLUMN_ACCURACY, scenario, MEASURE_ACCURACY, 100, 2, true);
    fill_means(&sheet, COLUMN_MISSED, scenario, MEASURE_INFEASIBLE, 100, 1, false);
    fill_means(&sheet, COLUMN_ENERGY, scenario, MEASURE_ENERGY, 1, decimals_for(scenario, MEASURE_ENERGY, 1), false);
    fill_means(&sheet, COLUMN_INTERACTIONS, scenario, MEASURE_INTERACTIONS, 1, 0, false);
    fill_shares(&sheet, scenario);
    for (int i = 0; i < scenario->line_count; i++)
        sheet.strong[i] = scenario->lines[i].best;
    sheet_write(&sheet, SHEET_TEXT, bold, stream);
    sheet_free(&sheet);
}

static void write_json_interval(FILE *stream, const char *name, const Interval *interval)
{
    fprintf(stream, ",\n         \"%s\": {\"n\": %d, \"mean\": ", name, interval->count);
    escape_number_json(stream, interval->count ? interval->mean : NAN);
    fputs(", \"half_width_95\": ", stream);
    escape_number_json(stream, interval->count ? interval->half_width : NAN);
    fputs("}", stream);
}

static void write_json_line(FILE *stream, const ReportLine *line)
{
    static const char *const names[MEASURE_COUNT] = {
        [MEASURE_RESPONSE_TIME] = "response_time_s",  [MEASURE_ACCURACY] = "accuracy_fraction",
        [MEASURE_ENERGY] = "energy_per_request_j",    [MEASURE_REWARD] = "reward",
        [MEASURE_INFEASIBLE] = "infeasible_fraction", [MEASURE_DECISIONS] = "decisions",
        [MEASURE_INTERACTIONS] = "interactions",      [MEASURE_TO_OPTIMUM] = "interactions_to_optimum",
        [MEASURE_WARM_UP] = "warm_up_mser_fraction",
    };
    fputs("\n        {\"policy\": ", stream);
    escape_json(stream, line->policy);
    fprintf(stream, ", \"parameters_hash\": \"%s\", \"version\": \"%s\", \"n\": %d, \"best\": %s",
            line->parameters_hash, line->version, line->run_count, line->best ? "true" : "false");
    for (Measure m = 0; m < MEASURE_COUNT; m++)
        write_json_interval(stream, names[m], &line->intervals[m]);
    write_json_interval(stream, "response_time_over_oracle_s", &line->slower);
    fputs(",\n         \"response_time_over_oracle_fraction\": ", stream);
    escape_number_json(stream, line->slower_fraction);
    fputs(",\n         \"options\": [", stream);
    for (int s = 0; s < line->share_count; s++) {
        fputs(s ? ", {\"option\": " : "{\"option\": ", stream);
        escape_json(stream, line->shares[s].option);
        fputs(", \"fraction\": ", stream);
        escape_number_json(stream, line->shares[s].fraction);
        fputs("}", stream);
    }
    fputs("]}", stream);
}

static void write_json(FILE *stream, const ReportData *data)
{
    fputs("{\"scenarios\": [", stream);
    for (int i = 0; i < data->scenario_count; i++) {
        const ReportScenario *scenario = &data->scenarios[i];
        fputs(i ? ",\n    {\"name\": " : "\n    {\"name\": ", stream);
        escape_json(stream, scenario->name);
        fprintf(stream, ", \"hash\": \"%s\", \"failed\": %d, \"policies\": [", scenario->hash, scenario->failed);
        for (int l = 0; l < scenario->line_count; l++) {
            fputs(l ? "," : "", stream);
            write_json_line(stream, &scenario->lines[l]);
        }
        fputs("]}", stream);
    }
    fputs("]}\n", stream);
}

StoreStatus report_write(FILE *stream, Store *store, int64_t experiment, ReportFormat format, bool bold, Error *error)
{
    ReportData data;
    StoreStatus status = report_data_read(store, experiment, &data, error);
    if (status == STORE_FINE && format == REPORT_JSON)
        write_json(stream, &data);
    for (int i = 0; status == STORE_FINE && format == REPORT_TABLE && i < data.scenario_count; i++) {
        fputs(i ? "\n" : "", stream);
        write_table(stream, &data.scenarios[i], bold);
    }
    report_data_free(&data);
    return status;
}

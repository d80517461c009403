#include "report.h"

#include "report_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_SIZE = 160, SHARES_SHOWN = 3 };

typedef char Cell[CELL_SIZE];

/* A column of a table: a header and a cell per line. A column of empty cells is left out. */
typedef struct Column {
    const char *header;
    bool left; /* aligned to the left, else to the right */
    Cell *cells;
} Column;

/* Columns on a terminal that a text takes: characters of UTF-8, each of which is one column wide here. */
static int display_width(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += (*text & 0xc0) != 0x80;
    return width;
}

static void pad(FILE *stream, int count)
{
    fprintf(stream, "%*s", count > 0 ? count : 0, "");
}

static int column_width(const Column *column, int line_count)
{
    int width = 0;
    for (int i = 0; i < line_count; i++)
        if (display_width(column->cells[i]) > width)
            width = display_width(column->cells[i]);
    if (width > 0 && display_width(column->header) > width)
        width = display_width(column->header);
    return width;
}

/* One line of a table: the headers where `row` is -1. Nothing follows the last text. */
static void write_row(FILE *stream, const Column *columns, const int *widths, int column_count, int row)
{
    int due = 0; /* spaces before the next text */
    for (int c = 0; c < column_count; c++) {
        if (widths[c] == 0)
            continue;
        const char *text = row < 0 ? columns[c].header : columns[c].cells[row];
        int rest = widths[c] - display_width(text);
        if (*text) {
            pad(stream, due + (columns[c].left ? 0 : rest));
            fputs(text, stream);
            due = (columns[c].left ? rest : 0) + 2;
        } else {
            due += widths[c] + 2;
        }
    }
}

/* Digits behind the point such that the smallest of the means keeps about four significant ones. */
static int decimals_for(const ReportScenario *scenario, Measure measure, double scale)
{
    double least = INFINITY;
    for (int i = 0; i < scenario->line_count; i++)
        if (fabs(scenario->lines[i].intervals[measure].mean) > 0)
            least = fmin(least, scale * fabs(scenario->lines[i].intervals[measure].mean));
    return least >= 100 ? 1 : least >= 10 ? 2 : 3;
}

/* "mean ± half width", one below the other, empty where the mean is not known; `sign`: with a plus or minus. */
static void fill_intervals(Cell *cells, const Interval *intervals, int count, int decimals, bool sign)
{
    int widest = 0;
    for (int i = 0; i < count; i++)
        if (!isnan(intervals[i].half_width))
            widest = (int)fmax(widest, snprintf(NULL, 0, "%.*f", decimals, intervals[i].half_width));
    for (int i = 0; i < count; i++) {
        char mean[48], half[48];
        if (isnan(intervals[i].mean))
            continue;
        snprintf(mean, sizeof mean, sign ? "%+.*f" : "%.*f", decimals, intervals[i].mean);
        if (isnan(intervals[i].half_width))
            snprintf(half, sizeof half, "–");
        else
            snprintf(half, sizeof half, "%.*f", decimals, intervals[i].half_width);
        int gap = widest > display_width(half) ? widest - display_width(half) : 0;
        snprintf(cells[i], CELL_SIZE, "%s ± %*s%s", mean, gap, "", half);
    }
}

static void fill_response_time(Cell *cells, const ReportScenario *scenario)
{
    Interval *scaled = memory_allocate((size_t)scenario->line_count, sizeof *scaled);
    for (int i = 0; i < scenario->line_count; i++) {
        scaled[i] = scenario->lines[i].intervals[MEASURE_RESPONSE_TIME];
        scaled[i].mean *= 1e3;
        scaled[i].half_width *= 1e3;
    }
    fill_intervals(cells, scaled, scenario->line_count, decimals_for(scenario, MEASURE_RESPONSE_TIME, 1e3), false);
    free(scaled);
}

/* Response time over the oracle's, paired, in percent; nothing for the oracle itself. */
static void fill_slower(Cell *cells, const ReportScenario *scenario)
{
    Interval *percent = memory_allocate((size_t)scenario->line_count, sizeof *percent);
    for (int i = 0; i < scenario->line_count; i++) {
        const ReportLine *line = &scenario->lines[i];
        bool other = strcmp(line->policy, "oracle") != 0 && line->slower.count > 0;
        percent[i].mean = other ? 100 * line->slower_fraction : NAN;
        percent[i].half_width = other ? 100 * line->slower_half_width : NAN;
    }
    fill_intervals(cells, percent, scenario->line_count, 2, true);
    free(percent);
}

/* A measure as a bare mean; all cells stay empty where `always` is false and every mean is zero or unknown. */
static void fill_means(Cell *cells, const ReportScenario *scenario, Measure measure, double scale, int decimals,
                       bool always)
{
    for (int i = 0; i < scenario->line_count; i++)
        always |= fabs(scenario->lines[i].intervals[measure].mean) > 0;
    for (int i = 0; always && i < scenario->line_count; i++)
        if (!isnan(scenario->lines[i].intervals[measure].mean))
            snprintf(cells[i], CELL_SIZE, "%.*f", decimals, scale * scenario->lines[i].intervals[measure].mean);
}

/* The reward where it says more than the response time and what was missed: with another objective. */
static void fill_reward(Cell *cells, const ReportScenario *scenario)
{
    bool same = true;
    for (int i = 0; i < scenario->line_count; i++) {
        const Interval *intervals = scenario->lines[i].intervals;
        double sum = intervals[MEASURE_REWARD].mean + intervals[MEASURE_RESPONSE_TIME].mean;
        same &= intervals[MEASURE_INFEASIBLE].mean > 0 || !(fabs(sum) > 0.001 * intervals[MEASURE_RESPONSE_TIME].mean);
    }
    if (!same)
        fill_means(cells, scenario, MEASURE_REWARD, 1, 4, true);
}

/* "device:d4 80 %, cloud:d0 20 %": the options that got most of the requests. */
static void fill_shares(Cell *cells, const ReportScenario *scenario)
{
    for (int i = 0; i < scenario->line_count; i++) {
        const ReportLine *line = &scenario->lines[i];
        int used = 0;
        for (int s = 0; s < line->share_count && s < SHARES_SHOWN; s++) {
            int left = CELL_SIZE - used, percent = (int)lround(100 * line->shares[s].fraction);
            int length = snprintf(cells[i] + used, (size_t)left, "%s%s %s%d %%", s ? ", " : "", line->shares[s].option,
                                  percent ? "" : "<", percent ? percent : 1);
            used += length < left ? length : left - 1;
        }
        if (line->share_count > SHARES_SHOWN)
            snprintf(cells[i] + used, (size_t)(CELL_SIZE - used), ", …");
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
static void write_title(FILE *stream, const ReportScenario *scenario)
{
    fputs(scenario->name, stream);
    if (is_uniform(scenario))
        fprintf(stream, ": n = %d replication%s of %.0f decisions", scenario->lines[0].run_count,
                scenario->lines[0].run_count == 1 ? "" : "s", scenario->lines[0].runs[0].values[MEASURE_DECISIONS]);
    fputs("\n", stream);
}

/* Names, and what the title does not say of all. */
static void fill_names(Cell *names, Cell *counts, Cell *decisions, const ReportScenario *scenario)
{
    for (int i = 0; i < scenario->line_count; i++) {
        snprintf(names[i], CELL_SIZE, "%s", scenario->lines[i].policy);
        if (!is_uniform(scenario))
            snprintf(counts[i], CELL_SIZE, "%d", scenario->lines[i].run_count);
    }
    if (!is_uniform(scenario))
        fill_means(decisions, scenario, MEASURE_DECISIONS, 1, 0, true);
}

static void write_table(FILE *stream, const ReportScenario *scenario, bool bold)
{
    Column columns[] = {{.header = "policy", .left = true},
                        {.header = "n"},
                        {.header = "response time ms"},
                        {.header = "over oracle %"},
                        {.header = "reward"},
                        {.header = "accuracy %"},
                        {.header = "missed %"},
                        {.header = "energy J"},
                        {.header = "decisions"},
                        {.header = "learnt from"},
                        {.header = "requests went to", .left = true}};
    enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };
    int widths[COLUMN_COUNT], line_count = scenario->line_count;
    for (int c = 0; c < COLUMN_COUNT; c++)
        columns[c].cells = memory_allocate((size_t)line_count, sizeof(Cell));
    fill_names(columns[0].cells, columns[1].cells, columns[8].cells, scenario);
    fill_response_time(columns[2].cells, scenario);
    fill_slower(columns[3].cells, scenario);
    fill_reward(columns[4].cells, scenario);
    fill_means(columns[5].cells, scenario, MEASURE_ACCURACY, 100, 2, true);
    fill_means(columns[6].cells, scenario, MEASURE_INFEASIBLE, 100, 1, false);
    fill_means(columns[7].cells, scenario, MEASURE_ENERGY, 1, decimals_for(scenario, MEASURE_ENERGY, 1), false);
    fill_means(columns[9].cells, scenario, MEASURE_INTERACTIONS, 1, 0, false);
    fill_shares(columns[10].cells, scenario);
    for (int c = 0; c < COLUMN_COUNT; c++)
        widths[c] = column_width(&columns[c], line_count);
    for (int row = -1; row < line_count; row++) {
        bool marked = bold && row >= 0 && scenario->lines[row].best;
        fputs(marked ? "\033[1m" : "", stream);
        write_row(stream, columns, widths, COLUMN_COUNT, row);
        fputs(marked ? "\033[0m\n" : "\n", stream);
    }
    for (int c = 0; c < COLUMN_COUNT; c++)
        free(columns[c].cells);
}

/* How to read the table, and what is not in it. */
static void write_notes(FILE *stream, const ReportScenario *scenario)
{
    bool paired = false, missed = false;
    for (int i = 0; i < scenario->line_count; i++) {
        paired |= scenario->lines[i].slower.count > 0;
        missed |= scenario->lines[i].intervals[MEASURE_INFEASIBLE].mean > 0;
    }
    fprintf(stream, "±: half width of the 95 %% t interval over n replications%s.\n",
            paired ? "; over oracle: paired, on the same requests" : "");
    if (missed)
        fprintf(stream, "missed: decisions below the accuracy threshold or with a refused request.\n");
    if (scenario->failed)
        fprintf(stream, "%d failed run%s left out.\n", scenario->failed, scenario->failed == 1 ? " is" : "s are");
}

static void write_json_text(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
        if (*byte == '"' || *byte == '\\')
            fprintf(stream, "\\%c", *byte);
        else if (*byte < 0x20)
            fprintf(stream, "\\u%04x", *byte);
        else
            fputc(*byte, stream);
    }
    fputc('"', stream);
}

/* A number that reads back as the same double; null where it is not known. */
static void write_json_number(FILE *stream, double value)
{
    if (isfinite(value))
        fprintf(stream, "%.17g", value);
    else
        fputs("null", stream);
}

static void write_json_interval(FILE *stream, const char *name, const Interval *interval)
{
    fprintf(stream, ",\n         \"%s\": {\"n\": %d, \"mean\": ", name, interval->count);
    write_json_number(stream, interval->count ? interval->mean : NAN);
    fputs(", \"half_width_95\": ", stream);
    write_json_number(stream, interval->count ? interval->half_width : NAN);
    fputs("}", stream);
}

static void write_json_line(FILE *stream, const ReportLine *line)
{
    static const char *const names[MEASURE_COUNT] = {
        [MEASURE_RESPONSE_TIME] = "response_time_s",  [MEASURE_ACCURACY] = "accuracy_fraction",
        [MEASURE_ENERGY] = "energy_per_request_j",    [MEASURE_REWARD] = "reward",
        [MEASURE_INFEASIBLE] = "infeasible_fraction", [MEASURE_DECISIONS] = "decisions",
        [MEASURE_INTERACTIONS] = "interactions",      [MEASURE_TO_OPTIMUM] = "interactions_to_optimum",
    };
    fputs("\n        {\"policy\": ", stream);
    write_json_text(stream, line->policy);
    fprintf(stream, ", \"parameters_hash\": \"%s\", \"version\": \"%s\", \"n\": %d, \"best\": %s",
            line->parameters_hash, line->version, line->run_count, line->best ? "true" : "false");
    for (Measure m = 0; m < MEASURE_COUNT; m++)
        write_json_interval(stream, names[m], &line->intervals[m]);
    write_json_interval(stream, "response_time_over_oracle_s", &line->slower);
    fputs(",\n         \"response_time_over_oracle_fraction\": ", stream);
    write_json_number(stream, line->slower_fraction);
    fputs(",\n         \"options\": [", stream);
    for (int s = 0; s < line->share_count; s++) {
        fputs(s ? ", {\"option\": " : "{\"option\": ", stream);
        write_json_text(stream, line->shares[s].option);
        fputs(", \"fraction\": ", stream);
        write_json_number(stream, line->shares[s].fraction);
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
        write_json_text(stream, scenario->name);
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
        write_title(stream, &data.scenarios[i]);
        write_table(stream, &data.scenarios[i], bold);
        write_notes(stream, &data.scenarios[i]);
    }
    report_data_free(&data);
    return status;
}

/* What the figures of edge-cloud cooperation show, as tables: the numbers of the report's tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claims_cooperation.h"
#include "figure_script.h"

/* A table under construction. */
typedef struct Draft {
    FILE *stream;
    char *text;
    size_t size;
} Draft;

/* Begins with the names of the columns. */
static void begin(Draft *draft, const char *columns)
{
    draft->stream = open_memstream(&draft->text, &draft->size);
    fputs(columns, draft->stream);
}

static void write_number(Draft *draft, double value)
{
    if (isfinite(value))
        fprintf(draft->stream, "\t%.6g", value);
    else
        fputs("\tNaN", draft->stream);
}

/* The mean, and both ends of its interval, or the mean in their place where there is none. */
static void write_interval(Draft *draft, double mean, double low, double high)
{
    write_number(draft, mean);
    write_number(draft, isfinite(low) ? low : mean);
    write_number(draft, isfinite(high) ? high : mean);
}

static void write_mean(Draft *draft, Interval interval)
{
    write_interval(draft, interval.mean, interval.mean - interval.half_width, interval.mean + interval.half_width);
}

static void write_share(Draft *draft, Interval logs)
{
    write_interval(draft, 100 * exp(logs.mean), 100 * exp(logs.mean - logs.half_width),
                   100 * exp(logs.mean + logs.half_width));
}

/* Text in the arena; "" where no row was written. */
static const char *end(Draft *draft, int rows, Arena *arena)
{
    fclose(draft->stream);
    const char *text = rows > 0 ? arena_string(arena, draft->text) : "";
    free(draft->text);
    return text;
}

/* Which panel a set has: 1, 2, ... in the order in which they come. */
static int panel_of(const Samples *samples, int index)
{
    int panel = 1;
    for (int i = 1; i <= index; i++)
        panel += strcmp(samples->items[i].names[0], samples->items[i - 1].names[0]) != 0;
    return panel;
}

StoreStatus cooperation_networks_figure(Store *store, Arena *arena, const char **ret_data, Error *error)
{
    Samples samples = {0};
    Draft draft;
    StoreStatus status = samples_read(store, cooperation_networks_query, NULL, 0, 2, arena, &samples, error);
    *ret_data = "";
    if (status != STORE_FINE)
        return status;
    begin(&draft,
          "panel\tdata\tnetwork\tprecision\tn\tbytes\tbytes_low\tbytes_high\tpoints\tpoints_low\tpoints_high\n");
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        if (strcmp(sample->names[1], "lighter") == 0)
            continue; /* far below the others */
        for (int whole = 0; whole < 2; whole++) {
            fprintf(draft.stream, "%d\t%s\t%s\t%s\t%d", panel_of(&samples, i), sample->names[0], sample->names[1],
                    whole ? "INT8" : "FP32", sample->count);
            write_share(&draft,
                        cooperation_log_ratio(sample, whole ? NETWORK_INT8_BYTES : NETWORK_BYTES, NETWORK_HEAVY_BYTES));
            write_mean(&draft, samples_interval(sample, whole ? NETWORK_INT8_OVER_HEAVY : NETWORK_POINTS));
            fputc('\n', draft.stream);
        }
    }
    *ret_data = end(&draft, samples.count, arena);
    return STORE_FINE;
}

/* Rows of the cells that are `wanted`, under the name and at the place (0: the next one of the set) that it says. */
static StoreStatus cells_figure(Store *store, Arena *arena,
                                bool (*wanted)(const Replicates *sample, const char **ret_name, int *ret_place),
                                const char **ret_data, Error *error)
{
    Samples samples = {0};
    Draft draft;
    const char *size = "large";
    int rows = 0, next = 1;
    StoreStatus status = samples_read(store, cooperation_cells_query, &size, 1, 2, arena, &samples, error);
    *ret_data = "";
    if (status != STORE_FINE)
        return status;
    begin(&draft,
          "panel\tdata\tplace\tname\tn\tresponse_ms\tresponse_low\tresponse_high\tpoints\tpoints_low\tpoints_high\t"
          "accuracy\taccuracy_low\taccuracy_high\tsent\tsent_low\tsent_high\n");
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        const char *name;
        int place;
        next = i > 0 && strcmp(sample->names[0], sample[-1].names[0]) != 0 ? 1 : next;
        if (!wanted(sample, &name, &place))
            continue;
        fprintf(draft.stream, "%d\t%s\t%d\t%s\t%d", panel_of(&samples, i), sample->names[0], place ? place : next++,
                name, sample->count);
        write_mean(&draft, samples_interval(sample, CELL_RESPONSE_MS));
        write_mean(&draft, samples_interval(sample, CELL_POINTS));
        write_mean(&draft, samples_interval(sample, CELL_ACCURACY));
        write_mean(&draft, samples_interval(sample, CELL_SENT));
        fputc('\n', draft.stream);
        rows++;
    }
    *ret_data = end(&draft, rows, arena);
    return STORE_FINE;
}

static bool is_rule(const Replicates *sample, const char **ret_name, int *ret_place)
{
    static const char *const rules[][2] = {
        {"cloud-only", "cloud only"},         {"cascade-never", "edge only"},
        {"cascade-random", "random"},         {"cascade-random {rate: 10 %}", "random"},
        {"cascade-confidence", "confidence"}, {"cascade-logistic", "logistic"},
        {"cascade-mlp", "small network"},     {"cascade-always", "always"},
        {"cascade-oracle", "oracle"}};
    enum { RULE_COUNT = sizeof rules / sizeof *rules, TWICE = 3 };
    for (int i = 0; i < RULE_COUNT; i++)
        if (strcmp(sample->names[1], rules[i][0]) == 0) {
            *ret_name = rules[i][1];
            *ret_place = i < TWICE ? i + 1 : i;
            return true;
        }
    return false;
}

/* The name begins with the threshold: "30 %}". */
static bool is_threshold(const Replicates *sample, const char **ret_name, int *ret_place)
{
    static const char key[] = "threshold: ";
    const char *found = strstr(sample->names[1], key);
    *ret_name = found ? found + strlen(key) : NULL;
    *ret_place = 0;
    return found != NULL;
}

StoreStatus cooperation_rules_figure(Store *store, Arena *arena, const char **ret_data, Error *error)
{
    return cells_figure(store, arena, is_rule, ret_data, error);
}

StoreStatus cooperation_thresholds_figure(Store *store, Arena *arena, const char **ret_data, Error *error)
{
    return cells_figure(store, arena, is_threshold, ret_data, error);
}

StoreStatus cooperation_map_figure(Store *store, Arena *arena, const char **ret_data, Error *error)
{
    Samples samples = {0};
    Draft draft;
    StoreStatus status = cooperation_map(store, arena, &samples, error);
    *ret_data = "";
    if (status != STORE_FINE)
        return status;
    begin(&draft, "panel\tdata\tx\tlink\ty\trate\tn\tcut\tpoints\tstate\n");
    for (int i = 0, x = 0, y = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        const Replicates *previous = i > 0 ? &samples.items[i - 1] : NULL;
        bool new_set = !previous || strcmp(previous->names[MAP_DATA], sample->names[MAP_DATA]) != 0;
        bool new_link = new_set || strcmp(previous->names[MAP_LINK], sample->names[MAP_LINK]) != 0;
        x = new_set ? 1 : x + new_link;
        y = new_link ? 1 : y + 1;
        MapCell cell = cooperation_cell(sample);
        fprintf(draft.stream, "%d\t%s\t%d\t%s\t%d\t%s\t%d", panel_of(&samples, i), sample->names[MAP_DATA], x,
                sample->names[MAP_LINK], y, sample->names[MAP_RATE], sample->count);
        write_number(&draft, cell.overloaded ? NAN : cell.cut.mean);
        write_number(&draft, cell.overloaded ? NAN : cell.points.mean);
        fprintf(draft.stream, "\t%d\n", cell.overloaded ? 0 : cell.holds ? 3 : cell.faster ? 2 : 1);
    }
    *ret_data = end(&draft, samples.count, arena);
    return STORE_FINE;
}

#include "figure_cells.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KNOWN_NAMES_LIMIT = 256 };

/* Values of a metric on their way out of the store. */
typedef struct MetricReader {
    const RunSet *set;
    double *values;
    const char *unit;
    int64_t count;
    Arena *arena;
} MetricReader;

/* Names of metrics, for a suggestion. */
typedef struct NameReader {
    const char *names[KNOWN_NAMES_LIMIT];
    int count;
    Arena *arena;
} NameReader;

/* Where a name ends in `ending`, what is before it, in `arena`; else NULL. */
static const char *before(Arena *arena, const char *name, const char *ending)
{
    size_t length = strlen(name), size = strlen(ending);
    bool ends = length > size && strcmp(name + length - size, ending) == 0;
    return ends ? arena_string_n(arena, name, length - size) : NULL;
}

/* "response_time_p99" as "p99 of response time", without its unit. */
static const char *spoken_name(Arena *arena, const char *stored)
{
    static const char *const endings[][2] = {{"_mean", "mean"},
                                             {"_deviation", "standard deviation of"},
                                             {"_maximum", "largest"},
                                             {"_half_width", "half width of"},
                                             {"_p50", "median"},
                                             {"_p90", "90 % quantile of"},
                                             {"_p95", "95 % quantile of"},
                                             {"_p99", "99 % quantile of"}};
    const char *point = strchr(stored, '.');
    const char *name = point ? arena_string_n(arena, stored, (size_t)(point - stored)) : stored;
    const char *spoken = name;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && spoken == name; i++) {
        const char *rest = before(arena, name, endings[i][0]);
        if (rest)
            spoken = arena_format(arena, "%s %s", endings[i][1], rest);
    }
    char *text = arena_format(arena, "%s%s%s", spoken, point ? " of " : "", point ? point + 1 : "");
    for (char *c = text; *c && (!point || c < text + strlen(spoken)); c++)
        if (*c == '_')
            *c = ' ';
    return text;
}

/* Whether a dimensionless metric is a fraction, which people read in per cent. */
static bool is_fraction(const char *name)
{
    static const char *const beginnings[] = {"accuracy", "infeasible_fraction", "utilisation", "warm_up_mser"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

/* The unit to show values up to `largest` in, and what a value in the stored unit is multiplied by for it. */
static const char *choose_unit(const char *name, const char *unit, double largest, double *ret_scale)
{
    const double ms_from_s = 1e-3, s_from_s = 10, mj_below_j = 0.1, kj_from_j = 1e4;
    *ret_scale = 1;
    if (strcmp(unit, "s") == 0 && largest < s_from_s) {
        *ret_scale = largest >= ms_from_s || largest == 0 ? 1e3 : 1e6;
        return *ret_scale == 1e3 ? "ms" : "µs";
    }
    if (strcmp(unit, "J") == 0 && (largest < mj_below_j || largest >= kj_from_j) && largest > 0) {
        *ret_scale = largest < mj_below_j ? 1e3 : 1e-3;
        return largest < mj_below_j ? "mJ" : "kJ";
    }
    if (!*unit && is_fraction(name)) {
        *ret_scale = 100;
        return "%";
    }
    return unit;
}

static bool read_value(void *context, int column_count, const char *const *names, const StoreValue *row)
{
    (void)column_count;
    (void)names;
    MetricReader *reader = context;
    int run = run_set_index(reader->set, row[0].integer);
    if (run < 0)
        return true;
    reader->values[run] = row[1].null ? NAN : row[1].number;
    if (reader->count++ == 0)
        reader->unit = arena_string(reader->arena, row[2].text);
    return true;
}

static bool read_name(void *context, int column_count, const char *const *names, const StoreValue *row)
{
    (void)column_count;
    (void)names;
    NameReader *reader = context;
    reader->names[reader->count++] = arena_string(reader->arena, row[0].text);
    return reader->count < KNOWN_NAMES_LIMIT;
}

static StoreStatus unknown_metric(Store *store, const char *name, Arena *arena, Error *error)
{
    NameReader known = {.arena = arena};
    StoreStatus status = store_query(store, "SELECT DISTINCT name FROM metrics", NULL, 0, read_name, &known, error);
    if (status != STORE_FINE)
        return status;
    const char *nearest = error_nearest(name, known.names, known.count);
    error_set(error, NULL, 0, 0, "no run has a metric \"%s\"%s%s%s", name, nearest ? "; did you mean '" : "",
              nearest ? nearest : "", nearest ? "'?" : "; `orchid describe metrics` lists them");
    return STORE_INPUT;
}

StoreStatus figure_metric_read(Store *store, const RunSet *set, const char *name, Arena *arena,
                               FigureMetric *ret_metric, Error *error)
{
    MetricReader reader = {.set = set, .unit = "", .arena = arena};
    reader.values = arena_allocate(arena, (size_t)set->run_count, sizeof *reader.values);
    for (int i = 0; i < set->run_count; i++)
        reader.values[i] = NAN;
    StoreStatus status = store_query(store, "SELECT run, value, unit FROM metrics WHERE name = ?1", &name, 1,
                                     read_value, &reader, error);
    if (status == STORE_FINE && reader.count == 0)
        status = unknown_metric(store, name, arena, error);
    if (status != STORE_FINE)
        return status;
    double largest = 0;
    for (int i = 0; i < set->run_count; i++)
        largest = fmax(largest, fabs(reader.values[i])); /* fmax passes over NAN */
    const MetricDefinition *definition = metric_definition_find(name);
    FigureMetric metric = {.name = name, .values = reader.values};
    metric.unit = choose_unit(name, reader.unit, largest, &metric.scale);
    for (int i = 0; i < set->run_count; i++)
        metric.values[i] *= metric.scale;
    metric.better = definition ? definition->better : BETTER_NEITHER;
    metric.label = spoken_name(arena, name);
    if (*metric.unit)
        metric.label = arena_format(arena, "%s (%s)", metric.label, metric.unit);
    *ret_metric = metric;
    return STORE_FINE;
}

void figure_metric_use_unit(FigureMetric *metric, const FigureMetric *other, int run_count)
{
    for (int i = 0; i < run_count; i++)
        metric->values[i] *= other->scale / metric->scale;
    metric->scale = other->scale;
    metric->unit = other->unit;
}

/* The cell a run belongs to, or -1. */
static int cell_of(const FigureCells *cells, int run)
{
    int index = 0;
    for (int a = 0; a < cells->axis_count; a++) {
        if (cells->axes[a].at[run] < 0)
            return -1;
        index = index * cells->axes[a].count + cells->axes[a].at[run];
    }
    return index;
}

static bool differ(const RunSet *set, int first, int second, int key)
{
    const char *one = run_set_value(set, first, key), *other = run_set_value(set, second, key);
    return one && other ? strcmp(one, other) != 0 : one != other;
}

/* A key in which two runs differ that are no replications of each other; NULL where they are. */
static const char *difference(const RunSet *set, int first, int second)
{
    static const int names[] = {RUN_SET_POLICY, RUN_SET_VERSION, RUN_SET_SCENARIO, RUN_SET_TRACES};
    const RunRecord *one = &set->runs[first], *other = &set->runs[second];
    if (differ(set, first, second, RUN_SET_POLICY))
        return set->keys[RUN_SET_POLICY].name;
    if (one->scenario != other->scenario || one->parameters != other->parameters)
        for (int key = RUN_SET_NAME_COUNT; key < set->key_count; key++)
            if (differ(set, first, second, key))
                return set->keys[key].name;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (differ(set, first, second, names[i]))
            return set->keys[names[i]].name;
    return NULL;
}

static bool check_cell(const FigureCells *cells, const FigureCell *cell, const char *mark, Error *error)
{
    for (int i = 1; i < cell->run_count; i++) {
        const char *key = difference(&cells->set, cell->runs[0], cell->runs[i]);
        if (!key)
            continue;
        error_set(error, NULL, 0, 0,
                  "runs that differ in %s would share %s; name it in --by, or choose with --where or --experiment", key,
                  mark);
        return false;
    }
    return true;
}

static void take_intervals(const FigureCells *cells, FigureCell *cell)
{
    double *values = memory_allocate((size_t)cell->run_count, sizeof *values);
    for (int m = 0; m < cells->metric_count; m++) {
        int count = 0;
        for (int i = 0; i < cell->run_count; i++) {
            double value = cells->metrics[m].values[cell->runs[i]];
            if (!isnan(value))
                values[count++] = value;
        }
        cell->known[m] = count;
        cell->intervals[m] = statistics_interval(values, count, CONFIDENCE);
    }
    free(values);
}

StoreStatus figure_cells_fill(FigureCells *cells, const char *mark, Error *error)
{
    const RunSet *set = &cells->set;
    int64_t count = 1;
    for (int a = 0; a < cells->axis_count && count <= FIGURE_CELL_LIMIT; a++)
        count *= cells->axes[a].count;
    if (count > FIGURE_CELL_LIMIT) {
        error_set(error, NULL, 0, 0, "more than %d combinations of these keys; choose among them with --where",
                  FIGURE_CELL_LIMIT);
        return STORE_INPUT;
    }
    cells->cells = arena_allocate(&cells->arena, (size_t)count, sizeof *cells->cells);
    int *runs = arena_allocate(&cells->arena, (size_t)set->run_count, sizeof *runs);
    int *filled = memory_allocate((size_t)count, sizeof *filled);
    for (int run = 0; run < set->run_count; run++) {
        int index = cell_of(cells, run);
        if (index >= 0)
            cells->cells[index].run_count++;
    }
    for (int64_t i = 0, begin = 0; i < count; begin += cells->cells[i++].run_count)
        cells->cells[i].runs = runs + begin;
    for (int run = 0; run < set->run_count; run++) {
        int index = cell_of(cells, run);
        if (index >= 0)
            runs[cells->cells[index].runs - runs + filled[index]++] = run;
    }
    free(filled);
    for (int64_t i = 0; i < count; i++) {
        if (!check_cell(cells, &cells->cells[i], mark, error))
            return STORE_INPUT;
        take_intervals(cells, &cells->cells[i]);
    }
    return STORE_FINE;
}

const FigureCell *figure_cells_at(const FigureCells *cells, int first, int second, int third)
{
    int place[FIGURE_AXIS_LIMIT] = {first, second, third}, index = 0;
    for (int a = 0; a < cells->axis_count; a++) {
        assert(place[a] >= 0 && place[a] < cells->axes[a].count);
        index = index * cells->axes[a].count + place[a];
    }
    return &cells->cells[index];
}

void figure_cells_free(FigureCells *cells)
{
    run_set_free(&cells->set);
    arena_free(&cells->arena);
    *cells = (FigureCells){0};
}

#include "compare_data.h"

#include "compare_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const verdict_names[] = {
    [VERDICT_NONE] = "",
    [VERDICT_BASELINE] = "baseline",
    [VERDICT_BETTER] = "better",
    [VERDICT_WORSE] = "worse",
    [VERDICT_LARGER] = "larger",
    [VERDICT_SMALLER] = "smaller",
    [VERDICT_NO_DIFFERENCE] = "no difference seen",
};

static const char METRIC_NAMES[] = "SELECT name, max(unit) FROM metrics GROUP BY name ORDER BY name";
static const char METRIC_VALUES[] = "SELECT run, value FROM metrics WHERE name = ?1 AND value IS NOT NULL ORDER BY run";

/* A metric that the store holds. */
typedef struct StoredMetric {
    const char *name, *unit;
} StoredMetric;

/* A comparison under way. */
typedef struct Builder {
    const CompareRequest *request;
    Comparison *comparison;
    RunSet set;
    Grouping grouping;
    int stored_count; /* all metrics of the store */
    StoredMetric *stored;
    StoredMetric *metrics; /* [metric_count] those to compare */
    double *values;        /* [run_count] of the metric at hand; NAN: not known */
} Builder;

static bool add_stored_metric(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Builder *builder = context;
    Arena *arena = &builder->comparison->arena;
    size_t count = (size_t)builder->stored_count;
    builder->stored = memory_grow(builder->stored, count, count + 1, sizeof *builder->stored);
    builder->stored[builder->stored_count++] =
        (StoredMetric){arena_string(arena, row[0].text), arena_string(arena, row[1].text)};
    return true;
}

static bool unknown_metric(const Builder *builder, const char *name, Error *error)
{
    const char **candidates = memory_allocate((size_t)builder->stored_count, sizeof *candidates);
    for (int i = 0; i < builder->stored_count; i++)
        candidates[i] = builder->stored[i].name;
    const char *nearest = error_nearest(name, candidates, builder->stored_count);
    error_set(error, NULL, 0, 0, "no run has a metric \"%s\"%s%s%s", name, nearest ? "; did you mean '" : "",
              nearest ? nearest : "", nearest ? "'?" : "; `orchid describe metrics` lists them");
    free(candidates);
    return false;
}

static bool is_chosen(const Builder *builder, const StoredMetric *metric)
{
    for (int i = 0; i < builder->comparison->metric_count; i++)
        if (builder->metrics[i].name == metric->name)
            return true;
    return false;
}

/* Adds the metric of that name, or all that are "name.group". */
static bool choose_metric(Builder *builder, const char *name, Error *error)
{
    Comparison *comparison = builder->comparison;
    size_t length = strlen(name);
    bool found = false;
    for (int i = 0; i < builder->stored_count; i++) {
        const StoredMetric *metric = &builder->stored[i];
        if (strncmp(metric->name, name, length) != 0 || (metric->name[length] && metric->name[length] != '.'))
            continue;
        found = true;
        if (is_chosen(builder, metric))
            continue;
        size_t count = (size_t)comparison->metric_count;
        builder->metrics = memory_grow(builder->metrics, count, count + 1, sizeof *builder->metrics);
        builder->metrics[comparison->metric_count++] = *metric;
    }
    return found || unknown_metric(builder, name, error);
}

static bool choose_metrics(Builder *builder, Error *error)
{
    const char *names = builder->request->metrics ? builder->request->metrics : "response_time_mean,reward_mean";
    for (const char *name = names;; name++) {
        size_t length = strcspn(name, ",");
        if (!choose_metric(builder, arena_string_n(&builder->comparison->arena, name, length), error))
            return false;
        name += length;
        if (!*name)
            return true;
    }
}

static bool add_value(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Builder *builder = context;
    int run = run_set_index(&builder->set, row[0].integer);
    if (run >= 0)
        builder->values[run] = row[1].number;
    return true;
}

static Verdict verdict_of(const CompareLine *line, int index, Better better, double confidence)
{
    if (line->baseline == index)
        return VERDICT_BASELINE;
    if (isnan(line->p_corrected))
        return VERDICT_NONE;
    if (line->p_corrected > 1 - confidence)
        return VERDICT_NO_DIFFERENCE;
    bool larger = line->difference.mean > 0;
    if (better == BETTER_NEITHER)
        return larger ? VERDICT_LARGER : VERDICT_SMALLER;
    return larger == (better == BETTER_LARGER) ? VERDICT_BETTER : VERDICT_WORSE;
}

/* Corrects the p values of a cell for their number, and says what they mean. */
static void conclude(const Comparison *comparison, CompareCell *cell)
{
    int count = cell->line_count * comparison->metric_count;
    double *p = memory_allocate((size_t)count, sizeof *p);
    for (int i = 0; i < count; i++) {
        p[i] = cell->blocks[i / cell->line_count].lines[i % cell->line_count].difference.p_value;
        cell->comparisons += !isnan(p[i]);
    }
    statistics_holm(p, count, p);
    for (int i = 0; i < count; i++) {
        CompareBlock *block = &cell->blocks[i / cell->line_count];
        CompareLine *line = &block->lines[i % cell->line_count];
        line->p_corrected = p[i];
        line->verdict = verdict_of(line, i % cell->line_count, block->better, comparison->confidence);
    }
    free(p);
}

/* The cells with their lines still empty. Cells without a finished run are left out, but counted as failed. */
static void lay_out(Builder *builder)
{
    Comparison *comparison = builder->comparison;
    const Grouping *grouping = &builder->grouping;
    Arena *arena = &comparison->arena;
    comparison->by_count = grouping->key_count;
    comparison->together = arena_string(arena, grouping->together);
    comparison->by = arena_allocate(arena, (size_t)grouping->key_count, sizeof *comparison->by);
    for (int i = 0; i < grouping->key_count; i++)
        comparison->by[i] = arena_string(arena, builder->set.keys[grouping->keys[i]].name);
    comparison->cell_count = grouping->cell_count;
    comparison->cells = arena_allocate(arena, (size_t)grouping->cell_count, sizeof *comparison->cells);
    for (int c = 0; c < grouping->cell_count; c++) {
        const GroupCell *from = &grouping->cells[c];
        CompareCell *cell = &comparison->cells[c];
        *cell = (CompareCell){.title = from->title,
                              .scenario = from->scenario,
                              .failed = from->failed,
                              .repeated = from->repeated,
                              .line_count = from->group_count};
        cell->blocks = arena_allocate(arena, (size_t)comparison->metric_count, sizeof *cell->blocks);
        for (int m = 0; m < comparison->metric_count; m++) {
            const MetricDefinition *definition = metric_definition_find(builder->metrics[m].name);
            cell->blocks[m] = (CompareBlock){.metric = builder->metrics[m].name,
                                             .unit = builder->metrics[m].unit,
                                             .better = definition ? definition->better : BETTER_NEITHER};
            cell->blocks[m].lines = arena_allocate(arena, (size_t)cell->line_count, sizeof *cell->blocks[m].lines);
        }
    }
}

/* Whether the baseline asked for is one of the values that are compared. */
static bool check_baseline(const Builder *builder, Error *error)
{
    const char *name = builder->request->baseline;
    const Grouping *grouping = &builder->grouping;
    const char *nearest = NULL;
    for (int c = 0; name && c < grouping->cell_count; c++) {
        const GroupCell *cell = &grouping->cells[c];
        for (int stratum = 0; stratum < cell->stratum_count; stratum++)
            if (compare_block_find(cell, name, stratum) >= 0)
                return true;
        for (int g = 0; g < cell->group_count; g++) {
            const char *value = cell->groups[g].values[0];
            if (value && strcmp(value, name) == 0) {
                error_set(error, NULL, 0, 0,
                          "the baseline \"%s\" stands for runs with %s and others; choose with --where", name,
                          cell->groups[g].variant);
                return false;
            }
            if (value && !nearest)
                nearest = error_nearest(name, &value, 1);
        }
    }
    if (name)
        error_set(error, NULL, 0, 0, "the baseline \"%s\" is no value of %s%s%s%s", name, builder->comparison->by[0],
                  nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return !name;
}

static StoreStatus fill(Builder *builder, Store *store, Error *error)
{
    Comparison *comparison = builder->comparison;
    StoreStatus status = STORE_FINE;
    builder->values = memory_allocate((size_t)builder->set.run_count, sizeof *builder->values);
    BlockSource source = {builder->request, comparison->confidence, builder->grouping.keys[0] == RUN_SET_POLICY,
                          builder->set.runs, builder->values};
    for (int m = 0; m < comparison->metric_count && status == STORE_FINE; m++) {
        for (int run = 0; run < builder->set.run_count; run++)
            builder->values[run] = NAN;
        status = store_query(store, METRIC_VALUES, &builder->metrics[m].name, 1, add_value, builder, error);
        for (int c = 0; c < comparison->cell_count && status == STORE_FINE; c++)
            compare_block_fill(&source, &builder->grouping.cells[c], &comparison->cells[c].blocks[m]);
    }
    for (int c = 0; c < comparison->cell_count; c++)
        conclude(comparison, &comparison->cells[c]);
    return status;
}

static bool any_finished(const RunSet *set)
{
    for (int run = 0; run < set->run_count; run++)
        if (set->runs[run].done)
            return true;
    return false;
}

/* Takes over the texts that lines and cells borrow. */
static void keep_texts(Builder *builder)
{
    builder->comparison->grouping_texts = builder->grouping.arena;
    builder->grouping.arena = (Arena){0};
}

StoreStatus compare_data_read(Store *store, const CompareRequest *request, Comparison *ret_comparison, Error *error)
{
    *ret_comparison = (Comparison){.confidence = request->confidence > 0 ? request->confidence : CONFIDENCE,
                                   .learners = request->learners};
    Builder builder = {.request = request, .comparison = ret_comparison};
    StoreStatus status = run_set_read(store, request->where, &builder.set, error);
    if (status == STORE_FINE && !any_finished(&builder.set)) {
        error_set(error, NULL, 0, 0, "there is no finished run%s", request->where ? " that --where leaves" : "");
        status = STORE_INPUT;
    }
    if (status == STORE_FINE)
        status = store_query(store, METRIC_NAMES, NULL, 0, add_stored_metric, &builder, error);
    if (status == STORE_FINE &&
        (!choose_metrics(&builder, error) ||
         !grouping_make(&builder.set, request->by ? request->by : "policy", &builder.grouping, error)))
        status = STORE_INPUT;
    if (status == STORE_FINE) {
        lay_out(&builder);
        status = check_baseline(&builder, error) ? fill(&builder, store, error) : STORE_INPUT;
    }
    keep_texts(&builder);
    grouping_free(&builder.grouping);
    run_set_free(&builder.set);
    free(builder.stored);
    free(builder.metrics);
    free(builder.values);
    return status;
}

void compare_data_free(Comparison *comparison)
{
    arena_free(&comparison->arena);
    arena_free(&comparison->grouping_texts);
    *comparison = (Comparison){0};
}

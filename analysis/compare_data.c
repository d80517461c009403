#include "compare_data.h"

#include "../sim/rng.h"
#include "grouping.h"

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

/* Values of two groups side by side. */
typedef struct Sides {
    int first_count, second_count, pair_count;
    double *first, *second;               /* what is known of each */
    double *paired_first, *paired_second; /* of replications known of both */
} Sides;

static int compare_numbers(const RunRecord *first, const RunRecord *second)
{
    if (first->seed != second->seed)
        return first->seed < second->seed ? -1 : 1;
    return first->replication == second->replication ? 0 : first->replication < second->replication ? -1 : 1;
}

/* The values of a group that are known, in the order of its runs; freed by the caller. */
static double *known_values(const Builder *builder, const Group *group, int *ret_count)
{
    double *values = memory_allocate((size_t)group->run_count, sizeof *values);
    *ret_count = 0;
    for (int i = 0; i < group->run_count; i++)
        if (!isnan(builder->values[group->runs[i]]))
            values[(*ret_count)++] = builder->values[group->runs[i]];
    return values;
}

static Sides sides_read(const Builder *builder, const Group *first, const Group *second)
{
    Sides sides = {0};
    sides.first = known_values(builder, first, &sides.first_count);
    sides.second = known_values(builder, second, &sides.second_count);
    sides.paired_first = memory_allocate((size_t)first->run_count, sizeof(double));
    sides.paired_second = memory_allocate((size_t)first->run_count, sizeof(double));
    for (int i = 0, j = 0; i < first->run_count && j < second->run_count;) {
        int order = compare_numbers(&builder->set.runs[first->runs[i]], &builder->set.runs[second->runs[j]]);
        double one = builder->values[first->runs[i]], other = builder->values[second->runs[j]];
        if (order == 0 && !isnan(one) && !isnan(other)) {
            sides.paired_first[sides.pair_count] = one;
            sides.paired_second[sides.pair_count++] = other;
        }
        i += order <= 0;
        j += order >= 0;
    }
    return sides;
}

static void sides_free(Sides *sides)
{
    free(sides->first);
    free(sides->second);
    free(sides->paired_first);
    free(sides->paired_second);
}

/* The difference of two groups, and whether it was taken over pairs. */
static Difference difference_of(const Builder *builder, const Sides *sides, bool *ret_paired)
{
    Pairing pairing = builder->request->pairing;
    bool all_pair = sides->pair_count == sides->first_count && sides->pair_count == sides->second_count;
    double confidence = builder->comparison->confidence;
    *ret_paired = pairing == PAIRING_PAIRED || (pairing == PAIRING_AUTOMATIC && all_pair);
    return *ret_paired
               ? statistics_paired(sides->paired_first, sides->paired_second, sides->pair_count, confidence)
               : statistics_welch(sides->first, sides->first_count, sides->second, sides->second_count, confidence);
}

/* The line with the best mean of a stratum; the first where none is better than others; -1 where none is known. */
static int best_line(const GroupCell *cell, const CompareBlock *block, int stratum)
{
    double sign = block->better == BETTER_SMALLER ? -1 : 1;
    int best = -1;
    for (int i = 0; i < cell->group_count; i++) {
        double mean = block->lines[i].interval.mean;
        if (cell->groups[i].stratum != stratum || isnan(mean))
            continue;
        if (best < 0 || (block->better != BETTER_NEITHER && sign * mean > sign * block->lines[best].interval.mean))
            best = i;
    }
    return best;
}

/* The only line of a stratum whose first value is `name`; -1 for none or several. */
static int named_line(const GroupCell *cell, const char *name, int stratum)
{
    int found = -1;
    for (int i = 0; i < cell->group_count; i++) {
        const char *value = cell->groups[i].values[0];
        if (cell->groups[i].stratum != stratum || !value || strcmp(value, name) != 0)
            continue;
        if (found >= 0)
            return -1;
        found = i;
    }
    return found;
}

/* Whom a stratum is compared with; -1: nobody. */
static int baseline_line(const Builder *builder, const GroupCell *cell, const CompareBlock *block, int stratum)
{
    if (builder->request->baseline)
        return named_line(cell, builder->request->baseline, stratum);
    int oracle = builder->grouping.keys[0] == RUN_SET_POLICY ? named_line(cell, "oracle", stratum) : -1;
    return oracle >= 0 ? oracle : best_line(cell, block, stratum);
}

/* Fills what needs the runs of two groups: the difference to the baseline, and whether the best is really better. */
static void compare_line(const Builder *builder, const GroupCell *cell, CompareBlock *block, int index, int best)
{
    CompareLine *line = &block->lines[index];
    if (line->baseline >= 0 && line->baseline != index) {
        Sides sides = sides_read(builder, &cell->groups[index], &cell->groups[line->baseline]);
        line->difference = difference_of(builder, &sides, &line->paired);
        sides_free(&sides);
    }
    if (best < 0 || block->better == BETTER_NEITHER || isnan(line->interval.mean))
        return;
    bool ignored;
    Sides sides = sides_read(builder, &cell->groups[index], &cell->groups[best]);
    Difference behind = difference_of(builder, &sides, &ignored);
    line->best = index == best || fabs(behind.mean) <= (behind.half_width > 0 ? behind.half_width : 0);
    sides_free(&sides);
}

/* Scores such that more is better. */
static double *oriented(const double *values, int count, Better better)
{
    double *scores = memory_allocate((size_t)count, sizeof *scores);
    for (int i = 0; i < count; i++)
        scores[i] = better == BETTER_SMALLER ? -values[i] : values[i];
    return scores;
}

/* The bootstrap figures of a learner against the baseline; each has draws of its own and does not depend on the other
 * lines. */
static void judge_learner(const Builder *builder, const GroupCell *cell, CompareBlock *block, int index)
{
    CompareLine *line = &block->lines[index];
    const Group *baseline = &cell->groups[line->baseline < 0 ? index : line->baseline];
    double confidence = builder->comparison->confidence;
    Sides sides = sides_read(builder, &cell->groups[index], baseline);
    Stream stream = stream_create(0, 0, STREAM_ANALYSIS, 0);
    if (sides.first_count > 0) {
        Scores raw = {1, sides.first_count, sides.first};
        line->interquartile_mean =
            learner_statistics_interquartile_mean_interval(raw, confidence, LEARNER_RESAMPLES, &stream);
    }
    bool compared = line->baseline >= 0 && line->baseline != index && block->better != BETTER_NEITHER;
    if (compared && sides.first_count > 0 && sides.second_count > 0) {
        double *own = oriented(sides.first, sides.first_count, block->better);
        double *others = oriented(sides.second, sides.second_count, block->better);
        Scores first = {1, sides.first_count, own}, second = {1, sides.second_count, others};
        double target = statistics_interval(others, sides.second_count, confidence).mean;
        line->improvement = learner_statistics_probability_of_improvement_interval(first, second, confidence,
                                                                                   LEARNER_RESAMPLES, &stream);
        line->optimality_gap =
            learner_statistics_optimality_gap_interval(first, target, confidence, LEARNER_RESAMPLES, &stream);
        free(own);
        free(others);
    }
    sides_free(&sides);
}

/* Intervals and differences of all lines under the metric whose values were read. */
static void fill_block(Builder *builder, int cell_index, CompareBlock *block)
{
    static const Estimate unknown = {NAN, NAN, NAN};
    const GroupCell *cell = &builder->grouping.cells[cell_index];
    for (int i = 0; i < cell->group_count; i++) {
        int count;
        double *values = known_values(builder, &cell->groups[i], &count);
        block->lines[i] = (CompareLine){
            .values = cell->groups[i].values,
            .variant = cell->groups[i].variant,
            .interval = statistics_interval(values, count, builder->comparison->confidence),
            .difference = {.mean = NAN, .half_width = NAN, .degrees = NAN, .p_value = NAN},
            .interquartile_mean = unknown,
            .improvement = unknown,
            .optimality_gap = unknown,
        };
        free(values);
    }
    for (int stratum = 0; stratum < cell->stratum_count; stratum++) {
        int baseline = baseline_line(builder, cell, block, stratum), best = best_line(cell, block, stratum);
        for (int i = 0; i < cell->group_count; i++) {
            if (cell->groups[i].stratum != stratum)
                continue;
            block->lines[i].baseline = baseline;
            compare_line(builder, cell, block, i, best);
            if (builder->request->learners)
                judge_learner(builder, cell, block, i);
        }
    }
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
            if (named_line(cell, name, stratum) >= 0)
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
    for (int m = 0; m < comparison->metric_count && status == STORE_FINE; m++) {
        for (int run = 0; run < builder->set.run_count; run++)
            builder->values[run] = NAN;
        status = store_query(store, METRIC_VALUES, &builder->metrics[m].name, 1, add_value, builder, error);
        for (int c = 0; c < comparison->cell_count && status == STORE_FINE; c++)
            fill_block(builder, c, &comparison->cells[c].blocks[m]);
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

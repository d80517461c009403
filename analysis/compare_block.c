#include "compare_block.h"

#include "../sim/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Differences below this part of a value are rounding. */
static const double ROUNDING = 1e-12;

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
static double *known_values(const BlockSource *source, const Group *group, int *ret_count)
{
    double *values = memory_allocate((size_t)group->run_count, sizeof *values);
    *ret_count = 0;
    for (int i = 0; i < group->run_count; i++)
        if (!isnan(source->values[group->runs[i]]))
            values[(*ret_count)++] = source->values[group->runs[i]];
    return values;
}

static Sides sides_read(const BlockSource *source, const Group *first, const Group *second)
{
    Sides sides = {0};
    sides.first = known_values(source, first, &sides.first_count);
    sides.second = known_values(source, second, &sides.second_count);
    sides.paired_first = memory_allocate((size_t)first->run_count, sizeof(double));
    sides.paired_second = memory_allocate((size_t)first->run_count, sizeof(double));
    for (int i = 0, j = 0; i < first->run_count && j < second->run_count;) {
        int order = compare_numbers(&source->runs[first->runs[i]], &source->runs[second->runs[j]]);
        double one = source->values[first->runs[i]], other = source->values[second->runs[j]];
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

/* The difference of two groups, and whether it was taken over pairs. Sums over the same requests in another order may
 * differ in their last digits, in all runs alike; that is no difference. */
static Difference difference_of(const BlockSource *source, const Sides *sides, bool *ret_paired)
{
    Pairing pairing = source->request->pairing;
    bool all_pair = sides->pair_count == sides->first_count && sides->pair_count == sides->second_count;
    double confidence = source->confidence;
    *ret_paired = pairing == PAIRING_PAIRED || (pairing == PAIRING_AUTOMATIC && all_pair);
    Difference difference =
        *ret_paired
            ? statistics_paired(sides->paired_first, sides->paired_second, sides->pair_count, confidence)
            : statistics_welch(sides->first, sides->first_count, sides->second, sides->second_count, confidence);
    double scale = sides->second_count ? fabs(sides->second[0]) : 0;
    if (fabs(difference.mean) <= ROUNDING * scale) {
        difference.mean = 0;
        difference.p_value = isnan(difference.p_value) ? NAN : 1;
    }
    return difference;
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

/* Whom a stratum is compared with; -1: nobody. */
static int baseline_line(const BlockSource *source, const GroupCell *cell, const CompareBlock *block, int stratum)
{
    if (source->request->baseline)
        return compare_block_find(cell, source->request->baseline, stratum);
    int oracle = source->by_policy ? compare_block_find(cell, "oracle", stratum) : -1;
    return oracle >= 0 ? oracle : best_line(cell, block, stratum);
}

/* Fills what needs the runs of two groups: the difference to the baseline, and whether the best is really better. */
static void compare_line(const BlockSource *source, const GroupCell *cell, CompareBlock *block, int index, int best)
{
    CompareLine *line = &block->lines[index];
    if (line->baseline >= 0 && line->baseline != index) {
        Sides sides = sides_read(source, &cell->groups[index], &cell->groups[line->baseline]);
        line->difference = difference_of(source, &sides, &line->paired);
        sides_free(&sides);
    }
    if (best < 0 || block->better == BETTER_NEITHER || isnan(line->interval.mean))
        return;
    bool ignored;
    Sides sides = sides_read(source, &cell->groups[index], &cell->groups[best]);
    Difference behind = difference_of(source, &sides, &ignored);
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
static void judge_learner(const BlockSource *source, const GroupCell *cell, CompareBlock *block, int index)
{
    CompareLine *line = &block->lines[index];
    const Group *baseline = &cell->groups[line->baseline < 0 ? index : line->baseline];
    double confidence = source->confidence;
    Sides sides = sides_read(source, &cell->groups[index], baseline);
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
/* A line without differences yet. */
static CompareLine begin_line(const BlockSource *source, const Group *group)
{
    static const Estimate unknown = {NAN, NAN, NAN};
    int count;
    double *values = known_values(source, group, &count);
    CompareLine line = {
        .values = group->values,
        .variant = group->variant,
        .interval = statistics_interval(values, count, source->confidence),
        .baseline = -1,
        .difference = {.mean = NAN, .half_width = NAN, .degrees = NAN, .p_value = NAN},
        .p_corrected = NAN,
        .interquartile_mean = unknown,
        .improvement = unknown,
        .optimality_gap = unknown,
    };
    free(values);
    return line;
}

static int stratum_size(const GroupCell *cell, int stratum)
{
    int size = 0;
    for (int i = 0; i < cell->group_count; i++)
        size += cell->groups[i].stratum == stratum;
    return size;
}

void compare_block_fill(const BlockSource *source, const GroupCell *cell, CompareBlock *block)
{
    for (int i = 0; i < cell->group_count; i++)
        block->lines[i] = begin_line(source, &cell->groups[i]);
    for (int stratum = 0; stratum < cell->stratum_count; stratum++) {
        bool alone = stratum_size(cell, stratum) < 2;
        int best = alone ? -1 : best_line(cell, block, stratum);
        int baseline = alone ? -1 : baseline_line(source, cell, block, stratum);
        for (int i = 0; i < cell->group_count; i++) {
            if (cell->groups[i].stratum != stratum)
                continue;
            block->lines[i].baseline = baseline;
            compare_line(source, cell, block, i, best);
            if (source->request->learners)
                judge_learner(source, cell, block, i);
        }
    }
}

int compare_block_find(const GroupCell *cell, const char *name, int stratum)
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

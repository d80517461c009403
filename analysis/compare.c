#include "compare.h"

#include "compare_records.h"
#include "grouping.h"
#include "sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = 6 };

/* How the numbers of a table are shown. */
typedef struct Scale {
    double factor;    /* shown over stored */
    const char *unit; /* with a space before it; "" where dimensionless */
} Scale;

/* Seconds and joules in the unit that leaves the largest mean at 1 or above. */
static Scale scale_for(const CompareCell *cell, const CompareBlock *block)
{
    double largest = 0;
    for (int i = 0; i < cell->line_count; i++)
        if (fabs(block->lines[i].interval.mean) > largest)
            largest = fabs(block->lines[i].interval.mean);
    bool time = strcmp(block->unit, "s") == 0, energy = strcmp(block->unit, "J") == 0;
    if (largest > 0 && largest < 0.001 && time)
        return (Scale){1e6, " µs"};
    if (largest > 0 && largest < 1 && time)
        return (Scale){1e3, " ms"};
    if (largest > 0 && largest < 0.01 && energy)
        return (Scale){1e3, " mJ"};
    return (Scale){1, time ? " s" : energy ? " J" : strcmp(block->unit, "1/s") == 0 ? " 1/s" : ""};
}

/* Digits behind the point that show two digits of the least half width, but at most DIGITS_MOST of the largest mean. */
static int decimals_for(const Interval *intervals, int count)
{
    double least = INFINITY, largest = 0;
    for (int i = 0; i < count; i++) {
        if (intervals[i].half_width > 0)
            least = fmin(least, intervals[i].half_width);
        if (!isnan(intervals[i].mean))
            largest = fmax(largest, fabs(intervals[i].mean));
    }
    int whole = largest > 0 ? (int)floor(log10(largest)) + 1 : 1;
    int decimals = isinf(least) ? 4 - whole : 1 - (int)floor(log10(least));
    int most = DIGITS_MOST - (whole > 0 ? whole : 0);
    return decimals < 0 || most < 0 ? 0 : decimals > most ? most : decimals;
}

enum {
    COLUMN_VARIANT, /* from here on behind the compared keys */
    COLUMN_N,
    COLUMN_MEAN,
    COLUMN_DIFFERENCE,
    COLUMN_TEST,
    COLUMN_P,
    COLUMN_VERDICT,
    COLUMN_INTERQUARTILE,
    COLUMN_IMPROVEMENT,
    COLUMN_GAP,
    COLUMN_COUNT
};

/* What all lines are compared with, for headers. */
static const char *baseline_name(Arena *arena, const Comparison *comparison, const CompareCell *cell,
                                 const CompareBlock *block)
{
    const char *name = NULL;
    for (int i = 0; i < cell->line_count; i++) {
        const CompareLine *line = &block->lines[i];
        if (line->baseline < 0)
            continue;
        const char *value = block->lines[line->baseline].values[0];
        if (name && (!value || strcmp(name, value) != 0))
            return "best";
        name = value ? value : "–";
    }
    bool plain = !name || strcmp(comparison->by[0], "policy") == 0 || strcmp(comparison->by[0], "scenario") == 0;
    return plain ? (name ? name : "baseline") : arena_format(arena, "%s %s", comparison->by[0], name);
}

static void init_sheet(Sheet *sheet, const Comparison *comparison, const CompareCell *cell, const CompareBlock *block,
                       Scale scale)
{
    Arena scratch = {0};
    const char *headers[GROUPING_KEY_LIMIT + COLUMN_COUNT], *unit = scale.unit;
    const char **fixed = headers + comparison->by_count;
    for (int i = 0; i < comparison->by_count; i++)
        headers[i] = arena_format(&scratch, "<%s", comparison->by[i]);
    fixed[COLUMN_VARIANT] = "<with";
    fixed[COLUMN_N] = "n";
    fixed[COLUMN_MEAN] = arena_format(&scratch, "mean%s", unit);
    fixed[COLUMN_DIFFERENCE] =
        arena_format(&scratch, "minus %s%s", baseline_name(&scratch, comparison, cell, block), unit);
    fixed[COLUMN_TEST] = "<test";
    fixed[COLUMN_P] = "p";
    fixed[COLUMN_VERDICT] = "<verdict";
    fixed[COLUMN_INTERQUARTILE] = arena_format(&scratch, "interquartile mean%s", unit);
    fixed[COLUMN_IMPROVEMENT] = "probability of improvement";
    fixed[COLUMN_GAP] = arena_format(&scratch, "optimality gap%s", unit);
    sheet_init(sheet, headers, comparison->by_count + COLUMN_COUNT, cell->line_count);
    arena_free(&scratch);
}

/* How the differences of a cell were taken. */
typedef struct Tests {
    int paired, unpaired;
} Tests;

static Tests tests_of(const Comparison *comparison, const CompareCell *cell)
{
    Tests tests = {0};
    for (int m = 0; m < comparison->metric_count; m++)
        for (int i = 0; i < cell->line_count; i++) {
            const CompareLine *line = &cell->blocks[m].lines[i];
            tests.paired += !isnan(line->difference.mean) && line->paired;
            tests.unpaired += !isnan(line->difference.mean) && !line->paired;
        }
    return tests;
}

static void set_p(Sheet *sheet, int row, int column, double p)
{
    if (p < 0.001)
        sheet_set(sheet, row, column, "<0.001");
    else if (!isnan(p))
        sheet_set(sheet, row, column, "%.3f", p);
}

static void set_estimate(Sheet *sheet, int row, int column, Estimate estimate, double factor, int decimals)
{
    if (isnan(estimate.value))
        return;
    if (isnan(estimate.low))
        sheet_set(sheet, row, column, "%.*f", decimals, factor * estimate.value);
    else
        sheet_set(sheet, row, column, "%.*f [%.*f, %.*f]", decimals, factor * estimate.value, decimals,
                  factor * estimate.low, decimals, factor * estimate.high);
}

/* Means and differences with their half widths, as columns; returns the decimals of the means. */
static int fill_intervals(Sheet *sheet, const CompareCell *cell, const CompareBlock *block, int first, double factor)
{
    Interval *means = memory_allocate((size_t)cell->line_count, sizeof *means);
    Interval *differences = memory_allocate((size_t)cell->line_count, sizeof *differences);
    for (int i = 0; i < cell->line_count; i++) {
        const CompareLine *line = &block->lines[i];
        means[i] = (Interval){.mean = factor * line->interval.mean, .half_width = factor * line->interval.half_width};
        differences[i] =
            (Interval){.mean = factor * line->difference.mean, .half_width = factor * line->difference.half_width};
    }
    int decimals = decimals_for(means, cell->line_count);
    sheet_set_intervals(sheet, first + COLUMN_MEAN, means, decimals, false);
    sheet_set_intervals(sheet, first + COLUMN_DIFFERENCE, differences, decimals_for(differences, cell->line_count),
                        true);
    free(means);
    free(differences);
    return decimals;
}

static void fill_sheet(Sheet *sheet, const Comparison *comparison, const CompareCell *cell, const CompareBlock *block,
                       Scale scale)
{
    int first = comparison->by_count;
    int decimals = fill_intervals(sheet, cell, block, first, scale.factor);
    Tests tests = tests_of(comparison, cell);
    for (int i = 0; i < cell->line_count; i++) {
        const CompareLine *line = &block->lines[i];
        for (int k = 0; k < first; k++)
            sheet_set(sheet, i, k, "%s", line->values[k] ? line->values[k] : "–");
        sheet_set(sheet, i, first + COLUMN_VARIANT, "%s", line->variant);
        sheet_set(sheet, i, first + COLUMN_N, "%d", line->interval.count);
        if (tests.paired && tests.unpaired && !isnan(line->difference.mean))
            sheet_set(sheet, i, first + COLUMN_TEST, line->paired ? "paired, %d" : "Welch",
                      line->difference.first_count);
        set_p(sheet, i, first + COLUMN_P, line->p_corrected);
        sheet_set(sheet, i, first + COLUMN_VERDICT, "%s", verdict_names[line->verdict]);
        set_estimate(sheet, i, first + COLUMN_INTERQUARTILE, line->interquartile_mean, scale.factor, decimals);
        set_estimate(sheet, i, first + COLUMN_IMPROVEMENT, line->improvement, 1, 2);
        set_estimate(sheet, i, first + COLUMN_GAP, line->optimality_gap, scale.factor, decimals);
        sheet->strong[i] = line->best;
    }
}

/* What is compared, and which way is better. */
static const char *title_of(Arena *arena, const CompareCell *cell, const CompareBlock *block)
{
    static const char *const better[] = {
        [BETTER_NEITHER] = "", [BETTER_LARGER] = ", larger is better", [BETTER_SMALLER] = ", smaller is better"};
    return arena_format(arena, "%s%s%s%s", cell->title, *cell->title ? ": " : "", block->metric, better[block->better]);
}

/* The part of the notes that tells of differences. */
static const char *difference_notes(Arena *arena, const Comparison *comparison, const CompareCell *cell)
{
    Tests tests = tests_of(comparison, cell);
    if (tests.paired + tests.unpaired == 0)
        return "";
    const char *how = tests.unpaired == 0 ? "paired by seed and replication, paired t test"
                      : tests.paired == 0 ? "not paired, Welch's t test"
                                          : "by the test named: paired by seed and replication (with the number of "
                                            "pairs), or not paired (Welch's t test)";
    return arena_format(arena, "\nDifferences: %s. p: two-sided, after Holm for %d comparison%s%s; verdict at %.4g %%.",
                        how, cell->comparisons, cell->comparisons == 1 ? "" : "s",
                        comparison->metric_count > 1 ? " (all metrics)" : "", 100 * (1 - comparison->confidence));
}

/* How to read the tables of a cell, and what is not in them. */
static const char *notes_of(Arena *arena, const Comparison *comparison, const CompareCell *cell, bool marked)
{
    double percent = 100 * comparison->confidence;
    const char *text = arena_format(arena, "n: replications. ±: half width of the %.4g %% t interval.%s", percent,
                                    difference_notes(arena, comparison, cell));
    if (comparison->learners)
        text = arena_format(arena,
                            "%s\nInterquartile mean; probability that a run beats one of the baseline's; optimality "
                            "gap: mean shortfall behind the baseline's mean. [ ]: %.4g %% percentile bootstrap "
                            "interval, %d resamples.",
                            text, percent, LEARNER_RESAMPLES);
    if (marked)
        text = arena_format(arena, "%s\nBold: the best mean, and those that cannot be told from it.", text);
    if (*comparison->together)
        text = arena_format(arena, "%s\n%s.", text, comparison->together);
    if (cell->failed)
        text = arena_format(arena, "%s\n%d failed run%s left out.", text, cell->failed,
                            cell->failed == 1 ? " is" : "s are");
    if (cell->repeated)
        text = arena_format(arena, "%s\n%d run%s run again later and left out.", text, cell->repeated,
                            cell->repeated == 1 ? " was" : "s were");
    return text;
}

/* One table per metric. On a terminal the notes stand once, below the last. */
static void write_cell(FILE *stream, const Comparison *comparison, const CompareCell *cell, SheetFormat format,
                       bool bold)
{
    for (int m = 0; m < comparison->metric_count; m++) {
        const CompareBlock *block = &cell->blocks[m];
        Scale scale = scale_for(cell, block);
        Sheet sheet;
        init_sheet(&sheet, comparison, cell, block, scale);
        sheet.title = title_of(&sheet.arena, cell, block);
        if (format != SHEET_TEXT || m + 1 == comparison->metric_count)
            sheet.notes = notes_of(&sheet.arena, comparison, cell, bold || format != SHEET_TEXT);
        fill_sheet(&sheet, comparison, cell, block, scale);
        fputs(m ? "\n" : "", stream);
        sheet_write(&sheet, format, bold, stream);
        sheet_free(&sheet);
    }
}

static void write_sheets(FILE *stream, const Comparison *comparison, SheetFormat format, bool bold)
{
    bool first = true;
    for (int c = 0; c < comparison->cell_count; c++) {
        const CompareCell *cell = &comparison->cells[c];
        fputs(first ? "" : "\n", stream);
        if (cell->line_count)
            write_cell(stream, comparison, cell, format, bold);
        else
            fprintf(stream, "%s%s: all %d runs failed.\n", format == SHEET_LATEX ? "% " : "", cell->scenario,
                    cell->failed);
        first = false;
    }
}

StoreStatus compare_write(FILE *stream, Store *store, const CompareRequest *request, CompareFormat format, bool bold,
                          Error *error)
{
    Comparison comparison;
    StoreStatus status = compare_data_read(store, request, &comparison, error);
    if (status == STORE_FINE) {
        switch (format) {
        case COMPARE_TEXT:
            write_sheets(stream, &comparison, SHEET_TEXT, bold);
            break;
        case COMPARE_MARKDOWN:
            write_sheets(stream, &comparison, SHEET_MARKDOWN, false);
            break;
        case COMPARE_LATEX:
            write_sheets(stream, &comparison, SHEET_LATEX, false);
            break;
        case COMPARE_CSV:
            compare_records_csv(stream, &comparison);
            break;
        case COMPARE_JSON:
            compare_records_json(stream, &comparison);
            break;
        }
    }
    compare_data_free(&comparison);
    return status;
}

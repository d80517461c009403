#include "compare_records.h"

#include "escape.h"

#include <math.h>
#include <string.h>

static const char *const better_names[] = {
    [BETTER_NEITHER] = "", [BETTER_LARGER] = "larger", [BETTER_SMALLER] = "smaller"};

static const char *test_name(const CompareLine *line)
{
    return isnan(line->difference.mean) ? "" : line->paired ? "paired" : "welch";
}

/* The numbers of a line under the names that CSV and JSON share; returns how many. */
typedef struct Figure {
    const char *name;
    double value;
} Figure;

enum { FIGURE_LIMIT = 20 };

static int figures_of(const Comparison *comparison, const CompareLine *line, Figure figures[FIGURE_LIMIT])
{
    bool known = !isnan(line->difference.mean);
    const Figure all[] = {
        {"n", line->interval.count},
        {"mean", line->interval.mean},
        {"half_width", line->interval.half_width},
        {"difference", line->difference.mean},
        {"difference_half_width", line->difference.half_width},
        {"difference_n", known ? (double)line->difference.first_count : NAN},
        {"baseline_n", known ? (double)line->difference.second_count : NAN},
        {"degrees_of_freedom", line->difference.degrees},
        {"p", line->difference.p_value},
        {"p_holm", line->p_corrected},
        {"interquartile_mean", line->interquartile_mean.value},
        {"interquartile_mean_low", line->interquartile_mean.low},
        {"interquartile_mean_high", line->interquartile_mean.high},
        {"probability_of_improvement", line->improvement.value},
        {"probability_of_improvement_low", line->improvement.low},
        {"probability_of_improvement_high", line->improvement.high},
        {"optimality_gap", line->optimality_gap.value},
        {"optimality_gap_low", line->optimality_gap.low},
        {"optimality_gap_high", line->optimality_gap.high},
    };
    enum { ALL_COUNT = sizeof all / sizeof *all, PLAIN_COUNT = 10 };
    int count = comparison->learners ? ALL_COUNT : PLAIN_COUNT;
    memcpy(figures, all, (size_t)count * sizeof *figures);
    return count;
}

/* "" for nothing to compare with. */
static const char *baseline_value(const CompareBlock *block, const CompareLine *line)
{
    const char *value = line->baseline < 0 ? NULL : block->lines[line->baseline].values[0];
    return value ? value : "";
}

static void write_csv_texts(FILE *stream, const char *const *texts, int count)
{
    for (int i = 0; i < count; i++) {
        fputs(i ? "," : "", stream);
        escape_csv(stream, texts[i] ? texts[i] : "");
    }
}

static void write_csv_header(FILE *stream, const Comparison *comparison)
{
    Figure figures[FIGURE_LIMIT];
    CompareLine empty = {0};
    fputs("cell,metric,unit,better,", stream);
    write_csv_texts(stream, comparison->by, comparison->by_count);
    int count = figures_of(comparison, &empty, figures);
    fputs(",variant,confidence,comparisons,baseline,test,verdict,best", stream);
    for (int i = 0; i < count; i++)
        fprintf(stream, ",%s", figures[i].name);
    fputc('\n', stream);
}

static void write_csv_line(FILE *stream, const Comparison *comparison, const CompareCell *cell,
                           const CompareBlock *block, const CompareLine *line)
{
    Figure figures[FIGURE_LIMIT];
    int count = figures_of(comparison, line, figures);
    write_csv_texts(stream, (const char *const[]){cell->title, block->metric, block->unit, better_names[block->better]},
                    4);
    fputc(',', stream);
    write_csv_texts(stream, line->values, comparison->by_count);
    fputc(',', stream);
    escape_csv(stream, line->variant);
    fputc(',', stream);
    escape_number_csv(stream, comparison->confidence);
    fprintf(stream, ",%d,", cell->comparisons);
    write_csv_texts(stream,
                    (const char *const[]){baseline_value(block, line), test_name(line), verdict_names[line->verdict],
                                          line->best ? "true" : "false"},
                    4);
    for (int i = 0; i < count; i++) {
        fputc(',', stream);
        escape_number_csv(stream, figures[i].value);
    }
    fputc('\n', stream);
}

void compare_records_csv(FILE *stream, const Comparison *comparison)
{
    write_csv_header(stream, comparison);
    for (int c = 0; c < comparison->cell_count; c++)
        for (int m = 0; m < comparison->metric_count; m++)
            for (int i = 0; i < comparison->cells[c].line_count; i++) {
                const CompareBlock *block = &comparison->cells[c].blocks[m];
                write_csv_line(stream, comparison, &comparison->cells[c], block, &block->lines[i]);
            }
}

/* "name": "text", with a comma behind it. */
static void write_json_entry(FILE *stream, const char *name, const char *text)
{
    escape_json(stream, name);
    fputs(": ", stream);
    if (text)
        escape_json(stream, text);
    else
        fputs("null", stream);
    fputs(", ", stream);
}

static void write_json_line(FILE *stream, const Comparison *comparison, const CompareBlock *block,
                            const CompareLine *line)
{
    Figure figures[FIGURE_LIMIT];
    int count = figures_of(comparison, line, figures);
    fputs("\n            {\"group\": {", stream);
    for (int i = 0; i < comparison->by_count; i++) {
        fputs(i ? ", " : "", stream);
        escape_json(stream, comparison->by[i]);
        fputs(": ", stream);
        if (line->values[i])
            escape_json(stream, line->values[i]);
        else
            fputs("null", stream);
    }
    fputs("}, ", stream);
    write_json_entry(stream, "variant", line->variant);
    write_json_entry(stream, "baseline", line->baseline < 0 ? NULL : baseline_value(block, line));
    write_json_entry(stream, "test", *test_name(line) ? test_name(line) : NULL);
    write_json_entry(stream, "verdict", *verdict_names[line->verdict] ? verdict_names[line->verdict] : NULL);
    fprintf(stream, "\"best\": %s", line->best ? "true" : "false");
    for (int i = 0; i < count; i++) {
        fprintf(stream, ", \"%s\": ", figures[i].name);
        escape_number_json(stream, figures[i].value);
    }
    fputc('}', stream);
}

static void write_json_cell(FILE *stream, const Comparison *comparison, const CompareCell *cell)
{
    fputs("\n    {", stream);
    write_json_entry(stream, "cell", cell->title);
    write_json_entry(stream, "scenario", cell->scenario);
    fprintf(stream, "\"failed\": %d, \"repeated\": %d, \"comparisons\": %d, \"metrics\": [", cell->failed,
            cell->repeated, cell->comparisons);
    for (int m = 0; m < comparison->metric_count; m++) {
        const CompareBlock *block = &cell->blocks[m];
        fputs(m ? ",\n        {" : "\n        {", stream);
        write_json_entry(stream, "metric", block->metric);
        write_json_entry(stream, "unit", block->unit);
        write_json_entry(stream, "better", block->better == BETTER_NEITHER ? NULL : better_names[block->better]);
        fputs("\"lines\": [", stream);
        for (int i = 0; i < cell->line_count; i++) {
            fputs(i ? "," : "", stream);
            write_json_line(stream, comparison, block, &block->lines[i]);
        }
        fputs("]}", stream);
    }
    fputs("]}", stream);
}

void compare_records_json(FILE *stream, const Comparison *comparison)
{
    fputs("{\"confidence\": ", stream);
    escape_number_json(stream, comparison->confidence);
    fputs(", \"correction\": \"holm\", \"by\": [", stream);
    for (int i = 0; i < comparison->by_count; i++) {
        fputs(i ? ", " : "", stream);
        escape_json(stream, comparison->by[i]);
    }
    fputs("], \"cells\": [", stream);
    for (int c = 0; c < comparison->cell_count; c++) {
        fputs(c ? "," : "", stream);
        write_json_cell(stream, comparison, &comparison->cells[c]);
    }
    fputs("]}\n", stream);
}

#include "sheet.h"

#include "escape.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void sheet_init(Sheet *sheet, const char *const *headers, int column_count, int row_count)
{
    *sheet = (Sheet){.title = "", .notes = "", .column_count = column_count, .row_count = row_count};
    sheet->columns = arena_allocate(&sheet->arena, (size_t)column_count, sizeof *sheet->columns);
    sheet->strong = arena_allocate(&sheet->arena, (size_t)row_count, sizeof *sheet->strong);
    for (int c = 0; c < column_count; c++) {
        SheetColumn *column = &sheet->columns[c];
        column->left = headers[c][0] == '<';
        column->header = arena_string(&sheet->arena, headers[c] + column->left);
        column->cells = arena_allocate(&sheet->arena, (size_t)row_count, sizeof *column->cells);
        for (int r = 0; r < row_count; r++)
            column->cells[r] = "";
    }
}

void sheet_free(Sheet *sheet)
{
    arena_free(&sheet->arena);
    *sheet = (Sheet){0};
}

void sheet_set(Sheet *sheet, int row, int column, const char *format, ...)
{
    assert(row >= 0 && row < sheet->row_count);
    assert(column >= 0 && column < sheet->column_count);
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_format_list(&sheet->arena, format, arguments);
    va_end(arguments);
    sheet->columns[column].cells[row] = text;
}

/* Columns on a terminal that a text takes: characters of UTF-8, each of which is one column wide here. */
static int display_width(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += (*text & 0xc0) != 0x80;
    return width;
}

void sheet_set_intervals(Sheet *sheet, int column, const Interval *intervals, int decimals, bool sign)
{
    int widest = 0;
    for (int i = 0; i < sheet->row_count; i++)
        if (!isnan(intervals[i].half_width))
            widest = (int)fmax(widest, snprintf(NULL, 0, "%.*f", decimals, intervals[i].half_width));
    for (int i = 0; i < sheet->row_count; i++) {
        if (isnan(intervals[i].mean))
            continue;
        bool known = !isnan(intervals[i].half_width);
        int width = known ? snprintf(NULL, 0, "%.*f", decimals, intervals[i].half_width) : 1;
        int gap = widest > width ? widest - width : 0;
        const char *half = known ? arena_format(&sheet->arena, "%.*f", decimals, intervals[i].half_width) : "–";
        sheet_set(sheet, i, column, sign ? "%+.*f ± %*s%s" : "%.*f ± %*s%s", decimals, intervals[i].mean, gap, "",
                  half);
    }
}

/* Whether any cell is filled. */
static bool is_shown(const Sheet *sheet, int column)
{
    for (int r = 0; r < sheet->row_count; r++)
        if (sheet->columns[column].cells[r][0])
            return true;
    return false;
}

static int column_width(const Sheet *sheet, int column)
{
    if (!is_shown(sheet, column))
        return 0;
    int width = display_width(sheet->columns[column].header);
    for (int r = 0; r < sheet->row_count; r++)
        if (display_width(sheet->columns[column].cells[r]) > width)
            width = display_width(sheet->columns[column].cells[r]);
    return width;
}

/* The text at a row, the header at row -1. */
static const char *text_at(const Sheet *sheet, int row, int column)
{
    return row < 0 ? sheet->columns[column].header : sheet->columns[column].cells[row];
}

/* One line of a table: the headers where `row` is -1. Nothing follows the last text. */
static void write_text_row(const Sheet *sheet, const int *widths, int row, FILE *stream)
{
    int due = 0; /* spaces before the next text */
    for (int c = 0; c < sheet->column_count; c++) {
        if (widths[c] == 0)
            continue;
        const char *text = text_at(sheet, row, c);
        bool left = sheet->columns[c].left;
        int rest = widths[c] - display_width(text);
        if (*text) {
            fprintf(stream, "%*s%s", due + (left ? 0 : rest), "", text);
            due = (left ? rest : 0) + 2;
        } else {
            due += widths[c] + 2;
        }
    }
}

static void write_text(const Sheet *sheet, bool strong, FILE *stream)
{
    int *widths = memory_allocate((size_t)sheet->column_count, sizeof *widths);
    for (int c = 0; c < sheet->column_count; c++)
        widths[c] = column_width(sheet, c);
    if (*sheet->title)
        fprintf(stream, "%s\n", sheet->title);
    for (int row = -1; row < sheet->row_count; row++) {
        bool marked = strong && row >= 0 && sheet->strong[row];
        fputs(marked ? "\033[1m" : "", stream);
        write_text_row(sheet, widths, row, stream);
        fputs(marked ? "\033[0m\n" : "\n", stream);
    }
    if (*sheet->notes)
        fprintf(stream, "%s\n", sheet->notes);
    free(widths);
}

/* A cell without the spaces that align it on a terminal. */
static const char *squeezed(Arena *scratch, const char *text)
{
    char *copy = arena_string(scratch, text), *to = copy;
    for (const char *from = text; *from; from++)
        if (*from != ' ' || (to > copy && to[-1] != ' '))
            *to++ = *from;
    *to = 0;
    return copy;
}

static void write_markdown_row(const Sheet *sheet, int row, FILE *stream)
{
    Arena scratch = {0};
    fputc('|', stream);
    for (int c = 0; c < sheet->column_count; c++) {
        if (!is_shown(sheet, c))
            continue;
        const char *text = squeezed(&scratch, text_at(sheet, row, c));
        const char *mark = row >= 0 && sheet->strong[row] && *text ? "**" : "";
        fprintf(stream, " %s", mark);
        escape_markdown(stream, text);
        fprintf(stream, "%s |", mark);
    }
    fputc('\n', stream);
    arena_free(&scratch);
}

static void write_markdown(const Sheet *sheet, FILE *stream)
{
    if (*sheet->title) {
        fputs("**", stream);
        escape_markdown(stream, sheet->title);
        fputs("**\n\n", stream);
    }
    write_markdown_row(sheet, -1, stream);
    fputc('|', stream);
    for (int c = 0; c < sheet->column_count; c++)
        if (is_shown(sheet, c))
            fputs(sheet->columns[c].left ? " :--- |" : " ---: |", stream);
    fputc('\n', stream);
    for (int row = 0; row < sheet->row_count; row++)
        write_markdown_row(sheet, row, stream);
    if (*sheet->notes) {
        fputc('\n', stream);
        escape_markdown(stream, sheet->notes);
        fputc('\n', stream);
    }
}

static void write_latex_row(const Sheet *sheet, int row, FILE *stream)
{
    Arena scratch = {0};
    bool first = true;
    fputs("    ", stream);
    for (int c = 0; c < sheet->column_count; c++) {
        if (!is_shown(sheet, c))
            continue;
        const char *text = squeezed(&scratch, text_at(sheet, row, c));
        bool marked = row >= 0 && sheet->strong[row] && *text;
        fputs(first ? "" : " & ", stream);
        fputs(marked ? "\\textbf{" : "", stream);
        escape_latex(stream, text);
        fputs(marked ? "}" : "", stream);
        first = false;
    }
    fputs(" \\\\\n", stream);
    arena_free(&scratch);
}

static void write_latex(const Sheet *sheet, FILE *stream)
{
    fputs("% needs \\usepackage{booktabs}\n\\begin{table}\n  \\centering\n", stream);
    if (*sheet->title || *sheet->notes) {
        fputs("  \\caption{", stream);
        escape_latex(stream, sheet->title);
        fputs(*sheet->title && *sheet->notes ? ". " : "", stream);
        escape_latex(stream, sheet->notes);
        fputs("}\n", stream);
    }
    fputs("  \\begin{tabular}{", stream);
    for (int c = 0; c < sheet->column_count; c++)
        if (is_shown(sheet, c))
            fputc(sheet->columns[c].left ? 'l' : 'r', stream);
    fputs("}\n    \\toprule\n", stream);
    write_latex_row(sheet, -1, stream);
    fputs("    \\midrule\n", stream);
    for (int row = 0; row < sheet->row_count; row++)
        write_latex_row(sheet, row, stream);
    fputs("    \\bottomrule\n  \\end{tabular}\n\\end{table}\n", stream);
}

void sheet_write(const Sheet *sheet, SheetFormat format, bool strong, FILE *stream)
{
    switch (format) {
    case SHEET_TEXT:
        write_text(sheet, strong, stream);
        break;
    case SHEET_MARKDOWN:
        write_markdown(sheet, stream);
        break;
    case SHEET_LATEX:
        write_latex(sheet, stream);
        break;
    }
}

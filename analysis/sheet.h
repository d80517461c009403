/* A small table of texts for people, written aligned for a terminal, as Markdown, or as LaTeX. */
#ifndef ORCHID_ANALYSIS_SHEET_H
#define ORCHID_ANALYSIS_SHEET_H

#include "../sim/memory.h"
#include "statistics.h"

#include <stdbool.h>
#include <stdio.h>

typedef enum SheetFormat {
    SHEET_TEXT,
    SHEET_MARKDOWN,
    SHEET_LATEX /* a table environment with booktabs rules */
} SheetFormat;

/* A header and a cell per row. A column of empty cells is left out. */
typedef struct SheetColumn {
    const char *header;
    bool left;          /* aligned to the left, else to the right */
    const char **cells; /* [row_count], none NULL */
} SheetColumn;

/* Headers, cells and everything else live in the arena. */
typedef struct Sheet {
    const char *title, *notes; /* what it shows, and how to read it: "" or lines without the last line end */
    int column_count, row_count;
    SheetColumn *columns;
    bool *strong; /* [row_count]: rows to stress */
    Arena arena;
} Sheet;

/* A table of empty cells, title and notes. `headers` are `column_count` texts; one that begins with '<' (left out when
 * written) stands over a column aligned to the left. The caller frees with sheet_free. */
void sheet_init(Sheet *sheet, const char *const *headers, int column_count, int row_count);
void sheet_free(Sheet *sheet);

/* Fills one cell. */
void sheet_set(Sheet *sheet, int row, int column, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Fills a column with "mean ± half width", points one below the other: `decimals` digits behind them. Cells of unknown
 * means stay empty; `sign`: with a plus or minus. `intervals` has an entry per row. */
void sheet_set_intervals(Sheet *sheet, int column, const Interval *intervals, int decimals, bool sign);

/* Writes title, table and notes. `strong`: in SHEET_TEXT the strong rows are bold by terminal codes; in the others they
 * always are. */
void sheet_write(const Sheet *sheet, SheetFormat format, bool strong, FILE *stream);

#endif

/* What a template hands to its script: settings and a table, and the words that all templates share. */
#ifndef ORCHID_ANALYSIS_FIGURE_CANVAS_H
#define ORCHID_ANALYSIS_FIGURE_CANVAS_H

#include "figure_cells.h"

typedef struct FigureCanvas {
    FILE *settings, *table; /* in memory */
    const char *where;      /* the expression that chose the runs; NULL: all */
    const char *note;       /* what else is to be said below; NULL: nothing */
    Arena *arena;
} FigureCanvas;

/* The range of some values; NAN ones do not count. Zero is empty. */
typedef struct FigureRange {
    bool any;
    double low, high;
} FigureRange;

void figure_range_add(FigureRange *range, double value);

/* Adds the ends of an interval, or the mean alone where it has no width. */
void figure_range_add_interval(FigureRange *range, const Interval *interval);

/* Settings. */
void figure_canvas_set_text(const FigureCanvas *canvas, const char *name, const char *text);
void figure_canvas_set_number(const FigureCanvas *canvas, const char *name, double value);

/* Sets PREFIX_low, PREFIX_high and PREFIX_log: the least and the largest value, and whether a logarithmic axis shows
 * them better. */
void figure_canvas_set_range(const FigureCanvas *canvas, const char *prefix, const FigureRange *range);

/* Sets PREFIX_ticks to the axis's numbers, separated by spaces: "" where they are too many or would overlap. */
void figure_canvas_set_ticks(const FigureCanvas *canvas, const char *prefix, const FigureAxis *axis);

/* Sets `title` to the names of the scenarios shown, `replications` to "n = 10 independent replications", `caption` to
 * what a mark is, and `note` to what is left out and how the runs were chosen. The caption is `what`, in which "%s"
 * stands for `replications`, then `interval` where a cell has two runs or more, then `rest`; these two may be NULL. */
void figure_canvas_set_words(const FigureCanvas *canvas, const FigureCells *cells, const char *what,
                             const char *interval, const char *rest);

/* Adds a sentence to the note that figure_canvas_set_words sets. */
void figure_canvas_add_note(FigureCanvas *canvas, const char *sentence);

/* The table: cells of a row are separated by tabs, "\n" ends it. */
void figure_canvas_header(const FigureCanvas *canvas, const char *columns);
void figure_canvas_text(const FigureCanvas *canvas, const char *text, char end);
void figure_canvas_number(const FigureCanvas *canvas, double value, char end);

/* The combinations of the axes from `first` on that some run has: bars of a colour, lines of a chart. */
typedef struct FigureSeries {
    int count, stride;  /* stride: combinations in all */
    int *of;            /* [stride] the number of a combination, from 0; -1: no run has it */
    const char **names; /* [count], such as "greedy, 85 %"; "" where there is but one */
    const char *label;  /* of the keys, for a legend's title; "" likewise */
} FigureSeries;

FigureSeries figure_canvas_series(const FigureCanvas *canvas, const FigureCells *cells, int first);

/* Sets `series` to how many there are, `series_label`, and `series_width` to the characters of the longest name. */
void figure_canvas_set_series(const FigureCanvas *canvas, const FigureSeries *series);

/* A name of at most FIGURE_NAME_LIMIT characters: longer ones lose their middle. */
enum { FIGURE_NAME_LIMIT = 40 };
const char *figure_canvas_shorten(const FigureCanvas *canvas, const char *name);

/* Characters of a UTF-8 text. */
int figure_canvas_width(const char *text);

/* "72.81 ± 0.24", with as many digits as the interval deserves, and behind it how many runs know the value
 * where not all do. */
const char *figure_canvas_value(const FigureCanvas *canvas, const FigureCell *cell, int metric);

#endif

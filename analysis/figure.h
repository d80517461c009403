/* Pictures of results: figures by name, one SQL query NAME.sql and one gnuplot script NAME.gp in a folder and no code,
 * and templates, which show any metric by any key. */
#ifndef ORCHID_ANALYSIS_FIGURE_H
#define ORCHID_ANALYSIS_FIGURE_H

#include "figure_print.h"
#include "figure_template.h"

/* A figure found in a folder. */
typedef struct FigureEntry {
    const char *name;
    const char *summary; /* the first comment line of its query; "" where there is none */
    const char *command; /* what fills a database for it, from the line "-- Filled by: ..."; NULL where there is none */
    bool template;       /* takes `by` and `metric` */
} FigureEntry;

/* What to draw. */
typedef struct FigureRequest {
    const char *folder; /* where the figures are */
    const char *name;   /* of the figure */
    FigureQuery query;  /* experiment 0: of a figure by name the latest that it can show; of a template the latest and
                           all others of the same name, as a resumed sweep leaves them */
    const char *output; /* .png, .svg or .pdf; replaced where it exists. Not used by figure_show */
    bool alone;         /* leave no script and no data beside the picture */
} FigureRequest;

/* The figures of a folder, those by name before the templates, each in alphabetical order, in `arena`. Returns how
 * many; 0 for a folder that cannot be read. */
int figure_list(const char *folder, Arena *arena, FigureEntry **ret_entries);

/* Draws into a file. Runs the figure's query with ?1 = the experiment's number or '', or fills the template, and hands
 * the rows to gnuplot as a table of tab-separated columns with a header; see figure_print_picture for the files.
 * STORE_INPUT: no such figure, an unknown ending, a folder that does not exist, a query that is wrong, no rows, or
 * script or data beside the picture that somebody changed. STORE_MACHINE: gnuplot is absent or fails, disk full, not
 * allowed. `error` holds one line. */
StoreStatus figure_draw(Store *store, const FigureRequest *request, Error *error);

/* Draws on a terminal, those figures that can. */
StoreStatus figure_show(Store *store, const FigureRequest *request, const FigureScreen *screen, Error *error);

#endif

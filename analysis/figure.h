/* Pictures of results: one SQL query, NAME.sql, and one gnuplot script, NAME.gp, in a folder. No code per figure. */
#ifndef ORCHID_ANALYSIS_FIGURE_H
#define ORCHID_ANALYSIS_FIGURE_H

#include "store.h"

/* A figure found in a folder. */
typedef struct FigureEntry {
    const char *name;
    const char *summary; /* the first comment line of its query; "" where there is none */
    const char *command; /* what fills a database for it, from the line "-- Filled by: ..."; NULL where there is none */
} FigureEntry;

/* What to draw. */
typedef struct FigureRequest {
    const char *folder; /* where the figures are */
    const char *name;   /* of the figure */
    int64_t experiment; /* of the database; 0: the latest that the figure can show */
    const char *output; /* .png, .svg or .pdf; replaced where it exists */
} FigureRequest;

/* The figures of a folder in alphabetical order, in `arena`. Returns how many; 0 for a folder that cannot be read. */
int figure_list(const char *folder, Arena *arena, FigureEntry **ret_entries);

/* Runs the figure's query with ?1 = the experiment's number or '', hands the rows to gnuplot as a table of
 * tab-separated columns with a header, and moves the finished picture to `output`: on failure nothing is left behind
 * and a picture that was there stays. STORE_INPUT: no such figure, an unknown ending, a folder that does not exist, or
 * no rows. STORE_MACHINE: gnuplot is absent or fails, disk full, not allowed. `error` holds one line. */
StoreStatus figure_draw(Store *store, const FigureRequest *request, Error *error);

#endif

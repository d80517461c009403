/* Figures of any metric by any key: bar, line, box, cdf, heatmap, pareto. */
#ifndef ORCHID_ANALYSIS_FIGURE_TEMPLATE_H
#define ORCHID_ANALYSIS_FIGURE_TEMPLATE_H

#include "store.h"

/* A kind of picture; the rest of it is known inside. */
typedef struct FigureTemplate {
    const char *name, *summary;
} FigureTemplate;

/* What to show; zero is all that the template shows by itself. */
typedef struct FigureQuery {
    int64_t experiment; /* of the database; 0: see figure.h */
    const char *where;  /* an expression over keys; NULL: all runs */
    const char *by;     /* keys with commas between; NULL: the template's own choice */
    const char *metric; /* stored names with commas between; NULL likewise */
} FigureQuery;

/* The template of a number or a name; NULL past the last, and for another name. */
const FigureTemplate *figure_template(int index);
const FigureTemplate *figure_template_find(const char *name);

/* The settings and the table for a template's script, in `arena`. STORE_INPUT: an unknown key or metric, a key that the
 * template cannot use, runs that are no replications in one mark, or nothing to show. */
StoreStatus figure_template_fill(Store *store, const FigureTemplate *chosen, const FigureQuery *query, Arena *arena,
                                 const char **ret_settings, const char **ret_data, Error *error);

#endif

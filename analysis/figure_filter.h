/* Hides runs from the queries of figures: with a filter in force, `runs` and all views see only some of them. */
#ifndef ORCHID_ANALYSIS_FIGURE_FILTER_H
#define ORCHID_ANALYSIS_FIGURE_FILTER_H

#include "store.h"

/* Puts a filter in force that leaves the runs for which the expression `where` is true; the file is not changed.
 * STORE_INPUT: the expression is wrong, or no run is left. */
StoreStatus figure_filter_set(Store *store, const char *where, Error *error);

/* Takes it away again. */
StoreStatus figure_filter_clear(Store *store, Error *error);

#endif

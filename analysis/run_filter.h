/* Keeps the runs of a set for which a condition over their keys holds. */
#ifndef ORCHID_ANALYSIS_RUN_FILTER_H
#define ORCHID_ANALYSIS_RUN_FILTER_H

#include "run_set.h"

/* Removes the runs for which `where` does not hold. Names are those of keys, or their ends where these are unambiguous;
 * a key is a number where all its values are numbers of one dimension. What a run does not have equals nothing and is
 * neither more nor less than anything. False, with the place in the condition as column of `error`, where it cannot be
 * read. */
bool run_filter(RunSet *set, const char *where, Error *error);

#endif

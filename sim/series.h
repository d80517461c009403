/* A quantity that steps through given values and then begins anew: a link's bandwidth or a node's background load, as
 * measured over time. */
#ifndef ORCHID_SIM_SERIES_H
#define ORCHID_SIM_SERIES_H

#include "units.h"

/* Zero is "none". */
typedef struct Series {
    int count;            /* 0: none, 1: a constant */
    const Time *begin;    /* [count] when each value begins, ns: 0 first, rising */
    const double *values; /* [count] bit/s or busy cores */
    Time length;          /* when the first value comes again, ns; the last value stays as long as the one before it */
} Series;

/* The value that holds from `now` on. */
double series_value(const Series *series, Time now);

/* When the value after that begins; TIME_NEVER where there is one value only. */
Time series_next(const Series *series, Time now);

double series_largest(const Series *series);

#endif

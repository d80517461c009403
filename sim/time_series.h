/* A quantity that steps through given values and then begins anew: a link's bandwidth or a node's background load, as
 * measured over time. */
#ifndef ORCHID_SIM_TIME_SERIES_H
#define ORCHID_SIM_TIME_SERIES_H

#include "units.h"

/* Zero is "none". */
typedef struct TimeSeries {
    int count;            /* 0: none, 1: a constant */
    const Time *begin;    /* [count] when each value begins, ns: 0 first, rising */
    const double *values; /* [count] bit/s or busy cores */
    Time length;          /* when the first value comes again, ns; the last value stays as long as the one before it */
} TimeSeries;

/* The value that holds from `now` on. */
double time_series_value(const TimeSeries *series, Time now);

/* When the value after that begins; TIME_NEVER where there is one value only. */
Time time_series_next(const TimeSeries *series, Time now);

double time_series_largest(const TimeSeries *series);

#endif

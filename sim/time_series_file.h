/* Reader of what was measured over time: bandwidth of a link, or other tenants' load. The format: traces/README.md. */
#ifndef ORCHID_SIM_TIME_SERIES_FILE_H
#define ORCHID_SIM_TIME_SERIES_FILE_H

#include "error.h"
#include "memory.h"
#include "time_series.h"

typedef enum SeriesKind {
    SERIES_BANDWIDTH, /* column bit_per_s, kbit_per_s, mbit_per_s or gbit_per_s; values in bit/s, at least 1 */
    SERIES_BUSY       /* column busy_cores */
} SeriesKind;

/* Reads a series: column time_s or time_ms, 0 first and rising, and one column of the kind. False with every finding of
 * the pass in `errors`, and then `ret_series` is left alone. What is returned lives in `arena`. */
bool time_series_file_read(Arena *arena, const char *path, SeriesKind kind, TimeSeries *ret_series, ErrorList *errors);

#endif

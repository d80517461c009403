#include "time_series.h"

#include <assert.h>

/* The row that holds `since` the series last began. */
static int row_at(const TimeSeries *series, Time since)
{
    int low = 0, high = series->count - 1;
    while (low < high) {
        int middle = low + (high - low + 1) / 2;
        if (series->begin[middle] <= since)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

double time_series_value(const TimeSeries *series, Time now)
{
    assert(series->count > 0 && now >= 0);
    return series->count == 1 ? series->values[0] : series->values[row_at(series, now % series->length)];
}

Time time_series_next(const TimeSeries *series, Time now)
{
    assert(series->count > 0 && now >= 0);
    if (series->count == 1)
        return TIME_NEVER;
    Time since = now % series->length;
    int row = row_at(series, since);
    return now - since + (row + 1 < series->count ? series->begin[row + 1] : series->length);
}

double time_series_largest(const TimeSeries *series)
{
    double largest = 0;
    for (int i = 0; i < series->count; i++)
        largest = series->values[i] > largest ? series->values[i] : largest;
    return largest;
}

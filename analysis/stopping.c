#include "stopping.h"

#include <assert.h>
#include <math.h>

/* Whether n replications bring the half width of a mean of `deviation` down to `half_width`. */
static bool suffice(double n, double deviation, double half_width, double confidence)
{
    return statistics_t_quantile(confidence, n - 1) * deviation / half_width <= sqrt(n);
}

/* The least n >= STOPPING_LEAST that suffices. */
static double count_for(double deviation, double half_width, double confidence)
{
    static const double MOST = 1e15;
    double low = STOPPING_LEAST, high = STOPPING_LEAST;
    while (high < MOST && !suffice(high, deviation, half_width, confidence)) {
        low = high;
        high *= 2;
    }
    if (high >= MOST)
        return INFINITY;
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (suffice(middle, deviation, half_width, confidence))
            high = middle;
        else
            low = middle;
    }
    return high;
}

Stopping stopping_judge(const double *means, int count, double target, double confidence)
{
    assert(target > 0);
    Interval interval = statistics_interval(means, count, confidence);
    Stopping result = {.interval = interval, .relative_half_width = NAN, .expected_count = NAN};
    if (isnan(interval.half_width))
        return result;
    double size = fabs(interval.mean);
    result.relative_half_width = interval.half_width == 0 ? 0 : interval.half_width / size;
    result.expected_count = STOPPING_LEAST;
    if (interval.half_width > 0)
        result.expected_count = size > 0 ? count_for(interval.deviation, target * size, confidence) : INFINITY;
    result.enough = count >= STOPPING_LEAST && result.relative_half_width <= target;
    return result;
}

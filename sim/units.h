/* Quantities with units as people write them, and time as integer nanoseconds. */
#ifndef ORCHID_SIM_UNITS_H
#define ORCHID_SIM_UNITS_H

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Simulated time and durations inside the program, ns. Seconds exist only in files and figures. */
typedef int64_t Time;

#define NS_PER_S 1000000000
#define BITS_PER_BYTE 8.0
#define TIME_NEVER INT64_MAX

/* What a quantity measures; the base unit that `quantity_parse` returns stands behind each. */
typedef enum Dimension {
    DIMENSION_COUNT,     /* a plain number: the text must carry no unit */
    DIMENSION_TIME,      /* s:     ns us ms s min h */
    DIMENSION_DATA,      /* byte:  B kB MB GB KiB MiB GiB, bit kbit Mbit */
    DIMENSION_BANDWIDTH, /* bit/s: bit/s kbit/s Mbit/s Gbit/s, B/s kB/s MB/s */
    DIMENSION_POWER,     /* W:     mW W kW */
    DIMENSION_ENERGY,    /* J:     mJ J kJ Wh */
    DIMENSION_FRACTION,  /* 1:     % (a bare number is an error, so that 0.9 is never read as 0.9 %) */
    DIMENSION_RATE,      /* 1/s:   /s /min /h */
    DIMENSION_COUNT_     /* how many dimensions there are */
} Dimension;

/* `time` in seconds. */
static inline double time_to_s(Time time)
{
    return (double)time / NS_PER_S;
}

/* `seconds` rounded to the nearest nanosecond; saturates at TIME_NEVER. `seconds` must not be NaN. */
static inline Time time_from_s(double seconds)
{
    double ns = seconds * NS_PER_S;
    assert(ns == ns);
    if (fabs(ns) < 0x1p63)
        return (Time)llrint(ns);
    return ns > 0 ? TIME_NEVER : -TIME_NEVER;
}

/* Reads "11 ms", "50 Mbit/s" or "89 %" into the base unit of `dimension`. False leaves `ret_value` alone and puts one
 * clause into `why` (at most `why_size` bytes), such as "needs a unit, one of: ns us ms s min h". */
bool quantity_parse(const char *text, Dimension dimension, double *ret_value, char *why, size_t why_size);

/* Writes `value` (base unit) in the unit a person would choose, such as "11 ms"; reading it back gives the same double.
 */
void quantity_format(double value, Dimension dimension, char *buffer, size_t size);

/* The units of a dimension as one string for help texts, such as "ns us ms s min h"; "" for a count. */
const char *dimension_units(Dimension dimension);

/* "time", "data", ...: the word for messages. */
const char *dimension_name(Dimension dimension);

#endif

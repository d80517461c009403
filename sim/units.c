#include "units.h"

#include "error.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

enum { NUMBER_LIMIT = 400, EXPONENT_LIMIT = 100000, UNIT_LIMIT = 10, DIGITS_LIMIT = 17 };

/* One unit is 10^exponent x factor / divisor base units. The power of ten goes into the decimal text before it is
 * rounded, so that "11 ms" is the double nearest to 0.011. */
typedef struct Unit {
    const char *name;
    int exponent;
    double factor, divisor;
    bool shown; /* quantity_format may choose it */
} Unit;

typedef struct DimensionEntry {
    const char *name, *units; /* units: all names, for messages */
    const Unit table[UNIT_LIMIT + 1];
} DimensionEntry;

static const DimensionEntry dimensions[DIMENSION_COUNT_] = {
    [DIMENSION_COUNT] = {"a plain number", "", {{"", 0, 1, 1, true}}},
    [DIMENSION_TIME] = {"time",
                        "ns us ms s min h",
                        {{"s", 0, 1, 1, true},
                         {"ms", -3, 1, 1, true},
                         {"us", -6, 1, 1, true},
                         {"ns", -9, 1, 1, true},
                         {"min", 0, 60, 1, true},
                         {"h", 0, 3600, 1, true}}},
    [DIMENSION_DATA] = {"data",
                        "B kB MB GB KiB MiB GiB bit kbit Mbit",
                        {{"B", 0, 1, 1, true},
                         {"kB", 3, 1, 1, true},
                         {"MB", 6, 1, 1, true},
                         {"GB", 9, 1, 1, true},
                         {"KiB", 0, 0x1p10, 1, true},
                         {"MiB", 0, 0x1p20, 1, true},
                         {"GiB", 0, 0x1p30, 1, true},
                         {"bit", 0, 1, 8, false},
                         {"kbit", 3, 1, 8, false},
                         {"Mbit", 6, 1, 8, false}}},
    [DIMENSION_BANDWIDTH] = {"bandwidth",
                             "bit/s kbit/s Mbit/s Gbit/s B/s kB/s MB/s",
                             {{"bit/s", 0, 1, 1, true},
                              {"kbit/s", 3, 1, 1, true},
                              {"Mbit/s", 6, 1, 1, true},
                              {"Gbit/s", 9, 1, 1, true},
                              {"B/s", 0, 8, 1, false},
                              {"kB/s", 3, 8, 1, false},
                              {"MB/s", 6, 8, 1, false}}},
    [DIMENSION_POWER] = {"power", "mW W kW", {{"W", 0, 1, 1, true}, {"mW", -3, 1, 1, true}, {"kW", 3, 1, 1, true}}},
    [DIMENSION_ENERGY] =
        {"energy",
         "mJ J kJ Wh",
         {{"J", 0, 1, 1, true}, {"mJ", -3, 1, 1, true}, {"kJ", 3, 1, 1, true}, {"Wh", 0, 3600, 1, true}}},
    [DIMENSION_FRACTION] = {"a fraction", "%", {{"%", -2, 1, 1, true}}},
    [DIMENSION_RATE] = {"a rate",
                        "/s /min /h",
                        {{"/s", 0, 1, 1, true}, {"/min", 0, 1, 60, true}, {"/h", 0, 1, 3600, true}}},
};

/* What people write when they mean one of ours. */
static const char *const spellings[][2] = {
    {"sec", "s"},       {"secs", "s"},      {"second", "s"},     {"seconds", "s"},    {"msec", "ms"},
    {"millis", "ms"},   {"usec", "us"},     {"\xc2\xb5s", "us"}, {"\xce\xbcs", "us"}, {"nsec", "ns"},
    {"m", "min"},       {"mins", "min"},    {"minutes", "min"},  {"hr", "h"},         {"hour", "h"},
    {"hours", "h"},     {"byte", "B"},      {"bytes", "B"},      {"K", "KiB"},        {"M", "MiB"},
    {"G", "GiB"},       {"Ki", "KiB"},      {"Mi", "MiB"},       {"Gi", "GiB"},       {"bits", "bit"},
    {"bps", "bit/s"},   {"kbps", "kbit/s"}, {"Mbps", "Mbit/s"},  {"Gbps", "Gbit/s"},  {"Mb/s", "Mbit/s"},
    {"Mbit", "Mbit/s"}, {"kbit", "kbit/s"}, {"Gbit", "Gbit/s"},  {"Watt", "W"},       {"watts", "W"},
    {"percent", "%"},   {"pct", "%"},       {"Hz", "/s"},        {"per s", "/s"},     {"1/s", "/s"},
    {"/sec", "/s"},
};

/* Runs what depends on the locale (strtod, printf of reals) under the C locale, whatever the host program has set. */
typedef struct PlainLocale {
    locale_t plain, before;
} PlainLocale;

static PlainLocale locale_enter(void)
{
    PlainLocale scope = {.plain = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    scope.before = uselocale(scope.plain);
    return scope;
}

static void locale_leave(PlainLocale scope)
{
    uselocale(scope.before);
    if (scope.plain)
        freelocale(scope.plain);
}

static const char *skip_digits(const char *text)
{
    while (*text >= '0' && *text <= '9')
        text++;
    return text;
}

/* The end of the digits and the point of a decimal number, or NULL where `text` does not begin with one. */
static const char *scan_mantissa(const char *text)
{
    if (*text == '+' || *text == '-')
        text++;
    const char *whole = skip_digits(text);
    const char *end = *whole == '.' ? skip_digits(whole + 1) : whole;
    bool any = whole > text || end > whole + 1;
    return any ? end : NULL;
}

/* Behind the exponent that may follow a mantissa; its value goes to `ret_exponent`. */
static const char *scan_exponent(const char *text, long *ret_exponent)
{
    *ret_exponent = 0;
    if (*text != 'e' && *text != 'E')
        return text;
    const char *sign = text + 1;
    const char *digits = *sign == '+' || *sign == '-' ? sign + 1 : sign;
    const char *end = skip_digits(digits);
    if (end == digits)
        return text;
    long value = 0;
    for (const char *c = digits; c < end && value < EXPONENT_LIMIT; c++)
        value = 10 * value + (*c - '0');
    *ret_exponent = *sign == '-' ? -value : value;
    return end;
}

static bool is_infinite_or_nan(const char *text)
{
    text += *text == '+' || *text == '-';
    text += *text == '.';
    return strcasecmp(text, "inf") == 0 || strcasecmp(text, "infinity") == 0 || strcasecmp(text, "nan") == 0;
}

static const Unit *unit_find(Dimension dimension, const char *name)
{
    for (const Unit *unit = dimensions[dimension].table; unit->name; unit++)
        if (strcmp(unit->name, name) == 0)
            return unit;
    return NULL;
}

/* The unit of `dimension` that `name` is another spelling of, or NULL. */
static const char *unit_respelled(Dimension dimension, const char *name)
{
    for (const Unit *unit = dimensions[dimension].table; unit->name; unit++)
        if (strcasecmp(unit->name, name) == 0)
            return unit->name;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        if (strcasecmp(spellings[i][0], name) == 0 && unit_find(dimension, spellings[i][1]))
            return spellings[i][1];
    return NULL;
}

/* The unit of `dimension` with almost that name, or NULL; a single letter resembles every other. */
static const char *unit_misspelled(Dimension dimension, const char *name)
{
    const char *names[UNIT_LIMIT];
    int count = 0;
    for (const Unit *unit = dimensions[dimension].table; unit->name; unit++)
        names[count++] = unit->name;
    return strlen(name) > 1 ? error_nearest(name, names, count) : NULL;
}

/* Says what is wrong with the unit `name`. */
static void explain_unit(Dimension dimension, const char *name, char *why, size_t why_size)
{
    const DimensionEntry *entry = &dimensions[dimension];
    if (dimension == DIMENSION_COUNT) {
        snprintf(why, why_size, "must be a plain number, without a unit");
        return;
    }
    if (!*name) {
        snprintf(why, why_size, strchr(entry->units, ' ') ? "needs a unit, one of: %s" : "needs the unit %s",
                 entry->units);
        return;
    }
    if (*name == ',') {
        snprintf(why, why_size, "holds a comma; the decimal sign is a point");
        return;
    }
    const char *nearest = unit_respelled(dimension, name);
    for (int other = 0; !nearest && other < DIMENSION_COUNT_; other++)
        if (unit_find((Dimension)other, name)) {
            snprintf(why, why_size, "is %s, not %s; expected one of: %s", dimensions[other].name, entry->name,
                     entry->units);
            return;
        }
    nearest = nearest ? nearest : unit_misspelled(dimension, name);
    if (nearest)
        snprintf(why, why_size, "has an unknown unit; did you mean '%s'?", nearest);
    else
        snprintf(why, why_size, "has an unknown unit; expected one of: %s", entry->units);
}

/* The double nearest to mantissa x 10^exponent; the mantissa are `length` characters. */
static double decimal_value(const char *mantissa, size_t length, long exponent)
{
    char text[NUMBER_LIMIT + 32];
    snprintf(text, sizeof text, "%.*se%ld", (int)length, mantissa, exponent);
    PlainLocale scope = locale_enter();
    double value = strtod(text, NULL);
    locale_leave(scope);
    return value;
}

bool quantity_parse(const char *text, Dimension dimension, double *ret_value, char *why, size_t why_size)
{
    assert(dimension < DIMENSION_COUNT_);
    const char *start = text + strspn(text, " \t");
    const char *mantissa_end = scan_mantissa(start);
    if (!mantissa_end) {
        snprintf(why, why_size, is_infinite_or_nan(start) ? "is not a finite number" : "is not a number");
        return false;
    }
    size_t length = (size_t)(mantissa_end - start);
    long exponent;
    const char *number_end = scan_exponent(mantissa_end, &exponent);
    if (length > NUMBER_LIMIT) {
        snprintf(why, why_size, "has more than %d digits", NUMBER_LIMIT);
        return false;
    }
    const char *name_start = number_end + strspn(number_end, " \t");
    char name[32];
    snprintf(name, sizeof name, "%s", name_start);
    for (size_t end = strlen(name); end > 0 && (name[end - 1] == ' ' || name[end - 1] == '\t'); end--)
        name[end - 1] = 0;
    const Unit *unit = unit_find(dimension, name);
    if (!unit) {
        explain_unit(dimension, name, why, why_size);
        return false;
    }
    double value = decimal_value(start, length, exponent + unit->exponent) * unit->factor / unit->divisor;
    if (!isfinite(value)) {
        snprintf(why, why_size, "is too large");
        return false;
    }
    *ret_value = value == 0 ? 0 : value; /* no negative zero */
    return true;
}

/* Writes `value` / 10^shift with `digits` significant digits, without an exponent where that stays readable. The point
 * moves in the text, so that nothing is rounded twice. */
static void format_real(double value, int digits, int shift, char *buffer, size_t size)
{
    char text[DIGITS_LIMIT + 16], figures[DIGITS_LIMIT + 1];
    PlainLocale scope = locale_enter();
    snprintf(text, sizeof text, "%.*e", digits - 1, fabs(value));
    locale_leave(scope);
    int count = 0, exponent = atoi(strchr(text, 'e') + 1) - (value == 0 ? 0 : shift);
    for (const char *c = text; *c != 'e'; c++)
        if (*c != '.')
            figures[count++] = *c;
    while (count > 1 && figures[count - 1] == '0')
        count--;
    figures[count] = 0;
    const char *sign = value < 0 ? "-" : "";
    int whole = exponent + 1; /* digits before the point */
    if (exponent < -5 || exponent > 15)
        snprintf(buffer, size, "%s%c%s%se%d", sign, figures[0], count > 1 ? "." : "", figures + 1, exponent);
    else if (whole <= 0)
        snprintf(buffer, size, "%s0.%.*s%s", sign, -whole, "00000", figures);
    else if (whole >= count)
        snprintf(buffer, size, "%s%s%.*s", sign, figures, whole - count, "0000000000000000");
    else
        snprintf(buffer, size, "%s%.*s.%s", sign, whole, figures, figures + whole);
}

/* The shortest text of `value` in `unit` that reads back as the same double; false where there is none, or it takes
 * more than `length_limit` characters. */
static bool format_in_unit(double value, Dimension dimension, const Unit *unit, size_t length_limit, char *buffer,
                           size_t size)
{
    double scaled = value * unit->divisor / unit->factor;
    for (int digits = 1; digits <= DIGITS_LIMIT && isfinite(scaled); digits++) {
        char number[DIGITS_LIMIT + 32], why[80];
        double again;
        format_real(scaled, digits, unit->exponent, number, sizeof number);
        snprintf(buffer, size, "%s%s%s", number, *unit->name ? " " : "", unit->name);
        if (strlen(buffer) > length_limit)
            return false;
        if (quantity_parse(buffer, dimension, &again, why, sizeof why) && again == value)
            return true;
    }
    return false;
}

void quantity_format(double value, Dimension dimension, char *buffer, size_t size)
{
    assert(isfinite(value) && dimension < DIMENSION_COUNT_);
    size_t best_cost = SIZE_MAX;
    for (const Unit *unit = dimensions[dimension].table; unit->name; unit++) {
        char text[64];
        /* What costs more than the best is not looked for. One more digit may save a character: 0.00001, 9.6e-6. */
        size_t length_limit = best_cost == SIZE_MAX ? SIZE_MAX : best_cost / 2 + 2;
        if (!unit->shown || !format_in_unit(value, dimension, unit, length_limit, text, sizeof text))
            continue;
        /* Short is friendly, and so is a number from 1 to 999; the base unit comes first in the table and wins a tie.
         */
        double scaled = fabs(value * unit->divisor / unit->factor / pow(10, unit->exponent));
        size_t cost = 2 * strlen(text) + (scaled != 0 && (scaled < 1 || scaled >= 1000) ? 3 : 0);
        if (cost < best_cost) {
            best_cost = cost;
            snprintf(buffer, size, "%s", text);
        }
    }
    assert(best_cost < SIZE_MAX);
}

const char *dimension_units(Dimension dimension)
{
    assert(dimension < DIMENSION_COUNT_);
    return dimensions[dimension].units;
}

const char *dimension_name(Dimension dimension)
{
    assert(dimension < DIMENSION_COUNT_);
    return dimensions[dimension].name;
}

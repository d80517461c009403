#include "../sim/units.h"
#include "check.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct Reading {
    const char *text;
    Dimension dimension;
    double value;
} Reading;

typedef struct Refusal {
    const char *text;
    Dimension dimension;
    const char *why;
} Refusal;

/* The bits, so that 0.1 + 0.2 is not 0.3. */
static bool same_double(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void check_readings(const Reading *readings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double value = NAN;
        char why[160] = "";
        bool good = quantity_parse(readings[i].text, readings[i].dimension, &value, why, sizeof why);
        check_text(good ? "read" : why, "read", readings[i].text, __FILE__, __LINE__);
        check_near(value, readings[i].value, 0, readings[i].text, __FILE__, __LINE__);
    }
}

static void every_unit_is_read_to_the_nearest_double(void)
{
    static const Reading readings[] = {
        {"11 ns", DIMENSION_TIME, 11e-9},
        {"11 us", DIMENSION_TIME, 11e-6},
        {"11 ms", DIMENSION_TIME, 0.011},
        {"0.1 s", DIMENSION_TIME, 0.1},
        {"1.5 min", DIMENSION_TIME, 90},
        {"2 h", DIMENSION_TIME, 7200},
        {"7 B", DIMENSION_DATA, 7},
        {"150 kB", DIMENSION_DATA, 150e3},
        {"16.96 MB", DIMENSION_DATA, 16.96e6},
        {"1 GB", DIMENSION_DATA, 1e9},
        {"3 KiB", DIMENSION_DATA, 3072},
        {"1.5 MiB", DIMENSION_DATA, 1572864},
        {"2 GiB", DIMENSION_DATA, 2147483648.0},
        {"12 bit", DIMENSION_DATA, 1.5},
        {"8 kbit", DIMENSION_DATA, 1000},
        {"8 Mbit", DIMENSION_DATA, 1e6},
        {"9 bit/s", DIMENSION_BANDWIDTH, 9},
        {"9 kbit/s", DIMENSION_BANDWIDTH, 9e3},
        {"2.385 Mbit/s", DIMENSION_BANDWIDTH, 2.385e6},
        {"1 Gbit/s", DIMENSION_BANDWIDTH, 1e9},
        {"3 B/s", DIMENSION_BANDWIDTH, 24},
        {"3 kB/s", DIMENSION_BANDWIDTH, 24e3},
        {"3 MB/s", DIMENSION_BANDWIDTH, 24e6},
        {"1.7 mW", DIMENSION_POWER, 0.0017},
        {"1.2 W", DIMENSION_POWER, 1.2},
        {"0.3 kW", DIMENSION_POWER, 300},
        {"9 mJ", DIMENSION_ENERGY, 0.009},
        {"9 J", DIMENSION_ENERGY, 9},
        {"9 kJ", DIMENSION_ENERGY, 9000},
        {"2 Wh", DIMENSION_ENERGY, 7200},
        {"89.9 %", DIMENSION_FRACTION, 0.899},
        {"10 /s", DIMENSION_RATE, 10},
        {"3 /min", DIMENSION_RATE, 0.05},
        {"9 /h", DIMENSION_RATE, 0.0025},
        {"569e6", DIMENSION_COUNT, 569e6},
    };
    check_readings(readings, COUNT(readings));
}

static void numbers_are_read_however_they_are_written(void)
{
    static const Reading readings[] = {
        {"  7\tms  ", DIMENSION_TIME, 0.007},
        {"7ms", DIMENSION_TIME, 0.007},
        {"+7 ms", DIMENSION_TIME, 0.007},
        {"-7 ms", DIMENSION_TIME, -0.007},
        {".5 s", DIMENSION_TIME, 0.5},
        {"5. s", DIMENSION_TIME, 5},
        {"1E3 ms", DIMENSION_TIME, 1},
        {"1e-3 s", DIMENSION_TIME, 0.001},
        {"0.000000000000000000000000000001e30 s", DIMENSION_TIME, 1},
        {"1e-999999999999 s", DIMENSION_TIME, 0},
        {"9007199254740993", DIMENSION_COUNT, 9007199254740992.0},
        {"2.2250738585072014e-308", DIMENSION_COUNT, DBL_MIN},
        {"1.7976931348623157e308", DIMENSION_COUNT, DBL_MAX},
    };
    check_readings(readings, COUNT(readings));
    double value = 1;
    char why[160];
    CHECK(quantity_parse("-0 s", DIMENSION_TIME, &value, why, sizeof why));
    CHECK(!signbit(value));
}

static void what_is_no_quantity_is_refused_with_a_reason(void)
{
    static const Refusal refusals[] = {
        {"", DIMENSION_TIME, "is not a number"},
        {"ms", DIMENSION_TIME, "is not a number"},
        {"e5", DIMENSION_COUNT, "is not a number"},
        {"-", DIMENSION_COUNT, "is not a number"},
        {".", DIMENSION_COUNT, "is not a number"},
        {"nan", DIMENSION_COUNT, "is not a finite number"},
        {"-inf", DIMENSION_COUNT, "is not a finite number"},
        {".Inf", DIMENSION_COUNT, "is not a finite number"},
        {"1e309", DIMENSION_COUNT, "is too large"},
        {"1e308 GB", DIMENSION_DATA, "is too large"},
        {"2", DIMENSION_TIME, "needs a unit, one of: ns us ms s min h"},
        {"0.9", DIMENSION_FRACTION, "needs the unit %"},
        {"2 ms", DIMENSION_COUNT, "must be a plain number, without a unit"},
        {"0x10", DIMENSION_COUNT, "must be a plain number, without a unit"},
        {"1e", DIMENSION_COUNT, "must be a plain number, without a unit"},
        {"2,5 ms", DIMENSION_TIME, "holds a comma; the decimal sign is a point"},
        {"2 sec", DIMENSION_TIME, "has an unknown unit; did you mean 's'?"},
        {"2 MS", DIMENSION_TIME, "has an unknown unit; did you mean 'ms'?"},
        {"2 \xc2\xb5s", DIMENSION_TIME, "has an unknown unit; did you mean 'us'?"},
        {"2 mbps", DIMENSION_BANDWIDTH, "has an unknown unit; did you mean 'Mbit/s'?"},
        {"2 Mbit", DIMENSION_BANDWIDTH, "has an unknown unit; did you mean 'Mbit/s'?"},
        {"2 gib", DIMENSION_DATA, "has an unknown unit; did you mean 'GiB'?"},
        {"9 percent", DIMENSION_FRACTION, "has an unknown unit; did you mean '%'?"},
        {"5 W", DIMENSION_TIME, "is power, not time; expected one of: ns us ms s min h"},
        {"5 fortnights", DIMENSION_TIME, "has an unknown unit; expected one of: ns us ms s min h"},
    };
    for (size_t i = 0; i < COUNT(refusals); i++) {
        double value = 42;
        char why[160] = "";
        bool good = quantity_parse(refusals[i].text, refusals[i].dimension, &value, why, sizeof why);
        check_text(good ? "read" : why, refusals[i].why, refusals[i].text, __FILE__, __LINE__);
        CHECK_NEAR(value, 42, 0);
    }
}

static void quantities_are_written_as_a_person_would(void)
{
    static const Reading readings[] = {
        {"0 s", DIMENSION_TIME, 0},
        {"11 ms", DIMENSION_TIME, 0.011},
        {"20 s", DIMENSION_TIME, 20},
        {"500 ms", DIMENSION_TIME, 0.5},
        {"1.5 s", DIMENSION_TIME, 1.5},
        {"600 s", DIMENSION_TIME, 600},
        {"1 h", DIMENSION_TIME, 3600},
        {"1 ns", DIMENSION_TIME, 1e-9},
        {"2 GiB", DIMENSION_DATA, 2147483648.0},
        {"150 kB", DIMENSION_DATA, 150e3},
        {"21.78 MB", DIMENSION_DATA, 21.78e6},
        {"50 Mbit/s", DIMENSION_BANDWIDTH, 50e6},
        {"1.2 W", DIMENSION_POWER, 1.2},
        {"89.9 %", DIMENSION_FRACTION, 0.899},
        {"100 %", DIMENSION_FRACTION, 1},
        {"10 /s", DIMENSION_RATE, 10},
        {"3 /min", DIMENSION_RATE, 0.05},
        {"0.1", DIMENSION_COUNT, 0.1},
        {"1000000", DIMENSION_COUNT, 1e6},
        {"-2 ms", DIMENSION_TIME, -0.002},
    };
    for (size_t i = 0; i < COUNT(readings); i++) {
        char text[64];
        quantity_format(readings[i].value, readings[i].dimension, text, sizeof text);
        CHECK_TEXT(text, readings[i].text);
    }
}

/* Doubles of all sizes, from bits that a small generator mixes. */
static double odd_double(int i)
{
    uint64_t bits = ((uint64_t)i + 1) * 0x9e3779b97f4a7c15u;
    bits ^= bits >> 29;
    double value;
    memcpy(&value, &bits, sizeof value);
    return isfinite(value) && fabs(value) < 1e300 && fabs(value) > 1e-290 ? value : 1.0 / (i + 3);
}

static void what_is_written_reads_back_bit_for_bit(void)
{
    int failures = 0;
    for (int i = 0; i < 3000; i++)
        for (int dimension = 0; dimension < DIMENSION_COUNT_; dimension++) {
            double value = i % 2 ? odd_double(i) : fabs(sin(i)) * pow(10, i % 13 - 6), again = 0;
            char text[64], why[160];
            quantity_format(value, (Dimension)dimension, text, sizeof text);
            failures +=
                !quantity_parse(text, (Dimension)dimension, &again, why, sizeof why) || !same_double(again, value);
        }
    CHECK_INT(failures, 0);
}

static void seconds_become_nanoseconds(void)
{
    CHECK_INT(time_from_s(0), 0);
    CHECK_INT(time_from_s(0.011), 11000000);
    CHECK_INT(time_from_s(1e-9), 1);
    CHECK_INT(time_from_s(0.4e-9), 0);
    CHECK_INT(time_from_s(-0.6e-9), -1);
    CHECK_INT(time_from_s(1e300), TIME_NEVER);
    CHECK_INT(time_from_s(-1e300), -TIME_NEVER);
    CHECK_INT(time_from_s(INFINITY), TIME_NEVER);
    for (Time time = 1; time < INT64_C(9000000) * NS_PER_S; time = time * 3 + 1)
        CHECK_INT(time_from_s(time_to_s(time)), time);
}

static void the_decimal_sign_is_a_point_in_any_locale(void)
{
    const char *const comma_locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "nl_NL.UTF-8"};
    for (size_t i = 0; i < COUNT(comma_locales); i++)
        if (setlocale(LC_ALL, comma_locales[i]))
            break;
    double value = 0;
    char text[64], why[160];
    CHECK(quantity_parse("2.5 ms", DIMENSION_TIME, &value, why, sizeof why));
    CHECK_NEAR(value, 0.0025, 0);
    quantity_format(0.0025, DIMENSION_TIME, text, sizeof text);
    CHECK_TEXT(text, "2.5 ms");
    setlocale(LC_ALL, "C");
}

static void every_dimension_has_a_name_and_its_units(void)
{
    CHECK_TEXT(dimension_units(DIMENSION_TIME), "ns us ms s min h");
    CHECK_TEXT(dimension_units(DIMENSION_COUNT), "");
    CHECK_TEXT(dimension_name(DIMENSION_DATA), "data");
    for (int dimension = 1; dimension < DIMENSION_COUNT_; dimension++) {
        char units[160], text[64], why[160];
        snprintf(units, sizeof units, "%s", dimension_units((Dimension)dimension));
        for (char *unit = strtok(units, " "); unit; unit = strtok(NULL, " ")) {
            double value = 0;
            snprintf(text, sizeof text, "3 %s", unit);
            CHECK(quantity_parse(text, (Dimension)dimension, &value, why, sizeof why) && value > 0);
        }
    }
}

int main(void)
{
    static const Check checks[] = {
        {"every_unit_is_read_to_the_nearest_double", every_unit_is_read_to_the_nearest_double},
        {"numbers_are_read_however_they_are_written", numbers_are_read_however_they_are_written},
        {"what_is_no_quantity_is_refused_with_a_reason", what_is_no_quantity_is_refused_with_a_reason},
        {"quantities_are_written_as_a_person_would", quantities_are_written_as_a_person_would},
        {"what_is_written_reads_back_bit_for_bit", what_is_written_reads_back_bit_for_bit},
        {"seconds_become_nanoseconds", seconds_become_nanoseconds},
        {"the_decimal_sign_is_a_point_in_any_locale", the_decimal_sign_is_a_point_in_any_locale},
        {"every_dimension_has_a_name_and_its_units", every_dimension_has_a_name_and_its_units},
    };
    return check_run("units", checks, COUNT(checks));
}

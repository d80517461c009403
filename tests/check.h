/* Checks that print both sides, over CUnit, whose own runner neither sets an exit status nor shows values. */
#ifndef ORCHID_TESTS_CHECK_H
#define ORCHID_TESTS_CHECK_H

#include <stdbool.h>

/* A test: its name reads as a sentence. */
typedef struct Check {
    const char *name;
    void (*function)(void);
} Check;

/* The entry of a function in an array of checks, under its own name. */
/* clang-format off */
#define CHECK_OF(function) {#function, function}
/* clang-format on */

/* Runs all checks of one program as a CUnit suite and returns the number of failed tests, for main to return. */
int check_run(const char *suite, const Check *checks, int count);

/* The path of a file of the source tree: `relative` below ORCHID_SOURCE_ROOT. Valid until the 8th next call. */
const char *check_path(const char *relative);

/* A path for a scratch file of this test program; removed by check_run at the end. Valid until the 8th next call. */
const char *check_scratch(const char *name);

void check_true(bool condition, const char *text, const char *file, int line);
void check_near(double actual, double expected, double tolerance, const char *text, const char *file, int line);
void check_int(long long actual, long long expected, const char *text, const char *file, int line);
void check_text(const char *actual, const char *expected, const char *text, const char *file, int line);

#define CHECK(condition) check_true((condition), #condition, __FILE__, __LINE__)
#define CHECK_NEAR(actual, expected, tolerance) \
    check_near((actual), (expected), (tolerance), #actual, __FILE__, __LINE__)
#define CHECK_INT(actual, expected) \
    check_int((long long)(actual), (long long)(expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), #actual, __FILE__, __LINE__)

#endif

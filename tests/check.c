#include "check.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_SIZE = 512, PATH_SIZE = 1024, PATH_COUNT = 8 };

/* CUnit runs plain functions, so where the scratch files of the program are has to be known here. */
static char scratch_folder[FOLDER_SIZE];

static const char *path_join(const char *folder, const char *name)
{
    static char paths[PATH_COUNT][PATH_SIZE];
    static int turn;
    char *path = paths[turn++ % PATH_COUNT];
    if (snprintf(path, PATH_SIZE, "%s/%s", folder, name) >= PATH_SIZE)
        abort();
    return path;
}

static void print_failures(void)
{
    for (CU_pFailureRecord failure = CU_get_failure_list(); failure; failure = failure->pNext)
        fprintf(stderr, "FAILED %s\n    %s:%u: %s\n", failure->pTest ? failure->pTest->pName : "suite",
                failure->strFileName, failure->uiLineNumber, failure->strCondition);
}

static void remove_scratch(void)
{
    if (!scratch_folder[0])
        return;
    char command[PATH_SIZE + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", scratch_folder);
    if (system(command) != 0)
        fprintf(stderr, "could not remove %s\n", scratch_folder);
    scratch_folder[0] = 0;
}

int check_run(const char *suite, const Check *checks, int count)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite registered = CU_add_suite(suite, NULL, NULL);
    for (int i = 0; i < count; i++)
        CU_add_test(registered, checks[i].name, checks[i].function);
    CU_run_all_tests();
    print_failures();
    int failed = (int)CU_get_number_of_tests_failed();
    printf("%s: %d tests, %d failed, %u checks\n", suite, count, failed, CU_get_number_of_asserts());
    CU_cleanup_registry();
    remove_scratch();
    return failed;
}

const char *check_path(const char *relative)
{
    const char *root = getenv("ORCHID_SOURCE_ROOT");
    return path_join(root ? root : ".", relative);
}

const char *check_scratch(const char *name)
{
    if (!scratch_folder[0]) {
        const char *base = getenv("TMPDIR");
        snprintf(scratch_folder, sizeof scratch_folder, "%s/orchid-test-XXXXXX", base ? base : P_tmpdir);
        if (!mkdtemp(scratch_folder))
            abort();
    }
    return path_join(scratch_folder, name);
}

static void report(bool passed, const char *message, const char *file, int line)
{
    CU_assertImplementation(passed, (unsigned)line, message, file, "", CU_FALSE);
}

void check_true(bool condition, const char *text, const char *file, int line)
{
    report(condition, text, file, line);
}

void check_near(double actual, double expected, double tolerance, const char *text, const char *file, int line)
{
    char message[512];
    snprintf(message, sizeof message, "%s is %.12g, expected %.12g within %.3g", text, actual, expected, tolerance);
    bool same = actual == expected; /* infinities */
    report(same || fabs(actual - expected) <= tolerance, message, file, line);
}

void check_int(long long actual, long long expected, const char *text, const char *file, int line)
{
    char message[512];
    snprintf(message, sizeof message, "%s is %lld, expected %lld", text, actual, expected);
    report(actual == expected, message, file, line);
}

void check_text(const char *actual, const char *expected, const char *text, const char *file, int line)
{
    char message[2048];
    snprintf(message, sizeof message, "%s is\n      \"%s\"\n    expected\n      \"%s\"", text,
             actual ? actual : "(null)", expected);
    report(actual && strcmp(actual, expected) == 0, message, file, line);
}

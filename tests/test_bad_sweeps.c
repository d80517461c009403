/* Runs the table bad_sweeps.txt: every section `sweep:` must be refused with exactly the findings it states. */
#include "../analysis/sweep.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_CASES = 20, PATH_SIZE = 1024 };

static const char own_section[] = "\nsweep:\n", traces[] = "../../traces";

/* The whole of a file; the caller frees. Ends the program where there is none. */
static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    size_t size = (size_t)ftell(file);
    char *text = memory_allocate(size + 1, 1);
    rewind(file);
    if (fread(text, 1, size, file) != size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return text;
}

/* Writes `section` and the base scenario below it, which finds its traces from wherever it is. */
static void write_scenario(const char *path, const char *section, size_t length)
{
    char *base = read_file(check_path("tests/scenarios/sweep.yaml"));
    char *end = strstr(base, own_section);
    if (end)
        end[1] = 0;
    FILE *file = fopen(path, "w");
    fwrite(section, 1, length, file);
    const char *next = base, *found = check_path("traces");
    for (const char *place; (place = strstr(next, traces)); next = place + strlen(traces))
        fprintf(file, "%.*s%s", (int)(place - next), next, found);
    fputs(next, file);
    fclose(file);
    free(base);
}

/* The findings about the scenario at `path`, each behind "> " and with the path left out; the caller frees. */
static char *find(const char *path)
{
    ErrorList errors = {0};
    char *text = NULL, *found = NULL;
    size_t size = 0, found_size = 0;
    Sweep *sweep = sweep_open(path, NULL, 0, false, &errors);
    CHECK((sweep == NULL) == (errors.total > 0));
    sweep_close(sweep);
    FILE *stream = open_memstream(&text, &size);
    error_list_write(&errors, stream);
    fclose(stream);
    stream = open_memstream(&found, &found_size);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        fprintf(stream, "> %s\n", strncmp(line, path, strlen(path)) == 0 ? line + strlen(path) + 1 : line);
    fclose(stream);
    free(text);
    return found;
}

/* Where the findings of a case begin: at its first line with >, or its end. */
static size_t input_length(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && text[at] != '>') {
        const char *end = memchr(text + at, '\n', length - at);
        at = end ? (size_t)(end - text) + 1 : length;
    }
    while (at > 1 && text[at - 1] == '\n' && text[at - 2] == '\n')
        at--;
    return at;
}

static void bad_sweeps_are_refused_with_these_findings(void)
{
    char path[PATH_SIZE], table[PATH_SIZE]; /* those of check.h last a few calls only */
    snprintf(path, sizeof path, "%s", check_scratch("sweep.yaml"));
    snprintf(table, sizeof table, "%s", check_path("tests/bad_sweeps.txt"));
    char *text = read_file(table), *renewed = NULL;
    size_t size = 0;
    int cases = 0;
    FILE *stream = open_memstream(&renewed, &size);
    char *next = strstr(text, "\n--- ");
    fprintf(stream, "%.*s\n", (int)(next - text), text);
    while (next) {
        char *title = next + 1, *body = strchr(title, '\n') + 1, *end = strstr(body, "\n--- ");
        size_t length = end ? (size_t)(end - body) + 1 : strlen(body), input = input_length(body, length);
        write_scenario(path, body, input);
        char *found = find(path);
        bool same = strncmp(body + input, found, strlen(found)) == 0 &&
                    strspn(body + input + strlen(found), "\n") == length - input - strlen(found);
        if (!same)
            fprintf(stderr, "%.*s: found\n%s", (int)(body - title - 1), title, found);
        CHECK(found[0] && same);
        fprintf(stream, "%.*s%.*s%s%s", (int)(body - title), title, (int)input, body, found, end ? "\n" : "");
        free(found);
        cases++;
        next = end;
    }
    fclose(stream);
    CHECK(cases >= LEAST_CASES);
    FILE *file = getenv("ORCHID_RENEW") ? fopen(table, "w") : NULL;
    if (file) {
        fputs(renewed, file);
        fclose(file);
    }
    free(renewed);
    free(text);
}

static void settings_for_an_axis_are_refused(void)
{
    const char *path = check_path("tests/scenarios/sweep.yaml");
    const char *const wrong[] = {"nodes.device.count=3", "objective.threshold=1 %", "policy.name=oracle",
                                 "policy={name: oracle}"};
    const char *const good[] = {"nodes.edge.memory=2 GiB",    "sweep.repeat=3",
                                "sweep={policies: [greedy]}", "seed=5",
                                "policy.epsilon=0.2",         "objective.largest_response_time=2 s"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ErrorList errors = {0};
        CHECK(sweep_open(path, &wrong[i], 1, false, &errors) == NULL);
        CHECK_INT(errors.total, 1);
        CHECK(strstr(errors.items[0].message, "is an axis of the sweep; choose among its values with --where") != NULL);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ErrorList errors = {0};
        Sweep *sweep = sweep_open(path, &good[i], 1, false, &errors);
        CHECK(sweep != NULL);
        sweep_close(sweep);
    }
}

static void force_allows_more_runs_than_anybody_plans_by_accident(void)
{
    const char *const settings[] = {"sweep={seed: {from: 1, to: 2000, step: 1}, repeat: 10000}"};
    const char *path = check_path("tests/scenarios/sweep.yaml");
    ErrorList errors = {0};
    CHECK(sweep_open(path, settings, 1, false, &errors) == NULL);
    CHECK(strstr(errors.items[0].message, "has 20000000 runs") != NULL);
    errors = (ErrorList){0};
    Sweep *sweep = sweep_open(path, settings, 1, true, &errors);
    CHECK(sweep != NULL && sweep->run_count == 20000000);
    sweep_close(sweep);
}

static void what_is_no_scenario_is_refused(void)
{
    const char *path = check_scratch("odd.yaml");
    const char *const texts[] = {"- 1\n- 2\n", "just words\n", "sweep: {seed: [1]}\n", "sweep:\n", "a: [\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        FILE *file = fopen(path, "w");
        fputs(texts[i], file);
        fclose(file);
        ErrorList errors = {0};
        CHECK(sweep_open(path, NULL, 0, false, &errors) == NULL && errors.total > 0);
    }
    ErrorList errors = {0};
    CHECK(sweep_open(check_scratch("absent.yaml"), NULL, 0, false, &errors) == NULL && errors.total == 1);
}

int main(void)
{
    const Check checks[] = {
        {"bad_sweeps_are_refused_with_these_findings", bad_sweeps_are_refused_with_these_findings},
        {"settings_for_an_axis_are_refused", settings_for_an_axis_are_refused},
        {"force_allows_more_runs_than_anybody_plans_by_accident",
         force_allows_more_runs_than_anybody_plans_by_accident},
        {"what_is_no_scenario_is_refused", what_is_no_scenario_is_refused},
    };
    return check_run("bad_sweeps", checks, sizeof checks / sizeof checks[0]);
}

/* The figure of the simulator's own capacity: which runs it shows, and with which figures. */
#include "../analysis/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { REPLICATIONS = 3, COLUMN_LIMIT = 32 };

static const PolicyType greedy = {.name = "greedy"}, fixed = {.name = "device-only"};

/* A run as the store keeps it; what it did follows from what it was. */
typedef struct Run {
    int users;
    double rate_per_s;
    int cloud_cores; /* a setting that the figure does not show */
    const PolicyType *policy;
    uint64_t replication;
} Run;

/* 1,000 requests, 100 ns longer in every replication and ten times as long with ten times the load, and 10 bytes a
 * device; greedy overloads the edge at 2 requests a second. */
static void add(Store *store, Run run)
{
    char resolved[128], rate[32];
    Error error = {0};
    snprintf(rate, sizeof rate, "%g /s", run.rate_per_s);
    snprintf(resolved, sizeof resolved, "name: lab\nnodes: %d\nrate: %s\ncores: %d\n", run.users, rate,
             run.cloud_cores);
    uint64_t hash = (uint64_t)run.users * 10000 + (uint64_t)(10 * run.rate_per_s) * 100 + (uint64_t)run.cloud_cores;
    Scenario scenario = {
        .path = "lab.yaml", .name = "lab", .user_count = run.users, .hash = hash, .resolved = resolved};
    Metric metrics[] = {{"requests_arrived", "", 1000},
                        {"memory", "B", 10.0 * run.users},
                        {"utilisation.device", "", 0.1},
                        {"utilisation.edge", "", run.policy == &greedy && run.rate_per_s > 1.5 ? 0.97 : 0.5}};
    SweepValue value = {"workload.rate", rate, run.rate_per_s, "/s"};
    Trial trial = {.scenario = &scenario,
                   .policy = run.policy,
                   .seed = 1,
                   .replication = run.replication,
                   .status = TRIAL_DONE,
                   .parameters = "",
                   .reproduce = "",
                   .cpu_s = 1e-6 * (1000 * run.rate_per_s + 100 * (double)run.replication + run.cloud_cores),
                   .value_count = 1,
                   .values = &value,
                   .metric_count = sizeof metrics / sizeof *metrics,
                   .metrics = metrics};
    CHECK_INT(store_add_trial(store, 1, &trial, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
}

static void add_cell(Store *store, int users, double rate_per_s, int cloud_cores)
{
    for (uint64_t replication = 0; replication < REPLICATIONS; replication++) {
        add(store, (Run){users, rate_per_s, cloud_cores, &greedy, replication});
        add(store, (Run){users, rate_per_s, cloud_cores, &fixed, replication});
    }
}

/* Three sizes at one load, and three loads at one size. One of them ran with other servers before. */
static Store *fill(void)
{
    Store *store = NULL;
    Error error = {0};
    int64_t experiment;
    CHECK_INT(store_open(":memory:", STORE_WRITE, &store, &error), STORE_FINE);
    CHECK_INT(store_begin_experiment(store, "lab", "orchid sweep lab", &experiment, &error), STORE_FINE);
    add_cell(store, 500, 1, 7);
    add_cell(store, 100, 1, 0);
    add_cell(store, 500, 1, 0);
    add_cell(store, 2000, 1, 0);
    add_cell(store, 500, 0.5, 0);
    add_cell(store, 500, 2, 0);
    return store;
}

/* Draws and returns the table beside the picture, to be freed. */
static char *draw(Store *store)
{
    Error error = {0};
    char *data = NULL;
    size_t size = 0;
    FigureRequest request = {
        .folder = check_path("analysis/figures"), .name = "capacity", .output = check_scratch("capacity.svg")};
    CHECK_INT(figure_draw(store, &request, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    FILE *stream = fopen(check_scratch("capacity.tsv"), "r");
    if (!stream || getdelim(&data, &size, 0, stream) < 0)
        abort();
    fclose(stream);
    return data;
}

static int row_count(const char *data)
{
    int count = -1;
    for (; *data; data++)
        count += *data == '\n';
    return count;
}

/* The text at `column` of the row of a panel, a policy and a place; "" where there is none. Valid until the next. */
static const char *field(const char *data, int panel, const char *policy, double x, const char *column, char *buffer)
{
    char row[1024], *names[COLUMN_LIMIT], *rest = NULL;
    char header[1024];
    int count = 0, place_of_x = 0, place_of_policy = 0, wanted = 0;
    snprintf(header, sizeof header, "%.*s", (int)strcspn(data, "\n"), data);
    for (char *name = strtok_r(header, "\t", &rest); name && count < COLUMN_LIMIT; name = strtok_r(NULL, "\t", &rest)) {
        place_of_x = strcmp(name, "x") == 0 ? count : place_of_x;
        place_of_policy = strcmp(name, "policy") == 0 ? count : place_of_policy;
        wanted = strcmp(name, column) == 0 ? count : wanted;
        count++;
    }
    for (data = strchr(data, '\n'); data && data[1]; data = strchr(data + 1, '\n')) {
        snprintf(row, sizeof row, "%.*s", (int)strcspn(data + 1, "\n"), data + 1);
        int found = 0;
        for (char *text = strtok_r(row, "\t", &rest); text && found < count; text = strtok_r(NULL, "\t", &rest))
            names[found++] = text;
        if (found == count && atoi(names[0]) == panel && strcmp(names[place_of_policy], policy) == 0 &&
            fabs(atof(names[place_of_x]) - x) < 1e-9)
            return strcpy(buffer, names[wanted]);
    }
    return "";
}

static double number(const char *data, int panel, const char *policy, double x, const char *column)
{
    char buffer[1024];
    return atof(field(data, panel, policy, x, column, buffer));
}

static void every_size_and_every_load_has_its_place(void)
{
    Store *store = fill();
    char *data = draw(store);
    CHECK_INT(row_count(data), 12);
    for (int panel = 1; panel <= 2; panel++) {
        static const double places[2][3] = {{100, 500, 2000}, {0.5, 1, 2}};
        for (int i = 0; i < 3; i++)
            CHECK_NEAR(number(data, panel, "greedy", places[panel - 1][i], "n"), REPLICATIONS, 0);
    }
    CHECK_NEAR(number(data, 1, "greedy", 100, "fixed_rate"), 1, 0);
    CHECK_NEAR(number(data, 1, "greedy", 100, "fixed_users"), 500, 0);
    CHECK_NEAR(number(data, 1, "greedy", 100, "line"), 1, 0);
    CHECK_NEAR(number(data, 1, "device-only", 100, "line"), 2, 0);
    free(data);
    store_close(store);
}

static void points_are_means_a_request_and_a_device_with_t_intervals(void)
{
    Store *store = fill();
    char *data = draw(store);
    CHECK_NEAR(number(data, 1, "greedy", 2000, "ns"), 1100, 1e-6);
    CHECK_NEAR(number(data, 2, "greedy", 2, "ns"), 2100, 1e-6);
    /* t of 2 degrees is 4.3027, the deviation 100 ns. */
    CHECK_NEAR(sqrt(number(data, 2, "greedy", 2, "ns_half_width_squared")), 4.30265 * 100 / sqrt(REPLICATIONS), 1e-3);
    CHECK_NEAR(number(data, 1, "greedy", 2000, "bytes"), 10, 1e-9);
    CHECK_NEAR(number(data, 1, "greedy", 2000, "bytes_half_width_squared"), 0, 0);
    CHECK_NEAR(number(data, 2, "greedy", 2, "busiest_percent"), 97, 1e-9);
    CHECK_NEAR(number(data, 2, "device-only", 2, "busiest_percent"), 50, 1e-9);
    free(data);
    store_close(store);
}

static void settings_that_are_not_shown_are_those_of_the_last_run(void)
{
    Store *store = fill();
    char *data = draw(store);
    CHECK_NEAR(number(data, 1, "greedy", 500, "ns"), 1100, 1e-6);
    CHECK_NEAR(number(data, 1, "greedy", 500, "n"), REPLICATIONS, 0);
    free(data);
    /* With these servers the last. */
    add_cell(store, 500, 1, 9);
    data = draw(store);
    CHECK_NEAR(number(data, 2, "greedy", 1, "ns"), 1109, 1e-6);
    free(data);
    store_close(store);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(every_size_and_every_load_has_its_place),
        CHECK_OF(points_are_means_a_request_and_a_device_with_t_intervals),
        CHECK_OF(settings_that_are_not_shown_are_those_of_the_last_run),
    };
    return check_run("figure_capacity", checks, sizeof checks / sizeof *checks);
}

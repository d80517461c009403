#include "databases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const Scenario scenario = {.path = "five.yaml",
                                  .name = "five users",
                                  .user_count = 5,
                                  .hash = 0xabcdef0123456789,
                                  .resolved = "name: five users\n",
                                  .objective = {.threshold = 0.89}};

static bool keep_number(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count;
    (void)names;
    *(double *)context = values[0].null ? NAN : values[0].number;
    return false;
}

Store *database_create(const char *path)
{
    Store *store;
    Error error = {0};
    int64_t experiment;
    if (store_open(path, STORE_WRITE, &store, &error) != STORE_FINE ||
        store_begin_experiment(store, "test", "orchid run five.yaml", &experiment, &error) != STORE_FINE) {
        fprintf(stderr, "%s: %s\n", path, error.message);
        exit(1);
    }
    return store;
}

void database_add(Store *store, const Trial *trial)
{
    Error error = {0};
    if (store_add_trial(store, 1, trial, &error) != STORE_FINE) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
}

bool database_append_row(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)names;
    char *text = context;
    for (int i = 0; i < column_count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, DATABASE_TEXT_SIZE - used, "%s%s",
                 i      ? "|"
                 : used ? "\n"
                        : "",
                 values[i].null ? "NULL" : values[i].text);
    }
    return true;
}

const char *database_answer(Store *store, const char *sql)
{
    static char text[DATABASE_TEXT_SIZE];
    Error error = {0};
    text[0] = 0;
    if (store_query(store, sql, NULL, 0, database_append_row, text, &error) != STORE_FINE)
        snprintf(text, sizeof text, "%s", error.message);
    return text;
}

double database_number(Store *store, const char *sql)
{
    double result = -1;
    store_query(store, sql, NULL, 0, keep_number, &result, NULL);
    return result;
}

void sample_init(Sample *sample, const PolicyType *policy, uint64_t replication, double response_s)
{
    *sample = (Sample){
        .metrics = {{"response_time_mean", "s", response_s},
                    {"accuracy_mean", "", 0.899},
                    {"decisions", "", 200},
                    {"interactions_to_optimum", "", NAN}},
        .curve = {{1, -1, 0.5, 0.7, -0.1, 0.1, 0.9, 0.75, 0.25, 0.5, 10},
                  {50, -response_s, response_s, 0.899, -0.1, 0.1, response_s - 0.1, 0, 1, 1, 500}},
        .times = {{0.5, 0.25, 0.125, 0.25, 0.125}, {5, 2.5, 1.25, 2.5, 1.25}},
        .counts = {{"device", "device:d0", 800}, {"device", "cloud:d0", 200}},
        .trial = {.scenario = &scenario,
                  .policy = policy,
                  .seed = 7,
                  .replication = replication,
                  .status = TRIAL_DONE,
                  .parameters = "epsilon: 0.1\n",
                  .metric_count = 4,
                  .curve_count = 2,
                  .decision_count_count = 2,
                  .events = 12345,
                  .fingerprint = 0x00000000deadbeef,
                  .interactions = 50,
                  .wall_s = 0.5,
                  .cpu_s = 0.25},
    };
    sample->trial.metrics = sample->metrics;
    sample->trial.curve = sample->curve;
    sample->trial.curve_times = sample->times;
    sample->trial.decision_counts = sample->counts;
}

StoreStatus sample_add(Store *store, const PolicyType *policy, uint64_t replication, double response_s, Error *error)
{
    Sample sample;
    sample_init(&sample, policy, replication, response_s);
    return store_add_trial(store, 1, &sample.trial, error);
}

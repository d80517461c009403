#include "../analysis/report.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const PolicyType device_only = {.name = "device-only"}, learner = {.name = "q-learning"},
                        oracle = {.name = "oracle"};

static Scenario scenario = {.path = "five.yaml", .name = "five \"users\"", .hash = 1, .resolved = ""};

/* What one run measured. */
typedef struct Figures {
    double response_s, reward, accuracy, infeasible, energy_j;
    int64_t interactions;
    DecisionCount counts[4];
} Figures;

static void add_run(Store *store, const PolicyType *policy, uint64_t replication, Figures figures)
{
    Metric metrics[] = {
        {"response_time_mean", "s", figures.response_s}, {"reward_mean", "", figures.reward},
        {"accuracy_mean", "", figures.accuracy},         {"infeasible_fraction", "", figures.infeasible},
        {"energy_per_request", "J", figures.energy_j},   {"decisions", "", 200},
    };
    Trial trial = {.scenario = &scenario,
                   .policy = policy,
                   .replication = replication,
                   .status = TRIAL_DONE,
                   .parameters = "",
                   .metric_count = sizeof metrics / sizeof metrics[0],
                   .metrics = metrics,
                   .decision_counts = figures.counts,
                   .interactions = figures.interactions};
    while (trial.decision_count_count < 4 && figures.counts[trial.decision_count_count].count)
        trial.decision_count_count++;
    Error error = {0};
    if (store_add_trial(store, 1, &trial, &error) != STORE_FINE) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
}

/* Three policies, three replications: device-only is 20 ms behind the oracle, the learner equal to it. */
static Store *open_sample(void)
{
    Store *store;
    int64_t experiment;
    store_open(":memory:", STORE_WRITE, &store, NULL);
    store_begin_experiment(store, "test", "", &experiment, NULL);
    for (uint64_t r = 0; r < 3; r++) {
        double luck = 0.01 * (double)r;
        add_run(store, &device_only, r,
                (Figures){.response_s = 0.12 + luck,
                          .reward = -0.12 - luck,
                          .accuracy = 0.899,
                          .energy_j = 0.5,
                          .counts = {{"device", "device:d0", 1000}}});
        add_run(
            store, &learner, r,
            (Figures){.response_s = 0.10 + luck,
                      .reward = -0.10 - luck,
                      .accuracy = 0.891,
                      .energy_j = 0.25,
                      .interactions = 5000,
                      .counts = {{"device", "device:d4", 799}, {"device", "cloud:d0", 200}, {"device", "edge:d0", 1}}});
        add_run(store, &oracle, r,
                (Figures){.response_s = 0.10 + luck,
                          .reward = -0.10 - luck,
                          .accuracy = 0.891,
                          .energy_j = 0.25,
                          .counts = {{"device", "device:d4", 700},
                                     {"device", "cloud:d0", 150},
                                     {"device", "edge:d0", 100},
                                     {"device", "device:d5", 50}}});
    }
    return store;
}

/* The report as text, freed by the caller. */
static char *report(Store *store, int64_t experiment, ReportFormat format, bool bold)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    Error error = {0};
    StoreStatus status = report_write(stream, store, experiment, format, bold, &error);
    fclose(stream);
    CHECK_INT(status, STORE_FINE);
    return text;
}

static void table_is_aligned_and_complete(void)
{
    Store *store = open_sample();
    char *text = report(store, 1, REPORT_TABLE, false);
    CHECK_TEXT(text,
               "five \"users\": n = 3 replications of 200 decisions\n"
               "policy       response time ms  over oracle %  accuracy %  energy J  learnt from  requests went to\n"
               "device-only      130.0 ± 24.8  +18.18 ± 0.00       89.90     0.500               device:d0 100 %\n"
               "q-learning       110.0 ± 24.8   +0.00 ± 0.00       89.10     0.250         5000  "
               "device:d4 80 %, cloud:d0 20 %, edge:d0 <1 %\n"
               "oracle           110.0 ± 24.8                      89.10     0.250               "
               "device:d4 70 %, cloud:d0 15 %, edge:d0 10 %, …\n"
               "±: half width of the 95 % t interval over n replications; over oracle: paired, on the same "
               "requests.\n");
    free(text);
    store_close(store);
}

static void misses_show_where_there_are_any(void)
{
    Store *store = open_sample();
    for (uint64_t r = 0; r < 3; r++)
        add_run(store, &device_only, r,
                (Figures){.response_s = 0.05,
                          .reward = -1,
                          .accuracy = 0.7,
                          .infeasible = 1,
                          .energy_j = 0.5,
                          .counts = {{"device", "device:d7", 1000}}});
    char *text = report(store, 1, REPORT_TABLE, false);
    CHECK(strstr(text, "  accuracy %  missed %  ") != NULL);
    CHECK(strstr(text, "       70.00     100.0  ") != NULL);
    CHECK(strstr(text, "missed: decisions below the accuracy threshold or with a refused request.\n") != NULL);
    CHECK(strstr(text, "reward") == NULL);
    free(text);
    store_close(store);
}

static void reward_shows_where_it_is_not_the_response_time(void)
{
    Store *store = open_sample();
    store_query(store, "UPDATE metrics SET value = 0.75 WHERE name = 'reward_mean' AND run = 1", NULL, 0, NULL, NULL,
                NULL);
    char *text = report(store, 1, REPORT_TABLE, false);
    CHECK(strstr(text, "  reward  ") != NULL);
    CHECK(strstr(text, " -0.1100 ") != NULL);
    free(text);
    store_close(store);
}

static void unequal_replications_and_decisions_get_columns(void)
{
    Store *store = open_sample();
    store_query(store, "DELETE FROM runs WHERE run = 1", NULL, 0, NULL, NULL, NULL);
    char *text = report(store, 1, REPORT_TABLE, false);
    CHECK(strncmp(text, "five \"users\"\n", 13) == 0);
    CHECK(strstr(text, "q-learning   3 ") != NULL);
    CHECK(strstr(text, "device-only  2 ") != NULL);
    CHECK(strstr(text, "  decisions  ") != NULL);
    free(text);
    store_close(store);
}

/* Bold may mean luck, but then the difference on the same requests could be zero. */
static void add_warm_up(Store *store, const char *policy, const char *fractions[3])
{
    for (int r = 0; r < 3; r++) {
        char replication[8];
        snprintf(replication, sizeof replication, "%d", r);
        const char *parameters[] = {policy, replication, fractions[r]};
        store_query(store,
                    "INSERT INTO metrics SELECT run, 'warm_up_mser', '', CAST(?3 AS REAL) FROM runs "
                    "WHERE policy = ?1 AND replication = CAST(?2 AS INTEGER)",
                    parameters, 3, NULL, NULL, NULL);
    }
}

/* By the median over replications, and of the worst policy. */
static void a_warm_up_that_shows_is_mentioned(void)
{
    Store *store = open_sample();
    add_warm_up(store, "oracle", (const char *[]){"0", "0.04", "0.99"});
    char *text = report(store, 1, REPORT_TABLE, false);
    CHECK(strstr(text, "warm-up") == NULL);
    free(text);
    add_warm_up(store, "q-learning", (const char *[]){"0.11", "0.12", "0"});
    text = report(store, 1, REPORT_TABLE, false);
    CHECK(strstr(text, "\nwarm-up: the first 11 % of the requests under q-learning look unlike the rest (MSER-5): set "
                       "warm_up.\n") != NULL);
    free(text);
    add_warm_up(store, "device-only", (const char *[]){"0.9", "0.95", "0.99"});
    text = report(store, 1, REPORT_TABLE, false);
    CHECK(strstr(text, "\nwarm-up: device-only has not settled when its runs end (MSER-5 would cut 95 %)") != NULL);
    free(text);
    store_close(store);
}

static void what_cannot_be_told_from_the_best_is_bold_too(void)
{
    Store *store = open_sample();
    store_query(store,
                "UPDATE metrics SET value = value - 0.001 * (run - 5) WHERE name = 'reward_mean' AND run IN (2, 8)",
                NULL, 0, NULL, NULL, NULL);
    char *text = report(store, 1, REPORT_TABLE, true);
    CHECK(strstr(text, "\n\033[1mq-learning ") != NULL);
    CHECK(strstr(text, "\n\033[1moracle ") != NULL);
    free(text);
    store_query(store, "UPDATE metrics SET value = value - 0.01 WHERE name = 'reward_mean' AND run IN (2, 5, 8)", NULL,
                0, NULL, NULL, NULL);
    text = report(store, 1, REPORT_TABLE, true);
    CHECK(strstr(text, "\n\033[1mq-learning ") == NULL);
    CHECK(strstr(text, "\n\033[1moracle ") != NULL);
    free(text);
    store_close(store);
}

static void best_policies_are_bold_on_a_terminal_only(void)
{
    Store *store = open_sample();
    char *bold = report(store, 1, REPORT_TABLE, true);
    CHECK(strstr(bold, "\n\033[1mq-learning ") != NULL);
    CHECK(strstr(bold, "\n\033[1moracle ") != NULL);
    CHECK(strstr(bold, "\n\033[1mdevice-only ") == NULL);
    char *plain = report(store, 1, REPORT_TABLE, false);
    CHECK(strchr(plain, '\033') == NULL);
    free(bold);
    free(plain);
    store_close(store);
}

static void single_run_has_no_interval(void)
{
    Store *store = open_sample();
    store_query(store, "DELETE FROM runs WHERE replication > 0 OR policy = 'oracle'", NULL, 0, NULL, NULL, NULL);
    char *text = report(store, 1, REPORT_TABLE, false);
    CHECK(strstr(text, ": n = 1 replication of 200 decisions\n") != NULL);
    CHECK(strstr(text, "device-only         120.0 ± –       89.90") != NULL);
    CHECK(strstr(text, "over oracle") == NULL);
    free(text);
    store_close(store);
}

static void failed_runs_are_counted_and_left_out(void)
{
    Store *store = open_sample();
    store_query(store, "UPDATE runs SET status = 'failed' WHERE policy = 'q-learning'", NULL, 0, NULL, NULL, NULL);
    char *text = report(store, 1, REPORT_TABLE, false);
    CHECK(strstr(text, "q-learning") == NULL);
    CHECK(strstr(text, "3 failed runs are left out.\n") != NULL);
    free(text);
    store_close(store);
}

static void only_the_experiment_asked_for_is_reported(void)
{
    Store *store = open_sample();
    char *none = report(store, 2, REPORT_TABLE, false), *all = report(store, 0, REPORT_TABLE, false);
    CHECK_TEXT(none, "");
    CHECK(strstr(all, "device-only") != NULL);
    free(none);
    free(all);
    store_close(store);
}

static bool keep_text(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count;
    (void)names;
    snprintf(context, 100, "%s", values[0].null ? "NULL" : values[0].text);
    return false;
}

/* The value of an SQL expression over the JSON text ?1. */
static const char *of_json(Store *store, const char *json, const char *expression)
{
    static char text[100];
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT %s", expression);
    text[0] = 0;
    store_query(store, sql, &json, 1, keep_text, text, NULL);
    return text;
}

static void json_is_valid_and_holds_the_same(void)
{
    Store *store = open_sample();
    store_query(store, "UPDATE metrics SET value = 0.1234567890123456 WHERE name = 'accuracy_mean'", NULL, 0, NULL,
                NULL, NULL);
    char *json = report(store, 1, REPORT_JSON, true);
    CHECK_TEXT(of_json(store, json, "json_valid(?1)"), "1");
    CHECK_TEXT(of_json(store, json, "json_extract(?1, '$.scenarios[0].name')"), "five \"users\"");
    CHECK_TEXT(of_json(store, json, "json_array_length(?1, '$.scenarios[0].policies')"), "3");
    CHECK_TEXT(of_json(store, json, "json_extract(?1, '$.scenarios[0].policies[1].policy')"), "q-learning");
    CHECK_TEXT(of_json(store, json, "json_extract(?1, '$.scenarios[0].policies[1].interactions.mean')"), "5000");
    CHECK_TEXT(of_json(store, json, "json_extract(?1, '$.scenarios[0].policies[0].interactions.mean')"), "NULL");
    CHECK_TEXT(of_json(store, json, "json_extract(?1, '$.scenarios[0].policies[1].options[0].fraction')"), "0.799");
    CHECK_TEXT(of_json(store, json, "json_extract(?1, '$.scenarios[0].policies[0].best')"), "0");
    CHECK_TEXT(of_json(store, json,
                       "abs(json_extract(?1, '$.scenarios[0].policies[0].accuracy_fraction.mean') - "
                       "0.1234567890123456) < 1e-16"),
               "1");
    CHECK_TEXT(of_json(store, json,
                       "abs(json_extract(?1, '$.scenarios[0].policies[0].response_time_over_oracle_s.mean') - 0.02) "
                       "< 1e-15"),
               "1");
    free(json);
    json = report(store, 2, REPORT_JSON, false);
    CHECK_TEXT(of_json(store, json, "json_valid(?1)"), "1");
    free(json);
    store_close(store);
}

int main(void)
{
    const Check checks[] = {
        {"table_is_aligned_and_complete", table_is_aligned_and_complete},
        {"misses_show_where_there_are_any", misses_show_where_there_are_any},
        {"reward_shows_where_it_is_not_the_response_time", reward_shows_where_it_is_not_the_response_time},
        {"unequal_replications_and_decisions_get_columns", unequal_replications_and_decisions_get_columns},
        {"a_warm_up_that_shows_is_mentioned", a_warm_up_that_shows_is_mentioned},
        {"what_cannot_be_told_from_the_best_is_bold_too", what_cannot_be_told_from_the_best_is_bold_too},
        {"best_policies_are_bold_on_a_terminal_only", best_policies_are_bold_on_a_terminal_only},
        {"single_run_has_no_interval", single_run_has_no_interval},
        {"failed_runs_are_counted_and_left_out", failed_runs_are_counted_and_left_out},
        {"only_the_experiment_asked_for_is_reported", only_the_experiment_asked_for_is_reported},
        {"json_is_valid_and_holds_the_same", json_is_valid_and_holds_the_same},
    };
    return check_run("report", checks, sizeof checks / sizeof checks[0]);
}

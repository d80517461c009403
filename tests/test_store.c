#include "../analysis/statistics.h"
#include "check.h"
#include "databases.h"

#include <math.h>
#include <stdio.h>

static const PolicyType device_only = {.name = "device-only"}, learner = {.name = "q-learning"};

static void stored_run_reads_back(void)
{
    Store *store = database_create(":memory:");
    CHECK_INT(sample_add(store, &learner, 3, 0.125, NULL), STORE_FINE);
    CHECK_TEXT(database_answer(store,
                               "SELECT experiment, scenario_hash, policy, parameters, seed, replication, events, "
                               "fingerprint, interactions, status, error, wall_s, cpu_s FROM runs"),
               "1|abcdef0123456789|q-learning|epsilon: 0.1\n|7|3|12345|00000000deadbeef|50|done||0.5|0.25");
    CHECK_TEXT(database_answer(store, "SELECT name, users, accuracy_threshold, resolved FROM scenarios"),
               "five users|5|0.89|name: five users\n");
    CHECK_TEXT(database_answer(store, "SELECT name, unit, value FROM metrics ORDER BY name"),
               "accuracy_mean||0.899\ndecisions||200.0\ninteractions_to_optimum||NULL\nresponse_time_mean|s|0.125");
    CHECK_TEXT(database_answer(store, "SELECT interactions, reward, oracle_response_s FROM learning_curves"),
               "1|-1.0|0.1\n50|-0.125|0.1");
    CHECK_TEXT(database_answer(store, "SELECT violation_fraction, optimal_fraction, near_optimal_fraction, "
                                      "planning_steps FROM learning_curves"),
               "0.75|0.25|0.5|10\n0.0|1.0|1.0|500");
    CHECK_TEXT(database_answer(store, "SELECT interactions, wall_s, cpu_s, simulation_s, learning_s, planning_s "
                                      "FROM learning_times"),
               "1|0.5|0.25|0.125|0.25|0.125\n50|5.0|2.5|1.25|2.5|1.25");
    CHECK_TEXT(database_answer(store, "SELECT node_group, option, count FROM decision_counts"),
               "device|cloud:d0|200\ndevice|device:d0|800");
    CHECK_TEXT(
        database_answer(store, "SELECT version <> '', host <> '', compiler <> '', finished_utc LIKE '2%Z' FROM runs"),
        "1|1|1|1");
    store_close(store);
}

static void same_identity_replaces_the_earlier_rows_and_keeps_the_number(void)
{
    Store *store = database_create(":memory:");
    sample_add(store, &device_only, 0, 0.1, NULL);
    sample_add(store, &device_only, 1, 0.2, NULL);
    CHECK_INT(sample_add(store, &device_only, 0, 0.3, NULL), STORE_FINE);
    CHECK_TEXT(database_answer(store, "SELECT run, replication, value FROM runs JOIN metrics USING (run) "
                                      "WHERE name = 'response_time_mean' ORDER BY run"),
               "1|0|0.3\n2|1|0.2");
    CHECK_TEXT(database_answer(store, "SELECT (SELECT count(*) FROM metrics), (SELECT count(*) FROM learning_curves), "
                                      "(SELECT count(*) FROM decision_counts), (SELECT count(*) FROM scenarios)"),
               "8|4|4|1");
    store_close(store);
}

static void another_seed_policy_parameter_or_scenario_is_another_run(void)
{
    Store *store = database_create(":memory:");
    Sample sample;
    sample_init(&sample, &device_only, 0, 0.1);
    Scenario other = *sample.trial.scenario;
    other.hash++;
    store_add_trial(store, 1, &sample.trial, NULL);
    sample.trial.seed = UINT64_MAX;
    store_add_trial(store, 1, &sample.trial, NULL);
    sample.trial.parameters = "epsilon: 0.2\n";
    store_add_trial(store, 1, &sample.trial, NULL);
    sample.trial.policy = &learner;
    store_add_trial(store, 1, &sample.trial, NULL);
    sample.trial.scenario = &other;
    store_add_trial(store, 1, &sample.trial, NULL);
    CHECK_TEXT(
        database_answer(store, "SELECT count(*), count(DISTINCT parameters_hash), min(seed), max(run) FROM runs"),
        "5|2|-1|5");
    store_close(store);
}

static void failed_run_keeps_its_error_and_no_figures(void)
{
    Store *store = database_create(":memory:");
    Sample sample;
    sample_init(&sample, &device_only, 0, 0.1);
    sample_add(store, &device_only, 1, 0.1, NULL);
    sample.trial.status = TRIAL_FAILED;
    snprintf(sample.trial.error, sizeof sample.trial.error, "the ledger does not balance");
    CHECK_INT(store_add_trial(store, 1, &sample.trial, NULL), STORE_FINE);
    CHECK_TEXT(database_answer(store, "SELECT run, status, error, response_time_mean_s FROM run_summary"),
               "1|done||0.1\n2|failed|the ledger does not balance|NULL");
    CHECK_NEAR(database_number(store, "SELECT n FROM cell_summary"), 1, 0);
    store_close(store);
}

static void views_give_the_interval_of_the_statistics_module(void)
{
    Store *store = database_create(":memory:");
    double values[10];
    for (int i = 0; i < 10; i++) {
        values[i] = 0.1 + 0.001 * i * i;
        sample_add(store, &learner, (uint64_t)i, values[i], NULL);
    }
    sample_add(store, &device_only, 0, 0.2, NULL);
    Interval interval = statistics_interval(values, 10, CONFIDENCE);
    CHECK_NEAR(database_number(store, "SELECT n FROM cell_summary WHERE policy = 'q-learning'"), 10, 0);
    CHECK_NEAR(database_number(store, "SELECT response_time_mean_s FROM cell_summary WHERE policy = 'q-learning'"),
               interval.mean, 1e-15);
    CHECK_NEAR(
        database_number(store, "SELECT response_time_half_width_s FROM cell_summary WHERE policy = 'q-learning'"),
        interval.half_width, 1e-14);
    CHECK_NEAR(database_number(store, "SELECT deviation FROM metric_summary WHERE policy = 'q-learning' "
                                      "AND name = 'response_time_mean'"),
               interval.deviation, 1e-14);
    CHECK_NEAR(database_number(store, "SELECT response_half_width_s FROM learning_curve_summary "
                                      "WHERE policy = 'q-learning' AND interactions = 50"),
               interval.half_width, 1e-14);
    CHECK_NEAR(database_number(store, "SELECT accuracy_half_width FROM cell_summary WHERE policy = 'q-learning'"), 0,
               1e-15);
    CHECK_TEXT(database_answer(store, "SELECT n, response_time_mean_s, response_time_half_width_s, n_reached_optimum "
                                      "FROM cell_summary WHERE policy = 'device-only'"),
               "1|0.2|NULL|NULL");
    store_close(store);
}

static void quantiles_beyond_the_dense_table_err_to_the_wide_side(void)
{
    Store *store = database_create(":memory:");
    for (int degrees = 1; degrees < 100000; degrees += 1 + degrees / 7) {
        char sql[160];
        snprintf(sql, sizeof sql, "SELECT quantile_95 FROM t_quantiles WHERE degrees <= %d ORDER BY degrees DESC",
                 degrees);
        double exact = statistics_t_quantile(0.95, degrees), stored = database_number(store, sql);
        CHECK(stored >= exact && stored < exact * 1.001);
    }
    store_close(store);
}

static void run_is_found_by_its_identity(void)
{
    Store *store = database_create(":memory:");
    Error error = {0};
    Sample sample;
    StoredRun found;
    double value;
    sample_init(&sample, &learner, 0, 0.2);
    CHECK_INT(store_find_run(store, &sample.trial, &found, &error), STORE_FINE);
    CHECK(found.run == 0 && !found.done);
    store_add_trial(store, 1, &sample.trial, &error);
    sample.trial.replication = 1;
    sample.trial.status = TRIAL_FAILED;
    store_add_trial(store, 1, &sample.trial, &error);
    CHECK_INT(store_find_run(store, &sample.trial, &found, &error), STORE_FINE);
    CHECK(found.run == 2 && !found.done);
    CHECK_INT(store_read_metric(store, &sample.trial, "response_time_mean", &value, &error), STORE_FINE);
    CHECK(isnan(value));
    sample.trial.replication = 0;
    CHECK_INT(store_find_run(store, &sample.trial, &found, &error), STORE_FINE);
    CHECK(found.run == 1 && found.done);
    CHECK_INT(store_read_metric(store, &sample.trial, "response_time_mean", &value, &error), STORE_FINE);
    CHECK_NEAR(value, 0.2, 0);
    store_read_metric(store, &sample.trial, "interactions_to_optimum", &value, &error);
    CHECK(isnan(value));
    sample.trial.parameters = "epsilon: 0.2\n";
    store_find_run(store, &sample.trial, &found, &error);
    CHECK_INT(found.run, 0);
    store_close(store);
}

static void values_of_a_sweep_are_noted_once(void)
{
    const SweepValue values[] = {{"objective.threshold", "89 %", 0.89, ""}, {"policy", "q-learning", NAN, ""}};
    Store *store = database_create(":memory:");
    Error error = {0};
    Sample sample;
    sample_init(&sample, &learner, 0, 0.2);
    sample.trial.values = values;
    sample.trial.value_count = 1;
    sample.trial.number = 17;
    sample.trial.reproduce = "orchid sweep five --run 17";
    store_add_trial(store, 1, &sample.trial, &error);
    CHECK_TEXT(database_answer(store, "SELECT sweep_run, reproduce FROM runs"), "17|orchid sweep five --run 17");
    sample.trial.value_count = 2;
    for (int i = 0; i < 2; i++)
        CHECK_INT(store_note_values(store, 1, &sample.trial, &error), STORE_FINE);
    CHECK_TEXT(database_answer(store, "SELECT * FROM sweep_values"),
               "1|objective.threshold|89 %|0.89|\n1|policy|q-learning|NULL|");
    database_answer(store, "DELETE FROM runs");
    CHECK_TEXT(database_answer(store, "SELECT count(*) FROM sweep_values"), "0");
    store_close(store);
}

static void wrong_sql_is_the_users_error(void)
{
    Store *store = database_create(":memory:");
    Error error = {0};
    CHECK_INT(store_query(store, "SELECT nonsense FROM runs", NULL, 0, NULL, NULL, &error), STORE_INPUT);
    CHECK_TEXT(error.message, "no such column: nonsense");
    const char *parameters[] = {"q-learning", "it's"};
    char text[1000] = "";
    CHECK_INT(
        store_query(store, "SELECT ?2; -- and\nSELECT ?1, ?2;\n", parameters, 2, database_append_row, text, &error),
        STORE_FINE);
    CHECK_TEXT(text, "it's\nq-learning|it's");
    store_close(store);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(stored_run_reads_back),
        CHECK_OF(same_identity_replaces_the_earlier_rows_and_keeps_the_number),
        CHECK_OF(another_seed_policy_parameter_or_scenario_is_another_run),
        CHECK_OF(failed_run_keeps_its_error_and_no_figures),
        CHECK_OF(views_give_the_interval_of_the_statistics_module),
        CHECK_OF(quantiles_beyond_the_dense_table_err_to_the_wide_side),
        CHECK_OF(run_is_found_by_its_identity),
        CHECK_OF(values_of_a_sweep_are_noted_once),
        CHECK_OF(wrong_sql_is_the_users_error),
    };
    return check_run("store", checks, sizeof checks / sizeof *checks);
}

/* Verdicts by their rules, on numbers made up so that each of them is due. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../analysis/claims_hybrid.h"
#include "../analysis/samples.h"
#include "check.h"
#include "databases.h"

static CensoredEstimate estimate(double least, double most, double low, double high)
{
    return (CensoredEstimate){{least, most}, low, high};
}

static void settings_that_hold_make_the_verdict(void)
{
    CHECK_INT(verdict_of_settings(0, 0), VERDICT_OPEN);
    CHECK_INT(verdict_of_settings(0, 8), VERDICT_NOT);
    CHECK_INT(verdict_of_settings(1, 8), VERDICT_PARTLY);
    CHECK_INT(verdict_of_settings(8, 8), VERDICT_REPRODUCED);
}

static void a_share_is_enough_or_not(void)
{
    CHECK_INT(verdict_of_share(0, 0, 0.9), VERDICT_OPEN);
    CHECK_INT(verdict_of_share(89, 100, 0.9), VERDICT_NOT);
    CHECK_INT(verdict_of_share(90, 100, 0.9), VERDICT_PARTLY);
    CHECK_INT(verdict_of_share(99, 100, 0.9), VERDICT_PARTLY);
    CHECK_INT(verdict_of_share(100, 100, 0.9), VERDICT_REPRODUCED);
}

static void a_factor_counts_by_the_low_end_of_its_interval(void)
{
    CHECK_INT(verdict_of_factor(estimate(200, 200, 167, 300), 166.6), VERDICT_REPRODUCED);
    CHECK_INT(verdict_of_factor(estimate(200, 200, 100, 300), 166.6), VERDICT_PARTLY);
    CHECK_INT(verdict_of_factor(estimate(20, 20, 1.5, 30), 166.6), VERDICT_PARTLY);
    CHECK_INT(verdict_of_factor(estimate(2, 2, 0.8, 3), 166.6), VERDICT_NOT);
    CHECK_INT(verdict_of_factor(estimate(0.5, 0.5, 0.4, 0.6), 166.6), VERDICT_NOT);
}

static void censoring_shows_in_the_verdict_of_a_factor(void)
{
    /* The slower one is censored: at least so many times. */
    CHECK_INT(verdict_of_factor(estimate(180, INFINITY, 170, INFINITY), 166.6), VERDICT_REPRODUCED);
    CHECK_INT(verdict_of_factor(estimate(50, INFINITY, 40, INFINITY), 166.6), VERDICT_PARTLY);
    /* The faster one is: at most, which shows nothing. */
    CHECK_INT(verdict_of_factor(estimate(0, 500, 0, 900), 166.6), VERDICT_OPEN);
    CHECK_INT(verdict_of_factor(estimate(0, INFINITY, 0, INFINITY), 166.6), VERDICT_OPEN);
    /* One training each has no interval. */
    CHECK_INT(verdict_of_factor(estimate(500, 500, NAN, NAN), 166.6), VERDICT_OPEN);
}

static void interval_of_a_share_is_wilsons(void)
{
    /* Roots of (p - share)^2 = z^2 p (1 - p) / n, from which Wilson's interval is defined. */
    const int held[] = {0, 8, 37, 50}, judged[] = {10, 10, 50, 50};
    double z = 1.959963984540054;
    for (int i = 0; i < 4; i++) {
        double low, high, share = (double)held[i] / judged[i];
        claims_share_interval(held[i], judged[i], &low, &high);
        CHECK(low >= 0 && low <= share && share <= high && high <= 1);
        if (held[i] > 0)
            CHECK_NEAR((low - share) * (low - share), z * z * low * (1 - low) / judged[i], 1e-6);
        if (held[i] < judged[i])
            CHECK_NEAR((high - share) * (high - share), z * z * high * (1 - high) / judged[i], 1e-6);
    }
}

static void run_sql(Store *store, const char *sql)
{
    Error error = {0};
    if (store_query(store, sql, NULL, 0, NULL, NULL, &error) != STORE_FINE)
        fprintf(stderr, "%s\n", error.message);
    CHECK_TEXT(error.message, "");
}

/* A run of five users with its scenario and one axis. */
static void add_run(Store *store, int run, const char *scenario, const char *hash, const char *policy, int replication,
                    const char *key, const char *value, int interactions)
{
    char sql[1500];
    snprintf(
        sql, sizeof sql,
        "INSERT OR IGNORE INTO scenarios VALUES ('%s', '%s', 'x.yaml', 5, 0.89, '');"
        "INSERT INTO runs VALUES (%d, 1, '%s', '%s', '', 'p', 1, %d, 'v', 'h', 'c', 't', 0, 0, 0, 'f', %d, 'done', '', "
        "NULL, '');"
        "INSERT INTO sweep_values VALUES (%d, '%s', '%s', NULL, '');"
        "INSERT INTO learning_times VALUES (%d, %d, 1, 1, 0.5, 0.25, 0.25);",
        hash, scenario, run, hash, policy, replication, interactions, run, key, value, run, interactions);
    run_sql(store, sql);
}

static void add_metric(Store *store, int run, const char *name, double value)
{
    char sql[200];
    if (isnan(value))
        snprintf(sql, sizeof sql, "INSERT INTO metrics VALUES (%d, '%s', '', NULL)", run, name);
    else
        snprintf(sql, sizeof sql, "INSERT INTO metrics VALUES (%d, '%s', '', %.9g)", run, name, value);
    run_sql(store, sql);
}

/* The verdict on the cut, where the learner takes these fractions of the other's time on two kinds of devices. */
static Verdict cut_verdict(const char *path, double first, double second, double accuracy)
{
    Store *store = database_create(check_scratch(path));
    for (int i = 0; i < 12; i++) {
        int hardware = i % 2, learner = i / 2 % 2, replication = i / 4;
        double time_s = 0.08 + 0.0001 * replication;
        add_run(store, i + 1, "online learning, experiment A", hardware ? "b" : "a",
                learner ? "q-learning" : "q-learning-offload", replication, "nodes.device.platform",
                hardware ? "second" : "first", 100);
        add_metric(store, i + 1, "response_time_mean", learner ? time_s * (hardware ? second : first) : time_s);
        add_metric(store, i + 1, "accuracy_mean", learner ? accuracy : 0.899);
    }
    Findings findings = {0};
    Error error = {0};
    CHECK_INT(claims_online_learning(store, "made-up.db", &findings, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    CHECK(findings.claim_count == 4);
    Verdict verdict = findings.claim_count ? findings.claims[0].verdict : VERDICT_OPEN;
    findings_free(&findings);
    store_close(store);
    return verdict;
}

static void cut_in_response_time_is_judged_by_devices(void)
{
    CHECK_INT(cut_verdict("both.db", 0.6, 0.5, 0.891), VERDICT_REPRODUCED);
    CHECK_INT(cut_verdict("one.db", 0.7, 0.5, 0.891), VERDICT_PARTLY);
    CHECK_INT(cut_verdict("none.db", 0.7, 0.66, 0.891), VERDICT_NOT);
    CHECK_INT(cut_verdict("inaccurate.db", 0.6, 0.5, 0.889), VERDICT_NOT);
}

/* The verdict on a learner that loses so much utility to the oracle, at one to four users. */
static Verdict optimum_verdict(const char *path, double utility, double loss)
{
    Store *store = database_create(check_scratch(path));
    run_sql(store, "BEGIN");
    for (int i = 0; i < 24; i++) {
        int learner = i % 2, users = 1 + i / 2 % 4, replication = i / 8;
        char hash[2] = {(char)('a' + users), 0}, value[2] = {(char)('0' + users), 0};
        add_run(store, i + 1, "MCIA", hash, learner ? "model-shares" : "oracle", replication, "nodes.device.count",
                value, 100);
        add_metric(store, i + 1, "reward_mean", utility + 0.0001 * replication - (learner ? loss : 0));
        add_metric(store, i + 1, "response_time_mean", 0.1);
        add_metric(store, i + 1, "accuracy_mean", 0.7);
    }
    run_sql(store, "UPDATE sweep_values SET number = CAST(value AS REAL); COMMIT");
    Findings findings = {0};
    Error error = {0};
    CHECK_INT(claims_mcia(store, "made-up.db", &findings, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    CHECK(findings.claim_count > 0);
    Verdict verdict = findings.claim_count ? findings.claims[0].verdict : VERDICT_OPEN;
    findings_free(&findings);
    store_close(store);
    return verdict;
}

/* Utilities may be below 0: what is worse is so there too. */
static void shortfall_of_utility_is_judged_whatever_its_sign(void)
{
    CHECK_INT(optimum_verdict("mcia_near.db", 0.4, 0.004), VERDICT_REPRODUCED);
    CHECK_INT(optimum_verdict("mcia_far.db", 0.4, 0.04), VERDICT_NOT);
    CHECK_INT(optimum_verdict("mcia_near_below.db", -0.4, 0.004), VERDICT_REPRODUCED);
    CHECK_INT(optimum_verdict("mcia_far_below.db", -0.4, 0.04), VERDICT_NOT);
}

static void empty_database_leaves_all_claims_open(void)
{
    Store *store = database_create(check_scratch("empty.db"));
    FindingsMaker *const makers[] = {claims_online_learning, claims_hybrid_learning, claims_mcia};
    for (int m = 0; m < 3; m++) {
        Findings findings = {0};
        Error error = {0};
        CHECK_INT(makers[m](store, "empty.db", &findings, &error), STORE_FINE);
        CHECK(findings.claim_count > 0);
        for (int i = 0; i < findings.claim_count; i++)
            CHECK_INT(findings.claims[i].verdict, VERDICT_OPEN);
        findings_free(&findings);
    }
    store_close(store);
}

/* Ten trainings of a learner in a fixed context: interactions to the optimum; NAN: censored after `made`. */
static void add_trainings(Store *store, int first, const char *policy, double needs, int made)
{
    for (int i = 0; i < 10; i++) {
        add_run(store, first + i, "hybrid learning, fixed context", "x", policy, i, "profiles", "profiles.csv", made);
        add_metric(store, first + i, "interactions_to_optimum", needs + i);
    }
}

static Verdict race_verdict(const char *path, double slow, double fast)
{
    Store *store = database_create(check_scratch(path));
    add_trainings(store, 1, "dqn", slow, 100000);
    add_trainings(store, 11, "hybrid-learning", fast, 100000);
    Findings findings = {0};
    Error error = {0};
    CHECK_INT(claims_hybrid_learning(store, "made-up.db", &findings, &error), STORE_FINE);
    Verdict verdict = findings.claim_count ? findings.claims[0].verdict : VERDICT_OPEN;
    findings_free(&findings);
    store_close(store);
    return verdict;
}

static void race_of_learners_is_judged_with_censoring(void)
{
    CHECK_INT(race_verdict("far.db", 40000, 100), VERDICT_REPRODUCED);
    CHECK_INT(race_verdict("near.db", 4000, 100), VERDICT_PARTLY);
    CHECK_INT(race_verdict("slower.db", 100, 4000), VERDICT_NOT);
    CHECK_INT(race_verdict("slow_censored.db", NAN, 100), VERDICT_REPRODUCED);
    CHECK_INT(race_verdict("fast_censored.db", 40000, NAN), VERDICT_OPEN);
}

static void efforts_read_as_people_write_them(void)
{
    Arena arena = {0};
    CHECK_TEXT(efforts_format(&arena, estimate(28184, 28184, 7080, 28184)), "28200 [7080, 28200]");
    CHECK_TEXT(efforts_format(&arena, estimate(8.6666, 8.6666, 6, 13)), "8.67 [6, 13]");
    CHECK_TEXT(efforts_format(&arena, estimate(2000, INFINITY, 2000, INFINITY)), "≥ 2000 [2000, ∞)");
    CHECK_TEXT(efforts_format(&arena, estimate(0, 5, NAN, NAN)), "≤ 5");
    CHECK_TEXT(efforts_format(&arena, estimate(150, 180, 100, 200)), "150 to 180 [100, 200]");
    CHECK_TEXT(efforts_format(&arena, estimate(0, INFINITY, 0, INFINITY)), "?");
    arena_free(&arena);
}

static void rows_with_equal_names_are_one_sample(void)
{
    Store *store = database_create(check_scratch("samples.db"));
    Arena arena = {0};
    Samples samples;
    Error error = {0};
    const char sql[] =
        "WITH t (a, b, x) AS (VALUES ('p', 1, 2.5), ('p', 1, NULL), ('p', 2, 4), ('q', 2, 5)) SELECT * FROM t";
    CHECK_INT(samples_read(store, sql, NULL, 0, 2, &arena, &samples, &error), STORE_FINE);
    CHECK_INT(samples.count, 3);
    CHECK_INT(samples.items[0].count, 2);
    CHECK_NEAR(samples.items[0].values[0][0], 2.5, 0);
    CHECK(isnan(samples.items[0].values[0][1]));
    CHECK_TEXT(samples.items[1].names[1], "2");
    CHECK_TEXT(samples.items[2].names[0], "q");
    arena_free(&arena);
    store_close(store);
}

int main(void)
{
    const Check checks[] = {
        CHECK_OF(settings_that_hold_make_the_verdict),
        CHECK_OF(a_share_is_enough_or_not),
        CHECK_OF(a_factor_counts_by_the_low_end_of_its_interval),
        CHECK_OF(censoring_shows_in_the_verdict_of_a_factor),
        CHECK_OF(interval_of_a_share_is_wilsons),
        CHECK_OF(cut_in_response_time_is_judged_by_devices),
        CHECK_OF(shortfall_of_utility_is_judged_whatever_its_sign),
        CHECK_OF(empty_database_leaves_all_claims_open),
        CHECK_OF(race_of_learners_is_judged_with_censoring),
        CHECK_OF(efforts_read_as_people_write_them),
        CHECK_OF(rows_with_equal_names_are_one_sample),
    };
    return check_run("claims", checks, sizeof checks / sizeof *checks);
}

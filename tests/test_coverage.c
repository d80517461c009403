/* Whether intervals hold what they promise: how often nominal 95 % intervals cover a mean that is known, over many
 * independent trials with fixed seeds. Prints the table. A count of hits must lie within four binomial deviations of
 * its expectation, which a right method misses once in 16,000 seeds; methods that are right only for many or long runs
 * may fall short by a stated loss on top. */
#include "../analysis/batch_means.h"
#include "../analysis/learner_statistics.h"
#include "../analysis/stopping.h"
#include "../analysis/trial.h"
#include "../analysis/warm_up.h"
#include "../sim/metrics.h"
#include "check.h"
#include "worlds.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLE_LIMIT = 64 };

/* Hits out of trials. */
typedef struct Coverage {
    int hits, trials;
} Coverage;

static void count_hit(Coverage *coverage, bool hit)
{
    coverage->trials++;
    coverage->hits += hit;
}

static bool covers(Interval interval, double mean)
{
    return fabs(interval.mean - mean) <= interval.half_width;
}

/* Prints a row; `loss` is how much less than the nominal fraction the method may cover in the long run. */
static void check_coverage(const char *method, Coverage coverage, double nominal, double loss)
{
    double n = coverage.trials, covered = coverage.hits / n, deviation = sqrt(nominal * (1 - nominal) / n);
    printf("%-64s %6d  %5.1f  %6.2f ± %.2f\n", method, coverage.trials, 100 * nominal, 100 * covered, 100 * deviation);
    CHECK(covered >= nominal - loss - 4 * deviation);
    CHECK(covered <= nominal + 4 * deviation);
}

static Stream stream_of(uint64_t seed, int trial)
{
    return stream_create(seed, (uint64_t)trial, STREAM_ANALYSIS, 0);
}

static void fill_normal(double *values, int count, double mean, double deviation, gsl_rng *random)
{
    for (int i = 0; i < count; i++)
        values[i] = mean + gsl_ran_gaussian(random, deviation);
}

static void t_intervals_of_normal_values(void)
{
    const struct {
        int n;
        double confidence;
    } cases[] = {{2, 0.95}, {5, 0.95}, {10, 0.95}, {10, 0.99}, {30, 0.90}};
    for (int c = 0; c < 5; c++) {
        Coverage coverage = {0};
        for (int t = 0; t < 20000; t++) {
            Stream stream = stream_of(11, t);
            gsl_rng random = stream_gsl(&stream);
            double values[SAMPLE_LIMIT];
            fill_normal(values, cases[c].n, 3, 2, &random);
            count_hit(&coverage, covers(statistics_interval(values, cases[c].n, cases[c].confidence), 3));
        }
        char method[80];
        snprintf(method, sizeof method, "t, normal values, n = %d", cases[c].n);
        check_coverage(method, coverage, cases[c].confidence, 0);
    }
}

/* Pairs that vary together: the interval of the difference is exact, and its p value falls below 5 % as often. */
static void paired_intervals_of_normal_pairs(void)
{
    Coverage interval = {0}, test = {0};
    for (int t = 0; t < 20000; t++) {
        Stream stream = stream_of(12, t);
        gsl_rng random = stream_gsl(&stream);
        double first[10], second[10];
        fill_normal(second, 10, 3, 2, &random);
        for (int i = 0; i < 10; i++)
            first[i] = second[i] + gsl_ran_gaussian(&random, 0.1);
        Difference difference = statistics_paired(first, second, 10, 0.95);
        count_hit(&interval, fabs(difference.mean) <= difference.half_width);
        count_hit(&test, difference.p_value >= 0.05);
    }
    check_coverage("paired t, normal pairs, n = 10", interval, 0.95, 0);
    CHECK_INT(test.hits, interval.hits);
}

/* Deviations 1 and 4 over 5 and 15 values: a pooled test would be far off. */
static void welch_intervals_of_unequal_variances(void)
{
    const double deviations[2][2] = {{1, 4}, {4, 1}};
    for (int c = 0; c < 2; c++) {
        Coverage coverage = {0};
        for (int t = 0; t < 20000; t++) {
            Stream stream = stream_of(13, t);
            gsl_rng random = stream_gsl(&stream);
            double first[5], second[15];
            fill_normal(first, 5, 1, deviations[c][0], &random);
            fill_normal(second, 15, 0, deviations[c][1], &random);
            Difference difference = statistics_welch(first, 5, second, 15, 0.95);
            count_hit(&coverage, fabs(difference.mean - 1) <= difference.half_width);
        }
        char method[80];
        snprintf(method, sizeof method, "Welch, normal, n = 5 and 15, deviations %.0f and %.0f", deviations[c][0],
                 deviations[c][1]);
        check_coverage(method, coverage, 0.95, 0.005);
    }
}

/* Nine policies that are no different from a tenth, on the same runs: no false verdict in 95 % of the studies. */
static void holm_keeps_all_verdicts_right_together(void)
{
    enum { POLICIES = 9, RUNS = 10 };
    Coverage corrected = {0}, uncorrected = {0};
    for (int t = 0; t < 5000; t++) {
        Stream stream = stream_of(14, t);
        gsl_rng random = stream_gsl(&stream);
        double baseline[RUNS], values[RUNS], p_values[POLICIES];
        bool none = true, none_corrected = true;
        fill_normal(baseline, RUNS, 0, 1, &random);
        for (int p = 0; p < POLICIES; p++) {
            fill_normal(values, RUNS, 0, 1, &random);
            p_values[p] = statistics_paired(values, baseline, RUNS, 0.95).p_value;
            none = none && p_values[p] > 0.05;
        }
        statistics_holm(p_values, POLICIES, p_values);
        for (int p = 0; p < POLICIES; p++)
            none_corrected = none_corrected && p_values[p] > 0.05;
        count_hit(&corrected, none_corrected);
        count_hit(&uncorrected, none);
    }
    printf("%-64s %6d  %5.1f  %6.2f\n", "(nine comparisons with one baseline, not corrected)", uncorrected.trials, 95.0,
           100.0 * uncorrected.hits / uncorrected.trials);
    CHECK(uncorrected.hits < 0.8 * uncorrected.trials);
    /* Holm is on the safe side: at least 95 %. */
    double covered = (double)corrected.hits / corrected.trials;
    printf("%-64s %6d  %5.1f  %6.2f\n", "Holm, nine comparisons with one baseline", corrected.trials, 95.0,
           100 * covered);
    CHECK(covered >= 0.95 - 4 * sqrt(0.95 * 0.05 / corrected.trials));
    CHECK(covered < 0.99);
}

static Scenario *load(const char *file, const char *stop, const char *warm_up)
{
    const char *overrides[] = {stop, warm_up};
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(check_path(file), overrides, 2, &errors);
    if (!scenario) {
        error_list_write(&errors, stderr);
        abort();
    }
    return scenario;
}

/* Five replications of some 1,000 requests through the simulator, at half load. */
static void check_queue(const char *file, const char *method, double sojourn_s)
{
    enum { REPLICATIONS = 5, TRIALS = 1000 };
    Scenario *scenario = load(file, "stop={time: 21 s}", "warm_up={time: 1 s}");
    Coverage coverage = {0};
    for (int t = 0; t < TRIALS; t++) {
        double means[REPLICATIONS];
        for (int r = 0; r < REPLICATIONS; r++) {
            RunKey key = {.seed = 20, .replication = (uint64_t)(t * REPLICATIONS + r)};
            means[r] = world_run_fresh("device-only", scenario, key).response_s;
        }
        count_hit(&coverage, covers(statistics_interval(means, REPLICATIONS, 0.95), sojourn_s));
    }
    check_coverage(method, coverage, 0.95, 0.005);
    scenario_destroy(scenario);
}

static void t_intervals_of_queues_in_the_simulator(void)
{
    check_queue("tests/theory/mm1.yaml", "t, M/M/1 at 0.5 in the simulator, n = 5 runs of 1,000", 0.020);
    check_queue("tests/theory/md1.yaml", "t, M/D/1 at 0.5 in the simulator, n = 5 runs of 1,000", 0.015);
}

/* A first-order autoregressive series of mean 10 and deviation 1, from its stationary beginning. */
static void add_autoregressive(Series *series, int count, double correlation, gsl_rng *random)
{
    double state = gsl_ran_gaussian(random, 1), innovation = sqrt(1 - correlation * correlation);
    for (int i = 0; i < count; i++) {
        series_add(series, 10 + state);
        state = correlation * state + gsl_ran_gaussian(random, innovation);
    }
}

/* Sojourn times of M/M/1 by Lindley's recursion, mean service 1, from its stationary beginning. */
static void add_queue(Series *series, int count, double utilisation, gsl_rng *random)
{
    bool waits = gsl_rng_uniform(random) < utilisation;
    double waiting = waits ? gsl_ran_exponential(random, 1 / (1 - utilisation)) : 0;
    for (int i = 0; i < count; i++) {
        double sojourn = waiting + gsl_ran_exponential(random, 1);
        series_add(series, sojourn);
        waiting = fmax(0, sojourn - gsl_ran_exponential(random, 1 / utilisation));
    }
}

static void t_intervals_of_autoregressive_runs(void)
{
    enum { RUNS = 10 };
    Coverage coverage = {0};
    for (int t = 0; t < 2000; t++) {
        Stream stream = stream_of(15, t);
        gsl_rng random = stream_gsl(&stream);
        double means[RUNS];
        for (int r = 0; r < RUNS; r++) {
            Series series = {0};
            add_autoregressive(&series, 100, 0.9, &random);
            means[r] = statistics_interval(series.means, series.count, 0.95).mean;
        }
        count_hit(&coverage, covers(statistics_interval(means, RUNS, 0.95), 10));
    }
    check_coverage("t, AR(1) 0.9, n = 10 runs of 100", coverage, 0.95, 0);
}

/* Batch means of one run by the series that every run keeps; intervals that are told to be too short are counted apart.
 */
static void check_batch_means(const char *method, void (*add)(Series *series, int count, double load, gsl_rng *random),
                              double load, int count, int trials, double mean, double loss)
{
    Coverage all = {0}, good = {0};
    Series *series = malloc(sizeof *series);
    for (int t = 0; t < trials; t++) {
        Stream stream = stream_of(16, t);
        gsl_rng random = stream_gsl(&stream);
        *series = (Series){0};
        add(series, count, load, &random);
        BatchMeans batches = batch_means(series->means, series->count, 0.95);
        count_hit(&all, covers(batches.interval, mean));
        if (!batches.too_short)
            count_hit(&good, covers(batches.interval, mean));
    }
    check_coverage(method, good, 0.95, loss);
    CHECK(good.trials > 0.99 * all.trials);
    free(series);
}

static void batch_means_of_one_long_run(void)
{
    check_batch_means("batch means, AR(1) 0.9, run of 20,000", add_autoregressive, 0.9, 20000, 1000, 10, 0.005);
    check_batch_means("batch means, M/M/1 at 0.5, run of 20,000", add_queue, 0.5, 20000, 1000, 2, 0.01);
    check_batch_means("batch means, M/M/1 at 0.8, run of 100,000", add_queue, 0.8, 100000, 200, 5, 0.01);
}

/* The run is far too short for its correlation: intervals would lie, and the check says so. */
static void batch_means_say_when_a_run_is_too_short(void)
{
    enum { TRIALS = 500 };
    Coverage coverage = {0};
    int warned = 0;
    for (int t = 0; t < TRIALS; t++) {
        Stream stream = stream_of(17, t);
        gsl_rng random = stream_gsl(&stream);
        Series series = {0};
        add_queue(&series, 2000, 0.9, &random);
        BatchMeans batches = batch_means(series.means, series.count, 0.95);
        count_hit(&coverage, covers(batches.interval, 10));
        warned += batches.too_short;
    }
    printf("%-64s %6d  %5.1f  %6.2f, refused in %.1f %%\n", "(batch means, M/M/1 at 0.9, run of 2,000: too short)",
           TRIALS, 95.0, 100.0 * coverage.hits / TRIALS, 100.0 * warned / TRIALS);
    CHECK(coverage.hits < 0.7 * TRIALS);
    CHECK(warned > 0.99 * TRIALS);
}

/* What every run reports of itself: M/M/1 at 0.5, some 20,000 requests, without warm_up. */
static void one_run_reports_its_own_interval_and_warm_up(void)
{
    enum { TRIALS = 200 };
    Scenario *scenario = load("tests/theory/mm1.yaml", "stop={time: 401 s}", "warm_up={time: 1 s}");
    Coverage coverage = {0};
    int warned = 0;
    for (uint64_t t = 0; t < TRIALS; t++) {
        Trial trial = {.scenario = scenario, .policy = policy_type_find("device-only"), .seed = 22, .replication = t};
        trial_run(&trial);
        double half_width_s = trial_metric(&trial, "response_time_half_width");
        count_hit(&coverage, fabs(trial_metric(&trial, "response_time_mean") - 0.020) <= half_width_s);
        warned += !(trial_metric(&trial, "warm_up_mser") < WARM_UP_WORTH_MENTIONING);
        trial_free(&trial);
    }
    check_coverage("response_time_half_width of M/M/1 at 0.5, run of 20,000", coverage, 0.95, 0.01);
    CHECK(warned <= TRIALS / 20);
    scenario_destroy(scenario);

    scenario = load("tests/theory/mm1.yaml", "stop={time: 1.5 s}", "warm_up={time: 1 s}");
    Trial trial = {.scenario = scenario, .policy = policy_type_find("device-only")};
    trial_run(&trial);
    CHECK(isnan(trial_metric(&trial, "response_time_half_width")));
    CHECK(isnan(trial_metric(&trial, "warm_up_mser")));
    trial_free(&trial);
    scenario_destroy(scenario);
}

/* Five tasks, scores exponential of mean 1 on each: the interquartile mean of all of them is
 * 2 x the integral of -ln v over v = 0.25 .. 0.75. */
static void check_bootstrap(int runs, int trials, double loss)
{
    enum { TASKS = 5, RESAMPLES = 300 };
    const double truth = 2 * (-0.75 * log(0.75) + 0.75 + 0.25 * log(0.25) - 0.25);
    Coverage coverage = {0};
    for (int t = 0; t < trials; t++) {
        Stream stream = stream_of(18, t);
        gsl_rng random = stream_gsl(&stream);
        double values[TASKS * SAMPLE_LIMIT];
        for (int i = 0; i < TASKS * runs; i++)
            values[i] = gsl_ran_exponential(&random, 1);
        Scores scores = {.task_count = TASKS, .run_count = runs, .values = values};
        Estimate estimate = learner_statistics_interquartile_mean_interval(scores, 0.95, RESAMPLES, &stream);
        count_hit(&coverage, estimate.low <= truth && truth <= estimate.high);
    }
    char method[80];
    snprintf(method, sizeof method, "bootstrap, interquartile mean, 5 tasks, n = %d runs each", runs);
    check_coverage(method, coverage, 0.95, loss);
}

/* Scores of mean 0 and of mean 1, both of deviation 1: the first is better with probability P(N(0, 1) > 1 / sqrt 2). */
static void check_bootstrap_of_improvement(void)
{
    enum { TASKS = 3, RUNS = 10, TRIALS = 1000, RESAMPLES = 300 };
    const double truth = 0.5 * erfc(0.5);
    Coverage coverage = {0};
    for (int t = 0; t < TRIALS; t++) {
        Stream stream = stream_of(19, t);
        gsl_rng random = stream_gsl(&stream);
        double first[TASKS * RUNS], second[TASKS * RUNS];
        fill_normal(first, TASKS * RUNS, 0, 1, &random);
        fill_normal(second, TASKS * RUNS, 1, 1, &random);
        Estimate estimate = learner_statistics_probability_of_improvement_interval(
            (Scores){TASKS, RUNS, first}, (Scores){TASKS, RUNS, second}, 0.95, RESAMPLES, &stream);
        count_hit(&coverage, estimate.low <= truth && truth <= estimate.high);
    }
    check_coverage("bootstrap, probability of improvement, 3 tasks, n = 10 runs", coverage, 0.95, 0.02);
}

static void bootstrap_intervals_of_learners(void)
{
    check_bootstrap(3, 1000, 0.11);
    check_bootstrap(10, 1000, 0.03);
    check_bootstrap(30, 400, 0.01);
    check_bootstrap_of_improvement();
}

/* Replications of mean 10 and deviation 2 until the rule says that it is enough. */
static void check_stopping(double target, double loss)
{
    enum { TRIALS = 1000, MOST = 400 };
    Coverage coverage = {0};
    double taken = 0;
    for (int t = 0; t < TRIALS; t++) {
        Stream stream = stream_of(21, t);
        gsl_rng random = stream_gsl(&stream);
        double means[MOST];
        Stopping stopping = {0};
        int n = 0;
        while (n < MOST && !stopping.enough) {
            fill_normal(&means[n++], 1, 10, 2, &random);
            stopping = stopping_judge(means, n, target, 0.95);
        }
        CHECK(stopping.enough);
        taken += (double)n / TRIALS;
        count_hit(&coverage, covers(stopping.interval, 10));
    }
    char method[80];
    snprintf(method, sizeof method, "stopping at %.0f %%, normal, deviation 20 %%, mean n = %.1f", 100 * target, taken);
    check_coverage(method, coverage, 0.95, loss);
}

static void intervals_at_which_replications_stop(void)
{
    check_stopping(0.20, 0.01);
    check_stopping(0.10, 0.04);
    check_stopping(0.05, 0.015);
}

/* On a shipped scenario, greedy against round-robin on the same random numbers. */
static void common_random_numbers_halve_the_interval_of_a_difference(void)
{
    enum { REPLICATIONS = 20 };
    Scenario *scenario = load("scenarios/raspberry_pi.yaml", "name=raspberry_pi", "stop={time: 600 s}");
    double first[REPLICATIONS], second[REPLICATIONS];
    for (uint64_t r = 0; r < REPLICATIONS; r++) {
        first[r] = world_run_fresh("greedy", scenario, (RunKey){.seed = 1, .replication = r}).response_s;
        second[r] = world_run_fresh("round-robin", scenario, (RunKey){.seed = 1, .replication = r}).response_s;
    }
    double paired = statistics_paired(first, second, REPLICATIONS, 0.95).half_width;
    double unpaired = statistics_welch(first, REPLICATIONS, second, REPLICATIONS, 0.95).half_width;
    printf("%-64s %6d  half width %.3f ms paired, %.3f ms unpaired\n", "raspberry_pi, greedy and round-robin",
           REPLICATIONS, 1e3 * paired, 1e3 * unpaired);
    CHECK(paired < 0.5 * unpaired);
    scenario_destroy(scenario);
}

int main(void)
{
    const Check checks[] = {
        {"t_intervals_of_normal_values", t_intervals_of_normal_values},
        {"paired_intervals_of_normal_pairs", paired_intervals_of_normal_pairs},
        {"welch_intervals_of_unequal_variances", welch_intervals_of_unequal_variances},
        {"holm_keeps_all_verdicts_right_together", holm_keeps_all_verdicts_right_together},
        {"t_intervals_of_queues_in_the_simulator", t_intervals_of_queues_in_the_simulator},
        {"t_intervals_of_autoregressive_runs", t_intervals_of_autoregressive_runs},
        {"batch_means_of_one_long_run", batch_means_of_one_long_run},
        {"batch_means_say_when_a_run_is_too_short", batch_means_say_when_a_run_is_too_short},
        {"one_run_reports_its_own_interval_and_warm_up", one_run_reports_its_own_interval_and_warm_up},
        {"bootstrap_intervals_of_learners", bootstrap_intervals_of_learners},
        {"intervals_at_which_replications_stop", intervals_at_which_replications_stop},
        {"common_random_numbers_halve_the_interval_of_a_difference",
         common_random_numbers_halve_the_interval_of_a_difference},
    };
    printf("%-64s %6s  %5s  covered %% ± deviation\n", "method", "trials", "%");
    return check_run("coverage", checks, sizeof checks / sizeof checks[0]);
}

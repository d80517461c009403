#include "../analysis/experiment.h"
#include "check.h"
#include "comparisons.h"
#include "databases.h"

#include <math.h>

static const PolicyType greedy = {.name = "greedy"}, oracle = {.name = "oracle"};

/* Quantiles of Student's t at 97.5 %: for 2 degrees of freedom 0.95 / sqrt(0.04875), for 4 from a table. */
static const double T2 = 4.302652729696142, T4 = 2.776445105197799;

/* The two-sided p values of t for 2 and 4 degrees of freedom in closed form. */
static double p2(double t)
{
    return 1 - fabs(t) / sqrt(t * t + 2);
}

static double p4(double t)
{
    double s = t * t / (4 + t * t);
    return 1 - sqrt(s) * (1.5 - 0.5 * s);
}

static double mean_of(const double *values, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += values[i];
    return sum / count;
}

/* Variance of the mean. */
static double error_of(const double *values, int count)
{
    double mean = mean_of(values, count), sum = 0;
    for (int i = 0; i < count; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return sum / (count - 1) / count;
}

static void differences(const double *first, const double *second, double *ret_differences)
{
    for (int i = 0; i < RUNS; i++)
        ret_differences[i] = first[i] - second[i];
}

static void paired_differences_are_those_of_the_t_test(void)
{
    Store *store = comparison_sample();
    Comparison comparison = comparison_read(store, (CompareRequest){.metrics = "response_time_mean"});
    CHECK_INT(comparison.cell_count, 1);
    CHECK_INT(comparison.cells[0].line_count, 3);
    CHECK_INT(comparison.cells[0].comparisons, 2);
    CHECK_TEXT(comparison.cells[0].title, "three");
    const CompareLine *lines = comparison.cells[0].blocks[0].lines;
    double slower[RUNS], equal[RUNS];
    differences(greedy_s, oracle_s, slower);
    differences(learner_s, oracle_s, equal);
    double p_slower = p2(mean_of(slower, RUNS) / sqrt(error_of(slower, RUNS)));
    double p_equal = p2(mean_of(equal, RUNS) / sqrt(error_of(equal, RUNS)));
    CHECK_TEXT(lines[0].values[0], "greedy");
    CHECK_INT(lines[0].interval.count, RUNS);
    CHECK_NEAR(lines[0].interval.mean, mean_of(greedy_s, RUNS), 1e-15);
    CHECK_NEAR(lines[0].interval.half_width, T2 * sqrt(error_of(greedy_s, RUNS)), 1e-12);
    CHECK_INT(lines[0].baseline, 2);
    CHECK(lines[0].paired);
    CHECK_NEAR(lines[0].difference.mean, mean_of(slower, RUNS), 1e-15);
    CHECK_NEAR(lines[0].difference.half_width, T2 * sqrt(error_of(slower, RUNS)), 1e-12);
    CHECK_NEAR(lines[0].difference.p_value, p_slower, 1e-12);
    CHECK_NEAR(lines[0].p_corrected, 2 * p_slower, 1e-12);
    CHECK_INT(lines[0].verdict, VERDICT_WORSE);
    CHECK_NEAR(lines[1].difference.p_value, p_equal, 1e-12);
    CHECK_NEAR(lines[1].p_corrected, p_equal, 1e-12);
    CHECK_INT(lines[1].verdict, VERDICT_NO_DIFFERENCE);
    CHECK_INT(lines[2].verdict, VERDICT_BASELINE);
    CHECK(!lines[0].best);
    CHECK(lines[1].best);
    CHECK(lines[2].best);
    compare_data_free(&comparison);
    store_close(store);
}

static void correction_counts_all_metrics_and_lines(void)
{
    Store *store = comparison_sample();
    CompareRequest request = {.metrics = "response_time_mean", .confidence = 0.97};
    Comparison alone = comparison_read(store, request);
    CHECK_INT(alone.cells[0].blocks[0].lines[0].verdict, VERDICT_WORSE); /* 2 x 0.0095 */
    compare_data_free(&alone);
    request.metrics = NULL;
    Comparison comparison = comparison_read(store, request);
    CHECK_INT(comparison.metric_count, 2);
    CHECK_INT(comparison.cells[0].comparisons, 4);
    const CompareLine *line = &comparison.cells[0].blocks[0].lines[0];
    CHECK_NEAR(line->p_corrected, 4 * line->difference.p_value, 1e-12);
    CHECK_INT(line->verdict, VERDICT_NO_DIFFERENCE); /* 4 x 0.0095 */
    const CompareLine *reward = &comparison.cells[0].blocks[1].lines[0];
    CHECK_NEAR(reward->p_corrected, 4 * reward->difference.p_value, 1e-12);
    compare_data_free(&comparison);
    store_close(store);
}

static void unpaired_differences_are_those_of_welch(void)
{
    Store *store = comparison_sample();
    Comparison comparison = comparison_read(store, (CompareRequest){.metrics = "response_time_mean",
                                                                    .pairing = PAIRING_UNPAIRED,
                                                                    .where = "policy != 'q-learning'",
                                                                    .confidence = 0.99});
    const CompareLine *line = &comparison.cells[0].blocks[0].lines[0];
    double first = error_of(greedy_s, RUNS), second = error_of(oracle_s, RUNS);
    double degrees = (first + second) * (first + second) / (first * first / 2 + second * second / 2);
    double difference = mean_of(greedy_s, RUNS) - mean_of(oracle_s, RUNS);
    CHECK(!line->paired);
    CHECK_NEAR(line->difference.mean, difference, 1e-15);
    CHECK_NEAR(line->difference.degrees, degrees, 1e-12);
    CHECK_NEAR(comparison.confidence, 0.99, 0);
    compare_data_free(&comparison);
    store_close(store);
}

/* Equal variances and sizes make Welch's degrees 4, for which everything is known in closed form. */
static void welch_agrees_with_the_closed_form(void)
{
    Store *store = database_create(":memory:");
    for (uint64_t r = 0; r < RUNS; r++) {
        comparison_add(store, (Row){.policy = &greedy, .replication = r, .response_s = 0.150 + 0.01 * (double)r});
        comparison_add(store, (Row){.policy = &oracle, .replication = r + 10, .response_s = 0.100 + 0.01 * (double)r});
    }
    Comparison comparison = comparison_read(store, (CompareRequest){.metrics = "response_time_mean"});
    const CompareLine *line = &comparison.cells[0].blocks[0].lines[0];
    double error = sqrt(2 * 1e-4 / 3);
    CHECK(!line->paired);
    CHECK_NEAR(line->difference.mean, 0.05, 1e-14);
    CHECK_NEAR(line->difference.half_width, T4 * error, 1e-12);
    CHECK_NEAR(line->p_corrected, p4(0.05 / error), 1e-12);
    CHECK_INT(line->verdict, VERDICT_WORSE);
    compare_data_free(&comparison);
    store_close(store);
}

static void forced_pairs_leave_out_runs_without_a_partner(void)
{
    Store *store = comparison_sample();
    comparison_add(store, (Row){.policy = &greedy, .replication = 9, .response_s = 5});
    CompareRequest request = {.metrics = "response_time_mean", .where = "policy != 'q-learning'"};
    Comparison automatic = comparison_read(store, request);
    CHECK(!automatic.cells[0].blocks[0].lines[0].paired);
    compare_data_free(&automatic);
    request.pairing = PAIRING_PAIRED;
    Comparison paired = comparison_read(store, request);
    const CompareLine *line = &paired.cells[0].blocks[0].lines[0];
    double slower[RUNS];
    differences(greedy_s, oracle_s, slower);
    CHECK_INT(line->interval.count, RUNS + 1);
    CHECK_INT(line->difference.first_count, RUNS);
    CHECK_NEAR(line->difference.mean, mean_of(slower, RUNS), 1e-15);
    compare_data_free(&paired);
    store_close(store);
}

static void repeated_runs_count_once(void)
{
    static const World again = {"three", 33, 3,
                                "name: three\nreplications: 9\nnodes:\n  - {name: device, count: 3, tier: end}\n"
                                "objective:\n  threshold: 80 %\n"};
    Store *store = comparison_sample();
    comparison_add(store, (Row){.world = &again, .policy = &greedy, .replication = 1, .response_s = 0.9});
    Comparison comparison = comparison_read(store, (CompareRequest){0});
    double latest[RUNS] = {greedy_s[0], 0.9, greedy_s[2]};
    CHECK_INT(comparison.cell_count, 1);
    CHECK_INT(comparison.cells[0].repeated, 1);
    CHECK_INT(comparison.cells[0].blocks[0].lines[0].interval.count, RUNS);
    CHECK_NEAR(comparison.cells[0].blocks[0].lines[0].interval.mean, mean_of(latest, RUNS), 1e-15);
    compare_data_free(&comparison);
    store_close(store);
}

static void baseline_may_be_chosen(void)
{
    Store *store = comparison_sample();
    Comparison comparison = comparison_read(store, (CompareRequest){.baseline = "greedy", .metrics = "reward_mean"});
    const CompareLine *lines = comparison.cells[0].blocks[0].lines;
    CHECK_INT(lines[2].baseline, 0);
    CHECK(lines[2].difference.mean > 0);
    CHECK_INT(lines[2].verdict, VERDICT_BETTER);
    CHECK_INT(lines[0].verdict, VERDICT_BASELINE);
    compare_data_free(&comparison);
    store_close(store);
}

static void metrics_that_are_neither_good_nor_bad_are_only_larger(void)
{
    Store *store = comparison_sample();
    Comparison comparison =
        comparison_read(store, (CompareRequest){.metrics = "decisions", .where = "policy != 'q-learning'"});
    CHECK_INT(comparison.cells[0].blocks[0].lines[0].verdict, VERDICT_LARGER);
    CHECK(!comparison.cells[0].blocks[0].lines[1].best);
    compare_data_free(&comparison);
    store_close(store);
}

static void single_runs_get_no_verdict(void)
{
    Store *store = comparison_sample();
    Comparison comparison = comparison_read(store, (CompareRequest){.where = "replication == 0"});
    const CompareLine *line = &comparison.cells[0].blocks[0].lines[0];
    CHECK_NEAR(line->difference.mean, 0.02, 1e-15);
    CHECK(isnan(line->difference.p_value));
    CHECK_INT(line->verdict, VERDICT_NONE);
    CHECK_INT(comparison.cells[0].comparisons, 0);
    compare_data_free(&comparison);
    store_close(store);
}

static void rounding_is_no_difference(void)
{
    Store *store = database_create(":memory:");
    for (uint64_t r = 0; r < 3; r++) {
        comparison_add(store, (Row){.policy = &greedy, .replication = r, .response_s = 0.3});
        comparison_add(store, (Row){.policy = &oracle, .replication = r, .response_s = 0.1 + 0.2});
    }
    Comparison comparison = comparison_read(store, (CompareRequest){.metrics = "response_time_mean"});
    CHECK_INT(comparison.cells[0].blocks[0].lines[0].verdict, VERDICT_NO_DIFFERENCE);
    compare_data_free(&comparison);
    store_close(store);
}

static void learner_figures_are_those_of_the_scores(void)
{
    Store *store = comparison_sample();
    Comparison comparison = comparison_read(store, (CompareRequest){.metrics = "response_time_mean", .learners = true});
    const CompareLine *line = &comparison.cells[0].blocks[0].lines[1];
    double gap = 0, wins = 0, target = mean_of(oracle_s, RUNS);
    for (int i = 0; i < RUNS; i++) {
        gap += fmax(learner_s[i] - target, 0) / RUNS;
        for (int j = 0; j < RUNS; j++)
            wins += learner_s[i] < oracle_s[j] ? 1 : 0;
    }
    CHECK_NEAR(line->interquartile_mean.value, mean_of(learner_s, RUNS), 1e-15); /* three runs: none is cut */
    CHECK_NEAR(line->improvement.value, wins / (RUNS * RUNS), 1e-15);
    CHECK_NEAR(line->optimality_gap.value, gap, 1e-15);
    CHECK(line->improvement.low <= line->improvement.value && line->improvement.value <= line->improvement.high);
    CHECK(isnan(comparison.cells[0].blocks[0].lines[2].improvement.value));
    compare_data_free(&comparison);
    store_close(store);
}

static bool store_trial(void *context, Trial *trial)
{
    Error error;
    return store_add_trial(context, 1, trial, &error) == STORE_FINE;
}

/* Why policies meet the same requests: pairs know the difference far better. */
static void common_random_numbers_halve_the_interval(void)
{
    ErrorList errors = {0};
    const char *settings[] = {"stop.time=60 s", "replications=10"};
    Scenario *scenario = scenario_load(check_path("scenarios/raspberry_pi.yaml"), settings, 2, &errors);
    CHECK_INT(errors.total, 0);
    const PolicyType *policies[] = {policy_type_find("greedy"), policy_type_find("round-robin")};
    Store *store = database_create(":memory:");
    int count;
    Trial *trials = experiment_plan(scenario, policies, 2, &count);
    ExperimentHooks hooks = {.consume = store_trial, .context = store};
    CHECK_INT(experiment_run(trials, count, 1, &hooks), count);
    CompareRequest request = {.metrics = "response_time_mean", .baseline = "round-robin"};
    Comparison paired = comparison_read(store, request);
    request.pairing = PAIRING_UNPAIRED;
    Comparison unpaired = comparison_read(store, request);
    const Difference *narrow = &paired.cells[0].blocks[0].lines[0].difference;
    const Difference *wide = &unpaired.cells[0].blocks[0].lines[0].difference;
    CHECK(paired.cells[0].blocks[0].lines[0].paired);
    CHECK_NEAR(narrow->mean, wide->mean, 1e-12);
    CHECK(narrow->half_width <= wide->half_width / 2);
    compare_data_free(&paired);
    compare_data_free(&unpaired);
    experiment_free(trials, count);
    scenario_destroy(scenario);
    store_close(store);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(paired_differences_are_those_of_the_t_test),
        CHECK_OF(correction_counts_all_metrics_and_lines),
        CHECK_OF(unpaired_differences_are_those_of_welch),
        CHECK_OF(welch_agrees_with_the_closed_form),
        CHECK_OF(forced_pairs_leave_out_runs_without_a_partner),
        CHECK_OF(repeated_runs_count_once),
        CHECK_OF(baseline_may_be_chosen),
        CHECK_OF(metrics_that_are_neither_good_nor_bad_are_only_larger),
        CHECK_OF(single_runs_get_no_verdict),
        CHECK_OF(rounding_is_no_difference),
        CHECK_OF(learner_figures_are_those_of_the_scores),
        CHECK_OF(common_random_numbers_halve_the_interval),
    };
    return check_run("compare_statistics", checks, sizeof checks / sizeof *checks);
}

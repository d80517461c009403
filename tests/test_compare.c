#include "../analysis/compare.h"
#include "../analysis/experiment.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const PolicyType greedy = {.name = "greedy"}, learner = {.name = "q-learning"}, oracle = {.name = "oracle"};

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

/* A scenario as the store keeps it. */
typedef struct World {
    const char *name;
    uint64_t hash;
    int users;
    const char *resolved;
} World;

static const World three = {"three", 3, 3,
                            "name: three\nnodes:\n  - {name: device, count: 3, tier: end}\n"
                            "objective:\n  threshold: 80 %\n"};

/* A run to be stored; zero is a good seed and replication. */
typedef struct Row {
    const World *world;
    const PolicyType *policy;
    uint64_t seed, replication;
    double response_s, reward;
    const char *parameters;
    bool failed;
    SweepValue axis;
} Row;

static void add(Store *store, Row row)
{
    const World *world = row.world ? row.world : &three;
    Scenario scenario = {.path = "x.yaml",
                         .name = world->name,
                         .hash = world->hash,
                         .user_count = world->users,
                         .resolved = world->resolved};
    Metric metrics[] = {{"response_time_mean", "s", row.response_s},
                        {"reward_mean", "", row.reward},
                        {"decisions", "", 100 + row.response_s},
                        {"energy.device", "J", 2},
                        {"energy.edge", "J", 3}};
    Trial trial = {.scenario = &scenario,
                   .policy = row.policy,
                   .seed = row.seed,
                   .replication = row.replication,
                   .status = row.failed ? TRIAL_FAILED : TRIAL_DONE,
                   .parameters = row.parameters ? row.parameters : "",
                   .metric_count = sizeof metrics / sizeof *metrics,
                   .metrics = metrics,
                   .value_count = row.axis.key ? 1 : 0,
                   .values = &row.axis};
    Error error = {0};
    if (store_add_trial(store, 1, &trial, &error) != STORE_FINE) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
}

static Store *open_new(void)
{
    Store *store;
    int64_t experiment;
    if (store_open(":memory:", STORE_WRITE, &store, NULL) != STORE_FINE ||
        store_begin_experiment(store, "test", "", &experiment, NULL) != STORE_FINE)
        exit(1);
    return store;
}

enum { RUNS = 3 };

static const double oracle_s[RUNS] = {0.100, 0.110, 0.120}, greedy_s[RUNS] = {0.120, 0.128, 0.145},
                    learner_s[RUNS] = {0.101, 0.109, 0.1205};

/* Three policies, three replications each; the reward is the negative response time. */
static Store *open_sample(void)
{
    Store *store = open_new();
    for (int r = 0; r < RUNS; r++) {
        uint64_t replication = (uint64_t)r;
        add(store,
            (Row){.policy = &greedy, .replication = replication, .response_s = greedy_s[r], .reward = -greedy_s[r]});
        add(store,
            (Row){.policy = &learner, .replication = replication, .response_s = learner_s[r], .reward = -learner_s[r]});
        add(store,
            (Row){.policy = &oracle, .replication = replication, .response_s = oracle_s[r], .reward = -oracle_s[r]});
    }
    return store;
}

static Comparison compared(Store *store, CompareRequest request)
{
    Comparison comparison;
    Error error = {0};
    StoreStatus status = compare_data_read(store, &request, &comparison, &error);
    CHECK_TEXT(error.message, "");
    if (status != STORE_FINE)
        exit(1);
    return comparison;
}

/* The message of a comparison that is refused. Valid until the next call. */
static const char *refusal(Store *store, CompareRequest request)
{
    static Error error;
    Comparison comparison;
    error = (Error){0};
    CHECK_INT(compare_data_read(store, &request, &comparison, &error), STORE_INPUT);
    compare_data_free(&comparison);
    return error.message;
}

/* What is written, freed by the caller. */
static char *written(Store *store, CompareRequest request, CompareFormat format, bool bold)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    Error error = {0};
    CHECK_INT(compare_write(stream, store, &request, format, bold, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    fclose(stream);
    return text;
}

static void differences(const double *first, const double *second, double *ret_differences)
{
    for (int i = 0; i < RUNS; i++)
        ret_differences[i] = first[i] - second[i];
}

static void paired_differences_are_those_of_the_t_test(void)
{
    Store *store = open_sample();
    Comparison comparison = compared(store, (CompareRequest){.metrics = "response_time_mean"});
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
    Store *store = open_sample();
    CompareRequest request = {.metrics = "response_time_mean", .confidence = 0.97};
    Comparison alone = compared(store, request);
    CHECK_INT(alone.cells[0].blocks[0].lines[0].verdict, VERDICT_WORSE); /* 2 x 0.0095 */
    compare_data_free(&alone);
    request.metrics = NULL;
    Comparison comparison = compared(store, request);
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
    Store *store = open_sample();
    Comparison comparison = compared(store, (CompareRequest){.metrics = "response_time_mean",
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
    Store *store = open_new();
    for (uint64_t r = 0; r < RUNS; r++) {
        add(store, (Row){.policy = &greedy, .replication = r, .response_s = 0.150 + 0.01 * (double)r});
        add(store, (Row){.policy = &oracle, .replication = r + 10, .response_s = 0.100 + 0.01 * (double)r});
    }
    Comparison comparison = compared(store, (CompareRequest){.metrics = "response_time_mean"});
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
    Store *store = open_sample();
    add(store, (Row){.policy = &greedy, .replication = 9, .response_s = 5});
    CompareRequest request = {.metrics = "response_time_mean", .where = "policy != 'q-learning'"};
    Comparison automatic = compared(store, request);
    CHECK(!automatic.cells[0].blocks[0].lines[0].paired);
    compare_data_free(&automatic);
    request.pairing = PAIRING_PAIRED;
    Comparison paired = compared(store, request);
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
    Store *store = open_sample();
    add(store, (Row){.world = &again, .policy = &greedy, .replication = 1, .response_s = 0.9});
    Comparison comparison = compared(store, (CompareRequest){0});
    double latest[RUNS] = {greedy_s[0], 0.9, greedy_s[2]};
    CHECK_INT(comparison.cell_count, 1);
    CHECK_INT(comparison.cells[0].repeated, 1);
    CHECK_INT(comparison.cells[0].blocks[0].lines[0].interval.count, RUNS);
    CHECK_NEAR(comparison.cells[0].blocks[0].lines[0].interval.mean, mean_of(latest, RUNS), 1e-15);
    compare_data_free(&comparison);
    store_close(store);
}

/* Scenarios of 2 and 5 users, each at two thresholds, under two policies. */
static Store *open_grid(void)
{
    static const World worlds[] = {
        {"grid", 1, 2, "nodes: [{name: d, count: 2, tier: end}]\nobjective: {threshold: 80 %}\n"},
        {"grid", 2, 5, "nodes: [{name: d, count: 5, tier: end}]\nobjective: {threshold: 80 %}\n"},
        {"grid", 3, 2, "nodes: [{name: d, count: 2, tier: end}]\nobjective: {threshold: 89 %}\n"},
        {"grid", 4, 5, "nodes: [{name: d, count: 5, tier: end}]\nobjective: {threshold: 89 %}\n"},
    };
    static const char *const texts[] = {"80 %", "80 %", "89 %", "89 %"};
    Store *store = open_new();
    for (int w = 0; w < 4; w++)
        for (uint64_t r = 0; r < 2; r++) {
            double response_s = 0.1 * (w + 1) + 0.01 * (double)r;
            SweepValue axis = {"objective", texts[w], NAN, ""};
            add(store, (Row){&worlds[w], &greedy, 0, r, response_s, -response_s, NULL, false, axis});
            add(store, (Row){&worlds[w], &oracle, 0, r, response_s / 2, -response_s / 2, NULL, false, axis});
        }
    return store;
}

static void cells_hold_what_is_not_compared_fixed(void)
{
    Store *store = open_grid();
    Comparison by_policy = compared(store, (CompareRequest){0});
    CHECK_INT(by_policy.cell_count, 4);
    CHECK_TEXT(by_policy.cells[1].title, "grid: nodes.d.count = 5, objective.threshold = 80 %");
    compare_data_free(&by_policy);
    Comparison by_threshold = compared(store, (CompareRequest){.by = "threshold"});
    CHECK_INT(by_threshold.cell_count, 4);
    CHECK_TEXT(by_threshold.by[0], "objective.threshold");
    CHECK_TEXT(by_threshold.cells[0].title, "grid: policy = greedy, nodes.d.count = 2");
    CHECK_INT(by_threshold.cells[0].line_count, 2);
    CHECK_TEXT(by_threshold.cells[0].blocks[0].lines[1].values[0], "89 %");
    CHECK_INT(by_threshold.cells[0].blocks[0].lines[1].baseline, 0); /* the best */
    CHECK_NEAR(by_threshold.cells[0].blocks[0].lines[1].difference.mean, 0.2, 1e-12);
    compare_data_free(&by_threshold);
    store_close(store);
}

static void users_stand_for_the_counts_of_end_nodes(void)
{
    Store *store = open_grid();
    Comparison comparison = compared(store, (CompareRequest){.by = "users", .where = "policy == greedy"});
    CHECK_INT(comparison.cell_count, 2);
    CHECK_TEXT(comparison.cells[1].title, "grid: policy = greedy, objective.threshold = 89 %");
    CHECK_TEXT(comparison.cells[1].blocks[0].lines[1].values[0], "5");
    compare_data_free(&comparison);
    store_close(store);
}

static void axis_of_a_section_stands_for_its_keys(void)
{
    Store *store = open_grid();
    Comparison comparison = compared(store, (CompareRequest){.by = "objective", .where = "users == 5"});
    CHECK_INT(comparison.cell_count, 2);
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[1].values[0], "89 %");
    compare_data_free(&comparison);
    store_close(store);
}

static void further_keys_split_the_lines(void)
{
    Store *store = open_grid();
    Comparison comparison = compared(store, (CompareRequest){.by = "policy,users,objective.threshold"});
    CHECK_INT(comparison.cell_count, 1);
    CHECK_INT(comparison.cells[0].line_count, 8);
    CHECK_INT(comparison.cells[0].comparisons, 8);
    for (int i = 0; i < 8; i++) {
        const CompareLine *line = &comparison.cells[0].blocks[0].lines[i];
        const CompareLine *baseline = &comparison.cells[0].blocks[0].lines[line->baseline];
        CHECK_TEXT(baseline->values[0], "oracle");
        CHECK_TEXT(baseline->values[1], line->values[1]);
        CHECK_TEXT(baseline->values[2], line->values[2]);
    }
    compare_data_free(&comparison);
    store_close(store);
}

static void keys_that_a_sweep_zips_are_compared_together(void)
{
    static const World worlds[] = {
        {"zip", 1, 2, "objective: {threshold: 80 %}\nworkload: {rate: 1 /s}\n"},
        {"zip", 2, 2, "objective: {threshold: 89 %}\nworkload: {rate: 2 /s}\n"},
    };
    static const SweepValue thresholds[] = {{"objective.threshold", "80 %", 0.8, ""},
                                            {"objective.threshold", "89 %", 0.89, ""}};
    static const SweepValue rates[] = {{"workload.rate", "1 /s", 1, "1/s"}, {"workload.rate", "2 /s", 2, "1/s"}};
    Store *store = open_new();
    for (uint64_t r = 0; r < 4; r++)
        for (int w = 0; w < 2; w++)
            add(store, (Row){.world = &worlds[w],
                             .policy = &greedy,
                             .replication = r,
                             .response_s = w + (double)r / 8,
                             .axis = r % 2 ? thresholds[w] : rates[w]});
    CompareRequest request = {.by = "threshold", .metrics = "response_time_mean"};
    Comparison comparison = compared(store, request);
    CHECK_INT(comparison.cell_count, 1);
    CHECK_INT(comparison.cells[0].line_count, 2);
    CHECK_TEXT(comparison.together, "workload.rate changes with objective.threshold");
    compare_data_free(&comparison);
    char *text = written(store, request, COMPARE_TEXT, false);
    CHECK(strstr(text, "\nworkload.rate changes with objective.threshold.\n") != NULL);
    free(text);
    store_close(store);
}

static void parameters_split_lines_where_something_else_is_compared(void)
{
    static const World five = {"three", 5, 5,
                               "name: three\nnodes:\n  - {name: device, count: 5, tier: end}\n"
                               "objective:\n  threshold: 80 %\n"};
    static const char *const epsilons[] = {"epsilon: 0.1\n", "epsilon: 0.2\n"};
    Store *store = open_new();
    for (uint64_t r = 0; r < 2; r++)
        for (int e = 0; e < 2; e++) {
            add(store, (Row){.policy = &learner, .replication = r, .response_s = 1, .parameters = epsilons[e]});
            add(store,
                (Row){
                    .world = &five, .policy = &learner, .replication = r, .response_s = 2, .parameters = epsilons[e]});
        }
    Comparison comparison = compared(store, (CompareRequest){.by = "users,policy", .metrics = "response_time_mean"});
    const CompareLine *lines = comparison.cells[0].blocks[0].lines;
    CHECK_INT(comparison.cells[0].line_count, 4);
    CHECK_INT(lines[1].baseline, 0);
    CHECK_INT(lines[3].baseline, 2);
    CHECK_TEXT(lines[0].variant, lines[1].variant);
    compare_data_free(&comparison);
    store_close(store);
}

static void policies_with_other_parameters_are_lines_of_their_own(void)
{
    Store *store = open_new();
    for (uint64_t r = 0; r < 2; r++) {
        add(store,
            (Row){.policy = &learner, .replication = r, .response_s = 1, .parameters = "epsilon: 0.1\ndecay: 5\n"});
        add(store,
            (Row){.policy = &learner, .replication = r, .response_s = 2, .parameters = "epsilon: 0.2\ndecay: 5\n"});
        add(store, (Row){.policy = &oracle, .replication = r, .response_s = 1});
    }
    Comparison comparison = compared(store, (CompareRequest){0});
    CHECK_INT(comparison.cells[0].line_count, 3);
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[1].values[0], "q-learning");
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[1].variant, "policy.epsilon = 0.2");
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[2].variant, "");
    compare_data_free(&comparison);
    comparison = compared(store, (CompareRequest){.by = "epsilon", .where = "policy == 'q-learning'"});
    CHECK_INT(comparison.cell_count, 1);
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[1].values[0], "0.2");
    CHECK_TEXT(refusal(store, (CompareRequest){.baseline = "q-learning"}),
               "the baseline \"q-learning\" stands for runs with policy.epsilon = 0.1 and others; choose with --where");
    compare_data_free(&comparison);
    store_close(store);
}

static void baseline_may_be_chosen(void)
{
    Store *store = open_sample();
    Comparison comparison = compared(store, (CompareRequest){.baseline = "greedy", .metrics = "reward_mean"});
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
    Store *store = open_sample();
    Comparison comparison =
        compared(store, (CompareRequest){.metrics = "decisions", .where = "policy != 'q-learning'"});
    CHECK_INT(comparison.cells[0].blocks[0].lines[0].verdict, VERDICT_LARGER);
    CHECK(!comparison.cells[0].blocks[0].lines[1].best);
    compare_data_free(&comparison);
    store_close(store);
}

static void metric_of_groups_means_all_groups(void)
{
    Store *store = open_sample();
    Comparison comparison = compared(store, (CompareRequest){.metrics = "energy,energy.edge"});
    CHECK_INT(comparison.metric_count, 2);
    CHECK_TEXT(comparison.cells[0].blocks[0].metric, "energy.device");
    CHECK_TEXT(comparison.cells[0].blocks[1].metric, "energy.edge");
    CHECK_TEXT(comparison.cells[0].blocks[1].unit, "J");
    compare_data_free(&comparison);
    store_close(store);
}

static void single_runs_get_no_verdict(void)
{
    Store *store = open_sample();
    Comparison comparison = compared(store, (CompareRequest){.where = "replication == 0"});
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
    Store *store = open_new();
    for (uint64_t r = 0; r < 3; r++) {
        add(store, (Row){.policy = &greedy, .replication = r, .response_s = 0.3});
        add(store, (Row){.policy = &oracle, .replication = r, .response_s = 0.1 + 0.2});
    }
    Comparison comparison = compared(store, (CompareRequest){.metrics = "response_time_mean"});
    CHECK_INT(comparison.cells[0].blocks[0].lines[0].verdict, VERDICT_NO_DIFFERENCE);
    compare_data_free(&comparison);
    store_close(store);
}

static void failed_runs_are_left_out_and_counted(void)
{
    Store *store = open_sample();
    add(store, (Row){.policy = &greedy, .replication = 3, .failed = true});
    char *text = written(store, (CompareRequest){0}, COMPARE_TEXT, false);
    CHECK(strstr(text, "\n1 failed run is left out.\n") != NULL);
    CHECK(strstr(text, "greedy      3 ") != NULL);
    free(text);
    store_query(store, "UPDATE runs SET status = 'failed'", NULL, 0, NULL, NULL, NULL);
    CHECK_TEXT(refusal(store, (CompareRequest){0}), "there is no finished run");
    store_close(store);
}

static void mistakes_get_suggestions(void)
{
    Store *store = open_grid();
    CHECK_TEXT(refusal(store, (CompareRequest){.by = "polcy"}), "no run has a key \"polcy\"; did you mean 'policy'?");
    CHECK_TEXT(refusal(store, (CompareRequest){.by = "policy,treshold"}),
               "no run has a key \"treshold\"; did you mean 'threshold'?");
    CHECK_TEXT(refusal(store, (CompareRequest){.by = "policy,policy"}), "\"policy\" is named twice");
    CHECK_TEXT(refusal(store, (CompareRequest){.metrics = "reward_maen"}),
               "no run has a metric \"reward_maen\"; did you mean 'reward_mean'?");
    CHECK_TEXT(refusal(store, (CompareRequest){.baseline = "gredy"}),
               "the baseline \"gredy\" is no value of policy; did you mean 'greedy'?");
    CHECK_TEXT(refusal(store, (CompareRequest){.where = "users > 5"}), "there is no finished run that --where leaves");
    CHECK(strstr(refusal(store, (CompareRequest){.where = "usres > 5"}), "did you mean 'users'?") != NULL);
    store_close(store);
}

static void learner_figures_are_those_of_the_scores(void)
{
    Store *store = open_sample();
    Comparison comparison = compared(store, (CompareRequest){.metrics = "response_time_mean", .learners = true});
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

static void table_is_aligned_and_says_how_to_read_it(void)
{
    Store *store = open_sample();
    char *text = written(store, (CompareRequest){.metrics = "response_time_mean"}, COMPARE_TEXT, true);
    CHECK_TEXT(text, "three: response_time_mean, smaller is better\n"
                     "policy      n   mean ms  minus oracle ms      p  verdict\n"
                     "greedy      3  131 ± 32      +21.0 ± 9.0  0.019  worse\n"
                     "\033[1mq-learning  3  110 ± 24       +0.2 ± 2.6  0.808  no difference seen\033[0m\n"
                     "\033[1moracle      3  110 ± 25                          baseline\033[0m\n"
                     "n: replications. ±: half width of the 95 % t interval.\n"
                     "Differences: paired by seed and replication, paired t test. p: two-sided, after Holm for 2 "
                     "comparisons; verdict at 5 %.\n"
                     "Bold: the best mean, and those that cannot be told from it.\n");
    free(text);
    store_close(store);
}

/* A name with everything that the formats give a meaning to. */
static const World odd = {"a_b & \"50 %\", x|y\\z", 7, 1, "name: odd\n"};

static Store *open_odd(void)
{
    Store *store = open_new();
    for (uint64_t r = 0; r < 2; r++) {
        add(store, (Row){.world = &odd, .policy = &greedy, .replication = r, .response_s = 0.2 + 0.1 * (double)r});
        add(store, (Row){.world = &odd, .policy = &oracle, .replication = r, .response_s = 0.1 + 0.2 * (double)r});
    }
    return store;
}

static void markdown_and_latex_escape_what_they_must(void)
{
    Store *store = open_odd();
    CompareRequest request = {.metrics = "response_time_mean"};
    char *text = written(store, request, COMPARE_MARKDOWN, false);
    CHECK(strstr(text, "**a\\_b & \"50 %\", x\\|y\\\\z: response\\_time\\_mean, smaller is better**\n\n| policy |") !=
          NULL);
    CHECK(strstr(text, "| :--- | ---: |") != NULL);
    CHECK(strstr(text, "\n\nn: replications. ±: half width of the 95 % t interval. Differences: paired") != NULL);
    free(text);
    text = written(store, request, COMPARE_LATEX, false);
    CHECK(strstr(text, "\\caption{a\\_b \\& \"50 \\%\", x\\textbar{}y\\textbackslash{}z: response\\_time\\_mean") !=
          NULL);
    CHECK(strstr(text, "  \\begin{tabular}{lrrrrl}\n    \\toprule\n    policy & n & mean ms &") != NULL);
    CHECK(strstr(text, "\\ensuremath{\\pm}") != NULL);
    CHECK(strstr(text, "±") == NULL);
    CHECK(strstr(text, "\\bottomrule\n  \\end{tabular}\n\\end{table}\n") != NULL);
    free(text);
    store_close(store);
}

static void csv_is_quoted_and_exact(void)
{
    Store *store = open_odd();
    char *text = written(store, (CompareRequest){.metrics = "response_time_mean"}, COMPARE_CSV, false);
    CHECK(strncmp(text,
                  "cell,metric,unit,better,policy,variant,confidence,comparisons,baseline,test,verdict,best,n,mean,",
                  90) == 0);
    CHECK(strstr(text, "\n\"a_b & \"\"50 %\"\", x|y\\z\",response_time_mean,s,smaller,greedy,,0.95,1,oracle,paired,"
                       "no difference seen,true,2,0.25,") != NULL);
    CHECK(strstr(text, ",oracle,,0.95,1,oracle,,baseline,true,2,0.2,") != NULL);
    free(text);
    store_close(store);
}

static void json_holds_the_same_figures(void)
{
    Store *store = open_odd();
    char *text = written(store, (CompareRequest){.metrics = "response_time_mean"}, COMPARE_JSON, false);
    CHECK(strstr(text, "\"cell\": \"a_b & \\\"50 %\\\", x|y\\\\z\"") != NULL);
    CHECK(strstr(text, "{\"group\": {\"policy\": \"greedy\"}, \"variant\": \"\", \"baseline\": \"oracle\"") != NULL);
    CHECK(strstr(text, "\"n\": 2, \"mean\": 0.25, ") != NULL);
    CHECK(strstr(text, "\"difference\": null, ") != NULL);
    free(text);
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
    Store *store = open_new();
    int count;
    Trial *trials = experiment_plan(scenario, policies, 2, &count);
    ExperimentHooks hooks = {.consume = store_trial, .context = store};
    CHECK_INT(experiment_run(trials, count, 1, &hooks), count);
    CompareRequest request = {.metrics = "response_time_mean", .baseline = "round-robin"};
    Comparison paired = compared(store, request);
    request.pairing = PAIRING_UNPAIRED;
    Comparison unpaired = compared(store, request);
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

#define CHECK_OF(name)                                                                                                 \
    {                                                                                                                  \
#name, name                                                                                                    \
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
        CHECK_OF(cells_hold_what_is_not_compared_fixed),
        CHECK_OF(users_stand_for_the_counts_of_end_nodes),
        CHECK_OF(axis_of_a_section_stands_for_its_keys),
        CHECK_OF(further_keys_split_the_lines),
        CHECK_OF(keys_that_a_sweep_zips_are_compared_together),
        CHECK_OF(parameters_split_lines_where_something_else_is_compared),
        CHECK_OF(policies_with_other_parameters_are_lines_of_their_own),
        CHECK_OF(baseline_may_be_chosen),
        CHECK_OF(metrics_that_are_neither_good_nor_bad_are_only_larger),
        CHECK_OF(metric_of_groups_means_all_groups),
        CHECK_OF(single_runs_get_no_verdict),
        CHECK_OF(rounding_is_no_difference),
        CHECK_OF(failed_runs_are_left_out_and_counted),
        CHECK_OF(mistakes_get_suggestions),
        CHECK_OF(learner_figures_are_those_of_the_scores),
        CHECK_OF(table_is_aligned_and_says_how_to_read_it),
        CHECK_OF(markdown_and_latex_escape_what_they_must),
        CHECK_OF(csv_is_quoted_and_exact),
        CHECK_OF(json_holds_the_same_figures),
        CHECK_OF(common_random_numbers_halve_the_interval),
    };
    return check_run("compare", checks, sizeof checks / sizeof *checks);
}

#include "check.h"
#include "comparisons.h"
#include "databases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const PolicyType greedy = {.name = "greedy"}, learner = {.name = "q-learning"}, oracle = {.name = "oracle"};

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
    Store *store = database_create(":memory:");
    for (int w = 0; w < 4; w++)
        for (uint64_t r = 0; r < 2; r++) {
            double response_s = 0.1 * (w + 1) + 0.01 * (double)r;
            SweepValue axis = {"objective", texts[w], NAN, ""};
            comparison_add(store, (Row){&worlds[w], &greedy, 0, r, response_s, -response_s, NULL, false, axis});
            comparison_add(store, (Row){&worlds[w], &oracle, 0, r, response_s / 2, -response_s / 2, NULL, false, axis});
        }
    return store;
}

static void cells_hold_what_is_not_compared_fixed(void)
{
    Store *store = open_grid();
    Comparison by_policy = comparison_read(store, (CompareRequest){0});
    CHECK_INT(by_policy.cell_count, 4);
    CHECK_TEXT(by_policy.cells[1].title, "grid: nodes.d.count = 5, objective.threshold = 80 %");
    compare_data_free(&by_policy);
    Comparison by_threshold = comparison_read(store, (CompareRequest){.by = "threshold"});
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
    Comparison comparison = comparison_read(store, (CompareRequest){.by = "users", .where = "policy == greedy"});
    CHECK_INT(comparison.cell_count, 2);
    CHECK_TEXT(comparison.cells[1].title, "grid: policy = greedy, objective.threshold = 89 %");
    CHECK_TEXT(comparison.cells[1].blocks[0].lines[1].values[0], "5");
    compare_data_free(&comparison);
    store_close(store);
}

static void axis_of_a_section_stands_for_its_keys(void)
{
    Store *store = open_grid();
    Comparison comparison = comparison_read(store, (CompareRequest){.by = "objective", .where = "users == 5"});
    CHECK_INT(comparison.cell_count, 2);
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[1].values[0], "89 %");
    compare_data_free(&comparison);
    store_close(store);
}

static void further_keys_split_the_lines(void)
{
    Store *store = open_grid();
    Comparison comparison = comparison_read(store, (CompareRequest){.by = "policy,users,objective.threshold"});
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
    Store *store = database_create(":memory:");
    for (uint64_t r = 0; r < 4; r++)
        for (int w = 0; w < 2; w++)
            comparison_add(store, (Row){.world = &worlds[w],
                                        .policy = &greedy,
                                        .replication = r,
                                        .response_s = w + (double)r / 8,
                                        .axis = r % 2 ? thresholds[w] : rates[w]});
    CompareRequest request = {.by = "threshold", .metrics = "response_time_mean"};
    Comparison comparison = comparison_read(store, request);
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
    Store *store = database_create(":memory:");
    for (uint64_t r = 0; r < 2; r++)
        for (int e = 0; e < 2; e++) {
            comparison_add(store,
                           (Row){.policy = &learner, .replication = r, .response_s = 1, .parameters = epsilons[e]});
            comparison_add(
                store,
                (Row){
                    .world = &five, .policy = &learner, .replication = r, .response_s = 2, .parameters = epsilons[e]});
        }
    Comparison comparison =
        comparison_read(store, (CompareRequest){.by = "users,policy", .metrics = "response_time_mean"});
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
    Store *store = database_create(":memory:");
    for (uint64_t r = 0; r < 2; r++) {
        comparison_add(
            store,
            (Row){.policy = &learner, .replication = r, .response_s = 1, .parameters = "epsilon: 0.1\ndecay: 5\n"});
        comparison_add(
            store,
            (Row){.policy = &learner, .replication = r, .response_s = 2, .parameters = "epsilon: 0.2\ndecay: 5\n"});
        comparison_add(store, (Row){.policy = &oracle, .replication = r, .response_s = 1});
    }
    Comparison comparison = comparison_read(store, (CompareRequest){0});
    CHECK_INT(comparison.cells[0].line_count, 3);
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[1].values[0], "q-learning");
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[1].variant, "policy.epsilon = 0.2");
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[2].variant, "");
    compare_data_free(&comparison);
    comparison = comparison_read(store, (CompareRequest){.by = "epsilon", .where = "policy == 'q-learning'"});
    CHECK_INT(comparison.cell_count, 1);
    CHECK_TEXT(comparison.cells[0].blocks[0].lines[1].values[0], "0.2");
    CHECK_TEXT(refusal(store, (CompareRequest){.baseline = "q-learning"}),
               "the baseline \"q-learning\" stands for runs with policy.epsilon = 0.1 and others; choose with --where");
    compare_data_free(&comparison);
    store_close(store);
}

static void metric_of_groups_means_all_groups(void)
{
    Store *store = comparison_sample();
    Comparison comparison = comparison_read(store, (CompareRequest){.metrics = "energy,energy.edge"});
    CHECK_INT(comparison.metric_count, 2);
    CHECK_TEXT(comparison.cells[0].blocks[0].metric, "energy.device");
    CHECK_TEXT(comparison.cells[0].blocks[1].metric, "energy.edge");
    CHECK_TEXT(comparison.cells[0].blocks[1].unit, "J");
    compare_data_free(&comparison);
    store_close(store);
}

static void failed_runs_are_left_out_and_counted(void)
{
    Store *store = comparison_sample();
    comparison_add(store, (Row){.policy = &greedy, .replication = 3, .failed = true});
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

static void table_is_aligned_and_says_how_to_read_it(void)
{
    Store *store = comparison_sample();
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
    Store *store = database_create(":memory:");
    for (uint64_t r = 0; r < 2; r++) {
        comparison_add(store,
                       (Row){.world = &odd, .policy = &greedy, .replication = r, .response_s = 0.2 + 0.1 * (double)r});
        comparison_add(store,
                       (Row){.world = &odd, .policy = &oracle, .replication = r, .response_s = 0.1 + 0.2 * (double)r});
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

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(cells_hold_what_is_not_compared_fixed),
        CHECK_OF(users_stand_for_the_counts_of_end_nodes),
        CHECK_OF(axis_of_a_section_stands_for_its_keys),
        CHECK_OF(further_keys_split_the_lines),
        CHECK_OF(keys_that_a_sweep_zips_are_compared_together),
        CHECK_OF(parameters_split_lines_where_something_else_is_compared),
        CHECK_OF(policies_with_other_parameters_are_lines_of_their_own),
        CHECK_OF(metric_of_groups_means_all_groups),
        CHECK_OF(failed_runs_are_left_out_and_counted),
        CHECK_OF(mistakes_get_suggestions),
        CHECK_OF(table_is_aligned_and_says_how_to_read_it),
        CHECK_OF(markdown_and_latex_escape_what_they_must),
        CHECK_OF(csv_is_quoted_and_exact),
        CHECK_OF(json_holds_the_same_figures),
    };
    return check_run("compare", checks, sizeof checks / sizeof *checks);
}

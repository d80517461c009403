/* Bandwidths that step from level to level at random: how often they are where, whose they are, what messages take
 * under them, and whole runs against the same steps written down as a series. */
#include "../sim/simulation.h"
#include "check.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

enum { VALUES = 64, STEPS = 4000 };

static const Chain chain = {3, {4e6, 10e6, 25e6}, {2, 1, 3}};
static const char levels[] = "{levels: [4 Mbit/s, 10 Mbit/s, 25 Mbit/s], dwell: [2 s, 1 s, 3 s]}";

/* The lab with settings; `links` says what its one link has besides its delay. */
static Scenario *load_link(const char *links, const char *const *more, int count)
{
    const char *overrides[8];
    char link[300];
    snprintf(link, sizeof link, "links.0={from: device, to: edge, delay: 3 ms, %s}", links);
    overrides[0] = link;
    for (int i = 0; i < count; i++)
        overrides[1 + i] = more[i];
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(check_path("tests/lab/lab.yaml"), overrides, 1 + count, &errors);
    error_list_write(&errors, stderr);
    if (!scenario)
        abort();
    return scenario;
}

/* The entry `name` in the block of ask number `ask`. */
static double seen(const Decision *decision, int ask, const char *name)
{
    double values[VALUES];
    const Feature *features;
    int shared = view_shared_features(decision->view, &features);
    int count = view_ask_features(decision->view, &features);
    CHECK(view_observe(decision->view, decision, values) <= VALUES);
    for (int i = 0; i < count; i++)
        if (strcmp(features[i].name, name) == 0)
            return values[shared + ask * count + i];
    check_text("missing", name, "a feature", __FILE__, __LINE__);
    return 0;
}

static int level_of(double bit_per_s)
{
    for (int i = 0; i < chain.state_count; i++)
        if (fabs(bit_per_s - chain.values[i]) < 1e-3)
            return i;
    CHECK(false);
    return 0;
}

/* Rounds far enough apart to be nearly independent: a chi-square test of both links' levels together. */
static void each_link_is_where_the_chain_says_and_for_itself(void)
{
    static const char *const slow[] = {"workload.period=100 s", "stop.rounds=6000"};
    char text[160];
    snprintf(text, sizeof text, "bandwidth: %s", levels);
    Scenario *scenario = load_link(text, slow, COUNT(slow));
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 5});
    int met[3][3] = {{0}}, local[2] = {0};
    Decision decision;
    while (simulation_advance(simulation, &decision)) {
        met[level_of(seen(&decision, 0, "own.link1.rate"))][level_of(seen(&decision, 1, "own.link1.rate"))]++;
        simulation_apply(simulation, (Answer){.options = local});
    }
    double probability[3], statistic = 0;
    chain_stationary(&chain, probability);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            double expected = 6000 * probability[a] * probability[b];
            statistic += (met[a][b] - expected) * (met[a][b] - expected) / expected;
        }
    CHECK(statistic < gsl_cdf_chisq_Pinv(0.999, 8));
    CHECK(statistic > gsl_cdf_chisq_Pinv(0.001, 8));
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* An option of the first user that goes to the edge. */
static int remote_option(const Scenario *scenario)
{
    int option = 0;
    while (scenario->options[0].items[option].target == SELF)
        option++;
    return option;
}

/* The levels stay for so long that hardly a message meets a step. */
static void a_message_takes_the_bandwidth_that_is_seen(void)
{
    static const char *const links[] = {
        "bandwidth: {levels: [4 Mbit/s, 10 Mbit/s, 25 Mbit/s], dwell: [200 s, 100 s, 300 s]}",
        "bandwidth: {levels: [4 Mbit/s, 10 Mbit/s, 25 Mbit/s], dwell: [200 s, 100 s, 300 s]}, duplex: half",
        "up: {levels: [4 Mbit/s, 10 Mbit/s], dwell: [90 s, 100 s]}, down: {levels: [1 Mbit/s, 3 Mbit/s, 9 Mbit/s], "
        "dwell: "
        "[70 s, 100 s, 50 s]}"};
    static const char *const often[] = {"workload={arrivals: periodic, period: 1 s, input: 10 kB, output: 1 kB}",
                                        "stop={time: 3000 s}", "nodes.device.count=1"};
    for (int kind = 0; kind < 3; kind++) {
        Scenario *scenario = load_link(links[kind], often, COUNT(often));
        Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 3});
        int option = remote_option(scenario), exact = 0, all = 0, changes = 0;
        double expected_s = 0, before = 0;
        Decision decision;
        for (; simulation_advance(simulation, &decision); all++) {
            exact += all > 0 && fabs(decision.feedback[0].mean_response_s - expected_s) < 2e-9;
            double up = seen(&decision, 0, "own.link1.rate");
            double down = kind == 2 ? seen(&decision, 0, "own.link1.rate_down") : up;
            expected_s = 0.006 + 80e3 / up + 8e3 / down + scenario->options[0].items[option].remote->mean_s;
            changes += all > 0 && up != before;
            before = up;
            const Option *sent = &scenario->options[0].items[option];
            double reserved_s;
            CHECK_NEAR(view_message_time(decision.view, &decision.asks[0], sent, &reserved_s),
                       0.006 + 80e3 / up + 8e3 / down, 1e-12);
            simulation_apply(simulation, (Answer){.options = &option});
        }
        CHECK(changes > 5);
        CHECK(exact >= all - 1 - 2 * changes - 60 && exact > 0.95 * all);
        simulation_destroy(simulation);
        scenario_destroy(scenario);
    }
}

/* Steps of the one link of a scenario with that seed, written as a series; the path of the file's folder is that of a
 * scratch file. */
static void write_steps(uint64_t seed, const char *path)
{
    Stream stream = stream_create(seed, 0, STREAM_BANDWIDTH, 0);
    int state = chain_start(&chain, &stream);
    Time now = 0;
    FILE *file = fopen(path, "w");
    fprintf(file, "time_s,bit_per_s\n");
    for (int i = 0; i < STEPS; i++) {
        fprintf(file, "%lld.%09lld,%.0f\n", (long long)(now / 1000000000), (long long)(now % 1000000000),
                chain.values[state]);
        now = chain_leave(&chain, state, now, &stream);
        state = chain_next(&chain, state, &stream);
    }
    fclose(file);
}

/* The same run under the steps of a chain and under a series of the same steps: every response time, to the bit. */
static void a_chain_is_the_series_of_its_steps(void)
{
    const char *path = check_scratch("steps.csv");
    char series[400], chained[200];
    write_steps(11, path);
    snprintf(series, sizeof series, "bandwidth: {series: \"%s\"}", path);
    snprintf(chained, sizeof chained, "bandwidth: %s", levels);
    static const char *const busy[] = {"workload={arrivals: poisson, rate: 20 /s, input: 100 kB, output: 20 kB}",
                                       "stop={time: 2000 s}", "nodes.device.count=1", "nodes.edge.discipline=fcfs"};
    Scenario *scenarios[2] = {load_link(chained, busy, COUNT(busy)), load_link(series, busy, COUNT(busy))};
    Simulation *runs[2];
    for (int i = 0; i < 2; i++)
        runs[i] = simulation_create(scenarios[i], (RunKey){.seed = 11});
    int option = remote_option(scenarios[0]);
    int64_t compared = 0;
    Decision decisions[2];
    while (simulation_advance(runs[0], &decisions[0])) {
        CHECK(simulation_advance(runs[1], &decisions[1]));
        CHECK_INT(decisions[0].time, decisions[1].time);
        CHECK_INT(decisions[0].feedback_count, decisions[1].feedback_count);
        for (int f = 0; f < decisions[0].feedback_count; f++, compared++)
            CHECK_NEAR(decisions[0].feedback[f].mean_response_s, decisions[1].feedback[f].mean_response_s, 0);
        CHECK_NEAR(seen(&decisions[0], 0, "own.link1.rate"), seen(&decisions[1], 0, "own.link1.rate"), 0);
        for (int i = 0; i < 2; i++)
            simulation_apply(runs[i], (Answer){.options = &option});
    }
    CHECK(compared > 30000);
    for (int i = 0; i < 2; i++) {
        simulation_destroy(runs[i]);
        scenario_destroy(scenarios[i]);
    }
}

static uint64_t run_to_end(Simulation *simulation, const int *options)
{
    Decision decision;
    while (simulation_advance(simulation, &decision))
        simulation_apply(simulation, (Answer){.options = options});
    return simulation_metrics(simulation)->fingerprint;
}

/* Steps in the middle of nearly every message; what must balance is looked at after every event. */
static void a_copy_goes_on_and_a_plan_stands_still(void)
{
    static const char fast[] = "up: {levels: [1 Mbit/s, 3 Mbit/s], dwell: [5 ms, 3 ms]}, "
                               "down: {levels: [2 Mbit/s, 9 Mbit/s, 1 Mbit/s], dwell: [4 ms, 2 ms, 1 ms]}";
    static const char *const rounds[] = {"stop.rounds=300"};
    Scenario *scenario = load_link(fast, rounds, COUNT(rounds));
    int options[2] = {remote_option(scenario), remote_option(scenario)};
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 4, .validate = true});
    Decision decision;
    for (int i = 0; i < 20 && simulation_advance(simulation, &decision); i++)
        simulation_apply(simulation, (Answer){.options = options});
    CHECK(simulation_advance(simulation, &decision));
    Simulation *copy = simulation_clone(simulation), *plan = simulation_clone(simulation);
    double up = seen(&decision, 0, "own.link1.rate"), down = seen(&decision, 0, "own.link1.rate_down");
    double edge_s = 2 * scenario->options[0].items[options[0]].remote->mean_s; /* two at a time */
    simulation_foresee(plan);
    simulation_apply(plan, (Answer){.options = (const int[2]){options[0], 0}});
    CHECK(!simulation_advance(plan, &decision));
    CHECK_NEAR(decision.feedback[0].outcomes[0].response_s, 0.006 + 80e3 / up + 8e3 / down + edge_s / 2, 5e-9);
    simulation_apply(simulation, (Answer){.options = options});
    simulation_apply(copy, (Answer){.options = options});
    CHECK(run_to_end(simulation, options) == run_to_end(copy, options));
    simulation_destroy(plan);
    simulation_destroy(copy);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void levels_read_back_and_one_of_them_is_a_constant(void)
{
    Scenario *one = load_link("bandwidth: {levels: [8 Mbit/s]}", NULL, 0),
             *plain = load_link("bandwidth: 8 Mbit/s", NULL, 0);
    CHECK_NEAR(one->link_groups[0].up_bit_per_s, 8e6, 0);
    CHECK_NEAR(one->link_groups[0].down_bit_per_s, 8e6, 0);
    int options[2] = {remote_option(one), remote_option(one)};
    Simulation *a = simulation_create(one, (RunKey){.seed = 1}), *b = simulation_create(plain, (RunKey){.seed = 1});
    CHECK(run_to_end(a, options) == run_to_end(b, options));
    simulation_destroy(a);
    simulation_destroy(b);
    scenario_destroy(one);
    scenario_destroy(plain);
    char text[160];
    snprintf(text, sizeof text, "bandwidth: %s", levels);
    Scenario *scenario = load_link(text, NULL, 0);
    CHECK(strstr(scenario->resolved, "    bandwidth:\n      levels: [4 Mbit/s, 10 Mbit/s, 25 Mbit/s]\n"
                                     "      dwell: [2 s, 1 s, 3 s]\n"));
    CHECK(scenario->link_groups[0].joint_levels && scenario->link_groups[0].down_levels.state_count == 0);
    CHECK_NEAR(scenario->link_groups[0].down_bit_per_s, 25e6, 0);
    scenario_destroy(scenario);
}

int main(void)
{
    const Check checks[] = {
        CHECK_OF(each_link_is_where_the_chain_says_and_for_itself),
        CHECK_OF(a_message_takes_the_bandwidth_that_is_seen),
        CHECK_OF(a_chain_is_the_series_of_its_steps),
        CHECK_OF(a_copy_goes_on_and_a_plan_stands_still),
        CHECK_OF(levels_read_back_and_one_of_them_is_a_constant),
    };
    return check_run("levels", checks, COUNT(checks));
}

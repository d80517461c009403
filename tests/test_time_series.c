/* Bandwidth and background load that follow files: values and steps, what a scenario makes of them, and whole runs
 * against an integration of every request's remaining work from change to change. */
#include "../sim/simulation.h"
#include "../sim/time_series_file.h"
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORIES = 1000, REQUESTS = 14, USERS = 2, ROWS = 8, SERVERS = 2 };

static const double INPUT_BITS = 8 * 20000, OUTPUT_BITS = 8 * 5000, SERVICE_CORE_NS = 10e6, DELAY_NS = 3e6;

/* A series as the reference knows it. */
typedef struct Steps {
    int count;
    double begin[ROWS], value[ROWS], length; /* ns, bit/ns or busy cores */
} Steps;

/* One random history: two users, each with a link of its own to one edge. */
typedef struct History {
    bool half, first_come;
    Steps up, down, busy; /* half: `up` is of both directions */
    double arrival[REQUESTS];
} History;

static const char *write_text(const char *name, const char *content)
{
    const char *path = check_scratch(name);
    FILE *stream = fopen(path, "w");
    fputs(content, stream);
    fclose(stream);
    return path;
}

static Steps steps_draw(Stream *stream, double scale)
{
    Steps steps = {.count = 1 + (int)stream_uniform_integer(stream, ROWS)};
    for (int i = 0; i < steps.count; i++) {
        steps.begin[i] = i == 0 ? 0 : steps.begin[i - 1] + 1e6 * (double)(1 + stream_uniform_integer(stream, 50));
        /* Whole percents, so that the file says them exactly. */
        steps.value[i] = scale * (double)(1 + stream_uniform_integer(stream, 100)) / 100;
    }
    int last = steps.count - 1;
    steps.length = last > 0 ? 2 * steps.begin[last] - steps.begin[last - 1] : INFINITY;
    return steps;
}

static History history_draw(Stream *stream)
{
    History history = {.half = stream_uniform(stream) < 0.3, .first_come = stream_uniform(stream) < 0.5};
    history.up = steps_draw(stream, 0.02);
    history.down = history.half ? history.up : steps_draw(stream, 0.02);
    history.busy = steps_draw(stream, 1.9);
    double time = 0;
    for (int i = 0; i < REQUESTS; i++)
        history.arrival[i] = time += 1 + (double)stream_uniform_integer(stream, 40000000);
    return history;
}

static double value_at(const Steps *steps, double now)
{
    double since = steps->count == 1 ? 0 : fmod(now, steps->length);
    int row = 0;
    while (row + 1 < steps->count && steps->begin[row + 1] <= since)
        row++;
    return steps->value[row];
}

static double change_after(const Steps *steps, double now)
{
    if (steps->count == 1)
        return INFINITY;
    double since = fmod(now, steps->length);
    for (int row = 0; row < steps->count; row++)
        if (steps->begin[row] > since)
            return now - since + steps->begin[row];
    return now - since + steps->length;
}

/* Where a request of the reference is. */
typedef enum Place { COMING, UPWARDS, UP_DELAY, QUEUE, SERVED, DOWNWARDS, DOWN_DELAY, GONE } Place;

typedef struct Walker {
    Place place;
    double left;    /* bits, core-ns or ns of delay */
    double entered; /* the edge's queue */
} Walker;

static bool is_on_station(Place place)
{
    return place == UPWARDS || place == SERVED || place == DOWNWARDS;
}

/* What request `i` gets now: capacity over those who share it, or the clock itself. */
static double speed_of(const History *history, const Walker *walkers, int i, double now)
{
    Place place = walkers[i].place;
    if (place == UP_DELAY || place == DOWN_DELAY)
        return 1;
    if (!is_on_station(place))
        return 0;
    int sharing = 0;
    for (int k = 0; k < REQUESTS; k++) {
        bool same_link = k % USERS == i % USERS;
        bool beside =
            history->half ? walkers[k].place == UPWARDS || walkers[k].place == DOWNWARDS : walkers[k].place == place;
        sharing += place == SERVED ? walkers[k].place == SERVED : same_link && beside;
    }
    if (place == SERVED)
        return fmin(1, (SERVERS - value_at(&history->busy, now)) / sharing);
    return value_at(place == UPWARDS ? &history->up : &history->down, now) / sharing;
}

/* Requests in the queue go to free servers in the order they came; all at once where the cores are shared. */
static void admit(const History *history, Walker *walkers)
{
    for (;;) {
        int serving = 0, first = -1;
        for (int i = 0; i < REQUESTS; i++) {
            serving += walkers[i].place == SERVED;
            if (walkers[i].place == QUEUE && (first < 0 || walkers[i].entered < walkers[first].entered))
                first = i;
        }
        if (first < 0 || (history->first_come && serving >= SERVERS))
            return;
        walkers[first].place = SERVED;
    }
}

static void walk_on(Walker *walker, double now)
{
    static const double amounts[] = {[UPWARDS] = INPUT_BITS,    [UP_DELAY] = DELAY_NS,   [QUEUE] = SERVICE_CORE_NS,
                                     [DOWNWARDS] = OUTPUT_BITS, [DOWN_DELAY] = DELAY_NS, [GONE] = 0};
    walker->place++;
    walker->left = amounts[walker->place];
    walker->entered = now;
}

/* The reference: straight lines between changes, no virtual clock, no events. */
static void integrate(const History *history, double *ret_done)
{
    Walker walkers[REQUESTS] = {0};
    double now = 0;
    for (int gone = 0; gone < REQUESTS;) {
        double until = fmin(change_after(&history->busy, now),
                            fmin(change_after(&history->up, now), change_after(&history->down, now)));
        double speeds[REQUESTS];
        int next = -1;
        for (int i = 0; i < REQUESTS; i++) {
            speeds[i] = speed_of(history, walkers, i, now);
            double end = walkers[i].place == COMING ? history->arrival[i] : now + walkers[i].left / speeds[i];
            if ((walkers[i].place == COMING || speeds[i] > 0) && end < until) {
                until = end;
                next = i;
            }
        }
        for (int i = 0; i < REQUESTS; i++)
            walkers[i].left -= speeds[i] * (until - now);
        now = until;
        if (next < 0)
            continue;
        walk_on(&walkers[next], now);
        admit(history, walkers);
        if (walkers[next].place == GONE) {
            ret_done[next] = now;
            gone++;
        }
    }
}

static void write_steps(const char *name, const char *column, const Steps *steps, double unit)
{
    FILE *stream = fopen(check_scratch(name), "w");
    fprintf(stream, "# made up\ntime_ms,%s\n", column);
    for (int i = 0; i < steps->count; i++)
        fprintf(stream, "%.0f,%.10g\n", steps->begin[i] / 1e6, steps->value[i] / unit);
    fclose(stream);
}

static Scenario *load(const char *path)
{
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(path, NULL, 0, &errors);
    if (!scenario) {
        error_list_write(&errors, stderr);
        abort();
    }
    return scenario;
}

/* A device group, a link and an edge; `link` and `edge` are further keys of theirs. */
static Scenario *load_world(const char *users, const char *link, const char *edge, const char *workload)
{
    FILE *stream = fopen(check_scratch("scenario.yaml"), "w");
    fprintf(stream, "name: series\nstop: {time: 100 s}\nmodels: %s\n", check_path("tests/theory/model.yaml"));
    fprintf(stream, "profiles: %s\n", check_path("tests/theory/profiles.csv"));
    fprintf(stream, "nodes:\n  - {name: device, count: %s, tier: end, platform: deterministic, cores: 1}\n", users);
    fprintf(stream, "  - {name: edge, tier: edge, platform: deterministic, cores: 2, threads: 1, %s}\n", edge);
    fprintf(stream, "links: [{from: device, to: edge, delay: 3 ms, %s}]\n", link);
    fprintf(stream, "workload: {%s, input: 20 kB, output: 5 kB}\noptions: {edge: [job]}\n", workload);
    fclose(stream);
    return load(check_scratch("scenario.yaml"));
}

static Scenario *load_history(const History *history)
{
    write_steps("up.csv", "mbit_per_s", &history->up, 1e-3);
    write_steps("down.csv", "kbit_per_s", &history->down, 1e-6);
    write_steps("busy.csv", "busy_cores", &history->busy, 1);
    FILE *stream = fopen(check_scratch("arrivals.csv"), "w");
    fprintf(stream, "time_s\n");
    for (int i = 0; i < REQUESTS; i++)
        fprintf(stream, "%.9f\n", history->arrival[i] / 1e9);
    fclose(stream);
    const char *link =
        history->half ? "duplex: half, bandwidth: {series: up.csv}" : "up: {series: up.csv}, down: {series: down.csv}";
    const char *edge = history->first_come ? "discipline: fcfs, background: {series: busy.csv}"
                                           : "discipline: ps, background: {series: busy.csv}";
    return load_world("2", link, edge, "arrivals: trace, file: arrivals.csv");
}

static void run_history(const Scenario *scenario, double *ret_done)
{
    const int first[USERS] = {0};
    double asked[REQUESTS] = {0};
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1, .validate = true});
    Decision decision;
    bool more;
    do {
        more = simulation_advance(simulation, &decision);
        for (int i = 0; i < decision.feedback_count; i++) {
            const Feedback *feedback = &decision.feedback[i];
            ret_done[feedback->decision] = asked[feedback->decision] + 1e9 * feedback->mean_response_s;
        }
        if (more) {
            asked[decision.index] = (double)decision.time;
            simulation_apply(simulation, (Answer){.options = first});
        }
    } while (more);
    simulation_destroy(simulation);
}

static void runs_are_exact_under_changing_bandwidth_and_load(void)
{
    Stream stream = stream_create(11, 0, STREAM_ANALYSIS, 0);
    double worst = 0;
    for (int k = 0; k < HISTORIES; k++) {
        History history = history_draw(&stream);
        Scenario *scenario = load_history(&history);
        double exact[REQUESTS] = {0}, slow[REQUESTS] = {0};
        run_history(scenario, exact);
        integrate(&history, slow);
        for (int i = 0; i < REQUESTS; i++)
            worst = fmax(worst, fabs(exact[i] - slow[i]));
        scenario_destroy(scenario);
    }
    printf("%d histories, %d requests each: completion times differ by at most %.1f ns\n", HISTORIES, REQUESTS, worst);
    /* Every completion is rounded to a nanosecond, which may move those beside and behind it, the more the slower. */
    CHECK_NEAR(worst, 0, 200);
    CHECK(worst > 0);
}

static void a_series_begins_anew_at_its_end(void)
{
    const Time begin[] = {0, 10, 25};
    const double values[] = {3, 5, 4};
    TimeSeries series = {3, begin, values, 40};
    const struct {
        Time now, next;
        double value;
    } cases[] = {{0, 10, 3}, {9, 10, 3}, {10, 25, 5}, {39, 40, 4}, {40, 50, 3}, {4000, 4010, 3}, {4025, 4040, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_NEAR(time_series_value(&series, cases[i].now), cases[i].value, 0);
        CHECK_INT(time_series_next(&series, cases[i].now), cases[i].next);
    }
    CHECK_NEAR(time_series_largest(&series), 5, 0);
    TimeSeries constant = {1, begin, values, 0};
    CHECK_INT(time_series_next(&constant, 7), TIME_NEVER);
    CHECK_NEAR(time_series_value(&constant, 7), 3, 0);
}

static void a_file_says_its_units(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    TimeSeries series;
    const char *path = write_text("a.csv", "mbit_per_s,time_ms\n1.5,0\n0.25,500\n2,600\n");
    CHECK(time_series_file_read(&arena, path, SERIES_BANDWIDTH, &series, &errors));
    CHECK_INT(series.count, 3);
    CHECK_INT(series.begin[1], 500000000);
    CHECK_NEAR(series.values[1], 250000, 0);
    CHECK_INT(series.length, 700000000);
    path = write_text("a.csv", "time_s,busy_cores\n0,0.5\n");
    CHECK(time_series_file_read(&arena, path, SERIES_BUSY, &series, &errors));
    CHECK_INT(series.count, 1);
    CHECK_INT(errors.total, 0);
    arena_free(&arena);
}

static const Feature *feature_of(const Feature *features, int count, const char *name, int *ret_index)
{
    for (*ret_index = 0; *ret_index < count; ++*ret_index)
        if (strcmp(features[*ret_index].name, name) == 0)
            return &features[*ret_index];
    return NULL;
}

static void the_present_rate_and_load_are_seen(void)
{
    write_text("up.csv", "time_s,mbit_per_s\n0,10\n1,4\n2,6\n");
    write_text("down.csv", "time_s,mbit_per_s\n0,8\n1.5,2\n");
    write_text("busy.csv", "time_s,busy_cores\n0,0\n1,1\n");
    Scenario *scenario = load_world("1", "up: {series: up.csv}, down: {series: down.csv}",
                                    "background: {series: busy.csv}", "arrivals: periodic, period: 700 ms");
    const double up[] = {10e6, 10e6, 4e6, 6e6, 6e6}, down[] = {8e6, 8e6, 8e6, 2e6, 2e6}, busy[] = {0, 0, 1, 0, 0};
    const int first[1] = {0};
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
    const Feature *shared, *own;
    int shared_count = view_shared_features(simulation_view(simulation), &shared), load, rate, rate_down;
    int own_count = view_ask_features(simulation_view(simulation), &own);
    CHECK_INT(feature_of(shared, shared_count, "edge.busy_cores", &load)->levels, 2);
    const Feature *feature = feature_of(own, own_count, "own.link1.rate", &rate);
    CHECK_TEXT(feature->unit, "bit/s");
    CHECK_NEAR(feature->scale, 10e6, 0);
    CHECK(!feature->constant);
    CHECK(feature_of(own, own_count, "own.link1.rate_down", &rate_down) != NULL);
    double values[16];
    for (int i = 0; i < 5; i++) {
        Decision decision;
        simulation_advance(simulation, &decision);
        CHECK_INT(decision.time, (Time)i * 700000000);
        CHECK_INT(view_observe(simulation_view(simulation), &decision, values), shared_count + own_count);
        CHECK_NEAR(values[load], busy[i], 0);
        CHECK_NEAR(values[shared_count + rate], up[i], 1e-6);
        CHECK_NEAR(values[shared_count + rate_down], down[i], 1e-6);
        /* What the option's messages take now, alone: both ways, with 3 ms each. */
        double reserved_s, time_s = 0.006 + INPUT_BITS / up[i] + OUTPUT_BITS / down[i];
        CHECK_NEAR(view_message_time(simulation_view(simulation), &decision.asks[0],
                                     &decision.asks[0].options->items[0], &reserved_s),
                   time_s, 1e-9);
        simulation_apply(simulation, (Answer){.options = first});
    }
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static uint64_t run_to_end(Simulation *simulation)
{
    const int first[USERS] = {0};
    Decision decision;
    while (simulation_advance(simulation, &decision))
        simulation_apply(simulation, (Answer){.options = first});
    return simulation_metrics(simulation)->fingerprint;
}

static void a_copy_follows_on_and_a_plan_stays(void)
{
    write_text("up.csv", "time_ms,mbit_per_s\n0,1\n100,100\n200,3\n");
    Scenario *scenario =
        load_world("2", "bandwidth: {series: up.csv}", "discipline: ps", "arrivals: poisson, rate: 3 /s");
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 3});
    const int first[USERS] = {0};
    Decision decision;
    for (int i = 0; i < 20; i++) {
        simulation_advance(simulation, &decision);
        simulation_apply(simulation, (Answer){.options = first});
    }
    Simulation *copy = simulation_clone(simulation);
    CHECK(run_to_end(simulation) == run_to_end(copy));
    CHECK(simulation_metrics(simulation)->finished > 100);
    simulation_destroy(copy);
    simulation_destroy(simulation);

    /* At 0 the rate is 1 Mbit/s: 160 ms + 10 ms + 40 ms + 6 ms, were it to stay; the rate soon rises. */
    Scenario *one = load_world("1", "bandwidth: {series: up.csv}", "discipline: ps", "arrivals: periodic, period: 1 s");
    simulation = simulation_create(one, (RunKey){.seed = 3});
    simulation_advance(simulation, &decision);
    copy = simulation_clone(simulation);
    simulation_foresee(copy);
    simulation_apply(copy, (Answer){.options = first});
    CHECK(!simulation_advance(copy, &decision));
    CHECK_INT(decision.feedback_count, 1);
    CHECK_NEAR(decision.feedback[0].mean_response_s, 0.216, 1e-9);
    simulation_apply(simulation, (Answer){.options = first});
    simulation_advance(simulation, &decision);
    CHECK(decision.feedback[0].mean_response_s < 0.15);
    simulation_destroy(copy);
    simulation_destroy(simulation);
    scenario_destroy(one);
    scenario_destroy(scenario);
}

static void the_scenario_hash_covers_what_the_file_says(void)
{
    uint64_t hashes[3];
    const char *const contents[] = {"time_s,mbit_per_s\n0,1\n1,2\n", "time_ms,mbit_per_s\n0,1\n1000,2\n",
                                    "time_s,mbit_per_s\n0,1\n1,3\n"};
    for (int i = 0; i < 3; i++) {
        write_text("up.csv", contents[i]);
        Scenario *scenario =
            load_world("1", "bandwidth: {series: up.csv}", "discipline: ps", "arrivals: periodic, period: 1 s");
        CHECK(strstr(scenario->resolved, "bandwidth: {series: up.csv}\n") != NULL);
        hashes[i] = scenario->hash;
        scenario_destroy(scenario);
    }
    CHECK(hashes[0] == hashes[1]);
    CHECK(hashes[0] != hashes[2]);
}

int main(void)
{
    const Check checks[] = {
        {"a_series_begins_anew_at_its_end", a_series_begins_anew_at_its_end},
        {"a_file_says_its_units", a_file_says_its_units},
        {"the_present_rate_and_load_are_seen", the_present_rate_and_load_are_seen},
        {"a_copy_follows_on_and_a_plan_stays", a_copy_follows_on_and_a_plan_stays},
        {"the_scenario_hash_covers_what_the_file_says", the_scenario_hash_covers_what_the_file_says},
        {"runs_are_exact_under_changing_bandwidth_and_load", runs_are_exact_under_changing_bandwidth_and_load},
    };
    return check_run("time_series", checks, sizeof checks / sizeof checks[0]);
}

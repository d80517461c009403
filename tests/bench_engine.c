/* What one request, decision, event or draw costs, as CPU time and as a ratio to references that run in turn with it:
 *
 *     meson test -C build --benchmark --verbose
 *
 * Machines are noisy: quote the medians and the ratios, not one figure. */
#include "../sim/event_queue.h"
#include "bench.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 5, CUSTOMERS = 1000000, HOLD_STEPS = 2000000, DRAWS = 5000000, CLONES = 20000, MANY_USERS = 100 };

static const double UTILISATION = 0.9;

typedef BenchRun Measure(uint64_t round, const Scenario *scenario, const char *policy);

/* One line of the table. */
typedef struct Line {
    const char *name, *unit;
    const char *file; /* scenario, NULL: none */
    const char *overrides[4];
    const char *policy; /* NULL: option 0 without a policy object */
    Measure *measure;
    Scenario *scenario;
    BenchRun runs[ROUNDS];
} Line;

static BenchRun measure_scenario(uint64_t round, const Scenario *scenario, const char *policy)
{
    return bench_simulate(scenario, policy, round);
}

static BenchRun measure_naive(uint64_t round, const Scenario *scenario, const char *policy)
{
    (void)scenario, (void)policy;
    double start = bench_cpu_s();
    bench_naive_mm1(CUSTOMERS, UTILISATION, round + 1);
    return (BenchRun){.units = CUSTOMERS, .cpu_s = bench_cpu_s() - start};
}

static BenchRun measure_bare(uint64_t round, const Scenario *scenario, const char *policy)
{
    (void)scenario, (void)policy;
    double start = bench_cpu_s();
    bench_bare_mm1(CUSTOMERS, UTILISATION, round + 1);
    return (BenchRun){.units = CUSTOMERS, .cpu_s = bench_cpu_s() - start};
}

/* A copy of the scenario's world in the middle of a question. */
static BenchRun measure_copy(uint64_t round, const Scenario *scenario, const char *policy)
{
    (void)policy;
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1, .replication = round});
    Decision decision;
    simulation_advance(simulation, &decision);
    Simulation *copy = simulation_clone(simulation);
    double start = bench_cpu_s();
    for (int i = 0; i < CLONES; i++)
        simulation_imagine(copy, simulation);
    BenchRun run = {.units = CLONES, .cpu_s = bench_cpu_s() - start};
    simulation_destroy(copy);
    simulation_destroy(simulation);
    return run;
}

/* Hold model: take the first of `slots` pending events and schedule it anew. */
static BenchRun hold(uint64_t round, int slots)
{
    EventQueue queue;
    event_queue_init(&queue, slots);
    Stream stream = stream_create(1, round, STREAM_ANALYSIS, 0);
    for (int i = 0; i < slots; i++)
        event_queue_set(&queue, i, time_from_s(stream_exponential(&stream, 1)), 0);
    double start = bench_cpu_s();
    for (int i = 0; i < HOLD_STEPS; i++) {
        Time now;
        int kind, slot = event_queue_next(&queue, &now, &kind);
        event_queue_set(&queue, slot, now + time_from_s(stream_exponential(&stream, 1)), 0);
    }
    BenchRun run = {.units = HOLD_STEPS, .cpu_s = bench_cpu_s() - start};
    event_queue_free(&queue);
    return run;
}

static BenchRun measure_hold_small(uint64_t round, const Scenario *scenario, const char *policy)
{
    (void)scenario, (void)policy;
    return hold(round, 10);
}

static BenchRun measure_hold_large(uint64_t round, const Scenario *scenario, const char *policy)
{
    (void)scenario, (void)policy;
    return hold(round, 100000);
}

static BenchRun measure_exponential(uint64_t round, const Scenario *scenario, const char *policy)
{
    (void)scenario, (void)policy;
    Stream stream = stream_create(1, round, STREAM_ANALYSIS, 0);
    double start = bench_cpu_s(), sum = 0;
    for (int i = 0; i < DRAWS; i++)
        sum += stream_exponential(&stream, 1);
    BenchRun run = {.units = DRAWS, .cpu_s = bench_cpu_s() - start};
    return sum > 0 ? run : (BenchRun){0};
}

/* What a large world holds besides its requests, and how long it takes to set up. */
static void print_size(const Line *line)
{
    if (!line->scenario || line->scenario->user_count < MANY_USERS)
        return;
    const BenchRun *run = &line->runs[0];
    printf(", %.0f bytes a device, set up in %.1f ms", (double)run->bytes / line->scenario->user_count,
           1e3 * run->set_up_s);
}

static Scenario *load(const Line *line)
{
    int count = 0;
    while (count < 4 && line->overrides[count])
        count++;
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(check_path(line->file), line->overrides, count, &errors);
    if (!scenario) {
        error_list_write(&errors, stderr);
        exit(1);
    }
    return scenario;
}

int main(void)
{
    const char *mm1 = "tests/theory/mm1.yaml", *ps = "tests/theory/mg1_ps.yaml";
    const char *thousand = "scenarios/scale/devices_1000.yaml", *many = "scenarios/scale/devices_100000.yaml";
    const char *five = "scenarios/online_learning/exp_a.yaml";
    Line lines[] = {
        {"M/M/1, naive C loop", "customer", .measure = measure_naive},
        {"M/M/1, bare kernel", "customer", .measure = measure_bare},
        {"M/M/1, a loop that answers 0",
         "customer",
         mm1,
         {"workload.rate=90 /s", "stop.time=10000 s"},
         .measure = measure_scenario},
        {"M/M/1, device-only",
         "customer",
         mm1,
         {"workload.rate=90 /s", "stop.time=10000 s"},
         "device-only",
         .measure = measure_scenario},
        {"M/G/1-PS, device-only",
         "customer",
         ps,
         {"workload.rate=90 /s", "stop.time=10000 s"},
         "device-only",
         .measure = measure_scenario},
        {"three tiers, asynchronous, greedy",
         "request",
         "scenarios/raspberry_pi.yaml",
         {"stop.time=20000 s"},
         "greedy",
         .measure = measure_scenario},
        {"1,000 devices, device-only", "request", thousand, {NULL}, "device-only", .measure = measure_scenario},
        {"1,000 devices, round-robin", "request", thousand, {NULL}, "round-robin", .measure = measure_scenario},
        {"1,000 devices, greedy", "request", thousand, {NULL}, "greedy", .measure = measure_scenario},
        {"10,000 devices, round-robin",
         "request",
         "scenarios/scale/devices_10000.yaml",
         {"stop.time=60 s"},
         "round-robin",
         .measure = measure_scenario},
        {"100,000 devices, device-only",
         "request",
         many,
         {"stop.time=20 s"},
         "device-only",
         .measure = measure_scenario},
        {"100,000 devices, round-robin",
         "request",
         many,
         {"stop.time=20 s"},
         "round-robin",
         .measure = measure_scenario},
        {"a day of 200 devices, round-robin",
         "request",
         "scenarios/scale/day_200.yaml",
         {"stop.time=1 h"},
         "round-robin",
         .measure = measure_scenario},
        {"five users, device-only", "round", five, {"stop.rounds=300000"}, "device-only", .measure = measure_scenario},
        {"five users, greedy", "round", five, {"stop.rounds=100000"}, "greedy", .measure = measure_scenario},
        {"five users, q-learning", "round", five, {"stop.rounds=200000"}, "q-learning", .measure = measure_scenario},
        {"five users, copy of the world", "copy", five, {NULL}, .measure = measure_copy},
        {"event queue, 10 slots", "event", .measure = measure_hold_small},
        {"event queue, 100,000 slots", "event", .measure = measure_hold_large},
        {"exponential draw", "draw", .measure = measure_exponential},
    };
    const int count = sizeof lines / sizeof lines[0];
    for (int i = 0; i < count; i++)
        lines[i].scenario = lines[i].file ? load(&lines[i]) : NULL;
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < count; i++)
            lines[i].runs[round] = lines[i].measure((uint64_t)round, lines[i].scenario, lines[i].policy);

    double naive_ns = bench_median_ns(lines[0].runs, ROUNDS);
    printf("%-36s %10s %14s  %s\n", "median of 5 interleaved runs", "ns each", "per second", "naive M/M/1 customers");
    for (int i = 0; i < count; i++) {
        double ns = bench_median_ns(lines[i].runs, ROUNDS);
        printf("%-36s %10.1f %14.0f  %.2f a %s", lines[i].name, ns, 1e9 / ns, ns / naive_ns, lines[i].unit);
        print_size(&lines[i]);
        putchar('\n');
        scenario_destroy(lines[i].scenario);
    }
    return 0;
}

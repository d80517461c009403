/* Devices, sites and a cloud, from 100 devices to 100,000: how the cost of a request grows with the world, beside a
 * naive model of the same in C. */
#include "bench.h"
#include "reference.h"

#include <string.h>

static BenchRun measure_naive(const BenchLine *line, uint64_t round)
{
    NaiveRun run = naive_tiers(line->scenario, strcmp(line->policy, "round-robin") == 0, round + 1);
    return (BenchRun){.units = run.requests, .seconds = run.cpu_s, .result_s = run.response_s};
}

/* Creates and destroys the world; a device is the unit. */
static BenchRun measure_set_up(const BenchLine *line, uint64_t round)
{
    double start = bench_cpu_s();
    simulation_destroy(simulation_create(line->scenario, (RunKey){.seed = 1, .replication = round}));
    return (BenchRun){.units = line->scenario->user_count, .seconds = bench_cpu_s() - start};
}

/* Worlds that make some 100,000 requests each, or three a device. */
#define DEVICES_100                                                                                                    \
    .file = "scenarios/scale/devices_1000.yaml",                                                                       \
    .overrides = {"nodes.pi.count=100", "nodes.site.count=1", "stop.time=3000 s"}
#define DEVICES_1000 .file = "scenarios/scale/devices_1000.yaml", .overrides = {"stop.time=300 s"}
#define DEVICES_10000 .file = "scenarios/scale/devices_10000.yaml", .overrides = {"stop.time=30 s", "warm_up.time=1 s"}
#define DEVICES_100000                                                                                                 \
    .file = "scenarios/scale/devices_100000.yaml", .overrides = {"stop.time=10 s", "warm_up.time=1 s"}
#define DAY .file = "scenarios/scale/day_200.yaml", .overrides = {"stop.time=1 h"}
#define PI .file = "scenarios/raspberry_pi.yaml", .overrides = {"stop.time=5000 s"}

/* The naive model and orchid's under one policy. */
/* clang-format off */
#define PAIR(devices, world, name)                                                                       \
    {devices " devices, " name ", naive C", "request", measure_naive, world, .policy = name},            \
    {devices " devices, " name, "request", bench_simulate, devices " devices, " name ", naive C", world, \
     .policy = name}
/* clang-format on */

int main(int argc, char **argv)
{
    BenchLine lines[] = {
        PAIR("100", DEVICES_100, "device-only"),
        PAIR("100", DEVICES_100, "round-robin"),
        PAIR("1,000", DEVICES_1000, "device-only"),
        PAIR("1,000", DEVICES_1000, "round-robin"),
        PAIR("10,000", DEVICES_10000, "device-only"),
        PAIR("10,000", DEVICES_10000, "round-robin"),
        PAIR("100,000", DEVICES_100000, "device-only"),
        PAIR("100,000", DEVICES_100000, "round-robin"),
        {"1,000 devices, greedy", "request", bench_simulate, DEVICES_1000, .policy = "greedy"},
        {"a day of 200 devices, round-robin", "request", bench_simulate, DAY, .policy = "round-robin"},
        {"six cameras, tenants, weak links, greedy", "request", bench_simulate, PI, .policy = "greedy"},
        {"100,000 devices, set up", "device", measure_set_up, DEVICES_100000},
    };
    return bench_main(lines, sizeof lines / sizeof *lines, argc, argv);
}

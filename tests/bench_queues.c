/* Engines on one queue: what a customer costs, from YAML and through a policy, beside a naive loop and a bare kernel.
 */
#include "bench.h"
#include "reference.h"

static const double UTILISATION = 0.9, SERVICE_S = 0.01;

static BenchRun measure_naive(const BenchLine *line, uint64_t round)
{
    double start = bench_cpu_s(), result_s = naive_mm1(line->size, UTILISATION, SERVICE_S, round + 1);
    return (BenchRun){.units = line->size, .seconds = bench_cpu_s() - start, .result_s = result_s};
}

static BenchRun measure_bare(const BenchLine *line, uint64_t round)
{
    double start = bench_cpu_s(), result_s = bare_mm1(line->size, UTILISATION, SERVICE_S, round + 1);
    return (BenchRun){.units = line->size, .seconds = bench_cpu_s() - start, .result_s = result_s};
}

#define MM1 .file = "tests/theory/mm1.yaml", .overrides = {"workload.rate=90 /s", "stop.time=10000 s"}
#define PS .file = "tests/theory/mg1_ps.yaml", .overrides = {"workload.rate=90 /s", "stop.time=10000 s"}

int main(int argc, char **argv)
{
    const char *naive = "M/M/1, naive C loop";
    BenchLine lines[] = {
        {naive, "customer", measure_naive, .size = 1000000},
        {"M/M/1, bare kernel", "customer", measure_bare, naive, .size = 1000000},
        {"M/M/1, a loop that answers 0", "customer", bench_simulate, naive, MM1},
        {"M/M/1, device-only", "customer", bench_simulate, naive, MM1, .policy = "device-only"},
        {"M/G/1-PS, device-only", "customer", bench_simulate, naive, PS, .policy = "device-only"},
    };
    return bench_main(lines, sizeof lines / sizeof *lines, argc, argv);
}

#include "bench.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <malloc.h>
#include <stdlib.h>
#include <time.h>

enum { RUN_LIMIT = 64 };

double bench_cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / NS_PER_S;
}

/* Bytes handed out by malloc and not freed. */
static int64_t bytes_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return (int64_t)(info.uordblks + info.hblkhd);
}

BenchRun bench_simulate(const Scenario *scenario, const char *policy, uint64_t replication)
{
    RunKey key = {.seed = scenario->seed, .replication = replication};
    int64_t before = bytes_in_use();
    double start = bench_cpu_s();
    Simulation *simulation = simulation_create(scenario, key);
    Policy *answering = policy ? policy_create(policy_type_find(policy), scenario, key) : NULL;
    int *first = memory_allocate((size_t)scenario->user_count, sizeof *first);
    BenchRun run = {.bytes = bytes_in_use() - before};
    double loop = bench_cpu_s();
    Decision decision;
    if (answering)
        while (simulation_advance(simulation, &decision))
            simulation_apply(simulation, policy_decide(answering, &decision));
    else
        while (simulation_advance(simulation, &decision))
            simulation_apply(simulation, (Answer){.options = first});
    run.units = decision.index;
    run.cpu_s = bench_cpu_s() - loop;
    run.set_up_s = loop - start;
    free(first);
    policy_destroy(answering);
    simulation_destroy(simulation);
    return run;
}

double bench_median_ns(const BenchRun *runs, int count)
{
    double ns[RUN_LIMIT];
    for (int i = 0; i < count; i++)
        ns[i] = 1e9 * runs[i].cpu_s / (double)runs[i].units;
    gsl_sort(ns, 1, (size_t)count);
    return gsl_stats_median_from_sorted_data(ns, 1, (size_t)count);
}

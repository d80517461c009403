/* What the benchmarks share: CPU time, medians, and reference engines that any machine can compile. */
#ifndef ORCHID_TESTS_BENCH_H
#define ORCHID_TESTS_BENCH_H

#include "../policies/policy.h"

/* CPU time of this process so far, s. */
double bench_cpu_s(void);

/* What one timed run did. */
typedef struct BenchRun {
    int64_t units; /* requests or decisions served */
    double cpu_s;  /* loop only, set-up apart */
    double set_up_s;
    int64_t bytes; /* held by the simulation, 0: not measured */
} BenchRun;

/* Runs replication `replication` of a scenario under `policy` (NULL: always option 0, without a policy object).
 * Decisions are the units. */
BenchRun bench_simulate(const Scenario *scenario, const char *policy, uint64_t replication);

/* The median ns per unit of `count` runs (at most 64). */
double bench_median_ns(const BenchRun *runs, int count);

/* Mean sojourn time (s) of an M/M/1 queue over `customers`, service mean 1 s, with an engine as one writes it in an
 * afternoon: malloc'd events in a heap of pointers, GSL's mt19937 and exponential. */
double bench_naive_mm1(int64_t customers, double utilisation, uint64_t seed);

/* The same with the least that an event set needs: a binary heap of 16-byte keys, xoshiro256++, no other services. */
double bench_bare_mm1(int64_t customers, double utilisation, uint64_t seed);

#endif

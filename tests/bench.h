/* What the benchmarks share: a table of lines, measured in turn, round by round, so that a machine's moods meet all of
 * them, and printed as medians beside a reference of the same run. A program is an array of lines and
 *
 *     return bench_main(lines, count, argc, argv);
 *
 * whose arguments are --json (a JSON object a line instead of a table) and the number of rounds. */
#ifndef ORCHID_TESTS_BENCH_H
#define ORCHID_TESTS_BENCH_H

#include "../policies/policy.h"

enum { BENCH_ROUNDS = 5, BENCH_ROUNDS_MOST = 64, BENCH_OVERRIDES = 4 };

/* What one timed run did. */
typedef struct BenchRun {
    int64_t units;   /* requests, draws, ... as the line says */
    double seconds;  /* that they took, set-up apart: CPU time, except where a disk is waited for */
    double result_s; /* mean response time, which a line and its reference must agree on; 0: none */
    int64_t bytes;   /* held by the simulation and its policy at the end; 0: not measured */
} BenchRun;

typedef struct BenchLine BenchLine;

typedef BenchRun BenchMeasure(const BenchLine *line, uint64_t round);

/* One line of the table. */
struct BenchLine {
    const char *name, *unit;
    BenchMeasure *measure;
    const char *reference;                  /* name of the line that it is compared with; NULL: none */
    const char *file;                       /* scenario below the source folder; NULL: none */
    const char *overrides[BENCH_OVERRIDES]; /* its settings, NULL behind the last */
    const char *policy;                     /* NULL: option 0 without a policy object */
    int size;                               /* what the measure says */
    Scenario *scenario;                     /* of `file`, loaded and destroyed by bench_main */
};

/* Measures, prints, and returns the exit status: 1 where a scenario is wrong or a line does not agree with its
 * reference. */
int bench_main(BenchLine *lines, int count, int argc, char **argv);

/* A BenchMeasure: runs replication `round` of the scenario under the policy. Questions are the units. */
BenchRun bench_simulate(const BenchLine *line, uint64_t round);

/* CPU time of this process so far, s. */
double bench_cpu_s(void);

/* Time on the wall, s, from some origin. */
double bench_wall_s(void);

#endif

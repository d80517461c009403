#include "bench.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A scenario of so many users has a size worth telling. */
enum { MANY_USERS = 100 };

/* A reference is simpler than what it stands beside, but a model of the same: so far may their results differ. */
static const double AGREEMENT = 0.25;

static double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / NS_PER_S;
}

double bench_cpu_s(void)
{
    return clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_wall_s(void)
{
    return clock_s(CLOCK_MONOTONIC);
}

/* Bytes handed out by malloc and not freed. */
static int64_t bytes_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return (int64_t)(info.uordblks + info.hblkhd);
}

BenchRun bench_simulate(const BenchLine *line, uint64_t round)
{
    const Scenario *scenario = line->scenario;
    RunKey key = {.seed = scenario->seed, .replication = round};
    int64_t before = bytes_in_use();
    Simulation *simulation = simulation_create(scenario, key);
    Policy *policy = line->policy ? policy_create(policy_type_find(line->policy), scenario, key) : NULL;
    int *first = memory_allocate((size_t)scenario->user_count, sizeof *first);
    double start = bench_cpu_s();
    Decision decision;
    if (policy) {
        policy_settle(policy, simulation);
        while (simulation_advance(simulation, &decision))
            simulation_apply(simulation, policy_decide(policy, &decision));
    } else {
        while (simulation_advance(simulation, &decision))
            simulation_apply(simulation, (Answer){.options = first});
    }
    BenchRun run = {.units = decision.index,
                    .seconds = bench_cpu_s() - start,
                    .result_s = summary_mean(&simulation_metrics(simulation)->response_s),
                    .bytes = bytes_in_use() - before};
    free(first);
    policy_destroy(policy);
    simulation_destroy(simulation);
    return run;
}

/* The runs of one line and what comes of them. */
typedef struct Measured {
    BenchRun runs[BENCH_ROUNDS_MOST];
    double ns, result_s;     /* medians, a unit */
    double bytes_per_device; /* 0: says nothing */
} Measured;

static bool load(BenchLine *line)
{
    if (!line->file)
        return true;
    const char *root = getenv("ORCHID_SOURCE_ROOT");
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", line->file);
    int count = 0;
    while (count < BENCH_OVERRIDES && line->overrides[count])
        count++;
    ErrorList errors = {0};
    line->scenario = scenario_load(path, line->overrides, count, &errors);
    error_list_write(&errors, stderr);
    return line->scenario != NULL;
}

static double median(double *values, int count)
{
    gsl_sort(values, 1, (size_t)count);
    return gsl_stats_median_from_sorted_data(values, 1, (size_t)count);
}

static void conclude(const BenchLine *line, int rounds, Measured *measured)
{
    double ns[BENCH_ROUNDS_MOST], result_s[BENCH_ROUNDS_MOST];
    const BenchRun *runs = measured->runs;
    for (int i = 0; i < rounds; i++) {
        ns[i] = NS_PER_S * runs[i].seconds / (double)runs[i].units;
        result_s[i] = runs[i].result_s;
    }
    measured->ns = median(ns, rounds);
    measured->result_s = median(result_s, rounds);
    if (line->scenario && line->scenario->user_count >= MANY_USERS)
        measured->bytes_per_device = (double)runs[0].bytes / line->scenario->user_count;
}

/* The line that another names as its reference; NULL where it names none or one of another program. */
static const Measured *find_reference(const BenchLine *lines, int count, const BenchLine *line,
                                      const Measured *measured)
{
    for (int i = 0; line->reference && i < count; i++)
        if (strcmp(lines[i].name, line->reference) == 0)
            return &measured[i];
    return NULL;
}

static void print_row(const BenchLine *line, const Measured *measured, const Measured *reference)
{
    printf("%-40s %-8s %10.1f %13.0f ", line->name, line->unit, measured->ns, NS_PER_S / measured->ns);
    if (measured->bytes_per_device > 0)
        printf("%8.0f", measured->bytes_per_device);
    else
        printf("%8s", "");
    if (reference)
        printf(" %7.2f x %s", measured->ns / reference->ns, line->reference);
    putchar('\n');
}

static void print_object(const BenchLine *line, const Measured *measured)
{
    printf("{\"name\": \"%s\", \"unit\": \"%s\", \"ns\": %.2f, \"per_second\": %.0f", line->name, line->unit,
           measured->ns, NS_PER_S / measured->ns);
    if (measured->bytes_per_device > 0)
        printf(", \"bytes_per_device\": %.0f", measured->bytes_per_device);
    if (line->reference)
        printf(", \"reference\": \"%s\"", line->reference);
    puts("}");
}

/* Says on stderr where a line and its reference compute different things. */
static bool agree(const BenchLine *line, const Measured *measured, const Measured *reference)
{
    if (!reference || reference->result_s == 0 || measured->result_s == 0)
        return true;
    double ratio = measured->result_s / reference->result_s;
    if (ratio < 1 + AGREEMENT && ratio > 1 / (1 + AGREEMENT))
        return true;
    fprintf(stderr, "%s: mean response time %g s, but %g s of %s\n", line->name, measured->result_s,
            reference->result_s, line->reference);
    return false;
}

/* What the program was asked for. */
typedef struct Request {
    bool json;
    int rounds;
} Request;

static bool read_arguments(int argc, char **argv, Request *ret_request)
{
    *ret_request = (Request){.rounds = BENCH_ROUNDS};
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--json") == 0)
            ret_request->json = true;
        else
            ret_request->rounds = atoi(argv[i]);
    return ret_request->rounds >= 1 && ret_request->rounds <= BENCH_ROUNDS_MOST;
}

static void measure(const BenchLine *lines, int count, int rounds, Measured *measured)
{
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++)
            measured[i].runs[round] = lines[i].measure(&lines[i], (uint64_t)round);
    for (int i = 0; i < count; i++)
        conclude(&lines[i], rounds, &measured[i]);
}

/* Prints all lines and returns whether they agree with their references. */
static bool print(const BenchLine *lines, int count, bool json, const Measured *measured)
{
    bool good = true;
    if (!json)
        printf("%-40s %-8s %10s %13s %8s %9s\n", "median of interleaved rounds", "unit", "ns each", "per second",
               "B/device", "ratio to");
    for (int i = 0; i < count; i++) {
        const Measured *reference = find_reference(lines, count, &lines[i], measured);
        if (json)
            print_object(&lines[i], &measured[i]);
        else
            print_row(&lines[i], &measured[i], reference);
        good &= agree(&lines[i], &measured[i], reference);
    }
    return good;
}

int bench_main(BenchLine *lines, int count, int argc, char **argv)
{
    Request request;
    if (!read_arguments(argc, argv, &request)) {
        fprintf(stderr, "usage: %s [--json] [ROUNDS], 1 to %d\n", argv[0], BENCH_ROUNDS_MOST);
        return 2;
    }
    bool good = true;
    for (int i = 0; i < count && good; i++)
        good = load(&lines[i]);
    if (good) {
        Measured *measured = memory_allocate((size_t)count, sizeof *measured);
        measure(lines, count, request.rounds, measured);
        good = print(lines, count, request.json, measured);
        free(measured);
    }
    for (int i = 0; i < count; i++)
        scenario_destroy(lines[i].scenario);
    return good ? 0 : 1;
}

/* The parts that runs are made of: the event set, random streams, and the store that keeps what came out. */
#include "../sim/event_queue.h"
#include "bench.h"
#include "databases.h"
#include "reference.h"

#include <gsl/gsl_randist.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HOLDS = 500000, DRAWS = 2000000, STORED_METRICS = 40, COMMITS = 20 };

/* Hold model: take the first of `size` pending events and schedule it anew. */
static BenchRun measure_hold(const BenchLine *line, uint64_t round)
{
    EventQueue queue;
    event_queue_init(&queue, line->size);
    Stream stream = stream_create(1, round, STREAM_ANALYSIS, 0);
    uint64_t sequence = 0;
    for (int i = 0; i < line->size; i++)
        event_queue_set(&queue, i, event_key(time_from_s(stream_exponential(&stream, 1)), 0, &sequence));
    double start = bench_cpu_s();
    for (int i = 0; i < HOLDS; i++) {
        Time next = event_key_time(queue.first) + time_from_s(stream_exponential(&stream, 1));
        event_queue_set(&queue, event_queue_first_slot(&queue), event_key(next, 0, &sequence));
    }
    BenchRun run = {.units = HOLDS, .seconds = bench_cpu_s() - start};
    event_queue_free(&queue);
    return run;
}

static BenchRun measure_naive_hold(const BenchLine *line, uint64_t round)
{
    NaiveHeap heap = {0};
    Stream stream = stream_create(1, round, STREAM_ANALYSIS, 0);
    for (int i = 0; i < line->size; i++)
        naive_push(&heap, stream_exponential(&stream, 1), 0, NULL);
    double start = bench_cpu_s();
    for (int i = 0; i < HOLDS; i++) {
        NaiveEvent *event = naive_pop(&heap);
        naive_push(&heap, event->time + stream_exponential(&stream, 1), 0, NULL);
        free(event);
    }
    BenchRun run = {.units = HOLDS, .seconds = bench_cpu_s() - start};
    naive_free(&heap);
    return run;
}

/* Draws add up to something, or they would not be made. */
static BenchRun conclude_draws(double start, double sum)
{
    return sum > 0 ? (BenchRun){.units = DRAWS, .seconds = bench_cpu_s() - start} : (BenchRun){0};
}

static BenchRun measure_uniform(const BenchLine *line, uint64_t round)
{
    (void)line;
    Stream stream = stream_create(1, round, STREAM_ANALYSIS, 0);
    double start = bench_cpu_s(), sum = 0;
    for (int i = 0; i < DRAWS; i++)
        sum += stream_uniform(&stream);
    return conclude_draws(start, sum);
}

static BenchRun measure_exponential(const BenchLine *line, uint64_t round)
{
    (void)line;
    Stream stream = stream_create(1, round, STREAM_ANALYSIS, 0);
    double start = bench_cpu_s(), sum = 0;
    for (int i = 0; i < DRAWS; i++)
        sum += stream_exponential(&stream, 1);
    return conclude_draws(start, sum);
}

static BenchRun measure_stream(const BenchLine *line, uint64_t round)
{
    (void)line;
    double start = bench_cpu_s(), sum = 0;
    for (int i = 0; i < DRAWS; i++) {
        Stream stream = stream_create(1, round, STREAM_ARRIVAL, (uint64_t)i);
        sum += (double)stream.state[0];
    }
    return conclude_draws(start, sum);
}

typedef double GslDraw(const gsl_rng *rng);

static double gsl_exponential(const gsl_rng *rng)
{
    return gsl_ran_exponential(rng, 1);
}

static BenchRun measure_gsl(uint64_t round, GslDraw *draw)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, round + 1);
    double start = bench_cpu_s(), sum = 0;
    for (int i = 0; i < DRAWS; i++)
        sum += draw(rng);
    BenchRun run = conclude_draws(start, sum);
    gsl_rng_free(rng);
    return run;
}

static BenchRun measure_gsl_uniform(const BenchLine *line, uint64_t round)
{
    (void)line;
    return measure_gsl(round, gsl_rng_uniform);
}

static BenchRun measure_gsl_exponential(const BenchLine *line, uint64_t round)
{
    (void)line;
    return measure_gsl(round, gsl_exponential);
}

/* Runs of 40 metrics into a new file, `size` of them to a commit, in time on the wall: it waits for the disk. */
static BenchRun measure_store(const BenchLine *line, uint64_t round)
{
    char names[STORED_METRICS][16];
    Metric metrics[STORED_METRICS];
    for (int i = 0; i < STORED_METRICS; i++) {
        snprintf(names[i], sizeof names[i], "metric_%d", i);
        metrics[i] = (Metric){names[i], "s", 0.1 * i};
    }
    const char *folder = getenv("TMPDIR");
    char path[1024];
    snprintf(path, sizeof path, "%s/orchid-bench-%ld.db", folder ? folder : P_tmpdir, (long)getpid());
    Sample sample;
    sample_init(&sample, policy_type_find("device-only"), round, 0.1);
    sample.trial.metrics = metrics;
    sample.trial.metric_count = STORED_METRICS;
    Store *store = database_create(path);
    Error error = {0};
    int runs = line->size > COMMITS ? line->size : COMMITS;
    double start = bench_wall_s();
    for (int i = 0; i < runs; i++) {
        if (i % line->size == 0)
            store_begin_batch(store);
        sample.trial.replication = (uint64_t)i;
        database_add(store, &sample.trial);
        if (i % line->size == line->size - 1 && store_end_batch(store, &error) != STORE_FINE)
            fprintf(stderr, "%s: %s\n", path, error.message);
    }
    BenchRun run = {.units = runs, .seconds = bench_wall_s() - start};
    store_close(store);
    unlink(path);
    return run;
}

/* The event set and the naive one with so many slots. */
/* clang-format off */
#define HOLD(slots, count)                                                                          \
    {"event set, " slots " slots, naive C", "event", measure_naive_hold, .size = count},            \
    {"event set, " slots " slots", "event", measure_hold, "event set, " slots " slots, naive C", .size = count}
/* clang-format on */

int main(int argc, char **argv)
{
    const char *uniform = "uniform draw, GSL mt19937", *exponential = "exponential draw, GSL mt19937";
    BenchLine lines[] = {
        HOLD("10", 10),
        HOLD("1,000", 1000),
        HOLD("100,000", 100000),
        HOLD("1,000,000", 1000000),
        {uniform, "draw", .measure = measure_gsl_uniform},
        {"uniform draw", "draw", measure_uniform, .reference = uniform},
        {exponential, "draw", .measure = measure_gsl_exponential},
        {"exponential draw", "draw", measure_exponential, .reference = exponential},
        {"creation of a stream", "stream", .measure = measure_stream},
        {"40 metrics stored, a run a commit", "run", measure_store, .size = 1},
        {"40 metrics stored, 1,000 runs a commit", "run", measure_store, .size = 1000},
    };
    return bench_main(lines, sizeof lines / sizeof *lines, argc, argv);
}

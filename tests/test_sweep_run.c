/* Sweeps at work: what is run, stored, left out, and in which order. */
#include "../analysis/stopping.h"
#include "../analysis/sweep_run.h"
#include "check.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 1024 };

/* A sweep with its store, in memory unless it has a path. */
typedef struct Bench {
    Sweep *sweep;
    Store *store;
    SweepSelection selection;
    SweepOrder order;
    SweepOutcome outcome;
    int stop_after; /* calls of `stop` */
} Bench;

static bool count_down(void *context)
{
    Bench *bench = context;
    return bench->stop_after-- == 0;
}

/* The base scenario with that section `sweep` and a further setting (NULL: none); ends the program where it is wrong.
 */
static void bench_open(Bench *bench, const char *sweep, const char *setting, const char *database)
{
    char section[1000];
    const char *const settings[] = {section, setting};
    snprintf(section, sizeof section, "sweep=%s", sweep);
    ErrorList errors = {0};
    Error error = {0};
    *bench = (Bench){.stop_after = -1};
    bench->sweep = sweep_open(check_path("tests/scenarios/sweep.yaml"), settings, setting ? 2 : 1, false, &errors);
    if (!bench->sweep || store_open(database, STORE_WRITE, &bench->store, &error) != STORE_FINE) {
        error_list_write(&errors, stderr);
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
}

/* Runs what is missing. */
static void bench_work(Bench *bench, int jobs)
{
    Error error = {0};
    bench->order.sweep = bench->sweep;
    bench->order.selection = &bench->selection;
    bench->order.store = bench->store;
    bench->order.jobs = jobs;
    bench->order.reproduce = "orchid sweep small";
    bench->order.stop = bench->stop_after >= 0 ? count_down : NULL;
    bench->order.context = bench;
    CHECK_INT(store_begin_experiment(bench->store, "test", "orchid sweep", &bench->order.experiment, &error),
              STORE_FINE);
    bench->outcome = sweep_run(&bench->order);
}

/* The same, and checks how much that was. */
static void bench_run(Bench *bench, int jobs, int64_t present, int64_t done, int64_t failed)
{
    bench_work(bench, jobs);
    CHECK_INT(bench->outcome.status, STORE_FINE);
    CHECK_INT(bench->outcome.progress.present, present);
    CHECK_INT(bench->outcome.progress.done, done);
    CHECK_INT(bench->outcome.progress.failed, failed);
}

static void bench_close(Bench *bench)
{
    store_close(bench->store);
    sweep_close(bench->sweep);
}

static bool append_row(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)names;
    for (int i = 0; i < column_count; i++)
        fprintf(context, "%s%s", i ? "|" : "", values[i].null ? "NULL" : values[i].text);
    fputc('\n', context);
    return true;
}

/* The rows of a query as text, which the caller frees. */
static char *answer(Bench *bench, const char *sql)
{
    char *text = NULL;
    size_t size = 0;
    Error error = {0};
    FILE *stream = open_memstream(&text, &size);
    if (store_query(bench->store, sql, NULL, 0, append_row, stream, &error) != STORE_FINE)
        fprintf(stream, "%s", error.message);
    fclose(stream);
    return text;
}

static void check_answer(Bench *bench, const char *sql, const char *expected)
{
    char *text = answer(bench, sql);
    CHECK_TEXT(text, expected);
    free(text);
}

/* Everything that a rerun must repeat, in the order of the rows. */
static char *content(Bench *bench)
{
    return answer(bench, "SELECT run, sweep_run, scenario_hash, policy, parameters, seed, replication, events, "
                         "fingerprint, interactions, status, error, reproduce FROM runs ORDER BY run;"
                         "SELECT * FROM metrics; SELECT * FROM sweep_values; SELECT * FROM decision_counts;"
                         "SELECT * FROM learning_curves; SELECT scenario_hash, resolved FROM scenarios");
}

static const char mixed[] = "{nodes.device.count: [1, 2, 3], policies: [device-only, oracle, q-learning], repeat: 5}";

static void rows_and_their_order_do_not_depend_on_the_number_of_threads(void)
{
    char *expected = NULL;
    const int jobs[] = {1, 2, 7};
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        Bench bench;
        bench_open(&bench, mixed, "training=100", ":memory:");
        bench_run(&bench, jobs[i], 0, 45, 0);
        char *text = content(&bench);
        if (!expected)
            expected = strdup(text);
        CHECK(strcmp(text, expected) == 0);
        check_answer(&bench, "SELECT count(*) FROM runs WHERE run = sweep_run", "45\n");
        free(text);
        bench_close(&bench);
    }
    free(expected);
}

static void only_missing_runs_are_run(void)
{
    Bench bench;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s", check_scratch("missing.db"));
    bench_open(&bench, "{nodes.device.count: [1, 2], policies: [greedy], repeat: 3}", NULL, path);
    bench_run(&bench, 2, 0, 6, 0);
    bench_run(&bench, 2, 6, 0, 0);
    bench_close(&bench);
    bench_open(&bench, "{policies: [device-only, greedy], nodes.device.count: [1, 2], repeat: 4}", NULL, path);
    bench_run(&bench, 2, 6, 10, 0);
    check_answer(&bench, "SELECT policy, replication, count(*) FROM runs GROUP BY policy, replication",
                 "device-only|0|2\ndevice-only|1|2\ndevice-only|2|2\ndevice-only|3|2\n"
                 "greedy|0|2\ngreedy|1|2\ngreedy|2|2\ngreedy|3|2\n");
    bench_close(&bench);
    /* What is not simulated does not make other runs. */
    bench_open(&bench, "{policies: [greedy], nodes.device.count: [1], repeat: 4}", "replications=99", path);
    bench_run(&bench, 1, 4, 0, 0);
    bench_close(&bench);
    bench_open(&bench, "{policies: [greedy], nodes.device.count: [1], repeat: 4}", "seed=99", path);
    bench_run(&bench, 1, 0, 4, 0);
    bench_close(&bench);
}

/* A run that another sweep has done gets the values of this one too. */
static void values_of_every_sweep_are_kept(void)
{
    Bench bench;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s", check_scratch("values.db"));
    bench_open(&bench, "{nodes.device.count: [1, 2], repeat: 1}", "policy={name: greedy}", path);
    bench_run(&bench, 1, 0, 2, 0);
    bench_close(&bench);
    bench_open(&bench, "{objective.threshold: [89 %], policies: [greedy], repeat: 1}", "nodes.device.count=2", path);
    bench_run(&bench, 1, 1, 0, 0);
    check_answer(&bench, "SELECT * FROM sweep_values ORDER BY run, key",
                 "1|nodes.device.count|1|1.0|\n2|nodes.device.count|2|2.0|\n2|objective.threshold|89 %|0.89|\n"
                 "2|policy|greedy|NULL|\n");
    bench_close(&bench);
}

/* The oracle refuses too many joint answers, and a combination may be no scenario: the others are run. */
static void failed_runs_are_kept_with_their_error_and_the_sweep_goes_on(void)
{
    Bench bench;
    bench_open(&bench, "{nodes.device.count: [1, 60, 2], policies: [oracle, greedy], repeat: 2}",
               "options={end: all variants, edge: [d0]}", ":memory:");
    bench_run(&bench, 2, 0, 12, 2);
    CHECK(strstr(bench.outcome.failure, "run 5: policy: oracle: ") != NULL);
    check_answer(&bench,
                 "SELECT run, status, error LIKE '%too many to search%', reproduce FROM runs "
                 "WHERE run BETWEEN 4 AND 7",
                 "4|done|0|orchid sweep small --run 4\n5|failed|1|orchid sweep small --run 5\n"
                 "6|failed|1|orchid sweep small --run 6\n7|done|0|orchid sweep small --run 7\n");
    bench_run(&bench, 2, 10, 2, 2); /* they are tried again */
    check_answer(&bench, "SELECT count(*), max(run) FROM runs", "12|12\n");
    bench_close(&bench);
}

/* Values are fine one by one, but not together: background cores above the cores of the edge. Only the first hundred
 * values of an axis and the last are tried before. */
static void combination_that_is_no_scenario_is_a_failed_run(void)
{
    Bench bench;
    bench_open(&bench,
               "{seed: {from: 1, to: 102, step: 1}, zip: [{nodes.edge.background: [{busy: [0]}, {busy: [1]}]}], "
               "repeat: 1}",
               "policy={name: greedy}", ":memory:");
    /* Value 101 of the seed, which was not tried, becomes one that no scenario has. */
    ConfigNode *wrong = arena_allocate(&bench.sweep->arena, 1, sizeof *wrong);
    *wrong = *bench.sweep->axes.axes[0].keys[0].nodes[100];
    wrong->text = "-1";
    bench.sweep->axes.axes[0].keys[0].nodes[100] = wrong;
    bench_run(&bench, 2, 0, 204, 2);
    check_answer(&bench, "SELECT sweep_run, error FROM runs WHERE status = 'failed'",
                 "201|seed: -1 is below the least allowed, 0\n202|seed: -1 is below the least allowed, 0\n");
    bench_close(&bench);
}

static void only_chosen_runs_are_run(void)
{
    Bench bench;
    Arena arena = {0};
    ErrorList errors = {0};
    bench_open(&bench, "{nodes.device.count: [1, 2, 3], policies: [greedy], repeat: 4}", NULL, ":memory:");
    CHECK(sweep_select_runs(&arena, bench.sweep, "2,7..9", &bench.selection, &errors));
    bench_run(&bench, 2, 0, 4, 0);
    check_answer(&bench, "SELECT sweep_run FROM runs ORDER BY run", "2\n7\n8\n9\n");
    bench.selection = (SweepSelection){.shard = 3, .shard_count = 3};
    bench_run(&bench, 2, 1, 3, 0);
    check_answer(&bench, "SELECT sweep_run FROM runs ORDER BY run", "2\n7\n8\n9\n3\n6\n12\n");
    arena_free(&arena);
    bench_close(&bench);
}

/* Whether `count` replications of a cell are what the rule asks for: enough, and not enough at any round before. */
static void check_replications(const double *means, int count, int repeat, double precision)
{
    int end = STOPPING_LEAST;
    while (end < count) {
        CHECK(!stopping_judge(means, end, precision, CONFIDENCE).enough);
        end += end / 4 > STOPPING_LEAST ? end / 4 : STOPPING_LEAST;
        end = end < repeat ? end : repeat;
    }
    CHECK_INT(end, count);
    CHECK(count == repeat || stopping_judge(means, count, precision, CONFIDENCE).enough);
}

static void check_all_replications(Bench *bench, int repeat)
{
    double means[100];
    for (int64_t index = 0; index < bench->sweep->cell_count; index++) {
        SweepCell *cell = sweep_cell_load(bench->sweep, index, NULL);
        Trial trial = {.scenario = cell->scenario, .policy = cell->policy, .parameters = cell->parameters};
        trial.seed = cell->scenario->seed;
        int count = 0;
        for (; count < repeat; count++) {
            trial.replication = (uint64_t)count;
            store_read_metric(bench->store, &trial, "response_time_mean", &means[count], NULL);
            if (isnan(means[count]))
                break;
        }
        check_replications(means, count, repeat, bench->order.precision);
        sweep_cell_free(cell);
    }
}

/* Cells that vary little need the least number, others more, some all; that does not depend on the threads, nor on
 * having been interrupted. */
static void precision_ends_the_replications_of_a_cell(void)
{
    static const char section[] = "{policies: [device-only, random], stop.rounds: [2, 40], repeat: 32}";
    char *expected = NULL;
    for (int variant = 0; variant < 3; variant++) {
        Bench bench;
        bench_open(&bench, section, NULL, ":memory:");
        bench.selection.whole_cells = true;
        bench.order.precision = 0.05;
        if (variant == 2) {
            bench.stop_after = 40;
            bench_work(&bench, 2);
            CHECK(bench.outcome.stopped && bench.outcome.progress.done < 60);
            bench.stop_after = -1;
        }
        bench_work(&bench, variant == 0 ? 1 : 3);
        check_all_replications(&bench, 32);
        CHECK(variant == 2 || bench.outcome.progress.done == bench.outcome.progress.total);
        char *counts = answer(&bench, "SELECT policy, scenario_hash, count(*) FROM runs GROUP BY 1, 2");
        expected = expected ? expected : strdup(counts);
        CHECK_TEXT(counts, expected);
        check_answer(&bench,
                     "SELECT min(n), max(n) FROM (SELECT count(*) AS n FROM runs GROUP BY policy, scenario_hash)",
                     "5|32\n");
        free(counts);
        bench_close(&bench);
    }
    free(expected);
}

/* Whoever asks to stop gets the runs under way; the rest comes later, and all is as if nothing had happened. */
static void stopped_sweep_goes_on_where_it_was(void)
{
    Bench bench;
    bench_open(&bench, mixed, "training=100", ":memory:");
    bench_work(&bench, 2);
    char *expected = content(&bench);
    bench_close(&bench);
    bench_open(&bench, mixed, "training=100", ":memory:");
    int64_t present = 0;
    for (int stop = 3; present < 45; stop += 5) {
        bench.stop_after = stop;
        bench_work(&bench, 2);
        CHECK_INT(bench.outcome.status, STORE_FINE);
        CHECK(bench.outcome.progress.present >= (bench.outcome.stopped ? 0 : present));
        present += bench.outcome.progress.done;
    }
    CHECK_INT(present, 45);
    char *text = content(&bench);
    CHECK(strcmp(text, expected) == 0);
    free(text);
    free(expected);
    bench_close(&bench);
}

/* What could be stored is whole, and with room again the same command goes on. */
static void full_disk_ends_the_sweep_and_loses_nothing_stored(void)
{
    Bench bench;
    bench_open(&bench, mixed, "training=100", check_scratch("full.db"));
    bench_work(&bench, 2);
    char *expected = content(&bench);
    bench_close(&bench);
    bench_open(&bench, mixed, "training=100", check_scratch("fuller.db"));
    for (int pages = 40;; pages += 10) {
        char sql[100];
        snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", pages);
        free(answer(&bench, sql));
        bench_work(&bench, 2);
        if (bench.outcome.status == STORE_FINE)
            break;
        CHECK_INT(bench.outcome.status, STORE_MACHINE);
        CHECK_TEXT(bench.outcome.error.message, "the disk is full; what was stored before is safe");
        CHECK(pages == 40 || bench.outcome.progress.done > 0); /* whatever there is room for */
        check_answer(&bench,
                     "SELECT count(*) FROM runs WHERE status = 'done' AND "
                     "(SELECT count(*) FROM metrics WHERE metrics.run = runs.run) < 20",
                     "0\n");
        char *count = answer(&bench, "SELECT count(*) FROM runs");
        CHECK_INT(bench.outcome.progress.present + bench.outcome.progress.done, atoi(count));
        free(count);
        check_answer(&bench, "PRAGMA integrity_check", "ok\n");
        CHECK(pages < 1000);
    }
    char *text = content(&bench);
    CHECK(strcmp(text, expected) == 0);
    free(text);
    free(expected);
    bench_close(&bench);
}

static void locked_database_ends_the_sweep_and_loses_nothing_stored(void)
{
    Bench bench;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s", check_scratch("locked.db"));
    bench_open(&bench, "{nodes.device.count: [1, 2, 3], policies: [greedy], repeat: 4}", NULL, path);
    const RunRange some = {1, 4};
    bench.selection = (SweepSelection){.range_count = 1, .ranges = &some};
    bench_run(&bench, 2, 0, 4, 0);
    bench.selection = (SweepSelection){0};
    free(answer(&bench, "PRAGMA busy_timeout = 20"));
    sqlite3 *other;
    sqlite3_open(path, &other);
    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    bench.outcome = sweep_run(&bench.order);
    CHECK_INT(bench.outcome.status, STORE_MACHINE);
    CHECK_TEXT(bench.outcome.error.message, "the database is locked by another program");
    CHECK_INT(bench.outcome.progress.done, 0);
    sqlite3_close(other);
    bench_run(&bench, 2, 4, 8, 0);
    check_answer(&bench, "PRAGMA integrity_check", "ok\n");
    bench_close(&bench);
}

static void progress_names_the_slowest_cell(void)
{
    Bench bench;
    bench_open(&bench, "{nodes.device.count: [1, 2], stop.rounds: [1, 4000, 2], repeat: 2}", "policy={name: greedy}",
               ":memory:");
    bench_run(&bench, 1, 0, 12, 0);
    CHECK(strstr(bench.outcome.progress.slowest, "stop.rounds=4000") != NULL);
    CHECK(bench.outcome.progress.slowest_s > 0);
    CHECK(bench.outcome.progress.elapsed_s > 0);
    bench_close(&bench);
}

/* The mean response times of a policy in the order of replications. */
static int response_times(Bench *bench, const char *policy, double *values)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "SELECT value FROM runs JOIN metrics USING (run) WHERE policy = '%s' AND name = 'response_time_mean' "
             "ORDER BY replication",
             policy);
    char *text = answer(bench, sql);
    int count = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        values[count++] = atof(line);
    free(text);
    return count;
}

/* Policies meet the same requests, links and tenants, so that their difference is known better than from independent
 * runs: on the scenario that is shipped, shortened, at least twice as well. */
static void common_random_numbers_halve_the_interval_of_a_difference(void)
{
    static const char section[] = "{policies: [greedy, round-robin], repeat: 20}";
    char setting[200];
    const char *const settings[] = {setting, "stop={time: 120 s}"};
    snprintf(setting, sizeof setting, "sweep=%s", section);
    ErrorList errors = {0};
    Bench bench = {.stop_after = -1};
    bench.sweep = sweep_open(check_path("scenarios/raspberry_pi.yaml"), settings, 2, false, &errors);
    CHECK(bench.sweep != NULL && store_open(":memory:", STORE_WRITE, &bench.store, NULL) == STORE_FINE);
    bench_run(&bench, 2, 0, 40, 0);
    double greedy[20], robin[20];
    CHECK_INT(response_times(&bench, "greedy", greedy), 20);
    CHECK_INT(response_times(&bench, "round-robin", robin), 20);
    Difference paired = statistics_paired(greedy, robin, 20, CONFIDENCE);
    Difference unpaired = statistics_welch(greedy, 20, robin, 20, CONFIDENCE);
    CHECK_NEAR(paired.mean, unpaired.mean, 1e-12);
    CHECK(paired.half_width > 0 && paired.half_width <= 0.5 * unpaired.half_width);
    bench_close(&bench);
}

int main(void)
{
    const Check checks[] = {
        {"rows_and_their_order_do_not_depend_on_the_number_of_threads",
         rows_and_their_order_do_not_depend_on_the_number_of_threads},
        {"only_missing_runs_are_run", only_missing_runs_are_run},
        {"values_of_every_sweep_are_kept", values_of_every_sweep_are_kept},
        {"failed_runs_are_kept_with_their_error_and_the_sweep_goes_on",
         failed_runs_are_kept_with_their_error_and_the_sweep_goes_on},
        {"combination_that_is_no_scenario_is_a_failed_run", combination_that_is_no_scenario_is_a_failed_run},
        {"only_chosen_runs_are_run", only_chosen_runs_are_run},
        {"precision_ends_the_replications_of_a_cell", precision_ends_the_replications_of_a_cell},
        {"stopped_sweep_goes_on_where_it_was", stopped_sweep_goes_on_where_it_was},
        {"full_disk_ends_the_sweep_and_loses_nothing_stored", full_disk_ends_the_sweep_and_loses_nothing_stored},
        {"locked_database_ends_the_sweep_and_loses_nothing_stored",
         locked_database_ends_the_sweep_and_loses_nothing_stored},
        {"progress_names_the_slowest_cell", progress_names_the_slowest_cell},
        {"common_random_numbers_halve_the_interval_of_a_difference",
         common_random_numbers_halve_the_interval_of_a_difference},
    };
    return check_run("sweep_run", checks, sizeof checks / sizeof checks[0]);
}

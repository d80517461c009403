#include "sweep_run.h"

#include "../sim/clock.h"
#include "stopping.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A transaction stays open for this share of the time that the sweep has taken, within these limits: what is lost when
 * the program is killed stays small beside what was done. */
static const double BATCH_SHARE = 0.05, SHORTEST_BATCH_S = 0.02, LONGEST_BATCH_S = 1;

/* Runs of a transaction, which are kept until they are on the disk. */
enum { LARGEST_BATCH = 256 };

static const char precise_metric[] = "response_time_mean";

/* A run on its way; the trial comes first, so that one points to the other. */
typedef struct Entry {
    Trial trial;
    SweepCell *cell;
    struct Entry *next; /* the run behind it */
} Entry;

/* Runs in order. Zero is empty. */
typedef struct Queue {
    Entry *first, *last;
    int count;
} Queue;

typedef struct Runner {
    const SweepOrder *order;
    SweepOutcome outcome;
    double start_s, batch_s; /* batch_s: when the batch began */
    Queue batch;             /* runs handed to the store and not yet on the disk */
    int batch_failed;        /* of them */
    SweepWalk walk;
    int64_t round_first, round_end; /* replications of the present round, round_end excluded */
    bool *settled;                  /* [cell_count] needs no more replications; NULL without a precision */
    SweepCell *cell;                /* loaded last, NULL: none; one of its users is the runner */
    Queue under_way;                /* in order */
    int64_t timed_cell;             /* whose wall time is summed up */
    int64_t slowest_cell;
    double timed_s;
    int timed_count;
} Runner;

/* Notes how a call of the store went; false where it ends the sweep. */
static bool store_went(Runner *runner, StoreStatus status, const Error *error)
{
    if (status != STORE_FINE && runner->outcome.status == STORE_FINE) {
        runner->outcome.status = status;
        runner->outcome.error = *error;
    }
    return status == STORE_FINE;
}

static void leave_cell(SweepCell *cell)
{
    if (cell && --cell->users == 0)
        sweep_cell_free(cell);
}

/* Loads the cell unless it is the present one. */
static SweepCell *enter_cell(Runner *runner, int64_t index)
{
    if (runner->cell && runner->cell->cell == index)
        return runner->cell;
    leave_cell(runner->cell);
    runner->cell = sweep_cell_load(runner->order->sweep, index, NULL);
    runner->cell->users = 1;
    return runner->cell;
}

/* The trial of one replication of a cell, its results not yet known. */
static Trial make_trial(const Runner *runner, const SweepCell *cell, int64_t run)
{
    return (Trial){.scenario = cell->scenario,
                   .policy = cell->policy,
                   .seed = cell->scenario->seed,
                   .replication = (uint64_t)sweep_replication_of(runner->order->sweep, run),
                   .number = run,
                   .value_count = runner->order->sweep->axes.key_count,
                   .values = cell->values,
                   .parameters = cell->parameters};
}

static void queue_put(Queue *queue, Entry *entry)
{
    entry->next = NULL;
    if (queue->last)
        queue->last->next = entry;
    else
        queue->first = entry;
    queue->last = entry;
    queue->count++;
}

/* The first entry, which leaves the queue. */
static Entry *queue_take(Queue *queue)
{
    Entry *entry = queue->first;
    queue->first = entry->next;
    if (!queue->first)
        queue->last = NULL;
    queue->count--;
    return entry;
}

static void end_entry(Entry *entry)
{
    arena_free(&entry->trial.arena);
    leave_cell(entry->cell);
    free(entry);
}

/* Sends a run on its way. */
static Trial *begin_run(Runner *runner, SweepCell *cell, const Trial *trial)
{
    Entry *entry = memory_allocate(1, sizeof *entry);
    entry->trial = *trial;
    entry->cell = cell;
    cell->users++;
    entry->trial.reproduce =
        arena_format(&entry->trial.arena, "%s --run %" PRId64, runner->order->reproduce, trial->number);
    queue_put(&runner->under_way, entry);
    if (cell->error[0]) {
        entry->trial.status = TRIAL_FAILED;
        memcpy(entry->trial.error, cell->error, sizeof entry->trial.error);
    }
    return &entry->trial;
}

/* Stores the runs of a batch that the disk took back one by one, as far as it lets us. */
static void save_batch(Runner *runner)
{
    SweepProgress *progress = &runner->outcome.progress;
    bool stored = true;
    while (runner->batch.first) {
        Entry *entry = queue_take(&runner->batch);
        stored = stored &&
                 store_add_trial(runner->order->store, runner->order->experiment, &entry->trial, NULL) == STORE_FINE;
        progress->done += stored;
        progress->failed += stored && entry->trial.status == TRIAL_FAILED;
        end_entry(entry);
    }
}

/* Writes the batch to the disk and begins the next. */
static bool store_batch(Runner *runner)
{
    Error error = {0};
    bool stored = store_went(runner, store_end_batch(runner->order->store, &error), &error);
    if (stored) {
        runner->outcome.progress.done += runner->batch.count;
        runner->outcome.progress.failed += runner->batch_failed;
        while (runner->batch.first)
            end_entry(queue_take(&runner->batch));
    } else {
        save_batch(runner);
    }
    store_begin_batch(runner->order->store);
    runner->batch_s = clock_s(CLOCK_MONOTONIC);
    runner->batch_failed = 0;
    return stored;
}

/* Writes the batch where it is old or large enough. */
static bool store_in_time(Runner *runner)
{
    double now = clock_s(CLOCK_MONOTONIC), longest_s = BATCH_SHARE * (now - runner->start_s);
    longest_s = fmin(fmax(longest_s, SHORTEST_BATCH_S), LONGEST_BATCH_S);
    bool due = runner->batch.count >= LARGEST_BATCH || now - runner->batch_s >= longest_s;
    return !due || store_batch(runner);
}

/* Whether the cell has replications enough, as far as they were to be run up to now. Where one failed, more of them
 * would not make it better. */
static bool is_settled(Runner *runner, const SweepCell *cell, int64_t run)
{
    double *means = memory_allocate((size_t)runner->round_first, sizeof *means);
    Trial trial = make_trial(runner, cell, run);
    Error error = {0};
    int known = 0;
    for (int i = 0; i < runner->round_first; i++) {
        trial.replication = (uint64_t)i;
        if (!store_went(runner, store_read_metric(runner->order->store, &trial, precise_metric, &means[i], &error),
                        &error))
            break;
        known += !isnan(means[i]);
    }
    bool settled =
        known < runner->round_first || stopping_judge(means, known, runner->order->precision, CONFIDENCE).enough;
    free(means);
    return settled;
}

/* Whether a run belongs to the present round. A cell that has enough is left out from then on. */
static bool is_due(Runner *runner, int64_t run)
{
    const Sweep *sweep = runner->order->sweep;
    int replication = sweep_replication_of(sweep, run);
    if (!runner->settled)
        return true;
    int64_t index = sweep_cell_of(sweep, run);
    if (replication < runner->round_first || replication >= runner->round_end || runner->settled[index])
        return false;
    if (runner->round_first > 0 && replication == runner->round_first) {
        runner->settled[index] = is_settled(runner, enter_cell(runner, index), run);
        if (runner->settled[index])
            runner->outcome.progress.total -= sweep->axes.repeat - runner->round_first;
    }
    return !runner->settled[index];
}

/* The next run that is not stored; NULL in between, so that the caller is never kept long. */
static bool next_trial(void *context, Trial **ret_trial)
{
    Runner *runner = context;
    int64_t run;
    if (runner->outcome.status != STORE_FINE || !sweep_walk_next(&runner->walk, &run))
        return false;
    if (!is_due(runner, run))
        return true;
    SweepCell *cell = enter_cell(runner, sweep_cell_of(runner->order->sweep, run));
    Trial trial = make_trial(runner, cell, run);
    StoredRun stored;
    Error error = {0};
    if (!store_went(runner, store_find_run(runner->order->store, &trial, &stored, &error), &error))
        return false;
    if (!stored.done) {
        *ret_trial = begin_run(runner, cell, &trial);
        return true;
    }
    runner->outcome.progress.present++;
    return store_went(runner, store_note_values(runner->order->store, stored.run, &trial, &error), &error);
}

/* Sums up the wall times of cells, and remembers the slowest. */
static void time_cell(Runner *runner, const Entry *entry)
{
    SweepProgress *progress = &runner->outcome.progress;
    if (entry->cell->cell != runner->timed_cell) {
        runner->timed_cell = entry->cell->cell;
        runner->timed_s = 0;
        runner->timed_count = 0;
    }
    runner->timed_s += entry->trial.wall_s;
    runner->timed_count++;
    double mean_s = runner->timed_s / runner->timed_count;
    bool slowest = entry->cell->cell == runner->slowest_cell;
    if (!slowest && mean_s <= progress->slowest_s)
        return;
    progress->slowest_s = mean_s;
    if (!slowest)
        sweep_cell_label(runner->order->sweep, entry->cell->cell, progress->slowest, sizeof progress->slowest);
    runner->slowest_cell = entry->cell->cell;
}

static bool consume(void *context, Trial *trial)
{
    Runner *runner = context;
    assert(trial == &runner->under_way.first->trial);
    if (runner->outcome.status != STORE_FINE)
        return false; /* what comes after a lost batch would be out of order */
    Error error = {0};
    StoreStatus status = store_add_trial(runner->order->store, runner->order->experiment, trial, &error);
    if (!store_went(runner, status, &error)) {
        store_batch(runner); /* the runs before it are whole */
        return false;
    }
    if (trial->status == TRIAL_FAILED && !runner->outcome.failure[0])
        snprintf(runner->outcome.failure, sizeof runner->outcome.failure, "run %" PRId64 ": %s", trial->number,
                 trial->error);
    time_cell(runner, runner->under_way.first);
    queue_put(&runner->batch, queue_take(&runner->under_way));
    runner->batch_failed += trial->status == TRIAL_FAILED;
    return store_in_time(runner);
}

static void show_progress(void *context, const Progress *ignored)
{
    (void)ignored;
    Runner *runner = context;
    SweepProgress progress = runner->outcome.progress;
    progress.done += runner->batch.count;
    progress.failed += runner->batch_failed;
    progress.elapsed_s = clock_s(CLOCK_MONOTONIC) - runner->start_s;
    int64_t left = progress.total - progress.present - progress.done;
    progress.left_s = progress.done ? progress.elapsed_s / (double)progress.done * (double)left : NAN;
    runner->outcome.progress.elapsed_s = progress.elapsed_s;
    runner->outcome.progress.left_s = progress.left_s;
    if (runner->order->progress)
        runner->order->progress(runner->order->context, &progress);
}

static bool should_stop(void *context)
{
    Runner *runner = context;
    bool asked = runner->order->stop && runner->order->stop(runner->order->context);
    runner->outcome.stopped = runner->outcome.stopped || asked;
    /* This is asked also while a long run keeps others from being consumed. */
    return !store_in_time(runner) || runner->outcome.stopped;
}

/* Runs what is due of the chosen runs. */
static void run_round(Runner *runner)
{
    const SweepOrder *order = runner->order;
    runner->walk = sweep_walk_begin(order->sweep, order->selection);
    int64_t total = runner->outcome.progress.total;
    const TrialSource source = {next_trial, runner, total < INT32_MAX ? (int)total : INT32_MAX};
    const ExperimentHooks hooks = {
        .consume = consume, .progress = show_progress, .stop = should_stop, .context = runner};
    experiment_run_from(&source, order->jobs, &hooks);
    store_batch(runner);
    while (runner->under_way.first)
        end_entry(queue_take(&runner->under_way));
}

SweepOutcome sweep_run(const SweepOrder *order)
{
    const Sweep *sweep = order->sweep;
    int repeat = sweep->axes.repeat;
    assert(order->precision == 0 || (order->selection->range_count == 0 && order->selection->whole_cells));
    Runner runner = {.order = order, .start_s = clock_s(CLOCK_MONOTONIC), .timed_cell = -1, .slowest_cell = -1};
    runner.batch_s = runner.start_s;
    runner.outcome.progress.total = sweep_selection_count(sweep, order->selection);
    runner.outcome.progress.left_s = NAN;
    runner.round_end = repeat;
    if (order->precision > 0) {
        runner.settled = memory_allocate((size_t)sweep->cell_count, sizeof *runner.settled);
        runner.round_end = STOPPING_LEAST < repeat ? STOPPING_LEAST : repeat;
    }
    store_begin_batch(order->store);
    for (;;) {
        run_round(&runner);
        if (runner.round_end == repeat || runner.outcome.stopped || runner.outcome.status != STORE_FINE)
            break;
        int64_t more = runner.round_end / 4 > STOPPING_LEAST ? runner.round_end / 4 : STOPPING_LEAST;
        runner.round_first = runner.round_end;
        runner.round_end = runner.round_end + more < repeat ? runner.round_end + more : repeat;
    }
    Error error = {0};
    store_went(&runner, store_end_batch(order->store, &error), &error);
    leave_cell(runner.cell);
    free(runner.settled);
    return runner.outcome;
}

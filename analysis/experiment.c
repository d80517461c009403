#include "experiment.h"

#include "../sim/clock.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* How long the handing-over thread sleeps at most before it reports progress. */
static const long PROGRESS_INTERVAL_NS = 200000000;

/* Trials that are asked for before the first of them is consumed: at least so many, and so many for each worker. */
enum { WINDOW = 256, WINDOW_PER_JOB = 8 };

/* A trial on its way. */
typedef struct Slot {
    Trial *trial;
    bool over;
} Slot;

/* Work shared by the threads; all fields below the lock are guarded by it. Trials are counted in order: those below
 * `consumed` are gone, those below `begun` belong to the workers until they are over, then to the thread that hands
 * them over, and those below `given` wait. */
typedef struct Pool {
    double start_s;
    int total, window;
    int workers; /* threads; 0: the system has none left, and the handing-over thread works itself */
    pthread_mutex_t lock;
    pthread_cond_t trial_over, trial_given;
    Slot *slots; /* [window], trial i at i modulo window */
    int consumed, begun, given;
    int done, failed;      /* trials over */
    bool closed;           /* no more will be given */
    bool stopped;          /* begin no more */
    atomic_bool cancelled; /* the same for trainings under way, which look at it without the lock */
} Pool;

/* Begins and ends the next trial; called with the lock held, which it gives up meanwhile. */
static void run_next(Pool *pool)
{
    Slot *slot = &pool->slots[pool->begun++ % pool->window];
    Trial *trial = slot->trial;
    pthread_mutex_unlock(&pool->lock);
    if (trial->status == TRIAL_PENDING) {
        trial->cancelled = &pool->cancelled;
        trial_run(trial);
        trial->cancelled = NULL;
    }
    pthread_mutex_lock(&pool->lock);
    slot->over = true;
    pool->done += trial->status != TRIAL_PENDING;
    pool->failed += trial->status == TRIAL_FAILED;
    pthread_cond_signal(&pool->trial_over);
}

/* Takes the next trial until there is none. */
static void *work(void *context)
{
    Pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->stopped && !pool->closed && pool->begun == pool->given)
            pthread_cond_wait(&pool->trial_given, &pool->lock);
        if (pool->stopped || pool->begun == pool->given)
            break;
        run_next(pool);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Waits, with the lock held, until a trial is over or the next report of progress is due. */
static void wait_for_trial(Pool *pool)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += PROGRESS_INTERVAL_NS;
    until.tv_sec += until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    pthread_cond_timedwait(&pool->trial_over, &pool->lock, &until);
}

/* Tells the caller how far the work is; called with the lock held, which it gives up meanwhile. */
static void report_progress(Pool *pool, const ExperimentHooks *hooks)
{
    Progress progress = {.done = pool->done, .failed = pool->failed, .total = pool->total};
    progress.elapsed_s = clock_s(CLOCK_MONOTONIC) - pool->start_s;
    progress.left_s = pool->done ? progress.elapsed_s / pool->done * (pool->total - pool->done) : NAN;
    pthread_mutex_unlock(&pool->lock);
    if (hooks->progress)
        hooks->progress(hooks->context, &progress);
    pthread_mutex_lock(&pool->lock);
}

/* Asks the source for one more trial; called with the lock held, which it gives up meanwhile. */
static void give_trial(Pool *pool, const TrialSource *source)
{
    Trial *trial = NULL;
    pthread_mutex_unlock(&pool->lock);
    bool more = source->next(source->context, &trial);
    pthread_mutex_lock(&pool->lock);
    if (trial) {
        pool->slots[pool->given++ % pool->window] = (Slot){trial, false};
        pthread_cond_signal(&pool->trial_given);
    }
    if (!more) {
        pool->closed = true;
        pthread_cond_broadcast(&pool->trial_given);
    }
}

/* Hands the first trial that is not consumed to the consumer; called with the lock held, which it gives up meanwhile.
 * False where that ends the experiment, as a trial that was cancelled does: what comes after would be out of order. */
static bool consume_trial(Pool *pool, const ExperimentHooks *hooks)
{
    Trial *trial = pool->slots[pool->consumed % pool->window].trial;
    if (trial->status == TRIAL_PENDING)
        return false;
    pthread_mutex_unlock(&pool->lock);
    bool accepted = !hooks->consume || hooks->consume(hooks->context, trial);
    pthread_mutex_lock(&pool->lock);
    pool->consumed += accepted;
    return accepted;
}

static void stop(Pool *pool)
{
    pool->stopped = true;
    atomic_store(&pool->cancelled, true);
    pthread_cond_broadcast(&pool->trial_given);
}

/* Gives trials to the workers and hands those that are over to the consumer in order, whatever order they finish in. */
static void conduct(Pool *pool, const TrialSource *source, const ExperimentHooks *hooks)
{
    pthread_mutex_lock(&pool->lock);
    while (!pool->closed || pool->consumed < pool->given) {
        if (!pool->stopped && hooks->stop && hooks->stop(hooks->context))
            stop(pool);
        if (pool->stopped && pool->consumed == pool->begun)
            break;
        bool gives = !pool->stopped && !pool->closed && pool->given - pool->consumed < pool->window;
        bool over = pool->consumed < pool->given && pool->slots[pool->consumed % pool->window].over;
        if (gives)
            give_trial(pool, source);
        if (pool->workers == 0 && pool->begun < pool->given)
            run_next(pool);
        if (over && !consume_trial(pool, hooks))
            break;
        if (!gives && !over)
            wait_for_trial(pool);
        report_progress(pool, hooks);
    }
    stop(pool);
    pthread_mutex_unlock(&pool->lock);
}

/* Trials from an array. */
typedef struct Row {
    Trial *trials;
    int count, given;
} Row;

static bool next_of_row(void *context, Trial **ret_trial)
{
    Row *row = context;
    if (row->given < row->count)
        *ret_trial = &row->trials[row->given++];
    return row->given < row->count;
}

Trial *experiment_plan(const Scenario *scenario, const PolicyType *const *policies, int policy_count, int *ret_count)
{
    int count = 0;
    Trial *trials = memory_allocate((size_t)scenario->replications * (size_t)policy_count, sizeof *trials);
    for (int r = 0; r < scenario->replications; r++)
        for (int p = 0; p < policy_count; p++)
            trials[count++] = (Trial){
                .scenario = scenario, .policy = policies[p], .seed = scenario->seed, .replication = (uint64_t)r};
    *ret_count = count;
    return trials;
}

void experiment_free(Trial *trials, int count)
{
    for (int i = 0; trials && i < count; i++)
        trial_free(&trials[i]);
    free(trials);
}

int experiment_cores(void)
{
#ifdef __linux__
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        return CPU_COUNT(&allowed);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

int experiment_run(Trial *trials, int count, int jobs, const ExperimentHooks *hooks)
{
    assert(count >= 0);
    Row row = {trials, count, 0};
    return experiment_run_from(&(TrialSource){next_of_row, &row, count}, jobs, hooks);
}

int experiment_run_from(const TrialSource *source, int jobs, const ExperimentHooks *hooks)
{
    assert(jobs >= 0);
    if (jobs == 0)
        jobs = experiment_cores();
    if (jobs > source->total)
        jobs = source->total;
    Pool pool = {.start_s = clock_s(CLOCK_MONOTONIC), .total = source->total};
    pool.window = WINDOW > WINDOW_PER_JOB * jobs ? WINDOW : WINDOW_PER_JOB * jobs;
    pool.slots = memory_allocate((size_t)pool.window, sizeof *pool.slots);
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.trial_over, NULL);
    pthread_cond_init(&pool.trial_given, NULL);
    pthread_t *workers = memory_allocate((size_t)jobs, sizeof *workers);
    while (pool.workers < jobs && pthread_create(&workers[pool.workers], NULL, work, &pool) == 0)
        pool.workers++;
    conduct(&pool, source, hooks);
    for (int i = 0; i < pool.workers; i++)
        pthread_join(workers[i], NULL);
    pthread_cond_destroy(&pool.trial_given);
    pthread_cond_destroy(&pool.trial_over);
    pthread_mutex_destroy(&pool.lock);
    free(workers);
    free(pool.slots);
    return pool.consumed;
}

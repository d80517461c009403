#include "experiment.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* How long the handing-over thread sleeps at most before it reports progress. */
static const long PROGRESS_INTERVAL_NS = 200000000;

/* Work shared by the threads; all fields below the lock are guarded by it. A trial belongs to the worker that took it
 * until it is marked as over, then to the thread that hands it over. */
typedef struct Pool {
    Trial *trials;
    int count;
    double start_s;
    pthread_mutex_t lock;
    pthread_cond_t trial_over;
    bool *over;       /* [count] */
    int begun;        /* trials taken by workers */
    int done, failed; /* trials over */
    bool stopped;     /* take no more */
} Pool;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Takes the next trial until there is none. */
static void *work(void *context)
{
    Pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopped && pool->begun < pool->count) {
        int index = pool->begun++;
        pthread_mutex_unlock(&pool->lock);
        trial_run(&pool->trials[index]);
        pthread_mutex_lock(&pool->lock);
        pool->over[index] = true;
        pool->done++;
        pool->failed += pool->trials[index].status == TRIAL_FAILED;
        pthread_cond_signal(&pool->trial_over);
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
    Progress progress = {.done = pool->done, .failed = pool->failed, .total = pool->count};
    progress.elapsed_s = now_s() - pool->start_s;
    progress.left_s = pool->done ? progress.elapsed_s / pool->done * (pool->count - pool->done) : NAN;
    pthread_mutex_unlock(&pool->lock);
    if (hooks->progress)
        hooks->progress(hooks->context, &progress);
    pthread_mutex_lock(&pool->lock);
}

/* Hands finished trials to the consumer in order, whatever order they finish in. Returns how many it accepted. */
static int hand_over(Pool *pool, const ExperimentHooks *hooks)
{
    int consumed = 0;
    pthread_mutex_lock(&pool->lock);
    while (consumed < pool->count && !pool->stopped) {
        if (!pool->over[consumed]) {
            wait_for_trial(pool);
        } else {
            pthread_mutex_unlock(&pool->lock);
            bool accepted = !hooks->consume || hooks->consume(hooks->context, &pool->trials[consumed]);
            pthread_mutex_lock(&pool->lock);
            pool->stopped = !accepted;
            consumed += accepted;
        }
        report_progress(pool, hooks);
    }
    pthread_mutex_unlock(&pool->lock);
    return consumed;
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
    assert(count >= 0 && jobs >= 0);
    if (jobs == 0)
        jobs = experiment_cores();
    if (jobs > count)
        jobs = count;
    Pool pool = {.trials = trials, .count = count, .start_s = now_s()};
    pool.over = memory_allocate((size_t)count, sizeof *pool.over);
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.trial_over, NULL);
    pthread_t *workers = memory_allocate((size_t)jobs, sizeof *workers);
    int started = 0;
    while (started < jobs && pthread_create(&workers[started], NULL, work, &pool) == 0)
        started++;
    if (started == 0) /* the system has no thread left for us: work here */
        work(&pool);
    int consumed = hand_over(&pool, hooks);
    for (int i = 0; i < started; i++)
        pthread_join(workers[i], NULL);
    pthread_cond_destroy(&pool.trial_over);
    pthread_mutex_destroy(&pool.lock);
    free(workers);
    free(pool.over);
    return consumed;
}

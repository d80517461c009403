#include "station.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

const char *const discipline_names[] = {"fcfs", "ps", "reserved", 0};

/* Shares given as decimal fractions may sum to a hair above one. */
static const double SHARE_TOLERANCE = 1e-9;

/* Whether job `a` leaves service before job `b`. */
static bool job_before(const Job *jobs, int a, int b)
{
    if (jobs[a].finish != jobs[b].finish)
        return jobs[a].finish < jobs[b].finish;
    return jobs[a].order < jobs[b].order;
}

/* Melds two skew heaps top down (Sleator, Tarjan: Self-adjusting heaps, SIAM J. Comput. 1986). */
static int heap_meld(Job *jobs, int a, int b)
{
    int root = NO_JOB;
    int *place = &root;
    while (a != NO_JOB && b != NO_JOB) {
        if (job_before(jobs, b, a)) {
            int swapped = a;
            a = b;
            b = swapped;
        }
        *place = a;
        int right = jobs[a].right;
        jobs[a].right = jobs[a].left;
        place = &jobs[a].left;
        a = right;
    }
    *place = a != NO_JOB ? a : b;
    return root;
}

/* Speed of the virtual clock: what one job in service gets, or for reserved what a share of 1 gets. To be called after
 * every change of the capacity or of the jobs in service. */
static void station_set_rate(Station *station)
{
    double rate = station->job_limit, jobs = station->serving;
    if (station->discipline == DISCIPLINE_RESERVED) {
        rate = station->capacity;
        jobs = station->shares;
    } else if (station->capacity < station->job_limit * jobs) {
        rate = station->capacity / jobs;
    }
    double in_use = station->serving > 0 ? jobs * rate : 0;
    station->in_use = in_use < station->capacity ? in_use : station->capacity;
    if (rate == station->rate)
        return;
    station->rate = rate;
    station->ns_per_unit = rate > 0 ? 1 / rate : 0;
}

static inline void station_serve(Station *station, Job *jobs, int job, Time now)
{
    Job *served = &jobs[job];
    bool reserved = station->discipline == DISCIPLINE_RESERVED;
    served->finish = station->virtual_time + (reserved ? served->work / served->share : served->work);
    served->left = served->right = NO_JOB;
    served->service_started = now;
    station->root = station->serving++ == 0 ? job : heap_meld(jobs, station->root, job);
    if (reserved)
        station->shares += served->share;
}

static bool station_has_room(const Station *station, const Job *job)
{
    switch (station->discipline) {
    case DISCIPLINE_FCFS:
        return station->serving < station->servers;
    case DISCIPLINE_PS:
        return true;
    case DISCIPLINE_RESERVED:
        return station->shares + job->share <= 1 + SHARE_TOLERANCE;
    }
    return true;
}

static inline void station_serve_first_waiting(Station *station, Job *jobs, Time now)
{
    int job = station->head;
    station->head = jobs[job].next;
    if (--station->waiting == 0)
        station->head = station->tail = NO_JOB;
    station_serve(station, jobs, job, now);
}

/* After a job has left: of first come, first served one takes its place. */
static void station_serve_waiting(Station *station, Job *jobs, Time now)
{
    if (station->discipline == DISCIPLINE_FCFS)
        station_serve_first_waiting(station, jobs, now);
    else
        while (station->waiting > 0 && station_has_room(station, &jobs[station->head]))
            station_serve_first_waiting(station, jobs, now);
}

void station_init(Station *station, Discipline discipline, double capacity, double job_limit)
{
    assert(capacity > 0 && job_limit > 0 && job_limit <= capacity);
    *station = (Station){.discipline = discipline,
                         .capacity = capacity,
                         .job_limit = job_limit,
                         .servers = (int)fmin(floor(capacity / job_limit), 1e9),
                         .root = NO_JOB,
                         .head = NO_JOB,
                         .tail = NO_JOB};
    station_set_rate(station);
}

void station_update(Station *station, Time now)
{
    assert(now >= station->updated);
    double elapsed = (double)(now - station->updated);
    station->updated = now;
    if (station->serving == 0)
        return;
    station->delivered += elapsed * station->in_use;
    station->virtual_time += elapsed * station->rate;
}

bool station_add(Station *station, Job *jobs, int job, double work, double share, Time now)
{
    assert(work > 0 && share > 0 && share <= 1);
    Job *added = &jobs[job];
    added->work = work;
    added->share = share;
    added->order = station->arrivals++;
    if (station->waiting == 0 && station_has_room(station, added)) {
        station_update(station, now);
        station_serve(station, jobs, job, now);
        station_set_rate(station);
        return true;
    }
    if (station->waiting++ == 0)
        station->head = job;
    else
        jobs[station->tail].next = job;
    station->tail = job;
    return false;
}

Time station_next(const Station *station, const Job *jobs)
{
    if (station->serving == 0 || station->rate <= 0)
        return TIME_NEVER;
    double left = (jobs[station->root].finish - station->virtual_time) * station->ns_per_unit;
    if (left >= (double)(TIME_NEVER - station->updated))
        return TIME_NEVER;
    return station->updated + (left > 0 ? (Time)llrint(left) : 0);
}

int station_complete(Station *station, Job *jobs, Time now)
{
    /* Updates on the way to `now` may round the other way. */
    assert(station->serving > 0 && station_next(station, jobs) <= now + 1);
    station_update(station, now);
    int job = station->root, serving = station->serving;
    /* The clock strikes on whole nanoseconds: the fraction of one that was rounded must not pile up. */
    station->virtual_time = jobs[job].finish;
    if (--station->serving == 0) {
        station->root = NO_JOB;
        station->virtual_time = 0;
        station->shares = 0;
    } else {
        station->root = heap_meld(jobs, jobs[job].left, jobs[job].right);
        if (station->discipline == DISCIPLINE_RESERVED)
            station->shares -= jobs[job].share;
    }
    if (station->waiting > 0)
        station_serve_waiting(station, jobs, now);
    if (station->serving != serving || station->discipline == DISCIPLINE_RESERVED)
        station_set_rate(station);
    return job;
}

void station_set_capacity(Station *station, double capacity, Time now)
{
    assert(capacity >= 0);
    station_update(station, now);
    station->capacity = capacity;
    station_set_rate(station);
}

double station_delivered(const Station *station, Time now)
{
    assert(now >= station->updated);
    return station->delivered + (double)(now - station->updated) * station->in_use;
}

/* What serves work, for CPUs and links alike: exact completion times under changing load and capacity.
 *
 * One virtual clock and a heap of jobs by virtual finishing time, so that a change of speed costs one update and not
 * one per job. Capacity and work share a unit: cores and core-ns for a CPU, bit/ns and bits for a link. */
#ifndef ORCHID_SIM_STATION_H
#define ORCHID_SIM_STATION_H

#include "units.h"

#include <stdbool.h>

typedef enum Discipline {
    DISCIPLINE_FCFS,    /* first come, first served, by as many servers as jobs fit side by side */
    DISCIPLINE_PS,      /* processor sharing: equal shares, a job takes at most its own limit */
    DISCIPLINE_RESERVED /* a job holds the share that its decision gave it; shares sum to at most one */
} Discipline;

extern const char *const discipline_names[]; /* by Discipline, NULL at the end */

enum { NO_JOB = -1 };

/* A place in one station, at a time; stations link jobs by index into one array that they share. Zero is a free job. */
typedef struct Job {
    double work;          /* amount brought, capacity x ns */
    double finish;        /* value of the station's virtual clock at which it is done */
    double share;         /* reserved: fraction of the capacity it holds */
    uint64_t order;       /* of arrival at the station; breaks ties */
    int left, right;      /* heap of jobs in service */
    int next;             /* queue of waiting jobs */
    Time service_started; /* when it left the queue */
} Job;

typedef struct Station {
    Time updated;
    double virtual_time; /* of the virtual clock at `updated`; 0 whenever the station falls idle */
    double rate;         /* speed of the virtual clock per ns */
    double ns_per_unit;  /* 1 / rate, 0 where that is 0: divided once a change, not once a job */
    double in_use;       /* capacity in use by jobs, at most `capacity` */
    double delivered;    /* work done so far by `updated`, capacity x ns */
    uint64_t arrivals;   /* jobs ever added */
    int root;            /* heap of jobs in service, NO_JOB: none */
    int head, tail;      /* queue of waiting jobs */
    int serving, waiting;
    int servers; /* fcfs: most jobs in service at once */
    Discipline discipline;
    double capacity;  /* now available, 0 or more */
    double job_limit; /* the most of the capacity one job can use */
    double shares;    /* reserved: sum over jobs in service */
} Station;

/* An idle station. `job_limit` is at most `capacity`; for fcfs it also sets the servers: floor(capacity / job_limit).
 */
void station_init(Station *station, Discipline discipline, double capacity, double job_limit);

/* Brings virtual clock and meters to `now` (not before `updated`). */
void station_update(Station *station, Time now);

/* Adds job `job` with `work` > 0; `share` in (0, 1] matters for reserved only. False where it has to wait, so that the
 * next completion has not moved. */
bool station_add(Station *station, Job *jobs, int job, double work, double share, Time now);

/* When the next job finishes if nothing changes; TIME_NEVER where none is in service or the capacity is 0. */
Time station_next(const Station *station, const Job *jobs);

/* Takes out the job that finishes now (the time of station_next has come) and starts those that waited for it. */
int station_complete(Station *station, Job *jobs, Time now);

/* Other tenants came or went. */
void station_set_capacity(Station *station, double capacity, Time now);

/* Work done by `now`, not before `updated`, capacity x ns. */
double station_delivered(const Station *station, Time now);

/* Jobs waiting or in service. */
static inline int station_jobs(const Station *station)
{
    return station->serving + station->waiting;
}

#endif

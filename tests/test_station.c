#include "../sim/rng.h"
#include "../sim/station.h"
#include "check.h"

#include <math.h>
#include <stdbool.h>

enum { JOBS = 12, HISTORIES = 1000, CHANGES = 6 };

/* One random history: when jobs come with how much work, and how the capacity changes. */
typedef struct History {
    Discipline discipline;
    double capacity, job_limit;
    Time arrival[JOBS];
    double work[JOBS], share[JOBS];
    Time change[CHANGES];
    double level[CHANGES];
} History;

static History history_draw(Stream *stream, Discipline discipline)
{
    History history = {.discipline = discipline, .capacity = 4};
    history.job_limit = 1 + (double)stream_uniform_integer(stream, 4);
    Time time = 0;
    for (int i = 0; i < JOBS; i++) {
        history.arrival[i] = time += (Time)stream_uniform_integer(stream, 2000);
        history.work[i] = 100 + 4000 * stream_uniform(stream);
        history.share[i] = 0.05 + 0.6 * stream_uniform(stream);
    }
    time = 0;
    for (int i = 0; i < CHANGES; i++) {
        history.change[i] = time += 1 + (Time)stream_uniform_integer(stream, 4000);
        history.level[i] = i == CHANGES - 1 ? 4 : (double)stream_uniform_integer(stream, 5);
    }
    return history;
}

static void run_station(const History *history, double *ret_done)
{
    Station station;
    Job jobs[JOBS] = {0};
    station_init(&station, history->discipline, history->capacity, history->job_limit);
    int arrived = 0, changed = 0, done = 0;
    while (done < JOBS) {
        Time arrival = arrived < JOBS ? history->arrival[arrived] : TIME_NEVER;
        Time change = changed < CHANGES ? history->change[changed] : TIME_NEVER;
        Time next = station_next(&station, jobs);
        if (next <= arrival && next <= change) {
            ret_done[station_complete(&station, jobs, next)] = (double)next;
            done++;
        } else if (arrival <= change) {
            station_add(&station, jobs, arrived, history->work[arrived], history->share[arrived], arrival);
            arrived++;
        } else {
            station_set_capacity(&station, history->level[changed], change);
            changed++;
        }
    }
}

/* The reference: every job's remaining work, integrated in continuous time from change to change, with no virtual
 * clock. */
typedef struct Naive {
    double left[JOBS];
    bool present[JOBS], serving[JOBS];
} Naive;

static double naive_speed(const History *history, const Naive *naive, double capacity, int job)
{
    if (!naive->serving[job])
        return 0;
    if (history->discipline == DISCIPLINE_RESERVED)
        return history->share[job] * capacity;
    int serving = 0;
    for (int i = 0; i < JOBS; i++)
        serving += naive->serving[i];
    return fmin(history->job_limit, capacity / serving);
}

static void naive_admit(const History *history, Naive *naive)
{
    int serving = 0;
    double shares = 0;
    for (int i = 0; i < JOBS; i++) {
        serving += naive->serving[i];
        shares += naive->serving[i] ? history->share[i] : 0;
    }
    for (int i = 0; i < JOBS; i++) {
        if (!naive->present[i] || naive->serving[i])
            continue;
        if (history->discipline == DISCIPLINE_FCFS && serving >= (int)floor(history->capacity / history->job_limit))
            return;
        if (history->discipline == DISCIPLINE_RESERVED && shares + history->share[i] > 1 + 1e-9)
            return;
        naive->serving[i] = true;
        serving++;
        shares += history->share[i];
    }
}

static void run_naive(const History *history, double *ret_done)
{
    Naive naive = {0};
    double now = 0, capacity = history->capacity;
    int arrived = 0, changed = 0, done = 0;
    while (done < JOBS) {
        double next = INFINITY;
        int first = -1;
        for (int i = 0; i < JOBS; i++) {
            double speed = naive_speed(history, &naive, capacity, i);
            if (speed > 0 && now + naive.left[i] / speed < next) {
                next = now + naive.left[i] / speed;
                first = i;
            }
        }
        double arrival = arrived < JOBS ? (double)history->arrival[arrived] : INFINITY;
        double change = changed < CHANGES ? (double)history->change[changed] : INFINITY;
        double until = fmin(next, fmin(arrival, change));
        double speeds[JOBS];
        for (int i = 0; i < JOBS; i++)
            speeds[i] = naive_speed(history, &naive, capacity, i);
        for (int i = 0; i < JOBS; i++)
            naive.left[i] -= speeds[i] * (until - now);
        now = until;
        /* A station completes on the nearest nanosecond: half of one must not wait for capacity to come back. */
        if (next <= until + 0.5) {
            naive.present[first] = naive.serving[first] = false;
            ret_done[first] = now;
            done++;
        } else if (until == arrival) {
            naive.present[arrived] = true;
            naive.left[arrived] = history->work[arrived];
            arrived++;
        } else {
            capacity = history->level[changed++];
        }
        naive_admit(history, &naive);
    }
}

static void check_against_naive(Discipline discipline)
{
    Stream stream = stream_create(7, 0, STREAM_ANALYSIS, (uint64_t)discipline);
    double worst = 0;
    for (int k = 0; k < HISTORIES; k++) {
        History history = history_draw(&stream, discipline);
        double exact[JOBS], slow[JOBS];
        run_station(&history, exact);
        run_naive(&history, slow);
        for (int i = 0; i < JOBS; i++)
            worst = fmax(worst, fabs(exact[i] - slow[i]));
    }
    /* Each completion is rounded to a nanosecond, which may move those behind it. */
    CHECK_NEAR(worst, 0, 0.5 * JOBS * 4);
    CHECK(worst > 0);
}

static void first_come_first_served_is_exact_under_changing_capacity(void)
{
    check_against_naive(DISCIPLINE_FCFS);
}

static void processor_sharing_is_exact_under_changing_capacity(void)
{
    check_against_naive(DISCIPLINE_PS);
}

static void reserved_shares_are_exact_under_changing_capacity(void)
{
    check_against_naive(DISCIPLINE_RESERVED);
}

static void a_job_never_exceeds_its_limit(void)
{
    Station station;
    Job jobs[2] = {0};
    station_init(&station, DISCIPLINE_PS, 4, 1);
    station_add(&station, jobs, 0, 100, 1, 0);
    CHECK_INT(station_next(&station, jobs), 100);
    station_add(&station, jobs, 1, 100, 1, 50);
    CHECK_NEAR(station.in_use, 2, 0);
    CHECK_INT(station_next(&station, jobs), 100);
    CHECK_INT(station_complete(&station, jobs, 100), 0);
    CHECK_INT(station_next(&station, jobs), 150);
}

static void no_capacity_means_no_progress(void)
{
    Station station;
    Job jobs[1] = {0};
    station_init(&station, DISCIPLINE_PS, 2, 2);
    station_add(&station, jobs, 0, 100, 1, 0);
    station_set_capacity(&station, 0, 25);
    CHECK_INT(station_next(&station, jobs), TIME_NEVER);
    station_set_capacity(&station, 1, 1000);
    CHECK_INT(station_next(&station, jobs), 1050);
}

static void work_delivered_equals_work_brought(void)
{
    Stream stream = stream_create(9, 0, STREAM_ANALYSIS, 0);
    Station station;
    Job jobs[JOBS] = {0};
    station_init(&station, DISCIPLINE_FCFS, 3, 1);
    double brought = 0;
    for (int i = 0; i < JOBS; i++) {
        double work = 1e6 * stream_uniform(&stream);
        brought += work;
        station_add(&station, jobs, i, work, 1, 0);
    }
    for (int i = 0; i < JOBS; i++)
        station_complete(&station, jobs, station_next(&station, jobs));
    CHECK_NEAR(station.delivered, brought, JOBS * 3);
    CHECK_INT(station_jobs(&station), 0);
}

static void equal_jobs_leave_in_order_of_arrival(void)
{
    Station station;
    Job jobs[5] = {0};
    station_init(&station, DISCIPLINE_PS, 1, 1);
    for (int i = 4; i >= 0; i--)
        station_add(&station, jobs, i, 10, 1, 0);
    for (int i = 4; i >= 0; i--) {
        CHECK_INT(station_next(&station, jobs), 50);
        CHECK_INT(station_complete(&station, jobs, 50), i);
    }
}

int main(void)
{
    const Check checks[] = {
        {"first_come_first_served_is_exact_under_changing_capacity",
         first_come_first_served_is_exact_under_changing_capacity},
        {"processor_sharing_is_exact_under_changing_capacity", processor_sharing_is_exact_under_changing_capacity},
        {"reserved_shares_are_exact_under_changing_capacity", reserved_shares_are_exact_under_changing_capacity},
        {"a_job_never_exceeds_its_limit", a_job_never_exceeds_its_limit},
        {"no_capacity_means_no_progress", no_capacity_means_no_progress},
        {"work_delivered_equals_work_brought", work_delivered_equals_work_brought},
        {"equal_jobs_leave_in_order_of_arrival", equal_jobs_leave_in_order_of_arrival},
    };
    return check_run("station", checks, sizeof checks / sizeof checks[0]);
}

/* How long the program itself takes, in real time; the simulated time has nothing to do with it. */
#ifndef ORCHID_SIM_CLOCK_H
#define ORCHID_SIM_CLOCK_H

#include <time.h>

/* Seconds since some moment in the past: CLOCK_MONOTONIC for wall time, CLOCK_THREAD_CPUTIME_ID for what the thread
 * computed. */
static inline double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif

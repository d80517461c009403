/* Engines without an engine, to put beside orchid: what one writes in an afternoon, and the least that will do. They
 * know one model each and have no API, no configuration, no checks and no statistics but a mean. */
#ifndef ORCHID_TESTS_REFERENCE_H
#define ORCHID_TESTS_REFERENCE_H

#include "../sim/scenario.h"

/* The afternoon's event set: malloc'd events in a heap of pointers. */
typedef struct NaiveEvent {
    double time;
    uint64_t sequence;
    int kind;
    void *subject; /* borrowed */
} NaiveEvent;

/* Zero is empty. */
typedef struct NaiveHeap {
    NaiveEvent **events; /* owned */
    int count, limit;
    uint64_t sequence;
} NaiveHeap;

void naive_push(NaiveHeap *heap, double time, int kind, void *subject);

/* The earliest event, for the caller to free. The heap is not empty. */
NaiveEvent *naive_pop(NaiveHeap *heap);

void naive_free(NaiveHeap *heap);

/* Mean sojourn time (s) in an M/M/1 queue over `customers` services of mean `service_s`: naive event set, malloc'd
 * customers, GSL's mt19937 and exponential. */
double naive_mm1(int64_t customers, double utilisation, double service_s, uint64_t seed);

/* The same with the least that an event set needs: a binary heap of 16-byte keys, xoshiro256++ and a ziggurat. */
double bare_mm1(int64_t customers, double utilisation, double service_s, uint64_t seed);

/* What a run of the naive tiers did. */
typedef struct NaiveRun {
    int64_t requests, events;
    double response_s; /* mean of those finished */
    double cpu_s;      /* of the loop, set-up apart */
} NaiveRun;

/* Devices, sites and a cloud as in scenarios/scale, whose counts, links, applications and mean latencies it takes, for
 * its simulated time: everything on the device, or device, site and cloud in turn. */
NaiveRun naive_tiers(const Scenario *scenario, bool round_robin, uint64_t seed);

#endif

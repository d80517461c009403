/* Reference engines for M/M/1: a naive one and a bare one. Both keep customers in a queue and events in a heap. */
#include "../sim/rng.h"
#include "bench.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

typedef enum ReferenceKind { ARRIVAL, DEPARTURE } ReferenceKind;

typedef struct NaiveEvent {
    double time;
    uint64_t sequence;
    ReferenceKind kind;
} NaiveEvent;

typedef struct NaiveHeap {
    NaiveEvent **events;
    int count, limit;
} NaiveHeap;

typedef struct NaiveCustomer {
    double arrived;
    struct NaiveCustomer *next;
} NaiveCustomer;

static bool naive_before(const NaiveEvent *a, const NaiveEvent *b)
{
    return a->time < b->time || (a->time == b->time && a->sequence < b->sequence);
}

static void naive_push(NaiveHeap *heap, double time, uint64_t sequence, ReferenceKind kind)
{
    if (heap->count == heap->limit) {
        heap->limit = 2 * heap->limit + 16;
        heap->events = realloc(heap->events, (size_t)heap->limit * sizeof *heap->events);
    }
    NaiveEvent *event = malloc(sizeof *event);
    *event = (NaiveEvent){time, sequence, kind};
    int at = heap->count++;
    while (at > 0 && naive_before(event, heap->events[(at - 1) / 2])) {
        heap->events[at] = heap->events[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->events[at] = event;
}

static NaiveEvent *naive_pop(NaiveHeap *heap)
{
    NaiveEvent *first = heap->events[0], *last = heap->events[--heap->count];
    int at = 0;
    for (int child = 1; child < heap->count; child = 2 * at + 1) {
        if (child + 1 < heap->count && naive_before(heap->events[child + 1], heap->events[child]))
            child++;
        if (!naive_before(heap->events[child], last))
            break;
        heap->events[at] = heap->events[child];
        at = child;
    }
    heap->events[at] = last;
    return first;
}

double bench_naive_mm1(int64_t customers, double utilisation, uint64_t seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    NaiveHeap heap = {0};
    NaiveCustomer *head = NULL, *tail = NULL;
    uint64_t sequence = 0;
    int64_t done = 0;
    double sum = 0;
    naive_push(&heap, gsl_ran_exponential(rng, 1 / utilisation), sequence++, ARRIVAL);
    while (done < customers) {
        NaiveEvent *event = naive_pop(&heap);
        double now = event->time;
        if (event->kind == ARRIVAL) {
            NaiveCustomer *customer = malloc(sizeof *customer);
            *customer = (NaiveCustomer){now, NULL};
            if (tail)
                tail->next = customer;
            else
                head = customer;
            tail = customer;
            if (head == customer)
                naive_push(&heap, now + gsl_ran_exponential(rng, 1), sequence++, DEPARTURE);
            naive_push(&heap, now + gsl_ran_exponential(rng, 1 / utilisation), sequence++, ARRIVAL);
        } else {
            NaiveCustomer *served = head;
            sum += now - served->arrived;
            done++;
            head = served->next;
            tail = head ? tail : NULL;
            free(served);
            if (head)
                naive_push(&heap, now + gsl_ran_exponential(rng, 1), sequence++, DEPARTURE);
        }
        free(event);
    }
    while (heap.count > 0)
        free(naive_pop(&heap));
    for (NaiveCustomer *customer = head; customer;) {
        NaiveCustomer *next = customer->next;
        free(customer);
        customer = next;
    }
    free(heap.events);
    gsl_rng_free(rng);
    return sum / (double)customers;
}

/* Time above, sequence and kind below, in one integer. */
__extension__ typedef unsigned __int128 BareKey;

enum { BARE_LIMIT = 64, RING = 1 << 16 };

typedef struct BareHeap {
    BareKey keys[BARE_LIMIT];
    int count;
} BareHeap;

static void bare_push(BareHeap *heap, BareKey key)
{
    int at = heap->count++;
    while (at > 0 && key < heap->keys[(at - 1) / 2]) {
        heap->keys[at] = heap->keys[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->keys[at] = key;
}

static BareKey bare_pop(BareHeap *heap)
{
    BareKey first = heap->keys[0], last = heap->keys[--heap->count];
    int at = 0;
    for (int child = 1; child < heap->count; child = 2 * at + 1) {
        child += child + 1 < heap->count && heap->keys[child + 1] < heap->keys[child];
        if (last <= heap->keys[child])
            break;
        heap->keys[at] = heap->keys[child];
        at = child;
    }
    heap->keys[at] = last;
    return first;
}

static BareKey bare_key(uint64_t time, uint64_t sequence, ReferenceKind kind)
{
    return (BareKey)time << 64 | sequence << 1 | kind;
}

static uint64_t bare_exponential(Stream *stream, double mean_ns)
{
    return (uint64_t)(-mean_ns * log(stream_uniform(stream)));
}

double bench_bare_mm1(int64_t customers, double utilisation, uint64_t seed)
{
    Stream stream = stream_create(seed, 0, STREAM_ANALYSIS, 0);
    BareHeap heap = {0};
    uint64_t *arrived = malloc(RING * sizeof *arrived);
    uint64_t sequence = 0;
    int64_t begun = 0, done = 0;
    double sum = 0, service_ns = NS_PER_S, gap_ns = NS_PER_S / utilisation;
    bare_push(&heap, bare_key(bare_exponential(&stream, gap_ns), sequence++, ARRIVAL));
    while (done < customers) {
        BareKey key = bare_pop(&heap);
        uint64_t now = (uint64_t)(key >> 64);
        if ((key & 1) == ARRIVAL) {
            arrived[begun++ % RING] = now;
            if (begun == done + 1)
                bare_push(&heap, bare_key(now + bare_exponential(&stream, service_ns), sequence++, DEPARTURE));
            bare_push(&heap, bare_key(now + bare_exponential(&stream, gap_ns), sequence++, ARRIVAL));
        } else {
            sum += (double)(now - arrived[done++ % RING]);
            if (done < begun)
                bare_push(&heap, bare_key(now + bare_exponential(&stream, service_ns), sequence++, DEPARTURE));
        }
    }
    free(arrived);
    return sum / (double)customers / NS_PER_S;
}

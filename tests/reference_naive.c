#include "reference.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>

static bool naive_before(const NaiveEvent *a, const NaiveEvent *b)
{
    return a->time < b->time || (a->time == b->time && a->sequence < b->sequence);
}

void naive_push(NaiveHeap *heap, double time, int kind, void *subject)
{
    if (heap->count == heap->limit) {
        heap->limit = 2 * heap->limit + 16;
        heap->events = realloc(heap->events, (size_t)heap->limit * sizeof *heap->events);
    }
    NaiveEvent *event = malloc(sizeof *event);
    *event = (NaiveEvent){time, heap->sequence++, kind, subject};
    int at = heap->count++;
    while (at > 0 && naive_before(event, heap->events[(at - 1) / 2])) {
        heap->events[at] = heap->events[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->events[at] = event;
}

NaiveEvent *naive_pop(NaiveHeap *heap)
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

void naive_free(NaiveHeap *heap)
{
    for (int i = 0; i < heap->count; i++)
        free(heap->events[i]);
    free(heap->events);
    *heap = (NaiveHeap){0};
}

/* M/M/1 */

enum { ARRIVAL, DEPARTURE };

typedef struct NaiveCustomer {
    double arrived;
    struct NaiveCustomer *next;
} NaiveCustomer;

double naive_mm1(int64_t customers, double utilisation, double service_s, uint64_t seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    NaiveHeap heap = {0};
    NaiveCustomer *head = NULL, *tail = NULL;
    int64_t done = 0;
    double sum = 0, gap_s = service_s / utilisation;
    naive_push(&heap, gsl_ran_exponential(rng, gap_s), ARRIVAL, NULL);
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
                naive_push(&heap, now + gsl_ran_exponential(rng, service_s), DEPARTURE, NULL);
            naive_push(&heap, now + gsl_ran_exponential(rng, gap_s), ARRIVAL, NULL);
        } else {
            NaiveCustomer *served = head;
            sum += now - served->arrived;
            done++;
            head = served->next;
            tail = head ? tail : NULL;
            free(served);
            if (head)
                naive_push(&heap, now + gsl_ran_exponential(rng, service_s), DEPARTURE, NULL);
        }
        free(event);
    }
    for (NaiveCustomer *customer = head; customer;) {
        NaiveCustomer *next = customer->next;
        free(customer);
        customer = next;
    }
    naive_free(&heap);
    gsl_rng_free(rng);
    return sum / (double)customers;
}

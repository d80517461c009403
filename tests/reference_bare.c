#include "../sim/rng.h"
#include "reference.h"

#include <stdlib.h>

/* Time above, sequence and kind below, in one integer. */
__extension__ typedef unsigned __int128 BareKey;

enum { BARE_LIMIT = 64, RING = 1 << 16, ARRIVAL = 0, DEPARTURE = 1 };

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

static BareKey bare_key(uint64_t time, uint64_t sequence, unsigned kind)
{
    return (BareKey)time << 64 | sequence << 1 | kind;
}

double bare_mm1(int64_t customers, double utilisation, double service_s, uint64_t seed)
{
    Stream stream = stream_create(seed, 0, STREAM_ANALYSIS, 0);
    BareHeap heap = {0};
    uint64_t *arrived = malloc(RING * sizeof *arrived);
    uint64_t sequence = 0;
    int64_t begun = 0, done = 0;
    double sum = 0, service_ns = service_s * NS_PER_S, gap_ns = service_ns / utilisation;
    bare_push(&heap, bare_key((uint64_t)stream_exponential(&stream, gap_ns), sequence++, ARRIVAL));
    while (done < customers) {
        BareKey key = bare_pop(&heap);
        uint64_t now = (uint64_t)(key >> 64);
        if ((key & 1) == ARRIVAL) {
            arrived[begun++ % RING] = now;
            if (begun == done + 1)
                bare_push(&heap,
                          bare_key(now + (uint64_t)stream_exponential(&stream, service_ns), sequence++, DEPARTURE));
            bare_push(&heap, bare_key(now + (uint64_t)stream_exponential(&stream, gap_ns), sequence++, ARRIVAL));
        } else {
            sum += (double)(now - arrived[done++ % RING]);
            if (done < begun)
                bare_push(&heap,
                          bare_key(now + (uint64_t)stream_exponential(&stream, service_ns), sequence++, DEPARTURE));
        }
    }
    free(arrived);
    return sum / (double)customers / NS_PER_S;
}

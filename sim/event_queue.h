/* What happens next: at most one pending event per slot, in total order of (time, kind, sequence number).
 *
 * A winner tree over stable slots: scheduling, moving and cancelling a slot's event replays one path of comparisons
 * towards the root, and needs no map from slot to place. Below each leaf, a pair of slots plays among themselves.
 * Winners carry their times, so that a path is all that is read; only where two are equal the rest of their order is
 * looked up. */
#ifndef ORCHID_SIM_EVENT_QUEUE_H
#define ORCHID_SIM_EVENT_QUEUE_H

#include "memory.h"
#include "units.h"

/* When an event is due. Stamps of different queues compare where their sequence numbers come from one counter. */
typedef struct EventStamp {
    uint64_t time;  /* ns; from EVENT_NEVER on: not pending */
    uint64_t order; /* kind above, sequence number below; breaks ties */
} EventStamp;

#define EVENT_NEVER ((uint64_t)TIME_NEVER)

enum { EVENT_KIND_LIMIT = 256, EVENT_SEQUENCE_BITS = 56 };

/* Zero is not ready; see event_queue_init. */
typedef struct EventQueue {
    int slots;          /* capacity, 2 or a multiple of 4: each pair has a rival */
    uint32_t leaf;      /* the leaf of the first pair of slots, a power of two, so that all paths are equally long */
    EventStamp *stamps; /* [slots] owned; a slot without event has the time EVENT_NEVER + slot, so that no two of
                           those tie */
    uint64_t *winner_times; /* [leaf + slots / 2] owned; when the event is due that comes first below node i: 1 is the
                               root, leaf + i the leaf of pair i, and nodes 2i and 2i + 1 play for node i */
    uint32_t *winners;      /* [leaf + slots / 2] owned; and its slot */
    uint64_t first;         /* time of the root's slot */
} EventQueue;

/* Levels of the tree that may be far away in memory, from the leaves; and how many nodes those near the root have. */
enum { EVENT_FAR_LEVELS = 6, EVENT_NEAR_NODES = 16 };

/* An empty queue with room for `slots` slots. */
void event_queue_init(EventQueue *queue, int slots);
void event_queue_free(EventQueue *queue);

/* Room for at least `slots` slots, pending events kept. */
void event_queue_reserve(EventQueue *queue, int slots);

/* Bytes of its arrays. */
size_t event_queue_bytes(const EventQueue *queue);

/* Makes `to`, which was initialised, equal to `from`. */
void event_queue_copy(EventQueue *to, const EventQueue *from);

/* Schedules the slot's event, in place of one already pending; a time from EVENT_NEVER on: none is pending from now on.
 */
void event_queue_set(EventQueue *queue, int slot, EventStamp stamp);
void event_queue_cancel(EventQueue *queue, int slot);

/* The stamp of an event of kind 0 .. EVENT_KIND_LIMIT - 1, or of none at TIME_NEVER; takes a number from the counter
 * `sequence`. */
static inline EventStamp event_stamp(Time time, int kind, uint64_t *sequence)
{
    assert(time >= 0 && kind >= 0 && kind < EVENT_KIND_LIMIT && *sequence < UINT64_C(1) << EVENT_SEQUENCE_BITS);
    return (EventStamp){(uint64_t)time, (uint64_t)kind << EVENT_SEQUENCE_BITS | (*sequence)++};
}

static inline int event_order_kind(uint64_t order)
{
    return (int)(order >> EVENT_SEQUENCE_BITS);
}

static inline bool event_is_before(EventStamp a, EventStamp b)
{
    return a.time < b.time || (a.time == b.time && a.order < b.order);
}

/* The slot of the earliest event, which is due at `first`; of no meaning where that is EVENT_NEVER or more. */
static inline int event_queue_first_slot(const EventQueue *queue)
{
    return (int)queue->winners[1];
}

/* The slot of the earliest event in that part of the queue which `slot` is in, of at least EVENT_NEAR_NODES parts: next
 * in some such number of events, by and large. */
static inline int event_queue_soon(const EventQueue *queue, int slot)
{
    uint32_t node = queue->leaf + (uint32_t)slot / 2;
    int levels = __builtin_clz(EVENT_NEAR_NODES) - __builtin_clz(node);
    return (int)queue->winners[levels > 0 ? node >> levels : node];
}

/* Fetches what the slot's next scheduling will look at first. */
MEMORY_PREFETCHES void event_queue_prefetch(const EventQueue *queue, int slot)
{
    __builtin_prefetch(&queue->stamps[slot]);
    uint32_t leaf = queue->leaf + (uint32_t)slot / 2;
    for (int level = 0; level < EVENT_FAR_LEVELS; level++) {
        __builtin_prefetch(&queue->winner_times[leaf >> level]);
        __builtin_prefetch(&queue->winners[leaf >> level]);
    }
}

#endif

/* What happens next: at most one pending event per slot, in total order of (time, kind, sequence number).
 *
 * A winner tree over stable slots: scheduling, moving and cancelling a slot's event replays one path of comparisons
 * towards the root, and needs no map from slot to place. Below each leaf, a group of slots plays among themselves. */
#ifndef ORCHID_SIM_EVENT_QUEUE_H
#define ORCHID_SIM_EVENT_QUEUE_H

#include "memory.h"
#include "units.h"

/* Time above, then kind, then sequence number: one integer, compared without a branch. Keys of different queues compare
 * where their sequence numbers come from one counter. */
__extension__ typedef unsigned __int128 EventKey;

#define EVENT_KEY_NEVER (~(EventKey)0)

enum { EVENT_KIND_LIMIT = 256, EVENT_SEQUENCE_BITS = 56 };

/* Zero is not ready; see event_queue_init. */
typedef struct EventQueue {
    int slots;        /* capacity, a power of two */
    int groups;       /* of EVENT_GROUP slots */
    EventKey *keys;   /* [slots] owned */
    int32_t *winners; /* [2 x groups] owned; node i holds the slot that wins below it: 1 is the root, groups + i the
                         leaf of group i */
    EventKey first;   /* of the root's slot */
} EventQueue;

/* Slots that play among themselves below a leaf, and levels of the tree that may be far away in memory. */
enum { EVENT_GROUP = 2, EVENT_FAR_LEVELS = 6 };

/* An empty queue with room for `slots` slots. */
void event_queue_init(EventQueue *queue, int slots);
void event_queue_free(EventQueue *queue);

/* Room for at least `slots` slots, pending events kept. */
void event_queue_reserve(EventQueue *queue, int slots);

/* Makes `to`, which was initialised, equal to `from`. */
void event_queue_copy(EventQueue *to, const EventQueue *from);

/* Schedules the slot's event, in place of one already pending; EVENT_KEY_NEVER: none is pending from now on. */
void event_queue_set(EventQueue *queue, int slot, EventKey key);

/* The key of an event of kind 0 .. EVENT_KIND_LIMIT - 1; takes a number from the counter `sequence`. TIME_NEVER gives
 * EVENT_KEY_NEVER and takes none. */
static inline EventKey event_key(Time time, int kind, uint64_t *sequence)
{
    assert(time >= 0 && kind >= 0 && kind < EVENT_KIND_LIMIT && *sequence < UINT64_C(1) << EVENT_SEQUENCE_BITS);
    if (time == TIME_NEVER)
        return EVENT_KEY_NEVER;
    return (EventKey)(uint64_t)time << 64 | (uint64_t)kind << EVENT_SEQUENCE_BITS | (*sequence)++;
}

static inline Time event_key_time(EventKey key)
{
    return key == EVENT_KEY_NEVER ? TIME_NEVER : (Time)(key >> 64);
}

static inline int event_key_kind(EventKey key)
{
    return (int)((uint64_t)key >> EVENT_SEQUENCE_BITS);
}

/* The slot of the earliest event, whose key is `first`; of no meaning where that is EVENT_KEY_NEVER. */
static inline int event_queue_first_slot(const EventQueue *queue)
{
    return queue->winners[1];
}

/* Fetches what the slot's next scheduling will look at first. */
MEMORY_PREFETCHES void event_queue_prefetch(const EventQueue *queue, int slot)
{
    __builtin_prefetch(&queue->keys[slot]);
    unsigned leaf = (unsigned)(queue->groups + slot / EVENT_GROUP);
    for (int level = 0; level < EVENT_FAR_LEVELS; level++)
        __builtin_prefetch(&queue->winners[leaf >> level]);
}

#endif

/* What happens next: at most one pending event per slot, in total order of (time, kind, sequence number).
 *
 * A winner tree over stable slots: scheduling, moving and cancelling a slot's event replays one path of comparisons
 * towards the root, and needs no map from slot to place. Below each leaf, a group of slots plays among themselves.
 * Every station, source, chain and request on its way owns one slot. */
#ifndef ORCHID_SIM_EVENT_QUEUE_H
#define ORCHID_SIM_EVENT_QUEUE_H

#include "units.h"

/* Time above, then kind, then sequence number: one integer, compared without a branch. */
__extension__ typedef unsigned __int128 EventKey;

/* Zero is not ready; see event_queue_init. */
typedef struct EventQueue {
    int slots;         /* capacity, a power of two */
    int groups;        /* of EVENT_GROUP slots */
    EventKey *keys;    /* [slots] owned */
    int32_t *winners;  /* [2 x groups] owned; node i holds the slot that wins below it: 1 is the root, groups + i the
                          leaf of group i */
    uint64_t sequence; /* events ever scheduled */
} EventQueue;

/* Slots that play among themselves below a leaf, and levels of the tree that may be far away in memory. */
enum { EVENT_KIND_LIMIT = 256, EVENT_GROUP = 4, EVENT_FAR_LEVELS = 6 };

/* An empty queue with room for `slots` slots. */
void event_queue_init(EventQueue *queue, int slots);
void event_queue_free(EventQueue *queue);

/* Room for at least `slots` slots, pending events kept. */
void event_queue_reserve(EventQueue *queue, int slots);

/* Makes `to`, which was initialised, equal to `from`. */
void event_queue_copy(EventQueue *to, const EventQueue *from);

/* Schedules the slot's event, in place of one already pending. TIME_NEVER cancels. */
void event_queue_set(EventQueue *queue, int slot, Time time, int kind);

/* No event is pending for the slot from now on. */
void event_queue_cancel(EventQueue *queue, int slot);

enum { EVENT_SEQUENCE_BITS = 56 };

#define EVENT_KEY_NEVER (~(EventKey)0)

static inline Time event_key_time(EventKey key)
{
    return key == EVENT_KEY_NEVER ? TIME_NEVER : (Time)(key >> 64);
}

static inline int event_key_kind(EventKey key)
{
    return (int)((uint64_t)key >> EVENT_SEQUENCE_BITS);
}

/* The key of the earliest event and, into `ret_slot`, its slot; EVENT_KEY_NEVER where none is pending. It stays
 * pending. */
static inline EventKey event_queue_first(const EventQueue *queue, int *ret_slot)
{
    *ret_slot = queue->winners[1];
    return queue->keys[*ret_slot];
}

/* Fetches what the slot's next scheduling will look at first. */
static inline void event_queue_prefetch(const EventQueue *queue, int slot)
{
    __builtin_prefetch(&queue->keys[slot]);
    unsigned leaf = (unsigned)(queue->groups + slot / EVENT_GROUP);
    for (int level = 0; level < EVENT_FAR_LEVELS; level++)
        __builtin_prefetch(&queue->winners[leaf >> level]);
}

/* The same in parts: the slot, or -1 where none is pending. */
int event_queue_next(const EventQueue *queue, Time *ret_time, int *ret_kind);

/* Time of the slot's event, TIME_NEVER where none is pending. */
Time event_queue_time(const EventQueue *queue, int slot);

#endif

#include "event_queue.h"

#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The slot with the earliest event of a group. */
static inline int32_t group_winner(const EventKey *keys, int32_t group)
{
    static_assert(EVENT_GROUP == 2, "a group is a pair");
    int32_t first = EVENT_GROUP * group;
    return first + (keys[first + 1] < keys[first]);
}

/* Replays the matches on the path from a slot towards the root, until one ends as before between two others. The rivals
 * of all rounds are known beforehand, so that their keys are fetched side by side. */
static inline void replay(EventQueue *queue, int32_t slot)
{
    const EventKey *keys = queue->keys;
    int32_t *winners = queue->winners, winner = group_winner(keys, slot / EVENT_GROUP);
    EventKey key = keys[winner];
    unsigned i = (unsigned)(queue->groups + slot / EVENT_GROUP);
    while (winners[i] != winner || winner == slot) {
        winners[i] = winner;
        if (i == 1) {
            queue->first = key;
            return;
        }
        int32_t rival = winners[i ^ 1];
        EventKey rival_key = keys[rival];
        bool beaten = rival_key < key;
        winner = beaten ? rival : winner;
        key = beaten ? rival_key : key;
        i /= 2;
    }
}

void event_queue_init(EventQueue *queue, int slots)
{
    *queue = (EventQueue){0};
    event_queue_reserve(queue, slots < EVENT_GROUP ? EVENT_GROUP : slots);
}

void event_queue_free(EventQueue *queue)
{
    free(queue->keys);
    free(queue->winners);
    *queue = (EventQueue){0};
}

void event_queue_reserve(EventQueue *queue, int slots)
{
    if (slots <= queue->slots)
        return;
    int old = queue->slots, size = old ? old : EVENT_GROUP;
    while (size < slots)
        size *= 2;
    queue->keys = memory_grow(queue->keys, (size_t)old, (size_t)size, sizeof *queue->keys);
    queue->winners = memory_grow(queue->winners, 2 * (size_t)queue->groups, 2 * (size_t)(size / EVENT_GROUP),
                                 sizeof *queue->winners);
    queue->slots = size;
    queue->groups = size / EVENT_GROUP;
    for (int i = old; i < size; i++)
        queue->keys[i] = EVENT_KEY_NEVER;
    for (int i = 0; i < queue->groups; i++)
        queue->winners[queue->groups + i] = group_winner(queue->keys, i);
    for (int i = queue->groups - 1; i >= 1; i--) {
        int32_t a = queue->winners[2 * i], b = queue->winners[2 * i + 1];
        queue->winners[i] = queue->keys[b] < queue->keys[a] ? b : a;
    }
    queue->first = queue->keys[queue->winners[1]];
}

void event_queue_copy(EventQueue *to, const EventQueue *from)
{
    if (to->slots != from->slots) {
        event_queue_free(to);
        event_queue_init(to, from->slots);
    }
    memcpy(to->keys, from->keys, (size_t)from->slots * sizeof *from->keys);
    memcpy(to->winners, from->winners, 2 * (size_t)from->groups * sizeof *from->winners);
    to->first = from->first;
}

void event_queue_set(EventQueue *queue, int slot, EventKey key)
{
    assert(slot >= 0 && slot < queue->slots);
    queue->keys[slot] = key;
    replay(queue, slot);
}

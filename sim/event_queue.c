#include "event_queue.h"

#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The slot with the earliest event of a group. */
static inline int32_t group_winner(const EventKey *keys, int32_t group)
{
    int32_t first = EVENT_GROUP * group;
    int32_t a = first + (keys[first + 1] < keys[first]), b = first + 2 + (keys[first + 3] < keys[first + 2]);
    return keys[b] < keys[a] ? b : a;
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
        if (i == 1)
            return;
        int32_t rival = winners[i ^ 1];
        EventKey rival_key = keys[rival];
        bool beaten = rival_key < key;
        winner = beaten ? rival : winner;
        key = beaten ? rival_key : key;
        i /= 2;
    }
}

static void set_key(EventQueue *queue, int slot, EventKey key)
{
    assert(slot >= 0 && slot < queue->slots);
    if (queue->keys[slot] == key)
        return;
    queue->keys[slot] = key;
    replay(queue, slot);
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
}

void event_queue_copy(EventQueue *to, const EventQueue *from)
{
    if (to->slots != from->slots) {
        event_queue_free(to);
        event_queue_init(to, from->slots);
    }
    memcpy(to->keys, from->keys, (size_t)from->slots * sizeof *from->keys);
    memcpy(to->winners, from->winners, 2 * (size_t)from->groups * sizeof *from->winners);
    to->sequence = from->sequence;
}

void event_queue_set(EventQueue *queue, int slot, Time time, int kind)
{
    assert(time >= 0 && kind >= 0 && kind < EVENT_KIND_LIMIT);
    if (time == TIME_NEVER) {
        event_queue_cancel(queue, slot);
        return;
    }
    assert(queue->sequence < UINT64_C(1) << EVENT_SEQUENCE_BITS);
    uint64_t order = (uint64_t)kind << EVENT_SEQUENCE_BITS | queue->sequence++;
    set_key(queue, slot, (EventKey)(uint64_t)time << 64 | order);
}

void event_queue_cancel(EventQueue *queue, int slot)
{
    set_key(queue, slot, EVENT_KEY_NEVER);
}

int event_queue_next(const EventQueue *queue, Time *ret_time, int *ret_kind)
{
    int slot;
    EventKey key = event_queue_first(queue, &slot);
    if (key == EVENT_KEY_NEVER)
        return -1;
    *ret_time = event_key_time(key);
    *ret_kind = event_key_kind(key);
    return slot;
}

Time event_queue_time(const EventQueue *queue, int slot)
{
    assert(slot >= 0 && slot < queue->slots);
    return event_key_time(queue->keys[slot]);
}

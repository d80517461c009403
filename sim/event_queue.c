#include "event_queue.h"

#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Replays the matches on the path from a leaf to the root. */
static inline void replay(EventQueue *queue, int slot)
{
    const EventKey *keys = queue->keys;
    int32_t *winners = queue->winners;
    for (unsigned i = (unsigned)(queue->slots + slot) / 2; i >= 1; i /= 2) {
        int32_t a = winners[2 * i], b = winners[2 * i + 1];
        winners[i] = keys[b] < keys[a] ? b : a;
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
    event_queue_reserve(queue, slots < 2 ? 2 : slots);
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
    int old = queue->slots, size = old ? old : 2;
    while (size < slots)
        size *= 2;
    queue->keys = memory_grow(queue->keys, (size_t)old, (size_t)size, sizeof *queue->keys);
    queue->winners = memory_grow(queue->winners, 2 * (size_t)old, 2 * (size_t)size, sizeof *queue->winners);
    queue->slots = size;
    for (int i = old; i < size; i++)
        queue->keys[i] = EVENT_KEY_NEVER;
    for (int i = 0; i < size; i++)
        queue->winners[size + i] = i;
    for (int i = size - 1; i >= 1; i--) {
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
    memcpy(to->winners, from->winners, 2 * (size_t)from->slots * sizeof *from->winners);
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

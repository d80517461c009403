#include "event_queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Of two slots due at the same time: the one that comes first. */
MEMORY_COLD static uint32_t break_tie(const uint64_t *orders, uint32_t a, uint32_t b)
{
    return orders[b] < orders[a] ? b : a;
}

/* The slot that comes first. Ties are rare, so that the choice is one comparison and no branch that could go wrong. */
static inline uint32_t earlier(const EventQueue *queue, uint32_t a, uint32_t b)
{
    uint64_t time_a = queue->times[a], time_b = queue->times[b];
    if (__builtin_expect(time_a == time_b, 0))
        return break_tie(queue->orders, a, b);
    return time_b < time_a ? b : a;
}

/* Replays the matches on the path from a slot towards the root, until one ends as before between two others. The rivals
 * of all rounds are known beforehand, so that their times are fetched side by side. */
static inline void replay(EventQueue *queue, uint32_t slot)
{
    const uint64_t *times = queue->times;
    uint32_t *winners = queue->winners, winner = earlier(queue, slot & ~UINT32_C(1), slot | 1);
    uint64_t time = times[winner];
    uint32_t i = queue->pairs + slot / 2;
    for (;;) {
        uint32_t before = winners[i];
        winners[i] = winner;
        if (i == 1)
            break;
        if (winner != slot && winner == before)
            return;
        uint32_t rival = winners[i ^ 1];
        uint64_t rival_time = times[rival];
        i /= 2;
        if (__builtin_expect(rival_time == time, 0)) {
            winner = break_tie(queue->orders, winner, rival);
            continue;
        }
        winner = rival_time < time ? rival : winner;
        time = rival_time < time ? rival_time : time;
    }
    queue->first = time;
}

void event_queue_init(EventQueue *queue, int slots)
{
    *queue = (EventQueue){0};
    event_queue_reserve(queue, slots < 2 ? 2 : slots);
}

void event_queue_free(EventQueue *queue)
{
    free(queue->times);
    free(queue->orders);
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
    queue->times = memory_grow(queue->times, (size_t)old, (size_t)size, sizeof *queue->times);
    queue->orders = memory_grow(queue->orders, (size_t)old, (size_t)size, sizeof *queue->orders);
    queue->winners = memory_grow(queue->winners, (size_t)old, (size_t)size, sizeof *queue->winners);
    queue->slots = size;
    queue->pairs = (uint32_t)size / 2;
    for (int i = old; i < size; i++)
        queue->times[i] = EVENT_NEVER + (uint64_t)i;
    for (uint32_t i = 0; i < queue->pairs; i++)
        queue->winners[queue->pairs + i] = earlier(queue, 2 * i, 2 * i + 1);
    for (uint32_t i = queue->pairs - 1; i >= 1; i--)
        queue->winners[i] = earlier(queue, queue->winners[2 * i], queue->winners[2 * i + 1]);
    queue->first = queue->times[queue->winners[1]];
}

size_t event_queue_bytes(const EventQueue *queue)
{
    size_t slot = sizeof *queue->times + sizeof *queue->orders, pair = 2 * sizeof *queue->winners;
    return (size_t)queue->slots * slot + (size_t)queue->pairs * pair;
}

void event_queue_copy(EventQueue *to, const EventQueue *from)
{
    if (to->slots != from->slots) {
        event_queue_free(to);
        event_queue_init(to, from->slots);
    }
    size_t slots = (size_t)from->slots;
    memcpy(to->times, from->times, slots * sizeof *from->times);
    memcpy(to->orders, from->orders, slots * sizeof *from->orders);
    memcpy(to->winners, from->winners, slots * sizeof *from->winners);
    to->first = from->first;
}

void event_queue_set(EventQueue *queue, int slot, EventStamp stamp)
{
    assert(slot >= 0 && slot < queue->slots);
    queue->times[slot] = stamp.time < EVENT_NEVER ? stamp.time : EVENT_NEVER + (uint64_t)slot;
    queue->orders[slot] = stamp.order;
    replay(queue, (uint32_t)slot);
}

void event_queue_cancel(EventQueue *queue, int slot)
{
    event_queue_set(queue, slot, (EventStamp){.time = EVENT_NEVER});
}

#include "event_queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Of two slots due at the same time: the one that comes first. */
MEMORY_COLD static size_t break_tie(const uint64_t *orders, size_t a, size_t b)
{
    return orders[b] < orders[a] ? b : a;
}

/* The slot that comes first. Ties are rare, so that the choice is one comparison and no branch that could go wrong. */
static inline size_t earlier(const EventQueue *queue, size_t a, size_t b)
{
    uint64_t time_a = queue->times[a], time_b = queue->times[b];
    if (__builtin_expect(time_a == time_b, 0))
        return break_tie(queue->orders, a, b);
    return time_b < time_a ? b : a;
}

/* The winner between `winner`, due at *time, and the rival of node i; its time becomes *time. */
static inline size_t play(const EventQueue *queue, size_t i, size_t winner, uint64_t *time)
{
    size_t rival = queue->winners[i ^ 1];
    uint64_t rival_time = queue->times[rival];
    if (__builtin_expect(rival_time == *time, 0))
        return break_tie(queue->orders, winner, rival);
    winner = rival_time < *time ? rival : winner;
    *time = rival_time < *time ? rival_time : *time;
    return winner;
}

/* Replays the matches on the path from a slot to the root. The rivals of all rounds are known beforehand, so that their
 * times are fetched side by side. */
static inline void replay(EventQueue *queue, size_t slot)
{
    uint32_t *winners = queue->winners;
    size_t winner = earlier(queue, slot & ~(size_t)1, slot | 1), i = queue->pairs + slot / 2;
    uint64_t time = queue->times[winner];
    /* Where the slot was not the first of all, the path ends with a match that others win as before. */
    if (winners[1] != slot) {
        for (; i > 1; i /= 2) {
            if (winner != slot && winner == winners[i])
                return;
            winners[i] = (uint32_t)winner;
            winner = play(queue, i, winner, &time);
        }
        if (winner != slot && winner == winners[1])
            return;
    }
    for (; i > 1; i /= 2) {
        winners[i] = (uint32_t)winner;
        winner = play(queue, i, winner, &time);
    }
    winners[1] = (uint32_t)winner;
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

/* A larger copy of an array, in place of it. */
static void *grow(void *old, int old_count, int new_count, size_t size)
{
    void *grown = memory_allocate_lines((size_t)new_count, size);
    if (old_count > 0)
        memcpy(grown, old, (size_t)old_count * size);
    free(old);
    return grown;
}

void event_queue_reserve(EventQueue *queue, int slots)
{
    if (slots <= queue->slots)
        return;
    int old = queue->slots, size = old ? old : 2;
    while (size < slots)
        size *= 2;
    queue->times = grow(queue->times, old, size, sizeof *queue->times);
    queue->orders = grow(queue->orders, old, size, sizeof *queue->orders);
    queue->winners = grow(queue->winners, old, size, sizeof *queue->winners);
    queue->slots = size;
    queue->pairs = (uint32_t)size / 2;
    for (int i = old; i < size; i++)
        queue->times[i] = EVENT_NEVER + (uint64_t)i;
    for (size_t i = 0; i < queue->pairs; i++)
        queue->winners[queue->pairs + i] = (uint32_t)earlier(queue, 2 * i, 2 * i + 1);
    for (size_t i = queue->pairs - 1; i >= 1; i--)
        queue->winners[i] = (uint32_t)earlier(queue, queue->winners[2 * i], queue->winners[2 * i + 1]);
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
    replay(queue, (size_t)slot);
}

void event_queue_cancel(EventQueue *queue, int slot)
{
    event_queue_set(queue, slot, (EventStamp){.time = EVENT_NEVER});
}

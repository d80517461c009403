#include "event_queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Whether slot `a`, due at `time_a`, comes before slot `b`. Ties are rare. */
static inline bool is_before(const EventQueue *queue, int32_t a, uint64_t time_a, int32_t b, uint64_t time_b)
{
    if (__builtin_expect(time_a == time_b, 0))
        return queue->orders[a] < queue->orders[b];
    return time_a < time_b;
}

static inline int32_t pair_winner(const EventQueue *queue, int32_t pair)
{
    int32_t first = 2 * pair, second = first + 1;
    return is_before(queue, second, queue->times[second], first, queue->times[first]) ? second : first;
}

/* Replays the matches on the path from a slot towards the root, until one ends as before between two others. The rivals
 * of all rounds are known beforehand, so that their times are fetched side by side. */
static inline void replay(EventQueue *queue, int32_t slot)
{
    const uint64_t *times = queue->times;
    int32_t *winners = queue->winners, winner = pair_winner(queue, slot / 2);
    uint64_t time = times[winner];
    unsigned i = (unsigned)(queue->pairs + slot / 2);
    while (winners[i] != winner || winner == slot) {
        winners[i] = winner;
        if (i == 1) {
            queue->first = time;
            return;
        }
        int32_t rival = winners[i ^ 1];
        uint64_t rival_time = times[rival];
        bool beaten = is_before(queue, rival, rival_time, winner, time);
        winner = beaten ? rival : winner;
        time = beaten ? rival_time : time;
        i /= 2;
    }
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
    queue->pairs = size / 2;
    for (int i = old; i < size; i++)
        queue->times[i] = EVENT_NEVER + (uint64_t)i;
    for (int i = 0; i < queue->pairs; i++)
        queue->winners[queue->pairs + i] = pair_winner(queue, i);
    for (int i = queue->pairs - 1; i >= 1; i--) {
        int32_t a = queue->winners[2 * i], b = queue->winners[2 * i + 1];
        queue->winners[i] = is_before(queue, b, queue->times[b], a, queue->times[a]) ? b : a;
    }
    queue->first = queue->times[queue->winners[1]];
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
    replay(queue, slot);
}

void event_queue_cancel(EventQueue *queue, int slot)
{
    event_queue_set(queue, slot, (EventStamp){.time = EVENT_NEVER});
}

#include "event_queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A slot and when its event is due. */
typedef struct Player {
    uint64_t time;
    size_t slot;
} Player;

static inline Player slot_player(const EventQueue *queue, size_t slot)
{
    return (Player){queue->stamps[slot].time, slot};
}

static inline Player node_player(const EventQueue *queue, size_t node)
{
    return (Player){queue->winner_times[node], queue->winners[node]};
}

static inline void set_winner(EventQueue *queue, size_t node, Player winner)
{
    queue->winner_times[node] = winner.time;
    queue->winners[node] = (uint32_t)winner.slot;
}

/* Of two that are due at the same time: the one that comes first. */
MEMORY_COLD static size_t break_tie(const EventQueue *queue, size_t a, size_t b)
{
    return queue->stamps[b].order < queue->stamps[a].order ? b : a;
}

/* Who comes first. Ties are rare, so that the choice is one comparison and no branch that could go wrong. */
static inline Player earlier(const EventQueue *queue, Player a, Player b)
{
    if (__builtin_expect(a.time == b.time, 0))
        return (Player){a.time, break_tie(queue, a.slot, b.slot)};
    size_t slot = b.time < a.time ? b.slot : a.slot;
    return (Player){b.time < a.time ? b.time : a.time, slot};
}

/* Replays the matches on the path from a slot, which has a new time, to the root. The rivals of all rounds are known
 * beforehand, so that they are fetched side by side. */
static inline void replay(EventQueue *queue, size_t slot, uint64_t time)
{
    Player winner = earlier(queue, (Player){time, slot}, slot_player(queue, slot ^ 1));
    size_t i = queue->leaf + slot / 2;
    /* Where the slot was not the first of all, the path ends with a match that others win as before. */
    if (queue->winners[1] != slot) {
        for (; i > 1; i /= 2) {
            if (winner.slot != slot && winner.slot == queue->winners[i])
                return;
            set_winner(queue, i, winner);
            winner = earlier(queue, winner, node_player(queue, i ^ 1));
        }
        if (winner.slot != slot && winner.slot == queue->winners[1])
            return;
    }
    for (; i > 1; i /= 2) {
        set_winner(queue, i, winner);
        winner = earlier(queue, winner, node_player(queue, i ^ 1));
    }
    set_winner(queue, 1, winner);
    queue->first = winner.time;
}

static uint32_t node_count(const EventQueue *queue)
{
    return queue->leaf + (uint32_t)queue->slots / 2;
}

void event_queue_init(EventQueue *queue, int slots)
{
    *queue = (EventQueue){0};
    event_queue_reserve(queue, slots < 2 ? 2 : slots);
}

void event_queue_free(EventQueue *queue)
{
    free(queue->stamps);
    free(queue->winner_times);
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

/* All matches, from the leaves to the root. Below some nodes of the longest levels there is nobody. */
static void play_all(EventQueue *queue)
{
    size_t nodes = node_count(queue);
    for (size_t i = nodes - 1; i >= 1; i--) {
        Player winner = {EVENT_NEVER + (uint64_t)queue->slots + i, 0};
        if (i >= queue->leaf)
            winner = earlier(queue, slot_player(queue, 2 * (i - queue->leaf)),
                             slot_player(queue, 2 * (i - queue->leaf) + 1));
        else if (2 * i < nodes)
            winner = earlier(queue, node_player(queue, 2 * i), node_player(queue, 2 * i + 1));
        set_winner(queue, i, winner);
    }
    queue->first = queue->winner_times[1];
}

void event_queue_reserve(EventQueue *queue, int slots)
{
    if (slots <= queue->slots)
        return;
    int old = queue->slots;
    queue->slots = slots <= 2 ? 2 : (slots + 3) / 4 * 4;
    for (queue->leaf = 1; queue->leaf < (uint32_t)queue->slots / 2;)
        queue->leaf *= 2;
    int nodes = (int)node_count(queue);
    queue->stamps = grow(queue->stamps, old, queue->slots, sizeof *queue->stamps);
    queue->winner_times = grow(queue->winner_times, 0, nodes, sizeof *queue->winner_times);
    queue->winners = grow(queue->winners, 0, nodes, sizeof *queue->winners);
    for (int i = old; i < queue->slots; i++)
        queue->stamps[i].time = EVENT_NEVER + (uint64_t)i;
    play_all(queue);
}

size_t event_queue_bytes(const EventQueue *queue)
{
    size_t node = sizeof *queue->winner_times + sizeof *queue->winners;
    return (size_t)queue->slots * sizeof *queue->stamps + node_count(queue) * node;
}

void event_queue_copy(EventQueue *to, const EventQueue *from)
{
    if (to->slots != from->slots) {
        event_queue_free(to);
        event_queue_init(to, from->slots);
    }
    size_t slots = (size_t)from->slots, nodes = node_count(from);
    memcpy(to->stamps, from->stamps, slots * sizeof *from->stamps);
    memcpy(to->winner_times, from->winner_times, nodes * sizeof *from->winner_times);
    memcpy(to->winners, from->winners, nodes * sizeof *from->winners);
    to->first = from->first;
}

void event_queue_set(EventQueue *queue, int slot, EventStamp stamp)
{
    assert(slot >= 0 && slot < queue->slots);
    if (stamp.time >= EVENT_NEVER)
        stamp = (EventStamp){.time = EVENT_NEVER + (uint64_t)slot};
    queue->stamps[slot] = stamp;
    replay(queue, (size_t)slot, stamp.time);
}

void event_queue_cancel(EventQueue *queue, int slot)
{
    event_queue_set(queue, slot, (EventStamp){.time = EVENT_NEVER});
}

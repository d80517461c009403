#include "../sim/event_queue.h"
#include "../sim/rng.h"
#include "check.h"

#include <stdlib.h>

enum { SLOTS = 50, STEPS = 20000 };

/* The reference: a plain list searched from end to end. */
typedef struct Listed {
    Time time;
    int kind;
    uint64_t sequence;
} Listed;

static int list_next(const Listed *list)
{
    int best = -1;
    for (int i = 0; i < SLOTS; i++) {
        if (list[i].time == TIME_NEVER)
            continue;
        const Listed *a = &list[i], *b = best >= 0 ? &list[best] : NULL;
        if (!b || a->time < b->time || (a->time == b->time && a->kind < b->kind) ||
            (a->time == b->time && a->kind == b->kind && a->sequence < b->sequence))
            best = i;
    }
    return best;
}

/* The slot of the earliest event, -1: none. */
static int first_slot(const EventQueue *queue)
{
    return queue->first >= EVENT_NEVER ? -1 : event_queue_first_slot(queue);
}

/* Compares a queue of so many slots with a list, over many random steps. */
static void check_order(int slots)
{
    EventQueue queue;
    event_queue_init(&queue, slots < 3 ? slots : 3);
    Listed list[SLOTS];
    for (int i = 0; i < SLOTS; i++)
        list[i].time = TIME_NEVER;
    event_queue_reserve(&queue, slots);
    Stream stream = stream_create(1, 0, STREAM_ANALYSIS, 0);
    uint64_t sequence = 0, scheduled = 0;
    int differences = 0;
    for (int step = 0; step < STEPS; step++) {
        int slot = (int)stream_uniform_integer(&stream, (uint64_t)slots);
        if (stream_uniform(&stream) < 0.7) {
            Time time = (Time)stream_uniform_integer(&stream, 30); /* many ties */
            int kind = (int)stream_uniform_integer(&stream, 3);
            event_queue_set(&queue, slot, event_stamp(time, kind, &scheduled));
            list[slot] = (Listed){time, kind, sequence++};
        } else {
            event_queue_cancel(&queue, slot);
            list[slot].time = TIME_NEVER;
        }
        int expected = list_next(list);
        differences += first_slot(&queue) != expected;
        if (expected >= 0)
            differences += event_queue_soon(&queue, expected) != expected || (Time)queue.first != list[expected].time ||
                           event_order_kind(queue.stamps[expected].order) != list[expected].kind;
    }
    CHECK_INT(differences, 0);
    event_queue_free(&queue);
}

static void order_equals_that_of_a_sorted_list(void)
{
    for (int slots = 1; slots <= SLOTS; slots = slots < 20 ? slots + 1 : 2 * slots - 1)
        check_order(slots);
    check_order(SLOTS);
}

static void ties_are_broken_by_kind_then_by_order_of_scheduling(void)
{
    uint64_t scheduled = 0;
    EventQueue queue;
    event_queue_init(&queue, 4);
    event_queue_set(&queue, 3, event_stamp(10, 1, &scheduled));
    event_queue_set(&queue, 1, event_stamp(10, 1, &scheduled));
    event_queue_set(&queue, 2, event_stamp(10, 0, &scheduled));
    int expected[] = {2, 3, 1};
    for (int i = 0; i < 3; i++) {
        int slot = first_slot(&queue);
        CHECK_INT(slot, expected[i]);
        event_queue_cancel(&queue, slot);
    }
    CHECK_INT(first_slot(&queue), -1);
    event_queue_free(&queue);
}

static void growing_keeps_what_is_pending(void)
{
    uint64_t scheduled = 0;
    EventQueue queue;
    event_queue_init(&queue, 2);
    event_queue_set(&queue, 0, event_stamp(7, 0, &scheduled));
    event_queue_set(&queue, 1, event_stamp(5, 0, &scheduled));
    event_queue_reserve(&queue, 1000);
    event_queue_set(&queue, 999, event_stamp(6, 0, &scheduled));
    int expected[] = {1, 999, 0};
    for (int i = 0; i < 3; i++) {
        int slot = first_slot(&queue);
        CHECK_INT(slot, expected[i]);
        event_queue_set(&queue, slot, event_stamp(TIME_NEVER, 0, &scheduled));
    }
    event_queue_free(&queue);
}

static void a_copy_goes_its_own_way(void)
{
    uint64_t scheduled = 0;
    EventQueue queue, copy;
    event_queue_init(&queue, 8);
    event_queue_init(&copy, 2);
    event_queue_set(&queue, 5, event_stamp(50, 2, &scheduled));
    event_queue_copy(&copy, &queue);
    event_queue_set(&queue, 5, event_stamp(20, 2, &scheduled));
    CHECK_INT(copy.first, 50);
    CHECK_INT(queue.first, 20);
    event_queue_free(&queue);
    event_queue_free(&copy);
}

int main(void)
{
    const Check checks[] = {
        {"order_equals_that_of_a_sorted_list", order_equals_that_of_a_sorted_list},
        {"ties_are_broken_by_kind_then_by_order_of_scheduling", ties_are_broken_by_kind_then_by_order_of_scheduling},
        {"growing_keeps_what_is_pending", growing_keeps_what_is_pending},
        {"a_copy_goes_its_own_way", a_copy_goes_its_own_way},
    };
    return check_run("event_queue", checks, sizeof checks / sizeof checks[0]);
}

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
    return queue->first == EVENT_KEY_NEVER ? -1 : event_queue_first_slot(queue);
}

static void order_equals_that_of_a_sorted_list(void)
{
    EventQueue queue;
    event_queue_init(&queue, 3);
    Listed list[SLOTS];
    for (int i = 0; i < SLOTS; i++)
        list[i].time = TIME_NEVER;
    event_queue_reserve(&queue, SLOTS);
    Stream stream = stream_create(1, 0, STREAM_ANALYSIS, 0);
    uint64_t sequence = 0, scheduled = 0;
    int differences = 0;
    for (int step = 0; step < STEPS; step++) {
        int slot = (int)stream_uniform_integer(&stream, SLOTS);
        if (stream_uniform(&stream) < 0.7) {
            Time time = (Time)stream_uniform_integer(&stream, 30); /* many ties */
            int kind = (int)stream_uniform_integer(&stream, 3);
            event_queue_set(&queue, slot, event_key(time, kind, &scheduled));
            list[slot] = (Listed){time, kind, sequence++};
        } else {
            event_queue_set(&queue, slot, EVENT_KEY_NEVER);
            list[slot].time = TIME_NEVER;
        }
        int expected = list_next(list);
        differences += first_slot(&queue) != expected;
        if (expected >= 0)
            differences += event_key_time(queue.first) != list[expected].time ||
                           event_key_kind(queue.first) != list[expected].kind;
    }
    CHECK_INT(differences, 0);
    event_queue_free(&queue);
}

static void ties_are_broken_by_kind_then_by_order_of_scheduling(void)
{
    uint64_t scheduled = 0;
    EventQueue queue;
    event_queue_init(&queue, 4);
    event_queue_set(&queue, 3, event_key(10, 1, &scheduled));
    event_queue_set(&queue, 1, event_key(10, 1, &scheduled));
    event_queue_set(&queue, 2, event_key(10, 0, &scheduled));
    int expected[] = {2, 3, 1};
    for (int i = 0; i < 3; i++) {
        int slot = first_slot(&queue);
        CHECK_INT(slot, expected[i]);
        event_queue_set(&queue, slot, EVENT_KEY_NEVER);
    }
    CHECK_INT(first_slot(&queue), -1);
    event_queue_free(&queue);
}

static void growing_keeps_what_is_pending(void)
{
    uint64_t scheduled = 0;
    EventQueue queue;
    event_queue_init(&queue, 2);
    event_queue_set(&queue, 0, event_key(7, 0, &scheduled));
    event_queue_set(&queue, 1, event_key(5, 0, &scheduled));
    event_queue_reserve(&queue, 1000);
    event_queue_set(&queue, 999, event_key(6, 0, &scheduled));
    int expected[] = {1, 999, 0};
    for (int i = 0; i < 3; i++) {
        int slot = first_slot(&queue);
        CHECK_INT(slot, expected[i]);
        event_queue_set(&queue, slot, event_key(TIME_NEVER, 0, &scheduled));
    }
    event_queue_free(&queue);
}

static void a_copy_goes_its_own_way(void)
{
    uint64_t scheduled = 0;
    EventQueue queue, copy;
    event_queue_init(&queue, 8);
    event_queue_init(&copy, 2);
    event_queue_set(&queue, 5, event_key(50, 2, &scheduled));
    event_queue_copy(&copy, &queue);
    event_queue_set(&queue, 5, event_key(20, 2, &scheduled));
    CHECK_INT(event_key_time(copy.first), 50);
    CHECK_INT(event_key_time(queue.first), 20);
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

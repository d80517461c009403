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

static void order_equals_that_of_a_sorted_list(void)
{
    EventQueue queue;
    event_queue_init(&queue, 3);
    Listed list[SLOTS];
    for (int i = 0; i < SLOTS; i++)
        list[i].time = TIME_NEVER;
    event_queue_reserve(&queue, SLOTS);
    Stream stream = stream_create(1, 0, STREAM_ANALYSIS, 0);
    uint64_t sequence = 0;
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
        Time time = -1;
        int kind = -1, expected = list_next(list), actual = event_queue_next(&queue, &time, &kind);
        differences += actual != expected;
        if (expected >= 0)
            differences += time != list[expected].time || kind != list[expected].kind;
        differences += event_queue_time(&queue, slot) != list[slot].time;
    }
    CHECK_INT(differences, 0);
    event_queue_free(&queue);
}

static void ties_are_broken_by_kind_then_by_order_of_scheduling(void)
{
    EventQueue queue;
    event_queue_init(&queue, 4);
    event_queue_set(&queue, 3, 10, 1);
    event_queue_set(&queue, 1, 10, 1);
    event_queue_set(&queue, 2, 10, 0);
    int expected[] = {2, 3, 1};
    for (int i = 0; i < 3; i++) {
        Time time;
        int kind, slot = event_queue_next(&queue, &time, &kind);
        CHECK_INT(slot, expected[i]);
        event_queue_set(&queue, slot, EVENT_KEY_NEVER);
    }
    Time time;
    int kind;
    CHECK_INT(event_queue_next(&queue, &time, &kind), -1);
    event_queue_free(&queue);
}

static void growing_keeps_what_is_pending(void)
{
    EventQueue queue;
    event_queue_init(&queue, 2);
    event_queue_set(&queue, 0, 7, 0);
    event_queue_set(&queue, 1, 5, 0);
    event_queue_reserve(&queue, 1000);
    event_queue_set(&queue, 999, 6, 0);
    int expected[] = {1, 999, 0};
    for (int i = 0; i < 3; i++) {
        Time time;
        int kind, slot = event_queue_next(&queue, &time, &kind);
        CHECK_INT(slot, expected[i]);
        event_queue_set(&queue, slot, TIME_NEVER, 0);
    }
    event_queue_free(&queue);
}

static void a_copy_goes_its_own_way(void)
{
    EventQueue queue, copy;
    event_queue_init(&queue, 8);
    event_queue_init(&copy, 2);
    event_queue_set(&queue, 5, 50, 2);
    event_queue_copy(&copy, &queue);
    event_queue_set(&queue, 5, 20, 2);
    CHECK_INT(event_queue_time(&copy, 5), 50);
    CHECK_INT(event_queue_time(&queue, 5), 20);
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

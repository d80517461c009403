#include "pending.h"

#include "../sim/memory.h"

#include <stdlib.h>

enum { FIRST_LIMIT = 16 };

static PendingDecision *place_of(const Pending *pending, int64_t decision)
{
    return &pending->ring[decision & (pending->limit - 1)];
}

/* By another decision; an open one of the same number is left over from a run that was abandoned. */
static bool is_taken(const Pending *pending, int64_t decision)
{
    const PendingDecision *place = place_of(pending, decision);
    return place->open && place->decision != decision;
}

/* Doubles the ring until the open decisions and `decision` have places of their own. */
static void make_room(Pending *pending, int64_t decision)
{
    while (pending->limit == 0 || is_taken(pending, decision)) {
        Pending wider = {.limit = pending->limit ? 2 * pending->limit : FIRST_LIMIT};
        wider.ring = memory_allocate((size_t)wider.limit, sizeof *wider.ring);
        for (int64_t i = 0; i < pending->limit; i++)
            if (pending->ring[i].open)
                *place_of(&wider, pending->ring[i].decision) = pending->ring[i];
        pending_free(pending);
        *pending = wider;
    }
}

void pending_free(Pending *pending)
{
    free(pending->ring);
    *pending = (Pending){0};
}

void pending_clear(Pending *pending)
{
    for (int64_t i = 0; i < pending->limit; i++)
        pending->ring[i].open = false;
}

PendingDecision *pending_add(Pending *pending, int64_t decision)
{
    make_room(pending, decision);
    PendingDecision *place = place_of(pending, decision);
    *place = (PendingDecision){.decision = decision, .open = true, .successor = NO_ROW};
    return place;
}

PendingDecision *pending_find(const Pending *pending, int64_t decision)
{
    if (pending->limit == 0)
        return NULL;
    PendingDecision *place = place_of(pending, decision);
    return place->open && place->decision == decision ? place : NULL;
}

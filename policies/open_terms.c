#include "open_terms.h"

#include "../sim/memory.h"

#include <stdlib.h>

void open_terms_init(OpenTerms *open, int list_limit, int term_limit)
{
    *open = (OpenTerms){.list_limit = list_limit, .term_limit = term_limit};
}

void open_terms_free(OpenTerms *open)
{
    pending_free(&open->pending);
    free(open->free);
    free(open->decisions);
    free(open->counts);
    free(open->terms);
    *open = (OpenTerms){0};
}

void open_terms_clear(OpenTerms *open)
{
    pending_clear(&open->pending);
    open->free_count = open->slot_count;
    for (int64_t i = 0; i < open->slot_count; i++)
        open->free[i] = i;
}

static void grow(OpenTerms *open)
{
    size_t old = (size_t)open->slot_count, count = 2 * old + 4;
    size_t lists = (size_t)open->list_limit, terms = lists * (size_t)open->term_limit;
    open->free = memory_grow(open->free, old, count, sizeof *open->free);
    open->decisions = memory_grow(open->decisions, old, count, sizeof *open->decisions);
    open->counts = memory_grow(open->counts, old * lists, count * lists, sizeof *open->counts);
    open->terms = memory_grow(open->terms, old * terms, count * terms, sizeof *open->terms);
    for (size_t slot = old; slot < count; slot++)
        open->free[open->free_count++] = (int64_t)slot;
    open->slot_count = (int64_t)count;
}

int64_t open_terms_add(OpenTerms *open, int64_t decision)
{
    open_terms_take(open, decision);
    if (open->free_count == 0)
        grow(open);
    int64_t slot = open->free[--open->free_count];
    pending_add(&open->pending, decision)->row = slot;
    return slot;
}

int64_t open_terms_take(OpenTerms *open, int64_t decision)
{
    PendingDecision *place = pending_find(&open->pending, decision);
    if (!place)
        return -1;
    place->open = false;
    open->free[open->free_count++] = place->row;
    return place->row;
}

int *open_terms_count(const OpenTerms *open, int64_t slot, int list)
{
    return &open->counts[slot * open->list_limit + list];
}

Term *open_terms_of(const OpenTerms *open, int64_t slot, int list)
{
    return &open->terms[(slot * open->list_limit + list) * open->term_limit];
}

#include "shared_parts.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Finds the resources that users contend for: several may need them, and not all can have their limit. */
static void find_contended(const SharedOptimum *optimum, struct SharedSearch *search)
{
    int *seen_by = search->place;
    for (int r = 0; r < optimum->resource_count; r++) {
        search->contenders[r] = 0;
        seen_by[r] = -1;
    }
    for (int user = 0; user < optimum->user_count; user++) {
        const SharedOption *options = optimum->options + (ptrdiff_t)user * optimum->option_limit;
        for (int i = 0; i < optimum->option_count[user] * SHARED_NEEDS; i++) {
            int r = options[i / SHARED_NEEDS].resource[i % SHARED_NEEDS];
            if (r == NO_RESOURCE || seen_by[r] == user)
                continue;
            seen_by[r] = user;
            search->contenders[r]++;
        }
    }
    search->resource_count = 0;
    for (int r = 0; r < optimum->resource_count; r++) {
        bool contended = search->contenders[r] > 1 && search->contenders[r] * optimum->limit[r] > 1;
        search->place[r] = contended ? search->resource_count : NO_RESOURCE;
        if (contended)
            search->limit[search->resource_count++] = optimum->limit[r];
    }
}

static Candidate candidate_of(const SharedOptimum *optimum, const struct SharedSearch *search,
                              const SharedOption *option, int number)
{
    Candidate candidate = {.fixed = option->fixed, .resource = {NO_RESOURCE, NO_RESOURCE}, .option = number};
    for (int k = 0; k < SHARED_NEEDS; k++) {
        int r = option->resource[k];
        if (r == NO_RESOURCE)
            continue;
        assert(option->cost[k] >= 0);
        if (search->place[r] == NO_RESOURCE) {
            candidate.fixed += option->cost[k] / optimum->limit[r];
            continue;
        }
        candidate.resource[k] = search->place[r];
        candidate.root[k] = sqrt(option->cost[k]);
    }
    return candidate;
}

static int compare(const void *left, const void *right)
{
    const Candidate *a = left, *b = right;
    double roots_a = a->root[0] + a->root[1], roots_b = b->root[0] + b->root[1];
    if (a->fixed != b->fixed)
        return a->fixed < b->fixed ? -1 : 1;
    if (roots_a != roots_b)
        return roots_a < roots_b ? -1 : 1;
    return a->option - b->option;
}

/* Whether `better`, which costs no more besides, needs no more of any resource either. */
static bool beats(const Candidate *better, const Candidate *candidate)
{
    for (int k = 0; k < SHARED_NEEDS; k++) {
        if (better->resource[k] == NO_RESOURCE)
            continue;
        double least = -1;
        for (int j = 0; j < SHARED_NEEDS; j++)
            if (candidate->resource[j] == better->resource[k])
                least = candidate->root[j];
        if (better->root[k] > least)
            return false;
    }
    return true;
}

static void reduce_user(const SharedOptimum *optimum, struct SharedSearch *search, int user)
{
    const SharedOption *options = optimum->options + (ptrdiff_t)user * optimum->option_limit;
    Candidate *candidates = search->candidates + (ptrdiff_t)user * search->candidate_limit;
    int given = optimum->option_count[user], kept = 0;
    for (int i = 0; i < given; i++)
        candidates[i] = candidate_of(optimum, search, &options[i], i);
    qsort(candidates, (size_t)given, sizeof *candidates, compare);
    for (int i = 0; i < given; i++) {
        bool beaten = false;
        for (int k = 0; !beaten && k < kept; k++)
            beaten = beats(&candidates[k], &candidates[i]);
        if (!beaten)
            candidates[kept++] = candidates[i];
    }
    search->count[user] = kept;
}

int shared_find_twin(const SharedOptimum *optimum, int user)
{
    int count = optimum->option_count[user], twin = user - 1;
    const SharedOption *own = optimum->options + (ptrdiff_t)user * optimum->option_limit;
    while (twin >= 0 &&
           (optimum->option_count[twin] != count ||
            memcmp(optimum->options + (ptrdiff_t)twin * optimum->option_limit, own, (size_t)count * sizeof *own) != 0))
        twin--;
    return twin;
}

void shared_reduce(const SharedOptimum *optimum, struct SharedSearch *search)
{
    search->user_count = optimum->user_count;
    find_contended(optimum, search);
    for (int user = 0; user < search->user_count; user++) {
        int twin = search->twin[user] = shared_find_twin(optimum, user);
        if (twin < 0) {
            reduce_user(optimum, search, user);
            continue;
        }
        size_t limit = (size_t)search->candidate_limit;
        search->count[user] = search->count[twin];
        memcpy(search->candidates + (size_t)user * limit, search->candidates + (size_t)twin * limit,
               (size_t)search->count[twin] * sizeof *search->candidates);
    }
}

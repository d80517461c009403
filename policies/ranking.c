#include "ranking.h"

#include "../sim/memory.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_before(RankingEntry a, RankingEntry b)
{
    return a.key > b.key || (a.key == b.key && a.item < b.item);
}

static void place(Ranking *ranking, int64_t *places, int64_t at, RankingEntry entry)
{
    ranking->entries[at] = entry;
    places[entry.item] = at;
}

/* Puts `entry` where it belongs, at or above the hole `at`. */
static void sift_up(Ranking *ranking, int64_t *places, int64_t at, RankingEntry entry)
{
    while (at > 0 && is_before(entry, ranking->entries[(at - 1) / 2])) {
        place(ranking, places, at, ranking->entries[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(ranking, places, at, entry);
}

/* Moves the hole `at` down to where `entry` is not less than what is below; returns it. */
static int64_t sink(Ranking *ranking, int64_t *places, int64_t at, RankingEntry entry)
{
    for (;;) {
        int64_t child = 2 * at + 1;
        if (child + 1 < ranking->count && is_before(ranking->entries[child + 1], ranking->entries[child]))
            child++;
        if (child >= ranking->count || !is_before(ranking->entries[child], entry))
            return at;
        place(ranking, places, at, ranking->entries[child]);
        at = child;
    }
}

static void settle(Ranking *ranking, int64_t *places, int64_t at, RankingEntry entry)
{
    sift_up(ranking, places, sink(ranking, places, at, entry), entry);
}

void ranking_free(Ranking *ranking)
{
    free(ranking->entries);
    *ranking = (Ranking){0};
}

void ranking_make_room(int64_t **places, int64_t *limit, int64_t item)
{
    if (item < *limit)
        return;
    int64_t wide = 2 * item + 64;
    *places = memory_grow(*places, (size_t)*limit, (size_t)wide, sizeof **places);
    for (; *limit < wide; (*limit)++)
        (*places)[*limit] = NOT_RANKED;
}

void ranking_add(Ranking *ranking, int64_t *places, int64_t item, double key)
{
    if (ranking->count == ranking->limit) {
        ranking->limit = 2 * ranking->count + 4;
        ranking->entries =
            memory_grow(ranking->entries, (size_t)ranking->count, (size_t)ranking->limit, sizeof *ranking->entries);
    }
    sift_up(ranking, places, ranking->count++, (RankingEntry){key, item});
}

void ranking_move(Ranking *ranking, int64_t *places, int64_t item, double key)
{
    settle(ranking, places, places[item], (RankingEntry){key, item});
}

void ranking_remove(Ranking *ranking, int64_t *places, int64_t item)
{
    int64_t at = places[item];
    RankingEntry last = ranking->entries[--ranking->count];
    places[item] = NOT_RANKED;
    if (last.item != item)
        settle(ranking, places, at, last);
}

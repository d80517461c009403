/* Items in order of a key, the greatest first: a binary heap that can also move and remove an item anywhere in it.
 * Items are small numbers; where each is in the heap is kept in an array of the caller, which many rankings can share
 * as long as an item is in one of them at a time. */
#ifndef ORCHID_POLICIES_RANKING_H
#define ORCHID_POLICIES_RANKING_H

#include <stdint.h>

enum { NOT_RANKED = -1 };

typedef struct RankingEntry {
    double key;
    int64_t item;
} RankingEntry;

/* Zero is empty. */
typedef struct Ranking {
    int64_t count, limit;
    RankingEntry *entries; /* [count] a heap: the children of entry i, 2i + 1 and 2i + 2, are not greater; owned. Of
                              equal keys the lower item is the greater entry */
} Ranking;

void ranking_free(Ranking *ranking);

/* Makes room in the caller's array, places[*limit], for items up to `item`; new ones are NOT_RANKED. */
void ranking_make_room(int64_t **places, int64_t *limit, int64_t item);

/* Adds an item that is not in the ranking; `places` [item] is set, and kept up to date from now on. */
void ranking_add(Ranking *ranking, int64_t *places, int64_t item, double key);

/* Gives an item that is in the ranking another key. */
void ranking_move(Ranking *ranking, int64_t *places, int64_t item, double key);

/* Takes an item out; its place is then NOT_RANKED. */
void ranking_remove(Ranking *ranking, int64_t *places, int64_t item);

#endif

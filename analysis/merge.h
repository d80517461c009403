/* Joins databases: what the shards of a sweep, or several machines, have stored becomes one database. */
#ifndef ORCHID_ANALYSIS_MERGE_H
#define ORCHID_ANALYSIS_MERGE_H

#include "store.h"

/* What became of the runs of a shard. */
typedef struct MergeCount {
    int64_t added;       /* were not there */
    int64_t replaced;    /* had failed there and are done in the shard */
    int64_t present;     /* were there already: the same, or failed in the shard */
    int64_t conflicting; /* are there with other results; nothing of the shard is taken then */
    bool damaged;        /* the shard cannot be read to its end; nothing of it is taken */
} MergeCount;

/* Whether the two paths name the same file. */
bool merge_same_file(const char *path, const char *other);

/* Looks whether `shard` is a database of ours that can be read. `ret_runs` is how many runs it holds. */
StoreStatus merge_check(const char *shard, int64_t *ret_runs, Error *error);

/* Adds to `target` what the database `shard`, another file, holds and `target` does not, in one transaction: all or
 * nothing, and the second time nothing. Every run keeps where and when it ran; experiments of the same name and command
 * become one, which began when the first of them did. The runs of an experiment keep the order that they have in a
 * database where nothing else is and no shard: the order of shards does not matter. STORE_INPUT with one finding per
 * run, as far as there is room, where runs conflict. */
StoreStatus merge_shard(Store *target, const char *shard, MergeCount *ret_count, ErrorList *errors);

/* Runs in a database that another program may be writing at this moment, possibly on a network file system: a guess for
 * a progress display that takes no lock and writes nothing. -1 where it cannot be told now. */
int64_t merge_peek(const char *path);

#endif

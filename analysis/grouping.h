/* Runs sorted into cells and groups: a cell's runs are equal in everything but the keys asked for, and a group's runs
 * in these too, so that they differ in nothing but their random numbers. */
#ifndef ORCHID_ANALYSIS_GROUPING_H
#define ORCHID_ANALYSIS_GROUPING_H

#include "run_set.h"

enum { GROUPING_KEY_LIMIT = 8 };

/* Runs that are replications of each other. */
typedef struct Group {
    const char **values; /* [key_count]; NULL where the runs have no such key */
    const char *variant; /* what else tells it from groups of its cell with the same values, such as
                            "policy.epsilon = 0.1"; "" where there is none */
    int stratum;         /* groups of a cell that share it differ in nothing but what the first key stands for */
    int run_count;
    int *runs; /* indices of RunSet.runs, ordered by seed and replication, each of which stands once */
    uint64_t signature, stratum_signature; /* hashes of what tells it apart */
} Group;

typedef struct GroupCell {
    const char *title;              /* the scenario's name, and what tells the cell from others of that name */
    const char *scenario;           /* the name alone */
    int failed, repeated;           /* runs left out: failed, or run again later */
    int group_count, stratum_count; /* no group is empty */
    Group *groups;                  /* those of one stratum together, in the order of their first runs */
} GroupCell;

/* Everything lives in the arena. */
typedef struct Grouping {
    int key_count, cell_count;
    int keys[GROUPING_KEY_LIMIT]; /* of RunSet.keys */
    GroupCell *cells;             /* in the order of their first runs; one whose runs all failed has no groups */
    const char *together;         /* what changes with the keys, such as "links.a-b.delay changes with
                                     objective.threshold"; "" for nothing */
    Arena arena;
} Grouping;

/* Sorts the runs by `by`, keys with commas between. policy stands for its parameters too, scenario for all keys of the
 * scenario, users for the counts of end nodes, a key that a sweep varied for those that it varied together with it.
 * False, with what is wrong in `error`, where a key is not known or stands twice. The caller frees `ret_grouping` in
 * any case. */
bool grouping_make(const RunSet *set, const char *by, Grouping *ret_grouping, Error *error);
void grouping_free(Grouping *grouping);

#endif

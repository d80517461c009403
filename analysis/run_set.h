/* The runs of a store with a name for everything that tells them apart: what --by and --where speak of. */
#ifndef ORCHID_ANALYSIS_RUN_SET_H
#define ORCHID_ANALYSIS_RUN_SET_H

#include "store.h"

/* Where a key comes from. */
typedef enum RunKeyKind {
    RUN_KEY_RUN,       /* one of run_set_names: policy, scenario (its name), users, seed, ... */
    RUN_KEY_SCENARIO,  /* a value of the resolved scenario, such as objective.threshold or nodes.edge.cores */
    RUN_KEY_PARAMETER, /* of the policy, in force, such as policy.epsilon */
    RUN_KEY_AXIS       /* of a sweep, where it is none of the others: it sets a whole section, such as nodes.edge */
} RunKeyKind;

typedef struct RunSetKey {
    const char *name;
    RunKeyKind kind;
    bool varies; /* at least two runs have different values; those without one do not count */
    bool swept;  /* some sweep varied it */
} RunSetKey;

/* The keys that every run has; their numbers are their places in RunSet.keys. */
enum {
    RUN_SET_POLICY,
    RUN_SET_SCENARIO,
    RUN_SET_USERS,
    RUN_SET_SEED,
    RUN_SET_REPLICATION,
    RUN_SET_VERSION,
    RUN_SET_EXPERIMENT,
    RUN_SET_RUN,
    RUN_SET_TRACES, /* tells scenarios apart that differ in nothing but their traces; "" elsewhere */
    RUN_SET_NAME_COUNT
};

/* Values that several runs share: entries of `values` are NULL where there is none. */
typedef struct RunValues {
    const char *hash; /* of the scenario or of the parameters */
    int value_count;  /* keys known when it was read */
    const char **values;
} RunValues;

typedef struct RunRecord {
    int64_t run, seed, replication;
    bool done;      /* else it failed */
    int scenario;   /* index of RunSet.scenarios */
    int parameters; /* index of RunSet.parameters */
    const char *names[RUN_SET_NAME_COUNT];
    const char **axes; /* values of the last RunSet.axis_count keys; NULL: there are none */
} RunRecord;

/* Everything lives in the arena. Zero is empty. */
typedef struct RunSet {
    int run_count, key_count, scenario_count, parameters_count;
    int axis_count;  /* keys of RUN_KEY_AXIS: the last */
    RunRecord *runs; /* in the order of their numbers */
    RunSetKey *keys; /* those of runs first, then in the order found */
    RunValues *scenarios, *parameters;
    Arena arena;
} RunSet;

/* Reads all runs, failed ones too, for which the expression `where` (NULL: all) is true. The caller frees `ret_set` in
 * any case. */
StoreStatus run_set_read(Store *store, const char *where, RunSet *ret_set, Error *error);
void run_set_free(RunSet *set);

/* The value of a key as text, such as "89 %"; NULL where the run has none. */
const char *run_set_value(const RunSet *set, int run, int key);

/* The key that `name` stands for: its whole name, or the end of exactly one, such as threshold for
 * objective.threshold. -1, and `error` says what is near, where there is none. */
int run_set_find(const RunSet *set, const char *name, Error *error);

/* The index of the run with number `run`; -1 where it is not in the set. */
int run_set_index(const RunSet *set, int64_t run);

#endif

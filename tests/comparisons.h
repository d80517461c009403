/* Stored runs that the tests of comparisons share, and their comparison. */
#ifndef ORCHID_TESTS_COMPARISONS_H
#define ORCHID_TESTS_COMPARISONS_H

#include "../analysis/compare.h"

/* A scenario as the store keeps it. */
typedef struct World {
    const char *name;
    uint64_t hash;
    int users;
    const char *resolved;
} World;

/* A run to be stored; zero is a good seed and replication. */
typedef struct Row {
    const World *world; /* NULL: "three", of three users at a threshold of 80 % */
    const PolicyType *policy;
    uint64_t seed, replication;
    double response_s, reward;
    const char *parameters; /* NULL: none */
    bool failed;
    SweepValue axis; /* without a key: not of a sweep */
} Row;

/* Stores the run; ends the program where that fails. */
void comparison_add(Store *store, Row row);

enum { RUNS = 3 };

/* Response times (s) of comparison_sample by replication. */
extern const double oracle_s[RUNS], greedy_s[RUNS], learner_s[RUNS];

/* Three policies, three replications each; the reward is the negative response time. To be closed by the caller. */
Store *comparison_sample(void);

/* The comparison, freed by the caller; ends the program where it is refused. */
Comparison comparison_read(Store *store, CompareRequest request);

#endif

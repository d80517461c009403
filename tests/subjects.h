/* Tabular learners held against decision processes of the tests' own instead of a simulation. */
#ifndef ORCHID_TESTS_SUBJECTS_H
#define ORCHID_TESTS_SUBJECTS_H

#include "../policies/tabular.h"

typedef struct Subject {
    const PolicyType *type;
    Scenario *scenario; /* of one user; its questions are never asked */
    void *state;
    Tabular *tabular; /* the beginning of the state */
    Arena arena;
} Subject;

/* A learner at work whose states are single numbers. `parameters` is a YAML map, such as "{discount: 0.9}". Ends the
 * program where they are wrong. */
Subject subject_create(const char *policy, const char *parameters, uint64_t seed);
void subject_destroy(Subject *subject);

/* The answer to a decision of the one user. */
int64_t subject_answer(Subject *subject, int64_t decision, int64_t state, int64_t action_count);

/* What the learner holds an action for. */
double subject_value(Subject *subject, int64_t state, int64_t action, int64_t action_count);

#endif

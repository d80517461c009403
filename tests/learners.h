/* Trainings that end in a file, for the tests of learners that are kept. */
#ifndef ORCHID_TESTS_LEARNERS_H
#define ORCHID_TESTS_LEARNERS_H

#include "../analysis/learner_file.h"

enum { LEARNER_PART = 200 }; /* decisions of a short training */

/* The scenario file of tests/scenarios, 80 rounds long, with one override or none (NULL). */
Scenario *learner_world(const char *name, const char *setting);

/* A policy that has been trained, from nothing or from a file, and is in the file `path`. */
Policy *learner_train(const PolicyType *type, const Scenario *scenario, int64_t decisions, const LearnerFile *from,
                      const char *path, Learning *ret_learning, Arena *arena);

/* Checks that the file can be read. */
void learner_read(const char *path, LearnerFile *ret_file);

/* Whether two files hold the same, and something. */
bool learner_same_bytes(const char *one, const char *other);

#endif

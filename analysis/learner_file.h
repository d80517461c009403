/* A learner in a file, and where its training stands, so that it can go on, be measured, or begin elsewhere with what
 * it knows. */
#ifndef ORCHID_ANALYSIS_LEARNER_FILE_H
#define ORCHID_ANALYSIS_LEARNER_FILE_H

#include "learning.h"

typedef struct LearnerFile {
    WeightsFile weights;
    const PolicyType *policy;
    uint64_t world_hash; /* of the scenario it was trained on last */
    uint64_t seed, replication;
    int64_t interactions; /* there */
    int64_t earlier;      /* on other scenarios, or with other seeds, before that */
    int world_words;
    const uint64_t *world; /* [world_words] where the training stands, see resume.h; 0: arrivals are not rounds */
    uint64_t hash;         /* of all that: equal for equal contents */
} LearnerFile;

/* Writes a policy that has been trained as the plan says, with what came of it; `earlier` as in LearnerFile. The
 * policy's type must have `save`. False, with nothing written and why in `error`, where the disk does not take it. The
 * same training makes the same bytes. */
bool learner_file_write(const char *path, const LearningPlan *plan, const Policy *policy, const Learning *learning,
                        int64_t earlier, Error *error);

/* Reads a file; the caller ends it with learner_file_free. False, with nothing to free and why in `error`, where it is
 * none, or of a policy that is not known here. */
bool learner_file_read(const char *path, LearnerFile *ret_file, Error *error);
void learner_file_free(LearnerFile *file);

/* Whether what is in the file can be used by its policy on a scenario; else why not in `error`. */
bool learner_file_suits(const LearnerFile *file, const Scenario *scenario, Error *error);

/* Makes `plan`, of which scenario, seed, replication and decisions are set, go on from the file: where it stopped for
 * the same world, seed and replication in rounds, else anew with what the learner knows. Returns the interactions that
 * it then has behind it from elsewhere. The file must outlive the plan. */
int64_t learner_file_continue(const LearnerFile *file, LearningPlan *plan);

#endif

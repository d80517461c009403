/* What learners that read a row of inputs for each user have in common: the question as rows, options by their
 * features, answers that are remembered with what they cost, and how that is kept in a file. */
#ifndef ORCHID_POLICIES_USER_LEARNER_H
#define ORCHID_POLICIES_USER_LEARNER_H

#include "answer_memory.h"
#include "network.h"
#include "option_features.h"
#include "user_states.h"

typedef struct UserLearner {
    const Scenario *scenario; /* borrowed */
    Stream stream;
    UserStates states;
    OptionFeatures features;
    AnswerMemory memory;
    int64_t answered; /* questions, while learning */
    float *rows;      /* [ask_count][states.size] of the question */
    int *actions;     /* [ask_count] of its answer, as option_features_action */
    float *costs;     /* [ask_count] of an answer that ended */
} UserLearner;

/* Remembers `capacity` answers, for each ask the row of its state with `further_inputs`, and `value_size` numbers. */
void user_learner_init(UserLearner *learner, const Scenario *scenario, Stream stream, int64_t capacity,
                       int further_inputs, int value_size);
void user_learner_free(UserLearner *learner);

/* Remembers what time cost each user of an answer that ended, times a scale; false where it was not open. */
bool user_learner_end(UserLearner *learner, const Feedback *feedback, double scale);

/* A network and the name of its blocks. */
typedef struct UserLearnerNetwork {
    const char *name;
    Network *network;
} UserLearnerNetwork;

/* Adds the block learner, with the stream, the questions and the updates made so far, then the networks, then the
 * memory under the name `memory`. */
void user_learner_save(const UserLearner *learner, int64_t updates, const UserLearnerNetwork *networks,
                       int network_count, const char *memory, WeightsFile *file);

/* Restores a learner that has just started. False, and why in `error`, where the file does not have it whole. */
bool user_learner_load(UserLearner *learner, int64_t *ret_updates, const UserLearnerNetwork *networks,
                       int network_count, const char *memory, const WeightsFile *file, Error *error);

#endif

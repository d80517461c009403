/* A network that has learnt how the system responds: from the state and everybody's answer to what each request will
 * take, supervised by what requests did take. On it answers can be tried that nobody gives. */
#ifndef ORCHID_POLICIES_SYSTEM_MODEL_H
#define ORCHID_POLICIES_SYSTEM_MODEL_H

#include "../sim/objective.h"
#include "answer_outputs.h"
#include "network.h"
#include "weights_file.h"

typedef struct SystemModelParameters {
    int64_t hidden_units;
    double learning_rate;
    int64_t learning_rate_decay; /* updates after which the rate is half of the first; 0: never */
    int64_t batch, memory;       /* outcomes of an update; outcomes that are remembered */
    bool mean;                   /* learns means over the requests of a question, not each one's own */
    bool learns_accuracy;        /* else accuracies are those of the options */
} SystemModelParameters;

/* What is learnt of a request. Energy only where the objective counts it, accuracy only where it is not known. */
typedef enum Quantity { QUANTITY_RESPONSE, QUANTITY_ENERGY, QUANTITY_ACCURACY, QUANTITY_COUNT } Quantity;

typedef struct SystemModel {
    SystemModelParameters parameters;
    const Scenario *scenario;     /* borrowed */
    const AnswerOutputs *outputs; /* borrowed: parts are the inputs of an answer, one of which is 1 for each ask */
    int state_size, width;        /* inputs of the state; predictions of a quantity: 1 or one for each ask */
    int place[QUANTITY_COUNT];    /* of a quantity's predictions among the outputs, -1: not learnt */
    double unit[QUANTITY_COUNT];  /* that the network has as 1: the first mean seen; 0: none seen */
    Network *network;
    int64_t count, next;      /* a ring of outcomes */
    float *states, *outcomes; /* [memory][state_size], [memory][outputs] in units */
    int *digits, *kinds;      /* [memory][ask_count], [memory] */
    float *inputs, *targets;  /* [batch][...] of the network */
    Outcome *imagined;        /* [ask_count] */
    int *options;             /* [ask_count] */
    int64_t updates;
} SystemModel;

/* A model with random weights from the stream. `batch_limit` answers are predicted at a time, at most. */
void system_model_init(SystemModel *model, const SystemModelParameters *parameters, const AnswerOutputs *outputs,
                       int state_size, int batch_limit, const Scenario *scenario, Stream *stream);
void system_model_free(SystemModel *model);

/* Remembers how the answer of these digits in a state ended. */
void system_model_observe(SystemModel *model, const float *state, int kind, const int *digits,
                          const Feedback *feedback);

/* One update from remembered outcomes, of which there is at least one. */
void system_model_learn(SystemModel *model, Stream *stream);

/* Fills ret_rewards[count]: what answers digits[count][ask_count] to questions of kinds[count] in states[count][...]
 * are worth to the objective by the model. Requests weigh accuracy as weights[ask_count] say. */
void system_model_judge(SystemModel *model, int count, const float *states, const int *kinds, const int *digits,
                        const double *weights, double *ret_rewards);

/* For a file of weights, under names that begin with `name`. */
void system_model_save(const SystemModel *model, const char *name, WeightsFile *file);
bool system_model_load(SystemModel *model, const char *name, const WeightsFile *file, Error *error);

#endif

/* Deep Q-learning as the learners that build on it share it: answers, what came of them, updates from what was
 * remembered. */
#ifndef ORCHID_POLICIES_DQN_H
#define ORCHID_POLICIES_DQN_H

#include "constrained_choice.h"
#include "deep_values.h"
#include "encoding.h"
#include "experience.h"
#include "exploration.h"
#include "policy.h"

typedef struct DqnParameters {
    ValueParameters values;
    int64_t updates, replay; /* for each real step; transitions that are remembered */
    int64_t steps;           /* that a transition spans */
    double priority, correction;
    ExplorationParameters exploration; /* decay 0: as many decisions as there are outputs */
    bool constrained;                  /* with a head for each user */
} DqnParameters;

typedef struct Dqn Dqn;

/* The state of a learner begins with one. */
struct Dqn {
    DqnParameters parameters;
    void (*learn_step)(Dqn *dqn); /* called for each real step that is known whole; dqn_learn_step unless changed */
    const Scenario *scenario;     /* borrowed */
    Stream stream;
    Encoding encoding;
    AnswerOutputs outputs;
    DeepValues values;
    Experience experience;
    ReplayMemory replay;
    ReplayBatch batch;
    ConstrainedChoice choice;
    int64_t explored;       /* decisions made while learning */
    float *state, *errors;  /* [encoding.size], [batch] */
    int *chosen, *digits;   /* [per_answer], [ask_count] */
    float *drawn;           /* [part_size] */
    float *tempting;        /* [outputs.size] outputs with what tempts to choose them; NULL with epsilon */
    int64_t *visits;        /* [outputs.size] choices of each output while learning; NULL but for counts */
    double *accuracy;       /* [part_size] of the option that each output of a part stands for */
    ChoiceOptions *choices; /* [ask_count] */
};

/* Zeroed memory becomes ready for the scenario's first question. */
void dqn_init(Dqn *dqn, const DqnParameters *parameters, ActionScope scope, bool joint, const Scenario *scenario,
              Stream stream);
void dqn_free(Dqn *dqn);

/* `decide`, `learn` and `finish` of a PolicyType. */
void dqn_decide(void *state, const Decision *decision, bool explore, int *ret_options);
void dqn_learn(void *state, const Decision *decision);
void dqn_finish(void *state);

/* `save` and `load` of one that keeps nothing beside a Dqn. With a discount, an answer that waits for the next question
 * is not kept: a training that goes on from a file then differs from one in a single part. */
void dqn_save(const void *state, WeightsFile *file);
bool dqn_load(void *state, const WeightsFile *file, Error *error);

/* Updates from the replay memory, as many as there are for a real step. */
void dqn_learn_step(Dqn *dqn);

/* An answer to a question of a kind in a state, by the values as they are: digits[ask_count]. */
void dqn_best(Dqn *dqn, int kind, const float *state, int *ret_digits);

/* One drawn uniformly; where the accuracy is constrained, the best for random values. */
void dqn_draw(Dqn *dqn, int kind, int *ret_digits);

/* The fields of DqnParameters for a table of parameters that are bound to a struct which begins with one. */
#define DQN_FIELD(KEY, MEMBER, FALLBACK, LEAST, MOST, HELP)                                                            \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_QUANTITY, .dimension = DIMENSION_COUNT, .offset = offsetof(DqnParameters, MEMBER),   \
        .fallback = FALLBACK, .minimum = LEAST, .maximum = MOST, .help = HELP                                          \
    }
#define DQN_INTEGER(KEY, MEMBER, FALLBACK, LEAST, MOST, HELP)                                                          \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_INTEGER, .offset = offsetof(DqnParameters, MEMBER), .fallback = FALLBACK,            \
        .minimum = LEAST, .maximum = MOST, .help = HELP                                                                \
    }
#define DQN_SWITCH(KEY, MEMBER, FALLBACK, HELP)                                                                        \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_BOOLEAN, .offset = offsetof(DqnParameters, MEMBER), .fallback = FALLBACK,            \
        .help = HELP                                                                                                   \
    }

/* The tuned ones, by learner. */
#define DQN_TUNED_FIELDS(UNITS, RATE, RATE_DECAY, BATCH, UPDATES, EPSILON, EPSILON_FLOOR, EPSILON_DECAY)               \
    DQN_INTEGER("hidden_units", values.hidden_units, UNITS, 1, 65536, "units of a hidden layer"),                      \
        DQN_FIELD("learning_rate", values.learning_rate, RATE, 0, 1, "step size of Adam at the first update"),         \
        DQN_INTEGER("learning_rate_decay", values.learning_rate_decay, RATE_DECAY, 0, 1e15,                            \
                    "updates after which the step size is half of the first, a third after twice as many; 0: ten for " \
                    "each output"),                                                                                    \
        DQN_INTEGER("batch", values.batch, BATCH, 1, 65536, "remembered steps that an update learns from"),            \
        DQN_INTEGER("updates", updates, UPDATES, 0, 1e6, "updates after each real step"),                              \
        EXPLORATION_FIELDS(DqnParameters, EPSILON, EPSILON_FLOOR, EPSILON_DECAY, 0,                                    \
                           "; 0: as many as there are outputs")

#define DQN_COMMON_FIELDS(INITIAL_VALUE, REWARD_SCALE)                                                                 \
    DQN_FIELD("initial_value", values.initial_value, INITIAL_VALUE, -1e9, 1e9,                                         \
              "reward that answers are taken for before anything is learnt"),                                          \
        DQN_FIELD("reward_centre", values.reward_centre, "-0.1", -1e9, 1e9, "reward that the network has as 0"),       \
        DQN_FIELD("reward_scale", values.reward_scale, REWARD_SCALE, 1e-9, 1e9,                                        \
                  "what a reward of 1 is to the network"),                                                             \
        DQN_INTEGER("hidden_layers", values.hidden_layers, "1", 0, NETWORK_LAYER_LIMIT - 1, "hidden layers"),          \
        DQN_FIELD("gradient_limit", values.gradient_limit, "0", 0, 1e9,                                                \
                  "greatest norm of an update's gradients; 0: any"),                                                   \
        DQN_INTEGER("replay", replay, "200000", 1, 1e8, "steps that are remembered"),                                  \
        DQN_FIELD("priority", priority, "0", 0, 1,                                                                     \
                  "exponent by which steps are remembered more often that were predicted badly; 0: all alike"),        \
        DQN_FIELD("correction", correction, "1", 0, 1, "how much of the bias that priorities bring is corrected"),     \
        DQN_FIELD("discount", values.discount, "0", 0, 0.9999, "weight of the value of the user's next question"),     \
        DQN_INTEGER("steps", steps, "1", 1, 1000, "real steps that one remembered step spans, with a discount"),       \
        DQN_INTEGER("target_interval", values.target_interval, "500", 1, 1e15,                                         \
                    "updates after which the target network is renewed, with a discount"),                             \
        DQN_SWITCH("double", values.twice, "no", "double Q-learning, with a discount"),                                \
        DQN_SWITCH("duelling", values.duelling, "no", "learn the value of a state apart from answers' advantages"),    \
        DQN_INTEGER("sparse_from", values.sparse_from, "500", 1, 1e9,                                                  \
                    "outputs from which on those without a sample in a batch are left alone, moments too")

#endif

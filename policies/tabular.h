/* What tabular learners share: they number states and joint answers, keep a value for each pair that was tried, and
 * learn from outcomes that come late and out of order. A learner says what it learns from one answer, and where it does
 * not explore as its parameters say, what it answers.
 *
 * The state is the question in coarse steps (state_key_coarse). Questions of a user follow each other: with a discount,
 * what an answer led to is the reward and that user's next question, where one question to all counts as the first
 * user's. */
#ifndef ORCHID_POLICIES_TABULAR_H
#define ORCHID_POLICIES_TABULAR_H

#include "action_values.h"
#include "exploration.h"
#include "joint_action.h"
#include "pending.h"
#include "policy.h"
#include "state_key.h"

typedef struct TabularParameters {
    ExplorationParameters exploration;
    double learning_rate; /* 0: 1 / visits */
    double discount;
    double initial_value;
} TabularParameters;

typedef struct Tabular Tabular;

/* How one learner differs from the others. */
typedef struct TabularMethod {
    ActionScope scope;
    bool on_policy; /* learns only when the user's next question has been answered too */
    /* Learns from an answer of which all is known that it needs: reward, and with a discount successor and, on policy,
     * successor_action. */
    void (*learn)(Tabular *tabular, const PendingDecision *answered);
    /* The answer to explore with in state `row`. NULL: as `exploration` says. */
    int64_t (*choose)(Tabular *tabular, int64_t row);
} TabularMethod;

/* The state of a learner begins with one. */
struct Tabular {
    const TabularMethod *method;
    TabularParameters parameters;
    Stream stream;
    JointActions actions;
    StateKey state_key;  /* zero before the first question */
    ActionValues values; /* what is answered when not exploring; its key_size is 0 before tabular_open */
    Pending pending;
    int user_count;
    int64_t *last_decision; /* [user] the latest open decision that waits for its user's next question, -1: none */
    int64_t explored;       /* decisions made while learning */
    int64_t tempting_limit;
    float *tempting; /* [tempting_limit] values to draw among */
};

/* The fields of TabularParameters for a table of parameters that are bound to a struct which begins with one. */
#define TABULAR_EXPLORATION_FIELDS(EPSILON, EPSILON_FLOOR, EPSILON_DECAY)                                              \
    EXPLORATION_FIELDS(TabularParameters, EPSILON, EPSILON_FLOOR, EPSILON_DECAY, 1, "")

#define TABULAR_LEARNING_RATE_FIELD(LEARNING_RATE)                                                                     \
    {                                                                                                                  \
        .key = "learning_rate", .kind = FIELD_QUANTITY, .dimension = DIMENSION_COUNT,                                  \
        .offset = offsetof(TabularParameters, learning_rate), .fallback = LEARNING_RATE, .minimum = 0, .maximum = 1,   \
        .help = "step towards each new reward; 0: 1 / visits, the mean of all rewards"                                 \
    }

#define TABULAR_VALUE_FIELDS(DISCOUNT, INITIAL_VALUE)                                                                  \
    {.key = "discount",                                                                                                \
     .kind = FIELD_QUANTITY,                                                                                           \
     .dimension = DIMENSION_COUNT,                                                                                     \
     .offset = offsetof(TabularParameters, discount),                                                                  \
     .fallback = DISCOUNT,                                                                                             \
     .minimum = 0,                                                                                                     \
     .maximum = 0.9999,                                                                                                \
     .help = "weight of the value of the user's next question"},                                                       \
    {                                                                                                                  \
        .key = "initial_value", .kind = FIELD_QUANTITY, .dimension = DIMENSION_COUNT,                                  \
        .offset = offsetof(TabularParameters, initial_value), .fallback = INITIAL_VALUE,                               \
        .help = "value of an untried answer; above all rewards each answer is tried once per state"                    \
    }

/* Zeroed memory becomes ready for the scenario's first question. */
void tabular_init(Tabular *tabular, const TabularMethod *method, const TabularParameters *parameters,
                  const Scenario *scenario, Stream stream);
void tabular_free(Tabular *tabular);

/* `suits`, `decide`, `learn` and `finish` of a PolicyType; `suits` for the scope of all options. */
bool tabular_suits(const void *parameters, const Scenario *scenario, Error *error);
void tabular_decide(void *state, const Decision *decision, bool explore, int *ret_options);
void tabular_learn(void *state, const Decision *decision);
void tabular_finish(void *state);

/* `save` and `load` of one that keeps nothing beside a Tabular. */
void tabular_save(const void *state, WeightsFile *file);
bool tabular_load(void *state, const WeightsFile *file, Error *error);

/* What Q-learning moves a value towards: the reward, and with a discount the value of the state that followed. */
double tabular_target(const Tabular *tabular, double reward, int64_t successor);

/* Below that, the same for any decision process, so that a learner can be held against theory. */

/* Prepares for states with keys of so many bytes; once, before the first answer. */
void tabular_open(Tabular *tabular, size_t key_size);

/* The answer to decision number `decision` of `user` while learning, in the state of `key`, which has `action_count`
 * answers. Decision 0 begins a new run: what was open is forgotten. */
int64_t tabular_answer(Tabular *tabular, int64_t decision, int user, const void *key, int64_t action_count);

/* The reward of an answer, once. Decisions that are not open are passed over. */
void tabular_reward(Tabular *tabular, int64_t decision, double reward);

#endif

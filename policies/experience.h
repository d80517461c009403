/* Answers on their way to a replay memory. Each waits for its reward, and with a discount for what followed: its user's
 * next question, where one question to all counts as the first user's. Outcomes come late and out of order; the steps
 * of a user are learnt from in the order of its questions. */
#ifndef ORCHID_POLICIES_EXPERIENCE_H
#define ORCHID_POLICIES_EXPERIENCE_H

#include "n_step.h"
#include "pending.h"

/* An answer whose transition is not known yet. */
typedef struct OpenAnswer {
    int user;
    int64_t next; /* the user's next decision, NO_DECISION until it comes */
} OpenAnswer;

enum { NO_DECISION = -1 };

typedef struct Experience {
    int user_count, state_size, action_size;
    float discount;
    Pending pending; /* `row` is a slot */
    int64_t limit, free_count;
    int64_t *free;            /* [free_count] slots given back */
    OpenAnswer *answers;      /* [limit] */
    float *states;            /* [limit][state_size] */
    int *actions;             /* [limit][action_size] */
    int64_t *oldest, *latest; /* [user] decisions that are open; NO_DECISION: none */
    NStep *n_steps;           /* [user] */
} Experience;

/* For transitions of this shape that span `steps` questions of a user, each discounted. */
void experience_init(Experience *experience, int user_count, const ReplayShape *shape, int steps, float discount);
void experience_free(Experience *experience);

/* A question was answered so; arrays are copied. Decision 0 begins a new run: what was open is forgotten. What is known
 * whole now goes to the memory; returns the number of steps that ended so. */
int experience_answer(Experience *experience, int64_t decision, int user, const float *state, const int *actions,
                      ReplayMemory *memory);

/* The open answer to a decision: its state and actions, valid until the next answer. False: it is not open. */
bool experience_find(const Experience *experience, int64_t decision, const float **ret_state, const int **ret_actions);

/* The reward of an answer, once, likewise; decisions that are not open are passed over. */
int experience_reward(Experience *experience, int64_t decision, float reward, ReplayMemory *memory);

/* The run is over: steps that wait for later ones are taken as they are, and what is open is forgotten. */
void experience_conclude(Experience *experience, ReplayMemory *memory);

#endif

/* What a learner has lived through, kept to learn from again: a ring of transitions and batches drawn from it,
 * uniformly (Lin: Self-improving reactive agents based on reinforcement learning, planning and teaching, Machine
 * Learning 1992) or by how much was still to be learnt (Schaul, Quan, Antonoglou, Silver: Prioritized experience
 * replay, ICLR 2016). */
#ifndef ORCHID_POLICIES_REPLAY_MEMORY_H
#define ORCHID_POLICIES_REPLAY_MEMORY_H

#include "../sim/rng.h"
#include "sum_tree.h"

#include <stdint.h>

typedef struct ReplayShape {
    int64_t capacity; /* transitions; the oldest makes room for the newest */
    int state_size;   /* floats */
    int action_size;  /* indices per transition: 1, or one per user */
    double exponent;  /* of priorities, alpha in the paper; 0: every transition is as likely */
} ReplayShape;

/* One step: in `state`, `actions` gave `reward` and led to `next_state`, whose value counts `discount`. */
typedef struct Transition {
    const float *state;      /* [state_size] borrowed, as all pointers here */
    const int *actions;      /* [action_size] */
    float reward;            /* of all steps that the transition spans */
    const float *next_state; /* [state_size]; NULL: nothing follows, whatever the discount */
    float discount;          /* 0 to 1; to the power of the steps */
} Transition;

/* Arrays by place in the ring. */
typedef struct ReplayMemory {
    ReplayShape shape;
    int64_t count;                                     /* held */
    int64_t next;                                      /* place of the next transition */
    float *states, *next_states, *rewards, *discounts; /* [capacity][state_size] or [capacity] */
    int *actions;                                      /* [capacity][action_size] */
    SumTree priorities;                                /* to the power of the exponent; unused where that is 0 */
    double greatest_priority;                          /* ever given, to the power; that of new transitions */
} ReplayMemory;

/* An empty memory, with all its room. */
void replay_memory_init(ReplayMemory *memory, ReplayShape shape);
void replay_memory_free(ReplayMemory *memory);

/* Copies a transition in. */
void replay_memory_add(ReplayMemory *memory, Transition transition);

/* Room for `limit` transitions side by side, as networks want them. */
typedef struct ReplayBatch {
    int limit, count;
    float *states, *next_states; /* [count][state_size]; where nothing follows, a next state of zeros ... */
    float *rewards, *discounts;  /* [count] ... and a discount of 0, so reward + discount x value needs no exception */
    int *actions;                /* [count][action_size] */
    float *weights;              /* [count] of the samples in the loss; all 1 where drawn uniformly */
    int64_t *places;             /* [count] in the ring */
} ReplayBatch;

void replay_batch_init(ReplayBatch *batch, const ReplayShape *shape, int limit);
void replay_batch_free(ReplayBatch *batch);

/* Draws `count` transitions with replacement, at most the batch's limit, from a memory that holds at least one: one
 * draw of the stream each. With priorities, the k-th is drawn from the k-th of `count` equal shares of their sum, and
 * its weight is (1 / (N P))^correction over the largest of the batch (the paper's beta; 1 corrects the bias whole, 0
 * not at all). */
void replay_memory_sample(const ReplayMemory *memory, Stream *stream, int count, double correction, ReplayBatch *batch);

/* Fills a batch anew from its `count` places; weights stay. */
void replay_memory_recall(const ReplayMemory *memory, ReplayBatch *batch);

enum { NO_PLACE = -1 };

/* The place of the step that followed: of the `within` next ones, the first that begins with the next state of the one
 * at `place`, as steps of others may lie between; where nothing is known to follow, just the next one. NO_PLACE: there
 * is none (yet). */
int64_t replay_memory_follow(const ReplayMemory *memory, int64_t place, int64_t within);

/* Gives each of the batch's transitions the priority |errors[k]| + 1e-6, errors being how wrong its prediction was.
 * Does nothing where the exponent is 0. */
void replay_memory_prioritise(ReplayMemory *memory, const ReplayBatch *batch, const float *errors);

#endif

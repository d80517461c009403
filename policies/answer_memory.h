/* Answers and what came of them for every user, for learners that read a row of inputs for each user: a ring of
 * questions whose outcome is known. Until then an answer is open, and waits apart. */
#ifndef ORCHID_POLICIES_ANSWER_MEMORY_H
#define ORCHID_POLICIES_ANSWER_MEMORY_H

#include "pending.h"
#include "weights_file.h"

typedef struct AnswerShape {
    int64_t capacity; /* questions; the oldest makes room for the newest */
    int ask_count;    /* of a question */
    int row_size;     /* inputs of an ask */
    int value_size;   /* further numbers of its answer, 0 or more */
} AnswerShape;

/* Arrays by place. */
typedef struct AnswerArrays {
    float *rows;   /* [place][ask_count][row_size] */
    float *values; /* [place][ask_count][value_size] */
    int *actions;  /* [place][ask_count] */
    float *costs;  /* [place][ask_count] what each user's answer cost; of open ones nothing yet */
} AnswerArrays;

typedef struct AnswerMemory {
    AnswerShape shape;
    int64_t count, next; /* questions held; place of the next one */
    AnswerArrays ended;  /* [capacity] */
    int64_t open_limit, free_count;
    int64_t *free;     /* [free_count] places of `open` that are free */
    AnswerArrays open; /* [open_limit] */
    Pending pending;   /* row: place in `open` */
} AnswerMemory;

void answer_memory_init(AnswerMemory *memory, AnswerShape shape);
void answer_memory_free(AnswerMemory *memory);

/* Remembers an answer, whose arrays are copied, until it ends. Decision 0 begins a new run: what was open is forgotten.
 * `values` may be NULL where there are none. */
void answer_memory_open(AnswerMemory *memory, int64_t decision, const float *rows, const int *actions,
                        const float *values);

/* What each user's answer cost, costs[ask_count]; the question goes into the ring. False: it is not open. */
bool answer_memory_end(AnswerMemory *memory, int64_t decision, const float *costs);

/* Forgets what is open. */
void answer_memory_abandon(AnswerMemory *memory);

/* Empties the ring. */
void answer_memory_clear(AnswerMemory *memory);

/* Adds blocks NAME.* of the ring, and makes an empty memory of the same shape what was added. False, the memory empty
 * and why in `error`, where the file does not have it whole. Actions are not checked. */
void answer_memory_save(const AnswerMemory *memory, WeightsFile *file, const char *name);
bool answer_memory_load(AnswerMemory *memory, const WeightsFile *file, const char *name, Error *error);

#endif

/* The features of decisions whose outcome is still to come. */
#ifndef ORCHID_POLICIES_OPEN_TERMS_H
#define ORCHID_POLICIES_OPEN_TERMS_H

#include "bayes_linear.h"
#include "pending.h"

/* What is kept of one decision beside its features, for those who want it. */
typedef struct OpenDecision {
    double offset_sum; /* of its users' costs */
    bool accepted;     /* by the accuracies known when it was answered */
} OpenDecision;

/* Zero, then open_terms_init. */
typedef struct OpenTerms {
    int list_limit, term_limit; /* lists of a decision, such as one for each ask, and terms of a list, at most */
    Pending pending;            /* row: its slot */
    int64_t slot_count;         /* slots in use or free */
    int64_t free_count;         /* of them free */
    int64_t *free;              /* [slot_count] stack of free slots */
    OpenDecision *decisions;    /* [slot_count] */
    int *counts;                /* [slot][list_limit] terms of each list */
    Term *terms;                /* [slot][list_limit][term_limit] */
} OpenTerms;

void open_terms_init(OpenTerms *open, int list_limit, int term_limit);
void open_terms_free(OpenTerms *open);

/* Forgets all open decisions. */
void open_terms_clear(OpenTerms *open);

/* A slot for a decision, to be filled; an open one of the same number is forgotten. */
int64_t open_terms_add(OpenTerms *open, int64_t decision);

/* The slot of a decision that is open, which then no longer is; its content stays until the next add. -1: none. */
int64_t open_terms_take(OpenTerms *open, int64_t decision);

/* The number of terms of a list, and the terms. */
int *open_terms_count(const OpenTerms *open, int64_t slot, int list);
Term *open_terms_of(const OpenTerms *open, int64_t slot, int list);

#endif

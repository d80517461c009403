/* Decisions whose outcome is still to come, found by their number: for asynchronous arrivals feedback is late and out
 * of order. */
#ifndef ORCHID_POLICIES_PENDING_H
#define ORCHID_POLICIES_PENDING_H

#include <stdbool.h>
#include <stdint.h>

enum { NO_ROW = -1 };

/* One answer given. */
typedef struct PendingDecision {
    int64_t decision; /* Decision.index */
    bool open;        /* this place is taken */
    bool rewarded;
    double reward; /* valid when rewarded */
    int64_t row, action;
    int64_t successor;        /* row of the user's next question, NO_ROW until it comes */
    int64_t successor_action; /* the answer to it, where the learner waits for that */
} PendingDecision;

/* A ring by number, as long as the span of open decisions. Zero is empty. */
typedef struct Pending {
    int64_t limit; /* a power of two, or 0 */
    PendingDecision *ring;
} Pending;

void pending_free(Pending *pending);

/* Forgets all open decisions. */
void pending_clear(Pending *pending);

/* A place for decision `decision`, open and otherwise zero with no successor; valid until the next call. */
PendingDecision *pending_add(Pending *pending, int64_t decision);

/* The open decision of that number, or NULL. */
PendingDecision *pending_find(const Pending *pending, int64_t decision);

#endif

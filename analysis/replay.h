/* Runs a stored run again to see what is not stored: each of its requests. A run is the same bit for bit, so nothing
 * has to be kept for this, and its fingerprint tells whether it really was the same. */
#ifndef ORCHID_ANALYSIS_REPLAY_H
#define ORCHID_ANALYSIS_REPLAY_H

#include "store.h"

/* One request that ended. */
typedef struct ReplayRequest {
    int64_t request;  /* its number in the run, from 0 */
    int64_t decision; /* the question it was part of, from 0 */
    int user;         /* from 0 */
    double arrival_s; /* simulated time */
    const char *option;
    Outcome outcome;
    bool recorded; /* counts in the metrics: arrived after the warm-up */
} ReplayRequest;

typedef void ReplayVisit(void *context, const ReplayRequest *request);

/* Runs the stored run again, training included, and calls `visit` for every request in the order in which the decisions
 * of requests ended. STORE_INPUT where that is not possible: the run failed, its scenario's files are not where they
 * were or have changed, or it comes out differently, as it may with another version or on another machine; `visit` may
 * have been called by then. */
StoreStatus replay_run(Store *store, int64_t run, ReplayVisit *visit, void *context, Error *error);

#endif

/* Claims: how policies that divide by themselves say what part of a node or link a request should get. Those who need
 * the same share it as the softmax of their claims, so every share is above 0 and their sum is 1. */
#ifndef ORCHID_POLICIES_CLAIMS_H
#define ORCHID_POLICIES_CLAIMS_H

#include "../sim/reservation.h"

enum { CLAIM_COMPUTE, CLAIM_BANDWIDTH, CLAIM_COUNT };

/* What one request claims, each on a logarithmic scale; beyond +-CLAIM_MOST as at that. */
typedef struct Claims {
    double values[CLAIM_COUNT];
} Claims;

enum { CLAIM_MOST = 8 };

/* What is needed of either kind. */
typedef struct ClaimNeeds {
    bool needed[CLAIM_COUNT];
} ClaimNeeds;

ClaimNeeds claims_needed(const Scenario *scenario, const Ask *ask, const Option *option);

/* Fills ret_shares[ask_count] from claims[ask_count]. No inference gets more of a node than its threads can use while
 * others could; what a request does not need is 1. */
void claims_divide(const Scenario *scenario, const Decision *decision, const int *options, const Claims *claims,
                   Share *ret_shares);

#endif

/* What a policy is made of; private to policy.c and policy_file.c. */
#ifndef ORCHID_POLICIES_POLICY_PARTS_H
#define ORCHID_POLICIES_POLICY_PARTS_H

#include "allocation.h"
#include "policy.h"

struct Policy {
    const PolicyType *type;
    const Scenario *scenario; /* borrowed */
    void *state;              /* owned; zeroed before start */
    int *options;             /* the last answer */
    Share *shares;            /* and how it divides what is reserved; NULL where that is left to the scenario: */
    Allocator allocator;
    bool frozen;
    Arena arena; /* texts of the parameters */
};

/* Whether a learner sees the same features in both scenarios; false puts the reason into `error`, without a place. */
bool policy_sees_alike(const Scenario *scenario, const Scenario *other, Error *error);

#endif

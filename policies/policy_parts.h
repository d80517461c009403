/* What a policy is made of; private to policy.c and policy_file.c. */
#ifndef ORCHID_POLICIES_POLICY_PARTS_H
#define ORCHID_POLICIES_POLICY_PARTS_H

#include "policy.h"

struct Policy {
    const PolicyType *type;
    const Scenario *scenario; /* borrowed */
    void *state;              /* owned; zeroed before start */
    int *options;             /* the last answer */
    Share *shares;            /* and how it divides; NULL where the policy or the scenario divides nothing */
    bool frozen;
    Arena arena; /* texts of the parameters */
};

#endif

/* Whole questions as problems of shared_optimum.h: with expected times, what users do to each other where things are
 * reserved is all in the shares. */
#ifndef ORCHID_POLICIES_SHARED_PLAN_H
#define ORCHID_POLICIES_SHARED_PLAN_H

#include "expect.h"
#include "shared_optimum.h"

/* What plans of one scenario need. Zero, then shared_plan_init. */
typedef struct SharedPlan {
    const Scenario *scenario; /* borrowed */
    SharedOptimum optimum;    /* its resources: nodes, then links */
    int *offered;             /* [user][option] numbers of the options that a plan chooses from */
    int option_limit;
} SharedPlan;

/* Whether users of the scenario meet nowhere but in shares, so that a plan's optimum is the optimum: rounds, an
 * objective that is a sum over users, and room for all who may come to each node and link that is not reserved. False
 * puts why into `error`, without a place. */
bool shared_plan_is_exact(const Scenario *scenario, Error *error);

void shared_plan_init(SharedPlan *plan, const Scenario *scenario);
void shared_plan_free(SharedPlan *plan);

/* Fills the problem of a question; `offered` says which options its numbers mean. With `variant` other than ANY_VARIANT
 * (choice.h) only options of that variant are in it, of which each user has one. Where the objective has a threshold,
 * options below it are left out; of a user who has no others all but the most accurate ones. */
void shared_plan_fill(SharedPlan *plan, const Decision *decision, int variant);

/* Fills ret_options[ask_count] with the best answer by expected times and with optimal shares (allocator_share), or the
 * best that was found within `visit_limit` partial answers. Costs of the finding are in rewards x ask_count, with
 * their sign turned. */
SharedFinding shared_plan_find(SharedPlan *plan, const Decision *decision, int variant, int64_t visit_limit,
                               int *ret_options);

/* The same by times of another source. */
SharedFinding shared_plan_find_by(SharedPlan *plan, NeedSource source, const Decision *decision, int variant,
                                  int64_t visit_limit, int *ret_options);

#endif

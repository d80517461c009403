/* One user's part in what a decision costs, split into what has to be learnt and what follows from the answer: n x the
 * reward is minus the sum over users of slope x cost + offset, for every objective, where its threshold is met. */
#ifndef ORCHID_POLICIES_USER_COST_H
#define ORCHID_POLICIES_USER_COST_H

#include "../sim/objective.h"

/* How much the cost weighs with this accuracy weight and reference (s; 0: the objective's). The cost is the response
 * time (s), for weighted_cost what the objective makes of response time and energy. */
double user_cost_slope(const Objective *objective, double accuracy_weight, double reference_s);

/* What one more second of response time adds to that sum. */
double user_cost_per_s(const Objective *objective, double accuracy_weight, double reference_s);

/* What the accuracy adds. */
double user_cost_offset(const Objective *objective, double accuracy, double accuracy_weight);

/* The cost that an outcome tells of. A refused request costs what makes the sum over the decision's `count` requests at
 * least as bad as the objective sees it. */
double user_cost_observed(const Objective *objective, const Outcome *outcome, int count);

/* What time costs each user of a decision that ended, slope x cost, times a scale: ret_parts[feedback->count]. */
void user_cost_parts(const Objective *objective, const Feedback *feedback, double scale, float *ret_parts);

#endif

/* What a decision is worth: the scenario's objective as a reward. */
#ifndef ORCHID_SIM_OBJECTIVE_H
#define ORCHID_SIM_OBJECTIVE_H

#include "decision.h"

/* Whether a mean accuracy reaches the threshold; rounding in the mean (1e-9) is forgiven. */
bool objective_accepts(const Objective *objective, double mean_accuracy);

/* Fills means, feasibility and reward of `feedback` from its outcomes, at least one:
 * response_time_under_accuracy: minus the mean response time (s), or minus largest_response_time where infeasible;
 * utility: mean over requests of weight x accuracy - (1 - weight) x response time / reference, with their own weights and
 * references;
 * weighted_cost: minus the mean of the weighted sum of response time, energy and lost accuracy.
 * For the last two a refused request has accuracy 0 and at least the largest response time. */
void objective_judge(const Objective *objective, Feedback *feedback);

#endif

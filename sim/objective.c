#include "objective.h"

#include <assert.h>

/* What a sum of a few fractions may lose to rounding. */
#define ACCURACY_TOLERANCE 1e-9

/* A request as the reward counts it: one that was refused gave no answer, and is never worth a quick way out. */
typedef struct Worth {
    double response_s, energy_j, accuracy;
} Worth;

static Worth worth_of(const Objective *objective, const Outcome *outcome)
{
    if (!outcome->refused)
        return (Worth){outcome->response_s, outcome->energy_j, outcome->accuracy};
    double largest_s = time_to_s(objective->largest_response_time);
    double response_s = outcome->response_s > largest_s ? outcome->response_s : largest_s;
    return (Worth){response_s, outcome->energy_j, 0};
}

static double utility(const Objective *objective, const Outcome *outcome)
{
    double weight = outcome->accuracy_weight;
    Worth worth = worth_of(objective, outcome);
    return weight * worth.accuracy - (1 - weight) * worth.response_s / time_to_s(objective->reference);
}

static double weighted_cost(const Objective *objective, const Outcome *outcome)
{
    Worth worth = worth_of(objective, outcome);
    return objective->latency_weight_per_s * worth.response_s + objective->energy_weight_per_j * worth.energy_j +
           objective->accuracy_weight * (1 - worth.accuracy);
}

bool objective_accepts(const Objective *objective, double mean_accuracy)
{
    return mean_accuracy >= objective->threshold - ACCURACY_TOLERANCE;
}

void objective_judge(const Objective *objective, Feedback *feedback)
{
    assert(feedback->count > 0);
    double response_s = 0, accuracy = 0, energy_j = 0, utility_sum = 0, cost_sum = 0;
    bool refused = false;
    for (int i = 0; i < feedback->count; i++) {
        const Outcome *outcome = &feedback->outcomes[i];
        response_s += outcome->response_s;
        accuracy += outcome->accuracy;
        energy_j += outcome->energy_j;
        refused |= outcome->refused;
        if (objective->kind == OBJECTIVE_UTILITY)
            utility_sum += utility(objective, outcome);
        if (objective->kind == OBJECTIVE_WEIGHTED_COST)
            cost_sum += weighted_cost(objective, outcome);
    }
    double count = feedback->count;
    feedback->mean_response_s = response_s / count;
    feedback->mean_accuracy = accuracy / count;
    feedback->mean_energy_j = energy_j / count;
    feedback->feasible = !refused && objective_accepts(objective, feedback->mean_accuracy);
    switch (objective->kind) {
    case OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY:
        feedback->reward =
            feedback->feasible ? -feedback->mean_response_s : -time_to_s(objective->largest_response_time);
        break;
    case OBJECTIVE_UTILITY:
        feedback->reward = utility_sum / count;
        break;
    case OBJECTIVE_WEIGHTED_COST:
        feedback->reward = -cost_sum / count;
        break;
    }
}

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
    double reference_s = outcome->reference_s > 0 ? outcome->reference_s : time_to_s(objective->reference);
    return weight * worth.accuracy - (1 - weight) * worth.response_s / reference_s;
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

/* Means over the requests; true where one was refused. */
static bool fill_means(Feedback *feedback)
{
    double response_s = 0, accuracy = 0, energy_j = 0, count = feedback->count;
    bool refused = false;
    for (int i = 0; i < feedback->count; i++) {
        const Outcome *outcome = &feedback->outcomes[i];
        response_s += outcome->response_s;
        accuracy += outcome->accuracy;
        energy_j += outcome->energy_j;
        refused |= outcome->refused;
    }
    feedback->mean_response_s = response_s / count;
    feedback->mean_accuracy = accuracy / count;
    feedback->mean_energy_j = energy_j / count;
    return refused;
}

/* The same for the single request of an asynchronous arrival, which is most of what a large world does. */
static bool copy_single(Feedback *feedback)
{
    const Outcome *outcome = feedback->outcomes;
    feedback->mean_response_s = outcome->response_s;
    feedback->mean_accuracy = outcome->accuracy;
    feedback->mean_energy_j = outcome->energy_j;
    return outcome->refused;
}

static double mean_worth(const Objective *objective, const Feedback *feedback)
{
    double sum = 0;
    for (int i = 0; i < feedback->count; i++)
        sum += objective->kind == OBJECTIVE_UTILITY ? utility(objective, &feedback->outcomes[i])
                                                    : -weighted_cost(objective, &feedback->outcomes[i]);
    return sum / feedback->count;
}

void objective_judge(const Objective *objective, Feedback *feedback)
{
    assert(feedback->count > 0);
    bool refused = feedback->count == 1 ? copy_single(feedback) : fill_means(feedback);
    feedback->feasible = !refused && objective_accepts(objective, feedback->mean_accuracy);
    if (objective->kind != OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY)
        feedback->reward = mean_worth(objective, feedback);
    else
        feedback->reward =
            feedback->feasible ? -feedback->mean_response_s : -time_to_s(objective->largest_response_time);
}

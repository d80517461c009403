#include "user_cost.h"

double user_cost_slope(const Objective *objective, double accuracy_weight, double reference_s)
{
    if (objective->kind != OBJECTIVE_UTILITY)
        return 1;
    return (1 - accuracy_weight) / (reference_s > 0 ? reference_s : time_to_s(objective->reference));
}

double user_cost_per_s(const Objective *objective, double accuracy_weight, double reference_s)
{
    bool priced = objective->kind == OBJECTIVE_WEIGHTED_COST;
    return priced ? objective->latency_weight_per_s : user_cost_slope(objective, accuracy_weight, reference_s);
}

double user_cost_offset(const Objective *objective, double accuracy, double accuracy_weight)
{
    switch (objective->kind) {
    case OBJECTIVE_UTILITY:
        return -accuracy_weight * accuracy;
    case OBJECTIVE_WEIGHTED_COST:
        return objective->accuracy_weight * (1 - accuracy);
    case OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY:
        break;
    }
    return 0;
}

double user_cost_observed(const Objective *objective, const Outcome *outcome, int count)
{
    if (objective->kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY)
        return outcome->refused ? count * time_to_s(objective->largest_response_time) : outcome->response_s;
    double slope = user_cost_slope(objective, outcome->accuracy_weight, outcome->reference_s);
    double offset = user_cost_offset(objective, outcome->accuracy, outcome->accuracy_weight);
    Feedback alone = {.count = 1, .outcomes = outcome};
    objective_judge(objective, &alone);
    return slope > 0 ? (-alone.reward - offset) / slope : 0;
}

void user_cost_parts(const Objective *objective, const Feedback *feedback, double scale, float *ret_parts)
{
    for (int i = 0; i < feedback->count; i++) {
        const Outcome *outcome = &feedback->outcomes[i];
        double slope = user_cost_slope(objective, outcome->accuracy_weight, outcome->reference_s);
        ret_parts[i] = (float)(scale * slope * user_cost_observed(objective, outcome, feedback->count));
    }
}

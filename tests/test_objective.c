/* Rewards of decisions by hand. */
#include "../sim/objective.h"
#include "check.h"

static const Objective UNDER_ACCURACY = {.kind = OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY,
                                         .threshold = 0.8,
                                         .largest_response_time = NS_PER_S,
                                         .reference = NS_PER_S};

/* Two requests: 100 ms at 90 %, 300 ms at 70 %. */
static Feedback judge(const Objective *objective, bool refused, double weight)
{
    Outcome outcomes[] = {{.response_s = 0.1, .energy_j = 2, .accuracy = 0.9, .accuracy_weight = weight},
                          {.response_s = 0.3, .energy_j = 4, .accuracy = 0.7, .accuracy_weight = weight, .refused = refused}};
    Feedback feedback = {.count = 2, .outcomes = outcomes};
    objective_judge(objective, &feedback);
    return feedback;
}

static void means_are_over_the_requests(void)
{
    Feedback feedback = judge(&UNDER_ACCURACY, false, 0);
    CHECK_NEAR(feedback.mean_response_s, 0.2, 1e-15);
    CHECK_NEAR(feedback.mean_accuracy, 0.8, 1e-15);
    CHECK_NEAR(feedback.mean_energy_j, 3, 1e-15);
}

static void response_time_counts_where_the_threshold_is_reached(void)
{
    Objective objective = UNDER_ACCURACY;
    Feedback feedback = judge(&objective, false, 0);
    CHECK(feedback.feasible);
    CHECK_NEAR(feedback.reward, -0.2, 1e-15);
    objective.threshold = 0.8 + 1e-6;
    feedback = judge(&objective, false, 0);
    CHECK(!feedback.feasible);
    CHECK_NEAR(feedback.reward, -1, 0);
}

static void rounding_of_a_mean_is_forgiven(void)
{
    Objective objective = {.threshold = 0.899};
    CHECK(objective_accepts(&objective, (0.899 + 0.899 + 0.899) / 3));
    CHECK(objective_accepts(&objective, 0.899 - 1e-12));
    CHECK(!objective_accepts(&objective, 0.8989));
}

static void a_refusal_is_infeasible(void)
{
    Feedback feedback = judge(&UNDER_ACCURACY, true, 0);
    CHECK(!feedback.feasible);
    CHECK_NEAR(feedback.reward, -1, 0);
}

static void utility_weighs_accuracy_against_time(void)
{
    Objective objective = UNDER_ACCURACY;
    objective.kind = OBJECTIVE_UTILITY;
    objective.reference = NS_PER_S / 2;
    CHECK_NEAR(judge(&objective, false, 0.25).reward, 0.25 * 0.8 - 0.75 * 0.2 / 0.5, 1e-15);
    CHECK_NEAR(judge(&objective, false, 1).reward, 0.8, 1e-15);
}

static void cost_sums_time_energy_and_lost_accuracy(void)
{
    Objective objective = UNDER_ACCURACY;
    objective.kind = OBJECTIVE_WEIGHTED_COST;
    objective.latency_weight_per_s = 2;
    objective.energy_weight_per_j = 0.5;
    objective.accuracy_weight = 10;
    CHECK_NEAR(judge(&objective, false, 0).reward, -(2 * 0.2 + 0.5 * 3 + 10 * 0.2), 1e-14);
}

static void being_refused_is_never_a_quick_way_out(void)
{
    Objective objective = UNDER_ACCURACY;
    objective.kind = OBJECTIVE_UTILITY;
    CHECK_NEAR(judge(&objective, true, 0.5).reward, ((0.45 - 0.05) + (0 - 0.5)) / 2, 1e-15);
    objective.kind = OBJECTIVE_WEIGHTED_COST;
    objective.latency_weight_per_s = objective.accuracy_weight = 1;
    CHECK_NEAR(judge(&objective, true, 0).reward, -((0.1 + 0.1) + (1 + 1)) / 2, 1e-15);
}

int main(void)
{
    static const Check checks[] = {
        {"means_are_over_the_requests", means_are_over_the_requests},
        {"response_time_counts_where_the_threshold_is_reached", response_time_counts_where_the_threshold_is_reached},
        {"rounding_of_a_mean_is_forgiven", rounding_of_a_mean_is_forgiven},
        {"a_refusal_is_infeasible", a_refusal_is_infeasible},
        {"utility_weighs_accuracy_against_time", utility_weighs_accuracy_against_time},
        {"cost_sums_time_energy_and_lost_accuracy", cost_sums_time_energy_and_lost_accuracy},
        {"being_refused_is_never_a_quick_way_out", being_refused_is_never_a_quick_way_out},
    };
    return check_run("objective", checks, sizeof checks / sizeof checks[0]);
}

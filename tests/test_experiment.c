#include "../analysis/experiment.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* What the hooks saw. */
typedef struct Log {
    const Trial *trials;
    int consumed, limit; /* accept so many; negative: all */
    bool in_order;
    int reports;
    Progress last;
    bool progress_grows;
} Log;

static bool log_trial(void *context, Trial *trial)
{
    Log *log = context;
    log->in_order &= trial == &log->trials[log->consumed];
    if (log->consumed == log->limit)
        return false;
    log->consumed++;
    return true;
}

static void log_progress(void *context, const Progress *progress)
{
    Log *log = context;
    log->progress_grows &= progress->done >= log->last.done && progress->elapsed_s >= log->last.elapsed_s;
    log->last = *progress;
    log->reports++;
}

/* A plan for the policies named, NULL at the end. */
static Trial *plan(const Scenario *scenario, const char *const *names, int *ret_count)
{
    const PolicyType *policies[8];
    int count = 0;
    for (; names[count]; count++)
        policies[count] = policy_type_find(names[count]);
    return experiment_plan(scenario, policies, count, ret_count);
}

/* The plan run with `jobs` threads; every trial consumed. */
static Trial *run(const Scenario *scenario, const char *const *names, int jobs, int *ret_count)
{
    Trial *trials = plan(scenario, names, ret_count);
    CHECK_INT(experiment_run(trials, *ret_count, jobs, &(ExperimentHooks){0}), *ret_count);
    return trials;
}

static const char *const few[] = {"stop.rounds=40", "training=300", "replications=3"};
static const char *const all_kinds[] = {"device-only", "random", "greedy", "oracle", "q-learning", NULL};

static void plan_puts_all_policies_of_a_replication_together(void)
{
    Scenario *scenario = world_load("three_tiers.yaml", few, 3);
    const char *const names[] = {"edge-only", "greedy", NULL};
    int count;
    Trial *trials = plan(scenario, names, &count);
    CHECK_INT(count, 6);
    for (int i = 0; i < count; i++) {
        CHECK_TEXT(trials[i].policy->name, names[i % 2]);
        CHECK_INT((int)trials[i].replication, i / 2);
        CHECK(trials[i].seed == scenario->seed && trials[i].status == TRIAL_PENDING);
    }
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void check_same_results(const Trial *a, const Trial *b)
{
    CHECK(a->status == TRIAL_DONE && b->status == TRIAL_DONE);
    CHECK(a->fingerprint == b->fingerprint && a->events == b->events && a->interactions == b->interactions);
    CHECK_TEXT(a->parameters, b->parameters);
    CHECK_INT(a->metric_count, b->metric_count);
    for (int i = 0; i < a->metric_count; i++)
        CHECK(strcmp(a->metrics[i].name, b->metrics[i].name) == 0 &&
              same_number(a->metrics[i].value, b->metrics[i].value));
    CHECK_INT(a->curve_count, b->curve_count);
    for (int i = 0; i < a->curve_count; i++)
        CHECK(memcmp(&a->curve[i], &b->curve[i], sizeof a->curve[i]) == 0);
    CHECK_INT(a->decision_count_count, b->decision_count_count);
    for (int i = 0; i < a->decision_count_count; i++)
        CHECK(a->decision_counts[i].option == b->decision_counts[i].option &&
              a->decision_counts[i].count == b->decision_counts[i].count);
}

static void results_do_not_depend_on_the_number_of_threads(void)
{
    Scenario *scenario = world_load("three_tiers.yaml", few, 3);
    int count;
    Trial *one = run(scenario, all_kinds, 1, &count), *many = run(scenario, all_kinds, 7, &count);
    for (int i = 0; i < count; i++)
        check_same_results(&one[i], &many[i]);
    CHECK(one[0].fingerprint != one[5].fingerprint);
    experiment_free(one, count);
    experiment_free(many, count);
    scenario_destroy(scenario);
}

static void trials_are_handed_over_in_order_with_progress(void)
{
    Scenario *scenario = world_load("three_tiers.yaml", few, 3);
    int count;
    Trial *trials = plan(scenario, all_kinds, &count);
    Log log = {.trials = trials, .limit = -1, .in_order = true, .progress_grows = true};
    ExperimentHooks hooks = {.consume = log_trial, .progress = log_progress, .context = &log};
    CHECK_INT(experiment_run(trials, count, 3, &hooks), 15);
    CHECK(log.in_order);
    CHECK_INT(log.consumed, 15);
    CHECK(log.reports >= 15 && log.progress_grows);
    CHECK_INT(log.last.done, 15);
    CHECK_INT(log.last.total, 15);
    CHECK_INT(log.last.failed, 0);
    CHECK_NEAR(log.last.left_s, 0, 0);
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void consumer_can_end_the_experiment(void)
{
    Scenario *scenario = world_load("three_tiers.yaml", few, 3);
    int count;
    Trial *trials = plan(scenario, all_kinds, &count);
    Log log = {.trials = trials, .limit = 2, .in_order = true};
    ExperimentHooks hooks = {.consume = log_trial, .context = &log};
    CHECK_INT(experiment_run(trials, count, 2, &hooks), 2);
    CHECK(trials[0].status == TRIAL_DONE && trials[1].status == TRIAL_DONE);
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static bool note_training(void *context, const LearningProgress *progress)
{
    (void)progress;
    atomic_store((atomic_bool *)context, true);
    return true;
}

static bool is_noted(void *context)
{
    return atomic_load((atomic_bool *)context);
}

/* A training that would take days ends; it is left out with what comes after, and can be done another time. */
static void training_is_cancelled_when_the_experiment_stops(void)
{
    static const char *const endless[] = {"training=1e12", "stop.rounds=20", "replications=2"};
    static const char *const names[] = {"greedy", "q-learning", NULL};
    Scenario *scenario = world_load("three_tiers.yaml", endless, 3);
    Scenario *shorter = world_load("three_tiers.yaml", few, 3);
    atomic_bool training = false;
    TrialLearner watched = {.progress = note_training, .context = &training};
    ExperimentHooks hooks = {.stop = is_noted, .context = &training};
    for (int jobs = 1; jobs <= 3; jobs++) {
        int count;
        Trial *trials = plan(scenario, names, &count);
        atomic_store(&training, false);
        trials[1].learner = &watched;
        CHECK_INT(experiment_run(trials, count, jobs, &hooks), 1);
        CHECK_INT(trials[0].status, TRIAL_DONE);
        CHECK_INT(trials[1].status, TRIAL_PENDING);
        CHECK(trials[1].curve_count == 0 && trials[1].interactions == 0 && trials[1].cancelled == NULL);
        CHECK_INT(trials[3].status, TRIAL_PENDING);
        trials[1].scenario = shorter;
        trial_run(&trials[1]);
        CHECK_INT(trials[1].status, TRIAL_DONE);
        CHECK_INT(trials[1].interactions, 300);
        experiment_free(trials, count);
    }
    scenario_destroy(scenario);
    scenario_destroy(shorter);
}

static void trial_can_be_freed_and_run_again(void)
{
    Scenario *scenario = world_load("three_tiers.yaml", few, 3);
    int count;
    Trial *trials = run(scenario, all_kinds, 1, &count);
    Trial *learner = &trials[4];
    uint64_t fingerprint = learner->fingerprint;
    trial_free(learner);
    CHECK(learner->status == TRIAL_PENDING && learner->metric_count == 0 && learner->curve_count == 0);
    trial_run(learner);
    CHECK(learner->status == TRIAL_DONE && learner->fingerprint == fingerprint);
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void every_policy_meets_the_same_requests(void)
{
    static const char *const poisson[] = {"workload.arrivals=poisson", "workload.rate=4 /s", "stop={time: 30 s}",
                                          "training=200", "replications=2"};
    Scenario *scenario = world_load("three_tiers.yaml", poisson, 5);
    int count;
    Trial *trials = run(scenario, all_kinds, 1, &count);
    for (int i = 0; i < 5; i++) {
        CHECK_NEAR(trial_metric(&trials[i], "requests_arrived"), trial_metric(&trials[0], "requests_arrived"), 0);
        CHECK_INT(trials[i].status, TRIAL_DONE);
    }
    CHECK(trial_metric(&trials[0], "requests_arrived") > 200);
    CHECK(trial_metric(&trials[5], "requests_arrived") != trial_metric(&trials[0], "requests_arrived"));
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void check_curve(const Trial *trial, int64_t training)
{
    CHECK(trial->curve_count >= 1 && trial->curve_count <= DENSE_CHECKPOINTS + 2 * CHECKPOINTS_PER_DECADE);
    CHECK_INT(trial->curve[0].interactions, 1);
    CHECK_INT(trial->curve[trial->curve_count - 1].interactions, training);
    for (int i = 0; i < trial->curve_count; i++) {
        const CurvePoint *point = &trial->curve[i];
        CHECK(i == 0 || point->interactions > point[-1].interactions);
        CHECK(point->regret >= -1e-12);
        CHECK(point->optimal_fraction >= 0 && point->optimal_fraction <= point->near_optimal_fraction &&
              point->near_optimal_fraction <= 1);
        CHECK_NEAR(point->regret, point->oracle_reward - point->reward, 1e-12);
    }
}

/* One user without other tenants has ten answers: a learner that tries each knows the best. */
static void learner_is_trained_then_measured_like_the_oracle(void)
{
    static const char *const lone[] = {"nodes.device.count=1",
                                       "stop.rounds=50",
                                       "training=400",
                                       "replications=2",
                                       "nodes.edge.background={busy: [0]}",
                                       "nodes.cloud.background={busy: [0]}"};
    static const char *const names[] = {"oracle", "q-learning", NULL};
    Scenario *scenario = world_load("three_tiers.yaml", lone, 6);
    int count;
    Trial *trials = run(scenario, names, 1, &count);
    const Trial *oracle = &trials[0], *learner = &trials[1];
    CHECK_INT(learner->interactions, 400);
    CHECK_NEAR(trial_metric(learner, "interactions"), 400, 0);
    check_curve(learner, 400);
    CHECK_NEAR(learner->curve[learner->curve_count - 1].regret, 0, 1e-12);
    CHECK(learner->fingerprint == oracle->fingerprint);
    double near = trial_metric(learner, "interactions_to_near_optimum");
    double optimum = trial_metric(learner, "interactions_to_optimum");
    CHECK(near >= 1 && near <= optimum && optimum <= 400);
    CHECK_INT(oracle->interactions, 0);
    CHECK_INT(oracle->curve_count, 0);
    CHECK(isnan(trial_metric(oracle, "interactions")));
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

/* Two kinds of device, links and tenants that change: the oracle is asked in the states that the learner meets. */
static void oracle_is_never_behind_in_rounds(void)
{
    static const char *const names[] = {"q-learning", NULL};
    Scenario *scenario = world_load("mixed.yaml", few, 3);
    int count;
    Trial *trials = run(scenario, names, 1, &count);
    for (int i = 0; i < count; i++)
        check_curve(&trials[i], 300);
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void optimum_that_is_not_reached_is_not_known(void)
{
    static const char *const short_training[] = {"training=3", "stop.rounds=20", "replications=1"};
    static const char *const names[] = {"q-learning", NULL};
    Scenario *scenario = world_load("three_tiers.yaml", short_training, 3);
    int count;
    Trial *trials = run(scenario, names, 1, &count);
    CHECK_INT(trials[0].curve_count, 3);
    check_curve(&trials[0], 3);
    CHECK(trials[0].curve[2].regret > 0);
    CHECK(isnan(trial_metric(&trials[0], "interactions_to_optimum")));
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void single_training_decision_gives_a_single_point(void)
{
    static const char *const shortest[] = {"training=1", "stop.rounds=5", "replications=1"};
    static const char *const names[] = {"q-learning", NULL};
    Scenario *scenario = world_load("three_tiers.yaml", shortest, 3);
    int count;
    Trial *trials = run(scenario, names, 1, &count);
    CHECK_INT(trials[0].curve_count, 1);
    check_curve(&trials[0], 1);
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void learner_without_a_budget_learns_while_it_is_measured(void)
{
    static const char *const online[] = {"training=0", "stop.rounds=70", "replications=1"};
    static const char *const names[] = {"q-learning", NULL};
    Scenario *scenario = world_load("three_tiers.yaml", online, 3);
    int count;
    Trial *trials = run(scenario, names, 1, &count);
    CHECK_INT(trials[0].interactions, 70);
    CHECK_INT(trials[0].curve_count, 0);
    CHECK_NEAR(trial_metric(&trials[0], "decisions"), 70, 0);
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void policy_that_does_not_suit_fails_with_the_reason(void)
{
    static const char *const crowd[] = {"nodes.device.count=60", "stop.rounds=5", "replications=1"};
    static const char *const names[] = {"oracle", "device-only", NULL};
    Scenario *scenario = world_load("three_tiers.yaml", crowd, 3);
    int count;
    Trial *trials = run(scenario, names, 1, &count);
    CHECK_INT(trials[0].status, TRIAL_FAILED);
    CHECK(strstr(trials[0].error, "too many to search") != NULL);
    CHECK_INT(trials[1].status, TRIAL_DONE);
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void decision_counts_sum_to_the_requests(void)
{
    Scenario *scenario = world_load("mixed.yaml", few, 3);
    int count;
    Trial *trials = run(scenario, all_kinds, 1, &count);
    for (int i = 0; i < count; i++) {
        int64_t sum = 0;
        for (int c = 0; c < trials[i].decision_count_count; c++) {
            CHECK(trials[i].decision_counts[c].count > 0);
            sum += trials[i].decision_counts[c].count;
        }
        CHECK_NEAR((double)sum, trial_metric(&trials[i], "requests_arrived"), 0);
    }
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void every_metric_has_one_definition(void)
{
    Scenario *scenario = world_load("mixed.yaml", few, 3);
    int count;
    Trial *trials = run(scenario, all_kinds, 1, &count);
    for (int i = 0; metric_definition(i); i++) {
        const MetricDefinition *definition = metric_definition(i);
        CHECK(definition->name[0] && definition->help[0] && definition->unit);
        for (int j = 0; j < i; j++)
            CHECK(strcmp(metric_definition(j)->name, definition->name) != 0);
    }
    const Trial *learner = &trials[4];
    for (int i = 0; i < learner->metric_count; i++) {
        const MetricDefinition *definition = metric_definition_find(learner->metrics[i].name);
        CHECK(definition != NULL);
        CHECK_TEXT(learner->metrics[i].unit, definition ? definition->unit : "");
        for (int j = 0; j < i; j++)
            CHECK(strcmp(learner->metrics[j].name, learner->metrics[i].name) != 0);
    }
    CHECK(metric_definition_find("utilisation") == NULL);
    CHECK(metric_definition_find("response_time_mean.edge") == NULL);
    CHECK(metric_definition_find("nonsense") == NULL);
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

static void metrics_agree_with_one_another(void)
{
    Scenario *scenario = world_load("mixed.yaml", few, 3);
    int count;
    Trial *trials = run(scenario, all_kinds, 1, &count);
    for (int i = 0; i < count; i++) {
        const Trial *trial = &trials[i];
        CHECK(trial_metric(trial, "response_time_p50") <= trial_metric(trial, "response_time_p99"));
        CHECK(trial_metric(trial, "response_time_p99") <= 1.01 * trial_metric(trial, "response_time_maximum"));
        CHECK_NEAR(trial_metric(trial, "throughput") * trial_metric(trial, "measured_time"),
                   trial_metric(trial, "requests_finished"), 1e-6);
        CHECK_NEAR(trial_metric(trial, "energy.small") + trial_metric(trial, "energy.large") +
                       trial_metric(trial, "energy.edge") + trial_metric(trial, "energy.cloud"),
                   trial_metric(trial, "energy_total"), 1e-9 * trial_metric(trial, "energy_total"));
        double utilisation = trial_metric(trial, "utilisation.edge");
        CHECK(utilisation > 0 && utilisation <= 1);
    }
    experiment_free(trials, count);
    scenario_destroy(scenario);
}

int main(void)
{
    const Check checks[] = {
        {"plan_puts_all_policies_of_a_replication_together", plan_puts_all_policies_of_a_replication_together},
        {"results_do_not_depend_on_the_number_of_threads", results_do_not_depend_on_the_number_of_threads},
        {"trials_are_handed_over_in_order_with_progress", trials_are_handed_over_in_order_with_progress},
        {"consumer_can_end_the_experiment", consumer_can_end_the_experiment},
        {"training_is_cancelled_when_the_experiment_stops", training_is_cancelled_when_the_experiment_stops},
        {"trial_can_be_freed_and_run_again", trial_can_be_freed_and_run_again},
        {"every_policy_meets_the_same_requests", every_policy_meets_the_same_requests},
        {"learner_is_trained_then_measured_like_the_oracle", learner_is_trained_then_measured_like_the_oracle},
        {"oracle_is_never_behind_in_rounds", oracle_is_never_behind_in_rounds},
        {"optimum_that_is_not_reached_is_not_known", optimum_that_is_not_reached_is_not_known},
        {"single_training_decision_gives_a_single_point", single_training_decision_gives_a_single_point},
        {"learner_without_a_budget_learns_while_it_is_measured", learner_without_a_budget_learns_while_it_is_measured},
        {"policy_that_does_not_suit_fails_with_the_reason", policy_that_does_not_suit_fails_with_the_reason},
        {"decision_counts_sum_to_the_requests", decision_counts_sum_to_the_requests},
        {"every_metric_has_one_definition", every_metric_has_one_definition},
        {"metrics_agree_with_one_another", metrics_agree_with_one_another},
    };
    return check_run("experiment", checks, sizeof checks / sizeof checks[0]);
}

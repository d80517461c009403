/* Mean sojourn and waiting times of the scenarios in tests/theory against queueing theory: each mean must lie within
 * its 99 % t interval of the exact value. Prints the table. */
#include "../policies/policy.h"
#include "check.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double MEAN_SERVICE_S = 0.010;
static const double CONFIDENCE = 0.99;

/* One queue at one utilisation. */
typedef struct Case {
    const char *file;
    int servers;
    double utilisation;
    double sojourn_s; /* mean, exact */
    double waiting_s; /* mean, exact; NAN where nobody waits */
} Case;

static double mm1_sojourn(double utilisation)
{
    return MEAN_SERVICE_S / (1 - utilisation);
}

/* Probability of waiting in M/M/c (Erlang's C) at `load` = c x utilisation. */
static double erlang_c(int servers, double load)
{
    double blocking = 1; /* Erlang's B by its recursion over servers */
    for (int k = 1; k <= servers; k++)
        blocking = load * blocking / (k + load * blocking);
    double utilisation = load / servers;
    return blocking / (1 - utilisation * (1 - blocking));
}

static double mmc_waiting(int servers, double utilisation)
{
    return erlang_c(servers, servers * utilisation) * MEAN_SERVICE_S / (servers * (1 - utilisation));
}

/* Pollaczek-Khinchine with constant service. */
static double md1_waiting(double utilisation)
{
    return utilisation * MEAN_SERVICE_S / (2 * (1 - utilisation));
}

static Scenario *load_at(const Case *queue)
{
    char rate[64];
    snprintf(rate, sizeof rate, "workload.rate=%.9g /s", queue->utilisation * queue->servers / MEAN_SERVICE_S);
    const char *overrides[] = {rate};
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(check_path(queue->file), overrides, 1, &errors);
    if (!scenario) {
        error_list_write(&errors, stderr);
        abort();
    }
    return scenario;
}

static void run_replication(const Scenario *scenario, int replication, Summary *sojourn, Summary *waiting)
{
    RunKey key = {.seed = scenario->seed, .replication = (uint64_t)replication};
    Simulation *simulation = simulation_create(scenario, key);
    const ConfigNode *name = config_get(scenario->policy, "name");
    Policy *policy = policy_create(policy_type_find(name->text), scenario, key);
    Decision decision;
    while (simulation_advance(simulation, &decision))
        simulation_apply(simulation, policy_decide(policy, &decision));
    const char *broken = "nothing";
    simulation_check(simulation, &broken);
    CHECK_TEXT(broken, "nothing");
    summary_add(sojourn, summary_mean(&simulation_metrics(simulation)->response_s));
    summary_add(waiting, summary_mean(&simulation_metrics(simulation)->waiting_s));
    policy_destroy(policy);
    simulation_destroy(simulation);
}

static double half_width(const Summary *summary)
{
    double n = (double)summary->count;
    return gsl_cdf_tdist_Pinv(0.5 + CONFIDENCE / 2, n - 1) * summary_deviation(summary) / sqrt(n);
}

static void check_queue(const Case *queue)
{
    Scenario *scenario = load_at(queue);
    Summary sojourn = {0}, waiting = {0};
    for (int i = 0; i < scenario->replications; i++)
        run_replication(scenario, i, &sojourn, &waiting);
    printf("%-22s %4.1f  %10.4f  %10.4f ± %.4f  %5.2f %%\n", scenario->name, queue->utilisation, 1e3 * queue->sojourn_s,
           1e3 * summary_mean(&sojourn), 1e3 * half_width(&sojourn),
           100 * (summary_mean(&sojourn) / queue->sojourn_s - 1));
    CHECK_NEAR(summary_mean(&sojourn), queue->sojourn_s, half_width(&sojourn));
    CHECK(half_width(&sojourn) < 0.1 * queue->sojourn_s);
    if (!isnan(queue->waiting_s))
        CHECK_NEAR(summary_mean(&waiting), queue->waiting_s, half_width(&waiting));
    scenario_destroy(scenario);
}

static void check_both(const char *file, int servers, double (*waiting)(int servers, double utilisation))
{
    const double utilisations[] = {0.5, 0.9};
    for (int i = 0; i < 2; i++) {
        double wait_s = waiting(servers, utilisations[i]);
        check_queue(&(Case){file, servers, utilisations[i], wait_s + MEAN_SERVICE_S, wait_s});
    }
}

static double waiting_md1(int servers, double utilisation)
{
    (void)servers;
    return md1_waiting(utilisation);
}

static void m_m_1_has_its_exact_mean(void)
{
    check_both("tests/theory/mm1.yaml", 1, mmc_waiting);
}

static void m_m_2_has_its_exact_mean(void)
{
    check_both("tests/theory/mm2.yaml", 2, mmc_waiting);
}

static void m_m_4_has_its_exact_mean(void)
{
    check_both("tests/theory/mm4.yaml", 4, mmc_waiting);
}

static void m_d_1_has_its_exact_mean(void)
{
    check_both("tests/theory/md1.yaml", 1, waiting_md1);
}

static void m_g_1_processor_sharing_is_insensitive(void)
{
    check_queue(&(Case){"tests/theory/mg1_ps.yaml", 1, 0.5, mm1_sojourn(0.5), NAN});
    check_queue(&(Case){"tests/theory/mg1_ps.yaml", 1, 0.9, mm1_sojourn(0.9), NAN});
}

static void a_tandem_takes_as_long_as_its_two_queues(void)
{
    check_queue(&(Case){"tests/theory/tandem.yaml", 1, 0.5, 2 * mm1_sojourn(0.5), NAN});
    check_queue(&(Case){"tests/theory/tandem.yaml", 1, 0.9, 2 * mm1_sojourn(0.9), NAN});
}

int main(void)
{
    const Check checks[] = {
        {"m_m_1_has_its_exact_mean", m_m_1_has_its_exact_mean},
        {"m_m_2_has_its_exact_mean", m_m_2_has_its_exact_mean},
        {"m_m_4_has_its_exact_mean", m_m_4_has_its_exact_mean},
        {"m_d_1_has_its_exact_mean", m_d_1_has_its_exact_mean},
        {"m_g_1_processor_sharing_is_insensitive", m_g_1_processor_sharing_is_insensitive},
        {"a_tandem_takes_as_long_as_its_two_queues", a_tandem_takes_as_long_as_its_two_queues},
    };
    printf("%-22s %4s  %10s  %10s ± 99 %%   error\n", "mean sojourn time, ms", "rho", "theory", "simulated");
    return check_run("theory", checks, sizeof checks / sizeof checks[0]);
}

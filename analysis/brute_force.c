#include "brute_force.h"

#include <time.h>

#include "../policies/oracle_search.h"
#include "../sim/foresight.h"

static const double least_s = 0.05;

static double clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

BruteForceCost brute_force_measure(const Scenario *scenario)
{
    BruteForceCost cost = {.joint_answers = 1};
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = scenario->seed});
    Decision decision;
    if (simulation_advance(simulation, &decision)) {
        OracleSearch search = {0};
        int *options = memory_allocate((size_t)decision.ask_count, sizeof *options);
        oracle_search_init(&search, scenario);
        double begun_s = clock_s(), elapsed_s = 0;
        for (int searches = 1; elapsed_s < least_s; searches++) {
            cost.evaluated = oracle_search_run(&search, &decision, options).evaluated;
            elapsed_s = clock_s() - begun_s;
            cost.search_s = elapsed_s / searches;
        }
        for (int i = 0; i < decision.ask_count; i++)
            cost.joint_answers *= decision.asks[i].options->count;
        oracle_search_free(&search);
        free(options);
    }
    simulation_destroy(simulation);
    return cost;
}

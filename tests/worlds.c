#include "worlds.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Scenario *world_load(const char *name, const char *const *overrides, int count)
{
    char path[256];
    snprintf(path, sizeof path, "tests/scenarios/%s", name);
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(check_path(path), overrides, count, &errors);
    if (!scenario) {
        error_list_write(&errors, stderr);
        exit(1);
    }
    return scenario;
}

static uint64_t mix_shares(uint64_t hash, const Share *shares, int count)
{
    for (int i = 0; i < count; i++) {
        uint64_t bits[2];
        memcpy(bits, &shares[i], sizeof bits);
        hash = rng_mix(rng_mix(hash, bits[0]), bits[1]);
    }
    return hash;
}

WorldRun world_run(Policy *policy, const Scenario *scenario, RunKey key)
{
    Simulation *simulation = simulation_create(scenario, key);
    WorldRun run = {0};
    Decision decision;
    while (simulation_advance(simulation, &decision)) {
        Answer answer = policy_decide(policy, &decision);
        for (int i = 0; i < decision.ask_count; i++)
            run.answers = rng_mix(run.answers, (uint64_t)answer.options[i]);
        if (answer.shares)
            run.answers = mix_shares(run.answers, answer.shares, decision.ask_count);
        run.decisions++;
        simulation_apply(simulation, answer);
    }
    policy_conclude(policy, &decision);
    const Metrics *metrics = simulation_metrics(simulation);
    run.reward = summary_mean(&metrics->reward);
    run.response_s = summary_mean(&metrics->response_s);
    run.fingerprint = metrics->fingerprint;
    simulation_destroy(simulation);
    return run;
}

WorldRun world_run_fresh(const char *policy, const Scenario *scenario, RunKey key)
{
    Policy *fresh = policy_create(policy_type_find(policy), scenario, key);
    policy_freeze(fresh, true);
    WorldRun run = world_run(fresh, scenario, key);
    policy_destroy(fresh);
    return run;
}

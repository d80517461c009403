#include "worlds.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OVERRIDES_MOST = 8 };

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

Scenario *world_experiment_a(int users, int rounds, const char *policy)
{
    char count[64], stop[64];
    snprintf(count, sizeof count, "nodes.device.count=%d", users);
    snprintf(stop, sizeof stop, "stop.rounds=%d", rounds);
    const char *overrides[] = {count, stop, policy};
    return world_load("../../scenarios/online_learning/exp_a.yaml", overrides, 3);
}

const char *world_misfit(const char *policy, Scenario *scenario, char *buffer, size_t size)
{
    ErrorList errors = {0};
    bool suits = policy_suits(policy_type_find(policy), scenario, &errors);
    CHECK_INT(suits, errors.total == 0);
    snprintf(buffer, size, "%s", errors.total ? errors.items[0].message : "");
    scenario_destroy(scenario);
    return buffer;
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

void world_check_single_requests(const char *policy, uint64_t seed, int64_t decisions)
{
    static const char *const overrides[] = {"workload.arrivals=poisson", "workload.rate=4 /s", "stop={time: 100 s}"};
    static const struct {
        const char *name;
        double factor; /* of its mean reward */
    } others[] = {{"random", 1}, {"greedy", 1}, {"oracle", 1.15}};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 3);
    RunKey key = {.seed = seed}, train = {.seed = seed, .training = true, .decisions = decisions};
    Policy *learner = policy_create(policy_type_find(policy), scenario, key);
    world_run(learner, scenario, train);
    policy_freeze(learner, true);
    double learned = world_run(learner, scenario, key).reward;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        check_true(learned > others[i].factor * world_run_fresh(others[i].name, scenario, key).reward, policy, __FILE__,
                   __LINE__);
    policy_destroy(learner);
    scenario_destroy(scenario);
}

bool world_has_parameter(const PolicyType *type, const char *key)
{
    for (int i = 0; i < type->parameter_count; i++)
        if (strcmp(type->parameters[i].key, key) == 0)
            return true;
    return false;
}

/* Fills ret_text with a policy section; false: the policy has no such work to do. */
static bool lighten(const PolicyType *type, char *ret_text, size_t size)
{
    static const char *const settings[][2] = {
        {"updates", "1"},      {"planning_updates", "4"}, {"model_updates", "2"},
        {"hidden_units", "8"}, {"model_units", "8"},      {"hidden", "8"},
        {"members", "3"},      {"replay", "1000"},        {"model_memory", "1000"}};
    int length = snprintf(ret_text, size, "policy={name: %s", type->name);
    int before = length;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (world_has_parameter(type, settings[i][0]))
            length += snprintf(ret_text + length, size - (size_t)length, ", %s: %s", settings[i][0], settings[i][1]);
    snprintf(ret_text + length, size - (size_t)length, "}");
    return length > before;
}

bool world_learns(const PolicyType *type)
{
    return type->learns;
}

void world_for_every_policy(const char *name, const char *const *overrides, int count, WorldChoice *choice,
                            WorldPromise *promise)
{
    const char *all[OVERRIDES_MOST + 1];
    char light[256];
    for (int i = 0; i < count; i++)
        all[i] = overrides[i];
    all[count] = light;
    Scenario *plain = world_load(name, overrides, count);
    for (int i = 0; policy_type(i); i++) {
        Scenario *lighter = NULL;
        ErrorList ignored = {0};
        if ((choice && !choice(policy_type(i))) || !policy_suits(policy_type(i), plain, &ignored))
            continue;
        if (lighten(policy_type(i), light, sizeof light))
            lighter = world_load(name, all, count + 1);
        promise(policy_type(i), lighter ? lighter : plain);
        scenario_destroy(lighter);
    }
    scenario_destroy(plain);
}

/* What a scenario resolves to reads back to the same, and its hash tells what a run depends on. */
#include "check.h"
#include "scenario_texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Frees `scenario`; its resolved text, read from `path`, must make the same scenario again. */
static void check_reads_back(Scenario *scenario)
{
    ErrorList errors = {0};
    Scenario *again = scenario_load(text_put("resolved.yaml", scenario->resolved), NULL, 0, &errors);
    error_list_write(&errors, stderr);
    CHECK(again != NULL);
    if (again) {
        CHECK_TEXT(again->resolved, scenario->resolved);
        CHECK(again->hash == scenario->hash);
        CHECK_INT(again->node_count, scenario->node_count);
        CHECK_INT(again->link_count, scenario->link_count);
    }
    scenario_destroy(again);
    scenario_destroy(scenario);
}

static void the_resolved_text_reads_back_to_the_same(void)
{
    static const char *const rich[] = {
        "name=\"odd: # name\\u00e9\\n\"",
        "seed=9223372036854775807",
        "warm_up={rounds: 3}",
        "training=1000",
        "nodes.device.power={idle: 1.234567 W, full: 4.2 W}",
        "nodes.device.memory=2 GiB",
        "nodes.near.discipline=fcfs",
        "nodes.near.limit=7",
        "nodes.near.background={busy: [0, 0.1], dwell: [20 s, 1 min]}",
        "nodes.cloud.background={busy: [1]}",
        "links.0={from: near, to: cloud, delay: 11.1 ms, jitter: 3 us, up: 7 Mbit/s}",
        "links.1.condition={regular: 30 s, weak: 0.1 s}",
        "links.2={from: far, to: cloud, condition: weak, up: {levels: [3 Mbit/s, 0.1 kB/s], dwell: [1 s, 2.5 ms]}}",
        "links.3={from: near, to: far, duplex: half, bandwidth: 3.3 kB/s, weak_delay: 1 ns}",
        "workload={arrivals: rounds, period: 0.3 s, deadline: 1 h, weight: 33.3 %, input: 1.5 MiB, output: 3 bit}",
        "options={end: [little], near: [big], cloud: big, cuts: [2]}",
        "objective={kind: weighted_cost, metric: top5, threshold: 33.333 %, energy_weight: 0.1, accuracy_weight: 1e-9}",
        "policy={name: q-learning, list: [1, \"a, b\", {c: d}], empty: []}",
    };
    static const char *const poisson[] = {"stop={time: 3600.000000001 s}", "warm_up={time: 1 min}",
                                          "workload={arrivals: poisson, rate: 7 /min}", "objective={kind: utility}"};
    static const char *const periodic[] = {"stop={time: 2500 h}", "workload={arrivals: periodic, period: 1 ns}"};
    static const char *const varied[] = {
        "stop={time: 1 h}", "links.1.shared=yes",
        "workload={arrivals: think, think: {exponential: 0.7 s}, applications: [{name: a, share: 33.3 %, input: 1.5 "
        "kB},"
        "{name: b, share: 66.7 %, input: {lognormal: {mean: 0.3 kB, cv: 0.3}}, output: {uniform: [0 B, 7 B]},"
        "think: {gamma: {mean: 0.1 s, cv: 1.7}}, weight: 10 %, deadline: 33 ms}]}"};
    static const char *const tasks[] = {
        "objective={kind: utility, reference: 0.3 s}",
        "links.1.discipline=reserved",
        "links.1.bandwidth=30 Mbit/s",
        "nodes.near.discipline=reserved",
        "allocation=proportional",
        "workload={arrivals: rounds, weights: [10 %, 33.3 %, 100 %], applications: [{name: a, share: 50 %},"
        "{name: b, share: 25 %, weight: 7 %, reference: 1 ms}, {name: c, share: 25 %, weights: {uniform: [0 %, 30 "
        "%]}}]}"};
    static const char *const drawn[] = {"workload={arrivals: rounds, weights: {uniform: [0.1 %, 90 %]}}"};
    check_reads_back(text_load(text_base, tasks, COUNT(tasks)));
    check_reads_back(text_load(text_base, drawn, COUNT(drawn)));
    check_reads_back(text_load_with(NULL));
    check_reads_back(text_load(text_base, varied, COUNT(varied)));
    check_reads_back(text_load(text_base, rich, COUNT(rich)));
    check_reads_back(text_load(text_base, poisson, COUNT(poisson)));
    check_reads_back(text_load(text_base, periodic, COUNT(periodic)));
}

static void the_shipped_scenarios_load_and_read_back(void)
{
    static const char *const names[] = {"scenarios/hello.yaml",
                                        "scenarios/raspberry_pi.yaml",
                                        "scenarios/online_learning/exp_a.yaml",
                                        "scenarios/online_learning/exp_b.yaml",
                                        "scenarios/online_learning/exp_c.yaml",
                                        "scenarios/online_learning/exp_d.yaml",
                                        "scenarios/mcia/base.yaml",
                                        "scenarios/scale/architectures.yaml",
                                        "scenarios/scale/capacity.yaml",
                                        "scenarios/scale/day_200.yaml",
                                        "scenarios/scale/devices_1000.yaml",
                                        "scenarios/scale/devices_10000.yaml",
                                        "scenarios/scale/devices_100000.yaml"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char models[1200], latencies[1200];
        snprintf(models, sizeof models, "models=%s", check_path("traces/mobilenet_v1.yaml"));
        snprintf(latencies, sizeof latencies, "profiles=%s", check_path("traces/mobilenet_v1_profiles.csv"));
        const char *const overrides[] = {models, latencies};
        check_reads_back(text_load_file(check_path(names[i]), overrides, 2));
    }
}

/* The hash of the base scenario beside other model and profile files. */
static uint64_t hash_of(const char *text, const char *model_text, const char *profile_text)
{
    text_put("model.yaml", model_text);
    text_put("layers.csv", text_layers);
    text_put("profiles.csv", profile_text);
    Scenario *scenario = text_load_file(text_put("scenario.yaml", text), NULL, 0);
    uint64_t hash = scenario->hash;
    scenario_destroy(scenario);
    return hash;
}

/* A copy of `text` with the first `old` replaced by `new_text` of the same length. */
static const char *changed(const char *text, const char *old, const char *new_text, char *buffer)
{
    strcpy(buffer, text);
    char *place = strstr(buffer, old);
    if (!place || strlen(old) != strlen(new_text))
        abort();
    memcpy(place, new_text, strlen(new_text));
    return buffer;
}

static void the_hash_tells_what_a_run_depends_on(void)
{
    char buffer[TEXT_LIMIT];
    uint64_t hash = hash_of(text_base, text_model, text_profiles);
    CHECK(hash_of(text_base, text_model, text_profiles) == hash);
    CHECK(hash_of(changed(text_base, "count: 5", "count: 4", buffer), text_model, text_profiles) != hash);
    CHECK(hash_of(text_base, changed(text_model, "70.9", "70.8", buffer), text_profiles) != hash);
    CHECK(hash_of(text_base, text_model, changed(text_profiles, "45", "46", buffer)) != hash);
    /* Nothing that is used differs. */
    CHECK(hash_of(text_base, text_model,
                  changed(text_profiles, "unused,2,deterministic,30", "unused,2,deterministic,31", buffer)) == hash);
    CHECK(hash_of(changed(text_base, "delay: 2 ms", "delay: 2ms ", buffer), text_model, text_profiles) == hash);
}

/* Bandwidths of both worlds are in files: each of them counts. */
static void world_to_practise_in_counts_with_its_files(void)
{
    const char *const overrides[] = {"links.1.up={series: here.csv}",
                                     "training_world={links.1.up: {series: there.csv}}"};
    uint64_t hashes[2], worlds[2];
    for (int i = 0; i < 2; i++) {
        text_put("here.csv", "time_s,mbit_per_s\n0,40\n3,8\n");
        text_put("there.csv", i ? "time_s,mbit_per_s\n0,50\n3,9\n" : "time_s,mbit_per_s\n0,50\n3,8\n");
        Scenario *scenario = text_load(text_base, overrides, 2);
        hashes[i] = scenario->hash;
        worlds[i] = scenario->world_hash;
        scenario_destroy(scenario);
    }
    CHECK(hashes[0] != hashes[1] && worlds[0] == worlds[1]);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(the_resolved_text_reads_back_to_the_same),
        CHECK_OF(the_shipped_scenarios_load_and_read_back),
        CHECK_OF(the_hash_tells_what_a_run_depends_on),
        CHECK_OF(world_to_practise_in_counts_with_its_files),
    };
    return check_run("scenario_resolved", checks, sizeof checks / sizeof *checks);
}

#include "../sim/scenario.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char base[] = "name: base\n"
                           "stop: {rounds: 100}\n"
                           "models: model.yaml\n"
                           "profiles: profiles.csv\n"
                           "nodes:\n"
                           "  - {name: device, count: 5, tier: end, platform: small, cores: 1}\n"
                           "  - {name: near, count: 2, tier: edge, platform: medium, cores: 2}\n"
                           "  - {name: far, tier: edge, platform: medium, cores: 2.5, threads: 1}\n"
                           "  - {name: cloud, tier: cloud, platform: large, cores: 4, threads: 2}\n"
                           "links:\n"
                           "  - {from: near, to: cloud, delay: 11 ms}\n"
                           "  - {from: device, to: near, delay: 2 ms}\n"
                           "  - {from: far, to: cloud}\n"
                           "  - {from: near, to: far}\n"
                           "workload: {arrivals: rounds, input: 150 kB, output: 1 kB}\n"
                           "options: {end: all variants, edge: [big], near: [little, big], cloud: big}\n";

static const char model[] = "name: net\n"
                            "metrics: [top1, top5]\n"
                            "layers: layers.csv\n"
                            "variants:\n"
                            "  - {name: big, top1: 70.9 %, top5: 89.9 %, macs: 400, memory: 20 MB}\n"
                            "  - {name: little, top1: 49.8 %, top5: 74.2 %, macs: 40, memory: 3 MB}\n";

static const char layers[] = "variant,layer,macs,parameters,output_bytes\n"
                             "big,reshape,0,0,600000\n"
                             "big,conv1,100,0,400000\n"
                             "big,conv2,200,0,100000\n"
                             "big,fc,100,0,4000\n"
                             "big,softmax,0,0,4000\n";

static const char profiles[] = "platform,model,variant,threads,family,mean_ms,provenance,source\n"
                               "small,net,big,1,deterministic,90,theory,test\n"
                               "small,net,little,1,deterministic,20,theory,test\n"
                               "medium,net,big,1,deterministic,80,theory,test\n"
                               "medium,net,big,2,deterministic,45,theory,test\n"
                               "medium,net,little,2,deterministic,10,theory,test\n"
                               "large,net,big,2,deterministic,30,theory,test\n"
                               "large,net,unused,2,deterministic,30,theory,test\n";

static const char *put(const char *name, const char *text)
{
    const char *path = check_scratch(name);
    FILE *stream = fopen(path, "w");
    if (!stream || fputs(text, stream) < 0 || fclose(stream) != 0)
        abort();
    return path;
}

static void put_parts(void)
{
    put("model.yaml", model);
    put("layers.csv", layers);
    put("profiles.csv", profiles);
}

/* Loads a file, and ends the program with the findings where that fails. */
static Scenario *load_file(const char *path, const char *const *overrides, int count)
{
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(path, overrides, count, &errors);
    error_list_write(&errors, stderr);
    if (!scenario)
        abort();
    return scenario;
}

static Scenario *load_text(const char *text, const char *const *overrides, int count)
{
    put_parts();
    return load_file(put("scenario.yaml", text), overrides, count);
}

static Scenario *load_with(const char *override)
{
    return load_text(base, &override, override != NULL);
}

static void check_name(const Scenario *scenario, int node, const char *expected)
{
    char name[80];
    scenario_node_name(scenario, node, name, sizeof name);
    CHECK_TEXT(name, expected);
}

/* The labels of a group's options, a blank behind each. */
static void check_options(const Scenario *scenario, int group, const char *expected)
{
    char text[1024] = "";
    size_t length = 0;
    for (int i = 0; i < scenario->options[group].count; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s ", scenario->options[group].items[i].label);
    CHECK_TEXT(text, expected);
}

static int link_of(const Scenario *scenario, int user_node, const Option *option, int hop)
{
    int links[ROUTE_LIMIT];
    scenario_route(scenario, user_node, option, links);
    return links[hop];
}

static const Option *find_option(const Scenario *scenario, const char *label)
{
    for (int i = 0; i < scenario->options[0].count; i++)
        if (strcmp(scenario->options[0].items[i].label, label) == 0)
            return &scenario->options[0].items[i];
    fprintf(stderr, "no option %s\n", label);
    abort();
}

static void groups_become_nodes_in_file_order(void)
{
    Scenario *scenario = load_with(NULL);
    CHECK_INT(scenario->node_count, 9);
    CHECK_INT(scenario->user_count, 5);
    CHECK_INT(scenario->users[4], 4);
    CHECK_INT(scenario->group_of[5], 1);
    CHECK_INT(scenario->group_of[8], 3);
    CHECK_INT(scenario->node_groups[2].first, 7);
    check_name(scenario, 0, "device1");
    check_name(scenario, 4, "device5");
    check_name(scenario, 6, "near2");
    check_name(scenario, 8, "cloud");
    scenario_destroy(scenario);
}

static void defaults_hold_where_nothing_is_said(void)
{
    Scenario *scenario = load_with(NULL);
    const NodeGroup *device = &scenario->node_groups[0], *far = &scenario->node_groups[2];
    CHECK_INT((long long)scenario->seed, 1);
    CHECK_INT(scenario->replications, 10);
    CHECK_INT(scenario->training, 0);
    CHECK_INT(scenario->stop.rounds, 100);
    CHECK_INT(scenario->warm_up.rounds + scenario->warm_up.time, 0);
    CHECK_INT(device->threads, 1);
    CHECK_INT(scenario->node_groups[1].threads, 2);
    CHECK_INT(far->threads, 1);
    CHECK_NEAR(far->cores, 2.5, 0);
    CHECK(isinf(device->memory_bytes));
    CHECK_INT(device->discipline, DISCIPLINE_PS);
    CHECK_INT(device->background.state_count, 0);
    CHECK_INT(scenario->workload.period, 0);
    CHECK_INT(scenario->workload.deadline, TIME_NEVER);
    CHECK_NEAR(scenario->workload.rate_per_s, 0, 0);
    CHECK_INT(scenario->objective.kind, OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY);
    CHECK_INT(scenario->objective.metric, 0);
    CHECK_INT(scenario->objective.largest_response_time, NS_PER_S);
    CHECK(scenario->policy == NULL);
    scenario_destroy(scenario);
}

static void links_join_member_by_member(void)
{
    Scenario *scenario = load_with(NULL);
    const LinkGroup *access = &scenario->link_groups[1], *backbone = &scenario->link_groups[0];
    CHECK_INT(scenario->link_count, 2 + 5 + 1 + 2);
    CHECK_INT(backbone->count, 2);
    CHECK_INT(access->first, 2);
    CHECK_INT(access->count, 5);
    CHECK_INT(access->delay, 2000000);
    CHECK(isinf(access->up_bit_per_s) && isinf(access->down_bit_per_s));
    CHECK_INT(access->condition.state_count, 1);
    CHECK_NEAR(access->condition.values[0], 0, 0);

    const Option *near = find_option(scenario, "near:big"), *cloud = find_option(scenario, "cloud:big");
    CHECK_INT(scenario_target_node(scenario, 3, find_option(scenario, "device:big")), 3);
    CHECK_INT(scenario_target_node(scenario, 0, near), 5);
    CHECK_INT(scenario_target_node(scenario, 3, near), 6);
    CHECK_INT(scenario_target_node(scenario, 3, cloud), 8);
    CHECK_INT(cloud->route.length, 2);
    CHECK_INT(link_of(scenario, 3, cloud, 0), 2 + 3);
    CHECK_INT(link_of(scenario, 3, cloud, 1), 1);
    CHECK_INT(find_option(scenario, "far:big")->route.length, 2);
    scenario_destroy(scenario);
}

static void options_stand_in_the_stated_order(void)
{
    Scenario *scenario = load_with(NULL);
    check_options(scenario, 0, "device:big device:little near:little near:big far:big cloud:big ");
    CHECK_INT(scenario->options[1].count, 0);
    const Option *local = find_option(scenario, "device:little"), *remote = find_option(scenario, "cloud:big");
    CHECK_INT(local->target, SELF);
    CHECK_NEAR(local->prefix_share, 1, 0);
    CHECK(local->local && !local->remote);
    CHECK_NEAR(local->accuracy, 0.498, 0);
    CHECK_NEAR(local->up_bytes + local->down_bytes, 0, 0);
    CHECK_INT(remote->target, 3);
    CHECK_INT(remote->tier, TIER_CLOUD);
    CHECK(!remote->local && remote->remote);
    CHECK_NEAR(remote->remote->mean_s, 0.03, 1e-15);
    CHECK_NEAR(remote->prefix_share, 0, 0);
    CHECK_NEAR(remote->up_bytes, 150e3, 0);
    CHECK_NEAR(remote->down_bytes, 1e3, 0);
    CHECK_NEAR(remote->memory_bytes, 20e6, 0);
    scenario_destroy(scenario);
}

static void the_objective_says_which_accuracy_counts(void)
{
    Scenario *scenario = load_with("objective={metric: top5, threshold: 80 %}");
    CHECK_INT(scenario->objective.metric, 1);
    CHECK_NEAR(find_option(scenario, "device:big")->accuracy, 0.899, 0);
    CHECK_NEAR(scenario->objective.threshold, 0.8, 0);
    scenario_destroy(scenario);
}

static void without_options_all_may_run_everywhere(void)
{
    static const char *const overrides[] = {"nodes.far.threads=2", "nodes.cloud.platform=medium"};
    char text[sizeof base];
    snprintf(text, sizeof text, "%s", base);
    *strstr(text, "options:") = 0;
    Scenario *scenario = load_text(text, overrides, 2);
    check_options(scenario, 0,
                  "device:big device:little near:big near:little far:big far:little cloud:big cloud:little ");
    scenario_destroy(scenario);
}

static void cuts_divide_the_work(void)
{
    Scenario *scenario = load_with("options={end: [little], cloud: [big], cuts: [3, 2]}");
    check_options(scenario, 0, "device:little cloud:big cloud:big@3 cloud:big@2 ");
    const Option *cut = find_option(scenario, "cloud:big@3");
    CHECK_INT(cut->cut, 3);
    CHECK_NEAR(cut->prefix_share, 0.75, 1e-15);
    CHECK_NEAR(cut->up_bytes, 100000, 0);
    CHECK_NEAR(cut->down_bytes, 1000, 0);
    CHECK(cut->local && cut->remote);
    CHECK_NEAR(cut->local->mean_s, 0.09, 1e-15);
    scenario_destroy(scenario);
    /* All cuts: only those with work on both sides. Layers 1 and 5 are empty, and little has none. */
    scenario = load_with("options={near: all variants, cuts: all}");
    check_options(scenario, 0, "near:big near:big@2 near:big@3 near:little ");
    scenario_destroy(scenario);
}

static void second_cuts_are_made_on_the_way(void)
{
    Scenario *scenario = load_with(
        "options={near: [big], far: [big], cloud: [big], cuts: [2], second_cuts: [3], transfer_bits: [8, 32]}");
    check_options(scenario, 0,
                  "near:big near:big@2/8 near:big@2 "
                  "far:big far:big@2/8 far:big@2 far:big@0+near@3/8 far:big@0+near@3 far:big@2+near@3/8 "
                  "far:big@2+near@3 "
                  "cloud:big cloud:big@2/8 cloud:big@2 cloud:big@0+near@3/8 cloud:big@0+near@3 cloud:big@2+near@3/8 "
                  "cloud:big@2+near@3 ");
    const Option *option = find_option(scenario, "far:big@2+near@3/8");
    CHECK_NEAR(option->prefix_share, 0.25, 1e-15);
    CHECK_NEAR(option->middle_share, 0.5, 1e-15);
    CHECK_NEAR(option->remote_share, 0.25, 1e-15);
    CHECK_NEAR(option->up_bytes, 100000, 0);
    CHECK_NEAR(option->middle_bytes, 25000, 0);
    CHECK_NEAR(option_up_bytes(option, 0, 1), 100000, 0);
    CHECK_NEAR(option_up_bytes(option, 1, 1), 25000, 0);
    CHECK_NEAR(option_up_bytes(find_option(scenario, "far:big@0+near@3"), 0, 1), 1, 0);
    CHECK_INT(scenario_middle_node(scenario, 3, option), 6);
    CHECK_INT(scenario_target_node(scenario, 3, option), 7);
    CHECK(option->local != NULL && option->middle == find_option(scenario, "near:big")->remote);
    scenario_destroy(scenario);
}

/* Each node divides the time as it was measured there, and by macs where it was not. */
static void layer_profiles_divide_the_time(void)
{
    put_parts();
    put("parts.csv", "platform,model,variant,threads,layer,share,provenance,source\n"
                     "small,net,big,1,reshape,0.05,theory,test\nsmall,net,big,1,conv1,0.55,theory,test\n"
                     "small,net,big,1,conv2,0.2,theory,test\nsmall,net,big,1,fc,0.15,theory,test\n"
                     "small,net,big,1,softmax,0.05,theory,test\n"
                     "medium,net,big,2,reshape,0.1,theory,test\nmedium,net,big,2,conv1,0.1,theory,test\n"
                     "medium,net,big,2,conv2,0.4,theory,test\nmedium,net,big,2,fc,0.3,theory,test\n"
                     "medium,net,big,2,softmax,0.1,theory,test\n");
    const char *const overrides[] = {"layer_profiles=parts.csv",
                                     "options={end: [big], near: [big], cloud: [big], cuts: [2], second_cuts: [3]}"};
    Scenario *scenario = load_file(put("scenario.yaml", base), overrides, 2);
    const Option *near = find_option(scenario, "near:big@2"), *cloud = find_option(scenario, "cloud:big@2+near@3");
    CHECK_NEAR(near->prefix_share, 0.6, 1e-15);
    CHECK_NEAR(near->remote_share, 0.8, 1e-15);
    CHECK_NEAR(cloud->prefix_share, 0.6, 1e-15);
    CHECK_NEAR(cloud->middle_share, 0.4, 1e-15);
    CHECK_NEAR(cloud->remote_share, 0.25, 1e-15); /* by macs */
    CHECK_NEAR(find_option(scenario, "device:big")->prefix_share, 1, 0);
    Scenario *other = load_file(check_scratch("scenario.yaml"), &overrides[1], 1);
    CHECK(other->hash != scenario->hash && other->world_hash != scenario->world_hash);
    scenario_destroy(other);
    scenario_destroy(scenario);
}

/* Shares that are summed in floating point may come to more than 1: what is left is no less than nothing. */
static void layers_that_take_no_time_leave_nothing(void)
{
    put_parts();
    put("parts.csv", "platform,model,variant,threads,layer,mean_ms,provenance,source\n"
                     "medium,net,big,2,reshape,0.5,theory,test\nmedium,net,big,2,conv1,0.1,theory,test\n"
                     "medium,net,big,2,conv2,0.7,theory,test\nmedium,net,big,2,fc,0,theory,test\n"
                     "medium,net,big,2,softmax,0,theory,test\n");
    const char *const overrides[] = {"layer_profiles=parts.csv", "options={near: [big], cuts: [3]}"};
    Scenario *scenario = load_file(put("scenario.yaml", base), overrides, 2);
    CHECK_NEAR(find_option(scenario, "near:big@3")->remote_share, 0, 0);
    scenario_destroy(scenario);
}

/* Bandwidths of both worlds are in files: each of them counts. */
static void world_to_practise_in_counts_with_its_files(void)
{
    const char *const overrides[] = {"links.1.up={series: here.csv}",
                                     "training_world={links.1.up: {series: there.csv}}"};
    uint64_t hashes[2], worlds[2];
    for (int i = 0; i < 2; i++) {
        put("here.csv", "time_s,mbit_per_s\n0,40\n3,8\n");
        put("there.csv", i ? "time_s,mbit_per_s\n0,50\n3,9\n" : "time_s,mbit_per_s\n0,50\n3,8\n");
        Scenario *scenario = load_text(base, overrides, 2);
        hashes[i] = scenario->hash;
        worlds[i] = scenario->world_hash;
        scenario_destroy(scenario);
    }
    CHECK(hashes[0] != hashes[1] && worlds[0] == worlds[1]);
}

/* An INT8 variant sends a quarter of what it would in FP32, and never more than it has. */
static void accuracy_may_depend_on_the_bits_that_are_sent(void)
{
    put_parts();
    put("model.yaml", "name: net\nmetrics: [top1, top5]\nlayers: layers.csv\nvariants:\n"
                      "  - name: big\n    top1: 70 %\n    top5: 90 %\n    precision: 16\n    transfer:\n"
                      "      - {bits: 8, top1: 69 %, top5: 89 %}\n      - {bits: 4, top1: 60 %, top5: 80 %}\n");
    const char *const overrides[] = {"options={near: [big], cuts: [2], transfer_bits: [32, 16, 8, 4, 2]}",
                                     "objective={metric: top5}"};
    Scenario *scenario = load_file(put("scenario.yaml", base), overrides, 2);
    check_options(scenario, 0, "near:big near:big@2 near:big@2/8 near:big@2/4 near:big@2/2 ");
    CHECK_NEAR(find_option(scenario, "near:big@2")->accuracy, 0.9, 0);
    CHECK_NEAR(find_option(scenario, "near:big@2/8")->accuracy, 0.89, 0);
    CHECK_NEAR(find_option(scenario, "near:big@2/4")->accuracy, 0.8, 0);
    CHECK_NEAR(find_option(scenario, "near:big@2/2")->accuracy, 0.9, 0);
    CHECK_NEAR(find_option(scenario, "near:big@2/4")->up_bytes, 100000, 0);
    scenario_destroy(scenario);
}

static void chains_are_read(void)
{
    static const char *const overrides[] = {"nodes.near.background={busy: [0, 1, 1.5], dwell: [20 s, 10 s, 1 min]}",
                                            "nodes.cloud.background={busy: [3]}", "links.0.condition=weak",
                                            "links.1.condition={regular: 30 s, weak: 500 ms}"};
    Scenario *scenario = load_text(base, overrides, COUNT(overrides));
    const Chain *load = &scenario->node_groups[1].background, *condition = &scenario->link_groups[1].condition;
    CHECK_INT(load->state_count, 3);
    CHECK_NEAR(load->values[2], 1.5, 0);
    CHECK_NEAR(load->dwell_s[2], 60, 0);
    CHECK_INT(scenario->node_groups[3].background.state_count, 1);
    CHECK_NEAR(scenario->node_groups[3].background.values[0], 3, 0);
    CHECK_INT(scenario->link_groups[0].condition.state_count, 1);
    CHECK_NEAR(scenario->link_groups[0].condition.values[0], 1, 0);
    CHECK_INT(condition->state_count, 2);
    CHECK_NEAR(condition->values[1], 1, 0);
    CHECK_NEAR(condition->dwell_s[0], 30, 0);
    CHECK_NEAR(condition->dwell_s[1], 0.5, 0);
    scenario_destroy(scenario);
}

static void bandwidths_are_of_both_directions_or_of_each(void)
{
    static const char *const overrides[] = {"links.0.bandwidth=10 Mbit/s", "links.1.up=1 Mbit/s",
                                            "links.2={from: far, to: cloud, duplex: half, bandwidth: 5 Mbit/s}"};
    Scenario *scenario = load_text(base, overrides, COUNT(overrides));
    CHECK_NEAR(scenario->link_groups[0].up_bit_per_s, 10e6, 0);
    CHECK_NEAR(scenario->link_groups[0].down_bit_per_s, 10e6, 0);
    CHECK(!scenario->link_groups[0].half_duplex);
    CHECK_NEAR(scenario->link_groups[1].up_bit_per_s, 1e6, 0);
    CHECK(isinf(scenario->link_groups[1].down_bit_per_s));
    CHECK_NEAR(scenario->link_groups[2].up_bit_per_s, 5e6, 0);
    CHECK(scenario->link_groups[2].half_duplex);
    scenario_destroy(scenario);
}

static void a_trace_is_read(void)
{
    static const char *const overrides[] = {"stop={time: 60 s}", "workload={arrivals: trace, file: arrivals.csv}"};
    put("arrivals.csv", "time_s,user\n0.5,2\n1,1\n");
    Scenario *scenario = load_text(base, overrides, COUNT(overrides));
    CHECK_INT(scenario->workload.trace_count, 2);
    CHECK_INT(scenario->workload.trace_time[0], 500000000);
    CHECK_INT(scenario->workload.trace_user[0], 1);
    uint64_t hash = scenario->hash;
    scenario_destroy(scenario);
    put("arrivals.csv", "time_s,user\n0.5,2\n1,2\n");
    scenario = load_text(base, overrides, COUNT(overrides));
    CHECK(scenario->hash != hash);
    scenario_destroy(scenario);
}

/* Frees `scenario`; its resolved text, read from `path`, must make the same scenario again. */
static void check_reads_back(Scenario *scenario)
{
    ErrorList errors = {0};
    Scenario *again = scenario_load(put("resolved.yaml", scenario->resolved), NULL, 0, &errors);
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
        "objective={kind: utility, reference: 0.3 s}", "links.1.discipline=reserved", "links.1.bandwidth=30 Mbit/s",
        "nodes.near.discipline=reserved", "allocation=proportional",
        "workload={arrivals: rounds, weights: [10 %, 33.3 %, 100 %], applications: [{name: a, share: 50 %},"
        "{name: b, share: 25 %, weight: 7 %, reference: 1 ms}, {name: c, share: 25 %, weights: {uniform: [0 %, 30 "
        "%]}}]}"};
    static const char *const drawn[] = {"workload={arrivals: rounds, weights: {uniform: [0.1 %, 90 %]}}"};
    check_reads_back(load_text(base, tasks, COUNT(tasks)));
    check_reads_back(load_text(base, drawn, COUNT(drawn)));
    check_reads_back(load_with(NULL));
    check_reads_back(load_text(base, varied, COUNT(varied)));
    check_reads_back(load_text(base, rich, COUNT(rich)));
    check_reads_back(load_text(base, poisson, COUNT(poisson)));
    check_reads_back(load_text(base, periodic, COUNT(periodic)));
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
        check_reads_back(load_file(check_path(names[i]), overrides, 2));
    }
}

/* The hash of the base scenario beside other model and profile files. */
static uint64_t hash_of(const char *text, const char *model_text, const char *profile_text)
{
    put("model.yaml", model_text);
    put("layers.csv", layers);
    put("profiles.csv", profile_text);
    Scenario *scenario = load_file(put("scenario.yaml", text), NULL, 0);
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
    char buffer[sizeof base + sizeof model + sizeof profiles];
    uint64_t hash = hash_of(base, model, profiles);
    CHECK(hash_of(base, model, profiles) == hash);
    CHECK(hash_of(changed(base, "count: 5", "count: 4", buffer), model, profiles) != hash);
    CHECK(hash_of(base, changed(model, "70.9", "70.8", buffer), profiles) != hash);
    CHECK(hash_of(base, model, changed(profiles, "45", "46", buffer)) != hash);
    /* Nothing that is used differs. */
    CHECK(hash_of(base, model, changed(profiles, "unused,2,deterministic,30", "unused,2,deterministic,31", buffer)) ==
          hash);
    CHECK(hash_of(changed(base, "delay: 2 ms", "delay: 2ms ", buffer), model, profiles) == hash);
}

static void every_section_is_described(void)
{
    static const char *const paths[] = {"",
                                        "stop",
                                        "warm_up",
                                        "nodes[]",
                                        "nodes[].power",
                                        "nodes[].background",
                                        "links[]",
                                        "links[].bandwidth",
                                        "links[].condition",
                                        "workload",
                                        "workload.applications[]",
                                        "workload.applications[].input",
                                        "workload.applications[].input.lognormal",
                                        "options",
                                        "samples",
                                        "cascade",
                                        "objective"};
    int count = 0;
    for (const ConfigSection *section; (section = scenario_section(count)); count++) {
        if (count < (int)COUNT(paths))
            CHECK_TEXT(section->path, paths[count]);
        CHECK(*section->help && section->field_count > 0);
        for (int i = 0; i < section->field_count; i++)
            check_true(*section->fields[i].help != 0, section->fields[i].key, __FILE__, __LINE__);
    }
    CHECK(count >= (int)COUNT(paths));
    CHECK(scenario_section(-1) == NULL);
}

static void a_million_nodes_load(void)
{
    Scenario *scenario = load_with("nodes.device.count=999996");
    CHECK_INT(scenario->node_count, 1000000);
    check_name(scenario, 999995, "device999996");
    CHECK_INT(scenario_target_node(scenario, 999995, find_option(scenario, "near:big")), 999997);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        {"groups_become_nodes_in_file_order", groups_become_nodes_in_file_order},
        {"defaults_hold_where_nothing_is_said", defaults_hold_where_nothing_is_said},
        {"links_join_member_by_member", links_join_member_by_member},
        {"options_stand_in_the_stated_order", options_stand_in_the_stated_order},
        {"the_objective_says_which_accuracy_counts", the_objective_says_which_accuracy_counts},
        {"without_options_all_may_run_everywhere", without_options_all_may_run_everywhere},
        {"cuts_divide_the_work", cuts_divide_the_work},
        {"second_cuts_are_made_on_the_way", second_cuts_are_made_on_the_way},
        {"layer_profiles_divide_the_time", layer_profiles_divide_the_time},
        {"world_to_practise_in_counts_with_its_files", world_to_practise_in_counts_with_its_files},
        {"layers_that_take_no_time_leave_nothing", layers_that_take_no_time_leave_nothing},
        {"accuracy_may_depend_on_the_bits_that_are_sent", accuracy_may_depend_on_the_bits_that_are_sent},
        {"chains_are_read", chains_are_read},
        {"bandwidths_are_of_both_directions_or_of_each", bandwidths_are_of_both_directions_or_of_each},
        {"a_trace_is_read", a_trace_is_read},
        {"the_resolved_text_reads_back_to_the_same", the_resolved_text_reads_back_to_the_same},
        {"the_shipped_scenarios_load_and_read_back", the_shipped_scenarios_load_and_read_back},
        {"the_hash_tells_what_a_run_depends_on", the_hash_tells_what_a_run_depends_on},
        {"every_section_is_described", every_section_is_described},
        {"a_million_nodes_load", a_million_nodes_load},
    };
    return check_run("scenario", checks, COUNT(checks));
}

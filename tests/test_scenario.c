/* What is read of a scenario: nodes, links, objective, chains, traces, and the description of its sections. */
#include "check.h"
#include "scenario_texts.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void check_name(const Scenario *scenario, int node, const char *expected)
{
    char name[80];
    scenario_node_name(scenario, node, name, sizeof name);
    CHECK_TEXT(name, expected);
}

static int link_of(const Scenario *scenario, int user_node, const Option *option, int hop)
{
    int links[ROUTE_LIMIT];
    scenario_route(scenario, user_node, option, links);
    return links[hop];
}

static void groups_become_nodes_in_file_order(void)
{
    Scenario *scenario = text_load_with(NULL);
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
    Scenario *scenario = text_load_with(NULL);
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
    Scenario *scenario = text_load_with(NULL);
    const LinkGroup *access = &scenario->link_groups[1], *backbone = &scenario->link_groups[0];
    CHECK_INT(scenario->link_count, 2 + 5 + 1 + 2);
    CHECK_INT(backbone->count, 2);
    CHECK_INT(access->first, 2);
    CHECK_INT(access->count, 5);
    CHECK_INT(access->delay, 2000000);
    CHECK(isinf(access->up_bit_per_s) && isinf(access->down_bit_per_s));
    CHECK_INT(access->condition.state_count, 1);
    CHECK_NEAR(access->condition.values[0], 0, 0);

    const Option *near = text_find_option(scenario, "near:big"), *cloud = text_find_option(scenario, "cloud:big");
    CHECK_INT(scenario_target_node(scenario, 3, text_find_option(scenario, "device:big")), 3);
    CHECK_INT(scenario_target_node(scenario, 0, near), 5);
    CHECK_INT(scenario_target_node(scenario, 3, near), 6);
    CHECK_INT(scenario_target_node(scenario, 3, cloud), 8);
    CHECK_INT(cloud->route.length, 2);
    CHECK_INT(link_of(scenario, 3, cloud, 0), 2 + 3);
    CHECK_INT(link_of(scenario, 3, cloud, 1), 1);
    CHECK_INT(text_find_option(scenario, "far:big")->route.length, 2);
    scenario_destroy(scenario);
}

static void the_objective_says_which_accuracy_counts(void)
{
    Scenario *scenario = text_load_with("objective={metric: top5, threshold: 80 %}");
    CHECK_INT(scenario->objective.metric, 1);
    CHECK_NEAR(text_find_option(scenario, "device:big")->accuracy, 0.899, 0);
    CHECK_NEAR(scenario->objective.threshold, 0.8, 0);
    scenario_destroy(scenario);
}

static void chains_are_read(void)
{
    static const char *const overrides[] = {"nodes.near.background={busy: [0, 1, 1.5], dwell: [20 s, 10 s, 1 min]}",
                                            "nodes.cloud.background={busy: [3]}", "links.0.condition=weak",
                                            "links.1.condition={regular: 30 s, weak: 500 ms}"};
    Scenario *scenario = text_load(text_base, overrides, COUNT(overrides));
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
    Scenario *scenario = text_load(text_base, overrides, COUNT(overrides));
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
    text_put("arrivals.csv", "time_s,user\n0.5,2\n1,1\n");
    Scenario *scenario = text_load(text_base, overrides, COUNT(overrides));
    CHECK_INT(scenario->workload.trace_count, 2);
    CHECK_INT(scenario->workload.trace_time[0], 500000000);
    CHECK_INT(scenario->workload.trace_user[0], 1);
    uint64_t hash = scenario->hash;
    scenario_destroy(scenario);
    text_put("arrivals.csv", "time_s,user\n0.5,2\n1,2\n");
    scenario = text_load(text_base, overrides, COUNT(overrides));
    CHECK(scenario->hash != hash);
    scenario_destroy(scenario);
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
    Scenario *scenario = text_load_with("nodes.device.count=999996");
    CHECK_INT(scenario->node_count, 1000000);
    check_name(scenario, 999995, "device999996");
    CHECK_INT(scenario_target_node(scenario, 999995, text_find_option(scenario, "near:big")), 999997);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(groups_become_nodes_in_file_order),
        CHECK_OF(defaults_hold_where_nothing_is_said),
        CHECK_OF(links_join_member_by_member),
        CHECK_OF(the_objective_says_which_accuracy_counts),
        CHECK_OF(chains_are_read),
        CHECK_OF(bandwidths_are_of_both_directions_or_of_each),
        CHECK_OF(a_trace_is_read),
        CHECK_OF(every_section_is_described),
        CHECK_OF(a_million_nodes_load),
    };
    return check_run("scenario", checks, sizeof checks / sizeof *checks);
}

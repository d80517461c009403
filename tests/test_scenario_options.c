/* Options of a scenario: which there are, in which order, and how cuts divide work, time and bytes. */
#include "check.h"
#include "scenario_texts.h"

#include <stdio.h>
#include <string.h>

static void options_stand_in_the_stated_order(void)
{
    Scenario *scenario = text_load_with(NULL);
    text_check_options(scenario, 0, "device:big device:little near:little near:big far:big cloud:big ");
    CHECK_INT(scenario->options[1].count, 0);
    const Option *local = text_find_option(scenario, "device:little"),
                 *remote = text_find_option(scenario, "cloud:big");
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

static void without_options_all_may_run_everywhere(void)
{
    static const char *const overrides[] = {"nodes.far.threads=2", "nodes.cloud.platform=medium"};
    char text[TEXT_LIMIT];
    snprintf(text, sizeof text, "%s", text_base);
    *strstr(text, "options:") = 0;
    Scenario *scenario = text_load(text, overrides, 2);
    text_check_options(scenario, 0,
                       "device:big device:little near:big near:little far:big far:little cloud:big cloud:little ");
    scenario_destroy(scenario);
}

static void cuts_divide_the_work(void)
{
    Scenario *scenario = text_load_with("options={end: [little], cloud: [big], cuts: [3, 2]}");
    text_check_options(scenario, 0, "device:little cloud:big cloud:big@3 cloud:big@2 ");
    const Option *cut = text_find_option(scenario, "cloud:big@3");
    CHECK_INT(cut->cut, 3);
    CHECK_NEAR(cut->prefix_share, 0.75, 1e-15);
    CHECK_NEAR(cut->up_bytes, 100000, 0);
    CHECK_NEAR(cut->down_bytes, 1000, 0);
    CHECK(cut->local && cut->remote);
    CHECK_NEAR(cut->local->mean_s, 0.09, 1e-15);
    scenario_destroy(scenario);
    /* All cuts: only those with work on both sides. Layers 1 and 5 are empty, and little has none. */
    scenario = text_load_with("options={near: all variants, cuts: all}");
    text_check_options(scenario, 0, "near:big near:big@2 near:big@3 near:little ");
    scenario_destroy(scenario);
}

static void second_cuts_are_made_on_the_way(void)
{
    Scenario *scenario = text_load_with(
        "options={near: [big], far: [big], cloud: [big], cuts: [2], second_cuts: [3], transfer_bits: [8, 32]}");
    text_check_options(
        scenario, 0,
        "near:big near:big@2/8 near:big@2 "
        "far:big far:big@2/8 far:big@2 far:big@0+near@3/8 far:big@0+near@3 far:big@2+near@3/8 "
        "far:big@2+near@3 "
        "cloud:big cloud:big@2/8 cloud:big@2 cloud:big@0+near@3/8 cloud:big@0+near@3 cloud:big@2+near@3/8 "
        "cloud:big@2+near@3 ");
    const Option *option = text_find_option(scenario, "far:big@2+near@3/8");
    CHECK_NEAR(option->prefix_share, 0.25, 1e-15);
    CHECK_NEAR(option->middle_share, 0.5, 1e-15);
    CHECK_NEAR(option->remote_share, 0.25, 1e-15);
    CHECK_NEAR(option->up_bytes, 100000, 0);
    CHECK_NEAR(option->middle_bytes, 25000, 0);
    CHECK_NEAR(option_up_bytes(option, 0, 1), 100000, 0);
    CHECK_NEAR(option_up_bytes(option, 1, 1), 25000, 0);
    CHECK_NEAR(option_up_bytes(text_find_option(scenario, "far:big@0+near@3"), 0, 1), 1, 0);
    CHECK_INT(scenario_middle_node(scenario, 3, option), 6);
    CHECK_INT(scenario_target_node(scenario, 3, option), 7);
    CHECK(option->local != NULL && option->middle == text_find_option(scenario, "near:big")->remote);
    scenario_destroy(scenario);
}

/* Each node divides the time as it was measured there, and by macs where it was not. */
static void layer_profiles_divide_the_time(void)
{
    text_put_parts();
    text_put("parts.csv", "platform,model,variant,threads,layer,share,provenance,source\n"
                          "small,net,big,1,reshape,0.05,theory,test\nsmall,net,big,1,conv1,0.55,theory,test\n"
                          "small,net,big,1,conv2,0.2,theory,test\nsmall,net,big,1,fc,0.15,theory,test\n"
                          "small,net,big,1,softmax,0.05,theory,test\n"
                          "medium,net,big,2,reshape,0.1,theory,test\nmedium,net,big,2,conv1,0.1,theory,test\n"
                          "medium,net,big,2,conv2,0.4,theory,test\nmedium,net,big,2,fc,0.3,theory,test\n"
                          "medium,net,big,2,softmax,0.1,theory,test\n");
    const char *const overrides[] = {"layer_profiles=parts.csv",
                                     "options={end: [big], near: [big], cloud: [big], cuts: [2], second_cuts: [3]}"};
    Scenario *scenario = text_load_file(text_put("scenario.yaml", text_base), overrides, 2);
    const Option *near = text_find_option(scenario, "near:big@2"),
                 *cloud = text_find_option(scenario, "cloud:big@2+near@3");
    CHECK_NEAR(near->prefix_share, 0.6, 1e-15);
    CHECK_NEAR(near->remote_share, 0.8, 1e-15);
    CHECK_NEAR(cloud->prefix_share, 0.6, 1e-15);
    CHECK_NEAR(cloud->middle_share, 0.4, 1e-15);
    CHECK_NEAR(cloud->remote_share, 0.25, 1e-15); /* by macs */
    CHECK_NEAR(text_find_option(scenario, "device:big")->prefix_share, 1, 0);
    Scenario *other = text_load_file(check_scratch("scenario.yaml"), &overrides[1], 1);
    CHECK(other->hash != scenario->hash && other->world_hash != scenario->world_hash);
    scenario_destroy(other);
    scenario_destroy(scenario);
}

/* Shares that are summed in floating point may come to more than 1: what is left is no less than nothing. */
static void layers_that_take_no_time_leave_nothing(void)
{
    text_put_parts();
    text_put("parts.csv", "platform,model,variant,threads,layer,mean_ms,provenance,source\n"
                          "medium,net,big,2,reshape,0.5,theory,test\nmedium,net,big,2,conv1,0.1,theory,test\n"
                          "medium,net,big,2,conv2,0.7,theory,test\nmedium,net,big,2,fc,0,theory,test\n"
                          "medium,net,big,2,softmax,0,theory,test\n");
    const char *const overrides[] = {"layer_profiles=parts.csv", "options={near: [big], cuts: [3]}"};
    Scenario *scenario = text_load_file(text_put("scenario.yaml", text_base), overrides, 2);
    CHECK_NEAR(text_find_option(scenario, "near:big@3")->remote_share, 0, 0);
    scenario_destroy(scenario);
}

/* An INT8 variant sends a quarter of what it would in FP32, and never more than it has. */
static void accuracy_may_depend_on_the_bits_that_are_sent(void)
{
    text_put_parts();
    text_put("model.yaml", "name: net\nmetrics: [top1, top5]\nlayers: layers.csv\nvariants:\n"
                           "  - name: big\n    top1: 70 %\n    top5: 90 %\n    precision: 16\n    transfer:\n"
                           "      - {bits: 8, top1: 69 %, top5: 89 %}\n      - {bits: 4, top1: 60 %, top5: 80 %}\n");
    const char *const overrides[] = {"options={near: [big], cuts: [2], transfer_bits: [32, 16, 8, 4, 2]}",
                                     "objective={metric: top5}"};
    Scenario *scenario = text_load_file(text_put("scenario.yaml", text_base), overrides, 2);
    text_check_options(scenario, 0, "near:big near:big@2 near:big@2/8 near:big@2/4 near:big@2/2 ");
    CHECK_NEAR(text_find_option(scenario, "near:big@2")->accuracy, 0.9, 0);
    CHECK_NEAR(text_find_option(scenario, "near:big@2/8")->accuracy, 0.89, 0);
    CHECK_NEAR(text_find_option(scenario, "near:big@2/4")->accuracy, 0.8, 0);
    CHECK_NEAR(text_find_option(scenario, "near:big@2/2")->accuracy, 0.9, 0);
    CHECK_NEAR(text_find_option(scenario, "near:big@2/4")->up_bytes, 100000, 0);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(options_stand_in_the_stated_order),
        CHECK_OF(without_options_all_may_run_everywhere),
        CHECK_OF(cuts_divide_the_work),
        CHECK_OF(second_cuts_are_made_on_the_way),
        CHECK_OF(layer_profiles_divide_the_time),
        CHECK_OF(layers_that_take_no_time_leave_nothing),
        CHECK_OF(accuracy_may_depend_on_the_bits_that_are_sent),
    };
    return check_run("scenario_options", checks, sizeof checks / sizeof *checks);
}

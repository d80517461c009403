#include "scenario_texts.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char text_base[] = "name: base\n"
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

const char text_model[] = "name: net\n"
                          "metrics: [top1, top5]\n"
                          "layers: layers.csv\n"
                          "variants:\n"
                          "  - {name: big, top1: 70.9 %, top5: 89.9 %, macs: 400, memory: 20 MB}\n"
                          "  - {name: little, top1: 49.8 %, top5: 74.2 %, macs: 40, memory: 3 MB}\n";

const char text_layers[] = "variant,layer,macs,parameters,output_bytes\n"
                           "big,reshape,0,0,600000\n"
                           "big,conv1,100,0,400000\n"
                           "big,conv2,200,0,100000\n"
                           "big,fc,100,0,4000\n"
                           "big,softmax,0,0,4000\n";

const char text_profiles[] = "platform,model,variant,threads,family,mean_ms,provenance,source\n"
                             "small,net,big,1,deterministic,90,theory,test\n"
                             "small,net,little,1,deterministic,20,theory,test\n"
                             "medium,net,big,1,deterministic,80,theory,test\n"
                             "medium,net,big,2,deterministic,45,theory,test\n"
                             "medium,net,little,2,deterministic,10,theory,test\n"
                             "large,net,big,2,deterministic,30,theory,test\n"
                             "large,net,unused,2,deterministic,30,theory,test\n";

const char *text_put(const char *name, const char *text)
{
    const char *path = check_scratch(name);
    FILE *stream = fopen(path, "w");
    if (!stream || fputs(text, stream) < 0 || fclose(stream) != 0)
        abort();
    return path;
}

void text_put_parts(void)
{
    text_put("model.yaml", text_model);
    text_put("layers.csv", text_layers);
    text_put("profiles.csv", text_profiles);
}

Scenario *text_load_file(const char *path, const char *const *overrides, int count)
{
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(path, overrides, count, &errors);
    error_list_write(&errors, stderr);
    if (!scenario)
        abort();
    return scenario;
}

Scenario *text_load(const char *text, const char *const *overrides, int count)
{
    text_put_parts();
    return text_load_file(text_put("scenario.yaml", text), overrides, count);
}

Scenario *text_load_with(const char *override)
{
    return text_load(text_base, &override, override != NULL);
}

void text_check_options(const Scenario *scenario, int group, const char *expected)
{
    char text[1024] = "";
    size_t length = 0;
    for (int i = 0; i < scenario->options[group].count; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s ", scenario->options[group].items[i].label);
    CHECK_TEXT(text, expected);
}

const Option *text_find_option(const Scenario *scenario, const char *label)
{
    for (int i = 0; i < scenario->options[0].count; i++)
        if (strcmp(scenario->options[0].items[i].label, label) == 0)
            return &scenario->options[0].items[i];
    fprintf(stderr, "no option %s\n", label);
    abort();
}

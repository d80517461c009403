#include "subjects.h"

#include "worlds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Subject subject_create(const char *policy, const char *parameters, uint64_t seed)
{
    static const char *const one_user[] = {"nodes.device.count=1"};
    Subject subject = {.type = policy_type_find(policy), .scenario = world_load("three_tiers.yaml", one_user, 1)};
    ErrorList errors = {0};
    const ConfigNode *map = config_parse(&subject.arena, parameters, strlen(parameters), "parameters", true, &errors);
    void *bound = arena_allocate(&subject.arena, 1, subject.type->parameter_size);
    config_bind(&subject.arena, map, policy, subject.type->parameters, subject.type->parameter_count, bound, &errors);
    if (errors.total > 0) {
        error_list_write(&errors, stderr);
        exit(1);
    }
    subject.state = memory_allocate(1, subject.type->state_size);
    subject.type->start(subject.state, bound, subject.scenario, stream_create(seed, 0, STREAM_POLICY, 0));
    subject.tabular = subject.state;
    tabular_open(subject.tabular, sizeof(int64_t));
    return subject;
}

void subject_destroy(Subject *subject)
{
    subject->type->finish(subject->state);
    free(subject->state);
    scenario_destroy(subject->scenario);
    arena_free(&subject->arena);
}

int64_t subject_answer(Subject *subject, int64_t decision, int64_t state, int64_t action_count)
{
    return tabular_answer(subject->tabular, decision, 0, &state, action_count);
}

double subject_value(Subject *subject, int64_t state, int64_t action, int64_t action_count)
{
    int64_t row = action_values_row(&subject->tabular->values, &state, action_count);
    return action_values_value(&subject->tabular->values, row, action);
}

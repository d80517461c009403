#include "learners.h"
#include "check.h"
#include "worlds.h"

#include <stdio.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 24 };

Scenario *learner_world(const char *name, const char *setting)
{
    const char *settings[] = {"stop.rounds=80", setting};
    return world_load(name, settings, setting ? 2 : 1);
}

Policy *learner_train(const PolicyType *type, const Scenario *scenario, int64_t decisions, const LearnerFile *from,
                      const char *path, Learning *ret_learning, Arena *arena)
{
    Policy *policy = policy_create(type, scenario, (RunKey){.seed = 5});
    LearningPlan plan = {.scenario = scenario, .seed = 5, .decisions = decisions};
    Error error = {0};
    int64_t earlier = 0;
    if (from) {
        CHECK(policy_load(policy, &from->weights, &error));
        earlier = learner_file_continue(from, &plan);
    }
    *ret_learning = learning_run(&plan, policy, arena);
    CHECK(learner_file_write(path, &plan, policy, ret_learning, earlier, &error));
    CHECK_TEXT(error.message, "");
    return policy;
}

void learner_read(const char *path, LearnerFile *ret_file)
{
    Error error = {0};
    CHECK(learner_file_read(path, ret_file, &error));
    CHECK_TEXT(error.message, "");
}

bool learner_same_bytes(const char *one, const char *other)
{
    static char first[FILE_LIMIT], second[FILE_LIMIT];
    FILE *a = fopen(one, "rb"), *b = fopen(other, "rb");
    size_t length = a ? fread(first, 1, sizeof first, a) : 0, others = b ? fread(second, 1, sizeof second, b) : 1;
    if (a)
        fclose(a);
    if (b)
        fclose(b);
    return length == others && length > 0 && memcmp(first, second, length) == 0;
}

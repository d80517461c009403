#include "comparisons.h"

#include "check.h"
#include "databases.h"

#include <stdlib.h>

static const PolicyType greedy = {.name = "greedy"}, learner = {.name = "q-learning"}, oracle = {.name = "oracle"};

static const World three = {"three", 3, 3,
                            "name: three\nnodes:\n  - {name: device, count: 3, tier: end}\n"
                            "objective:\n  threshold: 80 %\n"};

const double oracle_s[RUNS] = {0.100, 0.110, 0.120}, greedy_s[RUNS] = {0.120, 0.128, 0.145},
             learner_s[RUNS] = {0.101, 0.109, 0.1205};

void comparison_add(Store *store, Row row)
{
    const World *world = row.world ? row.world : &three;
    Scenario scenario = {.path = "x.yaml",
                         .name = world->name,
                         .hash = world->hash,
                         .user_count = world->users,
                         .resolved = world->resolved};
    Metric metrics[] = {{"response_time_mean", "s", row.response_s},
                        {"reward_mean", "", row.reward},
                        {"decisions", "", 100 + row.response_s},
                        {"energy.device", "J", 2},
                        {"energy.edge", "J", 3}};
    Trial trial = {.scenario = &scenario,
                   .policy = row.policy,
                   .seed = row.seed,
                   .replication = row.replication,
                   .status = row.failed ? TRIAL_FAILED : TRIAL_DONE,
                   .parameters = row.parameters ? row.parameters : "",
                   .metric_count = sizeof metrics / sizeof *metrics,
                   .metrics = metrics,
                   .value_count = row.axis.key ? 1 : 0,
                   .values = &row.axis};
    database_add(store, &trial);
}

Store *comparison_sample(void)
{
    Store *store = database_create(":memory:");
    for (int r = 0; r < RUNS; r++) {
        uint64_t replication = (uint64_t)r;
        comparison_add(
            store,
            (Row){.policy = &greedy, .replication = replication, .response_s = greedy_s[r], .reward = -greedy_s[r]});
        comparison_add(
            store,
            (Row){.policy = &learner, .replication = replication, .response_s = learner_s[r], .reward = -learner_s[r]});
        comparison_add(
            store,
            (Row){.policy = &oracle, .replication = replication, .response_s = oracle_s[r], .reward = -oracle_s[r]});
    }
    return store;
}

Comparison comparison_read(Store *store, CompareRequest request)
{
    Comparison comparison;
    Error error = {0};
    StoreStatus status = compare_data_read(store, &request, &comparison, &error);
    CHECK_TEXT(error.message, "");
    if (status != STORE_FINE)
        exit(1);
    return comparison;
}

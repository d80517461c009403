/* The tables behind the claims about MCIA. */
#include <string.h>

#include "claims_mcia.h"
#include "samples.h"

static const char *const policies[] = {"oracle", "model-shares", "dqn-features",  "hybrid-ppo",
                                       "p-dqn",  "equal-shares", "fixed-version", "neurosurgeon",
                                       "greedy", "random",       "edge-only",     "device-only"};

enum { POLICY_COUNT = sizeof policies / sizeof *policies };

static const char cells_query[] = MCIA_RUNS
    "SELECT axis, setting, policy, utility, response.value, accuracy.value FROM here JOIN metrics AS response ON "
    "response.run = here.run AND response.name = 'response_time_mean' JOIN metrics AS accuracy ON "
    "accuracy.run = here.run AND accuracy.name = 'accuracy_mean' WHERE world = ?1 ORDER BY axis_place, "
    "setting_place, setting, policy, seed, replication";

static bool same_cell(const Replicates *a, const Replicates *b)
{
    return strcmp(a->names[0], b->names[0]) == 0 && strcmp(a->names[1], b->names[1]) == 0;
}

static int policy_column(const char *policy)
{
    for (int i = 0; i < POLICY_COUNT; i++)
        if (strcmp(policies[i], policy) == 0)
            return i;
    return -1;
}

/* Utility of every policy, a row for each value of an axis. */
static StoreStatus utility_table(Store *store, const char *world, const char *title, Findings *findings, Error *error)
{
    Samples samples = {0};
    const char *parameters[] = {world};
    StoreStatus status = samples_read(store, cells_query, parameters, 1, 3, &findings->arena, &samples, error);
    if (status != STORE_FINE || samples.count == 0)
        return status;
    const char *headers[3 + POLICY_COUNT] = {"<varied", "<value", "n"};
    for (int i = 0; i < POLICY_COUNT; i++)
        headers[3 + i] = policies[i];
    int rows = 0;
    for (int i = 0; i < samples.count; i++)
        rows += i == 0 || !same_cell(&samples.items[i], &samples.items[i - 1]);
    Sheet *sheet =
        findings_add_table(findings, title,
                           "Mean utility of a round ± half width of the 95 % t interval over n replications. "
                           "Policies met the same requests.",
                           headers, 3 + POLICY_COUNT, rows);
    for (int i = 0, row = -1; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        if (i == 0 || !same_cell(sample, &samples.items[i - 1])) {
            sheet_set(sheet, ++row, 0, "%s", sample->names[0]);
            sheet_set(sheet, row, 1, "%s", sample->names[1]);
            sheet_set(sheet, row, 2, "%d", sample->count);
        }
        int column = policy_column(sample->names[2]);
        Interval utility = samples_interval(sample, 0);
        if (column >= 0)
            sheet_set(sheet, row, 3 + column, "%.4f ± %.4f", utility.mean, utility.half_width);
    }
    return STORE_FINE;
}

StoreStatus claims_mcia_tables(Store *store, Findings *findings, Error *error)
{
    StoreStatus status =
        utility_table(store, "MCIA", "Utility against users, bandwidth, device, edge and weight", findings, error);
    if (status == STORE_FINE)
        status =
            utility_table(store, "MCIA, a step in bandwidth",
                          "Utility around a step in bandwidth from 40 to 8 Mbit/s behind round 100; value: the last "
                          "round of a window of 20, and of 200 behind the step",
                          findings, error);
    return status;
}

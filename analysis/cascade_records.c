#include "cascade_records.h"

#include "cascade_records_sql.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

StoreStatus cascade_records_begin(Store *store, Error *error)
{
    store_keep(store);
    return store_query(store, cascade_records_sql, NULL, 0, NULL, NULL, error);
}

static bool note_row(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count, (void)names, (void)values;
    *(bool *)context = true;
    return false;
}

StoreStatus cascade_records_have(Store *store, const char *data, uint64_t seed, bool *ret_have, Error *error)
{
    char number[32];
    const char *parameters[] = {data, number, ORCHID_VERSION};
    snprintf(number, sizeof number, "%" PRIu64, seed);
    *ret_have = false;
    return store_query(
        store, "SELECT 1 FROM offload_decisions WHERE data = ?1 AND seed = CAST(?2 AS INTEGER) AND version = ?3",
        parameters, 3, note_row, ret_have, error);
}

static void write_networks(FILE *sql, const StudyResult *result)
{
    for (int n = 0; n < result->network_count; n++) {
        const StudyNetwork *network = &result->networks[n];
        fprintf(sql,
                "INSERT OR REPLACE INTO image_networks VALUES (?1, %" PRIu64 ", ?2, '%s', %d, %" PRId64 ", %" PRId64
                ", %" PRId64 ", %d, %d, %d, %d, %d, %" PRId64 ", %d);\n",
                result->seed, network->name, n, network->parameters, network->macs, network->bytes,
                network->evaluations, network->tune_right, result->tune_count, network->test_right, result->test_count,
                network->whole_bytes, network->whole_test_right);
    }
}

static void write_decisions(FILE *sql, uint64_t seed, const OffloadStudy *decisions)
{
    for (int rule = 0; rule < OFFLOAD_RULE_COUNT; rule++) {
        if (!decisions->possible[rule])
            continue;
        OffloadResult result = offload_sum(decisions, (OffloadRule)rule);
        fprintf(sql,
                "INSERT OR REPLACE INTO offload_decisions VALUES (?1, %" PRIu64
                ", ?2, '%s', '%s', %d, %d, %d, %d, %d, %d, ",
                seed, cascade_criterion_names[decisions->plan->criterion], offload_rule_names[rule], rule,
                result.counts[1][1], result.counts[0][1], result.counts[0][0], result.counts[1][0], result.right);
        if (isfinite(result.auc))
            fprintf(sql, "%.17g);\n", result.auc);
        else
            fputs("NULL);\n", sql);
    }
}

StoreStatus cascade_records_add(Store *store, const char *data, const StudyResult *networks,
                                const OffloadStudy *decisions, int count, Error *error)
{
    const char *parameters[] = {data, ORCHID_VERSION};
    char *text = NULL;
    size_t size;
    FILE *sql = open_memstream(&text, &size);
    fputs("BEGIN IMMEDIATE;\n", sql);
    write_networks(sql, networks);
    for (int i = 0; i < count; i++)
        write_decisions(sql, networks->seed, &decisions[i]);
    fputs("COMMIT;\n", sql);
    fclose(sql);
    StoreStatus status = store_query(store, text, parameters, 2, NULL, NULL, error);
    if (status != STORE_FINE)
        store_query(store, "ROLLBACK", NULL, 0, NULL, NULL, &(Error){0});
    free(text);
    return status;
}

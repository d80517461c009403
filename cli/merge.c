#include "../analysis/merge.h"

#include <stdlib.h>

#include "../analysis/escape.h"
#include "command.h"
#include "message.h"
#include "options.h"

/* What the target holds in the end. */
typedef struct Totals {
    int64_t runs, failed;
} Totals;

static bool take_totals(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count;
    (void)names;
    *(Totals *)context = (Totals){values[0].integer, values[1].integer};
    return false;
}

/* Finds what is wrong with the names before the target is touched. A database that is damaged is left out later. */
static ExitStatus check(const char *target, const char *const *shards, int shard_count)
{
    ExitStatus status = STATUS_FINE;
    for (int i = 0; i < shard_count; i++) {
        int64_t runs;
        Error error = {0};
        StoreStatus looked = merge_check(shards[i], &runs, &error);
        if (looked == STORE_FINE && merge_same_file(target, shards[i])) {
            error_set(&error, shards[i], 0, 0, "that is the target itself; orchid merge TARGET DATABASE ...");
            looked = STORE_INPUT;
        }
        if (looked == STORE_INPUT) {
            message_error(&error);
            status = STATUS_INPUT;
        }
    }
    return status;
}

/* Merges one after the other. One that conflicts or is damaged is left out; a target that cannot be written ends it. */
static ExitStatus merge_all(Store *target, const char *const *shards, int shard_count, MergeCount *counts,
                            bool *ret_whole)
{
    ExitStatus status = STATUS_FINE;
    for (int i = 0; i < shard_count; i++) {
        ErrorList errors = {0};
        StoreStatus merged = merge_shard(target, shards[i], &counts[i], &errors);
        error_list_write(&errors, stderr);
        if (counts[i].conflicting)
            message_note("%s: %lld of its runs conflict; nothing of it was merged", shards[i],
                         (long long)counts[i].conflicting);
        if ((ExitStatus)merged > status)
            status = (ExitStatus)merged;
        if (merged == STORE_MACHINE && !counts[i].damaged)
            return status;
    }
    *ret_whole = true;
    return status;
}

static void write_json(const char *path, const char *const *shards, int shard_count, const MergeCount *counts,
                       Totals totals)
{
    printf("{\n  \"database\": ");
    escape_json(stdout, path);
    printf(",\n  \"runs\": %lld,\n  \"failed\": %lld,\n  \"merged\": [", (long long)totals.runs,
           (long long)totals.failed);
    for (int i = 0; i < shard_count; i++) {
        printf("%s\n    {\"database\": ", i ? "," : "");
        escape_json(stdout, shards[i]);
        printf(", \"added\": %lld, \"replaced\": %lld, \"present\": %lld, \"conflicting\": %lld, \"damaged\": %s}",
               (long long)counts[i].added, (long long)counts[i].replaced, (long long)counts[i].present,
               (long long)counts[i].conflicting, counts[i].damaged ? "true" : "false");
    }
    printf("\n  ]\n}\n");
}

static void write_text(const char *path, const char *const *shards, int shard_count, const MergeCount *counts,
                       Totals totals)
{
    for (int i = 0; i < shard_count; i++) {
        printf("%s: %lld new", shards[i], (long long)counts[i].added);
        if (counts[i].replaced)
            printf(", %lld that had failed", (long long)counts[i].replaced);
        printf(", %lld there before%s\n", (long long)counts[i].present,
               counts[i].conflicting ? "; left out for its conflicts"
               : counts[i].damaged   ? "; damaged, left out"
                                     : "");
    }
    printf("%s: %lld runs", path, (long long)totals.runs);
    if (totals.failed)
        printf(", %lld of them failed", (long long)totals.failed);
    printf("\n");
}

static ExitStatus merge(const char *path, const char *const *shards, int shard_count, bool json)
{
    ExitStatus status = check(path, shards, shard_count);
    if (status != STATUS_FINE)
        return status;
    Error error = {0};
    Store *target;
    Totals totals = {0};
    StoreStatus opened = store_open(path, STORE_WRITE, &target, &error);
    if (opened == STORE_FINE) {
        MergeCount *counts = memory_allocate((size_t)shard_count, sizeof *counts);
        bool whole = false;
        status = merge_all(target, shards, shard_count, counts, &whole);
        opened = store_query(target, "SELECT count(*), count(*) FILTER (WHERE status = 'failed') FROM runs", NULL, 0,
                             take_totals, &totals, &error);
        if (opened == STORE_FINE && whole)
            (json ? write_json : write_text)(path, shards, shard_count, counts, totals);
        free(counts);
        store_close(target);
    }
    if (opened != STORE_FINE)
        message_error(&error);
    return opened == STORE_FINE ? status : (ExitStatus)opened;
}

static ExitStatus run(int argument_count, char **arguments)
{
    bool json = false;
    const Flag flags[] = {
        {"--json", FLAG_SWITCH, &json, NULL, "print JSON instead of text", 0, 0},
    };
    ExitStatus status;
    if (!options_parse(&command_merge, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status))
        return status;
    if (argument_count < 2)
        return message_wrong(
            "merge needs the database to merge into and those to take from: orchid merge all.db a.db b.db");
    return merge(arguments[0], (const char *const *)(arguments + 1), argument_count - 1, json);
}

const Command command_merge = {
    .name = "merge",
    .arguments = "TARGET DATABASE ... [flag ...]",
    .summary = "join databases, such as those of a sweep's shards",
    .details =
        "Adds to TARGET (created when missing) every run that the other databases hold and it does not. Merging again\n"
        "changes nothing. A run that is there already must have the same results: a database with one that differs is\n"
        "left out as a whole, the runs are named and the status is 2. A run that failed gives way to one that is done.",
    .examples = {{"orchid run hello --policy greedy --db greedy.sqlite", "one database"},
                 {"orchid run hello --policy oracle --db oracle.sqlite", "and another"},
                 {"orchid merge all.sqlite greedy.sqlite oracle.sqlite", "both in one"}},
    .run = run,
};

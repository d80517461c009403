/* Edge-cloud cooperation: pairs of networks as files and records, and verdicts on numbers made up for each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../analysis/cascade_records.h"
#include "../analysis/claims_cooperation.h"
#include "../analysis/network_pair.h"
#include "../sim/sample_file.h"
#include "../sim/trace.h"
#include "check.h"
#include "databases.h"

static void run_sql(Store *store, const char *sql)
{
    Error error = {0};
    store_query(store, sql, NULL, 0, NULL, NULL, &error);
    CHECK_TEXT(error.message, "");
}

/* 200 digits and compressors that try four networks: seconds instead of minutes. */
typedef struct Workbench {
    Arena arena;
    ImageSet set;
    ModelReferences references;
    NetworkPair pair;
} Workbench;

static void begin(Workbench *bench, const char *folder)
{
    ErrorList errors = {0};
    *bench = (Workbench){0};
    CHECK(digits_read(check_path("traces/digits.csv"), &bench->set, &errors));
    bench->set.name = "few digits";
    bench->set.count = 200;
    CHECK(model_references_read(check_path("traces"), &bench->arena, &bench->references, &errors));
    bench->pair = (NetworkPair){.set = &bench->set,
                                .data = "digits",
                                .seed = 3,
                                .folder = arena_string(&bench->arena, check_scratch(folder)),
                                .references = &bench->references,
                                .settings = compression_default_settings()};
    bench->pair.settings.evaluations = 4;
    bench->pair.settings.brief.steps = 2;
    bench->pair.settings.full.steps = 10;
    mkdir(bench->pair.folder, 0777);
}

static void end(Workbench *bench)
{
    image_set_free(&bench->set);
    arena_free(&bench->arena);
}

static const char *file_of(Workbench *bench, const char *ending)
{
    return arena_format(&bench->arena, "%s/digits-3%s", bench->pair.folder, ending);
}

static long bytes_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (long)status.st_size : -1;
}

static void a_pair_is_files_that_fit_each_other_and_records(void)
{
    Workbench bench;
    NetworkPairStudy study;
    Error error = {0};
    ErrorList errors = {0};
    SampleTable samples;
    ProfileTable profiles, large;
    bool have;
    begin(&bench, "pair");
    CHECK_INT(network_pair_make(&bench.pair, &study, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    const StudyNetwork *heavy = &study.networks.networks[0];
    const StudyNetwork *light = &study.networks.networks[study.networks.network_count - 2], *lighter = light + 1;
    CHECK_TEXT(light->name, "actor-critic");
    CHECK_TEXT(lighter->name, "lighter");
    CHECK_INT(bytes_of(file_of(&bench, "_heavy.orchid")), heavy->bytes);
    CHECK_INT(bytes_of(file_of(&bench, "_light.orchid")), light->bytes);
    CHECK_INT(bytes_of(file_of(&bench, "_light-int8.orchid")), light->whole_bytes);
    CHECK_INT(bytes_of(file_of(&bench, "_lighter.orchid")), lighter->bytes);
    CHECK_INT(bytes_of(file_of(&bench, "_lighter-int8.orchid")), lighter->whole_bytes);
    /* What the files say is what was studied. */
    CHECK(sample_file_read(&bench.arena, file_of(&bench, "_samples.csv"), &samples, &errors));
    CHECK_INT(samples.row_count, study.samples.row_count);
    CHECK(memcmp(sample_table_model(&samples, "heavy")->correct, study.samples.models[1].correct,
                 (size_t)samples.row_count) == 0);
    CHECK(trace_read_profiles(&bench.arena, file_of(&bench, "_profiles.csv"), &profiles, &errors));
    CHECK(trace_read_profiles(&bench.arena, file_of(&bench, "_large_profiles.csv"), &large, &errors));
    CHECK_INT(profiles.count, large.count);
    for (int i = 0; i < large.count; i++)
        CHECK(large.rows[i].mean_s >= profiles.rows[i].mean_s);
    CHECK_INT(errors.total, 0);
    Store *store = database_create(check_scratch("pair.db"));
    CHECK_INT(cascade_records_begin(store, &error), STORE_FINE);
    CHECK_INT(cascade_records_have(store, "digits", 3, &have, &error), STORE_FINE);
    CHECK(!have);
    for (int twice = 0; twice < 2; twice++)
        CHECK_INT(cascade_records_add(store, "digits", &study.networks, study.decisions, PAIR_CRITERIA, &error),
                  STORE_FINE);
    CHECK_INT(cascade_records_have(store, "digits", 3, &have, &error), STORE_FINE);
    CHECK(have);
    CHECK_INT(cascade_records_have(store, "glyphs", 3, &have, &error), STORE_FINE);
    CHECK(!have);
    CHECK_INT(database_number(store, "SELECT count(*) FROM image_networks"), study.networks.network_count);
    CHECK_INT(database_number(store, "SELECT bytes FROM image_networks WHERE network = 'actor-critic'"), light->bytes);
    CHECK_INT(database_number(store, "SELECT count(DISTINCT sent_rightly + sent_in_vain + kept_rightly + missed) FROM "
                                     "offload_decisions"),
              1);
    CHECK_INT(database_number(store, "SELECT max(missed) FROM offload_decisions WHERE rule = 'oracle'"), 0);
    store_close(store);
    network_pair_free(&study);
    end(&bench);
}

static void the_same_pair_has_the_same_bytes(void)
{
    static const char *const endings[] = {"_heavy.orchid", "_light.orchid", "_light-int8.orchid",  ".yaml",
                                          "_layers.csv",   "_profiles.csv", "_large_profiles.csv", "_samples.csv"};
    Workbench first, second;
    NetworkPairStudy study;
    Error error = {0};
    begin(&first, "first");
    begin(&second, "second");
    CHECK_INT(network_pair_make(&first.pair, &study, &error), STORE_FINE);
    network_pair_free(&study);
    CHECK_INT(network_pair_make(&second.pair, &study, &error), STORE_FINE);
    network_pair_free(&study);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        CHECK_INT(system(arena_format(&first.arena, "cmp '%s' '%s'", file_of(&first, endings[i]),
                                      file_of(&second, endings[i]))),
                  0);
    end(&first);
    end(&second);
}

static void a_folder_that_is_not_there_leaves_nothing(void)
{
    Workbench bench;
    NetworkPairStudy study;
    Error error = {0};
    begin(&bench, "absent");
    bench.pair.folder = "/nowhere/at/all";
    CHECK_INT(network_pair_make(&bench.pair, &study, &error), STORE_MACHINE);
    CHECK(strstr(error.message, "cannot") != NULL);
    network_pair_free(&study);
    end(&bench);
}

/* What a made-up database says. */
typedef struct Story {
    double agent_bytes, points;       /* of 1000 of the baselines; accuracy over them */
    int decisions_gained;             /* right ones of the classifier over the threshold */
    double cut, accuracy, unfinished; /* of the cascade against cloud only; points; of cloud only's requests */
    bool nameless;                    /* sweeps do not say which networks runs had */
} Story;

static void add_records(Store *store, const Story *story)
{
    char sql[1200];
    CHECK_INT(cascade_records_begin(store, &(Error){0}), STORE_FINE);
    for (int seed = 1; seed <= 4; seed++) {
        for (int n = 0; n < 3; n++) {
            static const char *const names[] = {"heavy", "uniform", "actor-critic"};
            double bytes = n == 0 ? 4000 : n == 1 ? 1000 : story->agent_bytes + seed;
            snprintf(
                sql, sizeof sql,
                "INSERT INTO image_networks VALUES ('digits', %d, 'v', '%s', %d, 1, 1, %g, 1, 0, 1, %g, 1000, 9, 9)",
                seed, names[n], n, bytes, n == 2 ? 900 + 10 * story->points : 900);
            run_sql(store, sql);
        }
        int more = story->decisions_gained + (seed == 1);
        for (int i = 0; i < PAIR_CRITERIA; i++) {
            const char *criterion = i ? "balanced" : "decisions";
            snprintf(sql, sizeof sql,
                     "INSERT INTO offload_decisions VALUES ('digits', %d, 'v', '%s', 'confidence', 3, 10, 20, 950, 20, "
                     "900, 0.9), ('digits', %d, 'v', '%s', 'network', 8, %d, 20, 950, %d, 910, 0.95)",
                     seed, criterion, seed, criterion, 10 + more, 20 - more);
            run_sql(store, sql);
        }
    }
}

static void add_runs(Store *store, const Story *story)
{
    char sql[2000];
    run_sql(store, "INSERT INTO scenarios VALUES ('h', 'edge-cloud cooperation, trained networks', 'x', 4, 0, '')");
    for (int run = 1; run <= 8; run++) {
        int cascade = run % 2, seed = (run + 1) / 2;
        snprintf(
            sql, sizeof sql,
            "INSERT INTO runs VALUES (%d, 1, 'h', '%s', '', 'p', %d, 0, 'v', 'h', 'c', 't', 0, 0, 0, 'f', 0, 'done', "
            "'', NULL, "
            "'');"
            "INSERT INTO sweep_values VALUES (%d, 'models', 'digits-%d.yaml', NULL, ''), (%d, 'profiles', "
            "'digits-%d_large_profiles.csv', NULL, ''), (%d, 'policy', '%s', NULL, ''), (%d, 'links.edge-cloud.up', '5 "
            "Mbit/s', 5e6, ''), (%d, 'workload.rate', '4 /s', 4, '');"
            "INSERT INTO metrics VALUES (%d, 'response_time_mean', 's', %g), (%d, 'accuracy_mean', '', %g), (%d, "
            "'requests_arrived', '', 1000), (%d, 'requests_unfinished', '', %g);",
            run, cascade ? COOPERATION_MAP_RULE : "cloud-only", seed, run, seed, run, seed, run,
            cascade ? COOPERATION_MAP_RULE : "cloud-only", run, run, run,
            cascade ? 0.1 * (1 - story->cut / 100) + 1e-5 * seed : 0.1, run,
            0.9 + (cascade ? story->accuracy / 100 + 1e-4 * seed : 0), run, run, 1000 * story->unfinished);
        run_sql(store, sql);
    }
    if (story->nameless)
        run_sql(store, "DELETE FROM sweep_values WHERE key IN ('models', 'profiles')");
}

/* The verdict on the claim of a number. */
static Verdict verdict_on(const char *path, int claim, Story story)
{
    Findings findings = {0};
    Error error = {0};
    Store *store = database_create(check_scratch(path));
    run_sql(store, "BEGIN");
    add_records(store, &story);
    add_runs(store, &story);
    run_sql(store, "COMMIT");
    CHECK_INT(claims_cooperation(store, "made-up.db", &findings, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    CHECK_INT(findings.claim_count, 6);
    Verdict verdict = findings.claims[claim].verdict;
    findings_free(&findings);
    store_close(store);
    return verdict;
}

enum { SMALLER_THAN_UNIFORM, SMALLER_THAN_ALL, RIGHT_IN_MOST, BETTER_THAN_THRESHOLD, FASTER_AND_RIGHT, PUBLISHED };

static const Story good = {
    .agent_bytes = 100, .points = 0.2, .decisions_gained = 5, .cut = 90, .accuracy = 0.5, .unfinished = 0.001};

static void networks_are_judged_by_bytes_at_equal_accuracy(void)
{
    Story story = good;
    CHECK_INT(verdict_on("small.db", SMALLER_THAN_UNIFORM, story), VERDICT_REPRODUCED);
    CHECK_INT(verdict_on("small_all.db", SMALLER_THAN_ALL, story), VERDICT_REPRODUCED);
    story.agent_bytes = 300;
    CHECK_INT(verdict_on("less.db", SMALLER_THAN_UNIFORM, story), VERDICT_PARTLY);
    story.points = -0.8;
    CHECK_INT(verdict_on("worse.db", SMALLER_THAN_ALL, story), VERDICT_NOT);
    story.agent_bytes = 1100;
    CHECK_INT(verdict_on("larger.db", SMALLER_THAN_UNIFORM, story), VERDICT_NOT);
}

static void decisions_are_judged_against_chance_and_the_threshold(void)
{
    Story story = good;
    CHECK_INT(verdict_on("right.db", RIGHT_IN_MOST, story), VERDICT_REPRODUCED);
    CHECK_INT(verdict_on("better.db", BETTER_THAN_THRESHOLD, story), VERDICT_REPRODUCED);
    story.decisions_gained = -9;
    CHECK_INT(verdict_on("wrong.db", RIGHT_IN_MOST, story), VERDICT_NOT);
    CHECK_INT(verdict_on("no_better.db", BETTER_THAN_THRESHOLD, story), VERDICT_NOT);
}

static void the_cut_counts_where_accuracy_is_kept_and_the_cloud_keeps_up(void)
{
    Story story = good;
    CHECK_INT(verdict_on("fast.db", FASTER_AND_RIGHT, story), VERDICT_REPRODUCED);
    CHECK_INT(verdict_on("published.db", PUBLISHED, story), VERDICT_OPEN);
    story.accuracy = -0.5;
    CHECK_INT(verdict_on("inaccurate.db", FASTER_AND_RIGHT, story), VERDICT_NOT);
    story = good;
    story.cut = 70;
    CHECK_INT(verdict_on("slow.db", FASTER_AND_RIGHT, story), VERDICT_NOT);
    story = good;
    story.unfinished = 0.3;
    CHECK_INT(verdict_on("overloaded.db", FASTER_AND_RIGHT, story), VERDICT_OPEN);
}

/* Nor do they count as those of ImageNet. */
static void runs_of_networks_that_nobody_names_are_not_judged(void)
{
    Story story = good;
    story.nameless = true;
    CHECK_INT(verdict_on("nameless.db", FASTER_AND_RIGHT, story), VERDICT_OPEN);
    CHECK_INT(verdict_on("nameless_published.db", PUBLISHED, story), VERDICT_OPEN);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(a_pair_is_files_that_fit_each_other_and_records),
        CHECK_OF(the_same_pair_has_the_same_bytes),
        CHECK_OF(a_folder_that_is_not_there_leaves_nothing),
        CHECK_OF(networks_are_judged_by_bytes_at_equal_accuracy),
        CHECK_OF(decisions_are_judged_against_chance_and_the_threshold),
        CHECK_OF(the_cut_counts_where_accuracy_is_kept_and_the_cloud_keeps_up),
        CHECK_OF(runs_of_networks_that_nobody_names_are_not_judged),
    };
    return check_run("cooperation", checks, sizeof checks / sizeof checks[0]);
}

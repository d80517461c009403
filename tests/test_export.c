#include "../analysis/export.h"
#include "check.h"
#include "databases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const PolicyType greedy = {.name = "greedy"}, learner = {.name = "q-learning"};

/* Two scenarios that differ in a fraction, a bandwidth, a list and a node count of their own. */
static const char *const resolved[] = {
    "name: x\nmodels: m.yaml\nnodes:\n  - {name: edge, cores: 2, memory: 1 GiB, tier: edge}\n"
    "links:\n  - {from: d, to: edge, up: 50 Mbit/s}\noptions:\n  edge: [d0]\nobjective: {threshold: 80 %}\n",
    "name: x\nmodels: m.yaml\nnodes:\n  - {name: edge, cores: 4, memory: 1 GiB, tier: edge}\n"
    "links:\n  - {from: d, to: edge, up: 1 Mbit/s}\noptions:\n  edge: [d0, d1]\nobjective: {threshold: 89 %}\n",
};

static void add(Store *store, int world, const PolicyType *policy, uint64_t replication, double response_s, bool failed)
{
    Scenario scenario = {.path = "x.yaml",
                         .name = "five, \"users\"",
                         .hash = (uint64_t)world,
                         .user_count = 5,
                         .resolved = resolved[world]};
    Metric metrics[] = {{"response_time_mean", "s", response_s},
                        {"utilisation.edge", "", 0.25},
                        {"throughput", "1/s", 8},
                        {"interactions_to_optimum", "", NAN}};
    CurvePoint curve[] = {{1, -1, 0.5, 0.7, -0.25, 0.1, 0.75, 0.125, 0.5, 0.625, 12}};
    CurveTime times[] = {{3, 2.5, 1.5, 1, 0.5}};
    DecisionCount counts[] = {{"d", "d:d0", 7}, {"d", "edge:d0@3", 2}};
    Trial trial = {.scenario = &scenario,
                   .policy = policy,
                   .seed = 7,
                   .replication = replication,
                   .status = failed ? TRIAL_FAILED : TRIAL_DONE,
                   .parameters = policy == &learner ? "epsilon: 0.1\n" : "",
                   .metric_count = 4,
                   .metrics = metrics,
                   .curve_count = policy == &learner ? 1 : 0,
                   .curve = curve,
                   .curve_times = times,
                   .decision_count_count = 2,
                   .decision_counts = counts};
    snprintf(trial.error, sizeof trial.error, "%s", failed ? "went wrong,\nbadly" : "");
    database_add(store, &trial);
}

/* Two finished runs and a failed one. */
static Store *open_sample(void)
{
    Store *store = database_create(":memory:");
    add(store, 0, &greedy, 0, 0.1 + 0.2, false);
    add(store, 1, &learner, 1, 1e-7, false);
    add(store, 1, &greedy, 2, 9, true);
    return store;
}

/* The text of a file, freed by the caller; NULL where there is none. */
static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = calloc(1, 100000);
    size_t length = fread(text, 1, 99999, file);
    text[length] = 0;
    fclose(file);
    return text;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Exports and checks that it went well; the result is freed. */
static void export_fine(Store *store, ExportTable table, const char *where, const char *output)
{
    ExportResult result;
    Error error = {0};
    CHECK_INT(export_write(store, &(ExportRequest){table, where, output}, &result, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    export_result_free(&result);
}

/* The message of an export that fails with `expected`. Valid until the next call. */
static const char *failure(Store *store, ExportTable table, const char *where, const char *output, StoreStatus expected)
{
    static Error error;
    ExportResult result;
    error = (Error){0};
    CHECK_INT(export_write(store, &(ExportRequest){table, where, output}, &result, &error), expected);
    export_result_free(&result);
    return error.message;
}

/* The path of a file in a folder for scratch. */
static const char *in_folder(const char *folder, const char *name)
{
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"runs.csv", "metrics.csv", "learning_curves.csv", "decisions.csv",
                                        "dictionary.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(in_folder(folder, names[i]));
    CHECK_INT(rmdir(folder), 0);
}

static void keys_in_which_runs_differ_are_columns_in_base_units(void)
{
    Store *store = open_sample();
    const char *file = check_scratch("decisions.csv");
    export_fine(store, EXPORT_DECISIONS, NULL, file);
    char *text = read_text(file);
    CHECK_TEXT(text, "run,scenario,users,policy,nodes.edge.cores,links.d_edge.up_bit_per_s,options.edge,"
                     "objective.threshold_fraction,seed,replication,node_group,option,count\n"
                     "1,\"five, \"\"users\"\"\",5,greedy,2,50000000,[d0],0.8,7,0,d,d:d0,7\n"
                     "1,\"five, \"\"users\"\"\",5,greedy,2,50000000,[d0],0.8,7,0,d,edge:d0@3,2\n"
                     "2,\"five, \"\"users\"\"\",5,q-learning,4,1000000,\"[d0, d1]\",0.89,7,1,d,d:d0,7\n"
                     "2,\"five, \"\"users\"\"\",5,q-learning,4,1000000,\"[d0, d1]\",0.89,7,1,d,edge:d0@3,2\n");
    free(text);
    unlink(check_scratch("decisions_dictionary.csv"));
    store_close(store);
}

static void metrics_come_one_a_line(void)
{
    Store *store = open_sample();
    const char *file = check_scratch("metrics.csv");
    export_fine(store, EXPORT_METRICS, "policy == greedy", file);
    char *text = read_text(file);
    CHECK(strstr(text, ",seed,replication,metric,unit,value\n") != NULL);
    CHECK(strstr(text, ",7,0,interactions_to_optimum,,\n") != NULL);
    CHECK(strstr(text, ",7,0,response_time_mean,s,0.30000000000000004\n") != NULL);
    CHECK(strstr(text, ",7,0,throughput,1/s,8\n") != NULL);
    CHECK(strstr(text, "q-learning") == NULL);
    free(text);
    unlink(check_scratch("metrics_dictionary.csv"));
    store_close(store);
}

static void curves_come_one_point_a_line(void)
{
    Store *store = open_sample();
    const char *file = check_scratch("curves.csv");
    export_fine(store, EXPORT_CURVES, NULL, file);
    char *text = read_text(file);
    CHECK(strstr(text, ",interactions,reward,response_s,accuracy,oracle_reward,oracle_response_s,regret,"
                       "violation_fraction,optimal_fraction,near_optimal_fraction,planning_steps,wall_s,cpu_s,"
                       "simulation_s,learning_s,planning_s\n2,") != NULL);
    CHECK(strstr(text, ",q-learning,") != NULL);
    CHECK(strstr(text, ",7,1,1,-1,0.5,0.7,-0.25,0.1,0.75,0.125,0.5,0.625,12,3,2.5,1.5,1,0.5\n") != NULL);
    free(text);
    unlink(check_scratch("curves_dictionary.csv"));
    store_close(store);
}

static void runs_have_a_column_per_metric_and_failed_ones_their_error(void)
{
    Store *store = open_sample();
    const char *file = check_scratch("runs.csv");
    export_fine(store, EXPORT_RUNS, NULL, file);
    char *text = read_text(file);
    CHECK(strstr(text, ",interactions_to_optimum,response_time_mean_s,throughput_per_s,utilisation.edge\n1,") != NULL);
    CHECK(strstr(text, ",0.30000000000000004,8,0.25\n2,") != NULL);
    CHECK(strstr(text, ",1e-07,8,0.25\n3,") != NULL);
    CHECK(strstr(text, ",failed,\"went wrong,\nbadly\",1,") != NULL);
    CHECK(strcmp(text + strlen(text) - 5, ",,,,\n") == 0);
    free(text);
    unlink(check_scratch("runs_dictionary.csv"));
    store_close(store);
}

/* Whether the dictionary has a line for each field of the table's header. */
static void check_described(const char *dictionary, const char *file, const char *header)
{
    for (const char *name = header; *name != '\n'; name += name[0] == ',') {
        size_t length = strcspn(name, ",\n");
        char line[256];
        snprintf(line, sizeof line, "\n%s,%.*s,", file, (int)length, name);
        if (!strstr(dictionary, line))
            fprintf(stderr, "not described: %s\n", line + 1);
        CHECK(strstr(dictionary, line) != NULL);
        name += length;
    }
}

static void dictionary_describes_every_column_of_every_file(void)
{
    static const char *const names[] = {"runs.csv", "metrics.csv", "learning_curves.csv", "decisions.csv"};
    Store *store = open_sample();
    const char *folder = check_scratch("all");
    export_fine(store, EXPORT_ALL, NULL, folder);
    char *dictionary = read_text(in_folder(folder, "dictionary.csv"));
    CHECK(strncmp(dictionary, "file,column,unit,type,meaning\nruns.csv,run,1,integer,", 50) == 0);
    CHECK(strstr(dictionary, "\nruns.csv,response_time_mean_s,s,real,\"from arrival to answer") != NULL);
    CHECK(strstr(dictionary, "\nmetrics.csv,objective.threshold_fraction,1,real,"
                             "key objective.threshold: least mean accuracy") != NULL);
    CHECK(strstr(dictionary, "\nruns.csv,options.edge,,text,key options.edge") != NULL);
    CHECK(strstr(dictionary, "\nruns.csv,nodes.edge.cores,1,integer,key nodes.edge.cores: ") != NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *text = read_text(in_folder(folder, names[i]));
        check_described(dictionary, names[i], text);
        free(text);
    }
    free(dictionary);
    remove_folder(folder);
    store_close(store);
}

static void one_table_leaves_the_others_in_the_folder_alone(void)
{
    Store *store = open_sample();
    const char *folder = check_scratch("some");
    export_fine(store, EXPORT_ALL, NULL, folder);
    export_fine(store, EXPORT_METRICS, "policy == 'q-learning'", folder);
    char *runs = read_text(in_folder(folder, "runs.csv")), *metrics = read_text(in_folder(folder, "metrics.csv"));
    char *dictionary = read_text(in_folder(folder, "dictionary.csv"));
    CHECK(strstr(runs, "greedy") != NULL);
    CHECK(strstr(metrics, "greedy") == NULL);
    CHECK(strstr(dictionary, "\nruns.csv,run,") != NULL);
    free(runs);
    free(metrics);
    free(dictionary);
    remove_folder(folder);
    store_close(store);
}

static void failure_leaves_nothing_and_what_was_there(void)
{
    Store *store = open_sample();
    const char *folder = check_scratch("none");
    CHECK_TEXT(failure(store, EXPORT_ALL, "users > 5", folder, STORE_INPUT), "there is no run that --where leaves");
    CHECK(strstr(failure(store, EXPORT_ALL, "usrs > 5", folder, STORE_INPUT), "did you mean 'users'?") != NULL);
    CHECK(!exists(folder));
    CHECK(strstr(failure(store, EXPORT_ALL, NULL, "/nowhere/at/all", STORE_INPUT), "cannot make the folder") != NULL);
    const char *file = check_scratch("kept.csv");
    CHECK(strstr(failure(store, EXPORT_ALL, NULL, file, STORE_INPUT), "--per") != NULL);
    /* The dictionary cannot be written: the table, complete, must not appear either. */
    const char *blocked = check_scratch("kept_dictionary.csv");
    CHECK_INT(mkdir(blocked, 0777), 0);
    FILE *before = fopen(file, "w");
    fputs("before", before);
    fclose(before);
    CHECK(strstr(failure(store, EXPORT_RUNS, NULL, file, STORE_INPUT), "cannot write the file") != NULL);
    char *text = read_text(file);
    CHECK_TEXT(text, "before");
    free(text);
    rmdir(blocked);
    store_close(store);
}

static void requests_of_what_cannot_be_run_again_are_refused(void)
{
    Store *store = open_sample();
    const char *folder = check_scratch("requests");
    const char *message = failure(store, EXPORT_REQUESTS, NULL, folder, STORE_INPUT);
    CHECK(strstr(message, "run 1 cannot be run again: its scenario cannot be read again: ") == message);
    CHECK(!exists(folder));
    store_close(store);
}

static void empty_database_is_said_to_be_empty(void)
{
    Store *store = open_sample();
    store_query(store, "DELETE FROM runs", NULL, 0, NULL, NULL, NULL);
    const char *folder = check_scratch("empty");
    CHECK_TEXT(failure(store, EXPORT_ALL, NULL, folder, STORE_INPUT), "there is no run");
    CHECK(!exists(folder));
    store_close(store);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(keys_in_which_runs_differ_are_columns_in_base_units),
        CHECK_OF(metrics_come_one_a_line),
        CHECK_OF(curves_come_one_point_a_line),
        CHECK_OF(runs_have_a_column_per_metric_and_failed_ones_their_error),
        CHECK_OF(dictionary_describes_every_column_of_every_file),
        CHECK_OF(one_table_leaves_the_others_in_the_folder_alone),
        CHECK_OF(failure_leaves_nothing_and_what_was_there),
        CHECK_OF(requests_of_what_cannot_be_run_again_are_refused),
        CHECK_OF(empty_database_is_said_to_be_empty),
    };
    return check_run("export", checks, sizeof checks / sizeof *checks);
}

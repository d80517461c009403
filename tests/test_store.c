#include "../analysis/statistics.h"
#include "../analysis/store.h"
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const PolicyType device_only = {.name = "device-only"}, learner = {.name = "q-learning"};

static Scenario scenario = {.path = "five.yaml",
                            .name = "five users",
                            .user_count = 5,
                            .hash = 0xabcdef0123456789,
                            .resolved = "name: five users\n",
                            .objective = {.threshold = 0.89}};

/* A finished run whose mean response time is `response_s`. */
typedef struct Sample {
    Metric metrics[4];
    CurvePoint curve[2];
    DecisionCount counts[2];
    Trial trial;
} Sample;

static void sample_init(Sample *sample, const PolicyType *policy, uint64_t replication, double response_s)
{
    *sample = (Sample){
        .metrics = {{"response_time_mean", "s", response_s},
                    {"accuracy_mean", "", 0.899},
                    {"decisions", "", 200},
                    {"interactions_to_optimum", "", NAN}},
        .curve = {{1, -1, 0.5, 0.7, -0.1, 0.1, 0.9}, {50, -response_s, response_s, 0.899, -0.1, 0.1, response_s - 0.1}},
        .counts = {{"device", "device:d0", 800}, {"device", "cloud:d0", 200}},
        .trial = {.scenario = &scenario,
                  .policy = policy,
                  .seed = 7,
                  .replication = replication,
                  .status = TRIAL_DONE,
                  .parameters = "epsilon: 0.1\n",
                  .metric_count = 4,
                  .curve_count = 2,
                  .decision_count_count = 2,
                  .events = 12345,
                  .fingerprint = 0x00000000deadbeef,
                  .interactions = 50,
                  .wall_s = 0.5,
                  .cpu_s = 0.25},
    };
    sample->trial.metrics = sample->metrics;
    sample->trial.curve = sample->curve;
    sample->trial.decision_counts = sample->counts;
}

static StoreStatus add_sample(Store *store, const PolicyType *policy, uint64_t replication, double response_s,
                              Error *error)
{
    Sample sample;
    sample_init(&sample, policy, replication, response_s);
    return store_add_trial(store, 1, &sample.trial, error);
}

/* A new store with one experiment; ends the program where even that fails. */
static Store *open_new(const char *path)
{
    Store *store;
    Error error = {0};
    int64_t experiment;
    if (store_open(path, STORE_WRITE, &store, &error) != STORE_FINE ||
        store_begin_experiment(store, "test", "orchid run five.yaml", &experiment, &error) != STORE_FINE) {
        fprintf(stderr, "%s: %s\n", path, error.message);
        exit(1);
    }
    return store;
}

static bool append_row(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)names;
    char *text = context;
    for (int i = 0; i < column_count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, 1000 - used, "%s%s",
                 i      ? "|"
                 : used ? "\n"
                        : "",
                 values[i].null ? "NULL" : values[i].text);
    }
    return true;
}

/* The result of a query as text: columns joined by '|', rows by newlines; or the error. Valid until the next call. */
static const char *answer(Store *store, const char *sql)
{
    static char text[1000];
    Error error = {0};
    text[0] = 0;
    if (store_query(store, sql, NULL, 0, append_row, text, &error) != STORE_FINE)
        snprintf(text, sizeof text, "%s", error.message);
    return text;
}

static bool keep_number(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count;
    (void)names;
    *(double *)context = values[0].null ? NAN : values[0].number;
    return false;
}

static double number(Store *store, const char *sql)
{
    double result = -1;
    store_query(store, sql, NULL, 0, keep_number, &result, NULL);
    return result;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    fputs(text, file);
    fclose(file);
}

/* Hash of a file's bytes; 0 where there is none. */
static unsigned long file_hash(const char *path)
{
    FILE *file = fopen(path, "rb");
    unsigned long hash = 5381;
    if (!file)
        return 0;
    for (int byte; (byte = fgetc(file)) != EOF;)
        hash = hash * 33 + (unsigned long)byte;
    fclose(file);
    return hash;
}

/* Files in a folder. */
static int files_in(const char *folder)
{
    DIR *listing = opendir(folder);
    int count = 0;
    for (struct dirent *entry; listing && (entry = readdir(listing));)
        count += entry->d_name[0] != '.';
    closedir(listing);
    return count;
}

/* Opening fails with this status and message, and leaves the file as it is. */
static void check_refused(const char *path, StoreMode mode, StoreStatus status, const char *message)
{
    Store *store;
    Error error = {0};
    unsigned long before = file_hash(path);
    CHECK_INT(store_open(path, mode, &store, &error), status);
    CHECK_TEXT(error.message, message);
    CHECK_TEXT(error.file, path);
    CHECK(store == NULL);
    CHECK(file_hash(path) == before);
}

static void stored_run_reads_back(void)
{
    Store *store = open_new(":memory:");
    CHECK_INT(add_sample(store, &learner, 3, 0.125, NULL), STORE_FINE);
    CHECK_TEXT(answer(store, "SELECT experiment, scenario_hash, policy, parameters, seed, replication, events, "
                             "fingerprint, interactions, status, error, wall_s, cpu_s FROM runs"),
               "1|abcdef0123456789|q-learning|epsilon: 0.1\n|7|3|12345|00000000deadbeef|50|done||0.5|0.25");
    CHECK_TEXT(answer(store, "SELECT name, users, accuracy_threshold, resolved FROM scenarios"),
               "five users|5|0.89|name: five users\n");
    CHECK_TEXT(answer(store, "SELECT name, unit, value FROM metrics ORDER BY name"),
               "accuracy_mean||0.899\ndecisions||200.0\ninteractions_to_optimum||NULL\nresponse_time_mean|s|0.125");
    CHECK_TEXT(answer(store, "SELECT interactions, reward, oracle_response_s FROM learning_curves"),
               "1|-1.0|0.1\n50|-0.125|0.1");
    CHECK_TEXT(answer(store, "SELECT node_group, option, count FROM decision_counts"),
               "device|cloud:d0|200\ndevice|device:d0|800");
    CHECK_TEXT(answer(store, "SELECT version <> '', host <> '', compiler <> '', finished_utc LIKE '2%Z' FROM runs"),
               "1|1|1|1");
    store_close(store);
}

static void same_identity_replaces_the_earlier_rows_and_keeps_the_number(void)
{
    Store *store = open_new(":memory:");
    add_sample(store, &device_only, 0, 0.1, NULL);
    add_sample(store, &device_only, 1, 0.2, NULL);
    CHECK_INT(add_sample(store, &device_only, 0, 0.3, NULL), STORE_FINE);
    CHECK_TEXT(answer(store, "SELECT run, replication, value FROM runs JOIN metrics USING (run) "
                             "WHERE name = 'response_time_mean' ORDER BY run"),
               "1|0|0.3\n2|1|0.2");
    CHECK_TEXT(answer(store, "SELECT (SELECT count(*) FROM metrics), (SELECT count(*) FROM learning_curves), "
                             "(SELECT count(*) FROM decision_counts), (SELECT count(*) FROM scenarios)"),
               "8|4|4|1");
    store_close(store);
}

static void another_seed_policy_parameter_or_scenario_is_another_run(void)
{
    Store *store = open_new(":memory:");
    Scenario other = scenario;
    other.hash++;
    Sample sample;
    sample_init(&sample, &device_only, 0, 0.1);
    store_add_trial(store, 1, &sample.trial, NULL);
    sample.trial.seed = UINT64_MAX;
    store_add_trial(store, 1, &sample.trial, NULL);
    sample.trial.parameters = "epsilon: 0.2\n";
    store_add_trial(store, 1, &sample.trial, NULL);
    sample.trial.policy = &learner;
    store_add_trial(store, 1, &sample.trial, NULL);
    sample.trial.scenario = &other;
    store_add_trial(store, 1, &sample.trial, NULL);
    CHECK_TEXT(answer(store, "SELECT count(*), count(DISTINCT parameters_hash), min(seed), max(run) FROM runs"),
               "5|2|-1|5");
    store_close(store);
}

static void failed_run_keeps_its_error_and_no_figures(void)
{
    Store *store = open_new(":memory:");
    Sample sample;
    sample_init(&sample, &device_only, 0, 0.1);
    add_sample(store, &device_only, 1, 0.1, NULL);
    sample.trial.status = TRIAL_FAILED;
    snprintf(sample.trial.error, sizeof sample.trial.error, "the ledger does not balance");
    CHECK_INT(store_add_trial(store, 1, &sample.trial, NULL), STORE_FINE);
    CHECK_TEXT(answer(store, "SELECT run, status, error, response_time_mean_s FROM run_summary"),
               "1|done||0.1\n2|failed|the ledger does not balance|NULL");
    CHECK_NEAR(number(store, "SELECT n FROM cell_summary"), 1, 0);
    store_close(store);
}

static void views_give_the_interval_of_the_statistics_module(void)
{
    Store *store = open_new(":memory:");
    double values[10];
    for (int i = 0; i < 10; i++) {
        values[i] = 0.1 + 0.001 * i * i;
        add_sample(store, &learner, (uint64_t)i, values[i], NULL);
    }
    add_sample(store, &device_only, 0, 0.2, NULL);
    Interval interval = statistics_interval(values, 10, CONFIDENCE);
    CHECK_NEAR(number(store, "SELECT n FROM cell_summary WHERE policy = 'q-learning'"), 10, 0);
    CHECK_NEAR(number(store, "SELECT response_time_mean_s FROM cell_summary WHERE policy = 'q-learning'"),
               interval.mean, 1e-15);
    CHECK_NEAR(number(store, "SELECT response_time_half_width_s FROM cell_summary WHERE policy = 'q-learning'"),
               interval.half_width, 1e-14);
    CHECK_NEAR(number(store, "SELECT deviation FROM metric_summary WHERE policy = 'q-learning' "
                             "AND name = 'response_time_mean'"),
               interval.deviation, 1e-14);
    CHECK_NEAR(number(store, "SELECT response_half_width_s FROM learning_curve_summary "
                             "WHERE policy = 'q-learning' AND interactions = 50"),
               interval.half_width, 1e-14);
    CHECK_NEAR(number(store, "SELECT accuracy_half_width FROM cell_summary WHERE policy = 'q-learning'"), 0, 1e-15);
    CHECK_TEXT(answer(store, "SELECT n, response_time_mean_s, response_time_half_width_s, n_reached_optimum "
                             "FROM cell_summary WHERE policy = 'device-only'"),
               "1|0.2|NULL|NULL");
    store_close(store);
}

static void quantiles_beyond_the_dense_table_err_to_the_wide_side(void)
{
    Store *store = open_new(":memory:");
    for (int degrees = 1; degrees < 100000; degrees += 1 + degrees / 7) {
        char sql[160];
        snprintf(sql, sizeof sql, "SELECT quantile_95 FROM t_quantiles WHERE degrees <= %d ORDER BY degrees DESC",
                 degrees);
        double exact = statistics_t_quantile(0.95, degrees), stored = number(store, sql);
        CHECK(stored >= exact && stored < exact * 1.001);
    }
    store_close(store);
}

static void file_is_marked_and_opens_again(void)
{
    const char *path = check_scratch("again.db");
    Store *store = open_new(path);
    add_sample(store, &device_only, 0, 0.1, NULL);
    store_close(store);
    Error error = {0};
    CHECK_INT(store_open(path, STORE_WRITE, &store, &error), STORE_FINE);
    CHECK_TEXT(answer(store, "PRAGMA application_id"), "1330791240");
    CHECK_TEXT(answer(store, "SELECT count(*) FROM runs"), "1");
    CHECK_TEXT(answer(store, "PRAGMA journal_mode"), "delete");
    store_close(store);
    CHECK_INT(store_open(path, STORE_READ, &store, &error), STORE_FINE);
    CHECK_TEXT(answer(store, "SELECT count(*) FROM cell_summary"), "1");
    CHECK_TEXT(answer(store, "DELETE FROM runs"), "not allowed to write to the database");
    store_close(store);
}

static void file_of_another_program_is_refused_untouched(void)
{
    const char *path = check_scratch("other.db");
    sqlite3 *other;
    sqlite3_open(path, &other);
    sqlite3_exec(other, "CREATE TABLE runs (run)", NULL, NULL, NULL);
    sqlite3_close(other);
    check_refused(path, STORE_WRITE, STORE_INPUT, "a database of another program; left untouched");
    check_refused(path, STORE_READ, STORE_INPUT, "a database of another program; left untouched");
}

static void file_of_another_layout_is_refused_untouched(void)
{
    const char *path = check_scratch("newer.db");
    Store *store = open_new(path);
    add_sample(store, &device_only, 0, 0.1, NULL);
    store_query(store, "PRAGMA user_version = 99", NULL, 0, NULL, NULL, NULL);
    store_close(store);
    check_refused(path, STORE_WRITE, STORE_INPUT,
                  "a database of a newer version of orchid (layout 99, this one reads layout 2); left untouched");
}

static void what_is_no_database_is_refused_untouched(void)
{
    const char *text = check_scratch("notes.txt"), *empty = check_scratch("empty.db");
    write_file(text, "Results of last summer, much longer than the hundred bytes that a header of SQLite has, and yet "
                     "no database at all.\n");
    check_refused(text, STORE_WRITE, STORE_INPUT, "not a database; left untouched");
    write_file(text, "short\n");
    check_refused(text, STORE_READ, STORE_INPUT, "not a database; left untouched");
    write_file(empty, "");
    check_refused(empty, STORE_READ, STORE_INPUT, "the file is empty, not a database");
    check_refused(check_scratch("."), STORE_WRITE, STORE_INPUT, "a folder, not a database");
    check_refused("", STORE_WRITE, STORE_INPUT, "the name of the database is empty");
    check_refused("/dev/null", STORE_WRITE, STORE_INPUT, "not a file");
    check_refused(check_scratch("absent.db"), STORE_READ, STORE_INPUT, "there is no such database");
}

static void missing_folder_is_named(void)
{
    const char *path = check_scratch("no/such/x.db");
    char message[1200];
    snprintf(message, sizeof message, "cannot create the database: there is no folder '%s'", check_scratch("no/such"));
    check_refused(path, STORE_WRITE, STORE_INPUT, message);
}

static void empty_file_becomes_a_database(void)
{
    const char *path = check_scratch("blank.db");
    write_file(path, "");
    Store *store = open_new(path);
    CHECK_INT(add_sample(store, &device_only, 0, 0.1, NULL), STORE_FINE);
    store_close(store);
    CHECK(file_hash(path) != file_hash(check_scratch("nothing")));
}

static void damaged_database_is_reported(void)
{
    const char *path = check_scratch("damaged.db");
    Store *store = open_new(path);
    add_sample(store, &device_only, 0, 0.1, NULL);
    store_close(store);
    FILE *file = fopen(path, "r+b");
    fseek(file, 100, SEEK_SET);
    for (int i = 0; i < 20000; i++)
        fputc(0x5a, file);
    fclose(file);
    check_refused(path, STORE_WRITE, STORE_MACHINE, "the database is damaged");
}

static void read_only_folder_is_reported_and_stays_empty(void)
{
    const char *folder = check_scratch("closed"), *path = check_scratch("closed/x.db");
    bool root = geteuid() == 0;
    mkdir(folder, 0755);
    chmod(check_scratch("."), 0755);
    chmod(folder, 0555);
    if (root && seteuid(65534) != 0)
        return;
    check_refused(path, STORE_WRITE, STORE_MACHINE, "cannot create the database: Permission denied");
    if (root && seteuid(0) != 0)
        abort();
    CHECK_INT(files_in(folder), 0);
    chmod(folder, 0755);
}

static void read_only_file_is_reported(void)
{
    const char *path = check_scratch("fixed.db");
    bool root = geteuid() == 0;
    Store *store = open_new(path);
    add_sample(store, &device_only, 0, 0.1, NULL);
    store_close(store);
    chmod(path, 0444);
    chmod(check_scratch("."), 0755);
    if (root && seteuid(65534) != 0)
        return;
    check_refused(path, STORE_WRITE, STORE_MACHINE, "not allowed to write to the database");
    CHECK_INT(store_open(path, STORE_READ, &store, NULL), STORE_FINE);
    CHECK_TEXT(answer(store, "SELECT count(*) FROM runs"), "1");
    store_close(store);
    if (root && seteuid(0) != 0)
        abort();
}

static void locked_database_is_reported_and_loses_nothing(void)
{
    const char *path = check_scratch("locked.db");
    Store *store = open_new(path);
    sqlite3 *other;
    Error error = {0};
    add_sample(store, &device_only, 0, 0.1, NULL);
    answer(store, "PRAGMA busy_timeout = 20");
    sqlite3_open(path, &other);
    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    CHECK_INT(add_sample(store, &device_only, 1, 0.1, &error), STORE_MACHINE);
    CHECK_TEXT(error.message, "the database is locked by another program");
    sqlite3_close(other);
    CHECK_INT(add_sample(store, &device_only, 1, 0.1, &error), STORE_FINE);
    CHECK_TEXT(answer(store, "SELECT count(*) FROM runs"), "2");
    store_close(store);
}

static void full_disk_is_reported_and_loses_nothing(void)
{
    Store *store = open_new(check_scratch("full.db"));
    Error error = {0};
    add_sample(store, &device_only, 0, 0.1, NULL);
    answer(store, "PRAGMA max_page_count = 1"); /* not below what is there: no further page */
    StoreStatus status = STORE_FINE;
    uint64_t replication = 1;
    while (status == STORE_FINE && replication < 1000)
        status = add_sample(store, &device_only, replication++, 0.1, &error);
    CHECK_INT(status, STORE_MACHINE);
    CHECK_TEXT(error.message, "the disk is full; what was stored before is safe");
    CHECK_INT((int)number(store, "SELECT count(*) FROM runs"), (int)replication - 1);
    CHECK_INT((int)number(store, "SELECT count(*) FROM metrics"), 4 * ((int)replication - 1));
    answer(store, "PRAGMA max_page_count = 100000");
    CHECK_INT(add_sample(store, &device_only, replication, 0.1, &error), STORE_FINE);
    CHECK_TEXT(answer(store, "PRAGMA integrity_check"), "ok");
    store_close(store);
}

/* Writes beyond a file size limit fail like those on a full disk. */
static void full_disk_at_creation_leaves_no_file(void)
{
    mkdir(check_scratch("small"), 0755);
    const char *path = check_scratch("small/x.db");
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){8192, before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    Store *store;
    Error error = {0};
    setrlimit(RLIMIT_FSIZE, &small);
    StoreStatus status = store_open(path, STORE_WRITE, &store, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    CHECK_INT(status, STORE_MACHINE);
    CHECK(strncmp(error.message, "cannot read or write the database: ", 35) == 0);
    CHECK(store == NULL);
    CHECK_INT(files_in(check_scratch("small")), 0);
}

static void new_file_without_a_run_is_removed(void)
{
    mkdir(check_scratch("unused"), 0755);
    const char *path = check_scratch("unused/x.db");
    store_close(open_new(path));
    CHECK_INT(files_in(check_scratch("unused")), 0);
    Store *store = open_new(path);
    add_sample(store, &device_only, 0, 0.1, NULL);
    store_query(store, "DELETE FROM runs", NULL, 0, NULL, NULL, NULL);
    CHECK_INT(add_sample(store, &device_only, 0, 0.1, NULL), STORE_FINE);
    store_close(store);
    CHECK_INT(files_in(check_scratch("unused")), 1);
    store_close(open_new(path));
    CHECK_INT(files_in(check_scratch("unused")), 1);
}

/* A writer is killed in the middle of a transaction whose pages have already reached the file. */
static void killed_writer_leaves_whole_runs(void)
{
    const char *path = check_scratch("killed.db");
    Store *store = open_new(path);
    add_sample(store, &device_only, 0, 0.1, NULL);
    store_close(store);
    pid_t child = fork();
    if (child == 0) {
        store_open(path, STORE_WRITE, &store, NULL);
        answer(store,
               "PRAGMA cache_size = 1; BEGIN; UPDATE metrics SET value = 1; WITH RECURSIVE n (i) AS (SELECT 5 UNION "
               "ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t_quantiles SELECT i + 10000000, 1 FROM n");
        kill(getpid(), SIGKILL);
    }
    waitpid(child, NULL, 0);
    char journal[1100];
    snprintf(journal, sizeof journal, "%s-journal", path);
    CHECK(access(journal, F_OK) == 0);
    CHECK_INT(store_open(path, STORE_READ, &store, NULL), STORE_FINE);
    CHECK_TEXT(answer(store, "SELECT value FROM metrics WHERE name = 'response_time_mean'"), "0.1");
    CHECK_TEXT(answer(store, "SELECT count(*) FROM t_quantiles WHERE degrees > 10000000"), "0");
    CHECK_TEXT(answer(store, "PRAGMA integrity_check"), "ok");
    CHECK_TEXT(answer(store, "DELETE FROM runs"), "not allowed to write to the database");
    store_close(store);
}

/* What another program finds in the file. */
static int runs_in(const char *path)
{
    Store *store;
    int count = -1;
    if (store_open(path, STORE_READ, &store, NULL) == STORE_FINE)
        count = (int)number(store, "SELECT count(*) FROM runs");
    store_close(store);
    return count;
}

static void batch_reaches_the_disk_as_a_whole(void)
{
    const char *path = check_scratch("batch.db");
    Store *store = open_new(path);
    Error error = {0};
    store_begin_batch(store);
    for (uint64_t replication = 0; replication < 3; replication++)
        CHECK_INT(add_sample(store, &device_only, replication, 0.1, &error), STORE_FINE);
    CHECK_INT(runs_in(path), 0);
    CHECK_INT(store_end_batch(store, &error), STORE_FINE);
    CHECK_INT(runs_in(path), 3);
    store_begin_batch(store);
    CHECK_INT(store_end_batch(store, &error), STORE_FINE);
    CHECK_INT(add_sample(store, &device_only, 3, 0.1, &error), STORE_FINE);
    CHECK_INT(runs_in(path), 4);
    store_close(store);
}

static void batch_that_a_full_disk_takes_back_is_reported(void)
{
    const char *path = check_scratch("crowded.db");
    Store *store = open_new(path);
    Error error = {0};
    add_sample(store, &device_only, 0, 0.1, NULL);
    answer(store, "PRAGMA max_page_count = 1");
    store_begin_batch(store);
    uint64_t added = 1;
    while (added < 1000 && add_sample(store, &device_only, added, 0.1, &error) == STORE_FINE)
        added++;
    CHECK_TEXT(error.message, "the disk is full; what was stored before is safe");
    CHECK(added > 1);
    CHECK_INT(store_end_batch(store, &error), STORE_MACHINE);
    CHECK_INT(runs_in(path), 1);
    for (uint64_t replication = 1; replication < added; replication++)
        CHECK_INT(add_sample(store, &device_only, replication, 0.1, &error), STORE_FINE);
    CHECK_INT(runs_in(path), added);
    CHECK_INT((int)number(store, "SELECT count(*) FROM metrics"), 4 * (int)added);
    CHECK_TEXT(answer(store, "PRAGMA integrity_check"), "ok");
    store_close(store);
}

static void run_is_found_by_its_identity(void)
{
    Store *store = open_new(":memory:");
    Error error = {0};
    Sample sample;
    StoredRun found;
    double value;
    sample_init(&sample, &learner, 0, 0.2);
    CHECK_INT(store_find_run(store, &sample.trial, &found, &error), STORE_FINE);
    CHECK(found.run == 0 && !found.done);
    store_add_trial(store, 1, &sample.trial, &error);
    sample.trial.replication = 1;
    sample.trial.status = TRIAL_FAILED;
    store_add_trial(store, 1, &sample.trial, &error);
    CHECK_INT(store_find_run(store, &sample.trial, &found, &error), STORE_FINE);
    CHECK(found.run == 2 && !found.done);
    CHECK_INT(store_read_metric(store, &sample.trial, "response_time_mean", &value, &error), STORE_FINE);
    CHECK(isnan(value));
    sample.trial.replication = 0;
    CHECK_INT(store_find_run(store, &sample.trial, &found, &error), STORE_FINE);
    CHECK(found.run == 1 && found.done);
    CHECK_INT(store_read_metric(store, &sample.trial, "response_time_mean", &value, &error), STORE_FINE);
    CHECK_NEAR(value, 0.2, 0);
    store_read_metric(store, &sample.trial, "interactions_to_optimum", &value, &error);
    CHECK(isnan(value));
    sample.trial.parameters = "epsilon: 0.2\n";
    store_find_run(store, &sample.trial, &found, &error);
    CHECK_INT(found.run, 0);
    store_close(store);
}

static void values_of_a_sweep_are_noted_once(void)
{
    const SweepValue values[] = {{"objective.threshold", "89 %", 0.89, ""}, {"policy", "q-learning", NAN, ""}};
    Store *store = open_new(":memory:");
    Error error = {0};
    Sample sample;
    sample_init(&sample, &learner, 0, 0.2);
    sample.trial.values = values;
    sample.trial.value_count = 1;
    sample.trial.number = 17;
    sample.trial.reproduce = "orchid sweep five --run 17";
    store_add_trial(store, 1, &sample.trial, &error);
    CHECK_TEXT(answer(store, "SELECT sweep_run, reproduce FROM runs"), "17|orchid sweep five --run 17");
    sample.trial.value_count = 2;
    for (int i = 0; i < 2; i++)
        CHECK_INT(store_note_values(store, 1, &sample.trial, &error), STORE_FINE);
    CHECK_TEXT(answer(store, "SELECT * FROM sweep_values"),
               "1|objective.threshold|89 %|0.89|\n1|policy|q-learning|NULL|");
    answer(store, "DELETE FROM runs");
    CHECK_TEXT(answer(store, "SELECT count(*) FROM sweep_values"), "0");
    store_close(store);
}

static void wrong_sql_is_the_users_error(void)
{
    Store *store = open_new(":memory:");
    Error error = {0};
    CHECK_INT(store_query(store, "SELECT nonsense FROM runs", NULL, 0, NULL, NULL, &error), STORE_INPUT);
    CHECK_TEXT(error.message, "no such column: nonsense");
    const char *parameters[] = {"q-learning", "it's"};
    char text[1000] = "";
    CHECK_INT(store_query(store, "SELECT ?2; -- and\nSELECT ?1, ?2;\n", parameters, 2, append_row, text, &error),
              STORE_FINE);
    CHECK_TEXT(text, "it's\nq-learning|it's");
    store_close(store);
}

int main(void)
{
    const Check checks[] = {
        {"stored_run_reads_back", stored_run_reads_back},
        {"same_identity_replaces_the_earlier_rows_and_keeps_the_number",
         same_identity_replaces_the_earlier_rows_and_keeps_the_number},
        {"another_seed_policy_parameter_or_scenario_is_another_run",
         another_seed_policy_parameter_or_scenario_is_another_run},
        {"failed_run_keeps_its_error_and_no_figures", failed_run_keeps_its_error_and_no_figures},
        {"views_give_the_interval_of_the_statistics_module", views_give_the_interval_of_the_statistics_module},
        {"quantiles_beyond_the_dense_table_err_to_the_wide_side",
         quantiles_beyond_the_dense_table_err_to_the_wide_side},
        {"file_is_marked_and_opens_again", file_is_marked_and_opens_again},
        {"file_of_another_program_is_refused_untouched", file_of_another_program_is_refused_untouched},
        {"file_of_another_layout_is_refused_untouched", file_of_another_layout_is_refused_untouched},
        {"what_is_no_database_is_refused_untouched", what_is_no_database_is_refused_untouched},
        {"missing_folder_is_named", missing_folder_is_named},
        {"empty_file_becomes_a_database", empty_file_becomes_a_database},
        {"damaged_database_is_reported", damaged_database_is_reported},
        {"read_only_folder_is_reported_and_stays_empty", read_only_folder_is_reported_and_stays_empty},
        {"read_only_file_is_reported", read_only_file_is_reported},
        {"locked_database_is_reported_and_loses_nothing", locked_database_is_reported_and_loses_nothing},
        {"full_disk_is_reported_and_loses_nothing", full_disk_is_reported_and_loses_nothing},
        {"full_disk_at_creation_leaves_no_file", full_disk_at_creation_leaves_no_file},
        {"new_file_without_a_run_is_removed", new_file_without_a_run_is_removed},
        {"killed_writer_leaves_whole_runs", killed_writer_leaves_whole_runs},
        {"batch_reaches_the_disk_as_a_whole", batch_reaches_the_disk_as_a_whole},
        {"batch_that_a_full_disk_takes_back_is_reported", batch_that_a_full_disk_takes_back_is_reported},
        {"run_is_found_by_its_identity", run_is_found_by_its_identity},
        {"values_of_a_sweep_are_noted_once", values_of_a_sweep_are_noted_once},
        {"wrong_sql_is_the_users_error", wrong_sql_is_the_users_error},
    };
    return check_run("store", checks, sizeof checks / sizeof checks[0]);
}

#include "check.h"
#include "databases.h"

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const PolicyType device_only = {.name = "device-only"};

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

static void file_is_marked_and_opens_again(void)
{
    const char *path = check_scratch("again.db");
    Store *store = database_create(path);
    sample_add(store, &device_only, 0, 0.1, NULL);
    store_close(store);
    Error error = {0};
    CHECK_INT(store_open(path, STORE_WRITE, &store, &error), STORE_FINE);
    CHECK_TEXT(database_answer(store, "PRAGMA application_id"), "1330791240");
    CHECK_TEXT(database_answer(store, "SELECT count(*) FROM runs"), "1");
    CHECK_TEXT(database_answer(store, "PRAGMA journal_mode"), "delete");
    store_close(store);
    CHECK_INT(store_open(path, STORE_READ, &store, &error), STORE_FINE);
    CHECK_TEXT(database_answer(store, "SELECT count(*) FROM cell_summary"), "1");
    CHECK_TEXT(database_answer(store, "DELETE FROM runs"), "not allowed to write to the database");
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
    Store *store = database_create(path);
    sample_add(store, &device_only, 0, 0.1, NULL);
    store_query(store, "PRAGMA user_version = 99", NULL, 0, NULL, NULL, NULL);
    store_close(store);
    check_refused(path, STORE_WRITE, STORE_INPUT,
                  "a database of a newer version of orchid (layout 99, this one reads layout 3); left untouched");
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
    Store *store = database_create(path);
    CHECK_INT(sample_add(store, &device_only, 0, 0.1, NULL), STORE_FINE);
    store_close(store);
    CHECK(file_hash(path) != file_hash(check_scratch("nothing")));
}

static void damaged_database_is_reported(void)
{
    const char *path = check_scratch("damaged.db");
    Store *store = database_create(path);
    sample_add(store, &device_only, 0, 0.1, NULL);
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
    Store *store = database_create(path);
    sample_add(store, &device_only, 0, 0.1, NULL);
    store_close(store);
    chmod(path, 0444);
    chmod(check_scratch("."), 0755);
    if (root && seteuid(65534) != 0)
        return;
    check_refused(path, STORE_WRITE, STORE_MACHINE, "not allowed to write to the database");
    CHECK_INT(store_open(path, STORE_READ, &store, NULL), STORE_FINE);
    CHECK_TEXT(database_answer(store, "SELECT count(*) FROM runs"), "1");
    store_close(store);
    if (root && seteuid(0) != 0)
        abort();
}

static void locked_database_is_reported_and_loses_nothing(void)
{
    const char *path = check_scratch("locked.db");
    Store *store = database_create(path);
    sqlite3 *other;
    Error error = {0};
    sample_add(store, &device_only, 0, 0.1, NULL);
    database_answer(store, "PRAGMA busy_timeout = 20");
    sqlite3_open(path, &other);
    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    CHECK_INT(sample_add(store, &device_only, 1, 0.1, &error), STORE_MACHINE);
    CHECK_TEXT(error.message, "the database is locked by another program");
    sqlite3_close(other);
    CHECK_INT(sample_add(store, &device_only, 1, 0.1, &error), STORE_FINE);
    CHECK_TEXT(database_answer(store, "SELECT count(*) FROM runs"), "2");
    store_close(store);
}

static void full_disk_is_reported_and_loses_nothing(void)
{
    Store *store = database_create(check_scratch("full.db"));
    Error error = {0};
    sample_add(store, &device_only, 0, 0.1, NULL);
    database_answer(store, "PRAGMA max_page_count = 1"); /* not below what is there: no further page */
    StoreStatus status = STORE_FINE;
    uint64_t replication = 1;
    while (status == STORE_FINE && replication < 1000)
        status = sample_add(store, &device_only, replication++, 0.1, &error);
    CHECK_INT(status, STORE_MACHINE);
    CHECK_TEXT(error.message, "the disk is full; what was stored before is safe");
    CHECK_INT((int)database_number(store, "SELECT count(*) FROM runs"), (int)replication - 1);
    CHECK_INT((int)database_number(store, "SELECT count(*) FROM metrics"), 4 * ((int)replication - 1));
    database_answer(store, "PRAGMA max_page_count = 100000");
    CHECK_INT(sample_add(store, &device_only, replication, 0.1, &error), STORE_FINE);
    CHECK_TEXT(database_answer(store, "PRAGMA integrity_check"), "ok");
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
    store_close(database_create(path));
    CHECK_INT(files_in(check_scratch("unused")), 0);
    Store *store = database_create(path);
    sample_add(store, &device_only, 0, 0.1, NULL);
    store_query(store, "DELETE FROM runs", NULL, 0, NULL, NULL, NULL);
    CHECK_INT(sample_add(store, &device_only, 0, 0.1, NULL), STORE_FINE);
    store_close(store);
    CHECK_INT(files_in(check_scratch("unused")), 1);
    store_close(database_create(path));
    CHECK_INT(files_in(check_scratch("unused")), 1);
}

/* A writer is killed in the middle of a transaction whose pages have already reached the file. */
static void killed_writer_leaves_whole_runs(void)
{
    const char *path = check_scratch("killed.db");
    Store *store = database_create(path);
    sample_add(store, &device_only, 0, 0.1, NULL);
    store_close(store);
    pid_t child = fork();
    if (child == 0) {
        store_open(path, STORE_WRITE, &store, NULL);
        database_answer(
            store,
            "PRAGMA cache_size = 1; BEGIN; UPDATE metrics SET value = 1; WITH RECURSIVE n (i) AS (SELECT 5 UNION "
            "ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t_quantiles SELECT i + 10000000, 1 FROM n");
        kill(getpid(), SIGKILL);
    }
    waitpid(child, NULL, 0);
    char journal[1100];
    snprintf(journal, sizeof journal, "%s-journal", path);
    CHECK(access(journal, F_OK) == 0);
    CHECK_INT(store_open(path, STORE_READ, &store, NULL), STORE_FINE);
    CHECK_TEXT(database_answer(store, "SELECT value FROM metrics WHERE name = 'response_time_mean'"), "0.1");
    CHECK_TEXT(database_answer(store, "SELECT count(*) FROM t_quantiles WHERE degrees > 10000000"), "0");
    CHECK_TEXT(database_answer(store, "PRAGMA integrity_check"), "ok");
    CHECK_TEXT(database_answer(store, "DELETE FROM runs"), "not allowed to write to the database");
    store_close(store);
}

/* What another program finds in the file. */
static int runs_in(const char *path)
{
    Store *store;
    int count = -1;
    if (store_open(path, STORE_READ, &store, NULL) == STORE_FINE)
        count = (int)database_number(store, "SELECT count(*) FROM runs");
    store_close(store);
    return count;
}

static void batch_reaches_the_disk_as_a_whole(void)
{
    const char *path = check_scratch("batch.db");
    Store *store = database_create(path);
    Error error = {0};
    store_begin_batch(store);
    for (uint64_t replication = 0; replication < 3; replication++)
        CHECK_INT(sample_add(store, &device_only, replication, 0.1, &error), STORE_FINE);
    CHECK_INT(runs_in(path), 0);
    CHECK_INT(store_end_batch(store, &error), STORE_FINE);
    CHECK_INT(runs_in(path), 3);
    store_begin_batch(store);
    CHECK_INT(store_end_batch(store, &error), STORE_FINE);
    CHECK_INT(sample_add(store, &device_only, 3, 0.1, &error), STORE_FINE);
    CHECK_INT(runs_in(path), 4);
    store_close(store);
}

static void batch_that_a_full_disk_takes_back_is_reported(void)
{
    const char *path = check_scratch("crowded.db");
    Store *store = database_create(path);
    Error error = {0};
    sample_add(store, &device_only, 0, 0.1, NULL);
    database_answer(store, "PRAGMA max_page_count = 1");
    store_begin_batch(store);
    uint64_t added = 1;
    while (added < 1000 && sample_add(store, &device_only, added, 0.1, &error) == STORE_FINE)
        added++;
    CHECK_TEXT(error.message, "the disk is full; what was stored before is safe");
    CHECK(added > 1);
    CHECK_INT(store_end_batch(store, &error), STORE_MACHINE);
    CHECK_INT(runs_in(path), 1);
    for (uint64_t replication = 1; replication < added; replication++)
        CHECK_INT(sample_add(store, &device_only, replication, 0.1, &error), STORE_FINE);
    CHECK_INT(runs_in(path), added);
    CHECK_INT((int)database_number(store, "SELECT count(*) FROM metrics"), 4 * (int)added);
    CHECK_TEXT(database_answer(store, "PRAGMA integrity_check"), "ok");
    store_close(store);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(file_is_marked_and_opens_again),
        CHECK_OF(file_of_another_program_is_refused_untouched),
        CHECK_OF(file_of_another_layout_is_refused_untouched),
        CHECK_OF(what_is_no_database_is_refused_untouched),
        CHECK_OF(missing_folder_is_named),
        CHECK_OF(empty_file_becomes_a_database),
        CHECK_OF(damaged_database_is_reported),
        CHECK_OF(read_only_folder_is_reported_and_stays_empty),
        CHECK_OF(read_only_file_is_reported),
        CHECK_OF(locked_database_is_reported_and_loses_nothing),
        CHECK_OF(full_disk_is_reported_and_loses_nothing),
        CHECK_OF(full_disk_at_creation_leaves_no_file),
        CHECK_OF(new_file_without_a_run_is_removed),
        CHECK_OF(killed_writer_leaves_whole_runs),
        CHECK_OF(batch_reaches_the_disk_as_a_whole),
        CHECK_OF(batch_that_a_full_disk_takes_back_is_reported),
    };
    return check_run("store_file", checks, sizeof checks / sizeof *checks);
}

#include "store_file.h"

#include "schema_sql.h"
#include "statistics.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* SQLite's file format (sqlite.org/fileformat.html, section 1.3): places of its marks in the first 100 bytes. */
enum { HEADER_SIZE = 100, USER_VERSION_OFFSET = 60, APPLICATION_OFFSET = 68 };

static const char MAGIC[16] = "SQLite format 3";

/* Our marks: "ORCH", and the version of schema.sql, to be raised with every change of it. */
enum { APPLICATION = 0x4F524348, LAYOUT_VERSION = 3 };

/* Degrees of freedom that have a row each in t_quantiles, and how far its steps go on. */
enum { DENSE_DEGREES = 200, LAST_DEGREES = 1000000 };

static StoreStatus fail(StoreStatus status, const char *path, Error *error, const char *message)
{
    error_set(error, path, 0, 0, "%s", message);
    return status;
}

/* A failed system call. */
static StoreStatus fail_errno(const char *path, const char *what, Error *error)
{
    bool named_wrong = errno == ENOENT || errno == ENOTDIR || errno == EISDIR || errno == ENAMETOOLONG;
    error_set(error, path, 0, 0, "%s: %s", what, strerror(errno));
    return named_wrong ? STORE_INPUT : STORE_MACHINE;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Judges the header of a file that is not empty. */
static StoreStatus judge(const char *path, const unsigned char *header, ssize_t length, Error *error)
{
    if (length < HEADER_SIZE || memcmp(header, MAGIC, sizeof MAGIC) != 0)
        return fail(STORE_INPUT, path, error, "not a database; left untouched");
    if (big_endian(header + APPLICATION_OFFSET) != APPLICATION)
        return fail(STORE_INPUT, path, error, "a database of another program; left untouched");
    uint32_t version = big_endian(header + USER_VERSION_OFFSET);
    if (version != LAYOUT_VERSION) {
        error_set(error, path, 0, 0,
                  "a database of %s version of orchid (layout %u, this one reads layout %d); left untouched",
                  version > LAYOUT_VERSION ? "a newer" : "an older", (unsigned)version, LAYOUT_VERSION);
        return STORE_INPUT;
    }
    return STORE_FINE;
}

StoreStatus store_file_look(const char *path, StoreFile *ret_found, Error *error)
{
    if (!path[0])
        return fail(STORE_INPUT, path, error, "the name of the database is empty");
    *ret_found = STORE_FILE_ABSENT;
    struct stat status;
    if (stat(path, &status) != 0)
        return errno == ENOENT ? STORE_FINE : fail_errno(path, "cannot open the database", error);
    if (!S_ISREG(status.st_mode))
        return fail(STORE_INPUT, path, error, S_ISDIR(status.st_mode) ? "a folder, not a database" : "not a file");
    if (status.st_size == 0)
        return STORE_FINE;
    unsigned char header[HEADER_SIZE];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail_errno(path, "cannot open the database", error);
    ssize_t length = read(file, header, sizeof header);
    if (length < 0) {
        StoreStatus failed = fail_errno(path, "cannot read the database", error);
        close(file);
        return failed;
    }
    close(file);
    *ret_found = STORE_FILE_OURS;
    return judge(path, header, length, error);
}

/* An empty new file beside `path`, whose name is in `ret_name` (freed by the caller); -1 with errno where not possible.
 */
static int create_beside(const char *path, char **ret_name)
{
    size_t size = strlen(path) + 64;
    char *name = memory_allocate(size, 1);
    int file = -1;
    for (int attempt = 0; attempt < 100 && file < 0; attempt++) {
        snprintf(name, size, "%s.new-%ld-%d", path, (long)getpid(), attempt);
        file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file < 0 && errno != EEXIST)
            break;
    }
    *ret_name = name;
    return file;
}

static StoreStatus fail_create(const char *path, Error *error)
{
    int reason = errno;
    char *copy = strdup(path);
    if (reason == ENOENT && copy) {
        error_set(error, path, 0, 0, "cannot create the database: there is no folder '%s'", dirname(copy));
        free(copy);
        return STORE_INPUT;
    }
    free(copy);
    errno = reason;
    return fail_errno(path, "cannot create the database", error);
}

/* Gives a finished file its name unless the name was taken meanwhile. */
static int publish(const char *name, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && status.st_size == 0)
        return rename(name, path);
    if (link(name, path) == 0 || errno == EEXIST)
        return 0;
    return rename(name, path); /* a file system without links */
}

/* Lays out a database in the empty file `name`; `path` is the name for messages. */
static StoreStatus lay_out_file(const char *name, const char *path, Error *error)
{
    sqlite3 *database = NULL;
    int code = sqlite3_open_v2(name, &database, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_extended_result_codes(database, 1);
    if (code == SQLITE_OK)
        code = store_file_lay_out(database);
    StoreStatus status = code == SQLITE_OK ? STORE_FINE : store_file_fail(path, database, code, error);
    sqlite3_close(database);
    return status;
}

StoreStatus store_file_create(const char *path, Error *error)
{
    char *name;
    int file = create_beside(path, &name);
    if (file < 0) {
        StoreStatus failed = fail_create(path, error);
        free(name);
        return failed;
    }
    close(file);
    StoreStatus status = lay_out_file(name, path, error);
    if (status == STORE_FINE && publish(name, path) != 0)
        status = fail_create(path, error);
    unlink(name);
    free(name);
    return status;
}

/* Fills t_quantiles, so that views have intervals wherever they are read. */
static int fill_quantiles(sqlite3 *database)
{
    sqlite3_stmt *insert = NULL;
    int code = sqlite3_prepare_v2(database, "INSERT INTO t_quantiles VALUES (?1, ?2)", -1, &insert, NULL);
    int degrees = 1;
    while (code == SQLITE_OK && degrees <= LAST_DEGREES) {
        sqlite3_bind_int(insert, 1, degrees);
        sqlite3_bind_double(insert, 2, statistics_t_quantile(CONFIDENCE, degrees));
        code = sqlite3_step(insert) == SQLITE_DONE ? SQLITE_OK : sqlite3_extended_errcode(database);
        sqlite3_reset(insert);
        degrees += degrees < DENSE_DEGREES ? 1 : degrees / 10;
    }
    sqlite3_finalize(insert);
    return code;
}

int store_file_lay_out(sqlite3 *database)
{
    char *marks = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION, LAYOUT_VERSION);
    int code = sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = marks ? sqlite3_exec(database, marks, NULL, NULL, NULL) : SQLITE_NOMEM;
    if (code == SQLITE_OK)
        code = sqlite3_exec(database, schema_sql, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = fill_quantiles(database);
    if (code == SQLITE_OK)
        code = sqlite3_exec(database, "COMMIT", NULL, NULL, NULL);
    sqlite3_free(marks);
    return code;
}

StoreStatus store_file_fail(const char *path, sqlite3 *database, int code, Error *error)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return fail(STORE_MACHINE, path, error, "the disk is full; what was stored before is safe");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(STORE_MACHINE, path, error, "the database is locked by another program");
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return fail(STORE_MACHINE, path, error, "not allowed to write to the database");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fail(STORE_MACHINE, path, error, "the database is damaged");
    case SQLITE_NOMEM:
        return fail(STORE_MACHINE, path, error, "out of memory");
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: {
        int reason = database ? sqlite3_system_errno(database) : 0;
        error_set(error, path, 0, 0, "cannot read or write the database: %s",
                  reason ? strerror(reason) : sqlite3_errstr(code));
        return STORE_MACHINE;
    }
    default:
        error_set(error, path, 0, 0, "%s", database ? sqlite3_errmsg(database) : sqlite3_errstr(code));
        return STORE_INPUT;
    }
}

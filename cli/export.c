#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../analysis/export.h"
#include "command.h"
#include "message.h"
#include "options.h"

/* Words of --per, by ExportTable. */
static const char *const table_names[EXPORT_TABLE_COUNT] = {[EXPORT_RUNS] = "run",
                                                            [EXPORT_METRICS] = "metric",
                                                            [EXPORT_CURVES] = "curve",
                                                            [EXPORT_DECISIONS] = "decisions",
                                                            [EXPORT_REQUESTS] = "request"};

static ExitStatus read_table(const char *name, ExportTable *ret_table)
{
    for (int i = 0; name && i < EXPORT_TABLE_COUNT; i++)
        if (strcmp(table_names[i], name) == 0) {
            *ret_table = (ExportTable)i;
            return STATUS_FINE;
        }
    return name ? message_unknown("table", name, table_names, EXPORT_TABLE_COUNT,
                                  "--per is one of: run metric curve decisions request")
                : STATUS_FINE;
}

/* A folder named after the database, in the present folder. */
static const char *default_folder(Arena *arena, const char *database)
{
    const char *slash = strrchr(database, '/'), *name = slash ? slash + 1 : database, *point = strrchr(name, '.');
    size_t length = point && point > name ? (size_t)(point - name) : strlen(name);
    return arena_format(arena, "%.*s_csv", (int)length, name);
}

static ExitStatus export(const char *database, const ExportRequest *request)
{
    Error error = {0};
    Store *store = NULL;
    ExportResult result = {0};
    StoreStatus status = store_open(database, STORE_READ, &store, &error);
    if (status == STORE_FINE)
        status = export_write(store, request, &result, &error);
    if (status != STORE_FINE)
        message_error(&error);
    for (int i = 0; status == STORE_FINE && i < result.file_count; i++)
        printf("%s\n", result.files[i]);
    export_result_free(&result);
    store_close(store);
    return (ExitStatus)status;
}

static ExitStatus run(int argument_count, char **arguments)
{
    ExportRequest request = {.table = EXPORT_ALL};
    const char *per = NULL;
    const Flag flags[] = {
        {"-o", FLAG_TEXT, &request.output, "PATH", "a folder, or with --per a file .csv (default: DB_csv)", 0, 0},
        {"--per", FLAG_TEXT, &per, "WHAT", "one table: run, metric, curve, decisions or request", 0, 0},
        {"--where", FLAG_TEXT, &request.where, "EXPR", "only runs for which this is true", 0, 0},
    };
    ExitStatus status;
    if (!options_parse(&command_export, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status))
        return status;
    if (argument_count != 1)
        return message_wrong("export needs one database, as in: orchid export results.sqlite -o results");
    Arena arena = {0};
    status = read_table(per, &request.table);
    if (!request.output)
        request.output = default_folder(&arena, arguments[0]);
    if (status == STATUS_FINE)
        status = export(arguments[0], &request);
    arena_free(&arena);
    return status;
}

const Command command_export = {
    .name = "export",
    .arguments = "DB [-o FOLDER|FILE.csv] [--per run|metric|curve|decisions|request]",
    .summary = "write results as CSV for pandas, R and spreadsheets",
    .details = "Writes runs.csv (a line per run), metrics.csv (a line per run and metric), learning_curves.csv,\n"
               "decisions.csv, and dictionary.csv, which says of every column what it is and in which unit. The keys\n"
               "in which runs differ are columns of every table. All files appear together, or none.\n"
               "Requests are not stored: --per request does every run again and checks that it is the same.",
    .examples = {{"orchid run hello training_patience=4 --policy all --db hello.sqlite", "fills a database first"},
                 {"orchid export hello.sqlite", "writes all tables to hello_csv"},
                 {"orchid export hello.sqlite --per run -o hello.csv", "one table, and hello_dictionary.csv beside it"},
                 {"orchid export hello.sqlite --per metric --where users==3 -o some", "only some runs"},
                 {"orchid export hello.sqlite --per request --where policy==greedy -o some",
                  "a line per request of the runs of one policy"}},
    .run = run,
};

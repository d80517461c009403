#include "export.h"

#include "escape.h"
#include "export_columns.h"
#include "expression.h"
#include "output_files.h"
#include "replay.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char METRICS[] = "SELECT name, max(unit) FROM metrics GROUP BY name ORDER BY name";
static const char VALUES[] = "SELECT run, name, value FROM metrics ORDER BY run, name";

static const char *const file_names[EXPORT_TABLE_COUNT] = {[EXPORT_RUNS] = "runs.csv",
                                                           [EXPORT_METRICS] = "metrics.csv",
                                                           [EXPORT_CURVES] = "learning_curves.csv",
                                                           [EXPORT_DECISIONS] = "decisions.csv",
                                                           [EXPORT_REQUESTS] = "requests.csv"};

static const char dictionary_name[] = "dictionary.csv";

/* An export under way. */
typedef struct Exporter {
    Store *store;
    RunSet set;
    int metric_count;
    ExportMetric *metrics; /* ordered by name */
    double *values;        /* [run][metric]; NAN: missing */
    ExportColumns columns; /* of the table at hand */
    FILE *stream;
    int64_t lines;
    Arena arena;
} Exporter;

static bool add_metric(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Exporter *exporter = context;
    size_t count = (size_t)exporter->metric_count;
    exporter->metrics = memory_grow(exporter->metrics, count, count + 1, sizeof *exporter->metrics);
    exporter->metrics[exporter->metric_count++] =
        (ExportMetric){arena_string(&exporter->arena, row[0].text), arena_string(&exporter->arena, row[1].text)};
    return true;
}

static int compare_metrics(const void *name, const void *metric)
{
    return strcmp(name, ((const ExportMetric *)metric)->name);
}

static bool add_value(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Exporter *exporter = context;
    int run = run_set_index(&exporter->set, row[0].integer);
    const ExportMetric *metric = bsearch(row[1].text, exporter->metrics, (size_t)exporter->metric_count,
                                         sizeof *exporter->metrics, compare_metrics);
    if (run >= 0 && metric && !row[2].null)
        exporter->values[run * exporter->metric_count + (metric - exporter->metrics)] = row[2].number;
    return true;
}

/* Reads the metrics of all runs. */
static StoreStatus read_metrics(Exporter *exporter, Error *error)
{
    StoreStatus status = store_query(exporter->store, METRICS, NULL, 0, add_metric, exporter, error);
    size_t count = (size_t)exporter->metric_count * (size_t)exporter->set.run_count;
    exporter->values = memory_allocate(count, sizeof *exporter->values);
    for (size_t i = 0; i < count; i++)
        exporter->values[i] = NAN;
    return status == STORE_FINE ? store_query(exporter->store, VALUES, NULL, 0, add_value, exporter, error) : status;
}

/* One field of a line; `row` is that of the query. */
static void write_field(const Exporter *exporter, const ExportColumn *column, int run, const StoreValue *row)
{
    FILE *stream = exporter->stream;
    const RunSet *set = &exporter->set;
    const char *text = NULL;
    double number;
    Dimension dimension;
    switch (column->source) {
    case COLUMN_OF_QUERY:
        if (row[column->index].null)
            return;
        if (column->type == COLUMN_REAL)
            escape_number_csv(stream, row[column->index].number);
        else
            escape_csv(stream, row[column->index].text);
        return;
    case COLUMN_OF_KEY:
        text = run_set_value(set, run, column->index);
        escape_csv(stream, text ? text : "");
        return;
    case COLUMN_OF_KEY_NUMBER:
        text = run_set_value(set, run, column->index);
        if (text && expression_number(text, &number, &dimension))
            escape_number_csv(stream, number);
        return;
    case COLUMN_OF_METRIC:
        escape_number_csv(stream, exporter->values[run * exporter->metric_count + column->index]);
        return;
    }
}

static bool write_line(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Exporter *exporter = context;
    int run = run_set_index(&exporter->set, row[0].integer);
    if (run < 0)
        return true;
    for (int i = 0; i < exporter->columns.count; i++) {
        fputs(i ? "," : "", exporter->stream);
        write_field(exporter, &exporter->columns.columns[i], run, row);
    }
    fputc('\n', exporter->stream);
    exporter->lines++;
    return true;
}

/* A run whose requests are written. */
typedef struct RequestWriter {
    Exporter *exporter;
    int64_t run;
} RequestWriter;

static void write_request(void *context, const ReplayRequest *request)
{
    const RequestWriter *writer = context;
    char texts[3][32];
    const int64_t numbers[] = {request->request, request->decision, request->user};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        snprintf(texts[i], sizeof texts[i], "%" PRId64, numbers[i]);
    const Outcome *outcome = &request->outcome;
    const StoreValue row[] = {{.integer = writer->run},
                              {.text = texts[0]},
                              {.text = texts[1]},
                              {.text = texts[2]},
                              {.text = request->option},
                              {.text = outcome->refused ? "refused" : "finished"},
                              {.text = request->recorded ? "1" : "0"},
                              {.number = request->arrival_s},
                              {.number = outcome->response_s},
                              {.number = outcome->accuracy},
                              {.number = outcome->energy_j}};
    write_line(writer->exporter, (int)(sizeof row / sizeof *row), NULL, row);
}

/* Runs every finished run again. */
static StoreStatus write_requests(Exporter *exporter, Error *error)
{
    StoreStatus status = STORE_FINE;
    for (int run = 0; run < exporter->set.run_count && status == STORE_FINE; run++) {
        RequestWriter writer = {exporter, exporter->set.runs[run].run};
        if (exporter->set.runs[run].done)
            status = replay_run(exporter->store, writer.run, write_request, &writer, error);
    }
    return status;
}

/* Writes a table, and its part of the dictionary. */
static StoreStatus write_table(Exporter *exporter, ExportTable table, FILE *stream, Error *error)
{
    export_columns_list(table, &exporter->set, exporter->metrics, exporter->metric_count, &exporter->columns);
    exporter->stream = stream;
    exporter->lines = 0;
    for (int i = 0; i < exporter->columns.count; i++) {
        fputs(i ? "," : "", stream);
        escape_csv(stream, exporter->columns.columns[i].name);
    }
    fputc('\n', stream);
    const char *query = export_columns_query(table);
    StoreStatus status = query ? store_query(exporter->store, query, NULL, 0, write_line, exporter, error)
                               : write_requests(exporter, error);
    export_columns_free(&exporter->columns);
    return status;
}

static void describe_table(Exporter *exporter, ExportTable table, const char *file, FILE *stream)
{
    export_columns_list(table, &exporter->set, exporter->metrics, exporter->metric_count, &exporter->columns);
    export_columns_describe(&exporter->columns, file, stream);
    export_columns_free(&exporter->columns);
}

/* The last part of a path. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* One table and its dictionary as files beside each other. */
static StoreStatus write_one(Exporter *exporter, const ExportRequest *request, OutputFiles *files, ExportResult *result,
                             Error *error)
{
    Arena *arena = &result->arena;
    int stem = (int)(strlen(request->output) - strlen(".csv"));
    result->files[0] = arena_string(arena, request->output);
    result->files[1] = arena_format(arena, "%.*s_%s", stem, request->output, dictionary_name);
    result->file_count = 2;
    FILE *table = output_files_add(files, result->files[0], error);
    StoreStatus status = table ? write_table(exporter, request->table, table, error) : files->status;
    result->lines[0] = exporter->lines;
    FILE *dictionary = status == STORE_FINE ? output_files_add(files, result->files[1], error) : NULL;
    if (!dictionary)
        return status == STORE_FINE ? files->status : status;
    fputs(export_dictionary_header, dictionary);
    describe_table(exporter, request->table, base_name(result->files[0]), dictionary);
    return STORE_FINE;
}

/* `name` in the folder `folder`, which may be given with a slash at its end. */
static const char *in_folder(Arena *arena, const char *folder, const char *name)
{
    int length = (int)strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    return arena_format(arena, "%.*s/%s", length, folder, name);
}

/* Tables in a folder. Its dictionary has all of them, so that it stays true when others are written later. */
static StoreStatus write_folder(Exporter *exporter, const ExportRequest *request, OutputFiles *files,
                                ExportResult *result, Error *error)
{
    StoreStatus status = output_files_folder(files, request->output, error);
    for (ExportTable table = 0; table < EXPORT_TABLE_COUNT && status == STORE_FINE; table++) {
        if (request->table == EXPORT_ALL ? table == EXPORT_REQUESTS : table != request->table)
            continue;
        const char *path = in_folder(&result->arena, request->output, file_names[table]);
        FILE *stream = output_files_add(files, path, error);
        status = stream ? write_table(exporter, table, stream, error) : files->status;
        result->lines[result->file_count] = exporter->lines;
        result->files[result->file_count++] = path;
    }
    const char *path = in_folder(&result->arena, request->output, dictionary_name);
    FILE *stream = status == STORE_FINE ? output_files_add(files, path, error) : NULL;
    if (!stream)
        return status == STORE_FINE ? files->status : status;
    result->files[result->file_count++] = path;
    fputs(export_dictionary_header, stream);
    const char *requests = in_folder(&result->arena, request->output, file_names[EXPORT_REQUESTS]);
    bool with_requests = request->table == EXPORT_REQUESTS || access(requests, F_OK) == 0;
    for (ExportTable table = 0; table < EXPORT_TABLE_COUNT; table++)
        if (table != EXPORT_REQUESTS || with_requests)
            describe_table(exporter, table, file_names[table], stream);
    return STORE_FINE;
}

static bool is_csv(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".csv") == 0 && !output_files_is_folder(path);
}

static StoreStatus refuse(Error *error, const char *file, const char *message)
{
    error_set(error, file, 0, 0, "%s", message);
    return STORE_INPUT;
}

const char *export_file_name(ExportTable table)
{
    return table < EXPORT_TABLE_COUNT ? file_names[table] : "";
}

StoreStatus export_write(Store *store, const ExportRequest *request, ExportResult *ret_result, Error *error)
{
    *ret_result = (ExportResult){0};
    bool one = is_csv(request->output);
    if (one && request->table == EXPORT_ALL)
        return refuse(error, request->output, "a file holds one table: choose it with --per, or name a folder");
    Exporter exporter = {.store = store};
    OutputFiles files = {0};
    StoreStatus status = run_set_read(store, request->where, &exporter.set, error);
    if (status == STORE_FINE && exporter.set.run_count == 0)
        status = refuse(error, NULL, request->where ? "there is no run that --where leaves" : "there is no run");
    if (status == STORE_FINE)
        status = read_metrics(&exporter, error);
    if (status == STORE_FINE)
        status = one ? write_one(&exporter, request, &files, ret_result, error)
                     : write_folder(&exporter, request, &files, ret_result, error);
    status = output_files_end(&files, status, error);
    run_set_free(&exporter.set);
    free(exporter.metrics);
    free(exporter.values);
    arena_free(&exporter.arena);
    return status;
}

void export_result_free(ExportResult *result)
{
    arena_free(&result->arena);
    *result = (ExportResult){0};
}

#include "figure.h"

#include <assert.h>
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "figure_filter.h"
#include "figure_script.h"

static const char query_ending[] = ".sql";

/* The table being written. */
typedef struct Table {
    FILE *stream;
    int64_t rows;
} Table;

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), ending_length = strlen(ending);
    return length > ending_length && strcmp(text + length - ending_length, ending) == 0;
}

/* The rest of the first line of `text` that begins with `prefix`, in `arena`, or NULL. */
static const char *line_after(Arena *arena, const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, prefix, length) == 0)
            return arena_string_n(arena, line + length, strcspn(line + length, "\r\n"));
    }
    return NULL;
}

static void entry_describe(Arena *arena, const char *text, FigureEntry *entry)
{
    const char *summary = strncmp(text, "-- ", 3) == 0 ? line_after(arena, text, "-- ") : NULL;
    entry->summary = summary ? summary : "";
    entry->command = line_after(arena, text, "-- Filled by: ");
}

static int entry_compare(const void *a, const void *b)
{
    const FigureEntry *first = a, *second = b;
    return first->template != second->template ? first->template - second->template : strcmp(first->name, second->name);
}

static StoreStatus no_such_figure(const FigureRequest *request, Arena *arena, Error *error)
{
    FigureEntry *entries;
    int count = figure_list(request->folder, arena, &entries);
    const char **names = arena_allocate(arena, (size_t)count, sizeof *names);
    for (int i = 0; i < count; i++)
        names[i] = entries[i].name;
    const char *nearest = error_nearest(request->name, names, count);
    error_set(error, NULL, 0, 0, "there is no figure \"%s\"%s%s%s", request->name,
              nearest ? "; did you mean '" : "; see `orchid list figures`", nearest ? nearest : "",
              nearest ? "'?" : "");
    return STORE_INPUT;
}

static bool write_row(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    Table *table = context;
    for (int i = 0; table->rows == 0 && i < column_count; i++)
        fprintf(table->stream, "%s%c", names[i], i + 1 < column_count ? '\t' : '\n');
    for (int i = 0; i < column_count; i++) {
        figure_script_write_text(table->stream, values[i].null ? "NaN" : values[i].text);
        fputc(i + 1 < column_count ? '\t' : '\n', table->stream);
    }
    table->rows++;
    return true;
}

/* The rows of a figure's query as text in `arena`. */
static StoreStatus write_table(Store *store, const char *query, int64_t experiment, Arena *arena, int64_t *ret_rows,
                               const char **ret_data, Error *error)
{
    char *text = NULL, number[24] = "";
    size_t size;
    Table table = {.stream = open_memstream(&text, &size)};
    assert(table.stream);
    if (experiment)
        snprintf(number, sizeof number, "%lld", (long long)experiment);
    const char *parameter = number;
    StoreStatus status = store_query(store, query, &parameter, 1, write_row, &table, error);
    fclose(table.stream);
    *ret_data = arena_string(arena, text);
    *ret_rows = table.rows;
    free(text);
    return status;
}

static StoreStatus no_rows(const FigureRequest *request, const char *query, Arena *arena, Error *error)
{
    FigureEntry entry;
    entry_describe(arena, query, &entry);
    char which[48] = "the database";
    if (request->query.experiment)
        snprintf(which, sizeof which, "experiment %lld", (long long)request->query.experiment);
    error_set(error, NULL, 0, 0, "%s holds nothing for the figure \"%s\"%s%s%s%s", which, request->name,
              request->query.where ? " where " : "", request->query.where ? request->query.where : "",
              entry.command ? "; fill it with: " : "", entry.command ? entry.command : "");
    return STORE_INPUT;
}

/* Fills the plate of a figure by name. */
static StoreStatus query_figure(Store *store, const FigureRequest *request, const char *query, Arena *arena,
                                FigurePlate *plate, Error *error)
{
    int64_t rows = 0;
    if (request->query.by || request->query.metric) {
        error_set(error, NULL, 0, 0,
                  "the figure \"%s\" shows what it shows; --by and --metric are for the templates, "
                  "see `orchid list figures`",
                  request->name);
        return STORE_INPUT;
    }
    StoreStatus status = request->query.where ? figure_filter_set(store, request->query.where, error) : STORE_FINE;
    if (status == STORE_FINE) {
        status = write_table(store, query, request->query.experiment, arena, &rows, &plate->data, error);
        if (status == STORE_INPUT && error) /* the query is wrong, not the database */
            snprintf(error->file, sizeof error->file, "%s%s", request->name, query_ending);
    }
    if (status == STORE_FINE && rows == 0)
        status = no_rows(request, query, arena, error);
    if (request->query.where) {
        StoreStatus cleared = figure_filter_clear(store, status == STORE_FINE ? error : NULL);
        status = status == STORE_FINE ? cleared : status;
    }
    plate->settings = "";
    return status;
}

/* Fills the plate of any figure. */
static StoreStatus fill_plate(Store *store, const FigureRequest *request, Arena *arena, FigurePlate *plate,
                              Error *error)
{
    const FigureTemplate *template = figure_template_find(request->name);
    bool named = request->name[0] && !strchr(request->name, '/');
    const char *path = arena_format(arena, "%s/%s%s", request->folder, request->name, query_ending);
    const char *query = named ? figure_script_read(arena, path, NULL) : NULL;
    *plate = (FigurePlate){.figure = request->name, .folder = request->folder};
    if (query)
        return query_figure(store, request, query, arena, plate, error);
    if (template)
        return figure_template_fill(store, template, &request->query, arena, &plate->settings, &plate->data, error);
    return no_such_figure(request, arena, error);
}

int figure_list(const char *folder, Arena *arena, FigureEntry **ret_entries)
{
    int count = 0, capacity = 0;
    FigureEntry *entries = NULL;
    DIR *directory = opendir(folder);
    for (struct dirent *file; directory && (file = readdir(directory));) {
        bool script = ends_with(file->d_name, ".gp"), query = ends_with(file->d_name, query_ending);
        const char *dot = strrchr(file->d_name, '.');
        const char *name = script || query ? arena_string_n(arena, file->d_name, (size_t)(dot - file->d_name)) : "";
        const FigureTemplate *template = script ? figure_template_find(name) : NULL;
        const char *text =
            query ? figure_script_read(arena, arena_format(arena, "%s/%s", folder, file->d_name), NULL) : NULL;
        if (!template && !text)
            continue;
        if (count == capacity) {
            entries = memory_grow(entries, (size_t)capacity, (size_t)capacity + 16, sizeof *entries);
            capacity += 16;
        }
        entries[count] = (FigureEntry){.name = name, .template = template};
        if (text)
            entry_describe(arena, text, &entries[count]);
        else
            entries[count].summary = template->summary;
        count++;
    }
    if (directory)
        closedir(directory);
    *ret_entries = arena_allocate(arena, (size_t)count, sizeof **ret_entries);
    if (count)
        memcpy(*ret_entries, entries, (size_t)count * sizeof *entries);
    free(entries);
    qsort(*ret_entries, (size_t)count, sizeof **ret_entries, entry_compare);
    return count;
}

StoreStatus figure_draw(Store *store, const FigureRequest *request, Error *error)
{
    assert(store && request->folder && request->name && request->output);
    if (!figure_print_format(request->output)) {
        error_set(error, request->output, 0, 0, "a picture's name must end in .png, .svg or .pdf");
        return STORE_INPUT;
    }
    Arena arena = {0};
    FigurePlate plate;
    StoreStatus status = fill_plate(store, request, &arena, &plate, error);
    if (status == STORE_FINE)
        status = figure_print_picture(&plate, request->output, request->alone, error);
    arena_free(&arena);
    return status;
}

StoreStatus figure_show(Store *store, const FigureRequest *request, const FigureScreen *screen, Error *error)
{
    assert(store && request->folder && request->name);
    Arena arena = {0};
    FigurePlate plate;
    StoreStatus status = fill_plate(store, request, &arena, &plate, error);
    if (status == STORE_FINE)
        status = figure_print_text(&plate, screen, error);
    arena_free(&arena);
    return status;
}

#include "figure.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMPLAINT_SIZE = 256, NOT_FOUND = 127 };

static const char query_ending[] = ".sql";
static const char *const formats[] = {"png", "svg", "pdf"};

/* Files of one drawing: a folder of its own beside the picture, so that moving the picture is a rename. */
typedef struct Workshop {
    char *output; /* absolute */
    char *folder;
    char *data, *picture;
} Workshop;

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

/* The whole file as text in `arena`, or NULL. */
static char *read_text(Arena *arena, const char *path)
{
    FILE *stream = fopen(path, "r");
    if (!stream)
        return NULL;
    size_t length = 0, size = 0;
    char *text = NULL;
    ssize_t count = getdelim(&text, &size, '\0', stream);
    if (count > 0)
        length = (size_t)count;
    fclose(stream);
    char *copy = arena_string_n(arena, text ? text : "", length);
    free(text);
    return copy;
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
    return strcmp(first->name, second->name);
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

/* The picture's format by the ending of its name, or NULL. */
static const char *format_of(const char *output)
{
    const char *dot = strrchr(output, '.');
    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(dot + 1, formats[i]) == 0)
            return formats[i];
    return NULL;
}

static StoreStatus workshop_open(Workshop *workshop, Arena *arena, const char *output, const char *format, Error *error)
{
    const char *slash = strrchr(output, '/');
    const char *folder = slash == output ? "/" : slash ? arena_string_n(arena, output, (size_t)(slash - output)) : ".";
    char resolved[PATH_MAX];
    struct stat status;
    if (!realpath(folder, resolved) || stat(resolved, &status) != 0 || !S_ISDIR(status.st_mode)) {
        error_set(error, output, 0, 0, "the folder \"%s\" does not exist", folder);
        return STORE_INPUT;
    }
    workshop->output = arena_format(arena, "%s/%s", resolved, slash ? slash + 1 : output);
    if (stat(workshop->output, &status) == 0 && S_ISDIR(status.st_mode)) {
        error_set(error, output, 0, 0, "is a folder, not a picture");
        return STORE_INPUT;
    }
    char *made = arena_format(arena, "%s/.figure-XXXXXX", resolved);
    if (!mkdtemp(made)) {
        error_set(error, output, 0, 0, "cannot write into \"%s\": %s", folder, strerror(errno));
        return STORE_MACHINE;
    }
    workshop->folder = made;
    workshop->data = arena_format(arena, "%s/data.tsv", made);
    workshop->picture = arena_format(arena, "%s/picture.%s", made, format);
    return STORE_FINE;
}

static void workshop_close(const Workshop *workshop)
{
    if (!workshop->folder)
        return;
    unlink(workshop->data);
    unlink(workshop->picture);
    rmdir(workshop->folder);
}

/* gnuplot has no escapes in data: what would end a column or begin a quoted text is replaced. */
static void write_text(FILE *stream, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' ? ' ' : *text == '"' ? '\'' : *text, stream);
}

static bool write_row(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    Table *table = context;
    for (int i = 0; table->rows == 0 && i < column_count; i++)
        fprintf(table->stream, "%s%c", names[i], i + 1 < column_count ? '\t' : '\n');
    for (int i = 0; i < column_count; i++) {
        write_text(table->stream, values[i].null ? "NaN" : values[i].text);
        fputc(i + 1 < column_count ? '\t' : '\n', table->stream);
    }
    table->rows++;
    return true;
}

static StoreStatus write_table(Store *store, const char *query, int64_t experiment, const char *path, int64_t *ret_rows,
                               Error *error)
{
    Table table = {.stream = fopen(path, "w")};
    if (!table.stream) {
        error_set(error, path, 0, 0, "cannot be written: %s", strerror(errno));
        return STORE_MACHINE;
    }
    char number[24] = "";
    if (experiment)
        snprintf(number, sizeof number, "%lld", (long long)experiment);
    const char *parameter = number;
    StoreStatus status = store_query(store, query, &parameter, 1, write_row, &table, error);
    bool written = !ferror(table.stream);
    written = fclose(table.stream) == 0 && written;
    if (status == STORE_FINE && !written) {
        error_set(error, path, 0, 0, "cannot be written: %s", strerror(errno));
        return STORE_MACHINE;
    }
    *ret_rows = table.rows;
    return status;
}

/* Becomes gnuplot, with the user's own settings and locale left out. Runs in the child; does not return. */
static void become_gnuplot(const char *folder, const char *script, const Workshop *workshop, const char *format,
                           int complaint)
{
    if (dup2(complaint, STDOUT_FILENO) < 0 || dup2(complaint, STDERR_FILENO) < 0 || chdir(folder) != 0)
        _exit(EXIT_FAILURE);
    setenv("LC_ALL", "C.UTF-8", 1);
    execlp("gnuplot", "gnuplot", "-d", "-c", script, workshop->data, workshop->picture, format, (char *)NULL);
    _exit(errno == ENOENT ? NOT_FOUND : EXIT_FAILURE);
}

/* Reads all that the child says and keeps the last line that says something. */
static void read_complaint(int descriptor, char *last, size_t size)
{
    FILE *stream = fdopen(descriptor, "r");
    if (!stream) {
        close(descriptor);
        return;
    }
    char line[COMPLAINT_SIZE];
    while (fgets(line, sizeof line, stream)) {
        line[strcspn(line, "\r\n")] = 0;
        if (line[strspn(line, " ^")])
            snprintf(last, size, "%s", line);
    }
    fclose(stream);
}

static StoreStatus run_gnuplot(const char *folder, const char *script, const Workshop *workshop, const char *format,
                               Error *error)
{
    int ends[2];
    pid_t child = pipe(ends) == 0 ? fork() : -1;
    if (child < 0) {
        error_set(error, NULL, 0, 0, "cannot start gnuplot: %s", strerror(errno));
        return STORE_MACHINE;
    }
    if (child == 0)
        become_gnuplot(folder, script, workshop, format, ends[1]);
    close(ends[1]);
    char complaint[COMPLAINT_SIZE] = "it gave no reason";
    read_complaint(ends[0], complaint, sizeof complaint);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND) {
        error_set(error, NULL, 0, 0,
                  "gnuplot draws the figures and is not installed; on Debian: sudo apt-get install gnuplot-nox");
        return STORE_MACHINE;
    }
    struct stat picture;
    bool drawn =
        WIFEXITED(status) && WEXITSTATUS(status) == 0 && stat(workshop->picture, &picture) == 0 && picture.st_size > 0;
    if (!drawn)
        error_set(error, script, 0, 0, "gnuplot drew no picture: %s", complaint);
    return drawn ? STORE_FINE : STORE_MACHINE;
}

static StoreStatus draw_in_workshop(Store *store, const FigureRequest *request, const char *query,
                                    const Workshop *workshop, const char *format, Arena *arena, Error *error)
{
    int64_t rows = 0;
    StoreStatus status = write_table(store, query, request->experiment, workshop->data, &rows, error);
    if (status == STORE_INPUT && error) /* the query is wrong, not the database */
        snprintf(error->file, sizeof error->file, "%s%s", request->name, query_ending);
    if (status != STORE_FINE)
        return status;
    if (rows == 0) {
        FigureEntry entry;
        entry_describe(arena, query, &entry);
        char which[48] = "the database";
        if (request->experiment)
            snprintf(which, sizeof which, "experiment %lld", (long long)request->experiment);
        error_set(error, NULL, 0, 0, "%s holds nothing for the figure \"%s\"%s%s", which, request->name,
                  entry.command ? "; fill it with: " : "", entry.command ? entry.command : "");
        return STORE_INPUT;
    }
    char folder[PATH_MAX];
    if (!realpath(request->folder, folder)) {
        error_set(error, request->folder, 0, 0, "cannot be read: %s", strerror(errno));
        return STORE_MACHINE;
    }
    status = run_gnuplot(folder, arena_format(arena, "%s.gp", request->name), workshop, format, error);
    if (status == STORE_FINE && rename(workshop->picture, workshop->output) != 0) {
        error_set(error, request->output, 0, 0, "cannot be written: %s", strerror(errno));
        return STORE_MACHINE;
    }
    return status;
}

int figure_list(const char *folder, Arena *arena, FigureEntry **ret_entries)
{
    int count = 0, capacity = 0;
    FigureEntry *entries = NULL;
    DIR *directory = opendir(folder);
    for (struct dirent *file; directory && (file = readdir(directory));) {
        if (!ends_with(file->d_name, query_ending))
            continue;
        const char *text = read_text(arena, arena_format(arena, "%s/%s", folder, file->d_name));
        if (!text)
            continue;
        if (count == capacity) {
            entries = memory_grow(entries, (size_t)capacity, (size_t)capacity + 16, sizeof *entries);
            capacity += 16;
        }
        entry_describe(arena, text, &entries[count]);
        entries[count++].name = arena_string_n(arena, file->d_name, strlen(file->d_name) - strlen(query_ending));
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
    Arena arena = {0};
    Workshop workshop = {0};
    StoreStatus status = STORE_INPUT;
    const char *format = format_of(request->output);
    bool named = request->name[0] && !strchr(request->name, '/');
    const char *path = arena_format(&arena, "%s/%s%s", request->folder, request->name, query_ending);
    const char *query = named ? read_text(&arena, path) : NULL;
    if (!query)
        status = no_such_figure(request, &arena, error);
    else if (!format)
        error_set(error, request->output, 0, 0, "a picture's name must end in .png, .svg or .pdf");
    else
        status = workshop_open(&workshop, &arena, request->output, format, error);
    if (status == STORE_FINE)
        status = draw_in_workshop(store, request, query, &workshop, format, &arena, error);
    workshop_close(&workshop);
    arena_free(&arena);
    return status;
}

#include "figure_print.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figure_script.h"

enum { COMPLAINT_SIZE = 256, NOT_FOUND = 127 };

static const char *const formats[] = {"png", "svg", "pdf"};

/* The three files of a drawing. They are made in a folder of their own and moved into place, so that each is whole. */
enum { DATA, SCRIPT, PICTURE, FILE_COUNT };

typedef struct Workshop {
    const char *folder;             /* NULL: not made */
    const char *names[FILE_COUNT];  /* in the folder, and in the one they move to */
    const char *made[FILE_COUNT];   /* paths in the folder */
    const char *places[FILE_COUNT]; /* paths they move to */
    Arena arena;
} Workshop;

const char *figure_print_format(const char *output)
{
    const char *dot = strrchr(output, '.');
    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(dot + 1, formats[i]) == 0)
            return formats[i];
    return NULL;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Makes the folder for a drawing inside `folder`. */
static StoreStatus workshop_open(Workshop *workshop, const char *folder, Error *error)
{
    char *made = arena_format(&workshop->arena, "%s/.figure-XXXXXX", folder);
    if (!mkdtemp(made)) {
        error_set(error, NULL, 0, 0, "cannot write into \"%s\": %s", folder, strerror(errno));
        return STORE_MACHINE;
    }
    workshop->folder = made;
    for (int i = 0; i < FILE_COUNT; i++)
        workshop->made[i] = arena_format(&workshop->arena, "%s/%s", made, workshop->names[i]);
    return STORE_FINE;
}

static void workshop_close(Workshop *workshop)
{
    for (int i = 0; workshop->folder && i < FILE_COUNT; i++)
        unlink(workshop->made[i]);
    if (workshop->folder)
        rmdir(workshop->folder);
    arena_free(&workshop->arena);
}

/* Names the files of the picture `output` and makes the workshop beside it. */
static StoreStatus workshop_open_beside(Workshop *workshop, const char *output, Error *error)
{
    Arena *arena = &workshop->arena;
    const char *slash = strrchr(output, '/');
    const char *folder = slash == output ? "/" : slash ? arena_string_n(arena, output, (size_t)(slash - output)) : ".";
    const char *name = slash ? slash + 1 : output;
    int stem = (int)(strrchr(name, '.') - name);
    char resolved[PATH_MAX];
    if (!realpath(folder, resolved) || !is_folder(resolved)) {
        error_set(error, output, 0, 0, "the folder \"%s\" does not exist", folder);
        return STORE_INPUT;
    }
    workshop->names[DATA] = arena_format(arena, "%.*s.tsv", stem, name);
    workshop->names[SCRIPT] = arena_format(arena, "%.*s.gp", stem, name);
    workshop->names[PICTURE] = name;
    for (int i = 0; i < FILE_COUNT; i++)
        workshop->places[i] = arena_format(arena, "%s/%s", resolved, workshop->names[i]);
    if (is_folder(workshop->places[PICTURE])) {
        error_set(error, output, 0, 0, "is a folder, not a picture");
        return STORE_INPUT;
    }
    return workshop_open(workshop, resolved, error);
}

/* Refuses to replace a script or data that are not an unchanged drawing's. */
static StoreStatus check_places(Workshop *workshop, Error *error)
{
    const char *script = figure_script_read(&workshop->arena, workshop->places[SCRIPT], NULL);
    const char *data = figure_script_read(&workshop->arena, workshop->places[DATA], NULL);
    if ((!script && !data) || (script && figure_script_sealed(script, data)))
        return STORE_FINE;
    bool own = script && figure_script_sealed(script, NULL);
    error_set(error, workshop->names[!script || own ? DATA : SCRIPT], 0, 0,
              "is there already and %s; move it away, choose another name with -o, or draw with --picture-only",
              script ? "was changed by hand" : "was not drawn by orchid");
    return STORE_INPUT;
}

static StoreStatus write_file(const char *path, const char *text, Error *error)
{
    FILE *stream = fopen(path, "w");
    bool written = stream && fputs(text, stream) >= 0;
    if (stream)
        written = fclose(stream) == 0 && written;
    if (!written)
        error_set(error, path, 0, 0, "cannot be written: %s", strerror(errno));
    return written ? STORE_FINE : STORE_MACHINE;
}

/* Becomes gnuplot, with the user's own settings and locale left out. Runs in the child; does not return. */
static void become_gnuplot(const Workshop *workshop, int complaint)
{
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(complaint, STDOUT_FILENO) < 0 ||
        dup2(complaint, STDERR_FILENO) < 0 || chdir(workshop->folder) != 0)
        _exit(EXIT_FAILURE);
    sigset_t none; /* what the program holds back must reach gnuplot */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setenv("LC_ALL", "C.UTF-8", 1);
    execlp("gnuplot", "gnuplot", "-d", workshop->made[SCRIPT], (char *)NULL);
    _exit(errno == ENOENT ? NOT_FOUND : EXIT_FAILURE);
}

/* Reads all that the child says and keeps the last line that says something, without `folder`, which is gone when it is
 * read. */
static void read_complaint(int descriptor, const char *folder, char *last, size_t size)
{
    FILE *stream = fdopen(descriptor, "r");
    if (!stream) {
        close(descriptor);
        return;
    }
    char line[COMPLAINT_SIZE];
    while (fgets(line, sizeof line, stream)) {
        line[strcspn(line, "\r\n")] = 0;
        char *path = strstr(line, folder);
        size_t length = strlen(folder);
        if (path && path[length] == '/')
            memmove(path, path + length + 1, strlen(path + length + 1) + 1);
        if (line[strspn(line, " ^")])
            snprintf(last, size, "%s", line);
    }
    fclose(stream);
}

static StoreStatus run_gnuplot(const Workshop *workshop, const char *figure, Error *error)
{
    int ends[2];
    pid_t child = pipe(ends) == 0 ? fork() : -1;
    if (child < 0) {
        error_set(error, NULL, 0, 0, "cannot start gnuplot: %s", strerror(errno));
        return STORE_MACHINE;
    }
    if (child == 0)
        become_gnuplot(workshop, ends[1]);
    close(ends[1]);
    char complaint[COMPLAINT_SIZE] = "it gave no reason";
    read_complaint(ends[0], workshop->folder, complaint, sizeof complaint);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND) {
        error_set(error, NULL, 0, 0,
                  "gnuplot draws the figures and is not installed; on Debian: sudo apt-get install gnuplot-nox");
        return STORE_MACHINE;
    }
    struct stat picture;
    bool drawn = WIFEXITED(status) && WEXITSTATUS(status) == 0 && stat(workshop->made[PICTURE], &picture) == 0 &&
                 picture.st_size > 0;
    if (!drawn)
        error_set(error, NULL, 0, 0, "gnuplot drew no picture of \"%s\": %s", figure, complaint);
    return drawn ? STORE_FINE : STORE_MACHINE;
}

/* The settings of a drawing: its files, then what the figure sets. */
static char *write_settings(Workshop *workshop, const char *format, const FigurePlate *plate,
                            const FigureScreen *screen)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert(stream);
    figure_script_set_text(stream, "data", workshop->names[DATA]);
    figure_script_set_text(stream, "picture", workshop->names[PICTURE]);
    figure_script_set_text(stream, "format", format);
    if (screen) {
        figure_script_set_number(stream, "screen_columns", screen->columns);
        figure_script_set_number(stream, "screen_lines", screen->lines);
        figure_script_set_number(stream, "screen_colour", screen->colour);
    }
    fputs(plate->settings, stream);
    fclose(stream);
    char *settings = arena_string(&workshop->arena, text);
    free(text);
    return settings;
}

/* Writes data and script into the workshop and draws there. */
static StoreStatus draw(Workshop *workshop, const FigurePlate *plate, const char *script, Error *error)
{
    StoreStatus status = write_file(workshop->made[DATA], plate->data, error);
    if (status == STORE_FINE)
        status = write_file(workshop->made[SCRIPT], script, error);
    if (status == STORE_FINE)
        status = run_gnuplot(workshop, plate->figure, error);
    return status;
}

static StoreStatus move_into_place(const Workshop *workshop, int first, const char *output, Error *error)
{
    for (int i = first; i < FILE_COUNT; i++)
        if (rename(workshop->made[i], workshop->places[i]) != 0) {
            error_set(error, output, 0, 0, "cannot be written: %s", strerror(errno));
            return STORE_MACHINE;
        }
    return STORE_FINE;
}

StoreStatus figure_print_picture(const FigurePlate *plate, const char *output, bool alone, Error *error)
{
    const char *format = figure_print_format(output), *missing = NULL;
    assert(format);
    Workshop workshop = {0};
    Arena *arena = &workshop.arena;
    StoreStatus status = workshop_open_beside(&workshop, output, error);
    if (status == STORE_FINE && !alone)
        status = check_places(&workshop, error);
    if (status == STORE_FINE) {
        const char *name = arena_format(arena, "%s.gp", plate->figure);
        const char *settings = write_settings(&workshop, format, plate, NULL);
        const char *script = figure_script_compose(arena, plate->folder, name, settings, &missing);
        if (script) {
            script = figure_script_seal(arena, plate->figure, workshop.names[SCRIPT], script, plate->data);
            status = draw(&workshop, plate, script, error);
        } else {
            error_set(error, missing, 0, 0, "cannot be read: %s", strerror(errno));
            status = STORE_MACHINE;
        }
    }
    if (status == STORE_FINE)
        status = move_into_place(&workshop, alone ? PICTURE : DATA, output, error);
    workshop_close(&workshop);
    return status;
}

/* Copies the drawing to the terminal, without the spaces that end its lines and the empty lines around it. */
static void copy_drawing(const char *drawing, FILE *stream)
{
    int empty_lines = 0;
    drawing += strspn(drawing, "\n\f");
    for (const char *line = drawing; *line;) {
        size_t length = strcspn(line, "\n\f"), shown = length;
        while (shown && line[shown - 1] == ' ')
            shown--;
        if (shown) {
            for (; empty_lines; empty_lines--)
                fputc('\n', stream);
            fprintf(stream, "%.*s\n", (int)shown, line);
        } else {
            empty_lines++;
        }
        line += length + (line[length] != 0);
    }
}

StoreStatus figure_print_text(const FigurePlate *plate, const FigureScreen *screen, Error *error)
{
    const char *missing = NULL, *folder = getenv("TMPDIR");
    Workshop workshop = {.names = {"figure.tsv", "figure.gp", "figure.txt"}};
    Arena *arena = &workshop.arena;
    StoreStatus status = workshop_open(&workshop, folder && *folder ? folder : P_tmpdir, error);
    if (status == STORE_FINE) {
        const char *name = arena_format(arena, "%s.text.gp", plate->figure);
        const char *settings = write_settings(&workshop, "text", plate, screen);
        const char *script = figure_script_compose(arena, plate->folder, name, settings, &missing);
        if (script) {
            status = draw(&workshop, plate, script, error);
        } else {
            error_set(error, NULL, 0, 0, "the figure \"%s\" has no form for a terminal; leave out --ascii",
                      plate->figure);
            status = STORE_INPUT;
        }
    }
    const char *drawing = status == STORE_FINE ? figure_script_read(arena, workshop.made[PICTURE], NULL) : NULL;
    if (drawing)
        copy_drawing(drawing, screen->stream);
    workshop_close(&workshop);
    return status;
}

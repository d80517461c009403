/* Runs the table bad_scenarios.txt: every case must be refused with exactly the findings it states. How cases are
 * written stands at the head of the table. ORCHID_RENEW=1 rewrites the findings after a change of wording: read the
 * difference. */
#include "../sim/scenario.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_LIMIT = 4096, FILE_COUNT = 7, OVERRIDE_LIMIT = 8, LEAST_CASES = 70 };

static const char *const file_names[FILE_COUNT] = {"scenario.yaml",      "model.yaml",   "profiles.csv", "layers.csv",
                                                   "layer_profiles.csv", "arrivals.csv", "samples.csv"};

/* Text that grows; owned. */
typedef struct Text {
    char *bytes;
    size_t length;
} Text;

/* The files of a case, and what it expects. */
typedef struct Case {
    Text title, files[FILE_COUNT], expected, kept; /* kept: its own lines, for renewal */
    bool is_folder[FILE_COUNT], is_absent[FILE_COUNT];
    char *overrides[OVERRIDE_LIMIT];
    int override_count;
} Case;

static void text_add(Text *text, const char *bytes, size_t length)
{
    text->bytes = memory_grow(text->bytes, text->length, text->length + length + 1, 1);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = 0;
}

static void text_put(Text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

static void text_clear(Text *text)
{
    free(text->bytes);
    *text = (Text){0};
}

/* The file that a line begins with; -1 where it begins with none. */
static int file_of(const char *line)
{
    for (int i = 0; i < FILE_COUNT; i++)
        if (strncmp(line, file_names[i], strlen(file_names[i])) == 0)
            return i;
    return -1;
}

/* "OLD => NEW": the first OLD of the file becomes NEW, in which \n begins a line and \xHH is a byte. */
static void patch(Text *file, char *line)
{
    char *arrow = strstr(line, " =>");
    CHECK(arrow != NULL);
    if (!arrow)
        return;
    *arrow = 0;
    char *place = file->bytes ? strstr(file->bytes, line) : NULL;
    if (!place)
        check_text(line, "a text of the file", "what to replace", __FILE__, __LINE__);
    if (!place)
        return;
    Text after = {0};
    text_add(&after, file->bytes, (size_t)(place - file->bytes));
    const char *c = arrow + 3 + (arrow[3] == ' ');
    for (; *c; c++) {
        char byte = *c;
        unsigned value;
        if (c[0] == '\\' && c[1] == 'n') {
            byte = '\n';
            c++;
        } else if (c[0] == '\\' && c[1] == 'x' && sscanf(c + 2, "%2x", &value) == 1) {
            byte = (char)value;
            c += 3;
        }
        text_add(&after, &byte, 1);
    }
    text_put(&after, place + strlen(line));
    text_clear(file);
    *file = after;
}

/* The file becomes `count` times `piece`. */
static void repeat(Text *file, const char *piece, size_t count)
{
    size_t length = strlen(piece);
    file->length = length * count;
    file->bytes = memory_allocate(file->length + 1, 1);
    for (size_t i = 0; i < count; i++)
        memcpy(file->bytes + i * length, piece, length);
}

/* Contents too long or too odd to be written down. */
static void generate(Case *test, int index, const char *what)
{
    Text *file = &test->files[index];
    size_t cut;
    test->is_folder[index] = strcmp(what, "a folder") == 0;
    test->is_absent[index] = strcmp(what, "absent") == 0;
    if (sscanf(what, "its first %zu bytes", &cut) == 1) {
        file->length = cut < file->length ? cut : file->length;
        file->bytes[file->length] = 0;
        return;
    }
    text_clear(file);
    if (strcmp(what, "zeros") == 0)
        text_add(file, "\0\0\0\0\0\0\0\0", 8);
    else if (strcmp(what, "a program") == 0)
        text_add(file, "\177ELF\2\1\1\0\0\0\0\0", 12);
    else if (strcmp(what, "5 MiB of text") == 0)
        repeat(file, "- 1234567890123\n", 5 << 16);
    else if (strcmp(what, "65 MiB of text") == 0)
        repeat(file, "x", 65 << 20);
    else if (strcmp(what, "100 nested lists") == 0)
        repeat(file, "[", 100);
    else if (strcmp(what, "300000 entries") == 0)
        repeat(file, "- 1\n", 300000);
    else if (strcmp(what, "2000 anchors") == 0)
        repeat(file, "- &a 1\n", 2000);
    else if (strcmp(what, "a billion laughs") == 0) {
        text_put(file, "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
        for (int i = 1; i < 10; i++) {
            char line[128];
            snprintf(line, sizeof line, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1,
                     i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
            text_put(file, line);
        }
    } else
        CHECK(test->is_folder[index] || test->is_absent[index] || strcmp(what, "empty") == 0 ||
              strcmp(what, "text") == 0);
}

/* One line of a case; `last` is the file that lines of text go on with. */
static void read_line(Case *test, char *line, int *last)
{
    int file = file_of(line);
    char *rest = file >= 0 ? line + strlen(file_names[file]) : line;
    if (strncmp(line, "> ", 2) == 0) {
        text_put(&test->expected, line + 2);
        text_put(&test->expected, "\n");
        return;
    }
    text_put(&test->kept, line);
    text_put(&test->kept, *line ? "\n" : "");
    if (file >= 0 && strncmp(rest, ": ", 2) == 0)
        patch(&test->files[file], rest + 2);
    else if (file >= 0 && strncmp(rest, " = ", 3) == 0)
        generate(test, *last = file, rest + 3);
    else if (strncmp(line, "| ", 2) == 0 || strcmp(line, "|") == 0) {
        text_put(&test->files[*last], line[1] ? line + 2 : "");
        text_put(&test->files[*last], "\n");
    } else if (strncmp(line, "override: ", 10) == 0 && test->override_count < OVERRIDE_LIMIT)
        test->overrides[test->override_count++] = strdup(line + 10);
    else
        CHECK_TEXT(line, "");
}

static void write_files(const Case *test)
{
    for (int i = 0; i < FILE_COUNT; i++) {
        const char *path = check_scratch(file_names[i]);
        remove(path);
        if (test->is_folder[i])
            mkdir(path, 0700);
        if (test->is_folder[i] || test->is_absent[i])
            continue;
        FILE *stream = fopen(path, "wb");
        fwrite(test->files[i].bytes ? test->files[i].bytes : "", 1, test->files[i].length, stream);
        fclose(stream);
    }
}

/* What loading the case's scenario reports, without the folder of its files. */
static Text load_case(const Case *test)
{
    ErrorList errors = {0};
    char *output = NULL;
    size_t size = 0;
    write_files(test);
    Scenario *scenario = scenario_load(check_scratch("scenario.yaml"), (const char *const *)test->overrides,
                                       test->override_count, &errors);
    FILE *stream = open_memstream(&output, &size);
    error_list_write(&errors, stream);
    fclose(stream);
    CHECK((scenario == NULL) == (errors.total > 0));
    scenario_destroy(scenario);

    const char *folder = check_scratch("");
    Text found = {0};
    text_put(&found, "");
    for (const char *c = output, *next; *c; c = next) {
        next = strstr(c, folder);
        text_add(&found, c, next ? (size_t)(next - c) : strlen(c));
        next = next ? next + strlen(folder) : c + strlen(c);
    }
    free(output);
    return found;
}

static void free_case(Case *test)
{
    for (int i = 0; i < FILE_COUNT; i++)
        text_clear(&test->files[i]);
    for (int i = 0; i < test->override_count; i++)
        free(test->overrides[i]);
    text_clear(&test->title);
    text_clear(&test->expected);
    text_clear(&test->kept);
}

/* Runs one case; with `renewed` its lines go there, findings as they are now. */
static void run_case(Case *test, FILE *renewed)
{
    Text found = load_case(test);
    const char *expected = test->expected.bytes ? test->expected.bytes : "";
    if (renewed) {
        fprintf(renewed, "\n--- %s\n%s", test->title.bytes, test->kept.bytes ? test->kept.bytes : "");
        for (char *line = strtok(found.bytes, "\n"); line; line = strtok(NULL, "\n"))
            fprintf(renewed, "> %s\n", line);
    } else {
        check_text(found.bytes, expected, test->title.bytes, __FILE__, __LINE__);
        CHECK(*expected != 0 || strcmp(test->title.bytes, "nothing is wrong") == 0);
    }
    text_clear(&found);
}

/* A case that starts from the base files. */
static Case begin_case(const Text *base, const char *title)
{
    Case test = {0};
    text_put(&test.title, title);
    for (int i = 0; i < FILE_COUNT; i++)
        text_add(&test.files[i], base[i].bytes, base[i].length);
    return test;
}

static void bad_input_gets_exactly_these_messages(void)
{
    FILE *table = fopen(check_path("tests/bad_scenarios.txt"), "r");
    CHECK(table != NULL);
    if (!table)
        return;
    char *output = NULL;
    size_t size = 0;
    FILE *renewed = getenv("ORCHID_RENEW") ? open_memstream(&output, &size) : NULL;
    Text base[FILE_COUNT] = {0};
    Case test = {0};
    int count = 0, last = -1;
    char line[LINE_LIMIT];
    while (fgets(line, sizeof line, table)) {
        line[strcspn(line, "\n")] = 0;
        bool title = strncmp(line, "--- ", 4) == 0;
        if (title && count)
            run_case(&test, renewed);
        if (title) {
            free_case(&test);
            test = begin_case(base, line + 4);
            count++;
            last = 0;
            continue;
        }
        if (count) {
            read_line(&test, line, &last);
            continue;
        }
        if (strncmp(line, "=== ", 4) == 0)
            last = file_of(line + 4);
        else if (last >= 0 && *line) {
            text_put(&base[last], line);
            text_put(&base[last], "\n");
        }
        if (renewed && (*line || last < 0))
            fprintf(renewed, "%s%s\n", strncmp(line, "=== ", 4) == 0 && last > 0 ? "\n" : "", line);
    }
    if (count)
        run_case(&test, renewed);
    fclose(table);
    CHECK(count >= LEAST_CASES);
    free_case(&test);
    for (int i = 0; i < FILE_COUNT; i++)
        text_clear(&base[i]);
    if (!renewed)
        return;
    fclose(renewed);
    table = fopen(check_path("tests/bad_scenarios.txt"), "w");
    fwrite(output, 1, size, table);
    fclose(table);
    free(output);
}

int main(void)
{
    static const Check checks[] = {
        {"bad_input_gets_exactly_these_messages", bad_input_gets_exactly_these_messages},
    };
    return check_run("bad_scenarios", checks, (int)(sizeof checks / sizeof *checks));
}

#include "figure_script.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../sim/rng.h"

static const char load_prefix[] = "load \"";
static const char seal_prefix[] = "# Sealed ";

static uint64_t checksum(const char *text)
{
    uint64_t sum = 0;
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++)
        sum = rng_mix(sum, *byte);
    return sum;
}

char *figure_script_read(Arena *arena, const char *path, size_t *ret_length)
{
    FILE *stream = fopen(path, "r");
    if (!stream)
        return NULL;
    size_t size = 0;
    char *text = NULL;
    ssize_t count = getdelim(&text, &size, '\0', stream);
    size_t length = count > 0 ? (size_t)count : 0;
    bool read = !ferror(stream);
    fclose(stream);
    char *copy = read ? arena_string_n(arena, text ? text : "", length) : NULL;
    free(text);
    if (ret_length)
        *ret_length = length;
    return copy;
}

void figure_script_set_text(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "%s = '", name);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', stream);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
    }
    fputs("'\n", stream);
}

void figure_script_set_number(FILE *stream, const char *name, double value)
{
    if (isfinite(value))
        fprintf(stream, "%s = %.10g\n", name, value);
    else
        fprintf(stream, "%s = NaN\n", name);
}

void figure_script_set_real(FILE *stream, const char *name, double value)
{
    assert(isfinite(value));
    char text[40];
    snprintf(text, sizeof text, "%.10g", value);
    fprintf(stream, "%s = %s%s\n", name, text, strpbrk(text, ".e") ? "" : ".0");
}

void figure_script_write_text(FILE *stream, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' ? ' ' : *text == '"' ? '\'' : *text, stream);
}

/* The name of the file that the line loads, in `arena`; NULL where it does something else. */
static const char *loaded_file(Arena *arena, const char *line, size_t length)
{
    size_t prefix = sizeof load_prefix - 1;
    if (length <= prefix + 1 || strncmp(line, load_prefix, prefix) != 0 || line[length - 1] != '"')
        return NULL;
    return arena_string_n(arena, line + prefix, length - prefix - 1);
}

char *figure_script_compose(Arena *arena, const char *folder, const char *name, const char *settings,
                            const char **ret_missing)
{
    const char *path = arena_format(arena, "%s/%s", folder, name);
    const char *script = figure_script_read(arena, path, NULL);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = script ? open_memstream(&text, &size) : NULL;
    if (!stream) {
        *ret_missing = path;
        return NULL;
    }
    fprintf(stream, "reset\n%s\n", settings);
    bool whole = true;
    for (const char *line = script; *line && whole;) {
        size_t length = strcspn(line, "\n");
        const char *loaded = loaded_file(arena, line, length);
        if (loaded) {
            path = arena_format(arena, "%s/%s", folder, loaded);
            const char *part = figure_script_read(arena, path, NULL);
            whole = part != NULL;
            fputs(part ? part : "", stream);
        } else {
            fprintf(stream, "%.*s\n", (int)length, line);
        }
        line += length + (line[length] == '\n');
    }
    fclose(stream);
    char *composed = whole ? arena_string(arena, text) : NULL;
    free(text);
    if (!whole)
        *ret_missing = path;
    return composed;
}

char *figure_script_seal(Arena *arena, const char *figure, const char *file, const char *script, const char *data)
{
    return arena_format(
        arena,
        "# Drawn by `orchid figure %s`. Change what you like, here and in the data, and redraw: gnuplot "
        "-d '%s'\n# orchid replaces both files only while they match these checksums.\n"
        "%s%016" PRIx64 " %016" PRIx64 "\n%s",
        figure, file, seal_prefix, checksum(script), checksum(data), script);
}

bool figure_script_sealed(const char *script, const char *data)
{
    uint64_t script_sum, data_sum;
    const char *seal = strstr(script, seal_prefix);
    const char *body = seal ? strchr(seal, '\n') : NULL;
    if (!body || sscanf(seal + sizeof seal_prefix - 1, "%" SCNx64 " %" SCNx64, &script_sum, &data_sum) != 2)
        return false;
    return checksum(body + 1) == script_sum && (!data || checksum(data) == data_sum);
}

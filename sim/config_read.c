#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Reads at most `limit` + 1 bytes of a file, so that a size over the limit shows; NULL with a finding. The caller
 * frees. */
static char *read_bytes(const char *path, size_t limit, size_t *ret_length, ErrorList *errors)
{
    FILE *stream = fopen(path, "rb");
    struct stat status;
    if (!stream || fstat(fileno(stream), &status) != 0) {
        error_add(errors, path, 0, 0, "cannot be opened: %s", strerror(errno));
        if (stream)
            fclose(stream);
        return NULL;
    }
    if (S_ISDIR(status.st_mode)) {
        error_add(errors, path, 0, 0, "is a directory, not a file");
        fclose(stream);
        return NULL;
    }
    char *bytes = memory_allocate(limit + 1, 1);
    *ret_length = fread(bytes, 1, limit + 1, stream);
    bool failed = ferror(stream) != 0;
    fclose(stream);
    if (!failed)
        return bytes;
    error_add(errors, path, 0, 0, "cannot be read: %s", strerror(errno));
    free(bytes);
    return NULL;
}

/* The length of the character at `text`, of which `left` bytes are there; 0 where it is not UTF-8. */
static size_t character_length(const unsigned char *text, size_t left, unsigned *ret_code)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80 ? 1 : text[0] < 0xc0 ? 0 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    if (length == 0 || length > left || text[0] > 0xf4)
        return 0;
    unsigned code = length == 1 ? text[0] : text[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3fu);
    }
    bool surrogate = code >= 0xd800 && code < 0xe000;
    if (code < least[length] || code > 0x10ffff || surrogate)
        return 0;
    *ret_code = code;
    return length;
}

/* Whether YAML allows the character. */
static bool is_printable(unsigned code)
{
    bool line_or_tab = code == '\t' || code == '\n' || code == '\r';
    return line_or_tab || (code >= ' ' && code != 0x7f && (code < 0x80 || code >= 0xa0 || code == 0x85) &&
                           code != 0xfffe && code != 0xffff && code != 0xfeff);
}

/* Whether all is text that YAML allows; else a finding at the first byte that is not. */
static bool check_text(const char *bytes, size_t length, const char *path, ErrorList *errors)
{
    const unsigned char *text = (const unsigned char *)bytes;
    int line = 1, column = 1;
    size_t start = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* a byte order mark */
    for (size_t i = start; i < length;) {
        unsigned code = 0;
        size_t step = character_length(text + i, length - i, &code);
        if (step == 0) {
            error_add(errors, path, line, column, "is not a text file in UTF-8: it holds the byte 0x%02x", text[i]);
            return false;
        }
        if (!is_printable(code)) {
            error_add(errors, path, line, column, "is not a text file: it holds the character 0x%02x", code);
            return false;
        }
        column = code == '\n' ? 1 : column + 1;
        line += code == '\n';
        i += step;
    }
    return true;
}

ConfigNode *config_read(Arena *arena, const char *path, ErrorList *errors)
{
    size_t length = 0;
    char *bytes = read_bytes(path, CONFIG_FILE_LIMIT, &length, errors);
    if (!bytes)
        return NULL;
    ConfigNode *root = NULL;
    if (length > CONFIG_FILE_LIMIT)
        error_add(errors, path, 0, 0, "is larger than 4 MiB");
    else if (check_text(bytes, length, path, errors))
        root = config_parse(arena, bytes, length, arena_string(arena, path), true, errors);
    free(bytes);
    return root;
}

const char *config_relative(Arena *arena, const char *base, const char *file)
{
    const char *slash = strrchr(base, '/');
    if (file[0] == '/' || !slash)
        return arena_string(arena, file);
    return arena_format(arena, "%.*s/%s", (int)(slash - base), base, file);
}

#include "config.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 256, NAMES_SIZE = 256, FIELD_LIMIT = 64, LISTED_LIMIT = 8, TEXT_LIMIT = 1000, SHOWN_LIMIT = 40 };

/* What binding passes down. */
typedef struct Binder {
    Arena *arena;
    const char *path; /* of the section */
    ErrorList *errors;
} Binder;

static void join_path(const char *path, const char *key, char joined[PATH_SIZE])
{
    char excerpt[CONFIG_EXCERPT_SIZE];
    snprintf(joined, PATH_SIZE, "%s%s%s", path, *path ? "." : "", config_excerpt(key, excerpt));
}

/* The end of a message about a word that is none of `count` names: what was probably meant, or a short list. */
static void suggest(const char *word, const char *const *names, int count, char text[NAMES_SIZE])
{
    const char *nearest = error_nearest(word, names, count);
    text[0] = 0;
    if (nearest) {
        snprintf(text, NAMES_SIZE, "; did you mean '%s'?", nearest);
        return;
    }
    if (count > LISTED_LIMIT)
        return;
    size_t length = (size_t)snprintf(text, NAMES_SIZE, "; expected one of:");
    for (int i = 0; i < count && length < NAMES_SIZE; i++)
        length += (size_t)snprintf(text + length, NAMES_SIZE - length, "%s %s", i ? "," : "", names[i]);
}

static void unknown_key(const Binder *binder, const ConfigNode *node, const Field *fields, int field_count)
{
    const char *names[FIELD_LIMIT];
    char path[PATH_SIZE], hint[NAMES_SIZE];
    for (int i = 0; i < field_count; i++)
        names[i] = fields[i].key;
    suggest(node->key, names, field_count, hint);
    join_path(binder->path, node->key, path);
    error_add(binder->errors, node->file, node->key_line, node->key_column, "%s: unknown key%s", path, hint);
}

/* Writes a limit of `field` as a person would. */
static void limit_text(const Field *field, double limit, char *text, size_t size)
{
    Dimension dimension = field->kind == FIELD_TIME ? DIMENSION_TIME : field->dimension;
    quantity_format(limit, field->kind == FIELD_INTEGER ? DIMENSION_COUNT : dimension, text, size);
}

/* Whether `value` is within the field's limits; else a finding. */
static bool check_range(const ConfigNode *node, const char *path, const Field *field, double value, ErrorList *errors)
{
    bool limited = field->minimum != 0 || field->maximum != 0;
    bool below = limited && value < field->minimum, above = limited && value > field->maximum;
    if (!below && !above)
        return true;
    char excerpt[CONFIG_EXCERPT_SIZE], limit[CONFIG_EXCERPT_SIZE];
    limit_text(field, below ? field->minimum : field->maximum, limit, sizeof limit);
    config_error(errors, node, path, "%s is %s allowed, %s", config_excerpt(node->text, excerpt),
                 below ? "below the least" : "above the most", limit);
    return false;
}

/* A whole number: digits, or a real number that happens to be whole, such as 1e6. */
static bool parse_integer(const char *text, int64_t *ret_value, char *why, size_t why_size)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    bool digits = *text == '-' || (*text >= '0' && *text <= '9');
    if (digits && *end == 0 && errno == 0) {
        *ret_value = value;
        return true;
    }
    double real;
    if (!quantity_parse(text, DIMENSION_COUNT, &real, why, why_size))
        return false;
    if (real != floor(real)) {
        snprintf(why, why_size, "is not a whole number");
        return false;
    }
    if (fabs(real) > 0x1p53) {
        snprintf(why, why_size, "is too large");
        return false;
    }
    *ret_value = (int64_t)real;
    return true;
}

static bool bind_number(const ConfigNode *node, const char *path, const Field *field, void *target, ErrorList *errors)
{
    char why[160], excerpt[CONFIG_EXCERPT_SIZE];
    double value = 0;
    int64_t whole = 0;
    Dimension dimension = field->kind == FIELD_TIME ? DIMENSION_TIME : field->dimension;
    bool good = field->kind == FIELD_INTEGER ? parse_integer(node->text, &whole, why, sizeof why)
                                             : quantity_parse(node->text, dimension, &value, why, sizeof why);
    if (!good) {
        config_error(errors, node, path, "\"%s\" %s", config_excerpt(node->text, excerpt), why);
        return false;
    }
    if (!check_range(node, path, field, field->kind == FIELD_INTEGER ? (double)whole : value, errors))
        return false;
    if (field->kind == FIELD_INTEGER)
        *(int64_t *)target = whole;
    else if (field->kind == FIELD_TIME)
        *(Time *)target = time_from_s(value);
    else
        *(double *)target = value;
    return true;
}

static bool bind_boolean(const ConfigNode *node, const char *path, bool *ret_value, ErrorList *errors)
{
    bool yes = strcmp(node->text, "yes") == 0 || strcmp(node->text, "true") == 0;
    bool no = strcmp(node->text, "no") == 0 || strcmp(node->text, "false") == 0;
    char excerpt[CONFIG_EXCERPT_SIZE];
    if (!yes && !no)
        config_error(errors, node, path, "\"%s\" is neither yes nor no", config_excerpt(node->text, excerpt));
    else
        *ret_value = yes;
    return yes || no;
}

static bool bind_choice(const ConfigNode *node, const char *path, const Field *field, int *ret_value, ErrorList *errors)
{
    int count = 0;
    for (; field->choices[count]; count++)
        if (strcmp(field->choices[count], node->text) == 0) {
            *ret_value = count;
            return true;
        }
    char excerpt[CONFIG_EXCERPT_SIZE], hint[NAMES_SIZE];
    suggest(node->text, field->choices, count, hint);
    config_error(errors, node, path, "\"%s\" is no choice here%s", config_excerpt(node->text, excerpt), hint);
    return false;
}

static bool bind_text(Arena *arena, const ConfigNode *node, const char *path, const char **ret_text, ErrorList *errors)
{
    if (!*node->text)
        config_error(errors, node, path, "is empty");
    else if (strlen(node->text) > TEXT_LIMIT)
        config_error(errors, node, path, "is longer than %d bytes", TEXT_LIMIT);
    else {
        *ret_text = arena_string(arena, node->text);
        return true;
    }
    return false;
}

/* Gives the field its default. */
static void bind_fallback(const Binder *binder, const ConfigNode *map, const Field *field, void *target)
{
    char path[PATH_SIZE];
    join_path(binder->path, field->key, path);
    if (!field->fallback) {
        config_error(binder->errors, map, path, "this key is required");
        return;
    }
    if (!*field->fallback)
        return;
    ConfigNode written = {.kind = CONFIG_SCALAR, .text = field->fallback};
    bool good = config_bind_value(binder->arena, &written, path, field, target, binder->errors);
    assert(good);
    (void)good;
}

const ConfigNode *config_get(const ConfigNode *map, const char *key)
{
    if (!map || map->kind != CONFIG_MAP)
        return NULL;
    for (const ConfigNode *child = map->first; child; child = child->next)
        if (strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

const char *config_item_path(Arena *arena, const char *path, const ConfigNode *item, int index)
{
    const ConfigNode *name = config_get(item, "name");
    char excerpt[CONFIG_EXCERPT_SIZE];
    if (!name || name->kind != CONFIG_SCALAR || !*name->text)
        return arena_format(arena, "%s[%d]", path, index);
    return arena_format(arena, "%s.%s", path, config_excerpt(name->text, excerpt));
}

bool config_bind(Arena *arena, const ConfigNode *map, const char *path, const Field *fields, int field_count,
                 void *target, ErrorList *errors)
{
    assert(field_count <= FIELD_LIMIT);
    Binder binder = {arena, path, errors};
    int found = errors->total;
    if (map && map->kind != CONFIG_MAP) {
        config_error(errors, map, path, "must be a map of keys and values");
        return false;
    }
    for (const ConfigNode *child = map ? map->first : NULL; child; child = child->next) {
        bool known = false;
        for (int i = 0; i < field_count && !known; i++)
            known = strcmp(fields[i].key, child->key) == 0;
        if (!known)
            unknown_key(&binder, child, fields, field_count);
    }
    for (int i = 0; i < field_count; i++) {
        const ConfigNode *node = config_get(map, fields[i].key);
        void *place = (char *)target + fields[i].offset;
        char joined[PATH_SIZE];
        join_path(path, fields[i].key, joined);
        if (node)
            config_bind_value(arena, node, joined, &fields[i], place, errors);
        else
            bind_fallback(&binder, map, &fields[i], place);
    }
    return errors->total == found;
}

bool config_bind_value(Arena *arena, const ConfigNode *node, const char *path, const Field *field, void *target,
                       ErrorList *errors)
{
    if (node->kind == CONFIG_SCALAR && !node->quoted && !*node->text) {
        config_error(errors, node, path, "has no value");
        return false;
    }
    if (field->kind == FIELD_NESTED) {
        *(const ConfigNode **)target = node;
        return true;
    }
    if (node->kind != CONFIG_SCALAR) {
        config_error(errors, node, path, "must be a single value, not a %s", node->kind == CONFIG_MAP ? "map" : "list");
        return false;
    }
    switch (field->kind) {
    case FIELD_INTEGER:
    case FIELD_QUANTITY:
    case FIELD_TIME:
        return bind_number(node, path, field, target, errors);
    case FIELD_BOOLEAN:
        return bind_boolean(node, path, target, errors);
    case FIELD_TEXT:
        return bind_text(arena, node, path, target, errors);
    case FIELD_CHOICE:
        return bind_choice(node, path, field, target, errors);
    case FIELD_NESTED:
        break;
    }
    assert(false);
    return false;
}

void config_error(ErrorList *errors, const ConfigNode *node, const char *path, const char *format, ...)
{
    char what[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    error_add(errors, node ? node->file : NULL, node ? node->line : 0, node ? node->column : 0, "%s%s%s", path,
              *path ? ": " : "", what);
}

const char *config_excerpt(const char *text, char buffer[CONFIG_EXCERPT_SIZE])
{
    size_t length = strlen(text), shown = length;
    if (length > SHOWN_LIMIT) {
        shown = SHOWN_LIMIT - 3;
        while (shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80) /* not inside of a character */
            shown--;
    }
    for (size_t i = 0; i < shown; i++)
        buffer[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];
    snprintf(buffer + shown, CONFIG_EXCERPT_SIZE - shown, "%s", length > shown ? "..." : "");
    return buffer;
}

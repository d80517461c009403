#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_LIMIT = 16, STEP_SIZE = 128, SOURCE_LIMIT = 160, SUGGESTED_LIMIT = 64 };

/* One assignment on its way down the tree. */
typedef struct Override {
    Arena *arena;
    ErrorList *errors;
    const char *source; /* stands where a file's name does */
    int line, column;   /* of the key; 0 on the command line */
    char steps[STEP_LIMIT][STEP_SIZE];
    int step_count;
    const char *value;
} Override;

/* "command line: nodes.device.count=3", on one line and not too long. */
static const char *source_name(Arena *arena, const char *assignment)
{
    char *source = arena_format(arena, "command line: %.*s", SOURCE_LIMIT, assignment);
    for (char *c = source; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return source;
}

/* Cuts "a.b[0].c" into steps. */
static bool split_path(Override *override, const char *path, size_t length)
{
    const char *end = path + length;
    while (path < end) {
        size_t size = 0;
        while (path + size < end && path[size] != '.' && path[size] != '[')
            size++;
        bool index = *path == '[';
        if (index)
            for (path++, size = 0; path + size < end && path[size] != ']';)
                size++;
        if (size == 0 || size >= STEP_SIZE || override->step_count == STEP_LIMIT || (index && path + size == end))
            return false;
        memcpy(override->steps[override->step_count], path, size);
        override->steps[override->step_count++][size] = 0;
        path += size + index;
        if (path < end && *path == '.' && ++path == end)
            return false;
    }
    return override->step_count > 0;
}

/* Whether the entry `index` of a list is the one called `step`. */
static bool is_item(const ConfigNode *item, int index, const char *step)
{
    const ConfigNode *name = config_get(item, "name"), *from = config_get(item, "from"), *to = config_get(item, "to");
    char number[16], ends[2 * STEP_SIZE];
    snprintf(number, sizeof number, "%d", index);
    if (strcmp(number, step) == 0 || (name && name->kind == CONFIG_SCALAR && strcmp(name->text, step) == 0))
        return true;
    if (!from || !to || from->kind != CONFIG_SCALAR || to->kind != CONFIG_SCALAR)
        return false;
    snprintf(ends, sizeof ends, "%s-%s", from->text, to->text);
    return strcmp(ends, step) == 0;
}

static void unknown_item(const Override *override, const ConfigNode *list, int step)
{
    const char *names[SUGGESTED_LIMIT];
    int count = 0;
    for (const ConfigNode *item = list->first; item && count < SUGGESTED_LIMIT; item = item->next) {
        const ConfigNode *name = config_get(item, "name");
        if (name && name->kind == CONFIG_SCALAR)
            names[count++] = name->text;
    }
    const char *nearest = error_nearest(override->steps[step], names, count);
    error_add(override->errors, override->source, override->line, override->column, "no entry '%s' in this list%s%s%s",
              override->steps[step], nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* The child of `node` that step `step` names, made where a map has none yet; NULL with a finding. */
static ConfigNode *step_into(const Override *override, ConfigNode *node, int step)
{
    const char *name = override->steps[step];
    if (node->kind == CONFIG_SCALAR) {
        error_add(override->errors, override->source, override->line, override->column,
                  "there is no '%s' below a single value", name);
        return NULL;
    }
    int index = 0;
    ConfigNode **link = &node->first;
    for (; *link; link = &(*link)->next, index++)
        if (node->kind == CONFIG_MAP ? strcmp((*link)->key, name) == 0 : is_item(*link, index, name))
            return *link;
    if (node->kind == CONFIG_LIST) {
        unknown_item(override, node, step);
        return NULL;
    }
    ConfigNode *made = arena_allocate(override->arena, 1, sizeof *made);
    *made = (ConfigNode){.kind = CONFIG_MAP,
                         .file = override->source,
                         .line = override->line,
                         .column = override->column,
                         .key_line = override->line,
                         .key_column = override->column};
    made->key = arena_string(override->arena, name);
    *link = made;
    node->count++;
    return made;
}

/* Goes down the path and puts `value` there, in place of what was. */
static bool assign(Override *override, ConfigNode *root, ConfigNode *value)
{
    ConfigNode *node = root;
    for (int i = 0; i < override->step_count && node; i++)
        node = step_into(override, node, i);
    if (!node)
        return false;
    value->key = node->key;
    value->next = node->next;
    *node = *value;
    node->key_line = override->line;
    node->key_column = override->column;
    return true;
}

ConfigNode *config_copy(Arena *arena, const ConfigNode *node)
{
    ConfigNode *copy = arena_allocate(arena, 1, sizeof *copy);
    *copy = *node;
    copy->next = NULL;
    ConfigNode **link = &copy->first;
    for (const ConfigNode *child = node->first; child; child = child->next) {
        *link = config_copy(arena, child);
        link = &(*link)->next;
    }
    return copy;
}

void config_override(Arena *arena, ConfigNode *root, const char *assignment, ErrorList *errors)
{
    Override override = {.arena = arena, .errors = errors, .source = source_name(arena, assignment)};
    const char *equals = strchr(assignment, '=');
    if (!equals || !split_path(&override, assignment, (size_t)(equals - assignment))) {
        error_add(errors, override.source, 0, 0, "expected key=value, such as nodes.device.count=3");
        return;
    }
    ConfigNode *value = config_parse(arena, equals + 1, strlen(equals + 1), override.source, false, errors);
    if (value)
        assign(&override, root, value);
}

void config_remove(ConfigNode *map, const char *key)
{
    for (ConfigNode **link = &map->first; *link; link = &(*link)->next)
        if (strcmp((*link)->key, key) == 0) {
            *link = (*link)->next;
            map->count--;
            return;
        }
}

bool config_assign(Arena *arena, ConfigNode *root, const char *path, const ConfigNode *value, ErrorList *errors)
{
    Override override = {
        .arena = arena, .errors = errors, .source = value->file, .line = value->key_line, .column = value->key_column};
    if (!split_path(&override, path, strlen(path))) {
        char excerpt[CONFIG_EXCERPT_SIZE];
        error_add(errors, value->file, value->key_line, value->key_column,
                  "%s: is no key of a scenario; expected one such as nodes.device.count",
                  config_excerpt(path, excerpt));
        return false;
    }
    return assign(&override, root, config_copy(arena, value));
}

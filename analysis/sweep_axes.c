#include "sweep_axes.h"

#include "../sim/scenario.h"
#include "expression.h"
#include "sweep_range.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Keys of the section that are no axes. */
static const char *const own_keys[] = {"zip", "policies", "where", "repeat"};

enum { OWN_KEY_COUNT = sizeof own_keys / sizeof *own_keys, TOP_KEY_LIMIT = 64 };

static const char policy_key[] = "policy", name_key[] = "name";

typedef struct Reader {
    Arena *arena;
    ErrorList *errors;
    const ConfigNode *root; /* the scenario */
    SweepAxes *axes;
} Reader;

/* The base unit of a dimension for the store. */
static const char *base_unit(Dimension dimension)
{
    static const char *const units[DIMENSION_COUNT_] = {
        [DIMENSION_COUNT] = "",  [DIMENSION_TIME] = "s",   [DIMENSION_DATA] = "B",    [DIMENSION_BANDWIDTH] = "bit/s",
        [DIMENSION_POWER] = "W", [DIMENSION_ENERGY] = "J", [DIMENSION_FRACTION] = "", [DIMENSION_RATE] = "/s"};
    return units[dimension];
}

/* A finding about the key of an entry. */
static void key_error(Reader *reader, const ConfigNode *entry, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void key_error(Reader *reader, const ConfigNode *entry, const char *format, ...)
{
    char what[ERROR_MESSAGE_SIZE], excerpt[CONFIG_EXCERPT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    error_add(reader->errors, entry->file, entry->key_line, entry->key_column, "sweep.%s: %s",
              config_excerpt(entry->key, excerpt), what);
}

static const char *entry_path(Reader *reader, const ConfigNode *entry)
{
    char excerpt[CONFIG_EXCERPT_SIZE];
    return arena_format(reader->arena, "sweep.%s", config_excerpt(entry->key, excerpt));
}

/* A tree on one line. */
static const char *flow_text(Arena *arena, const ConfigNode *node)
{
    if (node->kind == CONFIG_SCALAR)
        return node->text;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream)
        config_write_node(stream, node);
    bool written = stream && fclose(stream) == 0;
    const char *copy = arena_string(arena, written ? text : "");
    free(text);
    return copy;
}

/* Whether a key can be one of a scenario: its first step must be. */
static bool check_key(Reader *reader, const ConfigNode *entry)
{
    const char *names[TOP_KEY_LIMIT + OWN_KEY_COUNT];
    const ConfigSection *top = scenario_section(0);
    size_t length = strcspn(entry->key, ".[");
    const char *first = arena_string_n(reader->arena, entry->key, length);
    int count = 0;
    for (int i = 0; i < top->field_count; i++) {
        bool sweep = strcmp(top->fields[i].key, "sweep") == 0;
        if (!sweep && strcmp(top->fields[i].key, first) == 0)
            return true;
        if (!sweep)
            names[count++] = top->fields[i].key;
    }
    bool dotted = entry->key[length] != 0;
    for (int i = 0; i < OWN_KEY_COUNT && !dotted; i++)
        names[count++] = own_keys[i];
    const char *nearest = error_nearest(first, names, count);
    key_error(reader, entry, "a scenario has no key '%s'%s%s%s", first, nearest ? "; did you mean '" : "",
              nearest ? nearest : "", nearest ? "'?" : "");
    return false;
}

/* Whether one of two keys lies within the other. */
static bool overlap(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b), length = a_length < b_length ? a_length : b_length;
    const char *longer = a_length < b_length ? b : a;
    return strncmp(a, b, length) == 0 && (!longer[length] || longer[length] == '.' || longer[length] == '[');
}

/* Refuses a key that another axis sets too. */
static bool check_overlap(Reader *reader, const ConfigNode *entry, const char *key)
{
    for (int a = 0; a < reader->axes->axis_count; a++)
        for (int k = 0; k < reader->axes->axes[a].key_count; k++) {
            const SweepKey *other = &reader->axes->axes[a].keys[k];
            if (!overlap(other->key, key))
                continue;
            if (strcmp(other->key, key) == 0)
                key_error(reader, entry, "this key is an axis twice, first in line %d", other->place->key_line);
            else
                key_error(reader, entry, "sets what %s in line %d sets", other->key, other->place->key_line);
            return false;
        }
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    const SweepValue *first = *(const SweepValue *const *)a, *second = *(const SweepValue *const *)b;
    int order = strcmp(first->text, second->text);
    return order ? order : (first > second) - (first < second);
}

/* Values that stand twice would be the same run twice. */
static bool check_twice(Reader *reader, const SweepKey *key, int count)
{
    const SweepValue **sorted = memory_allocate((size_t)count, sizeof *sorted);
    int before = reader->errors->total;
    for (int i = 0; i < count; i++)
        sorted[i] = &key->values[i];
    qsort(sorted, (size_t)count, sizeof *sorted, compare_texts);
    for (int i = 1; i < count; i++) {
        char excerpt[CONFIG_EXCERPT_SIZE];
        if (strcmp(sorted[i]->text, sorted[i - 1]->text) == 0)
            config_error(reader->errors, key->nodes[sorted[i] - key->values], entry_path(reader, key->place),
                         "%s stands here twice", config_excerpt(sorted[i]->text, excerpt));
    }
    free(sorted);
    return reader->errors->total == before;
}

/* Finds out what the values of a key are: quantities of one dimension, or texts. */
static void judge_values(SweepKey *key, int count)
{
    for (int i = 0; i < count; i++) {
        SweepValue *value = &key->values[i];
        Dimension dimension = DIMENSION_COUNT;
        bool quantity = key->nodes[i]->kind == CONFIG_SCALAR && !key->nodes[i]->quoted &&
                        expression_number(value->text, &value->number, &dimension);
        if (!quantity)
            value->number = NAN;
        value->unit = quantity ? base_unit(dimension) : "";
        key->is_text = key->is_text || !quantity || (i > 0 && dimension != key->dimension);
        if (i == 0)
            key->dimension = dimension;
    }
}

/* Fills the key from the trees of its values, which are set at the place of the entry. */
static void fill_key(Reader *reader, const ConfigNode *entry, const ConfigNode *const *nodes, int count, SweepKey *key)
{
    key->key = entry->key;
    key->place = entry;
    key->nodes = arena_allocate(reader->arena, (size_t)count, sizeof *key->nodes);
    key->values = arena_allocate(reader->arena, (size_t)count, sizeof *key->values);
    key->words = arena_allocate(reader->arena, (size_t)count, sizeof *key->words);
    for (int i = 0; i < count; i++) {
        ConfigNode *node = arena_allocate(reader->arena, 1, sizeof *node);
        *node = *nodes[i];
        node->next = NULL;
        node->key_line = entry->key_line;
        node->key_column = entry->key_column;
        key->nodes[i] = node;
        key->words[i] = flow_text(reader->arena, node);
        key->values[i] = (SweepValue){.key = key->key, .text = key->words[i]};
    }
    judge_values(key, count);
}

/* The values of an axis as they stand in a list or range; NULL with findings. */
static const ConfigNode **read_points(Reader *reader, const ConfigNode *entry, int *ret_count)
{
    const char *path = entry_path(reader, entry);
    if (entry->kind == CONFIG_MAP && sweep_is_range(entry))
        return sweep_range_points(reader->arena, entry, path, ret_count, reader->errors);
    if (entry->kind == CONFIG_MAP && entry->first) {
        config_error(reader->errors, entry, path,
                     "needs a list or a range {from, to, step}; keys are written with dots: %s.%s", entry->key,
                     entry->first->key);
        return NULL;
    }
    if (entry->kind != CONFIG_LIST) {
        config_error(reader->errors, entry, path, "needs a list such as [1, 2] or a range {from: 1, to: 5, step: 1}");
        return NULL;
    }
    if (entry->count == 0)
        config_error(reader->errors, entry, path, "the list is empty");
    int before = reader->errors->total, count = 0;
    const ConfigNode **points = arena_allocate(reader->arena, (size_t)entry->count, sizeof *points);
    for (const ConfigNode *item = entry->first; item; item = item->next) {
        if (item->kind == CONFIG_SCALAR && !item->quoted && !*item->text)
            config_error(reader->errors, item, path, "has no value");
        points[count++] = item;
    }
    *ret_count = count;
    return count > 0 && reader->errors->total == before ? points : NULL;
}

/* Adds an axis of `key_count` keys, unless that makes too many. */
static void add_axis(Reader *reader, const ConfigNode *place, int point_count, int key_count, SweepKey *keys)
{
    SweepAxes *axes = reader->axes;
    if (axes->key_count + key_count > SWEEP_KEY_LIMIT) {
        key_error(reader, place, "more than %d keys vary", SWEEP_KEY_LIMIT);
        return;
    }
    axes->axes[axes->axis_count++] = (SweepAxis){point_count, key_count, keys};
    axes->key_count += key_count;
}

/* KEY: values */
static void read_key(Reader *reader, const ConfigNode *entry)
{
    bool known = check_key(reader, entry);
    if (!known && !strpbrk(entry->key, ".["))
        return;
    int count = 0;
    const ConfigNode **points = read_points(reader, entry, &count);
    if (!known || !points || !check_overlap(reader, entry, entry->key))
        return;
    SweepKey *key = arena_allocate(reader->arena, 1, sizeof *key);
    fill_key(reader, entry, points, count, key);
    if (check_twice(reader, key, count))
        add_axis(reader, entry, count, 1, key);
}

/* One map of zipped keys. */
static void read_zipped(Reader *reader, const ConfigNode *map)
{
    if (map->kind != CONFIG_MAP || !map->first) {
        config_error(reader->errors, map, "sweep.zip",
                     "needs a map of keys that change together, such as {workload.rate: [1 /s, 2 /s], "
                     "nodes.edge.cores: [2, 4]}");
        return;
    }
    int before = reader->errors->total, length = 0, count = 0, filled = 0;
    SweepKey *keys = arena_allocate(reader->arena, (size_t)map->count, sizeof *keys);
    for (const ConfigNode *entry = map->first; entry; entry = entry->next) {
        const ConfigNode **points = check_key(reader, entry) ? read_points(reader, entry, &count) : NULL;
        if (!points || !check_overlap(reader, entry, entry->key))
            continue;
        for (int i = 0; i < filled; i++)
            if (overlap(keys[i].key, entry->key))
                key_error(reader, entry, "sets what %s sets", keys[i].key);
        if (filled > 0 && count != length)
            key_error(reader, entry, "has %d values, but %s, zipped with it, has %d", count, keys[0].key, length);
        if (filled == 0)
            length = count;
        fill_key(reader, entry, points, count, &keys[filled++]);
    }
    if (reader->errors->total == before)
        add_axis(reader, map->first, length, filled, keys);
}

static void read_zip(Reader *reader, const ConfigNode *entry)
{
    if (entry->kind == CONFIG_LIST && entry->first)
        for (const ConfigNode *map = entry->first; map; map = map->next)
            read_zipped(reader, map);
    else
        read_zipped(reader, entry);
}

/* A policy with the parameters that the scenario gives it, unless `node` gives others; NULL with findings. */
static const ConfigNode *policy_section(Reader *reader, const ConfigNode *node)
{
    const ConfigNode *name = node->kind == CONFIG_MAP ? config_get(node, name_key) : node;
    if (!name || name->kind != CONFIG_SCALAR || !*name->text) {
        config_error(reader->errors, node, "sweep.policies",
                     "needs the name of a policy, such as greedy, or a map such as {name: q-learning, epsilon: 0.1}");
        return NULL;
    }
    const ConfigNode *own = config_get(reader->root, policy_key), *own_name = config_get(own, name_key);
    bool same = own_name && own_name->kind == CONFIG_SCALAR && strcmp(own_name->text, name->text) == 0;
    ConfigNode *section = same ? config_copy(reader->arena, own) : arena_allocate(reader->arena, 1, sizeof *section);
    section->kind = CONFIG_MAP;
    section->file = node->file;
    section->line = node->line;
    section->column = node->column;
    ConfigNode only = *name;
    only.key = name_key;
    only.next = NULL;
    const ConfigNode *first = node->kind == CONFIG_MAP ? node->first : &only;
    for (const ConfigNode *parameter = first; parameter; parameter = parameter->next)
        config_assign(reader->arena, section, parameter->key, parameter, reader->errors);
    return section;
}

/* "q-learning", or "q-learning {epsilon: 0.1}" where `node` gives parameters. */
static const char *policy_label(Arena *arena, const ConfigNode *node)
{
    if (node->kind != CONFIG_MAP)
        return node->text;
    const char *name = config_get(node, name_key)->text, *label = name, *separator = " {";
    for (const ConfigNode *parameter = node->first; parameter; parameter = parameter->next) {
        if (strcmp(parameter->key, name_key) == 0)
            continue;
        label = arena_format(arena, "%s%s%s: %s", label, separator, parameter->key, flow_text(arena, parameter));
        separator = ", ";
    }
    return label == name ? name : arena_format(arena, "%s}", label);
}

static void read_policies(Reader *reader, const ConfigNode *entry)
{
    int before = reader->errors->total, count = 0;
    if (entry->kind != CONFIG_LIST || !entry->first) {
        config_error(reader->errors, entry, "sweep.policies", "needs a list such as [device-only, greedy]");
        return;
    }
    const ConfigNode **sections = arena_allocate(reader->arena, (size_t)entry->count, sizeof *sections);
    for (const ConfigNode *item = entry->first; item; item = item->next) {
        sections[count] = policy_section(reader, item);
        if (sections[count] && policy_check(sections[count], reader->errors))
            count++;
    }
    if (reader->errors->total > before || !check_overlap(reader, entry, policy_key))
        return;
    SweepKey *key = arena_allocate(reader->arena, 1, sizeof *key);
    fill_key(reader, entry, sections, count, key);
    key->key = policy_key;
    const ConfigNode *item = entry->first;
    for (int i = 0; i < count; i++, item = item->next) {
        key->values[i] = (SweepValue){policy_key, policy_label(reader->arena, item), NAN, ""};
        key->words[i] = config_get(sections[i], name_key)->text;
    }
    if (check_twice(reader, key, count))
        add_axis(reader, entry, count, 1, key);
}

static void read_repeat(Reader *reader, const ConfigNode *entry)
{
    const Field field = {.key = "repeat", .kind = FIELD_INTEGER, .minimum = 1, .maximum = SWEEP_REPEAT_LIMIT};
    int64_t repeat = 0;
    if (config_bind_value(reader->arena, entry, "sweep.repeat", &field, &repeat, reader->errors))
        reader->axes->repeat = (int)repeat;
}

static void read_where(Reader *reader, const ConfigNode *entry)
{
    if (entry->kind != CONFIG_SCALAR || !*entry->text)
        config_error(reader->errors, entry, "sweep.where", "needs a condition such as nodes.device.count <= 3");
    else
        reader->axes->where = entry;
}

bool sweep_axes_read(Arena *arena, const ConfigNode *sweep, const ConfigNode *root, int replications,
                     SweepAxes *ret_axes, ErrorList *errors)
{
    int before = errors->total, limit = 0;
    *ret_axes = (SweepAxes){.repeat = replications};
    Reader reader = {arena, errors, root, ret_axes};
    if (sweep->kind != CONFIG_MAP) {
        config_error(errors, sweep, "sweep",
                     "must be a map of keys and their values, such as {objective.threshold: [80 %%, 89 %%]}");
        return false;
    }
    for (const ConfigNode *entry = sweep->first; entry; entry = entry->next)
        limit += strcmp(entry->key, "zip") == 0 ? entry->count : 1;
    ret_axes->axes = arena_allocate(arena, (size_t)limit, sizeof *ret_axes->axes);
    for (const ConfigNode *entry = sweep->first; entry; entry = entry->next) {
        if (strcmp(entry->key, "zip") == 0)
            read_zip(&reader, entry);
        else if (strcmp(entry->key, "policies") == 0)
            read_policies(&reader, entry);
        else if (strcmp(entry->key, "repeat") == 0)
            read_repeat(&reader, entry);
        else if (strcmp(entry->key, "where") == 0)
            read_where(&reader, entry);
        else
            read_key(&reader, entry);
    }
    return errors->total == before;
}

#include "run_set.h"

#include "../sim/config.h"
#include "run_filter.h"

#include <stdlib.h>
#include <string.h>

/* Enough for the keys of a scenario; a path is as deep as a file may be. */
enum { PATH_SIZE = 512, NEAREST_LIMIT = 2048 };

static const char *const names[RUN_SET_NAME_COUNT] = {
    [RUN_SET_POLICY] = "policy", [RUN_SET_SCENARIO] = "scenario",       [RUN_SET_USERS] = "users",
    [RUN_SET_SEED] = "seed",     [RUN_SET_REPLICATION] = "replication", [RUN_SET_VERSION] = "version",
    [RUN_SET_TRACES] = "traces", [RUN_SET_EXPERIMENT] = "experiment",   [RUN_SET_RUN] = "run",
};

/* One row per scenario: its text, and whether another has the same. */
static const char SCENARIOS[] =
    "SELECT scenario_hash, resolved, count(*) OVER (PARTITION BY resolved) FROM scenarios ORDER BY scenario_hash";
static const char AXIS_KEYS[] = "SELECT DISTINCT key FROM sweep_values ORDER BY key";
static const char AXES[] = "SELECT run, key, value FROM sweep_values ORDER BY run, key";
static const char PARAMETERS[] = "SELECT DISTINCT parameters_hash, parameters FROM runs ORDER BY 1";
static const char RUNS[] =
    "SELECT run, scenario_hash, parameters_hash, status = 'done', policy, scenarios.name, users, seed, replication, "
    "version, experiment FROM runs JOIN scenarios USING (scenario_hash) ORDER BY run";

/* A read under way. */
typedef struct Reader {
    RunSet *set;
    RunKeyKind kind;          /* of the keys that are read now */
    int hint;                 /* where the next key probably is: files list theirs in the same order */
    int key_limit, run_limit; /* allocated */
    int value_limit;
    const char **values; /* [value_limit] of the text that is read now */
    bool *twin;          /* [scenario_count] */
    Arena scratch;
} Reader;

/* The index of a key, new where it was not met before. */
static int intern_key(Reader *reader, const char *name)
{
    RunSet *set = reader->set;
    for (int step = 0; step < set->key_count; step++) {
        int key = (reader->hint + step) % set->key_count;
        if (set->keys[key].kind == reader->kind && strcmp(set->keys[key].name, name) == 0) {
            reader->hint = key + 1;
            return key;
        }
    }
    if (set->key_count == reader->key_limit) {
        int limit = 2 * reader->key_limit;
        RunSetKey *keys = arena_allocate(&set->arena, (size_t)limit, sizeof *keys);
        memcpy(keys, set->keys, (size_t)set->key_count * sizeof *keys);
        set->keys = keys;
        reader->key_limit = limit;
    }
    set->keys[set->key_count] = (RunSetKey){.name = arena_string(&set->arena, name), .kind = reader->kind};
    reader->hint = set->key_count + 1;
    return set->key_count++;
}

static void add_value(Reader *reader, const char *path, const char *text)
{
    int key = intern_key(reader, path);
    if (key >= reader->value_limit) {
        int limit = 2 * key + 1;
        reader->values =
            memory_grow(reader->values, (size_t)reader->value_limit, (size_t)limit, sizeof *reader->values);
        reader->value_limit = limit;
    }
    reader->values[key] = arena_string(&reader->set->arena, text);
}

/* A list of scalars, or a map inside such a list, on one line. */
static const char *flow_text(Reader *reader, const ConfigNode *node)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return "";
    config_write_node(stream, node);
    fclose(stream);
    const char *copy = arena_string(&reader->scratch, text);
    free(text);
    return copy;
}

static const char *scalar_text(const ConfigNode *map, const char *key)
{
    const ConfigNode *node = config_get(map, key);
    return node && node->kind == CONFIG_SCALAR ? node->text : NULL;
}

/* Adds what is below `node` under "path.key"; entries of a list go by their name, by "from-to", or by their place, as
 * in assignments on the command line. */
static void flatten(Reader *reader, const ConfigNode *node, const char *path)
{
    bool entries = node->kind == CONFIG_LIST && node->first && node->first->kind == CONFIG_MAP;
    if (node->kind == CONFIG_SCALAR) {
        add_value(reader, path, node->text);
        return;
    }
    if (node->kind == CONFIG_LIST && !entries) {
        add_value(reader, path, flow_text(reader, node));
        return;
    }
    int place = 0;
    for (const ConfigNode *child = node->first; child; child = child->next, place++) {
        const char *from = scalar_text(child, "from"), *to = scalar_text(child, "to"),
                   *name = scalar_text(child, "name");
        const char *step = child->key;
        if (!step)
            step = name         ? name
                   : from && to ? arena_format(&reader->scratch, "%s-%s", from, to)
                                : arena_format(&reader->scratch, "%d", place);
        flatten(reader, child, arena_format(&reader->scratch, "%s%s%s", path, *path ? "." : "", step));
    }
}

/* Keys of the resolved scenario that are kept elsewhere: as names of the run, or as the policy's parameters. */
static bool is_kept_elsewhere(const ConfigNode *entry)
{
    static const char *const keys[] = {"name", "seed", "replications", "policy"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(entry->key, keys[i]) == 0)
            return true;
    return false;
}

/* The values of a YAML text, whose keys get the beginning `path`. */
static RunValues read_values(Reader *reader, const char *hash, const char *yaml, const char *path)
{
    RunSet *set = reader->set;
    ErrorList errors = {0};
    const ConfigNode *root = config_parse(&reader->scratch, yaml, strlen(yaml), "", false, &errors);
    memset(reader->values, 0, (size_t)reader->value_limit * sizeof *reader->values);
    reader->hint = 0;
    for (const ConfigNode *entry = root && root->kind == CONFIG_MAP ? root->first : NULL; entry; entry = entry->next)
        if (reader->kind != RUN_KEY_SCENARIO || !is_kept_elsewhere(entry))
            flatten(reader, entry, arena_format(&reader->scratch, "%s%s", path, entry->key));
    RunValues read = {.hash = arena_string(&set->arena, hash), .value_count = set->key_count};
    read.values = arena_allocate(&set->arena, (size_t)set->key_count, sizeof *read.values);
    for (int key = 0; key < set->key_count && key < reader->value_limit; key++)
        read.values[key] = reader->values[key];
    arena_free(&reader->scratch);
    return read;
}

static bool add_scenario(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Reader *reader = context;
    RunSet *set = reader->set;
    size_t count = (size_t)set->scenario_count;
    set->scenarios = memory_grow(set->scenarios, count, count + 1, sizeof *set->scenarios);
    reader->twin = memory_grow(reader->twin, count, count + 1, sizeof *reader->twin);
    reader->twin[count] = row[2].integer > 1;
    set->scenarios[set->scenario_count++] = read_values(reader, row[0].text, row[1].text, "");
    return true;
}

static bool add_parameters(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Reader *reader = context;
    RunSet *set = reader->set;
    size_t count = (size_t)set->parameters_count;
    set->parameters = memory_grow(set->parameters, count, count + 1, sizeof *set->parameters);
    set->parameters[set->parameters_count++] = read_values(reader, row[0].text, row[1].text, "policy.");
    return true;
}

/* The place of a hash in an array ordered by it; it is there. */
static int find_hash(const RunValues *items, int count, const char *hash)
{
    int low = 0, high = count - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (strcmp(items[middle].hash, hash) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool add_run(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    enum { COLUMN_POLICY = 4 };
    static const int order[] = {RUN_SET_POLICY,      RUN_SET_SCENARIO, RUN_SET_USERS,     RUN_SET_SEED,
                                RUN_SET_REPLICATION, RUN_SET_VERSION,  RUN_SET_EXPERIMENT};
    Reader *reader = context;
    RunSet *set = reader->set;
    if (set->run_count == reader->run_limit) {
        int limit = 2 * reader->run_limit + 1;
        set->runs = memory_grow(set->runs, (size_t)reader->run_limit, (size_t)limit, sizeof *set->runs);
        reader->run_limit = limit;
    }
    RunRecord *run = &set->runs[set->run_count++];
    *run = (RunRecord){.run = row[0].integer, .done = row[3].integer};
    run->scenario = find_hash(set->scenarios, set->scenario_count, row[1].text);
    run->parameters = find_hash(set->parameters, set->parameters_count, row[2].text);
    for (int i = 0; i < (int)(sizeof order / sizeof *order); i++)
        run->names[order[i]] = arena_string(&set->arena, row[COLUMN_POLICY + i].text);
    run->names[RUN_SET_RUN] = arena_string(&set->arena, row[0].text);
    run->names[RUN_SET_TRACES] = reader->twin[run->scenario] ? set->scenarios[run->scenario].hash : "";
    run->seed = row[COLUMN_POLICY + 3].integer;
    run->replication = row[COLUMN_POLICY + 4].integer;
    return true;
}

/* The key that a key of a sweep is already known as; -1 where it sets a whole section. */
static int known_key(const RunSet *set, const char *name)
{
    for (int key = 0; key < set->key_count - set->axis_count; key++)
        if (strcmp(set->keys[key].name, name) == 0)
            return key;
    return -1;
}

/* First pass over the sweeps' values: which keys are new. */
static bool add_axis(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Reader *reader = context;
    int key = known_key(reader->set, row[0].text);
    if (key < 0) {
        key = intern_key(reader, row[0].text);
        reader->set->axis_count++;
    }
    reader->set->keys[key].swept = true;
    return true;
}

/* Second pass: their values. */
static bool add_axis_value(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Reader *reader = context;
    RunSet *set = reader->set;
    int run = run_set_index(set, row[0].integer);
    if (run < 0 || known_key(set, row[1].text) >= 0)
        return true;
    RunRecord *record = &set->runs[run];
    if (!record->axes)
        record->axes = arena_allocate(&set->arena, (size_t)set->axis_count, sizeof *record->axes);
    record->axes[intern_key(reader, row[1].text) - (set->key_count - set->axis_count)] =
        arena_string(&set->arena, row[2].text);
    return true;
}

/* Notes which keys have different values among the runs. */
static void note_what_varies(RunSet *set)
{
    for (int key = 0; key < set->key_count; key++) {
        const char *first = NULL;
        for (int run = 0; run < set->run_count && !set->keys[key].varies; run++) {
            const char *value = run_set_value(set, run, key);
            if (!first)
                first = value;
            set->keys[key].varies = value && strcmp(value, first) != 0;
        }
    }
}

static void begin(Reader *reader)
{
    RunSet *set = reader->set;
    reader->key_limit = 128;
    set->keys = arena_allocate(&set->arena, (size_t)reader->key_limit, sizeof *set->keys);
    for (int i = 0; i < RUN_SET_NAME_COUNT; i++)
        intern_key(reader, names[i]);
    reader->value_limit = reader->key_limit;
    reader->values = memory_allocate((size_t)reader->value_limit, sizeof *reader->values);
}

StoreStatus run_set_read(Store *store, const char *where, RunSet *ret_set, Error *error)
{
    *ret_set = (RunSet){0};
    Reader reader = {.set = ret_set};
    begin(&reader);
    reader.kind = RUN_KEY_SCENARIO;
    StoreStatus status = store_query(store, SCENARIOS, NULL, 0, add_scenario, &reader, error);
    reader.kind = RUN_KEY_PARAMETER;
    if (status == STORE_FINE)
        status = store_query(store, PARAMETERS, NULL, 0, add_parameters, &reader, error);
    if (status == STORE_FINE)
        status = store_query(store, RUNS, NULL, 0, add_run, &reader, error);
    reader.kind = RUN_KEY_AXIS;
    if (status == STORE_FINE)
        status = store_query(store, AXIS_KEYS, NULL, 0, add_axis, &reader, error);
    if (status == STORE_FINE && ret_set->axis_count)
        status = store_query(store, AXES, NULL, 0, add_axis_value, &reader, error);
    if (status == STORE_FINE && where && !run_filter(ret_set, where, error))
        status = STORE_INPUT;
    note_what_varies(ret_set);
    free(reader.values);
    free(reader.twin);
    arena_free(&reader.scratch);
    return status;
}

void run_set_free(RunSet *set)
{
    free(set->runs);
    free(set->scenarios);
    free(set->parameters);
    arena_free(&set->arena);
    *set = (RunSet){0};
}

const char *run_set_value(const RunSet *set, int run, int key)
{
    const RunRecord *stored = &set->runs[run];
    if (key < RUN_SET_NAME_COUNT)
        return stored->names[key];
    if (set->keys[key].kind == RUN_KEY_AXIS)
        return stored->axes ? stored->axes[key - (set->key_count - set->axis_count)] : NULL;
    const RunValues *shared = set->keys[key].kind == RUN_KEY_SCENARIO ? &set->scenarios[stored->scenario]
                                                                      : &set->parameters[stored->parameters];
    return key < shared->value_count ? shared->values[key] : NULL;
}

/* Whether `name` is `end` or ends in ".end". */
static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name), end_length = strlen(end);
    return length > end_length && name[length - end_length - 1] == '.' && strcmp(name + length - end_length, end) == 0;
}

int run_set_find(const RunSet *set, const char *name, Error *error)
{
    int found = -1, second = -1;
    for (int key = 0; key < set->key_count; key++)
        if (strcmp(set->keys[key].name, name) == 0)
            return key;
    for (int key = 0; key < set->key_count; key++)
        if (ends_in(set->keys[key].name, name)) {
            second = found < 0 ? -1 : second < 0 ? key : second;
            found = found < 0 ? key : found;
        }
    if (found >= 0 && second < 0)
        return found;
    if (found >= 0) {
        error_set(error, NULL, 0, 0, "\"%s\" may be %s or %s; write the whole key", name, set->keys[found].name,
                  set->keys[second].name);
        return -1;
    }
    const char *candidates[NEAREST_LIMIT];
    int count = 0;
    for (int key = 0; key < set->key_count && count + 1 < NEAREST_LIMIT; key++) {
        const char *point = strrchr(set->keys[key].name, '.');
        candidates[count++] = set->keys[key].name;
        if (point)
            candidates[count++] = point + 1;
    }
    const char *nearest = error_nearest(name, candidates, count);
    error_set(error, NULL, 0, 0, "no run has a key \"%s\"%s%s%s", name, nearest ? "; did you mean '" : "",
              nearest ? nearest : "", nearest ? "'?" : "; `orchid describe` lists the keys of scenarios");
    return -1;
}

int run_set_index(const RunSet *set, int64_t run)
{
    int low = 0, high = set->run_count - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (set->runs[middle].run < run)
            low = middle + 1;
        else
            high = middle;
    }
    return set->run_count && set->runs[low].run == run ? low : -1;
}

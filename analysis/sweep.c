#include "sweep.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Values of an axis that are tried before anything runs: so many from its beginning, and the last. */
enum { TRIED_POINTS = 100 };

/* Takes the sweep out of the tree, so that cells do not copy it; NULL where there is none. */
static const ConfigNode *take_sweep(ConfigNode *root)
{
    for (ConfigNode **link = &root->first; *link; link = &(*link)->next)
        if (strcmp((*link)->key, "sweep") == 0) {
            const ConfigNode *sweep = *link;
            *link = sweep->next;
            root->count--;
            return sweep;
        }
    return NULL;
}

/* The name and the replications that the scenario gives; mistakes in them are found when cells are loaded. */
static int read_top(Sweep *sweep)
{
    const ConfigNode *name = config_get(sweep->base, "name"), *replications = config_get(sweep->base, "replications");
    int64_t count = 10;
    ErrorList ignored = {0};
    const Field field = {.key = "replications", .kind = FIELD_INTEGER, .minimum = 1, .maximum = SWEEP_REPEAT_LIMIT};
    if (replications)
        config_bind_value(&sweep->arena, replications, "", &field, &count, &ignored);
    sweep->name = name && name->kind == CONFIG_SCALAR ? name->text : "";
    return (int)count;
}

/* Whether every cell overwrites what the setting "key=value" sets. Parameters of the scenario's policy hold for the
 * entry of `policies` that names it. */
static bool is_overwritten(const char *setting, const SweepKey *key)
{
    static const char name[] = "policy.name=";
    size_t length = strlen(key->key), given = strcspn(setting, "=");
    if (given < length || strncmp(setting, key->key, length) != 0)
        return false;
    if (strcmp(key->place->key, "policies") == 0)
        return given == length || strncmp(setting, name, strlen(name)) == 0;
    return given == length || setting[length] == '.' || setting[length] == '[';
}

static void check_settings(const Sweep *sweep, const char *const *settings, int count, ErrorList *errors)
{
    for (int i = 0; i < count; i++)
        for (int k = 0; k < sweep->axes.key_count; k++)
            if (is_overwritten(settings[i], sweep->keys[k]))
                error_add(
                    errors, NULL, 0, 0,
                    "the setting %.100s would change nothing: %s is an axis of the sweep; choose among its values "
                    "with --where",
                    settings[i], sweep->keys[k]->key);
}

/* The keys of all axes, and what conditions may say about them. */
static void list_keys(Sweep *sweep)
{
    size_t limit = (size_t)sweep->axes.key_count;
    sweep->keys = arena_allocate(&sweep->arena, limit, sizeof *sweep->keys);
    sweep->names = arena_allocate(&sweep->arena, limit, sizeof *sweep->names);
    int count = 0;
    for (int a = 0; a < sweep->axes.axis_count; a++)
        for (int k = 0; k < sweep->axes.axes[a].key_count; k++) {
            const SweepKey *key = &sweep->axes.axes[a].keys[k];
            sweep->keys[count] = key;
            sweep->names[count++] = (ExpressionName){.name = key->key,
                                                     .is_text = key->is_text,
                                                     .dimension = key->dimension,
                                                     .word_count = sweep->axes.axes[a].point_count,
                                                     .words = key->words};
        }
}

/* All combinations; -1 with a finding where there are too many. */
static int64_t count_combinations(const Sweep *sweep, const ConfigNode *place, bool force, ErrorList *errors)
{
    double count = 1;
    for (int a = 0; a < sweep->axes.axis_count; a++)
        count *= sweep->axes.axes[a].point_count;
    if (count <= (force ? SWEEP_CELLS_MOST : SWEEP_RUNS_UNFORCED))
        return (int64_t)count;
    double runs = count * sweep->axes.repeat;
    if (count > SWEEP_CELLS_MOST)
        config_error(errors, place, "sweep", "has %.15g combinations; no more than %d can be planned", count,
                     SWEEP_CELLS_MOST);
    else
        config_error(errors, place, "sweep",
                     "has %.15g runs (%.15g combinations, %d of each); more than %d take --force", runs, count,
                     sweep->axes.repeat, SWEEP_RUNS_UNFORCED);
    return -1;
}

/* Places a finding of a condition, whose column counts within the text of `node`. */
static void add_where_error(const ConfigNode *node, const Error *error, ErrorList *errors)
{
    if (node->line && !node->quoted)
        error_add(errors, node->file, node->line, node->column + error->column - 1, "sweep.where: %s", error->message);
    else
        config_error(errors, node, "sweep.where", "%s (character %d)", error->message, error->column);
}

/* Keeps those of `combinations` for which the file's condition holds. */
static void choose_cells(Sweep *sweep, int64_t combinations, ErrorList *errors)
{
    const ConfigNode *where = sweep->axes.where;
    sweep->cell_count = combinations;
    if (!where)
        return;
    Error error = {0};
    const Expression *condition =
        expression_parse(&sweep->arena, where->text, sweep->names, sweep->axes.key_count, &error);
    if (!condition) {
        add_where_error(where, &error, errors);
        return;
    }
    ExpressionValue values[SWEEP_KEY_LIMIT];
    uint32_t *cells = arena_allocate(&sweep->arena, (size_t)combinations, sizeof *cells);
    int64_t count = 0;
    for (int64_t i = 0; i < combinations; i++) {
        sweep_condition_values(sweep, i, values);
        if (expression_holds(condition, values))
            cells[count++] = (uint32_t)i;
    }
    sweep->cells = cells;
    sweep->cell_count = count;
    if (count == 0)
        config_error(errors, where, "sweep.where", "leaves none of the %" PRId64 " combinations", combinations);
}

/* Adds the findings that are not known yet: most mistakes are in every cell. */
static void merge_findings(const ErrorList *found, ErrorList *errors)
{
    for (int i = 0; i < found->count; i++) {
        const Error *error = &found->items[i];
        bool known = false;
        for (int k = 0; k < errors->count && !known; k++)
            known = strcmp(errors->items[k].message, error->message) == 0 && errors->items[k].line == error->line &&
                    errors->items[k].column == error->column && strcmp(errors->items[k].file, error->file) == 0;
        if (!known)
            error_add(errors, error->file, error->line, error->column, "%s", error->message);
    }
}

/* Which of the tried points of an axis a point is; -1 where it is not tried. */
static int tried_place(const SweepAxis *axis, int point)
{
    if (point < TRIED_POINTS)
        return point;
    return point == axis->point_count - 1 ? TRIED_POINTS : -1;
}

/* Loads cells until each value that is to be tried was in one of them. */
static void try_values(Sweep *sweep, ErrorList *errors)
{
    int64_t left = 0;
    bool *tried = memory_allocate((size_t)sweep->axes.axis_count * (TRIED_POINTS + 1), sizeof *tried);
    for (int a = 0; a < sweep->axes.axis_count; a++)
        for (int p = 0; p < sweep->axes.axes[a].point_count; p++)
            left += tried_place(&sweep->axes.axes[a], p) >= 0;
    for (int64_t cell = 0; cell < sweep->cell_count && errors->total < ERROR_LIMIT && (left > 0 || cell == 0); cell++) {
        bool new_value = sweep->axes.axis_count == 0;
        for (int a = 0; a < sweep->axes.axis_count; a++) {
            int place = tried_place(&sweep->axes.axes[a], sweep_point(sweep, cell, a));
            if (place < 0 || tried[a * (TRIED_POINTS + 1) + place])
                continue;
            tried[a * (TRIED_POINTS + 1) + place] = new_value = true;
            left--;
        }
        if (new_value) {
            ErrorList found = {0};
            sweep_cell_free(sweep_cell_load(sweep, cell, &found));
            merge_findings(&found, errors);
        }
    }
    free(tried);
}

/* Everything after the axes. */
static void plan(Sweep *sweep, const ConfigNode *section, bool good, bool force, ErrorList *errors)
{
    int64_t combinations = count_combinations(sweep, section, force, errors);
    if (combinations < 0)
        return;
    sweep->cell_count = combinations;
    if (good)
        choose_cells(sweep, combinations, errors);
    sweep->run_count = sweep->cell_count * sweep->axes.repeat;
    if (sweep->run_count > SWEEP_RUNS_UNFORCED && !force)
        config_error(errors, section, "sweep", "has %" PRId64 " runs; more than %d take --force", sweep->run_count,
                     SWEEP_RUNS_UNFORCED);
    else
        try_values(sweep, errors);
}

Sweep *sweep_open(const char *path, const char *const *settings, int setting_count, bool force, ErrorList *errors)
{
    int before = errors->total;
    Sweep *sweep = memory_allocate(1, sizeof *sweep);
    sweep->path = arena_string(&sweep->arena, path);
    ConfigNode *root = config_read(&sweep->arena, path, errors);
    if (root && root->kind == CONFIG_MAP) {
        for (int i = 0; i < setting_count; i++)
            config_override(&sweep->arena, root, settings[i], errors);
        const ConfigNode *section = take_sweep(root);
        sweep->base = root;
        sweep->axes.repeat = read_top(sweep);
        bool good = !section || sweep_axes_read(&sweep->arena, section, root, sweep->axes.repeat, &sweep->axes, errors);
        list_keys(sweep);
        check_settings(sweep, settings, setting_count, errors);
        plan(sweep, section, good, force, errors);
    } else if (root) {
        ErrorList found = {0};
        scenario_destroy(scenario_build(root, path, &sweep->files, &found));
        merge_findings(&found, errors);
    }
    if (errors->total == before)
        return sweep;
    sweep_close(sweep);
    return NULL;
}

void sweep_close(Sweep *sweep)
{
    if (!sweep)
        return;
    scenario_files_free(&sweep->files);
    Arena arena = sweep->arena;
    arena_free(&arena);
    free(sweep);
}

int64_t sweep_cell_of(const Sweep *sweep, int64_t run)
{
    assert(run >= 1 && run <= sweep->run_count);
    return (run - 1) / sweep->axes.repeat;
}

int sweep_replication_of(const Sweep *sweep, int64_t run)
{
    assert(run >= 1 && run <= sweep->run_count);
    return (int)((run - 1) % sweep->axes.repeat);
}

int sweep_point(const Sweep *sweep, int64_t cell, int axis)
{
    int64_t place = sweep->cells ? sweep->cells[cell] : cell;
    for (int a = sweep->axes.axis_count - 1; a > axis; a--)
        place /= sweep->axes.axes[a].point_count;
    return (int)(place % sweep->axes.axes[axis].point_count);
}

void sweep_condition_values(const Sweep *sweep, int64_t cell, ExpressionValue *ret_values)
{
    int count = 0;
    for (int a = 0; a < sweep->axes.axis_count; a++) {
        const SweepAxis *axis = &sweep->axes.axes[a];
        int point = sweep_point(sweep, cell, a);
        for (int k = 0; k < axis->key_count; k++)
            ret_values[count++] = (ExpressionValue){axis->keys[k].values[point].number, axis->keys[k].words[point]};
    }
}

void sweep_cell_label(const Sweep *sweep, int64_t cell, char *buffer, size_t size)
{
    size_t length = (size_t)snprintf(buffer, size, "%s", sweep->axes.axis_count ? "" : sweep->name);
    for (int a = 0; a < sweep->axes.axis_count; a++) {
        const SweepAxis *axis = &sweep->axes.axes[a];
        int point = sweep_point(sweep, cell, a);
        for (int k = 0; k < axis->key_count && length < size; k++)
            length += (size_t)snprintf(buffer + length, size - length, "%s%s=%s", length ? ", " : "", axis->keys[k].key,
                                       axis->keys[k].values[point].text);
    }
}

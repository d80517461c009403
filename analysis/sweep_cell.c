#include "../sim/rng.h"
#include "sweep.h"

#include <stdlib.h>
#include <string.h>

/* Stands for the policy of a cell that names none. */
static const PolicyType no_policy = {.name = "none"};

/* The scenario's tree with the values of the cell in place. */
static ConfigNode *make_tree(const Sweep *sweep, SweepCell *cell, ErrorList *errors)
{
    ConfigNode *root = config_copy(&cell->arena, sweep->base);
    SweepValue *values = arena_allocate(&cell->arena, (size_t)sweep->axes.key_count, sizeof *values);
    int count = 0;
    for (int a = 0; a < sweep->axes.axis_count; a++) {
        const SweepAxis *axis = &sweep->axes.axes[a];
        int point = sweep_point(sweep, cell->cell, a);
        for (int k = 0; k < axis->key_count; k++) {
            config_assign(&cell->arena, root, axis->keys[k].key, axis->keys[k].nodes[point], errors);
            values[count++] = axis->keys[k].values[point];
        }
    }
    cell->values = values;
    return root;
}

/* The type that the section names; findings go to `errors`. */
static const PolicyType *find_policy(const ConfigNode *root, const char *path, ErrorList *errors)
{
    const ConfigNode *section = config_get(root, "policy"), *name = config_get(section, "name");
    if (!section)
        error_add(errors, path, 0, 0,
                  "the scenario names no policy; give it one, as in policy: {name: greedy}, or several, as in sweep: "
                  "{policies: [greedy, oracle]}");
    else
        policy_check(section, errors);
    const PolicyType *type = name && name->kind == CONFIG_SCALAR ? policy_type_find(name->text) : NULL;
    return type ? type : &no_policy;
}

/* What stands in for a scenario that cannot be loaded: enough to store and to recognise the failed run. */
static Scenario *make_stand_in(const Sweep *sweep, const ConfigNode *root)
{
    Scenario *scenario = memory_allocate(1, sizeof *scenario);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream)
        config_write_node(stream, root);
    bool written = stream && fclose(stream) == 0;
    scenario->path = sweep->path;
    scenario->name = sweep->name;
    scenario->resolved = arena_string(&scenario->arena, written ? text : "");
    free(text);
    for (const unsigned char *byte = (const unsigned char *)scenario->resolved; *byte; byte++)
        scenario->hash = rng_mix(scenario->hash, *byte);
    return scenario;
}

SweepCell *sweep_cell_load(Sweep *sweep, int64_t index, ErrorList *errors)
{
    SweepCell *cell = memory_allocate(1, sizeof *cell);
    ErrorList found = {0};
    cell->cell = index;
    ConfigNode *root = make_tree(sweep, cell, &found);
    cell->scenario = scenario_build(root, sweep->path, &sweep->files, &found);
    cell->policy = find_policy(root, sweep->path, &found);
    if (found.total > 0) {
        scenario_destroy(cell->scenario);
        cell->scenario = make_stand_in(sweep, root);
        cell->parameters = "";
        memcpy(cell->error, found.items[0].message, sizeof cell->error);
    } else {
        cell->parameters = trial_parameters(cell->policy, cell->scenario, &cell->arena);
    }
    for (int i = 0; errors && i < found.count; i++)
        error_add(errors, found.items[i].file, found.items[i].line, found.items[i].column, "%s",
                  found.items[i].message);
    return cell;
}

void sweep_cell_free(SweepCell *cell)
{
    if (!cell)
        return;
    scenario_destroy(cell->scenario);
    arena_free(&cell->arena);
    free(cell);
}

/* The world that learners practise in: the scenario with other values, where the same questions are asked and the same
 * answers are possible. */
#include "scenario_parts.h"

#include <string.h>

/* Whether users may give the same answers in both. */
static bool have_same_options(const Scenario *a, const Scenario *b)
{
    if (a->node_group_count != b->node_group_count)
        return false;
    for (int g = 0; g < a->node_group_count; g++) {
        const OptionSet *of_a = &a->options[g], *of_b = &b->options[g];
        bool users = of_a->count > 0 || of_b->count > 0;
        if (of_a->count != of_b->count || (users && a->node_groups[g].count != b->node_groups[g].count))
            return false;
        for (int i = 0; i < of_a->count; i++)
            if (strcmp(of_a->items[i].label, of_b->items[i].label) != 0)
                return false;
    }
    return true;
}

void scenario_build_training_world(Draft *draft)
{
    const ConfigNode *values = draft->top.training_world;
    Scenario *scenario = draft->scenario;
    int found = draft->errors->total;
    if (values->kind != CONFIG_MAP || values->count == 0) {
        config_error(draft->errors, values, "training_world", "must be a map such as {objective.threshold: 80 %%}");
        return;
    }
    ConfigNode *root = config_copy(draft->arena, draft->root);
    config_remove(root, "training_world");
    for (const ConfigNode *value = values->first; value; value = value->next)
        config_assign(draft->arena, root, value->key, value, draft->errors);
    if (draft->errors->total == found)
        scenario->training_world = scenario_build(root, scenario->path, draft->files, draft->errors);
    Scenario *world = scenario->training_world;
    if (!world)
        return;
    scenario->other_world = world;
    world->other_world = scenario;
    bool rounds = scenario->workload.arrivals == ARRIVALS_ROUNDS;
    if (rounds != (world->workload.arrivals == ARRIVALS_ROUNDS))
        config_error(draft->errors, values, "training_world",
                     "all users ask at once in one of the two worlds, and each for itself in the other");
    else if (!have_same_options(scenario, world))
        config_error(draft->errors, values, "training_world",
                     "its users have other options than those of the scenario");
}

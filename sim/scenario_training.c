/* The world that learners practise in: the scenario with other values, where the same questions are asked and the same
 * answers are possible. */
#include "scenario_parts.h"
#include "simulation.h"
#include "view.h"

#include <math.h>
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

static bool is_same_feature(const Feature *a, const Feature *b)
{
    return strcmp(a->name, b->name) == 0 && a->levels == b->levels && a->constant == b->constant;
}

/* The larger scale of each feature, from `ret_scales` on. False with a finding where one world has a feature that the
 * other has not, or not so. */
static bool join_scales(Draft *draft, const Feature *here, int here_count, const Feature *there, int there_count,
                        double *ret_scales)
{
    for (int i = 0; i < here_count || i < there_count; i++) {
        if (i >= here_count || i >= there_count || !is_same_feature(&here[i], &there[i])) {
            config_error(draft->errors, draft->top.training_world, "training_world",
                         "learners see '%s' there otherwise than in the scenario; let it vary in both or in neither",
                         i < there_count ? there[i].name : here[i].name);
            return false;
        }
        ret_scales[i] = fmax(here[i].scale, there[i].scale);
    }
    return true;
}

/* What a learner saw as half of the most must be so in both worlds: they get the same scales. */
static void join_features(Draft *draft)
{
    Scenario *scenario = draft->scenario, *world = scenario->training_world;
    Simulation *here = simulation_create(scenario, (RunKey){0}), *there = simulation_create(world, (RunKey){0});
    const Feature *shared_here, *shared_there, *asks_here, *asks_there;
    int shared = view_shared_features(simulation_view(here), &shared_here);
    int shared_count = view_shared_features(simulation_view(there), &shared_there);
    int asks = view_ask_features(simulation_view(here), &asks_here);
    int ask_count = view_ask_features(simulation_view(there), &asks_there);
    double *scales = arena_allocate(draft->arena, (size_t)(shared + shared_count + asks + ask_count), sizeof *scales);
    if (join_scales(draft, shared_here, shared, shared_there, shared_count, scales) &&
        join_scales(draft, asks_here, asks, asks_there, ask_count, scales + shared))
        scenario->feature_scales = world->feature_scales = scales;
    simulation_destroy(here);
    simulation_destroy(there);
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
    const Scenario *world = scenario->training_world;
    if (!world)
        return;
    bool rounds = scenario->workload.arrivals == ARRIVALS_ROUNDS;
    if (rounds != (world->workload.arrivals == ARRIVALS_ROUNDS))
        config_error(draft->errors, values, "training_world",
                     "all users ask at once in one of the two worlds, and each for itself in the other");
    else if (!have_same_options(scenario, world))
        config_error(draft->errors, values, "training_world",
                     "its users have other options than those of the scenario");
    else
        join_features(draft);
}

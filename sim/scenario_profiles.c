#include "scenario_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_SIZE = 96 };

static int compare_numbers(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The numbers of threads that rows of this platform and variant are for, such as "1, 2, 4". */
static void list_threads(const Draft *draft, const char *platform, const Variant *variant, char text[LIST_SIZE])
{
    const Scenario *scenario = draft->scenario;
    int threads[16], count = 0;
    for (int i = 0; i < scenario->profiles.count && count < 16; i++) {
        const Profile *row = &scenario->profiles.rows[i];
        if (strcmp(row->platform, platform) == 0 && strcmp(row->model, variant->timed_model) == 0 &&
            strcmp(row->variant, variant->timed_variant) == 0)
            threads[count++] = row->threads;
    }
    qsort(threads, (size_t)count, sizeof *threads, compare_numbers);
    size_t length = 0;
    text[0] = 0;
    for (int i = 0; i < count && length < LIST_SIZE; i++)
        length += (size_t)snprintf(text + length, LIST_SIZE - length, "%s%d", i ? ", " : "", threads[i]);
}

/* The platform in the table that resembles `platform` most, or NULL. */
static const char *nearest_platform(Draft *draft, const char *platform)
{
    const ProfileTable *table = &draft->scenario->profiles;
    const char **names = arena_allocate(draft->arena, (size_t)table->count, sizeof *names);
    int count = 0;
    for (int i = 0; i < table->count; i++)
        if (i == 0 || strcmp(table->rows[i].platform, table->rows[i - 1].platform) != 0)
            names[count++] = table->rows[i].platform;
    return error_nearest(platform, names, count);
}

/* Whether the table holds rows of the group's platform for the variant's model; else a finding, once for each group. */
static bool check_platform(Draft *draft, int group, const Variant *variant)
{
    const Scenario *scenario = draft->scenario;
    const NodeEntry *entry = &draft->nodes[group];
    bool platform = false, model = false;
    for (int i = 0; i < scenario->profiles.count && !model; i++) {
        const Profile *row = &scenario->profiles.rows[i];
        bool same = strcmp(row->platform, entry->platform) == 0;
        platform |= same;
        model |= same && strcmp(row->model, variant->timed_model) == 0;
    }
    if (model || draft->platform_reported[group])
        return model;
    draft->platform_reported[group] = true;
    char excerpt[CONFIG_EXCERPT_SIZE];
    const char *nearest = platform ? NULL : nearest_platform(draft, entry->platform);
    if (platform)
        scenario_error(draft, entry->node, entry->path, "platform", "%s has no row of %s for model %s",
                       draft->top.profiles, config_excerpt(entry->platform, excerpt), variant->timed_model);
    else
        scenario_error(draft, entry->node, entry->path, "platform", "\"%s\" is not in %s%s%s%s",
                       config_excerpt(entry->platform, excerpt), draft->top.profiles, nearest ? "; did you mean '" : "",
                       nearest ? nearest : "", nearest ? "'?" : "");
    return false;
}

static void check_memory(Draft *draft, int group, const Variant *variant)
{
    const NodeEntry *entry = &draft->nodes[group];
    if (variant->memory_bytes <= entry->memory_bytes)
        return;
    char has[64], needs[64];
    quantity_format(entry->memory_bytes, DIMENSION_DATA, has, sizeof has);
    quantity_format(variant->memory_bytes, DIMENSION_DATA, needs, sizeof needs);
    scenario_error(draft, entry->node, entry->path, "memory", "variant %s takes %s and never fits into %s",
                   variant->name, needs, has);
}

/* Looks up what the group needs to run the variant. */
static const Profile *find_profile(Draft *draft, int group, int variant)
{
    const Scenario *scenario = draft->scenario;
    const NodeEntry *entry = &draft->nodes[group];
    const Variant *traits = &scenario->model.variants[variant];
    check_memory(draft, group, traits);
    if (!check_platform(draft, group, traits))
        return NULL;
    int threads = (int)entry->threads;
    const Profile *profile =
        profile_find(&scenario->profiles, entry->platform, traits->timed_model, traits->timed_variant, threads);
    if (profile)
        return profile;
    char others[LIST_SIZE];
    list_threads(draft, entry->platform, traits, others);
    if (*others)
        scenario_error(draft, entry->node, entry->path, "threads",
                       "%s has no row of %s, variant %s, for %d threads; it has %s", draft->top.profiles,
                       entry->platform, traits->timed_variant, threads, others);
    else
        scenario_error(draft, entry->node, entry->path, "platform", "%s has no row of %s for variant %s of %s",
                       draft->top.profiles, entry->platform, traits->timed_variant, traits->timed_model);
    return NULL;
}

/* Whether a profile has the layers of the variant, in order. */
static bool has_layers(const LayerProfile *profile, const Variant *variant)
{
    bool same = profile->count == variant->layer_count;
    for (int i = 0; same && i < profile->count; i++)
        same = strcmp(profile->layers[i], variant->layers[i].name) == 0;
    return same;
}

void scenario_check_layer_profiles(Draft *draft)
{
    const Model *model = &draft->scenario->model;
    const LayerProfileTable *table = &draft->layer_profiles;
    for (int i = 0; i < table->count; i++) {
        const LayerProfile *row = &table->rows[i];
        if (strcmp(row->model, model->name) != 0)
            continue;
        int variant = model_variant_index(model, row->variant);
        char excerpt[CONFIG_EXCERPT_SIZE];
        if (variant < 0)
            error_add(draft->errors, table->path, row->line, 1, "'%s' is no variant of %s",
                      config_excerpt(row->variant, excerpt), model->name);
        else if (!has_layers(row, &model->variants[variant]))
            error_add(draft->errors, table->path, row->line, 1,
                      "these are not the %d layers of variant %s of %s in their order",
                      model->variants[variant].layer_count, row->variant, model->name);
    }
}

double scenario_prefix_share(Draft *draft, int group, int variant, int cut)
{
    const Scenario *scenario = draft->scenario;
    const Variant *traits = &scenario->model.variants[variant];
    const NodeGroup *nodes = &scenario->node_groups[group];
    const LayerProfile *profile = layer_profile_find(&draft->layer_profiles, nodes->platform, traits->timed_model,
                                                     traits->timed_variant, nodes->threads);
    if (!profile || cut == 0 || cut == traits->layer_count)
        return model_prefix_share(traits, cut);
    double share = 0;
    for (int i = 0; i < cut; i++)
        share += profile->share[i];
    return fmin(share, 1);
}

const Profile *scenario_profile(Draft *draft, int group, int variant)
{
    size_t variant_count = (size_t)draft->scenario->model.variant_count;
    if (!draft->lookups)
        draft->lookups =
            arena_allocate(draft->arena, (size_t)draft->scenario->node_group_count * variant_count, sizeof(Lookup));
    Lookup *lookup = &draft->lookups[(size_t)group * variant_count + (size_t)variant];
    if (!lookup->done)
        *lookup = (Lookup){true, find_profile(draft, group, variant)};
    return lookup->profile;
}

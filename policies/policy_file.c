/* Policies in files of weights: whose they are, and whether they fit where they are to be used. */
#include "policy_parts.h"

#include "../sim/rng.h"

#include <stdlib.h>
#include <string.h>

static const char options_block[] = "options";

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = rng_mix(hash, (unsigned char)*text);
    return rng_mix(hash, 0);
}

static uint64_t hash_feature(uint64_t hash, const Feature *feature)
{
    uint64_t scale;
    memcpy(&scale, &feature->scale, sizeof scale);
    hash = hash_text(hash_text(hash, feature->name), feature->unit);
    return rng_mix(rng_mix(rng_mix(hash, scale), (uint64_t)feature->levels), feature->constant);
}

/* Of the feature tables of a scenario and the number of asks in a question: what an observation consists of. */
static uint64_t hash_features(const Scenario *scenario)
{
    Simulation *simulation = simulation_create(scenario, (RunKey){0});
    const View *view = simulation_view(simulation);
    const Feature *features;
    bool rounds = scenario->workload.arrivals == ARRIVALS_ROUNDS;
    uint64_t hash = rng_mix(rounds, (uint64_t)scenario->user_count);
    int count = view_shared_features(view, &features);
    for (int i = 0; i < count; i++)
        hash = hash_feature(hash, &features[i]);
    count = view_ask_features(view, &features);
    for (int i = 0; i < count; i++)
        hash = hash_feature(rng_mix(hash, (uint64_t)i), &features[i]);
    count = view_light_features(view, &features);
    for (int i = 0; i < count; i++)
        hash = hash_feature(hash, &features[i]);
    simulation_destroy(simulation);
    return hash;
}

/* The name of the first of two tables' features that the other has not, or not of the same kind; NULL: none. */
static const char *different_feature(const Feature *a, int a_count, const Feature *b, int b_count)
{
    for (int i = 0; i < a_count || i < b_count; i++) {
        bool both = i < a_count && i < b_count;
        if (!both || strcmp(a[i].name, b[i].name) != 0 || a[i].levels != b[i].levels || a[i].constant != b[i].constant)
            return i < b_count ? b[i].name : a[i].name;
    }
    return NULL;
}

bool policy_sees_alike(const Scenario *scenario, const Scenario *other, Error *error)
{
    Simulation *here = simulation_create(scenario, (RunKey){0}), *there = simulation_create(other, (RunKey){0});
    const Feature *of_here, *of_there;
    int count = view_shared_features(simulation_view(here), &of_here);
    int other_count = view_shared_features(simulation_view(there), &of_there);
    const char *name = different_feature(of_here, count, of_there, other_count);
    count = view_ask_features(simulation_view(here), &of_here);
    other_count = view_ask_features(simulation_view(there), &of_there);
    if (!name)
        name = different_feature(of_here, count, of_there, other_count);
    if (name)
        error_set(error, NULL, 0, 0,
                  "where it practises (training_world) it sees '%s' otherwise than here; let that vary in both worlds "
                  "or in neither",
                  name);
    simulation_destroy(here);
    simulation_destroy(there);
    return !name;
}

/* Of what each user may be answered with, by name. */
static uint64_t hash_options(const Scenario *scenario)
{
    uint64_t hash = 0;
    for (int user = 0; user < scenario->user_count; user++) {
        const OptionSet *options = &scenario->options[scenario->group_of[scenario->users[user]]];
        hash = rng_mix(hash, (uint64_t)options->count);
        for (int i = 0; i < options->count + options->escalation_count; i++)
            hash = hash_text(hash, options->items[i].label);
    }
    return hash;
}

/* The parameters in force, cut into keys and values; the text is the caller's to free. */
typedef struct Settings {
    char *text;
    int count;
    WeightsSetting *items;
} Settings;

static Settings read_settings(const Policy *policy)
{
    Settings settings = {0};
    size_t size = 0;
    FILE *stream = open_memstream(&settings.text, &size);
    if (stream) {
        policy_write_parameters(policy->type, policy->scenario, stream);
        fclose(stream);
    }
    settings.items = memory_allocate(size, sizeof *settings.items);
    char *rest = settings.text;
    for (char *line; rest && (line = strsep(&rest, "\n"));) {
        char *colon = strstr(line, ": ");
        if (!colon)
            continue;
        *colon = 0;
        settings.items[settings.count++] = (WeightsSetting){line, colon + strlen(": ")};
    }
    return settings;
}

static void free_settings(Settings *settings)
{
    free(settings->items);
    free(settings->text);
}

static bool check_settings(const Policy *policy, const WeightsFile *file, Error *error)
{
    Settings settings = read_settings(policy);
    bool same = settings.count == file->setting_count;
    if (!same)
        error_set(error, file->path, 0, 0, "holds a %s with other parameters than it has now", policy->type->name);
    for (int i = 0; i < settings.count && same; i++) {
        const WeightsSetting *now = &settings.items[i];
        const char *then = weights_file_setting(file, now->key);
        same = then && strcmp(then, now->value) == 0;
        if (!same)
            error_set(error, file->path, 0, 0, "holds a %s that was trained with %s: %s, and here it is %s",
                      policy->type->name, now->key, then ? then : "(nothing)", now->value);
    }
    free_settings(&settings);
    return same;
}

void policy_save(const Policy *policy, WeightsFile *ret_file)
{
    weights_file_init(ret_file, policy->type->name, hash_features(policy->scenario));
    Settings settings = read_settings(policy);
    for (int i = 0; i < settings.count; i++)
        weights_file_add_setting(ret_file, settings.items[i].key, settings.items[i].value);
    free_settings(&settings);
    uint64_t *options = arena_allocate(&ret_file->arena, 1, sizeof *options);
    *options = hash_options(policy->scenario);
    weights_file_add(ret_file, options_block, WEIGHTS_INT64, 1, options);
    policy->type->save(policy->state, ret_file);
}

bool policy_load(Policy *policy, const WeightsFile *file, Error *error)
{
    const PolicyType *type = policy->type;
    uint64_t options;
    if (!type->load) {
        error_set(error, file->path, 0, 0, "%s cannot be kept in a file", type->name);
        return false;
    }
    if (!weights_file_suits(file, type->name, hash_features(policy->scenario), error) ||
        !check_settings(policy, file, error) ||
        !weights_file_copy(file, options_block, WEIGHTS_INT64, 1, &options, error))
        return false;
    if (options != hash_options(policy->scenario)) {
        error_set(error, file->path, 0, 0, "holds a %s that chose among other options than %s offers", type->name,
                  policy->scenario->name);
        return false;
    }
    return type->load(policy->state, file, error);
}

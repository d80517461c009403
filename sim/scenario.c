#include "rng.h"
#include "scenario_parts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *next = bytes;
    hash = rng_mix(hash, length);
    for (; length >= 8; next += 8, length -= 8) {
        uint64_t word = 0;
        for (int i = 0; i < 8; i++)
            word |= (uint64_t)next[i] << (8 * i);
        hash = rng_mix(hash, word);
    }
    for (; length > 0; next++, length--)
        hash = rng_mix(hash, *next);
    return hash;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text));
}

static uint64_t hash_number(uint64_t hash, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return rng_mix(hash, bits);
}

static uint64_t hash_profile(uint64_t hash, const Profile *profile)
{
    if (!profile)
        return rng_mix(hash, 0);
    hash = rng_mix(hash, (uint64_t)profile->family + 1);
    hash = rng_mix(hash, (uint64_t)profile->threads);
    hash = hash_number(hash, profile->mean_s);
    hash = hash_number(hash, profile->coefficient_of_variation);
    for (int i = 0; i < profile->point_count; i++)
        hash = hash_number(hash_number(hash, profile->probability[i]), profile->latency_s[i]);
    return hash;
}

/* Where there is none the hash stays. */
static uint64_t hash_series(uint64_t hash, const TimeSeries *series)
{
    for (int i = 0; i < series->count; i++)
        hash = hash_number(rng_mix(hash, (uint64_t)series->begin[i]), series->values[i]);
    return hash;
}

/* What the run depends on: the resolved text, or a part of it, and what the options took from other files. */
static uint64_t hash_scenario(const Scenario *scenario, const char *resolved)
{
    uint64_t hash = hash_text(0, resolved);
    for (int g = 0; g < scenario->node_group_count; g++)
        for (int i = 0; i < scenario->options[g].count + scenario->options[g].escalation_count; i++) {
            const Option *option = &scenario->options[g].items[i];
            hash = hash_text(hash, option->label);
            hash = hash_number(hash, option->accuracy);
            hash = hash_number(hash, option->prefix_share);
            hash = hash_number(hash, option->up_bytes);
            hash = hash_number(hash, option->memory_bytes);
            hash = hash_profile(hash, option->local);
            hash = hash_profile(hash, option->remote);
            if (option->remote && option->remote_share != 1 - option->prefix_share)
                hash = hash_number(hash, option->remote_share);
            if (!option->middle)
                continue;
            hash = hash_number(hash_number(hash, option->middle_share), option->middle_bytes);
            hash = hash_profile(hash, option->middle);
        }
    for (int g = 0; g < scenario->node_group_count; g++)
        hash = hash_series(hash, &scenario->node_groups[g].background_series);
    for (int g = 0; g < scenario->link_group_count; g++)
        hash =
            hash_series(hash_series(hash, &scenario->link_groups[g].up_series), &scenario->link_groups[g].down_series);
    const WorkloadSpec *workload = &scenario->workload;
    for (int64_t i = 0; i < workload->trace_count; i++)
        hash = rng_mix(rng_mix(hash, (uint64_t)workload->trace_time[i]), (uint64_t)workload->trace_user[i]);
    /* How samples are divided stands in their file, or in the text. */
    return scenario->samples.table.row_count > 0 ? rng_mix(hash, scenario->samples.table.hash) : hash;
}

static void read_files(Draft *draft)
{
    Scenario *scenario = draft->scenario;
    if (draft->top.models)
        draft->has_model = scenario_get_model(draft, draft->top.models, &scenario->model);
    if (draft->top.profiles)
        draft->has_profiles = scenario_get_profiles(draft, draft->top.profiles, &scenario->profiles);
    if (draft->top.layer_profiles &&
        scenario_get_layer_profiles(draft, draft->top.layer_profiles, &draft->layer_profiles) && draft->has_model)
        scenario_check_layer_profiles(draft);
}

/* The part of a run that is not recorded must be shorter than the run. */
static void check_warm_up(Draft *draft)
{
    const SpanEntry *stop = &draft->stop, *warm_up = &draft->warm_up;
    if (stop->rounds && warm_up->rounds >= stop->rounds)
        scenario_error(draft, draft->top.warm_up, "warm_up", "rounds", "is not below stop.rounds");
    if (stop->time && warm_up->time >= stop->time)
        scenario_error(draft, draft->top.warm_up, "warm_up", "time", "is not below stop.time");
}

/* Everything that the sections say, in an order in which each finds what it refers to. */
static void read_sections(Draft *draft)
{
    Scenario *scenario = draft->scenario;
    scenario_bind(draft, SECTION_TOP, draft->root, "", &draft->top);
    if (draft->root->kind != CONFIG_MAP)
        return;
    scenario->name = draft->top.name;
    scenario->seed = (uint64_t)draft->top.seed;
    scenario->replications = (int)draft->top.replications;
    scenario->training = draft->top.training;
    scenario->training_patience = draft->top.training_patience;
    if (scenario->training_patience > 0 && scenario->training_patience <= 1)
        config_error(draft->errors, config_get(draft->root, "training_patience"), "training_patience",
                     "must be 0 or above 1: a factor by which decisions grow");
    scenario->allocation = (Allocation)draft->top.allocation;
    scenario->policy = draft->top.policy;
    scenario->sweep = draft->top.sweep;
    if (scenario->policy && scenario->policy->kind != CONFIG_MAP)
        config_error(draft->errors, scenario->policy, "policy", "must be a map such as {name: greedy}");
    read_files(draft);
    scenario_read_objective(draft);
    scenario_read_nodes(draft);
    scenario_read_links(draft);
    if (draft->has_nodes && draft->has_links && !scenario->reserves && config_get(draft->root, "allocation"))
        config_error(draft->errors, config_get(draft->root, "allocation"), "allocation",
                     "no node or link is reserved that could be divided");
    scenario_read_workload(draft);
    scenario_read_span(draft, SECTION_STOP, draft->top.stop, &draft->stop);
    scenario_read_span(draft, SECTION_WARM_UP, draft->top.warm_up, &draft->warm_up);
    check_warm_up(draft);
    scenario->stop = (Span){draft->stop.rounds, draft->stop.time};
    scenario->warm_up = (Span){draft->warm_up.rounds, draft->warm_up.time};
    if (draft->has_model && draft->has_nodes)
        scenario_read_offers(draft);
    if (draft->has_nodes && draft->has_links)
        scenario_find_routes(draft);
    scenario_read_samples(draft);
    if (draft->has_nodes && draft->has_links && draft->has_model && draft->has_profiles) {
        scenario_build_options(draft);
        scenario_build_cascade(draft);
    }
}

/* Binds and checks the draft's tree, and ends the draft: its scenario, or NULL where there are more than `found`
 * findings. */
static Scenario *finish(Draft *draft, int found)
{
    Scenario *scenario = draft->scenario;
    if (draft->root)
        read_sections(draft);
    if (draft->errors->total == found && draft->top.training_world)
        scenario_build_training_world(draft);
    if (draft->errors->total == found) {
        scenario->resolved = scenario_resolve(draft);
        scenario->hash = hash_scenario(scenario, scenario->resolved);
        scenario->world_hash = hash_scenario(scenario, strstr(scenario->resolved, "\nnodes:"));
        /* The text says how that world differs, not what is in the files that it names. */
        if (scenario->training_world)
            scenario->hash = rng_mix(scenario->hash, scenario->training_world->world_hash);
    } else {
        scenario_destroy(scenario);
        scenario = NULL;
    }
    free(draft);
    return scenario;
}

static Draft *begin(const char *path, ErrorList *errors)
{
    Scenario *scenario = memory_allocate(1, sizeof *scenario);
    Draft *draft = memory_allocate(1, sizeof *draft);
    *draft = (Draft){.scenario = scenario, .arena = &scenario->arena, .errors = errors};
    scenario->path = arena_string(draft->arena, path);
    return draft;
}

Scenario *scenario_load(const char *path, const char *const *overrides, int count, ErrorList *errors)
{
    int found = errors->total;
    Draft *draft = begin(path, errors);
    ConfigNode *root = config_read(draft->arena, path, errors);
    for (int i = 0; root && root->kind == CONFIG_MAP && i < count; i++)
        config_override(draft->arena, root, overrides[i], errors);
    draft->root = root;
    return finish(draft, found);
}

Scenario *scenario_build(const ConfigNode *root, const char *path, ScenarioFiles *files, ErrorList *errors)
{
    int found = errors->total;
    Draft *draft = begin(path, errors);
    draft->root = root;
    draft->files = files;
    return finish(draft, found);
}

void scenario_destroy(Scenario *scenario)
{
    if (!scenario)
        return;
    scenario_destroy(scenario->training_world);
    Arena arena = scenario->arena;
    arena_free(&arena);
    free(scenario);
}

void scenario_node_name(const Scenario *scenario, int node, char *buffer, size_t size)
{
    assert(node >= 0 && node < scenario->node_count);
    const NodeGroup *group = &scenario->node_groups[scenario->group_of[node]];
    if (group->count == 1)
        snprintf(buffer, size, "%s", group->name);
    else
        snprintf(buffer, size, "%s%d", group->name, node - group->first + 1);
}

void scenario_error(Draft *draft, const ConfigNode *map, const char *path, const char *key, const char *format, ...)
{
    char what[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const ConfigNode *value = config_get(map, key);
    config_error(draft->errors, value ? value : map, arena_format(draft->arena, "%s.%s", path, key), "%s", what);
}

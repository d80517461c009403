#include "answer_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Kinds of features; with up to three numbers each is a name. */
typedef enum FeatureKind { GROUP_OPTION, USER_OPTION, STEP_AT_TARGET, LOAD_AT_NODE } FeatureKind;

typedef struct FeatureName {
    int64_t kind, owner, which, step;
} FeatureName;

/* One question being described. */
typedef struct Building {
    AnswerParts *parts;
    BayesLinear *model;
    const Decision *decision;
    const Scenario *scenario;
    bool grow;
} Building;

void answer_parts_free(AnswerParts *parts)
{
    state_key_free(&parts->state_key);
    table_free(&parts->names);
    free(parts->users);
    free(parts->first);
    free(parts->slot_nodes);
    free(parts->slot_first);
    free(parts->slot_of);
    free(parts->accuracy);
    free(parts->counts);
    free(parts->features);
    *parts = (AnswerParts){0};
}

/* The first question tells how many asks there are and what can be observed. */
static void init(AnswerParts *parts, const Decision *decision)
{
    state_key_init(&parts->state_key, decision);
    if (parts->names.key_size == 0) /* else it was loaded */
        table_init(&parts->names, sizeof(FeatureName));
    parts->ask_count = decision->ask_count;
    parts->users = memory_allocate((size_t)decision->ask_count, sizeof *parts->users);
    parts->first = memory_allocate((size_t)decision->ask_count, sizeof *parts->first);
    parts->width = 2 + parts->state_key.coarse_count;
}

/* Appends an empty part; returns it. */
static int add_part(AnswerParts *parts)
{
    if (parts->part_count == parts->part_limit) {
        size_t old = (size_t)parts->part_limit, wide = 2 * old + 64, width = (size_t)parts->width;
        parts->slot_of = memory_grow(parts->slot_of, old, wide, sizeof *parts->slot_of);
        parts->accuracy = memory_grow(parts->accuracy, old, wide, sizeof *parts->accuracy);
        parts->counts = memory_grow(parts->counts, old, wide, sizeof *parts->counts);
        parts->features = memory_grow(parts->features, old * width, wide * width, sizeof *parts->features);
        parts->part_limit = (int)wide;
    }
    parts->counts[parts->part_count] = 0;
    return parts->part_count++;
}

static void add_feature(Building *building, int part, FeatureName name, double deviation)
{
    AnswerParts *parts = building->parts;
    int64_t index = table_find(&parts->names, &name);
    if (index == NOT_IN_TABLE && (!building->grow || building->model->size == FEATURES_MOST))
        return;
    if (index == NOT_IN_TABLE) {
        index = table_insert(&parts->names, &name);
        bayes_linear_grow(building->model, 0, deviation);
    }
    parts->features[(size_t)part * (size_t)parts->width + (size_t)parts->counts[part]++] = (int)index;
}

/* The slot of a shared node, a new one where it is not known yet. */
static int slot_of(AnswerParts *parts, int node)
{
    for (int slot = 0; slot < parts->slot_count; slot++)
        if (parts->slot_nodes[slot] == node)
            return slot;
    if (parts->slot_count == parts->slot_limit) {
        size_t old = (size_t)parts->slot_limit, wide = 2 * old + 4;
        parts->slot_nodes = memory_grow(parts->slot_nodes, old, wide, sizeof *parts->slot_nodes);
        parts->slot_first = memory_grow(parts->slot_first, old, wide, sizeof *parts->slot_first);
        parts->slot_limit = (int)wide;
    }
    parts->slot_nodes[parts->slot_count] = node;
    return parts->slot_count++;
}

/* What is observed of the shared world and of the asking user. */
static void add_steps(Building *building, int part, int ask, int target)
{
    const StateKey *key = &building->parts->state_key;
    for (int i = 0; i < key->coarse_count; i++) {
        int own = key->coarse[i].index - key->shared_count;
        if (own >= 0 && own / key->ask_feature_count != ask)
            continue;
        int64_t which = own < 0 ? key->coarse[i].index : key->shared_count + own % key->ask_feature_count;
        int64_t step = state_key_step(&key->coarse[i], key->values[key->coarse[i].index]);
        if (step > 0)
            add_feature(building, part, (FeatureName){STEP_AT_TARGET, target, which, step},
                        building->parts->prior.deviation);
    }
}

static void add_option(Building *building, int ask_index, int option_index)
{
    AnswerParts *parts = building->parts;
    const Ask *ask = &building->decision->asks[ask_index];
    const Option *option = &ask->options->items[option_index];
    int group = building->scenario->group_of[ask->node], part = add_part(parts);
    bool own = option->target == SELF;
    parts->slot_of[part] = own ? NO_NODE : slot_of(parts, scenario_target_node(building->scenario, ask->node, option));
    parts->accuracy[part] = option->accuracy;
    add_feature(building, part, (FeatureName){GROUP_OPTION, group, option_index, 0}, parts->prior.deviation);
    add_feature(building, part, (FeatureName){USER_OPTION, ask->user, option_index, 0}, parts->prior.user_deviation);
    add_steps(building, part, ask_index, option->target);
}

/* The loads of a shared node that this question's asks can bring about. */
static void add_loads(Building *building, int slot)
{
    AnswerParts *parts = building->parts;
    const View *view = building->decision->view;
    int node = parts->slot_nodes[slot], jobs = view_node_jobs(view, node);
    double cores = building->scenario->node_groups[building->scenario->group_of[node]].cores;
    double free_cores = view_node_free_cores(view, node);
    for (int k = 1; k <= parts->ask_count; k++) {
        int part = add_part(parts), load = jobs + k;
        if (k == 1)
            parts->slot_first[slot] = part;
        if (load > 1 || free_cores < cores)
            add_feature(building, part, (FeatureName){LOAD_AT_NODE, node, load, llround(4 * free_cores)},
                        k * parts->prior.deviation);
    }
}

void answer_parts_build(AnswerParts *parts, BayesLinear *model, const Decision *decision, bool grow)
{
    if (!parts->first)
        init(parts, decision);
    Building building = {parts, model, decision, view_scenario(decision->view), grow};
    state_key_coarse(&parts->state_key, decision);
    parts->part_count = parts->slot_count = 0;
    for (int i = 0; i < decision->ask_count; i++) {
        parts->users[i] = decision->asks[i].user;
        parts->first[i] = parts->part_count;
        for (int o = 0; o < decision->asks[i].options->count; o++)
            add_option(&building, i, o);
    }
    for (int slot = 0; slot < parts->slot_count; slot++)
        add_loads(&building, slot);
}

static int list_part(const AnswerParts *parts, int part, Term *ret_features)
{
    for (int i = 0; i < parts->counts[part]; i++)
        ret_features[i] = (Term){parts->features[(size_t)part * (size_t)parts->width + (size_t)i], 1};
    return parts->counts[part];
}

int answer_parts_list(const AnswerParts *parts, const int *options, Term *ret_features)
{
    int count = 0;
    for (int i = 0; i < parts->ask_count; i++)
        count += list_part(parts, parts->first[i] + options[i], ret_features + count);
    for (int slot = 0; slot < parts->slot_count; slot++) {
        int load = 0;
        for (int i = 0; i < parts->ask_count; i++)
            load += parts->slot_of[parts->first[i] + options[i]] == slot;
        if (load > 0)
            count += list_part(parts, parts->slot_first[slot] + load - 1, ret_features + count);
    }
    return count;
}

int answer_parts_most(const AnswerParts *parts)
{
    return parts->ask_count * (parts->width + 1);
}

static const WeightsPart names_part = {"names", WEIGHTS_INT64};

enum { NAME_WORDS = sizeof(FeatureName) / sizeof(int64_t) };

void answer_parts_save(const AnswerParts *parts, WeightsFile *file, const char *name)
{
    int64_t count = parts->names.count;
    int64_t *words = weights_file_add_words(file, name, names_part.name, NAME_WORDS * count);
    if (count > 0)
        memcpy(words, parts->names.keys, (size_t)count * sizeof(FeatureName));
}

bool answer_parts_load(AnswerParts *parts, const WeightsFile *file, const char *name, Error *error)
{
    const WeightsBlock *block;
    if (!weights_file_find_parts(file, name, &names_part, 1, &block, error))
        return false;
    const int64_t *words = block->values;
    bool possible = block->count % NAME_WORDS == 0;
    table_init(&parts->names, sizeof(FeatureName));
    for (int64_t i = 0; possible && i < block->count / NAME_WORDS; i++)
        possible = table_insert(&parts->names, words + NAME_WORDS * i) == i;
    return weights_file_check(file, name, possible, error);
}

#include "model_file.h"
#include "scenario_parts.h"

#include <string.h>

enum { RESERVED_LIMIT = 8 };

const char *const scenario_option_keys[] = {"cuts", "second_cuts", "transfer_bits", NULL};

/* "all variants", one variant, or a list of them. */
static Offer read_offer(Draft *draft, const ConfigNode *node, const char *path)
{
    const Model *model = &draft->scenario->model;
    int *variants = arena_allocate(draft->arena, (size_t)model->variant_count, sizeof *variants);
    Offer offer = {.variants = variants};
    bool all = !node || (node->kind == CONFIG_SCALAR && strcmp(node->text, "all variants") == 0);
    for (int i = 0; all && i < model->variant_count; i++)
        variants[offer.count++] = i;
    if (all)
        return offer;
    if (node->kind == CONFIG_MAP) {
        config_error(draft->errors, node, path, "must be \"all variants\" or a list of variants");
        return offer;
    }
    for (const ConfigNode *item = node->kind == CONFIG_LIST ? node->first : node; item; item = item->next) {
        int index = scenario_variant(draft, item, path);
        bool twice = false;
        for (int i = 0; i < offer.count; i++)
            twice |= variants[i] == index;
        if (twice)
            config_error(draft->errors, item, path, "\"%s\" stands here twice", model->variants[index].name);
        else if (index >= 0)
            variants[offer.count++] = index;
        if (node->kind == CONFIG_SCALAR)
            break;
    }
    return offer;
}

/* Reads a list of different whole numbers into room for as many; returns how many, 0 with a finding. */
static int read_whole_numbers(Draft *draft, const ConfigNode *list, const char *path, const Field *field, int *numbers)
{
    int count = 0;
    for (const ConfigNode *item = list->first; item; item = item->next) {
        int64_t number = 0;
        if (!config_bind_value(draft->arena, item, path, field, &number, draft->errors))
            return 0;
        for (int i = 0; i < count; i++)
            if (numbers[i] == number) {
                config_error(draft->errors, item, path, "%d stands here twice", (int)number);
                return 0;
            }
        numbers[count++] = (int)number;
    }
    return count;
}

/* none, all, or a list of layers. */
static void read_cuts(Draft *draft, const char *key, CutList *ret_list)
{
    static const Field cut_field = {.kind = FIELD_INTEGER, .minimum = 1, .maximum = 1e6};
    const ConfigNode *node = config_get(draft->top.options, key);
    if (!node)
        return;
    const char *path = arena_format(draft->arena, "options.%s", key);
    const char *text = node->kind == CONFIG_SCALAR ? node->text : "";
    *ret_list = (CutList){.place = node, .all = strcmp(text, "all") == 0};
    if (ret_list->all || strcmp(text, "none") == 0)
        return;
    if (node->kind != CONFIG_LIST) {
        config_error(draft->errors, node, path, "must be none, all or a list of layers such as [4, 12]");
        return;
    }
    int *cuts = arena_allocate(draft->arena, (size_t)node->count, sizeof *cuts);
    ret_list->count = read_whole_numbers(draft, node, path, &cut_field, cuts);
    ret_list->cuts = cuts;
}

static void read_transfer_bits(Draft *draft)
{
    static const Field bits_field = {.kind = FIELD_INTEGER, .minimum = 1, .maximum = 64};
    const ConfigNode *node = config_get(draft->top.options, "transfer_bits");
    if (!node)
        return;
    if (node->kind != CONFIG_LIST || node->count == 0 || node->count > TRANSFER_LIMIT)
        config_error(draft->errors, node, "options.transfer_bits", "must be a list of 1 to %d numbers such as [32, 8]",
                     TRANSFER_LIMIT);
    else
        draft->transfer_count =
            read_whole_numbers(draft, node, "options.transfer_bits", &bits_field, draft->transfer_bits);
}

/* Keys are tiers, groups of nodes, and those about cuts. */
static void check_keys(Draft *draft, const ConfigNode *map)
{
    const Scenario *scenario = draft->scenario;
    const char *names[TIER_COUNT + RESERVED_LIMIT + SCENARIO_GROUP_LIMIT] = {0};
    int count = 0;
    for (int tier = 0; tier < TIER_COUNT; tier++)
        names[count++] = tier_names[tier];
    for (int i = 0; scenario_option_keys[i]; i++)
        names[count++] = scenario_option_keys[i];
    for (int g = 0; g < scenario->node_group_count; g++)
        names[count++] = scenario->node_groups[g].name;
    for (const ConfigNode *child = map->first; child; child = child->next) {
        bool known = false;
        for (int i = 0; i < count; i++)
            known |= strcmp(names[i], child->key) == 0;
        if (known)
            continue;
        const char *nearest = error_nearest(child->key, names, count);
        char excerpt[CONFIG_EXCERPT_SIZE];
        error_add(draft->errors, child->file, child->key_line, child->key_column,
                  "options.%s: neither a tier nor a group of nodes%s%s%s", config_excerpt(child->key, excerpt),
                  nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    }
}

int scenario_variant(Draft *draft, const ConfigNode *item, const char *path)
{
    static const Field name_field = {.kind = FIELD_TEXT};
    const Model *model = &draft->scenario->model;
    const char *name = NULL;
    if (!config_bind_value(draft->arena, item, path, &name_field, &name, draft->errors))
        return -1;
    int index = model_variant_index(model, name);
    if (index >= 0)
        return index;
    const char *names[MODEL_VARIANT_LIMIT];
    for (int i = 0; i < model->variant_count; i++)
        names[i] = model->variants[i].name;
    const char *nearest = error_nearest(name, names, model->variant_count);
    char excerpt[CONFIG_EXCERPT_SIZE];
    config_error(draft->errors, item, path, "\"%s\" is no variant of %s%s%s%s", config_excerpt(name, excerpt),
                 model->name, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return -1;
}

void scenario_read_offers(Draft *draft)
{
    const ConfigNode *map = draft->top.options;
    const Scenario *scenario = draft->scenario;
    if (map && map->kind != CONFIG_MAP) {
        config_error(draft->errors, map, "options", "must be a map of tiers or groups of nodes");
        return;
    }
    if (map)
        check_keys(draft, map);
    Offer of_tier[TIER_COUNT] = {0};
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        const ConfigNode *node = config_get(map, tier_names[tier]);
        if (node || !map)
            of_tier[tier] = read_offer(draft, node, arena_format(draft->arena, "options.%s", tier_names[tier]));
    }
    for (int g = 0; g < scenario->node_group_count; g++) {
        const NodeGroup *group = &scenario->node_groups[g];
        bool like_tier = strcmp(group->name, tier_names[group->tier]) == 0;
        const ConfigNode *node = like_tier ? NULL : config_get(map, group->name);
        draft->offers[g] = node ? read_offer(draft, node, arena_format(draft->arena, "options.%s", group->name))
                                : of_tier[group->tier];
    }
    read_cuts(draft, "cuts", &draft->cuts);
    read_cuts(draft, "second_cuts", &draft->second_cuts);
    read_transfer_bits(draft);
}

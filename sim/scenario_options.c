#include "scenario_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_LIMIT = 10000 };

/* Options of one group while they are counted up. */
typedef struct OptionList {
    Draft *draft;
    int user; /* node group */
    int count, capacity;
    Option *items; /* owned */
} OptionList;

/* Adds one option; `variant` of the model, computed up to layer `cut` on the user's own node. False past the limit. */
static bool add_option(OptionList *list, int target, int variant, int cut)
{
    Draft *draft = list->draft;
    const Scenario *scenario = draft->scenario;
    const Variant *traits = &scenario->model.variants[variant];
    double share = target == SELF ? 1 : model_prefix_share(traits, cut);
    const Profile *local = share > 0 ? scenario_profile(draft, list->user, variant) : NULL;
    const Profile *remote = target == SELF ? NULL : scenario_profile(draft, target, variant);
    if ((share > 0 && !local) || (target != SELF && !remote))
        return true; /* reported */
    if (list->count == OPTION_LIMIT)
        return false;
    if (list->count == list->capacity) {
        int wider = list->capacity ? 2 * list->capacity : 16;
        list->items = memory_grow(list->items, (size_t)list->capacity, (size_t)wider, sizeof(Option));
        list->capacity = wider;
    }
    const NodeGroup *group = &scenario->node_groups[target == SELF ? list->user : target];
    const char *label = arena_format(draft->arena, "%s:%s", group->name, traits->name);
    Option option = {.label = cut ? arena_format(draft->arena, "%s@%d", label, cut) : label,
                     .target = target,
                     .tier = group->tier,
                     .variant = variant,
                     .cut = cut,
                     .accuracy = scenario_accuracy(draft, variant),
                     .prefix_share = share,
                     .local = local,
                     .remote = remote,
                     .memory_bytes = traits->memory_bytes};
    if (target != SELF) {
        option.up_bytes = cut ? traits->layers[cut - 1].output_bytes : scenario->workload.input_bytes;
        option.down_bytes = scenario->workload.output_bytes;
        option.route = draft->routes[list->user][target];
    }
    list->items[list->count++] = option;
    return true;
}

/* Whether a cut leaves work on both sides. */
static bool cut_divides(const Variant *variant, int cut)
{
    double share = model_prefix_share(variant, cut);
    return share > 0 && share < 1;
}

/* The variant on the target, whole and cut. */
static bool add_offloads(OptionList *list, int target, int variant)
{
    const Draft *draft = list->draft;
    const Variant *traits = &draft->scenario->model.variants[variant];
    bool fits = add_option(list, target, variant, 0);
    for (int i = 0; fits && i < draft->cut_count; i++)
        fits = add_option(list, target, variant, draft->cuts[i]);
    for (int cut = 1; fits && draft->all_cuts && cut < traits->layer_count; cut++)
        if (cut_divides(traits, cut))
            fits = add_option(list, target, variant, cut);
    return fits;
}

static void build_set(Draft *draft, int user)
{
    const Scenario *scenario = draft->scenario;
    OptionList list = {.draft = draft, .user = user};
    const Offer *own = &draft->offers[user];
    bool fits = true;
    for (int i = 0; fits && i < own->count; i++)
        fits = add_option(&list, SELF, own->variants[i], 0);
    for (int target = 0; target < scenario->node_group_count; target++) {
        const Offer *offer = &draft->offers[target];
        bool reached = scenario->node_groups[target].tier != TIER_END && draft->routes[user][target].length > 0;
        for (int i = 0; fits && reached && i < offer->count; i++)
            fits = add_offloads(&list, target, offer->variants[i]);
    }
    const ConfigNode *place = draft->top.options ? draft->top.options : draft->nodes[user].node;
    if (!fits)
        config_error(draft->errors, place, "options", "a user of '%s' has more than %d",
                     scenario->node_groups[user].name, OPTION_LIMIT);
    else if (list.count == 0 && draft->errors->total == 0)
        config_error(draft->errors, place, "options",
                     "a user of '%s' has none: no variant of its own and none on a node it reaches",
                     scenario->node_groups[user].name);
    Option *items = arena_allocate(draft->arena, (size_t)list.count, sizeof *items);
    if (list.count)
        memcpy(items, list.items, (size_t)list.count * sizeof *items);
    free(list.items);
    draft->scenario->options[user] = (OptionSet){.count = list.count, .items = items};
}

/* Listed cuts must divide every variant that another node may run. */
static void check_cuts(Draft *draft, int variant)
{
    const Variant *traits = &draft->scenario->model.variants[variant];
    const ConfigNode *place = config_get(draft->top.options, "cuts");
    if (draft->cut_count > 0 && traits->layer_count == 0) {
        config_error(draft->errors, place, "options.cuts", "variant %s cannot be cut: its layers are not known",
                     traits->name);
        return;
    }
    const ConfigNode *item = draft->cut_count ? place->first : NULL;
    for (int i = 0; i < draft->cut_count; i++, item = item->next) {
        int cut = draft->cuts[i];
        if (cut >= traits->layer_count)
            config_error(draft->errors, item, "options.cuts", "%d is not below the %d layers of variant %s", cut,
                         traits->layer_count, traits->name);
        else if (!cut_divides(traits, cut))
            config_error(draft->errors, item, "options.cuts", "there is no work on one side of layer %d of variant %s",
                         cut, traits->name);
    }
}

void scenario_build_options(Draft *draft)
{
    const Scenario *scenario = draft->scenario;
    int found = draft->errors->total;
    for (int variant = 0; variant < scenario->model.variant_count; variant++) {
        bool remote = false;
        for (int g = 0; g < scenario->node_group_count; g++)
            for (int i = 0; scenario->node_groups[g].tier != TIER_END && i < draft->offers[g].count; i++)
                remote |= draft->offers[g].variants[i] == variant;
        if (remote)
            check_cuts(draft, variant);
    }
    if (draft->errors->total != found)
        return;
    for (int g = 0; g < scenario->node_group_count; g++)
        if (scenario->node_groups[g].tier == TIER_END)
            build_set(draft, g);
}

#include "scenario_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_LIMIT = 10000, NO_GROUP = -1 };

/* Options of one group while they are counted up. */
typedef struct OptionList {
    Draft *draft;
    int user; /* node group */
    int count, capacity;
    Option *items; /* owned */
} OptionList;

/* Who computes what: layers up to `cut` on the user's own node, up to `second` on the middle group, the rest on the
 * target, and how values are sent in between. */
typedef struct Plan {
    int target, variant, cut, middle, second; /* middle NO_GROUP and second 0: no second cut */
    int bits;                                 /* 0: nothing is sent between layers */
} Plan;

/* "edge:d0", "edge:d0@12", "cloud:d0@4+edge@12", and "/8" behind where values have other bits than the variant's. */
static const char *label_of(const OptionList *list, const Plan *plan)
{
    Arena *arena = list->draft->arena;
    const Scenario *scenario = list->draft->scenario;
    const Variant *variant = &scenario->model.variants[plan->variant];
    const char *group = scenario->node_groups[plan->target == SELF ? list->user : plan->target].name;
    const char *label = arena_format(arena, "%s:%s", group, variant->name);
    if (plan->cut > 0 || plan->second > 0)
        label = arena_format(arena, "%s@%d", label, plan->cut);
    if (plan->second > 0)
        label = arena_format(arena, "%s+%s@%d", label, scenario->node_groups[plan->middle].name, plan->second);
    return plan->bits == 0 || plan->bits == variant->precision_bits ? label
                                                                    : arena_format(arena, "%s/%d", label, plan->bits);
}

/* Bytes of the tensor behind a layer as it is sent. */
static double sent_bytes(const Variant *variant, int cut, int bits)
{
    double bytes = variant->layers[cut - 1].output_bytes;
    return bits == variant->precision_bits ? bytes : bytes * bits / (double)variant->precision_bits;
}

/* Links of the way to the target up to the middle group. */
static int hop_of(const Scenario *scenario, const Route *route, int middle)
{
    int hop = 0;
    while (scenario->link_groups[route->links[hop++]].to != middle)
        assert(hop < route->length);
    return hop;
}

/* What the option sends, and where from. */
static void fill_way(const OptionList *list, const Plan *plan, Option *option)
{
    const Draft *draft = list->draft;
    const Scenario *scenario = draft->scenario;
    const Variant *variant = &scenario->model.variants[plan->variant];
    option->route = draft->routes[list->user][plan->target];
    option->up_bytes = plan->cut ? sent_bytes(variant, plan->cut, plan->bits) : scenario->workload.input_bytes;
    option->down_bytes = scenario->workload.output_bytes;
    if (plan->second == 0)
        return;
    option->middle_bytes = sent_bytes(variant, plan->second, plan->bits);
    option->middle_hop = hop_of(scenario, &option->route, plan->middle);
    option->middle_group = plan->middle;
}

static Option *next_item(OptionList *list)
{
    if (list->count == list->capacity) {
        int wider = list->capacity ? 2 * list->capacity : 16;
        list->items = memory_grow(list->items, (size_t)list->capacity, (size_t)wider, sizeof(Option));
        list->capacity = wider;
    }
    return &list->items[list->count++];
}

/* Adds one option. False past the limit. */
static bool add_option(OptionList *list, const Plan *plan)
{
    Draft *draft = list->draft;
    const Scenario *scenario = draft->scenario;
    const Variant *traits = &scenario->model.variants[plan->variant];
    bool self = plan->target == SELF, two = plan->second > 0;
    int last = two ? plan->second : plan->cut;
    double share = self ? 1 : scenario_prefix_share(draft, list->user, plan->variant, plan->cut);
    const Profile *local = share > 0 ? scenario_profile(draft, list->user, plan->variant) : NULL;
    const Profile *middle = two ? scenario_profile(draft, plan->middle, plan->variant) : NULL;
    const Profile *remote = self ? NULL : scenario_profile(draft, plan->target, plan->variant);
    if ((share > 0 && !local) || (two && !middle) || (!self && !remote))
        return true; /* reported */
    if (list->count == OPTION_LIMIT)
        return false;
    Option option = {.label = label_of(list, plan),
                     .target = plan->target,
                     .tier = scenario->node_groups[self ? list->user : plan->target].tier,
                     .variant = plan->variant,
                     .cut = plan->cut,
                     .second_cut = plan->second,
                     .transfer_bits = plan->bits,
                     .accuracy = scenario_accuracy(draft, plan->variant, plan->bits),
                     .prefix_share = share,
                     .local = local,
                     .middle = middle,
                     .remote = remote,
                     .memory_bytes = traits->memory_bytes};
    if (!self) {
        option.remote_share = 1 - scenario_prefix_share(draft, plan->target, plan->variant, last);
        fill_way(list, plan, &option);
    }
    if (two)
        option.middle_share = scenario_prefix_share(draft, plan->middle, plan->variant, plan->second) -
                              scenario_prefix_share(draft, plan->middle, plan->variant, plan->cut);
    *next_item(list) = option;
    return true;
}

/* Adds an option that sends a tensor, once for each of the bits that its values may have. */
static bool add_transfers(OptionList *list, Plan plan)
{
    const Draft *draft = list->draft;
    int own = (int)draft->scenario->model.variants[plan.variant].precision_bits;
    bool fits = true;
    for (int i = 0; fits && i < draft->transfer_count; i++) {
        plan.bits = draft->transfer_bits[i];
        fits = plan.bits > own || add_option(list, &plan);
    }
    plan.bits = own;
    return draft->transfer_count > 0 ? fits : add_option(list, &plan);
}

/* The share of the work in layers from + 1 .. to. */
static double work_between(const Variant *variant, int from, int to)
{
    return model_prefix_share(variant, to) - model_prefix_share(variant, from);
}

/* Whether a cut leaves work on both sides. */
static bool cut_divides(const Variant *variant, int cut)
{
    return work_between(variant, 0, cut) > 0 && work_between(variant, cut, variant->layer_count) > 0;
}

/* Layers to cut a variant behind, in order. */
typedef struct Cuts {
    int count;
    const int *layers; /* [count] */
} Cuts;

/* What a list means for a variant: `all` takes those that are possible. */
static Cuts cuts_of(const Draft *draft, const CutList *list, const Variant *variant)
{
    if (!list->all)
        return (Cuts){list->count, list->cuts};
    int *layers = arena_allocate(draft->arena, (size_t)variant->layer_count, sizeof *layers), count = 0;
    for (int cut = 1; cut < variant->layer_count; cut++)
        if (variant->layers[cut - 1].can_cut && cut_divides(variant, cut))
            layers[count++] = cut;
    return (Cuts){count, layers};
}

/* Second cuts above the first, where the middle group has something to do. */
static bool add_second_cuts(OptionList *list, Plan plan, Cuts seconds)
{
    const Variant *variant = &list->draft->scenario->model.variants[plan.variant];
    bool fits = true;
    for (int i = 0; fits && i < seconds.count; i++) {
        plan.second = seconds.layers[i];
        if (plan.second > plan.cut && work_between(variant, plan.cut, plan.second) > 0)
            fits = add_transfers(list, plan);
    }
    return fits;
}

static bool is_offered(const Draft *draft, int group, int variant)
{
    const Offer *offer = &draft->offers[group];
    for (int i = 0; i < offer->count; i++)
        if (offer->variants[i] == variant)
            return true;
    return false;
}

/* The variant on the target: whole, cut, and cut twice with each group on the way that may run it too. */
static bool add_offloads(OptionList *list, int target, int number)
{
    const Draft *draft = list->draft;
    const Variant *variant = &draft->scenario->model.variants[number];
    Cuts firsts = cuts_of(draft, &draft->cuts, variant), seconds = cuts_of(draft, &draft->second_cuts, variant);
    const Route *route = &draft->routes[list->user][target];
    Plan plan = {.target = target, .variant = number, .middle = NO_GROUP};
    bool fits = add_option(list, &plan);
    for (int i = 0; fits && i < firsts.count; i++) {
        plan.cut = firsts.layers[i];
        fits = add_transfers(list, plan);
    }
    for (int hop = 0; fits && hop < route->length - 1; hop++) {
        plan.middle = draft->scenario->link_groups[route->links[hop]].to;
        for (int i = -1; fits && i < firsts.count && is_offered(draft, plan.middle, number); i++) {
            plan.cut = i < 0 ? 0 : firsts.layers[i];
            fits = add_second_cuts(list, plan, seconds);
        }
    }
    return fits;
}

/* A request has one share of bandwidth: a way may take one reserved link. */
static void check_reserved_links(Draft *draft, int user, int target)
{
    const Scenario *scenario = draft->scenario;
    const Route *route = &draft->routes[user][target];
    int reserved = 0;
    for (int hop = 0; hop < route->length; hop++)
        reserved += scenario->link_groups[route->links[hop]].discipline == DISCIPLINE_RESERVED;
    if (reserved > 1)
        config_error(draft->errors, draft->top.links, "links",
                     "the way from '%s' to '%s' takes %d reserved links; an answer gives one share of bandwidth",
                     scenario->node_groups[user].name, scenario->node_groups[target].name, reserved);
}

static void build_set(Draft *draft, int user)
{
    const Scenario *scenario = draft->scenario;
    OptionList list = {.draft = draft, .user = user};
    const Offer *own = &draft->offers[user];
    bool fits = true;
    for (int i = 0; fits && i < own->count; i++)
        fits = add_option(&list, &(Plan){.target = SELF, .variant = own->variants[i], .middle = NO_GROUP});
    for (int target = 0; target < scenario->node_group_count; target++) {
        const Offer *offer = &draft->offers[target];
        bool reached = scenario->node_groups[target].tier != TIER_END && draft->routes[user][target].length > 0;
        if (reached && offer->count > 0)
            check_reserved_links(draft, user, target);
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

/* Listed cuts must divide the variant. */
static void check_cuts(Draft *draft, const CutList *list, const char *path, const Variant *variant)
{
    if (list->count > 0 && variant->layer_count == 0) {
        config_error(draft->errors, list->place, path, "variant %s cannot be cut: its layers are not known",
                     variant->name);
        return;
    }
    const ConfigNode *item = list->count ? list->place->first : NULL;
    for (int i = 0; i < list->count; i++, item = item->next) {
        int cut = list->cuts[i];
        if (cut >= variant->layer_count)
            config_error(draft->errors, item, path, "%d is not below the %d layers of variant %s", cut,
                         variant->layer_count, variant->name);
        else if (!variant->layers[cut - 1].can_cut)
            config_error(draft->errors, item, path,
                         "no cut is possible behind layer %d of variant %s, '%s': its output is not all that later "
                         "layers need",
                         cut, variant->name, variant->layers[cut - 1].name);
        else if (!cut_divides(variant, cut))
            config_error(draft->errors, item, path, "there is no work on one side of layer %d of variant %s", cut,
                         variant->name);
    }
}

/* Some of the bits must be possible: a variant does not gain by being sent with more than it has. */
static void check_transfer_bits(Draft *draft, const Variant *variant)
{
    bool possible = draft->transfer_count == 0;
    for (int i = 0; i < draft->transfer_count; i++)
        possible |= draft->transfer_bits[i] <= variant->precision_bits;
    if (!possible)
        config_error(draft->errors, config_get(draft->top.options, "transfer_bits"), "options.transfer_bits",
                     "variant %s has values of %d bits: none of these is that or less", variant->name,
                     (int)variant->precision_bits);
}

/* What every variant that another node may run must put up with. */
static void check_variants(Draft *draft)
{
    const Scenario *scenario = draft->scenario;
    for (int number = 0; number < scenario->model.variant_count; number++) {
        const Variant *variant = &scenario->model.variants[number];
        bool remote = false;
        for (int g = 0; g < scenario->node_group_count; g++)
            remote |= scenario->node_groups[g].tier != TIER_END && is_offered(draft, g, number);
        if (!remote)
            continue;
        check_cuts(draft, &draft->cuts, "options.cuts", variant);
        check_cuts(draft, &draft->second_cuts, "options.second_cuts", variant);
        check_transfer_bits(draft, variant);
    }
}

/* Second cuts that nobody can make are a slip of the pen. A request has one share of compute: of the two nodes on its
 * way, one may be reserved. */
static void check_second_cuts(Draft *draft)
{
    const Scenario *scenario = draft->scenario;
    bool found = !draft->second_cuts.all && draft->second_cuts.count == 0;
    const Option *twice = NULL;
    for (int g = 0; g < scenario->node_group_count; g++)
        for (int i = 0; i < scenario->options[g].count; i++) {
            const Option *option = &scenario->options[g].items[i];
            found |= option->second_cut > 0;
            if (option->second_cut > 0 &&
                scenario->node_groups[option->middle_group].discipline == DISCIPLINE_RESERVED &&
                scenario->node_groups[option->target].discipline == DISCIPLINE_RESERVED)
                twice = option;
        }
    if (twice)
        config_error(draft->errors, draft->second_cuts.place, "options.second_cuts",
                     "'%s' and '%s' are both reserved; an answer gives one share of compute",
                     scenario->node_groups[twice->middle_group].name, scenario->node_groups[twice->target].name);
    if (!found)
        config_error(draft->errors, draft->second_cuts.place, "options.second_cuts",
                     "nobody can make them: no variant may run both on a target and on a node on the way to it, or "
                     "none can be cut");
}

/* Bits of what nobody sends are one too. */
static void check_transfers(Draft *draft)
{
    const Scenario *scenario = draft->scenario;
    bool found = draft->transfer_count == 0;
    for (int g = 0; g < scenario->node_group_count; g++)
        for (int i = 0; i < scenario->options[g].count; i++)
            found |= scenario->options[g].items[i].transfer_bits > 0;
    if (!found)
        config_error(draft->errors, config_get(draft->top.options, "transfer_bits"), "options.transfer_bits",
                     "nothing is sent between layers: give `cuts` or `second_cuts`");
}

void scenario_build_options(Draft *draft)
{
    const Scenario *scenario = draft->scenario;
    int found = draft->errors->total;
    check_variants(draft);
    if (draft->errors->total != found)
        return;
    for (int g = 0; g < scenario->node_group_count; g++)
        if (scenario->node_groups[g].tier == TIER_END)
            build_set(draft, g);
    if (draft->errors->total != found)
        return;
    check_second_cuts(draft);
    check_transfers(draft);
}

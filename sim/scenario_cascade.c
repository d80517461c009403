#include "scenario_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TRAIN_FRACTION = 0.5, TUNE_FRACTION = 0.25, ROUNDING = 1e-9;

static const char samples_path[] = "samples", cascade_path[] = "cascade";

/* Fractions of a file that does not divide itself; findings where it does, or where nothing is left to report on. */
static void read_fractions(Draft *draft, const SampleTable *table)
{
    const ConfigNode *map = draft->top.samples;
    SampleEntry *entry = &draft->samples;
    const char *why = table->counts ? "rows stand for several samples and are not divided"
                      : table->uses ? "the column `split` of the file divides the samples"
                                    : NULL;
    if (why && isfinite(entry->train))
        scenario_error(draft, map, samples_path, "train", "%s", why);
    if (why && isfinite(entry->tune))
        scenario_error(draft, map, samples_path, "tune", "%s", why);
    if (why)
        return;
    entry->train = isfinite(entry->train) ? entry->train : TRAIN_FRACTION;
    entry->tune = isfinite(entry->tune) ? entry->tune : TUNE_FRACTION;
}

/* Every variant that options offer must be in the file. */
static void match_variants(Draft *draft, SampleSource *samples)
{
    const Scenario *scenario = draft->scenario;
    const Model *model = &scenario->model;
    const SampleModel **of_variant =
        arena_allocate(draft->arena, (size_t)model->variant_count, sizeof(const SampleModel *));
    for (int variant = 0; variant < model->variant_count; variant++) {
        const char *name = model->variants[variant].name;
        bool offered = false;
        for (int g = 0; g < scenario->node_group_count; g++)
            for (int i = 0; i < draft->offers[g].count; i++)
                offered |= draft->offers[g].variants[i] == variant;
        of_variant[variant] = sample_table_model(&samples->table, name);
        if (offered && !of_variant[variant])
            scenario_error(draft, draft->top.samples, samples_path, "file",
                           "%s does not say who is right with variant %s, which options offer: column '%s.correct' "
                           "is missing",
                           draft->samples.file, name, name);
    }
    if (draft->transfer_count > 0)
        scenario_error(draft, draft->top.samples, samples_path, "file",
                       "%s does not say who is right where values are sent with other bits: leave out "
                       "options.transfer_bits",
                       draft->samples.file);
    samples->of_variant = of_variant;
}

void scenario_read_samples(Draft *draft)
{
    const ConfigNode *map = draft->top.samples;
    SampleEntry *entry = &draft->samples;
    SampleSource *samples = &draft->scenario->samples;
    entry->train = entry->tune = INFINITY;
    if (!map || !scenario_bind(draft, SECTION_SAMPLES, map, samples_path, entry) ||
        !scenario_get_samples(draft, entry->file, &samples->table))
        return;
    read_fractions(draft, &samples->table);
    double train = isfinite(entry->train) ? entry->train : 0, tune = isfinite(entry->tune) ? entry->tune : 0;
    samples->in_turn = entry->in_turn;
    if (entry->in_turn && samples->table.counts)
        scenario_error(draft, map, samples_path, "order", "rows that stand for several samples have none");
    bool some = train + tune < 1 - ROUNDING;
    if (some)
        samples->parts = sample_parts_divide(&samples->table, train, tune, (uint64_t)entry->split_seed, draft->arena);
    if (!some || samples->parts.parts[SAMPLE_TEST].count == 0)
        scenario_error(draft, map, samples_path, some ? "file" : "train",
                       "no sample is left for requests to carry: none is for test");
    if (draft->has_model)
        match_variants(draft, samples);
}

double scenario_accuracy(const Draft *draft, int variant, int transfer_bits)
{
    const Scenario *scenario = draft->scenario;
    const SampleSource *samples = &scenario->samples;
    const SampleModel *model = samples->of_variant ? samples->of_variant[variant] : NULL;
    if (!model)
        return model_transfer_accuracy(&scenario->model.variants[variant], transfer_bits, scenario->objective.metric);
    /* Nobody may expect what is only known from the samples that are reported on, unless there are no others. */
    SampleUse use = SAMPLE_TRAIN;
    while (use < SAMPLE_TEST && samples->parts.parts[use].count == 0)
        use++;
    return samples->parts.parts[use].count ? sample_parts_accuracy(&samples->parts, &samples->table, use, model) : 0;
}

/* The section by itself; false with findings. */
static bool read_cascade(Draft *draft)
{
    const ConfigNode *map = draft->top.cascade;
    const CascadeEntry *entry = &draft->cascade;
    Scenario *scenario = draft->scenario;
    int found = draft->errors->total;
    if (!scenario_bind(draft, SECTION_CASCADE, map, cascade_path, &draft->cascade))
        return false;
    Cascade *cascade = &scenario->cascade;
    *cascade = (Cascade){.light = scenario_variant(draft, config_get(map, "light"), "cascade.light"),
                         .heavy = scenario_variant(draft, config_get(map, "heavy"), "cascade.heavy"),
                         .cut = (int)entry->cut};
    if (cascade->light >= 0 && cascade->light == cascade->heavy)
        scenario_error(draft, map, cascade_path, "heavy", "is the light variant too");
    if (cascade->heavy >= 0 && cascade->cut > 0) {
        const Variant *heavy = &scenario->model.variants[cascade->heavy];
        double share = cascade->cut < heavy->layer_count ? model_prefix_share(heavy, cascade->cut) : 1;
        if (heavy->layer_count == 0)
            scenario_error(draft, map, cascade_path, "cut", "the layers of variant %s are not known", heavy->name);
        else if (cascade->cut < heavy->layer_count && !heavy->layers[cascade->cut - 1].can_cut)
            scenario_error(draft, map, cascade_path, "cut",
                           "layer %d of variant %s puts out less than later layers need", cascade->cut, heavy->name);
        else if (share <= 0 || share >= 1)
            scenario_error(draft, map, cascade_path, "cut", "there is no work on one side of layer %d of variant %s",
                           cascade->cut, heavy->name);
    }
    if (!draft->top.samples)
        config_error(draft->errors, map, cascade_path, "needs `samples`, which say who is right when");
    if (draft->workload.spec.arrivals == ARRIVALS_ROUNDS)
        config_error(draft->errors, map, cascade_path,
                     "is about one request at a time; with arrivals: rounds all ask at once");
    return draft->errors->total == found;
}

/* Options of a group of users, with those of ESCALATE questions behind them. */
typedef struct Escalations {
    Draft *draft;
    int user; /* node group */
    int count, room;
    Option *items; /* owned */
} Escalations;

static void add(Escalations *list, const Option *option)
{
    if (list->count == list->room) {
        int room = list->room ? 2 * list->room : 16;
        list->items = memory_grow(list->items, (size_t)list->room, (size_t)room, sizeof *list->items);
        list->room = room;
    }
    list->items[list->count++] = *option;
}

/* Appends links to a route; false past the limit. */
static bool extend(Route *route, const Route *by)
{
    if (route->length + by->length > ROUTE_LIMIT)
        return false;
    for (int i = 0; i < by->length; i++)
        route->links[route->length++] = by->links[i];
    return true;
}

/* The heavy variant on node group `target` after `light`; on the group where that was, nothing travels. */
static void add_heavy(Escalations *list, const Option *light, int target)
{
    Draft *draft = list->draft;
    const Scenario *scenario = draft->scenario;
    const Cascade *cascade = &scenario->cascade;
    int from = light->target == SELF ? list->user : light->target;
    const NodeGroup *group = &scenario->node_groups[target];
    const Variant *heavy = &scenario->model.variants[cascade->heavy];
    const Profile *profile = scenario_profile(draft, target, cascade->heavy);
    double done = cascade->cut ? scenario_prefix_share(draft, target, cascade->heavy, cascade->cut) : 0;
    Route route = light->route;
    if (!profile)
        return; /* reported */
    if (target != from && !extend(&route, &draft->routes[from][target])) {
        config_error(draft->errors, draft->top.cascade, cascade_path,
                     "more than %d links from '%s' by way of '%s' to '%s'", ROUTE_LIMIT,
                     scenario->node_groups[list->user].name, scenario->node_groups[from].name, group->name);
        return;
    }
    bool home = target == list->user;
    Option option = {.label = arena_format(draft->arena, "%s>%s:%s", light->label, group->name, heavy->name),
                     .target = home ? SELF : target,
                     .tier = group->tier,
                     .variant = cascade->heavy,
                     .cut = cascade->cut,
                     .accuracy = scenario_accuracy(draft, cascade->heavy, 0),
                     .prefix_share = home ? 1 - done : done,
                     .remote_share = home ? 0 : 1 - done,
                     .local = home ? profile : NULL,
                     .remote = home ? NULL : profile,
                     .memory_bytes = heavy->memory_bytes,
                     .route = route,
                     .onward = true,
                     .first_hop = light->route.length};
    if (!home) {
        option.up_bytes = cascade->cut ? heavy->layers[cascade->cut - 1].output_bytes : scenario->workload.input_bytes;
        option.down_bytes = scenario->workload.output_bytes;
    }
    add(list, &option);
}

static bool offers_heavy(const Draft *draft, int group)
{
    const Offer *offer = &draft->offers[group];
    for (int i = 0; i < offer->count; i++)
        if (offer->variants[i] == draft->scenario->cascade.heavy)
            return true;
    return false;
}

/* Everything that may follow a light answer: keeping it, then the heavy variant there and above. Returns how many. */
static int add_escalations(Escalations *list, const Option *light)
{
    const Draft *draft = list->draft;
    int before = list->count, from = light->target == SELF ? list->user : light->target;
    Option keep = *light;
    keep.label = "keep";
    keep.local = keep.remote = NULL;
    keep.onward = true;
    keep.first_hop = light->route.length;
    keep.prefix_share = keep.remote_share = 0;
    add(list, &keep);
    for (int g = 0; g < draft->scenario->node_group_count; g++)
        if (offers_heavy(draft, g) && (g == from || draft->routes[from][g].length > 0))
            add_heavy(list, light, g);
    if (list->count == before + 1)
        list->count = before;
    return list->count - before;
}

/* Puts escalations behind the options of a group of users. Returns how many there are. */
static int build_set(Draft *draft, int user)
{
    Scenario *scenario = draft->scenario;
    OptionSet *set = &scenario->options[user];
    Escalations list = {.draft = draft, .user = user};
    int *counts = memory_allocate((size_t)set->count, sizeof *counts);
    for (int i = 0; i < set->count; i++)
        add(&list, &set->items[i]);
    for (int i = 0; i < set->count; i++) {
        const Option *option = &set->items[i];
        if (option->variant == scenario->cascade.light && option->cut == 0)
            counts[i] = add_escalations(&list, option);
    }
    Option *items = arena_allocate(draft->arena, (size_t)list.count, sizeof *items);
    memcpy(items, list.items, (size_t)list.count * sizeof *items);
    int next = set->count;
    for (int i = 0; i < set->count; i++) {
        if (counts[i] == 0)
            continue;
        OptionSet *escalations = arena_allocate(draft->arena, 1, sizeof *escalations);
        *escalations = (OptionSet){.count = counts[i], .items = items + next};
        items[i].escalations = escalations;
        next += counts[i];
    }
    *set = (OptionSet){.count = set->count, .escalation_count = list.count - set->count, .items = items};
    free(list.items);
    free(counts);
    return set->escalation_count;
}

void scenario_build_cascade(Draft *draft)
{
    Scenario *scenario = draft->scenario;
    if (!draft->top.cascade || !read_cascade(draft) || !scenario->samples.of_variant)
        return;
    Cascade *cascade = &scenario->cascade;
    int found = draft->errors->total, sets = 0, escalations = 0;
    cascade->present = true;
    cascade->output = scenario->samples.of_variant[cascade->light];
    for (int g = 0; g < scenario->node_group_count; g++) {
        bool asks = scenario->options[g].count > 0;
        sets += asks;
        escalations += asks ? build_set(draft, g) : 0;
    }
    if (sets > 0 && escalations == 0 && draft->errors->total == found)
        config_error(draft->errors, draft->top.cascade, cascade_path,
                     "options offer variant %s nowhere where %s is offered, nor above", draft->cascade.heavy,
                     draft->cascade.light);
}

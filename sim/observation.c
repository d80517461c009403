/* What a policy may see: the state of nodes and links, as a table of named features and their values. */
#include "simulation_state.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { NAME_SIZE = 160, NODE_FEATURES = 3, LINK_FEATURES = 3, TASK_FEATURES = 3 };

/* Distinct values for a table where all of them are whole; 0: continuous. */
static int background_levels(const NodeGroup *group)
{
    bool chain = group->background_series.count == 0;
    const double *values = chain ? group->background.values : group->background_series.values;
    int count = chain ? group->background.state_count : group->background_series.count;
    double largest = 0;
    for (int i = 0; i < count; i++) {
        if (values[i] != floor(values[i]))
            return 0;
        largest = fmax(largest, values[i]);
    }
    return (int)largest + 1;
}

static void add_node_features(Simulation *simulation, Feature *features, const char *name, const NodeGroup *group)
{
    bool quiet = simulation->scenario->workload.arrivals == ARRIVALS_ROUNDS;
    bool bounded = isfinite(group->memory_bytes);
    features[0] = (Feature){.name = arena_format(&simulation->names, "%s.jobs", name),
                            .unit = "",
                            .scale = group->cores,
                            .constant = quiet};
    features[1] = (Feature){.name = arena_format(&simulation->names, "%s.busy_cores", name),
                            .unit = "cores",
                            .scale = group->cores,
                            .levels = background_levels(group),
                            .constant = group->background.state_count <= 1 && group->background_series.count <= 1};
    features[2] = (Feature){.name = arena_format(&simulation->names, "%s.memory_used", name),
                            .unit = "B",
                            .scale = bounded ? group->memory_bytes : 1,
                            .constant = quiet || !bounded};
}

static Feature condition_feature(Simulation *simulation, const char *name, const LinkGroup *group)
{
    return (Feature){.name = arena_format(&simulation->names, "%s.weak", name),
                     .unit = "",
                     .scale = 1,
                     .levels = 2,
                     .constant = group->condition.state_count <= 1};
}

/* A bandwidth that changes is seen; one that is the same both ways, once. */
static bool sees_rate(const LinkGroup *group, bool upwards)
{
    const TimeSeries *up = &group->up_series, *down = &group->down_series;
    if (upwards)
        return up->count > 1 || group->up_levels.state_count > 1;
    return (down->count > 1 && down->begin != up->begin) || group->down_levels.state_count > 1;
}

static Feature rate_feature(Simulation *simulation, const char *name, bool upwards, double largest)
{
    return (Feature){.name = arena_format(&simulation->names, upwards ? "%s.rate" : "%s.rate_down", name),
                     .unit = "bit/s",
                     .scale = largest};
}

static bool is_shared_link(const Scenario *scenario, const LinkGroup *group)
{
    return scenario->node_groups[group->from].tier != TIER_END;
}

/* Links that leave a user's own node, by group of users. */
static int own_link_count(const Scenario *scenario, int node_group)
{
    int count = 0;
    for (int i = 0; i < scenario->link_group_count; i++)
        count += scenario->link_groups[i].from == node_group;
    return count;
}

/* The largest bandwidth among users' own links of a direction; 0 where none of them changes. */
static double own_rate_scale(const Scenario *scenario, bool upwards)
{
    bool seen = false;
    double largest = 0;
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        double rate = upwards ? group->up_bit_per_s : group->down_bit_per_s;
        if (is_shared_link(scenario, group))
            continue;
        seen = seen || sees_rate(group, upwards);
        largest = isfinite(rate) ? fmax(largest, rate) : largest;
    }
    return seen ? largest : 0;
}

/* "edge2-cloud" of the link that leaves edge2 for the group cloud; "edge-cloud2" of one that all edges share. */
static const char *link_name(Simulation *simulation, const LinkGroup *group, int member)
{
    const Scenario *scenario = simulation->scenario;
    const NodeGroup *from = &scenario->node_groups[group->from], *to = &scenario->node_groups[group->to];
    char end[NAME_SIZE];
    scenario_node_name(scenario, (group->shared ? to : from)->first + member, end, sizeof end);
    return group->shared ? arena_format(&simulation->names, "%s-%s", from->name, end)
                         : arena_format(&simulation->names, "%s-%s", end, to->name);
}

static void create_shared(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    int shared_nodes = scenario->node_count - scenario->user_count;
    simulation->shared_features =
        arena_allocate(&simulation->names,
                       (size_t)(NODE_FEATURES * shared_nodes + LINK_FEATURES * scenario->link_count), sizeof(Feature));
    int count = 0;
    for (int i = 0; i < scenario->node_count; i++) {
        const NodeGroup *group = simulation_group(simulation, i);
        if (group->tier == TIER_END)
            continue;
        char name[NAME_SIZE];
        scenario_node_name(scenario, i, name, sizeof name);
        add_node_features(simulation, &simulation->shared_features[count], name, group);
        count += NODE_FEATURES;
    }
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        for (int member = 0; is_shared_link(scenario, group) && member < group->count; member++) {
            const char *name = link_name(simulation, group, member);
            simulation->shared_features[count++] = condition_feature(simulation, name, group);
            if (sees_rate(group, true))
                simulation->shared_features[count++] = rate_feature(simulation, name, true, group->up_bit_per_s);
            if (sees_rate(group, false))
                simulation->shared_features[count++] = rate_feature(simulation, name, false, group->down_bit_per_s);
        }
    }
    simulation->shared_count = count;
}

/* Constant where no two requests may differ. */
static Feature input_feature(const Scenario *scenario)
{
    double largest = 0;
    bool constant = true;
    for (int i = 0; i < scenario->application_count; i++) {
        const Distribution *input = &scenario->applications[i].input_bytes;
        largest = fmax(largest, input->mean);
        constant = constant && !distribution_varies(input) && input->mean == scenario->applications[0].input_bytes.mean;
    }
    return (Feature){.name = "own.input", .unit = "B", .scale = largest > 0 ? largest : 1, .constant = constant};
}

/* Whether requests differ in how much accuracy matters to them. */
static bool weights_differ(const Scenario *scenario)
{
    bool differ = false;
    for (int i = 0; i < scenario->application_count; i++) {
        const Application *application = &scenario->applications[i];
        differ |= application->weights_vary ||
                  application->accuracy_weight.mean != scenario->applications[0].accuracy_weight.mean;
    }
    return differ;
}

/* What tasks differ in is seen where the objective counts it. Returns the entries added. */
static int add_task_features(Simulation *simulation, Feature *features)
{
    const Scenario *scenario = simulation->scenario;
    int count = 0;
    double largest_s = 0, least_s = INFINITY;
    for (int i = 0; i < scenario->application_count; i++) {
        double reference_s = scenario->applications[i].reference_s;
        largest_s = reference_s > largest_s ? reference_s : largest_s;
        least_s = reference_s < least_s ? reference_s : least_s;
    }
    bool counted = scenario->objective.kind == OBJECTIVE_UTILITY;
    simulation->sees_weight = counted && weights_differ(scenario);
    simulation->sees_reference = counted && least_s < largest_s;
    if (simulation->sees_weight)
        features[count++] = (Feature){.name = "own.weight", .unit = "", .scale = 1};
    if (simulation->sees_reference)
        features[count++] = (Feature){.name = "own.reference", .unit = "s", .scale = largest_s};
    return count;
}

/* Users of different groups share one shape of block: their own node, as many links as any of them has, the input,
 * and what their tasks differ in. */
static void create_ask(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    int links = 0;
    for (int i = 0; i < scenario->node_group_count; i++)
        if (scenario->node_groups[i].tier == TIER_END && own_link_count(scenario, i) > links)
            links = own_link_count(scenario, i);
    simulation->own_link_count = links;
    size_t room = (size_t)(NODE_FEATURES + LINK_FEATURES * links + TASK_FEATURES);
    Feature *features = arena_allocate(&simulation->names, room, sizeof *features);
    simulation->ask_features = features;

    /* The block varies where any group's does, at the largest scale of all. */
    bool first = true;
    int varying_links = 0;
    for (int i = 0; i < scenario->node_group_count; i++) {
        const NodeGroup *group = &scenario->node_groups[i];
        if (group->tier != TIER_END)
            continue;
        Feature own[NODE_FEATURES];
        add_node_features(simulation, own, "own", group);
        for (int j = 0; j < NODE_FEATURES; j++) {
            Feature joined = own[j];
            if (!first) {
                joined.scale = fmax(features[j].scale, own[j].scale);
                bool whole = features[j].levels > 0 && own[j].levels > 0;
                joined.levels = !whole ? 0 : features[j].levels > own[j].levels ? features[j].levels : own[j].levels;
                joined.constant = features[j].constant && own[j].constant;
            }
            features[j] = joined;
        }
        first = false;
        for (int j = 0; j < scenario->link_group_count; j++)
            varying_links += scenario->link_groups[j].from == i && scenario->link_groups[j].condition.state_count > 1;
    }
    for (int j = 0; j < links; j++)
        features[NODE_FEATURES + j] = (Feature){.name = arena_format(&simulation->names, "own.link%d.weak", j + 1),
                                                .unit = "",
                                                .scale = 1,
                                                .levels = 2,
                                                .constant = varying_links == 0};
    int count = NODE_FEATURES + links;
    for (int down = 0; down < 2; down++) {
        double scale = simulation->own_rate_scale[down] = own_rate_scale(scenario, !down);
        for (int j = 0; scale > 0 && j < links; j++)
            features[count++] =
                rate_feature(simulation, arena_format(&simulation->names, "own.link%d", j + 1), !down, scale);
    }
    features[count++] = input_feature(scenario);
    count += add_task_features(simulation, features + count);
    simulation->ask_feature_count = count;
}

/* Features that have the same name elsewhere get the larger scale of the two. */
static void join_scales(Feature *features, int count, const Feature *others, int other_count)
{
    for (int i = 0; i < count && i < other_count; i++)
        if (strcmp(features[i].name, others[i].name) == 0)
            features[i].scale = fmax(features[i].scale, others[i].scale);
}

void observation_create(Simulation *simulation)
{
    create_shared(simulation);
    create_ask(simulation);
    if (!simulation->scenario->other_world)
        return;
    Simulation other = {.scenario = simulation->scenario->other_world};
    create_shared(&other);
    create_ask(&other);
    join_scales(simulation->shared_features, simulation->shared_count, other.shared_features, other.shared_count);
    join_scales(simulation->ask_features, simulation->ask_feature_count, other.ask_features, other.ask_feature_count);
    arena_free(&other.names);
}

void observation_destroy(Simulation *simulation)
{
    arena_free(&simulation->names);
}

static double *observe_node(const Simulation *simulation, int index, double *values)
{
    const Node *node = &simulation->nodes[index];
    *values++ = node_jobs(node);
    *values++ = node->background_cores;
    *values++ = node->memory_used_bytes;
    return values;
}

/* What is seen of a link: a bandwidth without limit, on a block that has that entry for others, is 0. */
typedef enum LinkSight { SIGHT_WEAK, SIGHT_RATE, SIGHT_RATE_DOWN } LinkSight;

static double observe_link(const Link *link, const LinkGroup *group, LinkSight sight)
{
    if (sight == SIGHT_WEAK)
        return link_is_weak(link, group);
    double rate = link_rate(link, group, sight == SIGHT_RATE);
    return isfinite(rate) ? rate : 0;
}

static double *observe_own_links(const Simulation *simulation, int user_node, LinkSight sight, double *values)
{
    double *end = values + simulation->own_link_count;
    const Scenario *scenario = simulation->scenario;
    int group_index = scenario->group_of[user_node];
    int member = user_node - scenario->node_groups[group_index].first;
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        if (group->from == group_index)
            *values++ = observe_link(&simulation->links[group->first + member % group->count], group, sight);
    }
    while (values < end)
        *values++ = 0;
    return values;
}

int observation_write(const Simulation *simulation, const Decision *decision, double *ret_values)
{
    const Scenario *scenario = simulation->scenario;
    double *values = ret_values;
    for (int i = 0; i < scenario->node_count; i++)
        if (simulation_group(simulation, i)->tier != TIER_END)
            values = observe_node(simulation, i, values);
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        for (int member = 0; is_shared_link(scenario, group) && member < group->count; member++) {
            const Link *link = &simulation->links[group->first + member];
            *values++ = observe_link(link, group, SIGHT_WEAK);
            if (sees_rate(group, true))
                *values++ = observe_link(link, group, SIGHT_RATE);
            if (sees_rate(group, false))
                *values++ = observe_link(link, group, SIGHT_RATE_DOWN);
        }
    }
    assert(values - ret_values == simulation->shared_count);
    for (int i = 0; i < decision->ask_count; i++) {
        int own = decision->asks[i].node;
        values = observe_node(simulation, own, values);
        values = observe_own_links(simulation, own, SIGHT_WEAK, values);
        if (simulation->own_rate_scale[0] > 0)
            values = observe_own_links(simulation, own, SIGHT_RATE, values);
        if (simulation->own_rate_scale[1] > 0)
            values = observe_own_links(simulation, own, SIGHT_RATE_DOWN, values);
        *values++ = decision->asks[i].input_bytes;
        if (simulation->sees_weight)
            *values++ = decision->asks[i].accuracy_weight;
        if (simulation->sees_reference)
            *values++ = decision->asks[i].reference_s;
    }
    if (decision->kind == DECISION_ESCALATE)
        values = escalation_observe(simulation, values);
    return (int)(values - ret_values);
}

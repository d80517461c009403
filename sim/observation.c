/* What a policy may see: the state of nodes and links, as a table of named features and their values. */
#include "simulation_state.h"

#include <assert.h>
#include <math.h>

enum { NAME_SIZE = 160, NODE_FEATURES = 3 };

/* Distinct values for a table where all of them are whole; 0: continuous. */
static int chain_levels(const Chain *chain)
{
    double largest = 0;
    for (int i = 0; i < chain->state_count; i++) {
        if (chain->values[i] != floor(chain->values[i]))
            return 0;
        largest = fmax(largest, chain->values[i]);
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
                            .levels = chain_levels(&group->background),
                            .constant = group->background.state_count <= 1};
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

static void create_shared(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    int shared_nodes = scenario->node_count - scenario->user_count;
    simulation->shared_features = arena_allocate(
        &simulation->names, (size_t)(NODE_FEATURES * shared_nodes + scenario->link_count), sizeof(Feature));
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
            char from[NAME_SIZE];
            scenario_node_name(scenario, scenario->node_groups[group->from].first + member, from, sizeof from);
            const char *name = arena_format(&simulation->names, "%s-%s", from, scenario->node_groups[group->to].name);
            simulation->shared_features[count++] = condition_feature(simulation, name, group);
        }
    }
    simulation->shared_count = count;
}

/* Users of different groups share one shape of block: their own node, then as many links as any of them has. */
static void create_ask(Simulation *simulation)
{
    const Scenario *scenario = simulation->scenario;
    int links = 0;
    for (int i = 0; i < scenario->node_group_count; i++)
        if (scenario->node_groups[i].tier == TIER_END && own_link_count(scenario, i) > links)
            links = own_link_count(scenario, i);
    simulation->ask_feature_count = NODE_FEATURES + links;
    Feature *features = arena_allocate(&simulation->names, (size_t)simulation->ask_feature_count, sizeof *features);
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
}

void observation_create(Simulation *simulation)
{
    create_shared(simulation);
    create_ask(simulation);
}

void observation_destroy(Simulation *simulation)
{
    arena_free(&simulation->names);
}

int simulation_shared_features(const Simulation *simulation, const Feature **ret_features)
{
    *ret_features = simulation->shared_features;
    return simulation->shared_count;
}

int simulation_ask_features(const Simulation *simulation, const Feature **ret_features)
{
    *ret_features = simulation->ask_features;
    return simulation->ask_feature_count;
}

static double *observe_node(const Simulation *simulation, int index, double *values)
{
    const Node *node = &simulation->nodes[index];
    *values++ = simulation_node_jobs(simulation, index);
    *values++ = node->background_cores;
    *values++ = node->memory_used_bytes;
    return values;
}

static double *observe_own_links(const Simulation *simulation, int user_node, double *values)
{
    const Scenario *scenario = simulation->scenario;
    int group_index = scenario->group_of[user_node];
    int member = user_node - scenario->node_groups[group_index].first;
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        if (group->from == group_index)
            *values++ = link_is_weak(&simulation->links[group->first + member], group);
    }
    return values;
}

int simulation_observe(const Simulation *simulation, const Decision *decision, double *ret_values)
{
    const Scenario *scenario = simulation->scenario;
    double *values = ret_values;
    for (int i = 0; i < scenario->node_count; i++)
        if (simulation_group(simulation, i)->tier != TIER_END)
            values = observe_node(simulation, i, values);
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        for (int member = 0; is_shared_link(scenario, group) && member < group->count; member++)
            *values++ = link_is_weak(&simulation->links[group->first + member], group);
    }
    assert(values - ret_values == simulation->shared_count);
    for (int i = 0; i < decision->ask_count; i++) {
        double *block_end = values + simulation->ask_feature_count;
        values = observe_node(simulation, decision->asks[i].node, values);
        values = observe_own_links(simulation, decision->asks[i].node, values);
        while (values < block_end)
            *values++ = 0;
    }
    return (int)(values - ret_values);
}

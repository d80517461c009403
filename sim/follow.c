/* What changes by itself: groups of links and nodes that follow a series, one event a step for all the group's members;
 * and bandwidths that step from level to level, each link's for itself. */
#include "simulation_state.h"

/* A series that `slot` (from the first series' name) stands for; count 0 where that group follows none. */
static const TimeSeries *series_of(const Scenario *scenario, int slot)
{
    int links = 2 * scenario->link_group_count;
    if (slot >= links)
        return &scenario->node_groups[slot - links].background_series;
    const LinkGroup *group = &scenario->link_groups[slot / 2];
    return slot % 2 == 0 ? &group->up_series : &group->down_series;
}

static int slot_count(const Scenario *scenario)
{
    return 2 * scenario->link_group_count + scenario->node_group_count;
}

static void schedule_step(Simulation *simulation, int slot)
{
    const TimeSeries *series = series_of(simulation->scenario, slot);
    if (series->count > 0)
        agenda_set_named(&simulation->agenda, simulation->agenda.names.series + slot,
                         time_series_next(series, simulation->now), EVENT_CONDITION);
}

/* The chain of a bandwidth: slot 2i of link i upwards, 2i + 1 downwards. */
static const Chain *levels_of(const LinkGroup *group, int level)
{
    return level % 2 == 0 ? &group->up_levels : &group->down_levels;
}

void follow_set_level(Simulation *simulation, int level, int state)
{
    int link = level / 2;
    const LinkGroup *group = simulation_link_group(simulation, link);
    simulation->levels[level].state = state;
    double bit_per_s = levels_of(group, level)->values[state];
    for (int down = level % 2; down <= (level % 2 || group->joint_levels); down++) {
        link_set_rate(&simulation->links[link], group, !down, bit_per_s, simulation->now);
        journey_schedule_link(simulation, link, !down);
    }
}

static void schedule_level(Simulation *simulation, int level, const Chain *chain)
{
    LinkLevel *at = &simulation->levels[level];
    agenda_set_named(&simulation->agenda, simulation->agenda.names.level + level,
                     chain_leave(chain, at->state, simulation->now, &at->stream), EVENT_CONDITION);
}

void follow_level_event(Simulation *simulation, int level)
{
    LinkLevel *at = &simulation->levels[level];
    const Chain *chain = levels_of(simulation_link_group(simulation, level / 2), level);
    follow_set_level(simulation, level, chain_next(chain, at->state, &at->stream));
    schedule_level(simulation, level, chain);
}

static void create_levels(Simulation *simulation)
{
    const EventNames *names = &simulation->agenda.names;
    int count = names->series - names->level;
    if (count == 0)
        return;
    simulation->levels = memory_allocate((size_t)count, sizeof *simulation->levels);
    for (int level = 0; level < count; level++) {
        const Chain *chain = levels_of(simulation_link_group(simulation, level / 2), level);
        if (chain->state_count <= 1)
            continue;
        LinkLevel *at = &simulation->levels[level];
        at->stream =
            stream_create(simulation->key.seed, simulation->stream_replication, STREAM_BANDWIDTH, (uint64_t)level);
        follow_set_level(simulation, level, chain_start(chain, &at->stream));
        schedule_level(simulation, level, chain);
    }
}

void follow_create(Simulation *simulation)
{
    for (int slot = 0; slot < slot_count(simulation->scenario); slot++)
        schedule_step(simulation, slot);
    create_levels(simulation);
}

static void step_links(Simulation *simulation, const LinkGroup *group, bool upwards)
{
    for (int link = group->first; link < group->first + group->count; link++) {
        link_follow(&simulation->links[link], group, upwards, simulation->now);
        journey_schedule_link(simulation, link, upwards);
    }
}

static void step_nodes(Simulation *simulation, const NodeGroup *group)
{
    double cores = time_series_value(&group->background_series, simulation->now);
    for (int node = group->first; node < group->first + group->count; node++) {
        node_set_busy(&simulation->nodes[node], cores, simulation->now);
        journey_schedule_node(simulation, node);
    }
}

void follow_event(Simulation *simulation, int slot)
{
    const Scenario *scenario = simulation->scenario;
    int links = 2 * scenario->link_group_count;
    if (slot < links)
        step_links(simulation, &scenario->link_groups[slot / 2], slot % 2 == 0);
    else
        step_nodes(simulation, &scenario->node_groups[slot - links]);
    schedule_step(simulation, slot);
}

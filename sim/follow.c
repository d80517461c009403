/* Groups of links and nodes that follow a series: one event a step for all the group's members. */
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

void follow_create(Simulation *simulation)
{
    for (int slot = 0; slot < slot_count(simulation->scenario); slot++)
        schedule_step(simulation, slot);
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

#include "view.h"

#include "simulation_state.h"

/* A view is the simulation itself under a name that opens nothing else. */
static const Simulation *behind(const View *view)
{
    return (const Simulation *)view;
}

const Scenario *view_scenario(const View *view)
{
    return behind(view)->scenario;
}

int view_shared_features(const View *view, const Feature **ret_features)
{
    *ret_features = behind(view)->shared_features;
    return behind(view)->shared_count;
}

int view_ask_features(const View *view, const Feature **ret_features)
{
    *ret_features = behind(view)->ask_features;
    return behind(view)->ask_feature_count;
}

int view_observe(const View *view, const Decision *decision, double *ret_values)
{
    return observation_write(behind(view), decision, ret_values);
}

bool view_is_idle(const View *view)
{
    const Simulation *simulation = behind(view);
    return simulation->arrived - simulation->ended_requests == simulation->ask_count * simulation->asking;
}

int view_node_jobs(const View *view, int node)
{
    return node_jobs(&behind(view)->nodes[node]);
}

double view_node_free_cores(const View *view, int node)
{
    const Simulation *simulation = behind(view);
    return simulation_group(simulation, node)->cores - simulation->nodes[node].background_cores;
}

double view_message_time(const View *view, const Ask *ask, const Option *option)
{
    const Simulation *simulation = behind(view);
    double time_s = 0, up_bytes = option->cut ? option->up_bytes : ask->input_bytes;
    int links[ROUTE_LIMIT];
    scenario_route(simulation->scenario, ask->node, option, links);
    for (int hop = 0; hop < option->route.length; hop++) {
        const Link *link = &simulation->links[links[hop]];
        const LinkGroup *group = &simulation->scenario->link_groups[option->route.links[hop]];
        time_s += link_mean_time(link, group, true, up_bytes);
        time_s += link_mean_time(link, group, false, ask->output_bytes);
    }
    return time_s;
}

#include "view.h"

#include "foresight.h"
#include "simulation_state.h"

#include <assert.h>

/* A view is the simulation itself under a name that opens nothing else. */
const Simulation *view_simulation(const View *view)
{
    return (const Simulation *)view;
}

bool foresight_is_right(const View *view, int variant)
{
    const Simulation *simulation = view_simulation(view);
    int sample = simulation->requests[simulation->ask_requests[0]].sample;
    return simulation->scenario->samples.of_variant[variant]->correct[sample];
}

const Scenario *view_scenario(const View *view)
{
    return view_simulation(view)->scenario;
}

int view_shared_features(const View *view, const Feature **ret_features)
{
    *ret_features = view_simulation(view)->shared_features;
    return view_simulation(view)->shared_count;
}

int view_ask_features(const View *view, const Feature **ret_features)
{
    *ret_features = view_simulation(view)->ask_features;
    return view_simulation(view)->ask_feature_count;
}

int view_light_features(const View *view, const Feature **ret_features)
{
    *ret_features = view_simulation(view)->light_features;
    return view_simulation(view)->light_feature_count;
}

const double *view_light(const View *view)
{
    assert(view_simulation(view)->kind == DECISION_ESCALATE);
    return escalation_light(view_simulation(view));
}

int view_observe(const View *view, const Decision *decision, double *ret_values)
{
    return observation_write(view_simulation(view), decision, ret_values);
}

bool view_is_idle(const View *view)
{
    const Simulation *simulation = view_simulation(view);
    return simulation->arrived - simulation->ended_requests == simulation->ask_count * simulation->asking;
}

int view_node_jobs(const View *view, int node)
{
    return node_jobs(&view_simulation(view)->nodes[node]);
}

double view_node_free_cores(const View *view, int node)
{
    const Simulation *simulation = view_simulation(view);
    return simulation_group(simulation, node)->cores - simulation->nodes[node].background_cores;
}

double view_message_time(const View *view, const Ask *ask, const Option *option, double *ret_reserved_s)
{
    const Simulation *simulation = view_simulation(view);
    double time_s = 0, reserved_s = 0;
    int links[ROUTE_LIMIT];
    scenario_route(simulation->scenario, ask->node, option, links);
    for (int hop = 0; hop < option->route.length; hop++) {
        const Link *link = &simulation->links[links[hop]];
        const LinkGroup *group = &simulation->scenario->link_groups[option->route.links[hop]];
        double up_bytes = option_up_bytes(option, hop, ask->input_bytes);
        for (int down = hop < option->first_hop; down < 2; down++) {
            double delay_s = link_mean_delay(link, group, !down);
            double sent_s = link_transmission_time(link, group, !down, down ? ask->output_bytes : up_bytes);
            bool reserved = group->discipline == DISCIPLINE_RESERVED;
            time_s += reserved ? delay_s : delay_s + sent_s;
            reserved_s += reserved ? sent_s : 0;
        }
    }
    *ret_reserved_s = reserved_s;
    return time_s;
}

#include "cascade_choice.h"

#include "../sim/simulation.h"
#include "expect.h"

#include <math.h>

bool cascade_suits(const Scenario *scenario, Error *error)
{
    if (!scenario->cascade.present)
        error_set(error, NULL, 0, 0, "the scenario has no cascade, so that there is nothing to keep or to send on");
    return scenario->cascade.present;
}

/* The first option whose answer may be sent on; -1 where there is none. */
static int first_light(const OptionSet *options)
{
    for (int i = 0; i < options->count; i++)
        if (options->items[i].escalations)
            return i;
    return -1;
}

void cascade_route(const Decision *decision, int *ret_options)
{
    for (int i = 0; i < decision->ask_count; i++) {
        int light = first_light(decision->asks[i].options);
        ret_options[i] = light >= 0 ? light : 0;
    }
}

/* When (s from now) the option is expected to end, with an equal share of what is reserved. */
static double time_of(const View *view, const Ask *ask, const Option *option)
{
    Need need = expect_need(view, ask, option, NULL);
    double share = 1.0 / view_scenario(view)->user_count;
    return expect_response(&need, (Share){share, share});
}

/* The option behind keeping that is expected to end soonest, jobs already there apart, and when (s from now). */
static int soonest(const View *view, const Ask *ask, double *ret_time_s)
{
    int best = OPTION_KEEP + 1;
    *ret_time_s = INFINITY;
    for (int i = best; i < ask->options->count; i++) {
        double time_s = time_of(view, ask, &ask->options->items[i]);
        if (time_s >= *ret_time_s)
            continue;
        best = i;
        *ret_time_s = time_s;
    }
    return best;
}

int cascade_escalate(const Decision *decision, bool send)
{
    double time_s;
    return send ? soonest(decision->view, &decision->asks[0], &time_s) : OPTION_KEEP;
}

double cascade_extra_time(const Scenario *scenario)
{
    Simulation *simulation = simulation_create(scenario, (RunKey){0});
    const View *view = simulation_view(simulation);
    double extra_s = 0;
    for (int user = 0; user < scenario->user_count; user++) {
        const OptionSet *options = &scenario->options[scenario->group_of[scenario->users[user]]];
        int light = first_light(options);
        if (light < 0)
            continue;
        const Application *application = &scenario->applications[0];
        Ask ask = {.user = user,
                   .node = scenario->users[user],
                   .input_bytes = application->input_bytes.mean,
                   .output_bytes = application->output_bytes.mean,
                   .options = options->items[light].escalations};
        soonest(view, &ask, &extra_s);
        extra_s -= time_of(view, &ask, &ask.options->items[OPTION_KEEP]);
        break;
    }
    simulation_destroy(simulation);
    return extra_s;
}

#include "tabular_planner.h"

#include "../sim/clock.h"

static const char model_block[] = "model", planned_block[] = "planned";

void tabular_planner_init(TabularPlanner *planner, const TabularMethod *method, const PlannerParameters *parameters,
                          const Scenario *scenario, Stream stream)
{
    tabular_init(&planner->tabular, method, &parameters->tabular, scenario, stream);
    planner->planning_steps = parameters->planning_steps;
    transition_model_init(&planner->model);
}

void tabular_planner_free(TabularPlanner *planner)
{
    tabular_free(&planner->tabular);
    transition_model_free(&planner->model);
}

void tabular_planner_plan(TabularPlanner *planner, bool (*step)(TabularPlanner *planner))
{
    double before_s = clock_s(CLOCK_MONOTONIC);
    for (int64_t i = 0; i < planner->planning_steps && step(planner); i++)
        planner->work.planning_steps++;
    planner->work.planning_s += clock_s(CLOCK_MONOTONIC) - before_s;
}

PolicyWork tabular_planner_work(const void *state)
{
    return ((const TabularPlanner *)state)->work;
}

void tabular_planner_save(const void *state, WeightsFile *file)
{
    const TabularPlanner *planner = state;
    tabular_save(&planner->tabular, file);
    transition_model_save(&planner->model, file, model_block);
    weights_file_add(file, planned_block, WEIGHTS_INT64, 1, &planner->work.planning_steps);
}

/* Whether planning can follow the model: with a discount every answer in it led somewhere. */
static bool is_followed(const TabularPlanner *planner)
{
    for (int64_t i = 0; i < planner->tabular.values.pairs.count; i++)
        if (planner->tabular.parameters.discount > 0 && planner->model.pairs[i].followed == 0)
            return false;
    return true;
}

bool tabular_planner_load(void *state, const WeightsFile *file, Error *error)
{
    TabularPlanner *planner = state;
    const ActionValues *values = &planner->tabular.values;
    return tabular_load(&planner->tabular, file, error) &&
           transition_model_load(&planner->model, file, model_block, values->pairs.count, values->states.count,
                                 error) &&
           weights_file_check(file, model_block, is_followed(planner), error) &&
           weights_file_copy(file, planned_block, WEIGHTS_INT64, 1, &planner->work.planning_steps, error);
}

void tabular_planner_finish(void *state)
{
    tabular_planner_free(state);
}

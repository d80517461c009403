/* What tabular learners that plan share: a counted model of what answers led to, and after each real step some steps of
 * planning on it. */
#ifndef ORCHID_POLICIES_TABULAR_PLANNER_H
#define ORCHID_POLICIES_TABULAR_PLANNER_H

#include "tabular.h"
#include "transition_model.h"

typedef struct PlannerParameters {
    TabularParameters tabular;
    int64_t planning_steps;
} PlannerParameters;

/* The state of a planner begins with one. */
typedef struct TabularPlanner {
    Tabular tabular;
    int64_t planning_steps; /* after each real step, at most */
    TransitionModel model;
    PolicyWork work;
} TabularPlanner;

/* The further field of PlannerParameters. */
#define PLANNING_STEPS_FIELD(HELP)                                                                                     \
    {                                                                                                                  \
        .key = "planning_steps", .kind = FIELD_INTEGER, .offset = offsetof(PlannerParameters, planning_steps),         \
        .fallback = "10", .minimum = 0, .maximum = 1e6, .help = HELP                                                   \
    }

/* Zeroed memory becomes ready for the scenario's first question. */
void tabular_planner_init(TabularPlanner *planner, const TabularMethod *method, const PlannerParameters *parameters,
                          const Scenario *scenario, Stream stream);
void tabular_planner_free(TabularPlanner *planner);

/* Takes planning_steps steps, or fewer where `step` returns false: nothing is left to plan. */
void tabular_planner_plan(TabularPlanner *planner, bool (*step)(TabularPlanner *planner));

/* `work`, `save`, `load` and `finish` of a PolicyType that keeps nothing beside a TabularPlanner. The steps planned are
 * kept, the time is not. */
PolicyWork tabular_planner_work(const void *state);
void tabular_planner_save(const void *state, WeightsFile *file);
bool tabular_planner_load(void *state, const WeightsFile *file, Error *error);
void tabular_planner_finish(void *state);

#endif

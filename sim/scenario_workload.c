#include "scenario_parts.h"

#include <math.h>
#include <string.h>

/* Keys that belong to other kinds of a section than the chosen one would be passed over in silence: they are findings.
 */
static void refuse_foreign_keys(Draft *draft, SectionIndex index, const ConfigNode *map, int common, FieldRange own,
                                const char *kind)
{
    const ConfigSection *section = scenario_section((int)index);
    for (int i = common; i < section->field_count; i++) {
        bool fits = i >= own.first && i < own.first + own.count;
        const char *key = section->fields[i].key;
        if (!fits && config_get(map, key))
            scenario_error(draft, map, section->path, key, "has no meaning for %s", kind);
    }
}

void scenario_read_span(Draft *draft, SectionIndex section, const ConfigNode *map, SpanEntry *ret_entry)
{
    const char *path = scenario_section((int)section)->path;
    if (!map || !scenario_bind(draft, section, map, path, ret_entry))
        return;
    if (ret_entry->rounds && ret_entry->time)
        scenario_error(draft, map, path, "time", "contradicts `rounds`: give one of the two");
    else if (!ret_entry->rounds && !ret_entry->time)
        config_error(draft->errors, map, path, "needs rounds or time");
    bool rounds = draft->workload.spec.arrivals == ARRIVALS_ROUNDS;
    if (ret_entry->rounds && !rounds)
        scenario_error(draft, map, path, "rounds", "there are no rounds where arrivals are %s; give a time",
                       arrivals_names[draft->workload.spec.arrivals]);
}

/* What each kind of arrivals needs, but for what applications may say instead. */
static void check_workload(Draft *draft, const ConfigNode *map)
{
    const WorkloadSpec *workload = &draft->workload.spec;
    bool listed = draft->workload.applications != NULL;
    if (workload->arrivals == ARRIVALS_PERIODIC && workload->period == 0)
        scenario_error(draft, map, "workload", "period", "periodic arrivals need a period above 0 s");
    if (workload->arrivals == ARRIVALS_POISSON && !isfinite(workload->rate_per_s) && !listed)
        scenario_error(draft, map, "workload", "rate", "poisson arrivals need a rate, such as 10 /s");
    if (workload->arrivals == ARRIVALS_TRACE && !workload->file)
        scenario_error(draft, map, "workload", "file", "trace arrivals need a file of arrival times");
    if (workload->arrivals == ARRIVALS_THINK && !draft->workload.think && !listed)
        scenario_error(draft, map, "workload", "think", "think arrivals need a time to think, such as 2 s");
}

void scenario_read_workload(Draft *draft)
{
    const ConfigNode *map = draft->top.workload;
    WorkloadSpec *workload = &draft->workload.spec;
    workload->deadline = TIME_NEVER;
    workload->rate_per_s = INFINITY;
    if (!map || !scenario_bind(draft, SECTION_WORKLOAD, map, "workload", &draft->workload))
        return;
    refuse_foreign_keys(draft, SECTION_WORKLOAD, map, WORKLOAD_COMMON, workload_fields_of(workload->arrivals),
                        arena_format(draft->arena, "%s arrivals", arrivals_names[workload->arrivals]));
    check_workload(draft, map);
    scenario_read_applications(draft);
    draft->scenario->workload = *workload;
    WorkloadSpec *ready = &draft->scenario->workload;
    if (!isfinite(ready->rate_per_s))
        ready->rate_per_s = 0;
    if (workload->arrivals == ARRIVALS_TRACE && workload->file && draft->has_nodes)
        scenario_get_arrivals(draft, workload->file, draft->scenario->user_count, ready);
}

/* The index of the metric that the objective names, the first where it names none. */
static void find_metric(Draft *draft, const ConfigNode *map)
{
    const Model *model = &draft->scenario->model;
    const char *metric = draft->objective.metric;
    if (!draft->has_model)
        return;
    int index = metric ? model_metric_index(model, metric) : 0;
    char excerpt[CONFIG_EXCERPT_SIZE];
    const char *nearest = index < 0 ? error_nearest(metric, model->metrics, model->metric_count) : NULL;
    if (index < 0)
        scenario_error(draft, map, "objective", "metric", "\"%s\" is no accuracy of %s%s%s%s",
                       config_excerpt(metric, excerpt), model->name, nearest ? "; did you mean '" : "",
                       nearest ? nearest : "", nearest ? "'?" : "");
    else {
        draft->objective.metric = model->metrics[index];
        draft->scenario->objective.metric = index;
    }
}

void scenario_read_objective(Draft *draft)
{
    const ConfigNode *map = draft->top.objective;
    ObjectiveEntry *entry = &draft->objective;
    if (!scenario_bind(draft, SECTION_OBJECTIVE, map, "objective", entry))
        return;
    ObjectiveKind kind = (ObjectiveKind)entry->kind;
    refuse_foreign_keys(draft, SECTION_OBJECTIVE, map, OBJECTIVE_COMMON, objective_fields_of(kind),
                        objective_names[kind]);
    draft->scenario->objective = (Objective){.kind = kind,
                                             .threshold = entry->threshold,
                                             .largest_response_time = entry->largest_response_time,
                                             .reference = entry->reference,
                                             .latency_weight_per_s = entry->latency_weight,
                                             .energy_weight_per_j = entry->energy_weight,
                                             .accuracy_weight = entry->accuracy_weight};
    find_metric(draft, map);
}

#include "scenario_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SECTION_INDENT = 2, ITEM_INDENT = 4, DEEP_INDENT = 6 };

static void write_section(FILE *stream, SectionIndex index, const void *entry, int indent)
{
    const ConfigSection *section = scenario_section((int)index);
    config_write(stream, section->fields, section->field_count, entry, indent);
}

/* A section whose last rows depend on the kind that was chosen. */
static void write_kind(FILE *stream, SectionIndex index, const void *entry, int common, FieldRange own)
{
    const Field *fields = scenario_section((int)index)->fields;
    config_write(stream, fields, common, entry, SECTION_INDENT);
    config_write(stream, fields + own.first, own.count, entry, SECTION_INDENT);
}

static void write_span(FILE *stream, const char *key, SectionIndex index, const SpanEntry *span)
{
    if (!span->rounds && !span->time)
        return;
    fprintf(stream, "%s:\n", key);
    config_write(stream, scenario_section((int)index)->fields + (span->rounds ? 0 : 1), 1, span, SECTION_INDENT);
}

static void write_numbers(FILE *stream, const char *key, const double *values, int count, Dimension dimension,
                          int indent)
{
    fprintf(stream, "%*s%s: [", indent, "", key);
    for (int i = 0; i < count; i++) {
        char text[64];
        quantity_format(values[i], dimension, text, sizeof text);
        fprintf(stream, "%s%s", i ? ", " : "", text);
    }
    fprintf(stream, "]\n");
}

/* "key: {series: FILE}" where there is one. */
static void write_series(FILE *stream, const char *key, const char *file)
{
    if (!file)
        return;
    fprintf(stream, "%*s%s: {series: ", ITEM_INDENT, "", key);
    config_write_text(stream, file);
    fprintf(stream, "}\n");
}

/* "key:" with the lists of a chain, where there is one. */
static void write_chain(FILE *stream, const char *key, const char *values, const Chain *chain, Dimension dimension)
{
    if (chain->state_count == 0)
        return;
    fprintf(stream, "%*s%s:\n", ITEM_INDENT, "", key);
    write_numbers(stream, values, chain->values, chain->state_count, dimension, DEEP_INDENT);
    if (chain->state_count > 1)
        write_numbers(stream, "dwell", chain->dwell_s, chain->state_count, DIMENSION_TIME, DEEP_INDENT);
}

static void write_node(FILE *stream, const NodeEntry *entry, const Chain *background)
{
    fprintf(stream, "  -\n");
    write_section(stream, SECTION_NODES, entry, ITEM_INDENT);
    fprintf(stream, "%*spower:\n", ITEM_INDENT, "");
    write_section(stream, SECTION_POWER, entry, DEEP_INDENT);
    write_series(stream, "background", entry->background_series);
    write_chain(stream, "background", "busy", background, DIMENSION_COUNT);
}

static void write_link(FILE *stream, const LinkEntry *entry, const LinkGroup *group)
{
    fprintf(stream, "  -\n");
    const ConfigSection *section = scenario_section(SECTION_LINKS);
    /* The last row, the discipline, only where it is not the usual one: texts of scenarios keep their hash. */
    config_write(stream, section->fields, section->field_count - !entry->discipline, entry, ITEM_INDENT);
    write_series(stream, "bandwidth", entry->bandwidth_series);
    write_series(stream, "up", entry->up_series);
    write_series(stream, "down", entry->down_series);
    bool both = group->half_duplex || group->joint_levels;
    write_chain(stream, both ? "bandwidth" : "up", "levels", &group->up_levels, DIMENSION_BANDWIDTH);
    write_chain(stream, "down", "levels", &group->down_levels, DIMENSION_BANDWIDTH);
    fprintf(stream, "%*scondition:", ITEM_INDENT, "");
    const Chain *condition = &group->condition;
    if (condition->state_count == 1) {
        fprintf(stream, " %s\n", condition->values[0] == 0 ? "regular" : "weak");
        return;
    }
    ConditionEntry stays = {condition->dwell_s[0], condition->dwell_s[1]};
    fputc('\n', stream);
    write_section(stream, SECTION_CONDITION, &stays, DEEP_INDENT);
}

static void write_amount(FILE *stream, double value, Dimension dimension)
{
    char text[64];
    quantity_format(value, dimension, text, sizeof text);
    fputs(text, stream);
}

static void write_distribution(FILE *stream, const char *key, const Distribution *distribution, Dimension dimension,
                               int indent)
{
    static const char *const fitted[] = {[DISTRIBUTION_LOGNORMAL] = "lognormal", [DISTRIBUTION_GAMMA] = "gamma"};
    fprintf(stream, "%*s%s: ", indent, "", key);
    switch (distribution->family) {
    case DISTRIBUTION_CONSTANT:
        write_amount(stream, distribution->mean, dimension);
        break;
    case DISTRIBUTION_EXPONENTIAL:
        fputs("{exponential: ", stream);
        write_amount(stream, distribution->mean, dimension);
        fputs("}", stream);
        break;
    case DISTRIBUTION_LOGNORMAL:
    case DISTRIBUTION_GAMMA:
        fprintf(stream, "{%s: {mean: ", fitted[distribution->family]);
        write_amount(stream, distribution->mean, dimension);
        fputs(", cv: ", stream);
        write_amount(stream, distribution->variation, DIMENSION_COUNT);
        fputs("}}", stream);
        break;
    case DISTRIBUTION_UNIFORM:
        fputs("{uniform: [", stream);
        write_amount(stream, distribution->first, dimension);
        fputs(", ", stream);
        write_amount(stream, distribution->second, dimension);
        fputs("]}", stream);
        break;
    }
    fputc('\n', stream);
}

static void write_option(FILE *stream, const char *key, const ConfigNode *node, const char *absent)
{
    if (!node && !absent)
        return;
    fprintf(stream, "%*s%s: ", SECTION_INDENT, "", key);
    if (node)
        config_write_node(stream, node);
    else if (absent)
        fputs(absent, stream);
    fputc('\n', stream);
}

/* The weights of an application, where they are not one number. */
static void write_weights(FILE *stream, const Application *application, int indent)
{
    if (distribution_varies(&application->accuracy_weight))
        write_distribution(stream, "weights", &application->accuracy_weight, DIMENSION_FRACTION, indent);
    if (application->weight_count > 0)
        write_numbers(stream, "weights", application->weights, application->weight_count, DIMENSION_FRACTION, indent);
}

static void write_workload(FILE *stream, const Draft *draft)
{
    const Scenario *scenario = draft->scenario;
    Arrivals arrivals = draft->workload.spec.arrivals;
    fprintf(stream, "workload:\n");
    write_kind(stream, SECTION_WORKLOAD, &draft->workload, WORKLOAD_COMMON, workload_fields_of(arrivals));
    if (!draft->applications) {
        write_weights(stream, &scenario->applications[0], SECTION_INDENT);
        if (arrivals == ARRIVALS_THINK)
            write_distribution(stream, "think", &scenario->applications[0].gap_s, DIMENSION_TIME, SECTION_INDENT);
        return;
    }
    write_option(stream, "weights", draft->workload.weights, NULL);
    fprintf(stream, "%*sapplications:\n", SECTION_INDENT, "");
    for (int i = 0; i < scenario->application_count; i++) {
        const Application *application = &scenario->applications[i];
        fprintf(stream, "%*s-\n", ITEM_INDENT, "");
        write_section(stream, SECTION_APPLICATIONS, &draft->applications[i], DEEP_INDENT);
        write_weights(stream, application, DEEP_INDENT);
        write_distribution(stream, "input", &application->input_bytes, DIMENSION_DATA, DEEP_INDENT);
        write_distribution(stream, "output", &application->output_bytes, DIMENSION_DATA, DEEP_INDENT);
        if (arrivals == ARRIVALS_THINK)
            write_distribution(stream, "think", &application->gap_s, DIMENSION_TIME, DEEP_INDENT);
    }
}

static void write_options(FILE *stream, const Draft *draft)
{
    const ConfigNode *map = draft->top.options;
    const Scenario *scenario = draft->scenario;
    fprintf(stream, "options:\n");
    for (int tier = 0; tier < TIER_COUNT; tier++)
        write_option(stream, tier_names[tier], config_get(map, tier_names[tier]), map ? NULL : "all variants");
    for (int g = 0; g < scenario->node_group_count; g++) {
        const NodeGroup *group = &scenario->node_groups[g];
        if (strcmp(group->name, tier_names[group->tier]) != 0)
            write_option(stream, group->name, config_get(map, group->name), NULL);
    }
    write_option(stream, "cuts", config_get(map, "cuts"), "none");
    write_option(stream, "second_cuts", draft->second_cuts.place, NULL);
    write_option(stream, "transfer_bits", config_get(map, "transfer_bits"), NULL);
}

static void write_samples(FILE *stream, const Draft *draft)
{
    if (draft->top.samples) {
        fprintf(stream, "samples:\n");
        write_section(stream, SECTION_SAMPLES, &draft->samples, SECTION_INDENT);
    }
    if (draft->top.cascade) {
        const ConfigSection *section = scenario_section(SECTION_CASCADE);
        fprintf(stream, "cascade:\n");
        config_write(stream, section->fields, section->field_count - !draft->cascade.cut, &draft->cascade,
                     SECTION_INDENT);
    }
}

/* The key `only`, or all keys but those that tell runs of the same scenario apart and the allocation, which belongs to
 * the world and has a meaning in few of them. */
static void write_top(FILE *stream, const TopEntry *top, const char *only)
{
    const ConfigSection *section = scenario_section(SECTION_TOP);
    for (int i = 0; i < section->field_count; i++) {
        const char *key = section->fields[i].key;
        bool left_out = strcmp(key, "seed") == 0 || strcmp(key, "replications") == 0 || strcmp(key, "allocation") == 0;
        if (only ? strcmp(key, only) == 0 : !left_out)
            config_write(stream, &section->fields[i], 1, top, 0);
    }
}

static void write_all(FILE *stream, const Draft *draft)
{
    const Scenario *scenario = draft->scenario;
    write_top(stream, &draft->top, NULL);
    if (draft->top.training_world) {
        fputs("training_world: ", stream);
        config_write_node(stream, draft->top.training_world);
        fputc('\n', stream);
    }
    write_span(stream, "stop", SECTION_STOP, &draft->stop);
    write_span(stream, "warm_up", SECTION_WARM_UP, &draft->warm_up);
    fprintf(stream, "nodes:\n");
    for (int i = 0; i < scenario->node_group_count; i++)
        write_node(stream, &draft->nodes[i], &scenario->node_groups[i].background);
    if (scenario->link_group_count)
        fprintf(stream, "links:\n");
    for (int i = 0; i < scenario->link_group_count; i++)
        write_link(stream, &draft->links[i], &scenario->link_groups[i]);
    write_workload(stream, draft);
    write_options(stream, draft);
    write_samples(stream, draft);
    fprintf(stream, "objective:\n");
    write_kind(stream, SECTION_OBJECTIVE, &draft->objective, OBJECTIVE_COMMON,
               objective_fields_of((ObjectiveKind)draft->objective.kind));
    if (scenario->reserves)
        write_top(stream, &draft->top, "allocation");
}

const char *scenario_resolve(const Draft *draft)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream)
        write_all(stream, draft);
    bool written = stream && fclose(stream) == 0;
    /* Only memory can run out here, and the arena knows what to do then. */
    const char *copy = arena_string_n(draft->arena, written ? text : "", written ? length : 0);
    free(text);
    return copy;
}

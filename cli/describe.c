#include <math.h>
#include <string.h>

#include "../analysis/metric_table.h"
#include "../policies/policy.h"
#include "command.h"
#include "message.h"
#include "options.h"

enum { KEY_WIDTH = 24, TYPE_WIDTH = 28, PATH_SIZE = 160, NAME_LIMIT = 512 };

/* One block of fields: a section of the scenario file, or the parameters of a policy. */
typedef struct Block {
    const char *path; /* as people write it: "nodes", "policy.q-learning", "" for the top level */
    const char *help;
    int field_count;
    const Field *fields;
} Block;

/* All blocks and the names they can be asked for by, in an arena. */
typedef struct Reference {
    Arena arena;
    int block_count;
    Block *blocks;
} Reference;

/* "nodes[].power" as "nodes.power". */
static const char *plain_path(Arena *arena, const char *path)
{
    char *plain = arena_string(arena, path), *end = plain;
    for (const char *c = path; *c; c++)
        if (*c != '[' && *c != ']')
            *end++ = *c;
    *end = 0;
    return plain;
}

static void reference_open(Reference *reference)
{
    Arena *arena = &reference->arena;
    int section_count = 0, policy_count = 0;
    while (scenario_section(section_count))
        section_count++;
    while (policy_type(policy_count))
        policy_count++;
    reference->blocks = arena_allocate(arena, (size_t)(section_count + policy_count), sizeof(Block));
    for (int i = 0; i < section_count; i++) {
        const ConfigSection *section = scenario_section(i);
        reference->blocks[reference->block_count++] =
            (Block){plain_path(arena, section->path), section->help, section->field_count, section->fields};
    }
    for (int i = 0; i < policy_count; i++) {
        const PolicyType *type = policy_type(i);
        reference->blocks[reference->block_count++] = (Block){arena_format(arena, "policy.%s", type->name),
                                                              type->summary, type->parameter_count, type->parameters};
    }
}

/* What may be written as the value, such as "time (ns us ms s min h)". */
static const char *type_text(Arena *arena, const Field *field)
{
    switch (field->kind) {
    case FIELD_INTEGER:
        return "whole number";
    case FIELD_QUANTITY:
        if (field->dimension == DIMENSION_COUNT)
            return "number";
        return arena_format(arena, "%s (%s)", dimension_name(field->dimension), dimension_units(field->dimension));
    case FIELD_TIME:
        return arena_format(arena, "%s (%s)", dimension_name(DIMENSION_TIME), dimension_units(DIMENSION_TIME));
    case FIELD_BOOLEAN:
        return "yes or no";
    case FIELD_TEXT:
        return "text";
    case FIELD_NESTED:
        return "map or list";
    case FIELD_CHOICE:
        break;
    }
    const char *text = field->choices[0];
    for (int i = 1; field->choices[i]; i++)
        text = arena_format(arena, "%s | %s", text, field->choices[i]);
    return text;
}

static const char *default_text(const Field *field)
{
    return !field->fallback ? "required" : *field->fallback ? field->fallback : "optional";
}

static const char *limit_text(Arena *arena, const Field *field, double limit)
{
    char text[64];
    Dimension dimension = field->kind == FIELD_TIME      ? DIMENSION_TIME
                          : field->kind == FIELD_INTEGER ? DIMENSION_COUNT
                                                         : field->dimension;
    quantity_format(limit, dimension, text, sizeof text);
    return arena_string(arena, text);
}

/* "from 1 to 64", "at least 1 B", or NULL where there are no limits. */
static const char *range_text(Arena *arena, const Field *field)
{
    if (field->minimum == 0 && field->maximum == 0)
        return NULL;
    const char *least = limit_text(arena, field, field->minimum);
    if (isinf(field->maximum))
        return arena_format(arena, "at least %s", least);
    return arena_format(arena, "from %s to %s", least, limit_text(arena, field, field->maximum));
}

static const char *field_path(Arena *arena, const Block *block, const Field *field)
{
    return arena_format(arena, "%s%s%s", block->path, *block->path ? "." : "", field->key);
}

/* Everything about one key. */
static void print_field(Arena *arena, const Block *block, const Field *field)
{
    const char *range = range_text(arena, field);
    printf("%s\n    %s\n    value:   %s\n", field_path(arena, block, field), field->help, type_text(arena, field));
    if (range)
        printf("    range:   %s\n", range);
    printf("    default: %s\n", default_text(field));
}

/* A block as a table with a line per key. */
static void print_block(const Block *block)
{
    printf("%s: %s\n", *block->path ? block->path : "scenario", block->help);
    if (block->field_count == 0)
        printf("  takes no parameters\n");
    for (int i = 0; i < block->field_count; i++) {
        const Field *field = &block->fields[i];
        printf("  %-*s %-*s %s\n", KEY_WIDTH, field->key, TYPE_WIDTH, default_text(field), field->help);
    }
}

static void print_metrics(void)
{
    printf("metrics: what every run reports and the results database holds\n");
    for (int i = 0; metric_definition(i); i++) {
        const MetricDefinition *metric = metric_definition(i);
        char name[PATH_SIZE];
        snprintf(name, sizeof name, "%s%s", metric->name, metric->per_group ? ".GROUP" : "");
        printf("  %-*s %-6s %s\n", TYPE_WIDTH + 4, name, metric->unit, metric->help);
    }
}

static void print_everything(Reference *reference)
{
    for (int i = 0; i < reference->block_count; i++) {
        print_block(&reference->blocks[i]);
        printf("\n");
    }
    print_metrics();
}

/* Prints what `key` names, a block, a field or the metrics; false where it names nothing. */
static bool print_key(Reference *reference, const char *key)
{
    Arena *arena = &reference->arena;
    bool found = strcmp(key, "metrics") == 0;
    if (found)
        print_metrics();
    for (int i = 0; i < reference->block_count && !found; i++) {
        const Block *block = &reference->blocks[i];
        found = strcmp(key, *block->path ? block->path : "scenario") == 0;
        if (found)
            print_block(block);
    }
    for (int i = 0; i < reference->block_count && !found; i++) {
        const Block *block = &reference->blocks[i];
        for (int f = 0; f < block->field_count && !found; f++) {
            found = strcmp(key, field_path(arena, block, &block->fields[f])) == 0;
            if (found)
                print_field(arena, block, &block->fields[f]);
        }
    }
    return found;
}

/* Names that a misspelling may have meant. */
static ExitStatus unknown_key(Reference *reference, const char *key)
{
    const char *names[NAME_LIMIT] = {"metrics", "scenario"};
    int count = 2;
    for (int i = 0; i < reference->block_count; i++) {
        const Block *block = &reference->blocks[i];
        if (count < NAME_LIMIT && *block->path)
            names[count++] = block->path;
        for (int f = 0; f < block->field_count && count < NAME_LIMIT; f++)
            names[count++] = field_path(&reference->arena, block, &block->fields[f]);
    }
    return message_unknown("key", key, names, count, "see `orchid describe` for all of them");
}

static ExitStatus run(int argument_count, char **arguments)
{
    ExitStatus status;
    if (!options_parse(&command_describe, NULL, 0, &argument_count, arguments, &status))
        return status;
    if (argument_count > 1)
        return message_wrong("describe takes one key, as in: orchid describe nodes.cores");
    Reference reference = {0};
    reference_open(&reference);
    if (argument_count == 0)
        print_everything(&reference);
    else if (!print_key(&reference, plain_path(&reference.arena, arguments[0])))
        status = unknown_key(&reference, arguments[0]);
    arena_free(&reference.arena);
    return status;
}

const Command command_describe = {
    .name = "describe",
    .arguments = "[KEY]",
    .summary = "what a scenario file and a policy may say: every key with its unit, range and default",
    .details = "Without a KEY the whole reference. `metrics` names what runs report.",
    .examples = {{"orchid describe nodes", "all keys of a group of nodes"},
                 {"orchid describe nodes.cores", "one key in full"},
                 {"orchid describe policy.q-learning", "the parameters of a policy"},
                 {"orchid describe metrics", "what every run reports"}},
    .run = run,
};

#include <string.h>

#include "../analysis/figure.h"
#include "command.h"
#include "data.h"
#include "message.h"
#include "options.h"

enum { NAME_WIDTH = 32 };

static void print_line(const char *name, const char *summary)
{
    printf("%-*s %s\n", NAME_WIDTH, name, summary);
}

static ExitStatus list_policies(Arena *arena)
{
    for (int i = 0; policy_type(i); i++) {
        const PolicyType *type = policy_type(i);
        print_line(type->name, arena_format(arena, "%s%s", type->summary, type->learns ? " (learns)" : ""));
    }
    return STATUS_FINE;
}

/* What the scenario calls itself, or "". */
static const char *scenario_title(Arena *arena, const char *path)
{
    ErrorList errors = {0};
    const ConfigNode *name = config_get(config_read(arena, path, &errors), "name");
    return name && name->kind == CONFIG_SCALAR ? name->text : "";
}

static ExitStatus list_scenarios(Arena *arena)
{
    DataFile *files;
    int count = data_files(arena, "scenarios", ".yaml", &files);
    for (int i = 0; i < count; i++)
        print_line(files[i].name, scenario_title(arena, files[i].path));
    return count ? STATUS_FINE : STATUS_INPUT;
}

static ExitStatus list_traces(Arena *arena)
{
    static const char *const endings[] = {".yaml", ".csv"};
    int total = 0;
    for (size_t e = 0; e < sizeof endings / sizeof *endings; e++) {
        DataFile *files;
        int count = data_files(arena, "traces", endings[e], &files);
        for (int i = 0; i < count; i++)
            print_line(arena_format(arena, "%s%s", files[i].name, endings[e]), data_comment(arena, files[i].path));
        total += count;
    }
    return total ? STATUS_FINE : STATUS_INPUT;
}

static ExitStatus list_figures(Arena *arena)
{
    const char *folder = data_path(arena, "analysis/figures");
    if (!folder)
        return STATUS_INPUT;
    FigureEntry *entries;
    int count = figure_list(folder, arena, &entries);
    for (int i = 0; i < count; i++)
        print_line(entries[i].name, entries[i].summary);
    return STATUS_FINE;
}

/* What can be listed. */
static const struct Kind {
    const char *name;
    ExitStatus (*list)(Arena *arena);
} kinds[] = {
    {"policies", list_policies}, {"scenarios", list_scenarios}, {"traces", list_traces}, {"figures", list_figures}};

enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static ExitStatus list(const char *what)
{
    const char *names[KIND_COUNT];
    for (int i = 0; i < KIND_COUNT; i++) {
        names[i] = kinds[i].name;
        if (strcmp(kinds[i].name, what) == 0) {
            Arena arena = {0};
            ExitStatus status = kinds[i].list(&arena);
            arena_free(&arena);
            return status;
        }
    }
    return message_unknown("list", what, names, KIND_COUNT, "choose one of: policies, scenarios, traces, figures");
}

static ExitStatus run(int argument_count, char **arguments)
{
    ExitStatus status;
    if (!options_parse(&command_list, NULL, 0, &argument_count, arguments, &status))
        return status;
    if (argument_count != 1)
        return message_wrong("list needs one of: policies, scenarios, traces, figures");
    return list(arguments[0]);
}

const Command command_list = {
    .name = "list",
    .arguments = "policies|scenarios|traces|figures",
    .summary = "what comes with the program, one line each",
    .examples = {{"orchid list policies", "who can answer, for `orchid run --policy`"},
                 {"orchid list scenarios", "what can be run by name"},
                 {"orchid list traces", "measured inputs: models and latency profiles"},
                 {"orchid list figures", "what `orchid figure` can draw"}},
    .run = run,
};

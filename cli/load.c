#include "load.h"

#include <string.h>
#include <unistd.h>

#include "data.h"
#include "message.h"

static const char scenario_ending[] = ".yaml";

/* "hello" for "hello", "hello.yaml" and "scenarios/hello.yaml". */
static const char *bare_name(Arena *arena, const char *name)
{
    static const char folder[] = "scenarios/";
    name += strncmp(name, folder, strlen(folder)) == 0 ? strlen(folder) : 0;
    size_t length = strlen(name), ending = strlen(scenario_ending);
    if (length > ending && strcmp(name + length - ending, scenario_ending) == 0)
        length -= ending;
    return arena_string_n(arena, name, length);
}

/* Adds what is wrong with the `policy:` section of a file that has other mistakes, so that one pass finds all. */
static void check_policy_of_file(const char *path, const char *const *settings, int setting_count, ErrorList *errors)
{
    Arena arena = {0};
    ErrorList known = {0};
    ConfigNode *root = config_read(&arena, path, &known);
    for (int i = 0; root && i < setting_count; i++)
        config_override(&arena, root, settings[i], &known);
    if (root)
        policy_check(config_get(root, "policy"), errors);
    arena_free(&arena);
}

const char *load_command_line(Arena *arena, const Command *command, int argument_count, char **arguments)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=.,/:@%+[]";
    const char *line = arena_format(arena, "orchid %s", command->name);
    for (int i = 0; i < argument_count; i++) {
        bool quote = !arguments[i][0] || arguments[i][strspn(arguments[i], plain)];
        line = arena_format(arena, "%s %s%s%s", line, quote ? "'" : "", arguments[i], quote ? "'" : "");
    }
    return line;
}

bool load_is_setting(const char *argument)
{
    return strchr(argument, '=') && access(argument, F_OK) != 0;
}

ExitStatus load_arguments(const Command *command, int argument_count, char **arguments, const char **ret_scenario,
                          const char **settings, int *ret_setting_count)
{
    *ret_scenario = NULL;
    *ret_setting_count = 0;
    for (int i = 0; i < argument_count; i++) {
        if (load_is_setting(arguments[i]))
            settings[(*ret_setting_count)++] = arguments[i];
        else if (!*ret_scenario)
            *ret_scenario = arguments[i];
        else
            return message_wrong(
                "%s takes one scenario, and there is \"%s\" besides \"%s\"; settings are written key=value",
                command->name, arguments[i], *ret_scenario);
    }
    return STATUS_FINE;
}

const char *load_path(Arena *arena, const char *name, ErrorList *errors)
{
    if (access(name, F_OK) == 0 || name[0] == '/' || name[0] == '.')
        return name;
    DataFile *files;
    int count = data_files(arena, "scenarios", scenario_ending, &files);
    const char *bare = bare_name(arena, name);
    const char **names = arena_allocate(arena, (size_t)count, sizeof *names);
    for (int i = 0; i < count; i++) {
        if (strcmp(files[i].name, bare) == 0)
            return files[i].path;
        names[i] = files[i].name;
    }
    const char *nearest = error_nearest(bare, names, count);
    error_add(errors, name, 0, 0, "there is no such file or scenario%s%s%s",
              nearest ? "; did you mean '" : "; see `orchid list scenarios`", nearest ? nearest : "",
              nearest ? "'?" : "");
    return NULL;
}

Scenario *load_scenario(const char *name, const char *const *settings, int setting_count, ErrorList *errors)
{
    Arena arena = {0};
    Scenario *scenario = NULL;
    const char *path = load_path(&arena, name, errors);
    if (path)
        scenario = scenario_load(path, settings, setting_count, errors);
    if (path && !scenario)
        check_policy_of_file(path, settings, setting_count, errors);
    if (scenario && !policy_check(scenario->policy, errors)) {
        scenario_destroy(scenario);
        scenario = NULL;
    }
    arena_free(&arena);
    return scenario;
}

#include <inttypes.h>
#include <stdlib.h>

#include "../analysis/sweep.h"
#include "command.h"
#include "load.h"
#include "message.h"
#include "options.h"

/* One line about a scenario that is fine, and its sweep (NULL: none). */
static void print_scenario(const char *name, const Scenario *scenario, const Sweep *sweep)
{
    int options = 0;
    for (int i = 0; i < scenario->node_group_count; i++)
        options = scenario->options[i].count > options ? scenario->options[i].count : options;
    printf("%s: fine: %s: %d nodes, %d links, %d users with up to %d options each, %d replications", name,
           scenario->name, scenario->node_count, scenario->link_count, scenario->user_count, options,
           scenario->replications);
    if (sweep)
        printf("; a sweep of %" PRId64 " runs", sweep->run_count);
    printf("\n");
}

/* Checks one scenario with its sweep; settings may be for keys that the sweep varies, so that with settings it is the
 * single run that is checked. */
static bool validate_scenario(const char *name, const char *const *settings, int setting_count)
{
    ErrorList errors = {0};
    Arena arena = {0};
    Sweep *sweep = NULL;
    Scenario *scenario = load_scenario(name, settings, setting_count, &errors);
    if (scenario && scenario->policy)
        policy_suits(policy_type_find(config_get(scenario->policy, "name")->text), scenario, &errors);
    if (scenario && scenario->sweep && setting_count == 0)
        sweep = sweep_open(load_path(&arena, name, &errors), NULL, 0, true, &errors);
    if (errors.total == 0) {
        print_scenario(name, scenario, sweep);
    } else {
        fflush(stdout);
        error_list_write(&errors, stderr);
    }
    sweep_close(sweep);
    scenario_destroy(scenario);
    arena_free(&arena);
    return errors.total == 0;
}

/* Checks every argument that is a file; the others are settings for all of them. */
static ExitStatus validate(int argument_count, char **arguments)
{
    const char **settings = memory_allocate((size_t)argument_count, sizeof *settings);
    int setting_count = 0;
    for (int i = 0; i < argument_count; i++)
        if (load_is_setting(arguments[i]))
            settings[setting_count++] = arguments[i];
    ExitStatus status = STATUS_FINE;
    for (int i = 0; i < argument_count; i++) {
        if (load_is_setting(arguments[i]))
            continue;
        if (!validate_scenario(arguments[i], settings, setting_count))
            status = STATUS_INPUT;
    }
    if (setting_count == argument_count)
        status = message_wrong("validate needs a scenario, as in: orchid validate hello");
    free(settings);
    return status;
}

static ExitStatus run(int argument_count, char **arguments)
{
    ExitStatus status;
    if (!options_parse(&command_validate, NULL, 0, &argument_count, arguments, &status))
        return status;
    return validate(argument_count, arguments);
}

const Command command_validate = {
    .name = "validate",
    .arguments = "SCENARIO ... [key=value ...]",
    .summary = "check scenarios and print everything that is wrong, without running them",
    .details =
        "A scenario is a YAML file, or the name of one from `orchid list scenarios`. All mistakes of a file are\n"
        "reported in one pass as file:line:column, also that the policy of the file cannot answer there. Settings\n"
        "key=value hold for all files named; without any, the section sweep is checked too.",
    .examples = {{"orchid validate hello", "checks the scenario that comes with the program"},
                 {"orchid validate hello nodes.camera.count=2", "checks it with two cameras"}},
    .run = run,
};

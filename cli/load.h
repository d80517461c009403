/* Finds, reads and checks the scenario that a person named. */
#ifndef ORCHID_CLI_LOAD_H
#define ORCHID_CLI_LOAD_H

#include "../policies/policy.h"
#include "command.h"

/* Whether an argument is a setting "key=value" rather than a file. */
bool load_is_setting(const char *argument);

/* The command as one line that a shell would take apart again. */
const char *load_command_line(Arena *arena, const Command *command, int argument_count, char **arguments);

/* Takes the scenario (NULL: none) and the settings, for which there is room, out of the arguments of `command`. A
 * second scenario is STATUS_INPUT after an error was printed. */
ExitStatus load_arguments(const Command *command, int argument_count, char **arguments, const char **ret_scenario,
                          const char **settings, int *ret_setting_count);

/* The file `name`, or the one of the scenario of that name that comes with the program; NULL with a finding. */
const char *load_path(Arena *arena, const char *name, ErrorList *errors);

/* Reads the file `name`, or the scenario of that name that comes with the program, such as "hello" or
 * "online_learning/exp_a", and checks its `policy:` section in the same pass. NULL with findings in `errors` where
 * anything is wrong. The caller ends it with scenario_destroy. */
Scenario *load_scenario(const char *name, const char *const *settings, int setting_count, ErrorList *errors);

#endif

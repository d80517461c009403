/* Finds, reads and checks the scenario that a person named. */
#ifndef ORCHID_CLI_LOAD_H
#define ORCHID_CLI_LOAD_H

#include "../policies/policy.h"

/* Whether an argument is a setting "key=value" rather than a file. */
bool load_is_setting(const char *argument);

/* The file `name`, or the one of the scenario of that name that comes with the program; NULL with a finding. */
const char *load_path(Arena *arena, const char *name, ErrorList *errors);

/* Reads the file `name`, or the scenario of that name that comes with the program, such as "hello" or
 * "online_learning/exp_a", and checks its `policy:` section in the same pass. NULL with findings in `errors` where
 * anything is wrong. The caller ends it with scenario_destroy. */
Scenario *load_scenario(const char *name, const char *const *settings, int setting_count, ErrorList *errors);

#endif

/* A scenario as text, with the files it names, and its loading with changes: for the tests of what is read. */
#ifndef ORCHID_TESTS_SCENARIO_TEXTS_H
#define ORCHID_TESTS_SCENARIO_TEXTS_H

#include "../sim/scenario.h"

enum { TEXT_LIMIT = 4096 }; /* bytes of the longest of these */

/* Two edge tiers and a cloud behind five devices; its model of two variants, their layers, and their profiles. */
extern const char text_base[], text_model[], text_layers[], text_profiles[];

/* Writes a scratch file. Returns its path. */
const char *text_put(const char *name, const char *text);

/* Writes the model, its layers and its profiles, which the scenario names. */
void text_put_parts(void);

/* Loads a file, and ends the program with the findings where that fails. */
Scenario *text_load_file(const char *path, const char *const *overrides, int count);

/* The same of a text, beside its parts; and of the base scenario with one override or none (NULL). */
Scenario *text_load(const char *text, const char *const *overrides, int count);
Scenario *text_load_with(const char *override);

/* Checks the labels of a group's options, a blank behind each. */
void text_check_options(const Scenario *scenario, int group, const char *expected);

/* The option of that label; ends the program where there is none. */
const Option *text_find_option(const Scenario *scenario, const char *label);

#endif

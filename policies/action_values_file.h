/* Tables of action values in a file of weights. */
#ifndef ORCHID_POLICIES_ACTION_VALUES_FILE_H
#define ORCHID_POLICIES_ACTION_VALUES_FILE_H

#include "action_values.h"
#include "weights_file.h"

/* Adds blocks NAME.table, NAME.keys, NAME.rows, NAME.pairs and NAME.values, copied from the table as it is now. */
void action_values_file_add(WeightsFile *file, const char *name, const ActionValues *values);

/* Makes an uninitialised table what was added, to the order of equals; end it with action_values_free. The initial
 * value is a parameter of the learner and not in the file. False, with nothing to free and why in `error`, where the
 * file does not have it whole. */
bool action_values_file_read(const WeightsFile *file, const char *name, double initial_value, ActionValues *ret_values,
                             Error *error);

#endif

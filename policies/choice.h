/* Which of a user's options is meant by "on the edge, with the most accurate variant" and the like. */
#ifndef ORCHID_POLICIES_CHOICE_H
#define ORCHID_POLICIES_CHOICE_H

#include "../sim/scenario.h"

enum { ANY_VARIANT = -1, NO_CHOICE = -1 };

/* Of the options that compute as much as possible on `target` (a node group, or SELF), the most accurate one; with
 * `variant` other than ANY_VARIANT only that one. The first in the list wins a tie. NO_CHOICE where there is none. */
int choice_on_target(const OptionSet *options, int target, int variant);

/* The same for the nearest target of a tier: the one of the first option of that tier (that variant's, if one is
 * given). */
int choice_on_tier(const OptionSet *options, Tier tier, int variant);

/* The variant called `name`, or where that is NULL the most accurate one, of those that every user has an option with.
 * NO_CHOICE with the reason in `error`, without a place, where there is none. */
int choice_common_variant(const Scenario *scenario, const char *name, Error *error);

/* Fills ret_targets (of options->count entries) with the distinct targets in the order of the options; returns their
 * number. */
int choice_targets(const OptionSet *options, int *ret_targets);

#endif

/* What the rules about light answers have in common: they have the light variant answer first, and where they send its
 * answer on, the heavy one that is expected to be done soonest. */
#ifndef ORCHID_POLICIES_CASCADE_CHOICE_H
#define ORCHID_POLICIES_CASCADE_CHOICE_H

#include "../sim/view.h"

/* Whether the scenario has a cascade; else says so in `error`. */
bool cascade_suits(const Scenario *scenario, Error *error);

/* Answers a ROUTE question: each with its first option whose answer may be sent on, or where none may with its first.
 */
void cascade_route(const Decision *decision, int *ret_options);

/* Answers an ESCALATE question: OPTION_KEEP, or the heavy variant where it is expected to answer soonest. */
int cascade_escalate(const Decision *decision, bool send);

/* How much later (s) than a kept answer one is expected that is sent on, in an idle world, for the first user whose
 * light answers may be. */
double cascade_extra_time(const Scenario *scenario);

#endif

/* Ctrl-C asks a long computation to end well; a second one ends the program at once. No handlers, no globals: the
 * signal is blocked, and whoever works asks whether it came. */
#ifndef ORCHID_CLI_INTERRUPT_H
#define ORCHID_CLI_INTERRUPT_H

#include <stdbool.h>

/* Holds SIGINT and SIGTERM back from this thread and those it starts. */
void interrupt_hold(void);

/* Whether one came since; then it is taken, and the next one ends the program. */
bool interrupt_came(void);

/* Lets signals through again. */
void interrupt_release(void);

#endif

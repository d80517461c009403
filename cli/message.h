/* What the program says to people on standard error: only this floor prints. */
#ifndef ORCHID_CLI_MESSAGE_H
#define ORCHID_CLI_MESSAGE_H

#include "../sim/error.h"
#include "command.h"

/* Prints "error: ..." and returns STATUS_INPUT, for `return message_wrong(...)`. */
ExitStatus message_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same about a word that none of `count` candidates is: adds "; did you mean 'x'?" or `hint` (NULL: nothing). */
ExitStatus message_unknown(const char *what, const char *word, const char *const *candidates, int count,
                           const char *hint);

/* Prints one finding as `file:line:column: error: message`. */
void message_error(const Error *error);

/* Prints one line about something worth knowing. */
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

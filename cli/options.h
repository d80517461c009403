/* Flags of a sub-command from one table: parsing, messages and help. */
#ifndef ORCHID_CLI_OPTIONS_H
#define ORCHID_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "command.h"

typedef enum FlagKind {
    FLAG_SWITCH,  /* bool: true when given */
    FLAG_TEXT,    /* const char * */
    FLAG_INTEGER, /* int64_t within minimum .. maximum */
} FlagKind;

/* One flag; what is not given stays as it was. */
typedef struct Flag {
    const char *name; /* such as "--seed" or "-o" */
    FlagKind kind;
    void *target;
    const char *value_name; /* of the value in the help, such as "N"; NULL for a switch */
    const char *help;
    int64_t minimum, maximum;
} Flag;

/* Splits arguments into flags, given as "--name value" or "--name=value" anywhere, and the others, which move to the
 * front of `arguments` in their order. Behind "--" nothing is a flag. False where the command ends here, with the
 * status it ends with: the help was asked for and printed, or an error was. */
bool options_parse(const Command *command, const Flag *flags, int flag_count, int *argument_count, char **arguments,
                   ExitStatus *ret_status);

#endif

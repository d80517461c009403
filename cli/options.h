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
    const char *placeholder; /* of the value in the help, such as "N"; NULL for a switch */
    const char *help;
    int64_t minimum, maximum;
} Flag;

typedef enum OptionsResult {
    OPTIONS_READ,  /* go on */
    OPTIONS_HELP,  /* the help was asked for and printed: end with STATUS_FINE */
    OPTIONS_WRONG, /* the error was printed: end with STATUS_INPUT */
} OptionsResult;

/* Splits arguments into flags, given as "--name value" or "--name=value" anywhere, and the others, which move to the
 * front of `arguments` in their order. Behind "--" nothing is a flag. */
OptionsResult options_parse(const Command *command, const Flag *flags, int flag_count, int *argument_count,
                            char **arguments);

#endif

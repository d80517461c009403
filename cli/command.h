/* What a sub-command is: its words for the help, and the function that does it. One file each, one line in main.c. */
#ifndef ORCHID_CLI_COMMAND_H
#define ORCHID_CLI_COMMAND_H

/* What the program ends with. */
typedef enum ExitStatus { STATUS_FINE = 0, STATUS_INPUT = 2, STATUS_MACHINE = 3, STATUS_INTERRUPTED = 130 } ExitStatus;

/* A command line that is real and runs wherever the program is installed, and what it does. */
typedef struct Example {
    const char *line;
    const char *meaning;
} Example;

enum { EXAMPLE_LIMIT = 8 };

typedef struct Command {
    const char *name;
    const char *arguments; /* behind the name, such as "SCENARIO [key=value ...]" */
    const char *summary;   /* one line */
    const char *details;   /* a paragraph for the help, or NULL */
    Example examples[EXAMPLE_LIMIT];
    /* Does it with the arguments behind the name. Prints its own errors. */
    ExitStatus (*run)(int argument_count, char **arguments);
} Command;

extern const Command command_run, command_validate, command_describe, command_list, command_figure, command_merge,
    command_compare, command_export, command_sweep, command_train, command_samples, command_offload, command_reproduce,
    command_vision;

#endif

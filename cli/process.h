/* Other programs, such as those of a cluster: runs one and takes what it says. */
#ifndef ORCHID_CLI_PROCESS_H
#define ORCHID_CLI_PROCESS_H

#include "../sim/memory.h"

/* What a program said and how it ended. */
typedef struct ProcessResult {
    int status;         /* its exit status; -1 where it could not be started or was killed */
    const char *output; /* standard output, without line ends at its end */
    const char *errors; /* standard error, likewise; why it could not be started */
} ProcessResult;

/* Runs `arguments` (NULL behind the last; the first is looked for in PATH) to its end, with nothing to read. Ctrl-C
 * reaches it even while this program holds it back. Texts live in the arena. */
ProcessResult process_run(Arena *arena, const char *const *arguments);

#endif

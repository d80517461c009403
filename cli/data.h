/* Where the scenarios, traces and figures that come with the program are. */
#ifndef ORCHID_CLI_DATA_H
#define ORCHID_CLI_DATA_H

#include <stdbool.h>

#include "../sim/memory.h"

/* A file below a folder of data. */
typedef struct DataFile {
    const char *name; /* below the folder, without its ending */
    const char *path;
} DataFile;

/* The path of `relative` below the data's root, in `arena`, or NULL after an error was printed. The root is the first
 * that holds figures of: the environment variable ORCHID_DATA, share/orchid beside the folder of the executable, the
 * source tree the program was built from, the folder it was configured to be installed into. */
const char *data_path(Arena *arena, const char *relative);

/* All files below the folder `relative` whose names end in `ending`, in alphabetical order. Returns how many. */
int data_files(Arena *arena, const char *relative, const char *ending, DataFile **ret_files);

/* The first sentence of the comment that a YAML or CSV file begins with ("# ..."), as far as its first line goes, or
 * "". */
const char *data_comment(Arena *arena, const char *path);

#endif

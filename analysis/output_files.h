/* Several files that appear together: written beside their names, and renamed when all of them are complete. */
#ifndef ORCHID_ANALYSIS_OUTPUT_FILES_H
#define ORCHID_ANALYSIS_OUTPUT_FILES_H

#include "store.h"

#include <stdio.h>

/* A file under way. */
typedef struct OutputFile {
    char *path, *temporary; /* owned */
    FILE *stream;
} OutputFile;

/* Zero is empty. End it with output_files_end in any case. */
typedef struct OutputFiles {
    int count;
    OutputFile *files;
    char *folder;       /* made for the files; NULL: there was one */
    StoreStatus status; /* why output_files_add returned NULL */
} OutputFiles;

/* Makes the folder that files will be in, unless it is there. */
StoreStatus output_files_folder(OutputFiles *files, const char *path, Error *error);

bool output_files_is_folder(const char *path);

/* A stream whose text becomes the file `path`. NULL, and what is wrong in `files->status` and `error`, where it cannot
 * be written. */
FILE *output_files_add(OutputFiles *files, const char *path, Error *error);

/* Where `status` is fine, gives all files their names, replacing others; else, or where that fails, leaves everything
 * as it was. Returns how it went and fills `error` for what it found itself. */
StoreStatus output_files_end(OutputFiles *files, StoreStatus status, Error *error);

#endif

/* Logits of a network that was evaluated elsewhere, from a CSV file. */
#ifndef ORCHID_VISION_LOGITS_FILE_H
#define ORCHID_VISION_LOGITS_FILE_H

#include "../sim/error.h"

#include <stdbool.h>

/* Rows of one network. */
typedef struct LogitsFile {
    int count, class_count;
    int *labels;   /* [count], owned */
    float *logits; /* [count][class_count], owned */
} LogitsFile;

/* Reads the columns label and logit_0, logit_1 and so on, at most 60 of them; a row is a sample. False with every
 * finding in `errors`. */
bool logits_file_read(const char *path, LogitsFile *ret_file, ErrorList *errors);
void logits_file_free(LogitsFile *file);

/* Whether two files are about the same samples; false with a finding. */
bool logits_files_agree(const LogitsFile *light, const LogitsFile *heavy, const char *path, ErrorList *errors);

#endif

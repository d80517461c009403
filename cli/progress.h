/* One line on the terminal that is rewritten while many runs go on. */
#ifndef ORCHID_CLI_PROGRESS_H
#define ORCHID_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include "../analysis/experiment.h"

typedef struct ProgressLine {
    FILE *stream;  /* NULL: show nothing */
    bool shown;    /* the line stands on the terminal now */
    double last_s; /* when it was written, in elapsed time */
} ProgressLine;

/* Writes how far the work is, at most ten times a second; `policy` is what runs now (NULL: nothing). Cut to the
 * terminal's width. */
void progress_show(ProgressLine *line, const Progress *progress, const char *policy);

/* The same with a text of the caller's, `elapsed_s` after the work began. */
void progress_write(ProgressLine *line, double elapsed_s, const char *text);

/* Takes the line away, so that something else can be printed. */
void progress_clear(ProgressLine *line);

/* "3.2 s", "4 min 10 s" or "2 h 5 min" into `buffer`. `duration_s` >= 0. */
void progress_duration(double duration_s, char *buffer, size_t size);

#endif

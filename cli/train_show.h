/* What `orchid train` prints of a training: its curve in a few lines, when it arrived, and what it took. */
#ifndef ORCHID_CLI_TRAIN_SHOW_H
#define ORCHID_CLI_TRAIN_SHOW_H

#include "../analysis/trial.h"

/* Of a trial that is done. `weights` is the file it was written to, or NULL. */
void train_show_table(const Trial *trial, const char *weights);
void train_show_json(const Trial *trial, const char *weights);

/* One line about a training under way, into `buffer`. */
void train_show_progress(const LearningProgress *progress, char *buffer, size_t size);

#endif

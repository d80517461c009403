/* Reader of what models made of samples. The format: traces/README.md. */
#ifndef ORCHID_SIM_SAMPLE_FILE_H
#define ORCHID_SIM_SAMPLE_FILE_H

#include "error.h"
#include "sample_table.h"

/* Reads samples: column `sample` (a number of its own for each) or `count` (how many samples the row stands for),
 * perhaps `label` (the right class, from 0) and `split` (train, tune or test), for each model NAME.correct (0 or 1) and
 * what is known of its answers, NAME.confidence, .margin, .entropy, .prediction, .top2 to .top5, and .logit0, .logit1,
 * ... of all its classes, at most SAMPLE_LOGIT_LIMIT. False with every
 * finding of the pass in `errors`, and then `ret_table` is left alone. What is returned lives in `arena`. */
bool sample_file_read(Arena *arena, const char *path, SampleTable *ret_table, ErrorList *errors);

/* Writes a table so that sample_file_read reads it, its numbers with nine digits, logits with six, under `head`, lines
 * that begin with
 * '#'. */
void sample_file_write(FILE *stream, const char *head, const SampleTable *table);

#endif

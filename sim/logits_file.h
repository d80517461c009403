/* Reader of the logits that a model gave samples, for making a table of samples out of them. The format:
 * traces/README.md. */
#ifndef ORCHID_SIM_LOGITS_FILE_H
#define ORCHID_SIM_LOGITS_FILE_H

#include "error.h"
#include "sample_table.h"

/* Reads the logits of one model: column `label` (the right class, from 0), perhaps `sample` (else rows are numbered
 * from 0) and `split`, and every other column the logit of a class, in their order. The table has one model, `name`,
 * with all features up to the probability of the fifth class, or the last where there are fewer. False with every
 * finding of the pass in `errors`, and then `ret_table` is left alone. What is returned lives in `arena`. */
bool logits_file_read(Arena *arena, const char *path, const char *name, SampleTable *ret_table, ErrorList *errors);

/* One table of the models of `count` tables about the same samples; its arrays are theirs. False, and in `error` where
 * the first difference is, where samples, labels or splits differ. `paths` name the tables in messages. */
bool logits_join(const SampleTable *tables, const char *const *paths, int count, Arena *arena, SampleTable *ret_table,
                 Error *error);

#endif

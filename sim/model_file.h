/* Reads a model file: a family of variants with what each is worth and costs. The format: traces/README.md. */
#ifndef ORCHID_SIM_MODEL_FILE_H
#define ORCHID_SIM_MODEL_FILE_H

#include "config.h"
#include "model.h"

enum { MODEL_VARIANT_LIMIT = 256 };

/* Reads the model file `path` and the layers file that it may name, which is sought from its folder. False with every
 * finding of the pass in `errors`. Everything returned lives in `arena`. */
bool model_file_read(Arena *arena, const char *path, Model *ret_model, ErrorList *errors);

/* The tables behind `orchid describe` for model files: section `index`, NULL past the last. A variant also has a key
 * for each of its model's metrics. */
const ConfigSection *model_file_section(int index);

#endif

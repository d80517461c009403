/* Networks that were trained here as the files that a scenario names: model, layers and latency profiles. */
#ifndef ORCHID_ANALYSIS_MODEL_FILES_H
#define ORCHID_ANALYSIS_MODEL_FILES_H

#include "../vision/model_export.h"
#include "output_files.h"

/* Latencies of other networks, and what those are: ours are derived from them. */
typedef struct ModelReferences {
    ProfileTable profiles;
    Model model;
} ModelReferences;

/* Reads the references that come with the program out of the folder of its traces. */
bool model_references_read(const char *traces, Arena *arena, ModelReferences *ret_references, ErrorList *errors);

/* Adds BASE.yaml, BASE_layers.csv, as export->layers names it, and BASE_profiles.csv to files under way. `scale` as in
 * model_export_write_profiles. Returns how many rows of profiles there are; -1, and why in `error`. */
int model_files_add(OutputFiles *files, const char *base, const ModelExport *export, const ModelReferences *references,
                    double scale, Error *error);

#endif

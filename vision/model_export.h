/* Networks that were trained here as a model file with its layers and latency profiles, so that scenarios can run them:
 * the formats of traces/README.md. */
#ifndef ORCHID_VISION_MODEL_EXPORT_H
#define ORCHID_VISION_MODEL_EXPORT_H

#include "image_model.h"
#include "work_time.h"

#include <stdio.h>

/* One network as a variant. */
typedef struct ExportVariant {
    const char *name; /* as a model file allows it */
    const ImageModel *model;
    int right, count; /* of the images held out for the test */
} ExportVariant;

typedef struct ModelExport {
    const char *name;   /* of the model */
    const char *layers; /* name of the file of layers, beside the model file */
    const char *data;   /* what it was trained on, as `--data` names it */
    uint64_t seed;
    int variant_count;
    const ExportVariant *variants;
} ModelExport;

/* The model file: accuracy measured on the test images, work, parameters, bytes of the file, memory. */
void model_export_write_model(FILE *stream, const ModelExport *export);

/* The layers of all variants. */
void model_export_write_layers(FILE *stream, const ModelExport *export);

/* A profile of each variant on each platform of `profiles` where the line of work_time_fit can be drawn. `scale`: the
 * work is taken as so many times what it is, for networks that stand for larger ones; other than 1 makes the rows
 * modelled, not derived. Returns how many rows. */
int model_export_write_profiles(FILE *stream, const ModelExport *export, const ProfileTable *profiles,
                                const Model *reference, double scale);

#endif

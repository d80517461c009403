/* A network on images out of a file, in real numbers or in whole ones, as those who only evaluate it see it. */
#ifndef ORCHID_VISION_IMAGE_MODEL_H
#define ORCHID_VISION_IMAGE_MODEL_H

#include "quantised.h"

typedef struct ImageModel {
    const char *path;       /* borrowed */
    int64_t bytes;          /* of its file */
    Classifier *classifier; /* one of both, owned */
    Quantised *quantised;
    ClassifierShape shape;
    ClassifierOrigin origin; /* texts live in `file` */
    WeightsFile file;
} ImageModel;

/* Reads a network of either kind. False, and why in `error`; else end it with image_model_free. */
bool image_model_read(const char *path, ImageModel *ret_model, Error *error);
void image_model_free(ImageModel *model);

/* Whether it may be evaluated on what is held out of a split, and takes its images. */
bool image_model_suits(const ImageModel *model, const TrainingImages *images, Error *error);

/* How many of the images it tells right. ret_outputs[images][classes] may be NULL. */
int image_model_evaluate(const ImageModel *model, const HeldOutImages *images, float *ret_outputs);

/* Bytes of one number that it keeps or passes on: 4, or 1. */
int image_model_number_bytes(const ImageModel *model);

/* Bytes that go out of a layer: of whole numbers all but the last one's. */
int64_t image_model_output_bytes(const ImageModel *model, int layer);

/* Footprint of a running inference: the file, and the largest sum of what goes into a layer and out of it. */
int64_t image_model_memory_bytes(const ImageModel *model);

#endif

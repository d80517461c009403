/* Networks on images from the command line: what the actions of `orchid vision` share. */
#ifndef ORCHID_CLI_VISION_H
#define ORCHID_CLI_VISION_H

#include "../vision/compression.h"
#include "../vision/image_model.h"
#include "command.h"

/* What the command line asks for. */
typedef struct VisionRequest {
    int file_count;
    char **files;       /* arguments behind the action */
    const char *data;   /* NULL: not said */
    const char *output; /* NULL: none */
    const char *compressor, *name;
    int64_t seed, seeds, evaluations, lose, jobs, work;
    bool json;
    Arena arena;
} VisionRequest;

/* The images that an action is about, and their split. */
typedef struct VisionScene {
    ImageSet set;
    Split split;
} VisionScene;

/* Opens images as `data` names them and splits them. False after an error was printed. */
bool vision_open(VisionRequest *request, const char *data, uint64_t seed, VisionScene *ret_scene);
void vision_close(VisionScene *scene);

/* Opens the images that a network was trained on, split as then. False after an error was printed. */
bool vision_open_of(VisionRequest *request, const ImageModel *model, VisionScene *ret_scene);

/* The networks of all files of the request and the images of the first, on which all may be evaluated; at least
 * `least` of them. False after an error was printed; else end it with vision_free_models. */
bool vision_read_models(VisionRequest *request, int least, const char *example, ImageModel **ret_models,
                        VisionScene *ret_scene);
void vision_free_models(VisionRequest *request, ImageModel *models, VisionScene *scene);

/* Prints what a network is, and how many of the images to tune and to test with it tells right. */
void vision_print(const VisionRequest *request, const ImageModel *model, const VisionScene *scene);

/* The actions. */
ExitStatus vision_train(VisionRequest *request);
ExitStatus vision_compress(VisionRequest *request);
ExitStatus vision_quantise(VisionRequest *request);
ExitStatus vision_show(VisionRequest *request);
ExitStatus vision_samples(VisionRequest *request);
ExitStatus vision_model(VisionRequest *request);
ExitStatus vision_study(VisionRequest *request);

/* The settings of the compressors with what the request changes. */
CompressionSettings vision_settings(const VisionRequest *request);

#endif

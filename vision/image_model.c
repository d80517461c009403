#include "image_model.h"

#include "image_source.h"

#include <string.h>

bool image_model_read(const char *path, ImageModel *ret_model, Error *error)
{
    ImageModel model = {.path = path};
    if (!weights_file_read(path, &model.file, error))
        return false;
    model.bytes = (int64_t)weights_file_size(&model.file);
    bool whole_numbers = strcmp(model.file.policy, QUANTISED_FILE_KIND) == 0;
    const char *kind = whole_numbers ? QUANTISED_FILE_KIND : CLASSIFIER_FILE_KIND;
    bool fine = classifier_file_head(&model.file, kind, &model.shape, &model.origin, error);
    if (fine && whole_numbers)
        model.quantised = quantised_file_take(&model.file, error);
    else if (fine)
        model.classifier = classifier_file_take(&model.file, IMAGE_SOURCE_BATCH, error);
    if (!model.quantised && !model.classifier) {
        weights_file_free(&model.file);
        return false;
    }
    *ret_model = model;
    return true;
}

void image_model_free(ImageModel *model)
{
    classifier_destroy(model->classifier);
    quantised_destroy(model->quantised);
    weights_file_free(&model->file);
    *model = (ImageModel){0};
}

bool image_model_suits(const ImageModel *model, const TrainingImages *images, Error *error)
{
    ImageSet sizes = training_images_sizes(images);
    const ClassifierShape *shape = &model->shape;
    if (shape->height != sizes.height || shape->width != sizes.width || shape->channels != sizes.channels ||
        shape->units[shape->layer_count - 1] != sizes.class_count) {
        error_set(error, model->path, 0, 0,
                  "takes images of %d x %d x %d of %d classes, and these are %d x %d x %d of %d", shape->height,
                  shape->width, shape->channels, shape->units[shape->layer_count - 1], sizes.height, sizes.width,
                  sizes.channels, sizes.class_count);
        return false;
    }
    return classifier_origin_suits(model->path, &model->origin, images, error);
}

int image_model_evaluate(const ImageModel *model, const HeldOutImages *images, float *ret_outputs)
{
    if (model->quantised)
        return quantised_evaluate(model->quantised, images, ret_outputs);
    return classifier_evaluate(model->classifier, images, ret_outputs);
}

int image_model_number_bytes(const ImageModel *model)
{
    return model->quantised ? 1 : (int)sizeof(float);
}

int64_t image_model_output_bytes(const ImageModel *model, int layer)
{
    bool last = layer == model->shape.layer_count - 1;
    int64_t bytes = last ? (int64_t)sizeof(float) : image_model_number_bytes(model);
    return bytes * classifier_sizes(&model->shape, layer).outputs;
}

int64_t image_model_memory_bytes(const ImageModel *model)
{
    const ClassifierShape *shape = &model->shape;
    int64_t into = (int64_t)image_model_number_bytes(model) * shape->height * shape->width * shape->channels, most = 0;
    for (int l = 0; l < shape->layer_count; l++) {
        int64_t out = image_model_output_bytes(model, l);
        most = into + out > most ? into + out : most;
        into = out;
    }
    return model->bytes + most;
}

#include "vision.h"

#include <stdlib.h>
#include <string.h>

#include "../vision/image_source.h"
#include "message.h"

/* An action that makes a network must not find out at its end that nobody wants it. */
static bool check_output(const VisionRequest *request, const char *action)
{
    if (!request->output)
        message_wrong("%s needs a file to write to: -o FILE", action);
    return request->output != NULL;
}

static ExitStatus failed(const Error *error)
{
    message_error(error);
    return STATUS_MACHINE;
}

/* Shows what was just written. */
static ExitStatus conclude(VisionRequest *request, const VisionScene *scene)
{
    Error error = {0};
    ImageModel model;
    if (!image_model_read(request->output, &model, &error))
        return failed(&error);
    vision_print(request, &model, scene);
    image_model_free(&model);
    return STATUS_FINE;
}

ExitStatus vision_train(VisionRequest *request)
{
    VisionScene scene;
    Error error = {0};
    uint64_t seed = request->seed >= 0 ? (uint64_t)request->seed : 1;
    if (!request->data)
        return message_wrong("train needs images: --data digits or --data glyphs");
    if (request->file_count > 0)
        return message_wrong("train takes no network: it makes one");
    if (!check_output(request, "train") || !vision_open(request, request->data, seed, &scene))
        return STATUS_INPUT;
    ClassifierShape shape = classifier_heavy_shape(&scene.set);
    if (!classifier_shape_possible(&shape)) {
        vision_close(&scene);
        return message_wrong("images of %d x %d are too large for this network", scene.set.height, scene.set.width);
    }
    SplitSizes sizes = {.train = training_images_count(scene.split.train)};
    Classifier *heavy = image_source_train(scene.split.train, image_source_training(sizes), seed);
    ClassifierOrigin origin = {request->data, seed, training_images_fingerprint(scene.split.train)};
    bool written = classifier_file_write(request->output, heavy, &origin, NULL, &error);
    ExitStatus status = written ? conclude(request, &scene) : failed(&error);
    classifier_destroy(heavy);
    vision_close(&scene);
    return status;
}

static const Compressor *choose_compressor(const VisionRequest *request)
{
    enum { COMPRESSOR_LIMIT = 16 };
    const char *name = request->compressor ? request->compressor : "actor-critic", *names[COMPRESSOR_LIMIT];
    const Compressor *compressor = compressor_find(name);
    int count = 0;
    for (; compressor_at(count) && count < COMPRESSOR_LIMIT; count++)
        names[count] = compressor_at(count)->name;
    if (!compressor)
        message_unknown("compressor", name, names, count, "choose actor-critic, uniform, sensitivity or random");
    return compressor;
}

/* The one network of the request; false after an error was printed. */
static bool read_one(VisionRequest *request, const char *example, ImageModel **ret_models, VisionScene *ret_scene)
{
    if (request->file_count > 1) {
        message_wrong("this takes one network, as in: orchid vision %s", example);
        return false;
    }
    if (!vision_read_models(request, 1, example, ret_models, ret_scene))
        return false;
    if ((*ret_models)->classifier)
        return true;
    message_wrong("%s is in whole numbers, which cannot be fine-tuned: take the network it was made of",
                  (*ret_models)->path);
    vision_free_models(request, *ret_models, ret_scene);
    return false;
}

ExitStatus vision_compress(VisionRequest *request)
{
    const Compressor *compressor = choose_compressor(request);
    ImageModel *models;
    VisionScene scene;
    Error error = {0};
    if (!compressor || !check_output(request, "compress") ||
        !read_one(request, "compress heavy.orchid -o light.orchid", &models, &scene))
        return STATUS_INPUT;
    const ImageModel *heavy = &models[0];
    Compression compression = compression_begin(heavy->classifier, heavy->bytes, scene.split.train, scene.split.tune,
                                                vision_settings(request), heavy->origin.seed);
    Compressed light = compression_run(&compression, compressor);
    bool written = classifier_file_write(request->output, light.classifier, &heavy->origin, NULL, &error);
    ExitStatus status = written ? conclude(request, &scene) : failed(&error);
    if (written && !request->json)
        printf("  by %s in %d evaluations: %.2f %% of %s\n", compressor->name, light.evaluations,
               100.0 * (double)light.bytes / (double)heavy->bytes, heavy->path);
    classifier_destroy(light.classifier);
    compression_free(&compression);
    vision_free_models(request, models, &scene);
    return status;
}

ExitStatus vision_quantise(VisionRequest *request)
{
    enum { MEASURED_IMAGES = 512 };
    ImageModel *models;
    VisionScene scene;
    Error error = {0};
    if (!check_output(request, "quantise") ||
        !read_one(request, "quantise light.orchid -o light-int8.orchid", &models, &scene))
        return STATUS_INPUT;
    Quantised *quantised = quantised_create(models[0].classifier, scene.split.train, MEASURED_IMAGES);
    bool written = quantised_file_write(request->output, quantised, &models[0].origin, NULL, &error);
    ExitStatus status = written ? conclude(request, &scene) : failed(&error);
    quantised_destroy(quantised);
    vision_free_models(request, models, &scene);
    return status;
}

ExitStatus vision_show(VisionRequest *request)
{
    ImageModel *models;
    VisionScene scene;
    if (!vision_read_models(request, 1, "show heavy.orchid", &models, &scene))
        return STATUS_INPUT;
    for (int i = 0; i < request->file_count; i++)
        vision_print(request, &models[i], &scene);
    vision_free_models(request, models, &scene);
    return STATUS_FINE;
}

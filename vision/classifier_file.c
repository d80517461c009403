#include "classifier_file.h"

#include <stdlib.h>
#include <string.h>

/* Numbers of the block `shape`: height, width, channels, layers, convolutions, then units and pooling of each layer. */
enum { SHAPE_HEAD = 5, SHAPE_LIMIT = SHAPE_HEAD + 2 * CLASSIFIER_LAYER_LIMIT };

void classifier_file_begin(WeightsFile *file, const char *kind, const ClassifierShape *shape,
                           const ClassifierOrigin *origin)
{
    weights_file_init(file, kind, origin->fingerprint);
    weights_file_add_setting(file, "data", origin->data);
    weights_file_add_setting(file, "seed", arena_format(&file->arena, "%llu", (unsigned long long)origin->seed));
    int64_t *numbers = arena_allocate(&file->arena, SHAPE_LIMIT, sizeof *numbers);
    const int64_t head[SHAPE_HEAD] = {shape->height, shape->width, shape->channels, shape->layer_count,
                                      shape->convolution_count};
    memcpy(numbers, head, sizeof head);
    for (int l = 0; l < shape->layer_count; l++) {
        numbers[SHAPE_HEAD + 2 * l] = shape->units[l];
        numbers[SHAPE_HEAD + 2 * l + 1] = shape->pools[l];
    }
    weights_file_add(file, "shape", WEIGHTS_INT64, SHAPE_HEAD + 2 * shape->layer_count, numbers);
}

static bool read_shape(const WeightsFile *file, ClassifierShape *ret_shape, Error *error)
{
    const WeightsBlock *block = weights_file_find(file, "shape", WEIGHTS_INT64, error);
    if (!block)
        return false;
    const int64_t *numbers = block->values;
    ClassifierShape shape = {0};
    bool possible = block->count >= SHAPE_HEAD && block->count <= SHAPE_LIMIT;
    for (int64_t i = 0; i < block->count && possible; i++)
        possible = numbers[i] >= 0 && numbers[i] <= CLASSIFIER_UNIT_LIMIT;
    if (possible) {
        shape = (ClassifierShape){.height = (int)numbers[0],
                                  .width = (int)numbers[1],
                                  .channels = (int)numbers[2],
                                  .layer_count = (int)numbers[3],
                                  .convolution_count = (int)numbers[4]};
        possible = block->count == SHAPE_HEAD + 2 * (int64_t)shape.layer_count;
    }
    for (int l = 0; l < shape.layer_count && possible; l++) {
        shape.units[l] = (int)numbers[SHAPE_HEAD + 2 * l];
        shape.pools[l] = numbers[SHAPE_HEAD + 2 * l + 1] != 0;
    }
    *ret_shape = shape;
    possible = possible && classifier_shape_possible(&shape);
    if (!possible)
        error_set(error, file->path, 0, 0, "holds a network whose shape contradicts itself");
    return possible;
}

bool classifier_file_head(const WeightsFile *file, const char *kind, ClassifierShape *ret_shape,
                          ClassifierOrigin *ret_origin, Error *error)
{
    const char *data = weights_file_setting(file, "data"), *seed = weights_file_setting(file, "seed");
    if (strcmp(file->policy, kind) != 0)
        error_set(error, file->path, 0, 0, "holds a %s, not a %s", file->policy, kind);
    else if (!data || !seed)
        error_set(error, file->path, 0, 0, "does not say what its network has learnt from");
    else {
        *ret_origin = (ClassifierOrigin){data, strtoull(seed, NULL, 10), file->features};
        return read_shape(file, ret_shape, error);
    }
    return false;
}

bool classifier_origin_suits(const char *path, const ClassifierOrigin *origin, const TrainingImages *images,
                             Error *error)
{
    bool same = origin->fingerprint == training_images_fingerprint(images);
    if (!same)
        error_set(
            error, path, 0, 0,
            "has learnt from %s with seed %llu, and from other images than those that are held apart here: what is "
            "held out may be what it has seen",
            origin->data, (unsigned long long)origin->seed);
    return same;
}

/* Weights without their padding, [inputs + 1][units] of each layer. */
static float *pack(const Classifier *classifier, Arena *arena)
{
    float *packed = arena_allocate(arena, (size_t)classifier_parameters(&classifier->shape), sizeof *packed);
    float *to = packed;
    for (int l = 0; l < classifier->shape.layer_count; l++) {
        const ClassifierLayer *layer = &classifier->layers[l];
        for (int i = 0; i <= layer->sizes.inputs; i++, to += layer->sizes.units)
            memcpy(to, layer->weights + (ptrdiff_t)i * layer->columns, (size_t)layer->sizes.units * sizeof *to);
    }
    return packed;
}

bool classifier_file_write(const char *path, const Classifier *classifier, const ClassifierOrigin *origin,
                           int64_t *ret_bytes, Error *error)
{
    WeightsFile file;
    classifier_file_begin(&file, CLASSIFIER_FILE_KIND, &classifier->shape, origin);
    weights_file_add(&file, "parameters", WEIGHTS_FLOAT32, classifier_parameters(&classifier->shape),
                     pack(classifier, &file.arena));
    bool written = weights_file_write(&file, path, error);
    if (written && ret_bytes)
        *ret_bytes = (int64_t)weights_file_size(&file);
    weights_file_free(&file);
    return written;
}

int64_t classifier_file_bytes(const ClassifierShape *shape, const ClassifierOrigin *origin)
{
    WeightsFile file;
    classifier_file_begin(&file, CLASSIFIER_FILE_KIND, shape, origin);
    weights_file_add(&file, "parameters", WEIGHTS_FLOAT32, 0, NULL);
    int64_t bytes = (int64_t)weights_file_size(&file);
    weights_file_free(&file);
    return bytes + (int64_t)sizeof(float) * classifier_parameters(shape);
}

Classifier *classifier_file_take(const WeightsFile *file, int batch_limit, Error *error)
{
    ClassifierShape shape;
    ClassifierOrigin origin;
    if (!classifier_file_head(file, CLASSIFIER_FILE_KIND, &shape, &origin, error))
        return NULL;
    const WeightsBlock *block = weights_file_find(file, "parameters", WEIGHTS_FLOAT32, error);
    if (!block)
        return NULL;
    if (block->count != classifier_parameters(&shape)) {
        error_set(error, file->path, 0, 0, "has %lld parameters where its shape has %lld", (long long)block->count,
                  (long long)classifier_parameters(&shape));
        return NULL;
    }
    Classifier *classifier = classifier_create_empty(&shape, batch_limit);
    const float *from = block->values;
    for (int l = 0; l < shape.layer_count; l++) {
        const ClassifierLayer *layer = &classifier->layers[l];
        for (int i = 0; i <= layer->sizes.inputs; i++, from += layer->sizes.units)
            memcpy(layer->weights + (ptrdiff_t)i * layer->columns, from, (size_t)layer->sizes.units * sizeof *from);
    }
    return classifier;
}

#include "quantised_parts.h"

#include <math.h>
#include <string.h>

/* All layers' numbers one after another, as they stand in the file. */
typedef struct Packed {
    int64_t weight_count, unit_count, layer_count;
    int8_t *weights;
    float *scales, *biases, *inputs;
} Packed;

static Packed pack_room(const ClassifierShape *shape, Arena *arena)
{
    Packed packed = {.layer_count = shape->layer_count};
    for (int l = 0; l < shape->layer_count; l++) {
        packed.unit_count += shape->units[l];
        packed.weight_count += classifier_layer_parameters(shape, l) - shape->units[l];
    }
    packed.weights = arena_allocate(arena, (size_t)packed.weight_count, 1);
    packed.scales = arena_allocate(arena, (size_t)packed.unit_count, sizeof(float));
    packed.biases = arena_allocate(arena, (size_t)packed.unit_count, sizeof(float));
    packed.inputs = arena_allocate(arena, (size_t)packed.layer_count, sizeof(float));
    return packed;
}

/* Between the layers and their packed numbers. */
static void copy_packed(Packed packed, const Quantised *from, Quantised *to)
{
    const ClassifierShape *shape = from ? &from->shape : &to->shape;
    for (int l = 0; l < shape->layer_count; l++) {
        const QuantisedLayer *layer = from ? &from->layers[l] : &to->layers[l];
        size_t units = (size_t)layer->sizes.units, weights = (size_t)layer->sizes.inputs * units;
        memcpy(from ? (void *)packed.weights : layer->weights, from ? layer->weights : packed.weights, weights);
        memcpy(from ? packed.scales : layer->scales, from ? layer->scales : packed.scales, units * sizeof(float));
        memcpy(from ? packed.biases : layer->biases, from ? layer->biases : packed.biases, units * sizeof(float));
        if (from)
            packed.inputs[l] = layer->input_scale;
        else
            to->layers[l].input_scale = packed.inputs[l];
        packed.weights += weights;
        packed.scales += units;
        packed.biases += units;
    }
}

bool quantised_file_write(const char *path, const Quantised *quantised, const ClassifierOrigin *origin,
                          int64_t *ret_bytes, Error *error)
{
    WeightsFile file;
    classifier_file_begin(&file, QUANTISED_FILE_KIND, &quantised->shape, origin);
    Packed packed = pack_room(&quantised->shape, &file.arena);
    copy_packed(packed, quantised, NULL);
    weights_file_add(&file, "inputs", WEIGHTS_FLOAT32, packed.layer_count, packed.inputs);
    weights_file_add(&file, "scales", WEIGHTS_FLOAT32, packed.unit_count, packed.scales);
    weights_file_add(&file, "biases", WEIGHTS_FLOAT32, packed.unit_count, packed.biases);
    weights_file_add(&file, "weights", WEIGHTS_INT8, packed.weight_count, packed.weights);
    bool written = weights_file_write(&file, path, error);
    if (written && ret_bytes)
        *ret_bytes = (int64_t)weights_file_size(&file);
    weights_file_free(&file);
    return written;
}

/* Scales are positive and everything is finite. */
static bool check_numbers(const Packed *packed)
{
    bool fine = true;
    for (int64_t l = 0; l < packed->layer_count; l++)
        fine = fine && isfinite(packed->inputs[l]) && packed->inputs[l] > 0;
    for (int64_t u = 0; u < packed->unit_count; u++)
        fine = fine && isfinite(packed->scales[u]) && packed->scales[u] > 0 && isfinite(packed->biases[u]);
    return fine;
}

Quantised *quantised_file_take(const WeightsFile *file, Error *error)
{
    ClassifierShape shape;
    ClassifierOrigin origin;
    if (!classifier_file_head(file, QUANTISED_FILE_KIND, &shape, &origin, error))
        return NULL;
    Arena arena = {0};
    Packed packed = pack_room(&shape, &arena);
    bool whole = weights_file_copy(file, "inputs", WEIGHTS_FLOAT32, packed.layer_count, packed.inputs, error) &&
                 weights_file_copy(file, "scales", WEIGHTS_FLOAT32, packed.unit_count, packed.scales, error) &&
                 weights_file_copy(file, "biases", WEIGHTS_FLOAT32, packed.unit_count, packed.biases, error) &&
                 weights_file_copy(file, "weights", WEIGHTS_INT8, packed.weight_count, packed.weights, error);
    if (whole && !check_numbers(&packed)) {
        error_set(error, file->path, 0, 0, "has a scale or bias that is no number or not positive");
        whole = false;
    }
    Quantised *quantised = whole ? quantised_create_empty(&shape) : NULL;
    if (quantised) {
        copy_packed(packed, NULL, quantised);
        quantised_derive(quantised);
    }
    arena_free(&arena);
    return quantised;
}

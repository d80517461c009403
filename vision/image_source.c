#include "image_source.h"

#include "../sim/memory.h"

#include <string.h>

enum { GLYPH_COUNT = 9500, FRESH_GLYPHS = 60000, LOOKS = 40000, LEAST_EPOCHS = 5, MOST_EPOCHS = 40 };

static const char IDX[] = "idx:", CIFAR10[] = "cifar10:";

static bool open_idx(const char *files, ImageSet *ret_set, ErrorList *errors)
{
    Arena arena = {0};
    Error error = {0};
    const char *comma = strchr(files, ',');
    if (!comma) {
        error_add(errors, NULL, 0, 0,
                  "idx: needs two files, as in idx:train-images-idx3-ubyte,train-labels-idx1-ubyte");
        return false;
    }
    bool whole = idx_read(arena_string_n(&arena, files, (size_t)(comma - files)), comma + 1, ret_set, &error);
    if (!whole)
        error_add(errors, error.file, 0, 0, "%s", error.message);
    arena_free(&arena);
    return whole;
}

bool image_source_open(const char *data, const char *digits_path, ImageSet *ret_set, ErrorList *errors)
{
    static const char *const names[] = {"digits", "glyphs", IDX, CIFAR10};
    if (strcmp(data, "digits") == 0)
        return digits_read(digits_path, ret_set, errors);
    if (strcmp(data, "glyphs") == 0) {
        *ret_set = glyphs_create(0, 0, GLYPH_COUNT);
        return true;
    }
    if (strncmp(data, IDX, strlen(IDX)) == 0)
        return open_idx(data + strlen(IDX), ret_set, errors);
    if (strncmp(data, CIFAR10, strlen(CIFAR10)) == 0) {
        Error error = {0};
        if (cifar10_read(data + strlen(CIFAR10), ret_set, &error))
            return true;
        error_add(errors, error.file, 0, 0, "%s", error.message);
        return false;
    }
    const char *nearest = error_nearest(data, names, sizeof names / sizeof *names);
    error_add(errors, NULL, 0, 0, "there are no images \"%s\"%s%s%s", data, nearest ? "; did you mean '" : "",
              nearest ? nearest : "; choose digits, glyphs, idx:IMAGES,LABELS or cifar10:FILE", nearest ? "'?" : "");
    return false;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Digits are few, so half of them train. Of a large set not all are needed. */
SplitSizes image_source_sizes(const ImageSet *set)
{
    if (strcmp(set->name, "glyphs") == 0)
        return (SplitSizes){4000, 1500, 4000};
    if (strcmp(set->name, "digits") == 0)
        return (SplitSizes){897, 500, 400};
    int part = set->count / 5 > 0 ? set->count / 5 : 1;
    return (SplitSizes){smaller(3 * part, 10000), smaller(part, 1500), smaller(part, 5000)};
}

void image_source_add_fresh(Split *split, uint64_t seed)
{
    if (strcmp(training_images_sizes(split->train).name, "glyphs") == 0)
        split_add_fresh(split, glyphs_create(seed, GLYPH_COUNT, FRESH_GLYPHS));
}

ClassifierTraining image_source_training(SplitSizes sizes)
{
    int epochs = LOOKS / sizes.train;
    epochs = epochs < LEAST_EPOCHS ? LEAST_EPOCHS : epochs > MOST_EPOCHS ? MOST_EPOCHS : epochs;
    return (ClassifierTraining){.epochs = epochs, .batch = IMAGE_SOURCE_BATCH, .learning_rate = 3e-3, .shift = 1};
}

Classifier *image_source_train(const TrainingImages *images, ClassifierTraining training, uint64_t seed)
{
    ImageSet sizes = training_images_sizes(images);
    ClassifierShape shape = classifier_heavy_shape(&sizes);
    Stream stream = stream_create(seed, 0, STREAM_VISION, 0);
    Classifier *classifier = classifier_create(&shape, IMAGE_SOURCE_BATCH, &stream);
    classifier_train(classifier, images, training, &stream);
    return classifier;
}

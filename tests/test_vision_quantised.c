/* Networks in whole numbers against a plain implementation with real rounding, and against what they come from. */
#include "../sim/memory.h"
#include "../vision/quantised.h"
#include "check.h"
#include "lessons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { VALUE_LIMIT = 4096 };

/* Digits and a network that has learnt them, in both kinds of numbers. */
typedef struct Scene {
    Lesson *lesson;
    Quantised *quantised;
} Scene;

static Scene *scene_create(void)
{
    Scene *scene = memory_allocate(1, sizeof *scene);
    ImageSet digits = lesson_digits();
    const int units[] = {6, 12, 17, 20};
    LessonPlan plan = {.shape = lesson_shape(&digits, units),
                       .sizes = {800, 400, 500},
                       .split_seed = 1,
                       .seed = 1,
                       .epochs = 15,
                       .batch = 32,
                       .learning_rate = 4e-3};
    scene->lesson = lesson_create(digits, plan);
    scene->quantised = quantised_create(scene->lesson->classifier, scene->lesson->split.train, 512);
    return scene;
}

static void scene_destroy(Scene *scene)
{
    quantised_destroy(scene->quantised);
    lesson_destroy(scene->lesson);
    free(scene);
}

/* One unit's sum at one pixel, in steps, straight from the definition. */
static double plain_sum(const QuantisedLayer *layer, const double *inputs, int pixel, int unit)
{
    const ClassifierSizes *sizes = &layer->sizes;
    double sum = rint((double)layer->biases[unit] / ((double)layer->input_scale * (double)layer->scales[unit]));
    for (int i = 0; i < sizes->inputs; i++) {
        int tap = i / sizes->channels, from = i;
        if (layer->convolves) {
            int y = pixel / sizes->width + tap / 3 - 1, x = pixel % sizes->width + tap % 3 - 1;
            if (y < 0 || y >= sizes->height || x < 0 || x >= sizes->width)
                continue;
            from = (y * sizes->width + x) * sizes->channels + i % sizes->channels;
        }
        sum += inputs[from] * layer->weights[i * sizes->units + unit];
    }
    return sum;
}

/* The same network with real factors instead of multipliers and shifts; pooling after rounding. */
static void plain_forward(const Quantised *quantised, const float *pixels, double *ret_outputs)
{
    double below[VALUE_LIMIT], above[VALUE_LIMIT];
    for (int i = 0; i < quantised->shape.height * quantised->shape.width; i++)
        below[i] = rint((double)(pixels[i] * 255));
    for (int l = 0; l < quantised->shape.layer_count; l++) {
        const QuantisedLayer *layer = &quantised->layers[l];
        int units = layer->sizes.units, width = layer->sizes.width, pixels_of = layer->sizes.height * width;
        memset(above, 0, sizeof above);
        for (int i = 0; i < pixels_of * units; i++) {
            int pixel = i / units, unit = i % units, place = pixel;
            double sum = plain_sum(layer, below, pixel, unit);
            double step = (double)layer->input_scale * (double)layer->scales[unit];
            if (layer->last) {
                ret_outputs[unit] = sum * step;
                continue;
            }
            double value = floor(sum * step / (double)quantised->layers[l + 1].input_scale + 0.5);
            if (layer->pools)
                place = pixel / width / 2 * (width / 2) + pixel % width / 2;
            above[place * units + unit] = fmax(above[place * units + unit], fmin(fmax(value, 0), 255));
        }
        memcpy(below, above, sizeof below);
    }
}

static void outputs_are_those_of_a_plain_network_in_steps(void)
{
    Scene *scene = scene_create();
    double expected[10], furthest = 0;
    float pixels[64], outputs[10];
    int same = 0;
    for (int i = 0; i < 60; i++) {
        held_out_images_read(scene->lesson->split.test, i, pixels);
        quantised_forward(scene->quantised, pixels, outputs);
        plain_forward(scene->quantised, pixels, expected);
        bool equal = true;
        for (int c = 0; c < 10; c++) {
            furthest = fmax(furthest, fabs((double)outputs[c] - expected[c]));
            equal = equal && fabs((double)outputs[c] - expected[c]) < 1e-5;
        }
        same += equal;
    }
    CHECK_NEAR(furthest, 0, 0.05); /* where a sum lies just between two steps, the factor's 31 bits may decide */
    CHECK(same >= 57);
    scene_destroy(scene);
}

static void eight_bits_tell_nearly_as_much(void)
{
    Scene *scene = scene_create();
    int count = held_out_images_count(scene->lesson->split.test), agree = 0;
    float *real = memory_allocate((size_t)count * 10, sizeof *real),
          *whole = memory_allocate((size_t)count * 10, sizeof *whole);
    int right = classifier_evaluate(scene->lesson->classifier, scene->lesson->split.test, real);
    int whole_right = quantised_evaluate(scene->quantised, scene->lesson->split.test, whole);
    for (int i = 0; i < count; i++)
        agree += classifier_choice(10, real + (ptrdiff_t)i * 10) == classifier_choice(10, whole + (ptrdiff_t)i * 10);
    CHECK(right > 0.9 * count);
    CHECK(abs(right - whole_right) <= count / 100);
    CHECK(agree > 0.97 * count && memcmp(real, whole, (size_t)count * 10 * sizeof *real) != 0);
    free(real);
    free(whole);
    scene_destroy(scene);
}

static void weights_use_their_range(void)
{
    Scene *scene = scene_create();
    for (int l = 0; l < scene->quantised->shape.layer_count; l++) {
        const QuantisedLayer *layer = &scene->quantised->layers[l];
        const ClassifierLayer *from = &scene->lesson->classifier->layers[l];
        double furthest = 0;
        int full = 0;
        for (int u = 0; u < layer->sizes.units; u++) {
            int most = 0;
            for (int i = 0; i < layer->sizes.inputs; i++) {
                int weight = layer->weights[i * layer->sizes.units + u];
                double error = (double)from->weights[i * from->columns + u] / (double)layer->scales[u] - weight;
                most = abs(weight) > most ? abs(weight) : most;
                furthest = fmax(furthest, fabs(error));
            }
            full += most == 127;
        }
        CHECK_INT(full, layer->sizes.units);
        CHECK_NEAR(furthest, 0, 0.5001);
    }
    scene_destroy(scene);
}

static void a_network_of_whole_numbers_comes_back_from_its_file(void)
{
    Scene *scene = scene_create();
    const char *path = check_scratch("int8.orchid");
    ClassifierOrigin origin = {"digits", 1, training_images_fingerprint(scene->lesson->split.train)};
    int64_t bytes = 0, real_bytes = classifier_file_bytes(&scene->lesson->classifier->shape, &origin);
    Error error = {0};
    WeightsFile file;
    struct stat status = {0};
    CHECK(quantised_file_write(path, scene->quantised, &origin, &bytes, &error));
    CHECK(stat(path, &status) == 0);
    CHECK_INT(status.st_size, bytes);
    CHECK(10 * bytes < 4 * real_bytes);
    CHECK(weights_file_read(path, &file, &error));
    Quantised *again = quantised_file_take(&file, &error);
    CHECK(again != NULL);
    float pixels[64], first[10], second[10];
    held_out_images_read(scene->lesson->split.test, 3, pixels);
    quantised_forward(scene->quantised, pixels, first);
    quantised_forward(again, pixels, second);
    CHECK(memcmp(first, second, sizeof first) == 0);
    quantised_destroy(again);
    CHECK(classifier_file_take(&file, 32, &error) == NULL);
    CHECK_TEXT(error.message, "holds a classifier-int8, not a classifier");
    weights_file_free(&file);
    scene_destroy(scene);
}

static void scales_that_cannot_be_are_refused(void)
{
    Scene *scene = scene_create();
    const char *path = check_scratch("bad.orchid");
    ClassifierOrigin origin = {"digits", 1, 5};
    Error error = {0};
    WeightsFile file;
    scene->quantised->layers[1].scales[3] = 0;
    CHECK(quantised_file_write(path, scene->quantised, &origin, NULL, &error));
    CHECK(weights_file_read(path, &file, &error));
    CHECK(quantised_file_take(&file, &error) == NULL);
    CHECK_TEXT(error.message, "has a scale or bias that is no number or not positive");
    weights_file_free(&file);
    scene_destroy(scene);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(outputs_are_those_of_a_plain_network_in_steps),
        CHECK_OF(eight_bits_tell_nearly_as_much),
        CHECK_OF(weights_use_their_range),
        CHECK_OF(a_network_of_whole_numbers_comes_back_from_its_file),
        CHECK_OF(scales_that_cannot_be_are_refused),
    };
    return check_run("vision_quantised", checks, sizeof checks / sizeof checks[0]);
}

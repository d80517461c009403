/* Convolutional networks against a plain implementation in double precision, central differences, and each other. */
#include "../sim/memory.h"
#include "../vision/classifier.h"
#include "check.h"
#include "lessons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_LIMIT = 4096, PARAMETER_LIMIT = 4096, IMAGES = 5 };

static const ClassifierShape pooled = {6, 8, 2, 4, 2, {3, 18, 7, 4}, {true, false}};
static const ClassifierShape grey = {4, 4, 1, 4, 3, {17, 5, 3, 3}, {false, true, true}};
static const ClassifierShape dense = {3, 1, 3, 2, 0, {6, 5}, {false}};
static const ClassifierShape *const shapes[] = {&pooled, &grey, &dense};
enum { SHAPE_COUNT = 3 };

static Stream stream_of(uint64_t seed)
{
    return stream_create(seed, 0, STREAM_VISION, 0);
}

/* A network of random weights and biases on kernels of rank `index`, its inputs random; NULL where the CPU lacks them.
 */
static Classifier *create_on(const ClassifierShape *shape, int index)
{
    if (!network_kernels_at(index))
        return NULL;
    Stream stream = stream_of(4);
    Classifier *classifier = classifier_create(shape, IMAGES, &stream);
    classifier->kernels = network_kernels_at(index);
    for (int l = 0; l < shape->layer_count; l++) {
        const ClassifierLayer *layer = &classifier->layers[l];
        for (int u = 0; u < layer->sizes.units; u++)
            layer->weights[layer->sizes.inputs * layer->columns + u] = (float)(stream_uniform(&stream) - 0.4);
    }
    for (int i = 0; i < IMAGES * shape->height * shape->width * shape->channels; i++)
        classifier->inputs[i] = (float)stream_uniform(&stream);
    return classifier;
}

/* A block of the network without its padding, as doubles; returns how many. */
static int plain_read(const Classifier *classifier, const float *block, double *ret_values)
{
    int count = 0;
    for (int l = 0; l < classifier->shape.layer_count; l++) {
        const ClassifierLayer *layer = &classifier->layers[l];
        for (int i = 0; i <= layer->sizes.inputs; i++, block += layer->columns)
            for (int u = 0; u < layer->sizes.units; u++)
                ret_values[count++] = (double)block[u];
    }
    return count;
}

/* One unit of a convolution at one pixel, from the definition. */
static double plain_convolution(const double *image, int height, int width, int channels, int y, int x,
                                const double *parameters, int units, int unit)
{
    double sum = parameters[9 * channels * units + unit];
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
            for (int c = 0; c < channels; c++) {
                bool inside = y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width;
                int tap = (dy + 1) * 3 + dx + 1;
                if (inside)
                    sum += image[((y + dy) * width + x + dx) * channels + c] *
                           parameters[(tap * channels + c) * units + unit];
            }
    return fmax(sum, 0);
}

static void plain_pool(double *image, int height, int width, int channels)
{
    for (int y = 0; y < height / 2; y++)
        for (int x = 0; x < width / 2; x++)
            for (int c = 0; c < channels; c++) {
                const double *from = image + (2 * y * width + 2 * x) * channels + c;
                double upper = fmax(from[0], from[channels]);
                double lower = fmax(from[width * channels], from[(width + 1) * channels]);
                image[(y * (width / 2) + x) * channels + c] = fmax(upper, lower);
            }
}

static void plain_forward(const ClassifierShape *shape, const double *parameters, const double *inputs,
                          double *ret_outputs)
{
    double below[VALUE_LIMIT], above[VALUE_LIMIT];
    int height = shape->height, width = shape->width, channels = shape->channels;
    memcpy(below, inputs, (size_t)(height * width * channels) * sizeof *below);
    for (int l = 0; l < shape->layer_count; l++) {
        int units = shape->units[l], taken = channels;
        if (l < shape->convolution_count) {
            for (int i = 0; i < height * width * units; i++)
                above[i] = plain_convolution(below, height, width, channels, i / units / width, i / units % width,
                                             parameters, units, i % units);
            taken = 9 * channels;
            if (shape->pools[l]) {
                plain_pool(above, height, width, units);
                height /= 2;
                width /= 2;
            }
        } else {
            taken *= height * width;
            height = width = 1;
            for (int u = 0; u < units; u++) {
                above[u] = parameters[taken * units + u];
                for (int i = 0; i < taken; i++)
                    above[u] += below[i] * parameters[i * units + u];
                above[u] = l < shape->layer_count - 1 ? fmax(above[u], 0) : above[u];
            }
        }
        parameters += (taken + 1) * units;
        channels = units;
        memcpy(below, above, sizeof below);
    }
    memcpy(ret_outputs, below, (size_t)channels * sizeof *below);
}

static double plain_loss(const ClassifierShape *shape, const double *parameters, const double *inputs,
                         const int *labels)
{
    int classes = shape->units[shape->layer_count - 1], size = shape->height * shape->width * shape->channels;
    double loss = 0, outputs[IMAGE_CLASS_LIMIT];
    for (int image = 0; image < IMAGES; image++) {
        plain_forward(shape, parameters, inputs + image * size, outputs);
        double sum = 0;
        for (int c = 0; c < classes; c++)
            sum += exp(outputs[c]);
        loss += log(sum) - outputs[labels[image]];
    }
    return loss / IMAGES;
}

static void outputs_are_those_of_a_plain_network(void)
{
    static double parameters[PARAMETER_LIMIT], inputs[VALUE_LIMIT];
    for (int s = 0; s < SHAPE_COUNT; s++)
        for (int index = 0; network_kernels_at(index); index++) {
            Classifier *classifier = create_on(shapes[s], index);
            int size = shapes[s]->height * shapes[s]->width * shapes[s]->channels;
            int classes = classifier_class_count(classifier);
            double expected[IMAGE_CLASS_LIMIT], furthest = 0, largest = 0;
            plain_read(classifier, classifier->parameters, parameters);
            for (int i = 0; i < IMAGES * size; i++)
                inputs[i] = (double)classifier->inputs[i];
            const float *outputs = classifier_forward(classifier, IMAGES);
            for (int image = 0; image < IMAGES; image++) {
                plain_forward(shapes[s], parameters, inputs + image * size, expected);
                for (int c = 0; c < classes; c++) {
                    furthest = fmax(furthest, fabs((double)outputs[image * classes + c] - expected[c]));
                    largest = fmax(largest, fabs(expected[c]));
                }
            }
            CHECK_NEAR(furthest, 0, 1e-5);
            CHECK(largest > 0.1);
            classifier_destroy(classifier);
        }
}

/* Central differences of the plain network's loss, for every parameter. */
static void gradients_are_those_of_central_differences(void)
{
    static const int labels[IMAGES] = {0, 2, 1, 2, 0};
    static double parameters[PARAMETER_LIMIT], gradients[PARAMETER_LIMIT], inputs[VALUE_LIMIT];
    static float slopes[IMAGES * IMAGE_CLASS_LIMIT];
    const double step = 1e-6;
    for (int s = 0; s < SHAPE_COUNT; s++) {
        Classifier *classifier = create_on(shapes[s], 0);
        int size = IMAGES * shapes[s]->height * shapes[s]->width * shapes[s]->channels;
        for (int i = 0; i < size; i++)
            inputs[i] = (double)classifier->inputs[i];
        const float *outputs = classifier_forward(classifier, IMAGES);
        double loss = classifier_loss(classifier_class_count(classifier), IMAGES, outputs, labels, slopes);
        classifier_backward(classifier, slopes);
        int count = plain_read(classifier, classifier->parameters, parameters);
        plain_read(classifier, classifier->gradients, gradients);
        CHECK_INT(count, classifier_parameters(shapes[s]));
        CHECK_NEAR(loss, plain_loss(shapes[s], parameters, inputs, labels), 1e-6);
        double furthest = 0, largest = 0;
        for (int i = 0; i < count; i++) {
            double before = parameters[i];
            parameters[i] = before + step;
            double more = plain_loss(shapes[s], parameters, inputs, labels);
            parameters[i] = before - step;
            double less = plain_loss(shapes[s], parameters, inputs, labels);
            parameters[i] = before;
            furthest = fmax(furthest, fabs(gradients[i] - (more - less) / (2 * step)));
            largest = fmax(largest, fabs(gradients[i]));
        }
        CHECK_NEAR(furthest, 0, 2e-6);
        CHECK(largest > 0.01);
        classifier_destroy(classifier);
    }
}

/* A batch whose patches do not fit at once: each image's share is what it has alone. */
static void gradients_of_many_images_are_the_mean_of_each(void)
{
    static const ClassifierShape large = {16, 16, 1, 3, 2, {16, 20, 5}, {false, true}};
    static const int labels[IMAGES] = {0, 4, 1, 2, 0};
    static float slopes[IMAGES * IMAGE_CLASS_LIMIT];
    Classifier *together = create_on(&large, 0), *alone = create_on(&large, 0);
    const float *inputs = together->inputs;
    classifier_loss(5, IMAGES, classifier_forward(together, IMAGES), labels, slopes);
    classifier_backward(together, slopes);
    double *sums = memory_allocate(together->parameter_count, sizeof *sums), furthest = 0, largest = 0;
    for (int image = 0; image < IMAGES; image++) {
        memcpy(alone->inputs, inputs + image * 256, 256 * sizeof *inputs);
        const float *outputs = classifier_forward(alone, 1);
        classifier_loss(5, 1, outputs, labels + image, slopes);
        classifier_backward(alone, slopes);
        for (size_t i = 0; i < alone->parameter_count; i++)
            sums[i] += (double)alone->gradients[i] / IMAGES;
    }
    for (size_t i = 0; i < alone->parameter_count; i++) {
        furthest = fmax(furthest, fabs(sums[i] - (double)together->gradients[i]));
        largest = fmax(largest, fabs(sums[i]));
    }
    CHECK_NEAR(furthest, 0, 1e-5);
    CHECK(largest > 0.1);
    free(sums);
    classifier_destroy(together);
    classifier_destroy(alone);
}

static void softmax_is_that_of_the_formula(void)
{
    static const float outputs[] = {-90, 3.5F, 1, -0.25F, 3.5F, -1000};
    double probabilities[6], sum = 0, exact = 0;
    classifier_softmax(6, outputs, probabilities);
    for (int c = 0; c < 6; c++)
        sum += exp((double)outputs[c]);
    for (int c = 0; c < 6; c++) {
        CHECK_NEAR(probabilities[c], exp((double)outputs[c]) / sum, 1e-13);
        exact += probabilities[c];
    }
    CHECK_NEAR(exact, 1, 1e-14);
    CHECK_INT(classifier_choice(6, outputs), 1);
}

static void sizes_and_work_are_counted_as_on_paper(void)
{
    ImageSet sizes = {.height = 16, .width = 16, .channels = 1, .class_count = 36};
    ClassifierShape shape = classifier_heavy_shape(&sizes);
    CHECK(classifier_shape_possible(&shape));
    CHECK_INT(classifier_parameters(&shape),
              (9 + 1) * 16 + (144 + 1) * 32 + (288 + 1) * 64 + (1024 + 1) * 128 + (128 + 1) * 36);
    CHECK_INT(classifier_macs(&shape), 256 * 9 * 16 + 64 * 144 * 32 + 16 * 288 * 64 + 1024 * 128 + 128 * 36);
    CHECK_INT(classifier_sizes(&shape, 1).outputs, 16 * 32);
    sizes.height = 9;
    shape = classifier_heavy_shape(&sizes);
    CHECK(classifier_shape_possible(&shape) && !shape.pools[0] && !shape.pools[1]);
    shape.pools[0] = true;
    CHECK(!classifier_shape_possible(&shape));
    shape = dense;
    shape.units[1] = 257;
    CHECK(!classifier_shape_possible(&shape));
}

static Lesson *lesson_of(ImageSet set, ClassifierShape shape, int epochs, int rank)
{
    return lesson_create(set, (LessonPlan){.shape = shape,
                                           .sizes = {set.count / 2, 1, set.count / 2 - 1},
                                           .split_seed = 3,
                                           .seed = 9,
                                           .epochs = epochs,
                                           .batch = 32,
                                           .learning_rate = 3e-3,
                                           .kernels = network_kernels_at(rank)});
}

static uint64_t hash_of(const Classifier *classifier)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < classifier->parameter_count; i++) {
        uint32_t bits;
        memcpy(&bits, &classifier->parameters[i], sizeof bits);
        hash = rng_mix(hash, bits);
    }
    return hash;
}

/* The last hash is the same whatever the compiler and its options: to be changed only with a reason that the commit
 * states. */
static void every_instruction_set_trains_to_the_same_bits(void)
{
    const ClassifierShape shape = {16, 16, 1, 4, 2, {5, 18, 20, 36}, {true, true}};
    uint64_t hash = 0;
    for (int rank = 0; network_kernels_at(rank); rank++) {
        Lesson *lesson = lesson_of(glyphs_create(0, 0, 200), shape, 2, rank);
        uint64_t other = hash_of(lesson->classifier);
        CHECK(rank == 0 || hash == other);
        hash = other;
        lesson_destroy(lesson);
    }
    CHECK_INT(hash, 6568629011297701284);
}

static void real_digits_are_learnt(void)
{
    ImageSet set = lesson_digits();
    const int units[] = {8, 16, 16, 32};
    ClassifierShape shape = lesson_shape(&set, units);
    Lesson *lesson = lesson_of(set, shape, 20, 0);
    Stream stream = stream_of(1);
    Classifier *fresh = classifier_create(&shape, 32, &stream);
    int count = held_out_images_count(lesson->split.test);
    CHECK(classifier_evaluate(fresh, lesson->split.test, NULL) < count / 4);
    CHECK(classifier_evaluate(lesson->classifier, lesson->split.test, NULL) > 0.93 * count);
    CHECK(lesson->loss < 0.2);

    float *outputs = memory_allocate((size_t)count * 10, sizeof *outputs), image[64];
    int right = classifier_evaluate(lesson->classifier, lesson->split.test, outputs), again = 0;
    for (int i = 0; i < count; i++)
        again +=
            classifier_choice(10, outputs + (ptrdiff_t)i * 10) == held_out_images_read(lesson->split.test, i, image);
    CHECK_INT(again, right);
    free(outputs);
    classifier_destroy(fresh);
    lesson_destroy(lesson);
}

/* Padding must not leak into what is learnt. */
static void padding_stays_zero(void)
{
    const ClassifierShape shape = {16, 16, 1, 4, 2, {5, 18, 20, 36}, {true, false}};
    Lesson *lesson = lesson_of(glyphs_create(0, 0, 100), shape, 1, 0);
    int wrong = 0;
    for (int l = 0; l < shape.layer_count; l++) {
        const ClassifierLayer *layer = &lesson->classifier->layers[l];
        for (int i = 0; i <= layer->sizes.inputs; i++)
            for (int u = layer->sizes.units; u < layer->columns; u++)
                wrong += layer->weights[i * layer->columns + u] != 0;
    }
    CHECK_INT(wrong, 0);
    lesson_destroy(lesson);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(outputs_are_those_of_a_plain_network),
        CHECK_OF(gradients_are_those_of_central_differences),
        CHECK_OF(gradients_of_many_images_are_the_mean_of_each),
        CHECK_OF(softmax_is_that_of_the_formula),
        CHECK_OF(sizes_and_work_are_counted_as_on_paper),
        CHECK_OF(every_instruction_set_trains_to_the_same_bits),
        CHECK_OF(real_digits_are_learnt),
        CHECK_OF(padding_stays_zero),
    };
    return check_run("vision_classifier", checks, sizeof checks / sizeof checks[0]);
}

#include "classifier.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* e^x for x <= 0, to about 1e-13 of it: a power of 2, and Taylor's series for what is left, |r| <= ln 2 / 2. Made of
 * additions and multiplications alone, as the exp() of C libraries differ in their last bits from CPU to CPU. */
static double exponential(double x)
{
    enum { TERMS = 12 };
    const double ln_2 = 0.69314718055994530942, least = -700;
    if (!(x > least))
        return 0;
    double whole = floor(x / ln_2 + 0.5), rest = x - whole * ln_2, sum = 1;
    for (int k = TERMS; k >= 1; k--)
        sum = 1 + rest / k * sum;
    return ldexp(sum, (int)whole);
}

void classifier_softmax(int class_count, const float *outputs, double *ret_probabilities)
{
    float most = outputs[classifier_choice(class_count, outputs)];
    double sum = 0;
    for (int c = 0; c < class_count; c++)
        sum += ret_probabilities[c] = exponential((double)(outputs[c] - most));
    for (int c = 0; c < class_count; c++)
        ret_probabilities[c] /= sum;
}

double classifier_loss(int class_count, int count, const float *outputs, const int *labels, float *ret_gradients)
{
    assert(class_count <= IMAGE_CLASS_LIMIT);
    double probabilities[IMAGE_CLASS_LIMIT], loss = 0;
    for (int image = 0; image < count; image++, outputs += class_count, ret_gradients += class_count) {
        classifier_softmax(class_count, outputs, probabilities);
        loss -= log(fmax(probabilities[labels[image]], 1e-300));
        for (int c = 0; c < class_count; c++)
            ret_gradients[c] = (float)((probabilities[c] - (c == labels[image])) / count);
    }
    return loss / count;
}

int classifier_choice(int class_count, const float *outputs)
{
    int best = 0;
    for (int c = 1; c < class_count; c++)
        best = outputs[c] > outputs[best] ? c : best;
    return best;
}

/* As network_step does it: the rate and epsilon carry the corrections of the moments' bias. */
void classifier_step(Classifier *classifier, double learning_rate)
{
    const float first_decay = 0.9F, second_decay = 0.999F;
    const double epsilon = 1e-8;
    double first = 1, second = 1;
    classifier->step_count++;
    for (int64_t steps = classifier->step_count; steps > 0 && first + second > 1e-30; steps--) {
        first *= (double)first_decay;
        second *= (double)second_decay;
    }
    double root = sqrt(1 - second);
    NetworkAdam adam = {.first_decay = first_decay,
                        .second_decay = second_decay,
                        .rate = (float)(learning_rate * root / (1 - first)),
                        .epsilon = (float)(epsilon * root)};
    classifier->kernels->adam(adam, classifier->parameter_count, classifier->gradients, classifier->first_moments,
                              classifier->second_moments, classifier->parameters);
}

void classifier_reset_moments(Classifier *classifier)
{
    memset(classifier->first_moments, 0, classifier->parameter_count * sizeof(float));
    memset(classifier->second_moments, 0, classifier->parameter_count * sizeof(float));
    classifier->step_count = 0;
}

/* The images in a new order (Fisher, Yates). */
static void shuffle(int *order, int count, Stream *stream)
{
    for (int i = count - 1; i > 0; i--) {
        int other = (int)stream_uniform_integer(stream, (uint64_t)i + 1), image = order[i];
        order[i] = order[other];
        order[other] = image;
    }
}

/* Moves an image by whole pixels; black comes in at the edges. `room`: as large as an image. */
static void move_image(const ClassifierShape *shape, float *image, int down, int right, float *room)
{
    ptrdiff_t size = (ptrdiff_t)shape->height * shape->width * shape->channels;
    memcpy(room, image, (size_t)size * sizeof *room);
    memset(image, 0, (size_t)size * sizeof *image);
    int width = shape->width - abs(right);
    for (int y = 0; y < shape->height && width > 0; y++)
        if (y - down >= 0 && y - down < shape->height)
            memcpy(image + (ptrdiff_t)(y * shape->width + (right > 0 ? right : 0)) * shape->channels,
                   room + (ptrdiff_t)((y - down) * shape->width + (right < 0 ? -right : 0)) * shape->channels,
                   (size_t)(width * shape->channels) * sizeof *image);
}

/* What the steps of a training share. */
typedef struct Lesson {
    Classifier *classifier;
    const TrainingImages *images;
    ClassifierTraining training;
    Stream *stream;
    int *order;  /* [images] */
    int *labels; /* [batch] */
    float *gradients, *room;
} Lesson;

/* A displacement of up to `most` pixels to either side. */
static int draw_shift(Stream *stream, int most)
{
    return (int)stream_uniform_integer(stream, 2 * (uint64_t)most + 1) - most;
}

/* One step on the images order[first .. first + count); returns their loss before it. */
static double train_step(const Lesson *lesson, int first, int count, double learning_rate)
{
    Classifier *classifier = lesson->classifier;
    const ClassifierShape *shape = &classifier->shape;
    ptrdiff_t size = (ptrdiff_t)shape->height * shape->width * shape->channels;
    for (int i = 0; i < count; i++) {
        float *image = classifier->inputs + i * size;
        lesson->labels[i] = training_images_read(lesson->images, lesson->order[first + i], image);
        if (lesson->training.shift > 0) {
            int down = draw_shift(lesson->stream, lesson->training.shift);
            move_image(shape, image, down, draw_shift(lesson->stream, lesson->training.shift), lesson->room);
        }
    }
    const float *outputs = classifier_forward(classifier, count);
    double loss =
        classifier_loss(classifier_class_count(classifier), count, outputs, lesson->labels, lesson->gradients);
    classifier_backward(classifier, lesson->gradients);
    classifier_step(classifier, learning_rate);
    return loss;
}

static Lesson begin_lesson(Classifier *classifier, const TrainingImages *images, ClassifierTraining training,
                           Stream *stream)
{
    assert(training.batch >= 1 && training.batch <= classifier->batch_limit && training.shift >= 0);
    const ClassifierShape *shape = &classifier->shape;
    int count = training_images_count(images);
    Lesson lesson = {.classifier = classifier,
                     .images = images,
                     .training = training,
                     .stream = stream,
                     .order = memory_allocate((size_t)count, sizeof(int)),
                     .labels = memory_allocate((size_t)training.batch, sizeof(int)),
                     .gradients =
                         memory_allocate((size_t)(training.batch * classifier_class_count(classifier)), sizeof(float)),
                     .room = memory_allocate((size_t)(shape->height * shape->width * shape->channels), sizeof(float))};
    for (int i = 0; i < count; i++)
        lesson.order[i] = i;
    return lesson;
}

static void end_lesson(Lesson *lesson)
{
    free(lesson->order);
    free(lesson->labels);
    free(lesson->gradients);
    free(lesson->room);
}

double classifier_train(Classifier *classifier, const TrainingImages *images, ClassifierTraining training,
                        Stream *stream)
{
    Lesson lesson = begin_lesson(classifier, images, training, stream);
    int count = training_images_count(images), per_epoch = (count + training.batch - 1) / training.batch;
    int steps = training.steps > 0 ? training.steps : training.epochs * per_epoch, at = count, late = 0;
    double loss = 0;
    for (int step = 0; step < steps; step++) {
        if (at >= count) {
            shuffle(lesson.order, count, stream);
            at = 0;
        }
        int batch = count - at < training.batch ? count - at : training.batch;
        double step_loss = train_step(&lesson, at, batch, training.learning_rate * (steps - step) / steps);
        at += batch;
        if (step >= steps - per_epoch) {
            loss += step_loss;
            late++;
        }
    }
    end_lesson(&lesson);
    return late > 0 ? loss / late : 0;
}

int classifier_evaluate(Classifier *classifier, const HeldOutImages *images, float *ret_outputs)
{
    int count = held_out_images_count(images), classes = classifier_class_count(classifier), right = 0;
    ptrdiff_t size = (ptrdiff_t)classifier->shape.height * classifier->shape.width * classifier->shape.channels;
    int *labels = memory_allocate((size_t)classifier->batch_limit, sizeof *labels);
    for (int first = 0; first < count; first += classifier->batch_limit) {
        int batch = count - first < classifier->batch_limit ? count - first : classifier->batch_limit;
        for (int i = 0; i < batch; i++)
            labels[i] = held_out_images_read(images, first + i, classifier->inputs + i * size);
        const float *outputs = classifier_forward(classifier, batch);
        for (int i = 0; i < batch; i++)
            right += classifier_choice(classes, outputs + (ptrdiff_t)i * classes) == labels[i];
        if (ret_outputs)
            memcpy(ret_outputs + (ptrdiff_t)first * classes, outputs, (size_t)(batch * classes) * sizeof *outputs);
    }
    free(labels);
    return right;
}

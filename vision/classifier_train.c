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

/* One step on the images order[0 .. count); returns their loss before it. `labels`, `gradients`: room. */
static double train_step(Classifier *classifier, const TrainingImages *images, const int *order, int count,
                         double learning_rate, int *labels, float *gradients)
{
    ptrdiff_t size = (ptrdiff_t)classifier->shape.height * classifier->shape.width * classifier->shape.channels;
    for (int i = 0; i < count; i++)
        labels[i] = training_images_read(images, order[i], classifier->inputs + i * size);
    const float *outputs = classifier_forward(classifier, count);
    double loss = classifier_loss(classifier_class_count(classifier), count, outputs, labels, gradients);
    classifier_backward(classifier, gradients);
    classifier_step(classifier, learning_rate);
    return loss;
}

double classifier_train(Classifier *classifier, const TrainingImages *images, ClassifierTraining training,
                        Stream *stream)
{
    assert(training.batch >= 1 && training.batch <= classifier->batch_limit);
    int count = training_images_count(images), per_epoch = (count + training.batch - 1) / training.batch;
    int steps = training.steps > 0 ? training.steps : training.epochs * per_epoch, late = 0;
    int *order = memory_allocate((size_t)count, sizeof *order), at = count;
    int *labels = memory_allocate((size_t)training.batch, sizeof *labels);
    float *gradients = memory_allocate((size_t)(training.batch * classifier_class_count(classifier)), sizeof(float));
    double loss = 0;
    for (int i = 0; i < count; i++)
        order[i] = i;
    for (int step = 0; step < steps; step++) {
        if (at >= count) {
            shuffle(order, count, stream);
            at = 0;
        }
        int batch = count - at < training.batch ? count - at : training.batch;
        double rate = training.learning_rate * (steps - step) / steps;
        double step_loss = train_step(classifier, images, order + at, batch, rate, labels, gradients);
        at += batch;
        if (step >= steps - per_epoch) {
            loss += step_loss;
            late++;
        }
    }
    free(order);
    free(labels);
    free(gradients);
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

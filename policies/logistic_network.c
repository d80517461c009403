#include "logistic_network.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Chosen on pairs of networks of seeds 101 to 106, which no figure is of. */
enum {
    HIDDEN = 64,
    LEAST_BATCH = 32,
    MOST_BATCH = 128,
    BATCHES = 256,
    LOOKS = 1200000,
    LEAST_EPOCHS = 20,
    MOST_EPOCHS = 120
};

static const double LEARNING_RATE = 1.5e-3; /* at first; falls in a straight line to 0 */

/* Samples as the network takes them. */
typedef struct Lesson {
    int count, size;
    float *inputs; /* [count][size] */
    double *sums;  /* [count] what is to be corrected */
    const bool *labels;
} Lesson;

double logistic_network_sum(Network *network, const double *inputs, int count, float *scratch)
{
    for (int i = 0; i < count; i++)
        scratch[i] = (float)inputs[i];
    return (double)*network_forward(network, scratch, 1);
}

static Lesson lesson_of(const LogisticSamples *samples, const double *weights)
{
    size_t count = (size_t)samples->count, all = count * (size_t)samples->size;
    Lesson lesson = {.count = samples->count,
                     .size = samples->size,
                     .inputs = memory_allocate(all, sizeof *lesson.inputs),
                     .sums = memory_allocate(count, sizeof *lesson.sums),
                     .labels = samples->labels};
    for (size_t i = 0; i < all; i++)
        lesson.inputs[i] = (float)samples->inputs[i];
    for (size_t i = 0; i < count; i++)
        lesson.sums[i] = logistic_sum(weights, samples->inputs + i * (size_t)samples->size, samples->size);
    return lesson;
}

static void free_lesson(Lesson *lesson)
{
    free(lesson->inputs);
    free(lesson->sums);
}

static double mean_loss(Network *network, const Lesson *lesson)
{
    double sum = 0;
    for (int first = 0; first < lesson->count; first += MOST_BATCH) {
        int count = lesson->count - first < MOST_BATCH ? lesson->count - first : MOST_BATCH;
        network_forward(network, lesson->inputs + (ptrdiff_t)first * lesson->size, count);
        for (int i = 0; i < count; i++)
            sum +=
                logistic_loss(lesson->sums[first + i] + (double)*network_output(network, i), lesson->labels[first + i]);
    }
    return sum / lesson->count;
}

static int between(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

static void shuffle(int *order, int count, Stream *stream)
{
    for (int i = count - 1; i > 0; i--) {
        int other = (int)stream_uniform_integer(stream, (uint64_t)i + 1), index = order[i];
        order[i] = order[other];
        order[other] = index;
    }
}

/* Once over all samples in random order; `scratch` has room for the inputs of a batch. */
static void learn(Network *network, const Lesson *lesson, double rate, int *order, float *scratch, Stream *stream)
{
    float gradients[MOST_BATCH];
    int batch = between(lesson->count / BATCHES, LEAST_BATCH, MOST_BATCH);
    shuffle(order, lesson->count, stream);
    for (int first = 0; first < lesson->count; first += batch) {
        int count = lesson->count - first < batch ? lesson->count - first : batch;
        for (int i = 0; i < count; i++)
            memcpy(scratch + (ptrdiff_t)i * lesson->size, lesson->inputs + (ptrdiff_t)order[first + i] * lesson->size,
                   (size_t)lesson->size * sizeof *scratch);
        network_forward(network, scratch, count);
        for (int i = 0; i < count; i++) {
            int sample = order[first + i];
            double probability = 1 / (1 + exp(-lesson->sums[sample] - (double)*network_output(network, i)));
            gradients[i] = (float)((probability - lesson->labels[sample]) / count);
        }
        network_backward(network, gradients);
        network_step(network, rate);
    }
}

Network *logistic_network_create(int input_count, Stream *stream)
{
    Network *network = network_create((NetworkShape){2, {input_count, HIDDEN, 1}}, MOST_BATCH, stream);
    const NetworkLayer *last = network_last_layer(network);
    memset(last->weights, 0, last->size * sizeof *last->weights);
    return network;
}

Network *logistic_network_train(const LogisticSamples *train, const LogisticSamples *tune, const double *weights,
                                Stream stream)
{
    assert(train->count > 0 && tune->count > 0 && train->size == tune->size);
    Network *network = logistic_network_create(train->size, &stream), *best = network_clone(network);
    Lesson lesson = lesson_of(train, weights), exam = lesson_of(tune, weights);
    float *scratch = memory_allocate((size_t)(MOST_BATCH * train->size), sizeof *scratch);
    int *order = memory_allocate((size_t)train->count, sizeof *order);
    int epochs = between(LOOKS / train->count, LEAST_EPOCHS, MOST_EPOCHS);
    double least = mean_loss(network, &exam);
    for (int i = 0; i < train->count; i++)
        order[i] = i;
    for (int epoch = 0; epoch < epochs; epoch++) {
        learn(network, &lesson, LEARNING_RATE * (epochs - epoch) / epochs, order, scratch, &stream);
        double loss = mean_loss(network, &exam);
        if (loss >= least)
            continue;
        least = loss;
        network_copy(best, network);
    }
    free_lesson(&lesson);
    free_lesson(&exam);
    free(scratch);
    free(order);
    network_destroy(network);
    return best;
}

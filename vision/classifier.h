/* Convolutional networks that learn which class an image is of: 3 x 3 convolutions with rectified units, some followed
 * by 2 x 2 maximum pooling, then dense layers, cross-entropy and Adam. They run on the kernels of policies/network.h:
 * float32, one block of parameters, the same bits on every instruction set. */
#ifndef ORCHID_VISION_CLASSIFIER_H
#define ORCHID_VISION_CLASSIFIER_H

#include "../policies/network_kernels.h"
#include "../sim/rng.h"
#include "split.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CLASSIFIER_LAYER_LIMIT = 8,
    CLASSIFIER_UNIT_LIMIT = 4096,
    CLASSIFIER_INPUT_LIMIT = 9 * 4096,
    CLASSIFIER_TAPS = 9
};

/* Convolutions come first, then dense layers, at least one; the last has a unit for each class and is linear. A
 * convolution keeps height and width, and pooling halves them. */
typedef struct ClassifierShape {
    int height, width, channels; /* of an image */
    int layer_count, convolution_count;
    int units[CLASSIFIER_LAYER_LIMIT];  /* channels of a convolution, neurons of a dense layer */
    bool pools[CLASSIFIER_LAYER_LIMIT]; /* of convolutions; height and width are even there */
} ClassifierShape;

/* One layer as its shape has it. */
typedef struct ClassifierSizes {
    int height, width; /* of its sums; 1 x 1 of a dense layer */
    int channels;      /* that go in; of a dense layer everything that goes in */
    int inputs;        /* of one unit, the bias apart: 9 x channels, or channels */
    int units;
    int outputs; /* all that go out, after pooling */
} ClassifierSizes;

/* sums[pixel] = patch of inputs around it x weights + biases. What goes in is tight, [batch][pixels][channels], and so
 * is what goes out. */
typedef struct ClassifierLayer {
    bool convolves, pools, last;
    ClassifierSizes sizes;
    int columns;        /* units rounded up to NETWORK_LANES; what is past them stays 0 */
    size_t size;        /* floats of the weights */
    float *weights;     /* [inputs + 1][columns] in Classifier.parameters; the last row holds the biases */
    float *gradients;   /* the same in Classifier.gradients */
    float *activations; /* [batch_limit][height x width][columns] rectified sums */
    float *deltas;      /* the same: gradients with respect to the sums */
    float *outputs;     /* [batch_limit][outputs] */
} ClassifierLayer;

typedef struct Classifier {
    ClassifierShape shape;
    int batch_limit;
    ClassifierLayer layers[CLASSIFIER_LAYER_LIMIT];
    size_t parameter_count;                          /* floats of each of these blocks, padding included */
    float *parameters, *gradients;                   /* layer after layer */
    float *first_moments, *second_moments;           /* of Adam */
    int64_t step_count;                              /* steps of Adam since the moments were 0 */
    int count;                                       /* images of the last forward */
    float *inputs;                                   /* [batch_limit][height][width][channels] for the caller to fill */
    float *patches, *turned_weights, *output_deltas; /* scratch */
    const NetworkKernels *kernels;                   /* borrowed */
    void *memory;
} Classifier;

/* The default shape for a set of images: convolutions of 16, 32 and 64 channels, the first two pooled where height and
 * width allow it, a dense layer of 128 and one of the classes. */
ClassifierShape classifier_heavy_shape(const ImageSet *sizes);

/* Whether the numbers of a shape fit each other and the limits. */
bool classifier_shape_possible(const ClassifierShape *shape);

ClassifierSizes classifier_sizes(const ClassifierShape *shape, int layer);

/* Numbers in the layer, biases included, and multiply-accumulates of one image in it. */
int64_t classifier_layer_parameters(const ClassifierShape *shape, int layer);
int64_t classifier_layer_macs(const ClassifierShape *shape, int layer);
int64_t classifier_parameters(const ClassifierShape *shape);
int64_t classifier_macs(const ClassifierShape *shape);

/* A network of zeros for batches of up to `batch_limit` images, or with random weights: uniform within
 * +-sqrt(6 / inputs), the last layer within +-sqrt(3 / inputs) (He, Zhang, Ren, Sun: Delving deep into rectifiers, ICCV
 * 2015), biases 0. */
Classifier *classifier_create_empty(const ClassifierShape *shape, int batch_limit);
Classifier *classifier_create(const ClassifierShape *shape, int batch_limit, Stream *stream);
void classifier_destroy(Classifier *classifier);

/* A network of its own with the same parameters, its moments 0. */
Classifier *classifier_clone(const Classifier *classifier);

/* Classes, the units of the last layer. */
static inline int classifier_class_count(const Classifier *classifier)
{
    return classifier->shape.units[classifier->shape.layer_count - 1];
}

/* The outputs (logits, [classes]) for the first `count` images of `inputs`; those of the first image, the others behind
 * it. Valid until the next forward. */
const float *classifier_forward(Classifier *classifier, int count);

/* Fills the gradients from those of a loss with respect to the outputs, output_gradients[count][classes]. */
void classifier_backward(Classifier *classifier, const float *output_gradients);

/* One step of Adam (Kingma, Ba, ICLR 2015) with the gradients there are. */
void classifier_step(Classifier *classifier, double learning_rate);

/* Forgets Adam's moments, as a new training wants it. */
void classifier_reset_moments(Classifier *classifier);

/* The probabilities that outputs stand for (softmax), the same bits on every machine. */
void classifier_softmax(int class_count, const float *outputs, double *ret_probabilities);

/* The mean cross-entropy of `count` images with these labels, and its gradients with respect to outputs
 * [count][classes]. */
double classifier_loss(int class_count, int count, const float *outputs, const int *labels, float *ret_gradients);

typedef struct ClassifierTraining {
    int epochs;           /* passes over the images, each in a new order ... */
    int steps;            /* ... or batches, where this is not 0 */
    int batch;            /* images of a step, at most the network's batch_limit */
    double learning_rate; /* of the first step; falls in a straight line to 0 at the end */
    int shift;            /* pixels that every image is moved by at most, each time anew, down and right */
} ClassifierTraining;

/* Trains on images in the random order of `stream`; returns the mean loss of the last pass, or of all steps where they
 * are fewer. */
double classifier_train(Classifier *classifier, const TrainingImages *images, ClassifierTraining training,
                        Stream *stream);

/* How many of the images the network tells right. ret_outputs[images][classes] may be NULL. */
int classifier_evaluate(Classifier *classifier, const HeldOutImages *images, float *ret_outputs);

/* The class of the largest output, the first of equal ones. */
int classifier_choice(int class_count, const float *outputs);

#endif

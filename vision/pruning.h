/* Smaller networks out of larger ones: whole channels and neurons go, with all their weights, and what stays is a
 * network of a smaller shape. */
#ifndef ORCHID_VISION_PRUNING_H
#define ORCHID_VISION_PRUNING_H

#include "classifier.h"

/* What is known of a network that is to be pruned. */
typedef struct Pruner {
    const Classifier *classifier; /* borrowed */
    /* Of each layer but the last, which stays whole; owned. */
    int *order[CLASSIFIER_LAYER_LIMIT];       /* [units] the most important unit first */
    double *products[CLASSIFIER_LAYER_LIMIT]; /* [units + 1][units + 1] mean products of what comes out of two units
                                                 over images and pixels; the last one is a unit that always says 1 */
} Pruner;

/* Ranks units by magnitude: the L1 norm of the weights into a unit (Li, Kadav, Durdanovic, Samet, Graf: Pruning filters
 * for efficient convnets, ICLR 2017) times that of the weights out of it, as a unit that nothing listens to is worth
 * nothing. Measures what units say to each other on the first `image_count` training images at most. The network must
 * live as long and stay as it is, but for its activations. */
Pruner *pruner_create(Classifier *classifier, const TrainingImages *images, int image_count);
void pruner_destroy(Pruner *pruner);

/* A network with only the first units[l] of each layer's order, 1 to all of them, its moments 0; the last layer's
 * number is not read. What a unit said that goes is told by those that stay, as far as a linear combination can: its
 * weights go to them by its least-squares coefficients (the reconstruction of He, Zhang, Sun: Channel pruning for
 * accelerating very deep neural networks, ICCV 2017, with one set of coefficients for all places where a unit is
 * heard). */
Classifier *pruner_prune(const Pruner *pruner, const int *units);

/* The shape that it has. */
ClassifierShape pruner_shape(const ClassifierShape *shape, const int *units);

#endif

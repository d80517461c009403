/* Networks on images in whole numbers of 8 bits: weights symmetric with a scale for each unit, what goes from layer to
 * layer in 0 to 255 with a scale for each layer, sums of 32 bits (Jacob et al.: Quantization and training of neural
 * networks for efficient integer-arithmetic-only inference, CVPR 2018). Only the outputs become real numbers. */
#ifndef ORCHID_VISION_QUANTISED_H
#define ORCHID_VISION_QUANTISED_H

#include "classifier.h"
#include "classifier_file.h"

#define QUANTISED_FILE_KIND "classifier-int8"

typedef struct QuantisedLayer {
    bool convolves, pools, last;
    ClassifierSizes sizes;
    float input_scale;     /* what one step of what goes in stands for */
    int8_t *weights;       /* [inputs][units] from -127 to 127 */
    float *scales;         /* [units] what one step of a unit's weights stands for */
    float *biases;         /* [units] as real numbers */
    int32_t *whole_biases; /* [units] in steps of the sums */
    int32_t *multipliers;  /* [units] a sum becomes a step of the next layer's inputs by this factor ... */
    int *shifts;           /* [units] ... and 2^-shift; not of the last layer */
} QuantisedLayer;

typedef struct Quantised {
    ClassifierShape shape;
    QuantisedLayer layers[CLASSIFIER_LAYER_LIMIT];
} Quantised;

/* The network in whole numbers; the largest outputs of each layer on up to `image_count` training images set the
 * scales.
 */
Quantised *quantised_create(Classifier *classifier, const TrainingImages *images, int image_count);
void quantised_destroy(Quantised *quantised);

/* Outputs (logits, [classes]) for one image, pixels[height][width][channels] as fractions. */
void quantised_forward(const Quantised *quantised, const float *pixels, float *ret_outputs);

/* How many of the images the network tells right. ret_outputs[images][classes] may be NULL. */
int quantised_evaluate(const Quantised *quantised, const HeldOutImages *images, float *ret_outputs);

/* As classifier_file_write and classifier_file_take. */
bool quantised_file_write(const char *path, const Quantised *quantised, const ClassifierOrigin *origin,
                          int64_t *ret_bytes, Error *error);
Quantised *quantised_file_take(const WeightsFile *file, Error *error);

#endif

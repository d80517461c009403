/* Sets of images by the name that people give them, and how each is split and learnt from. */
#ifndef ORCHID_VISION_IMAGE_SOURCE_H
#define ORCHID_VISION_IMAGE_SOURCE_H

#include "classifier.h"

/* Opens `data`: "digits", "glyphs", "idx:IMAGES,LABELS" or "cifar10:FILE". `digits_path`: where the file of digits is.
 * False with findings in `errors`; else the caller frees the set. */
bool image_source_open(const char *data, const char *digits_path, ImageSet *ret_set, ErrorList *errors);

/* The parts that a set is split into. */
SplitSizes image_source_sizes(const ImageSet *set);

/* Adds fresh images, drawn for the split's seed alone, where the set's source has any amount of them: glyphs. */
void image_source_add_fresh(Split *split, uint64_t seed);

/* How a heavy network learns a set: some 40,000 looks at its images, 5 to 40 at each. */
ClassifierTraining image_source_training(SplitSizes sizes);

/* Images that a network of this project takes at once. */
enum { IMAGE_SOURCE_BATCH = 32 };

/* A heavy network that has learnt the training images of a seed. */
Classifier *image_source_train(const TrainingImages *images, ClassifierTraining training, uint64_t seed);

#endif

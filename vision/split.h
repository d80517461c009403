/* Images that may be learnt from, and images that may not: two types that nothing turns into each other. Only
 * split_create makes either, and equal images always fall on the same side. */
#ifndef ORCHID_VISION_SPLIT_H
#define ORCHID_VISION_SPLIT_H

#include "images.h"

/* What a training takes. Opaque, so that no image can be put in by hand. */
typedef struct TrainingImages TrainingImages;

/* What an evaluation takes: images that no training has seen. */
typedef struct HeldOutImages HeldOutImages;

typedef struct SplitSizes {
    int train, tune, test; /* images at most; each at least 1 */
} SplitSizes;

/* One set in three parts, and perhaps more images of its kind. The set is borrowed. */
typedef struct Split {
    TrainingImages *train; /* to learn from */
    HeldOutImages *tune;   /* to choose with: what to prune, where thresholds lie */
    HeldOutImages *test;   /* to report, once everything is chosen */
    HeldOutImages *fresh;  /* that nothing was chosen with, for whoever decides what to do with answers; NULL: none */
} Split;

/* The first parts of the set in the random order of the stream (seed, 0, STREAM_IMAGES, 0): first test, then tune, then
 * train. Images that are equal, whatever their labels, stay together, on the side of the first of them, so a part may
 * go past its size by copies of its last image. False, and why in `error`, where the set has too few images. */
bool split_create(const ImageSet *set, SplitSizes sizes, uint64_t seed, Split *ret_split, Error *error);
void split_destroy(Split *split);

/* Adds a part of further images, of the same sizes as the split's set: those of `images` that equal none of the set's
 * and none before them. The split owns `images` from now on; it has no such part yet. */
void split_add_fresh(Split *split, ImageSet images);

/* Names the images a training has seen, in whatever order: whoever trained on others has another one. */
uint64_t training_images_fingerprint(const TrainingImages *images);

int training_images_count(const TrainingImages *images);
int held_out_images_count(const HeldOutImages *images);

/* The set they are of, without its images. */
ImageSet training_images_sizes(const TrainingImages *images);
ImageSet held_out_images_sizes(const HeldOutImages *images);

/* Image `index` of a part: its pixels, ret_pixels[height][width][channels] as fractions of the brightest one. Returns
 * its label. */
int training_images_read(const TrainingImages *images, int index, float *ret_pixels);
int held_out_images_read(const HeldOutImages *images, int index, float *ret_pixels);

/* Where image `index` of a part stands in the set. */
int training_images_at(const TrainingImages *images, int index);
int held_out_images_at(const HeldOutImages *images, int index);

#endif

/* Images with their labels, as bytes: what every source of images makes, and what is split into sets that may be learnt
 * from and sets that may not. */
#ifndef ORCHID_VISION_IMAGES_H
#define ORCHID_VISION_IMAGES_H

#include "../sim/error.h"

#include <stddef.h>
#include <stdint.h>

enum { IMAGE_SIDE_LIMIT = 64, IMAGE_CHANNEL_LIMIT = 4, IMAGE_CLASS_LIMIT = 256, IMAGE_COUNT_LIMIT = 1000000 };

typedef struct ImageSet {
    const char *name; /* such as "digits"; borrowed */
    int count, height, width, channels;
    int class_count;
    int brightest;   /* pixels are from 0 to this one */
    uint8_t *pixels; /* [count][height][width][channels], owned */
    uint8_t *labels; /* [count] below class_count, owned */
} ImageSet;

/* A set of black images of class 0 for the caller to fill. `sizes` has everything but the pixels and labels. */
ImageSet image_set_create(ImageSet sizes);
void image_set_free(ImageSet *set);

/* Bytes of one image. */
static inline size_t image_size(const ImageSet *set)
{
    return (size_t)set->height * (size_t)set->width * (size_t)set->channels;
}

static inline uint8_t *image_pixels(const ImageSet *set, int image)
{
    return set->pixels + (size_t)image * image_size(set);
}

/* The pixels of an image as fractions of the brightest one, ret_pixels[height][width][channels]. */
void image_read(const ImageSet *set, int image, float *ret_pixels);

/* A hash of an image's pixels, whatever its label: equal images have equal hashes. */
uint64_t image_hash(const ImageSet *set, int image);

/* UCI's handwritten digits from a file as traces/digits.csv is. False with every finding in `errors`; else the caller
 * frees the set. */
bool digits_read(const char *path, ImageSet *ret_set, ErrorList *errors);

/* Images and labels in the format of MNIST (LeCun, Cortes, Burges): big-endian words 0x803, images, rows, columns and a
 * byte for each pixel; 0x801, labels and a byte for each. False, and why in `error`. */
bool idx_read(const char *images_path, const char *labels_path, ImageSet *ret_set, Error *error);

/* The binary version of CIFAR-10 (Krizhevsky, Learning multiple layers of features from tiny images, 2009): a byte for
 * the label, then 32 x 32 bytes each of red, green and blue. False, and why in `error`. */
bool cifar10_read(const char *path, ImageSet *ret_set, Error *error);

/* Rendered letters and digits, 16 x 16, 36 classes in turn: drawn from strokes under a random affine map, displacement
 * of the strokes' points, thickness and contrast, with stray strokes and noise. `count` of the seed's endless row of
 * images, from `first` on. It never fails. */
ImageSet glyphs_create(uint64_t seed, int first, int count);

enum { GLYPH_CLASS_COUNT = 36, GLYPH_SIDE = 16 };

/* What people call a class of glyphs. */
char glyph_name(int class);

#endif

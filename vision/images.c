#include "images.h"

#include "../sim/memory.h"
#include "../sim/rng.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

ImageSet image_set_create(ImageSet sizes)
{
    assert(sizes.count >= 1 && sizes.count <= IMAGE_COUNT_LIMIT);
    assert(sizes.height >= 1 && sizes.height <= IMAGE_SIDE_LIMIT && sizes.width >= 1 &&
           sizes.width <= IMAGE_SIDE_LIMIT && sizes.channels >= 1 && sizes.channels <= IMAGE_CHANNEL_LIMIT);
    assert(sizes.class_count >= 2 && sizes.class_count <= IMAGE_CLASS_LIMIT);
    assert(sizes.brightest >= 1 && sizes.brightest <= UINT8_MAX);
    sizes.pixels = memory_allocate((size_t)sizes.count, image_size(&sizes));
    sizes.labels = memory_allocate((size_t)sizes.count, 1);
    return sizes;
}

void image_set_free(ImageSet *set)
{
    free(set->pixels);
    free(set->labels);
    *set = (ImageSet){0};
}

void image_read(const ImageSet *set, int image, float *ret_pixels)
{
    const uint8_t *pixels = image_pixels(set, image);
    const float scale = 1 / (float)set->brightest;
    for (size_t i = 0; i < image_size(set); i++)
        ret_pixels[i] = scale * (float)pixels[i];
}

uint64_t image_hash(const ImageSet *set, int image)
{
    const uint8_t *pixels = image_pixels(set, image);
    size_t size = image_size(set);
    uint64_t hash = size;
    for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
        uint64_t word = 0;
        for (size_t i = 0; i < sizeof word && at + i < size; i++)
            word |= (uint64_t)pixels[at + i] << (8 * i);
        hash = rng_mix(hash, word);
    }
    return hash;
}

/* What the files of the classifier share. */
#ifndef ORCHID_VISION_CLASSIFIER_PARTS_H
#define ORCHID_VISION_CLASSIFIER_PARTS_H

#include <stddef.h>

/* Images whose patches are made at once, so that they stay in a cache of the second level: `pixels` patches of `depth`
 * floats each. */
static inline int classifier_chunk(size_t pixels, size_t depth)
{
    const size_t most = 32768; /* floats */
    size_t images = most / (pixels * depth);
    return images < 1 ? 1 : (int)images;
}

#endif

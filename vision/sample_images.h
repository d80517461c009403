/* A table of samples out of networks on images: which of them are right on which image that none of them has learnt
 * from, and what each said of its answer. */
#ifndef ORCHID_VISION_SAMPLE_IMAGES_H
#define ORCHID_VISION_SAMPLE_IMAGES_H

#include "../sim/sample_table.h"
#include "image_model.h"

/* What networks[count] of the split, called names[count], say of its fresh images: the first two thirds of them are
 * to learn from, a twelfth to tune and a quarter to test with. Where the split has none (image_source_add_fresh), of
 * the images to tune with, by which compressors chose: to learn from; and of those to test with: every fourth to tune,
 * the others to test. `with_logits`: all but the last, of which nobody decides, tell their logits too. All lives in
 * `arena` but the names, which are borrowed. */
SampleTable sample_images_table(const ImageModel *networks, const char *const *names, int count, const Split *split,
                                bool with_logits, Arena *arena);

#endif

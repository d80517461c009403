#include "split.h"

#include "../sim/memory.h"
#include "../sim/rng.h"

#include <assert.h>
#include <stdlib.h>

/* Some images of a set. */
typedef struct Selection {
    const ImageSet *set; /* borrowed */
    int count;
    int *images; /* [count] indices into the set, owned */
} Selection;

struct TrainingImages {
    Selection selection;
};

struct HeldOutImages {
    Selection selection;
    ImageSet *owned; /* the selection's set, where nobody else keeps it; else NULL */
};

/* An image by what is on it. */
typedef struct Key {
    uint64_t hash;
    int image;
} Key;

static int compare_keys(const void *a, const void *b)
{
    const Key *first = a, *second = b;
    if (first->hash != second->hash)
        return first->hash < second->hash ? -1 : 1;
    return first->image - second->image;
}

/* For each image the next one that is equal, -1 behind the last; only the first of equal ones is in ret_firsts. Returns
 * how many those are. */
static int find_copies(const ImageSet *set, int *ret_next, int *ret_firsts)
{
    Key *keys = memory_allocate((size_t)set->count, sizeof *keys);
    int firsts = 0;
    for (int i = 0; i < set->count; i++)
        keys[i] = (Key){image_hash(set, i), i};
    qsort(keys, (size_t)set->count, sizeof *keys, compare_keys);
    for (int i = 0; i < set->count; i++) {
        bool last = i + 1 == set->count || keys[i + 1].hash != keys[i].hash;
        ret_next[keys[i].image] = last ? -1 : keys[i + 1].image;
        if (i == 0 || keys[i - 1].hash != keys[i].hash)
            ret_firsts[firsts++] = keys[i].image;
    }
    free(keys);
    return firsts;
}

/* Fisher, Yates (Knuth, The art of computer programming, vol. 2, algorithm P). */
static void shuffle(int *values, int count, Stream *stream)
{
    for (int i = count - 1; i > 0; i--) {
        int other = (int)stream_uniform_integer(stream, (uint64_t)i + 1), value = values[i];
        values[i] = values[other];
        values[other] = value;
    }
}

/* Takes images with all their copies from the end of `firsts` until the part has its size. */
static Selection take(const ImageSet *set, const int *next, const int *firsts, int *first_count, int size)
{
    Selection part = {.set = set, .images = memory_allocate((size_t)set->count, sizeof *part.images)};
    while (*first_count > 0 && part.count < size)
        for (int image = firsts[--*first_count]; image >= 0; image = next[image])
            part.images[part.count++] = image;
    return part;
}

static ImageSet sizes_of(const Selection *selection)
{
    ImageSet sizes = *selection->set;
    sizes.pixels = sizes.labels = NULL;
    return sizes;
}

static int read_image(const Selection *selection, int index, float *ret_pixels)
{
    assert(index >= 0 && index < selection->count);
    image_read(selection->set, selection->images[index], ret_pixels);
    return selection->set->labels[selection->images[index]];
}

bool split_create(const ImageSet *set, SplitSizes sizes, uint64_t seed, Split *ret_split, Error *error)
{
    assert(sizes.train >= 1 && sizes.tune >= 1 && sizes.test >= 1);
    Split split = {.train = memory_allocate(1, sizeof *split.train),
                   .tune = memory_allocate(1, sizeof *split.tune),
                   .test = memory_allocate(1, sizeof *split.test)};
    int *next = memory_allocate((size_t)set->count, sizeof *next);
    int *firsts = memory_allocate((size_t)set->count, sizeof *firsts), count = find_copies(set, next, firsts);
    Stream stream = stream_create(seed, 0, STREAM_IMAGES, 0);
    shuffle(firsts, count, &stream);
    split.test->selection = take(set, next, firsts, &count, sizes.test);
    split.tune->selection = take(set, next, firsts, &count, sizes.tune);
    split.train->selection = take(set, next, firsts, &count, sizes.train);
    free(next);
    free(firsts);
    if (split.train->selection.count == 0) {
        error_set(error, NULL, 0, 0, "%s has %d images, too few for %d to tune, %d to test and some to train with",
                  set->name, set->count, sizes.tune, sizes.test);
        split_destroy(&split);
        return false;
    }
    *ret_split = split;
    return true;
}

static void free_held_out(HeldOutImages *images)
{
    if (!images)
        return;
    if (images->owned)
        image_set_free(images->owned);
    free(images->owned);
    free(images->selection.images);
    free(images);
}

void split_destroy(Split *split)
{
    if (split->train)
        free(split->train->selection.images);
    free(split->train);
    free_held_out(split->tune);
    free_held_out(split->test);
    free_held_out(split->fresh);
    *split = (Split){0};
}

void split_add_fresh(Split *split, ImageSet images)
{
    const ImageSet *set = split->train->selection.set;
    int all = set->count + images.count;
    assert(!split->fresh && image_size(&images) == image_size(set) && images.class_count == set->class_count);
    HeldOutImages *fresh = split->fresh = memory_allocate(1, sizeof *fresh);
    fresh->owned = memory_allocate(1, sizeof *fresh->owned);
    *fresh->owned = images;
    fresh->selection = (Selection){.set = fresh->owned, .images = memory_allocate((size_t)images.count, sizeof(int))};
    Key *keys = memory_allocate((size_t)all, sizeof *keys);
    bool *known = memory_allocate((size_t)all, sizeof *known);
    for (int i = 0; i < all; i++)
        keys[i] = (Key){i < set->count ? image_hash(set, i) : image_hash(&images, i - set->count), i};
    qsort(keys, (size_t)all, sizeof *keys, compare_keys);
    for (int i = 1; i < all; i++)
        known[keys[i].image] = keys[i].hash == keys[i - 1].hash;
    for (int i = 0; i < images.count; i++)
        if (!known[set->count + i])
            fresh->selection.images[fresh->selection.count++] = i;
    free(keys);
    free(known);
}

uint64_t training_images_fingerprint(const TrainingImages *images)
{
    const Selection *selection = &images->selection;
    uint64_t sum = 0;
    for (int i = 0; i < selection->count; i++)
        sum += rng_mix(selection->set->labels[selection->images[i]], image_hash(selection->set, selection->images[i]));
    return rng_mix(sum, (uint64_t)selection->count);
}

int training_images_count(const TrainingImages *images)
{
    return images->selection.count;
}

int held_out_images_count(const HeldOutImages *images)
{
    return images->selection.count;
}

ImageSet training_images_sizes(const TrainingImages *images)
{
    return sizes_of(&images->selection);
}

ImageSet held_out_images_sizes(const HeldOutImages *images)
{
    return sizes_of(&images->selection);
}

int training_images_read(const TrainingImages *images, int index, float *ret_pixels)
{
    return read_image(&images->selection, index, ret_pixels);
}

int held_out_images_read(const HeldOutImages *images, int index, float *ret_pixels)
{
    return read_image(&images->selection, index, ret_pixels);
}

int training_images_at(const TrainingImages *images, int index)
{
    assert(index >= 0 && index < images->selection.count);
    return images->selection.images[index];
}

int held_out_images_at(const HeldOutImages *images, int index)
{
    assert(index >= 0 && index < images->selection.count);
    return images->selection.images[index];
}

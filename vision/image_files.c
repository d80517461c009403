#include "images.h"

#include "../sim/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    IDX_IMAGES = 0x803,
    IDX_LABELS = 0x801,
    IDX_IMAGES_HEAD = 16, /* bytes */
    IDX_LABELS_HEAD = 8,
    IDX_CLASSES = 10,
    CIFAR_SIDE = 32,
    CIFAR_CHANNELS = 3,
    CIFAR_CLASSES = 10,
    CIFAR_RECORD = 1 + CIFAR_CHANNELS * CIFAR_SIDE * CIFAR_SIDE
};

/* Of a file of images: the most that any within the limits has. */
#define FILE_LIMIT ((long long)IMAGE_COUNT_LIMIT * CIFAR_RECORD)

/* All bytes of a file, which the caller frees; NULL, and why in `error`. */
static uint8_t *read_file(const char *path, size_t *ret_size, Error *error)
{
    FILE *stream = fopen(path, "rb");
    struct stat status;
    if (!stream) {
        error_set(error, path, 0, 0, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    uint8_t *bytes = NULL;
    if (fstat(fileno(stream), &status) != 0 || !S_ISREG(status.st_mode))
        error_set(error, path, 0, 0, "is not a file");
    else if (status.st_size > FILE_LIMIT)
        error_set(error, path, 0, 0, "is larger than %lld bytes", FILE_LIMIT);
    else {
        *ret_size = (size_t)status.st_size;
        bytes = memory_allocate(*ret_size, 1);
        if (fread(bytes, 1, *ret_size, stream) != *ret_size) {
            error_set(error, path, 0, 0, "cannot be read");
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(stream);
    return bytes;
}

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Whether a file of `size` bytes begins with the head of IDX images or labels. */
static bool check_head(const char *path, const uint8_t *bytes, size_t size, uint32_t magic, size_t head, Error *error)
{
    if (size < head)
        error_set(error, path, 0, 0, "is cut short: %zu bytes where its head has %zu", size, head);
    else if (big_endian(bytes) != magic)
        error_set(error, path, 0, 0, "begins with 0x%08x where IDX %s begin with 0x%08x%s", big_endian(bytes),
                  magic == IDX_IMAGES ? "images" : "labels", magic,
                  bytes[0] == 0x1f && bytes[1] == 0x8b ? ": it is compressed, unpack it with gunzip" : "");
    else if (big_endian(bytes + 4) < 1 || big_endian(bytes + 4) > IMAGE_COUNT_LIMIT)
        error_set(error, path, 0, 0, "holds %u items where 1 to %d are possible", big_endian(bytes + 4),
                  IMAGE_COUNT_LIMIT);
    else
        return true;
    return false;
}

/* Whether all bytes that the head promises are there, and no others. */
static bool check_size(const char *path, size_t size, size_t wanted, Error *error)
{
    if (size < wanted)
        error_set(error, path, 0, 0, "is cut short: %zu of %zu bytes", size, wanted);
    else if (size > wanted)
        error_set(error, path, 0, 0, "has %zu bytes where its head tells of %zu", size, wanted);
    return size == wanted;
}

/* Bytes of images and labels into a set. */
static bool read_idx(const char *const paths[2], uint8_t *const bytes[2], const size_t size[2], ImageSet *ret_set,
                     Error *error)
{
    if (!check_head(paths[0], bytes[0], size[0], IDX_IMAGES, IDX_IMAGES_HEAD, error) ||
        !check_head(paths[1], bytes[1], size[1], IDX_LABELS, IDX_LABELS_HEAD, error))
        return false;
    uint32_t count = big_endian(bytes[0] + 4), rows = big_endian(bytes[0] + 8), columns = big_endian(bytes[0] + 12);
    if (rows < 1 || rows > IMAGE_SIDE_LIMIT || columns < 1 || columns > IMAGE_SIDE_LIMIT) {
        error_set(error, paths[0], 0, 0, "has images of %u x %u where 1 to %d a side are possible", rows, columns,
                  IMAGE_SIDE_LIMIT);
        return false;
    }
    if (!check_size(paths[0], size[0], IDX_IMAGES_HEAD + (size_t)count * rows * columns, error) ||
        !check_size(paths[1], size[1], IDX_LABELS_HEAD + (size_t)big_endian(bytes[1] + 4), error))
        return false;
    if (big_endian(bytes[1] + 4) != count) {
        error_set(error, paths[1], 0, 0, "holds %u labels for %u images", big_endian(bytes[1] + 4), count);
        return false;
    }
    const uint8_t *labels = bytes[1] + IDX_LABELS_HEAD;
    for (uint32_t i = 0; i < count; i++)
        if (labels[i] >= IDX_CLASSES) {
            error_set(error, paths[1], 0, 0, "has the label %d of image %u, where 0 to %d are possible", labels[i], i,
                      IDX_CLASSES - 1);
            return false;
        }
    *ret_set = image_set_create((ImageSet){.name = "idx",
                                           .count = (int)count,
                                           .height = (int)rows,
                                           .width = (int)columns,
                                           .channels = 1,
                                           .class_count = IDX_CLASSES,
                                           .brightest = UINT8_MAX});
    memcpy(ret_set->pixels, bytes[0] + IDX_IMAGES_HEAD, (size_t)count * image_size(ret_set));
    memcpy(ret_set->labels, labels, count);
    return true;
}

bool idx_read(const char *images_path, const char *labels_path, ImageSet *ret_set, Error *error)
{
    const char *const paths[2] = {images_path, labels_path};
    uint8_t *bytes[2] = {0};
    size_t size[2];
    bool whole = true;
    for (int i = 0; i < 2 && whole; i++) {
        bytes[i] = read_file(paths[i], &size[i], error);
        whole = bytes[i] != NULL;
    }
    whole = whole && read_idx(paths, bytes, size, ret_set, error);
    for (int i = 0; i < 2; i++)
        free(bytes[i]);
    return whole;
}

/* From planes of colour to pixels of channels. */
static void interleave(const uint8_t *planes, uint8_t *ret_pixels)
{
    const size_t plane = CIFAR_SIDE * CIFAR_SIDE;
    for (size_t pixel = 0; pixel < plane; pixel++)
        for (size_t channel = 0; channel < CIFAR_CHANNELS; channel++)
            ret_pixels[pixel * CIFAR_CHANNELS + channel] = planes[channel * plane + pixel];
}

/* Whether bytes are whole records with labels that can be. */
static bool check_cifar10(const char *path, const uint8_t *bytes, size_t size, Error *error)
{
    size_t count = size / CIFAR_RECORD;
    if (size % CIFAR_RECORD != 0 || count < 1 || count > IMAGE_COUNT_LIMIT) {
        error_set(error, path, 0, 0,
                  "has %zu bytes, which is no number from 1 to %d of records of %d bytes: it is cut short, or not the "
                  "binary version of CIFAR-10",
                  size, IMAGE_COUNT_LIMIT, CIFAR_RECORD);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (bytes[i * CIFAR_RECORD] >= CIFAR_CLASSES) {
            error_set(error, path, 0, 0, "has the label %d of image %zu, where 0 to %d are possible",
                      bytes[i * CIFAR_RECORD], i, CIFAR_CLASSES - 1);
            return false;
        }
    return true;
}

bool cifar10_read(const char *path, ImageSet *ret_set, Error *error)
{
    size_t size = 0;
    uint8_t *bytes = read_file(path, &size, error);
    bool whole = bytes && check_cifar10(path, bytes, size, error);
    if (whole) {
        *ret_set = image_set_create((ImageSet){.name = "cifar10",
                                               .count = (int)(size / CIFAR_RECORD),
                                               .height = CIFAR_SIDE,
                                               .width = CIFAR_SIDE,
                                               .channels = CIFAR_CHANNELS,
                                               .class_count = CIFAR_CLASSES,
                                               .brightest = UINT8_MAX});
        for (int i = 0; i < ret_set->count; i++) {
            const uint8_t *record = bytes + (size_t)i * CIFAR_RECORD;
            ret_set->labels[i] = record[0];
            interleave(record + 1, image_pixels(ret_set, i));
        }
    }
    free(bytes);
    return whole;
}

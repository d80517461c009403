/* What writing and reading files of weights share. */
#ifndef ORCHID_POLICIES_WEIGHTS_FILE_PARTS_H
#define ORCHID_POLICIES_WEIGHTS_FILE_PARTS_H

#include "weights_file.h"

#define WEIGHTS_MAGIC "orchid-w"

enum {
    WEIGHTS_FORMAT = 1,
    WEIGHTS_MAGIC_SIZE = 8,                         /* bytes, as all sizes here */
    WEIGHTS_HEAD_SIZE = WEIGHTS_MAGIC_SIZE + 4 + 8, /* magic, format, bytes of the file */
    WEIGHTS_CHECKSUM_SIZE = 8,
    WEIGHTS_TEXT_LIMIT = 1 << 20
};

/* Of `size` bytes. Every single changed byte changes it. */
uint64_t weights_checksum(const uint8_t *bytes, size_t size);

/* Bytes of one value. */
size_t weights_value_size(WeightsType type);

/* One value of `size` bytes in memory as the number whose bytes stand in the file, and back. */
uint64_t weights_value_bits(const void *value, size_t size);
void weights_value_set(void *value, size_t size, uint64_t bits);

#endif

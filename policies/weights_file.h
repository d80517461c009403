/* What a policy has learnt, in a file: named blocks of numbers and whose they are. For networks, tables, models alike.
 *
 * Little-endian on every machine: "orchid-w", u32 format, u64 bytes of the whole file, u64 features, the policy's name;
 * u32 number of settings and each one's key and value; u32 number of blocks and each one's name, u32 type, u64 number
 * of values and the values; u64 checksum of all before it. A text is its u32 length and its bytes. The same contents
 * are the same bytes. */
#ifndef ORCHID_POLICIES_WEIGHTS_FILE_H
#define ORCHID_POLICIES_WEIGHTS_FILE_H

#include "../sim/error.h"
#include "../sim/memory.h"

#include <stdbool.h>
#include <stdint.h>

/* Of the values of a block. The numbers are those in the file. */
typedef enum WeightsType { WEIGHTS_FLOAT32 = 1, WEIGHTS_FLOAT64 = 2, WEIGHTS_INT64 = 3, WEIGHTS_INT8 = 4 } WeightsType;

/* A parameter the policy was trained with, as text. */
typedef struct WeightsSetting {
    const char *key, *value;
} WeightsSetting;

typedef struct WeightsBlock {
    const char *name;
    WeightsType type;
    int64_t count;      /* values */
    const void *values; /* [count]; borrowed until the file is written, or in the arena of one that was read */
} WeightsBlock;

/* The contents of a file, under way in either direction. */
typedef struct WeightsFile {
    Arena arena;
    const char *path;   /* where it was read, for messages; NULL: nowhere */
    const char *policy; /* name of its type */
    uint64_t features;  /* a hash of the feature table it was trained on */
    int setting_count, block_count;
    WeightsSetting *settings;
    WeightsBlock *blocks;
} WeightsFile;

/* Contents without settings and blocks; `policy` is copied. End it with weights_file_free. */
void weights_file_init(WeightsFile *file, const char *policy, uint64_t features);
void weights_file_free(WeightsFile *file);

/* Appends a setting or a block; texts are copied, values must stay until the file is written. A block's name is new. */
void weights_file_add_setting(WeightsFile *file, const char *key, const char *value);
void weights_file_add(WeightsFile *file, const char *name, WeightsType type, int64_t count, const void *values);

/* Writes under a temporary name beside `path` and renames when all is on the disk, so `path` is the old file or the
 * whole new one. False, and why in `error`, where that fails; then nothing is left behind. */
bool weights_file_write(const WeightsFile *file, const char *path, Error *error);

/* Bytes of the file that weights_file_write writes. */
size_t weights_file_size(const WeightsFile *file);

/* Reads a file whole. False, and why in `error`, where it is no such file, of another format, cut short or damaged;
 * there is nothing to free then. */
bool weights_file_read(const char *path, WeightsFile *ret_file, Error *error);

/* Whether a file that was read holds weights of this policy, trained on these features. */
bool weights_file_suits(const WeightsFile *file, const char *policy, uint64_t features, Error *error);

/* Appends a block NAME.PART of zeros for the caller to fill; they live as long as `file`. */
int64_t *weights_file_add_words(WeightsFile *file, const char *name, const char *part, int64_t count);
double *weights_file_add_numbers(WeightsFile *file, const char *name, const char *part, int64_t count);

/* The value of a setting, or NULL. */
const char *weights_file_setting(const WeightsFile *file, const char *key);

/* The block of a name and type. NULL, and why in `error`, where there is none. */
const WeightsBlock *weights_file_find(const WeightsFile *file, const char *name, WeightsType type, Error *error);

/* Copies a block of exactly `count` values, or leaves ret_values alone and says in `error` what is missing. */
bool weights_file_copy(const WeightsFile *file, const char *name, WeightsType type, int64_t count, void *ret_values,
                       Error *error);

/* One of the blocks that a structure consists of. */
typedef struct WeightsPart {
    const char *name;
    WeightsType type;
} WeightsPart;

/* Finds the blocks NAME.PART of all `count` parts, ret_blocks[count], or says in `error` which is missing. */
bool weights_file_find_parts(const WeightsFile *file, const char *name, const WeightsPart *parts, int count,
                             const WeightsBlock **ret_blocks, Error *error);

/* Says in `error`, unless `possible`, that the blocks NAME.* contradict each other; returns `possible`. */
bool weights_file_check(const WeightsFile *file, const char *name, bool possible, Error *error);

#endif

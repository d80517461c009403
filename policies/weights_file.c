#include "weights_file_parts.h"

#include "../sim/rng.h"

#include <stdlib.h>
#include <string.h>

/* Each step is one-to-one in the word it takes in. */
uint64_t weights_checksum(const uint8_t *bytes, size_t size)
{
    uint64_t sum = size;
    for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
        uint64_t word = 0;
        for (size_t i = 0; i < sizeof word && at + i < size; i++)
            word |= (uint64_t)bytes[at + i] << (8 * i);
        sum = rng_mix(sum, word);
    }
    return sum;
}

size_t weights_value_size(WeightsType type)
{
    return type == WEIGHTS_INT8 ? sizeof(int8_t) : type == WEIGHTS_FLOAT32 ? sizeof(float) : sizeof(int64_t);
}

uint64_t weights_value_bits(const void *value, size_t size)
{
    uint8_t byte = 0;
    uint32_t narrow = 0;
    uint64_t wide = 0;
    memcpy(size == sizeof byte ? (void *)&byte : size == sizeof narrow ? (void *)&narrow : &wide, value, size);
    return size == sizeof byte ? byte : size == sizeof narrow ? narrow : wide;
}

void weights_value_set(void *value, size_t size, uint64_t bits)
{
    uint8_t byte = (uint8_t)bits;
    uint32_t narrow = (uint32_t)bits;
    memcpy(value, size == sizeof byte ? (void *)&byte : size == sizeof narrow ? (void *)&narrow : &bits, size);
}

void weights_file_init(WeightsFile *file, const char *policy, uint64_t features)
{
    *file = (WeightsFile){.features = features};
    file->policy = arena_string(&file->arena, policy);
}

void weights_file_free(WeightsFile *file)
{
    arena_free(&file->arena);
    free(file->settings);
    free(file->blocks);
    *file = (WeightsFile){0};
}

void weights_file_add_setting(WeightsFile *file, const char *key, const char *value)
{
    size_t count = (size_t)file->setting_count++;
    file->settings = memory_grow(file->settings, count, count + 1, sizeof *file->settings);
    file->settings[count] = (WeightsSetting){arena_string(&file->arena, key), arena_string(&file->arena, value)};
}

void weights_file_add(WeightsFile *file, const char *name, WeightsType type, int64_t count, const void *values)
{
    size_t blocks = (size_t)file->block_count++;
    file->blocks = memory_grow(file->blocks, blocks, blocks + 1, sizeof *file->blocks);
    file->blocks[blocks] = (WeightsBlock){arena_string(&file->arena, name), type, count, values};
}

static void *add_part(WeightsFile *file, const char *name, WeightsPart part, int64_t count)
{
    void *values = arena_allocate(&file->arena, (size_t)count, weights_value_size(part.type));
    weights_file_add(file, arena_format(&file->arena, "%s.%s", name, part.name), part.type, count, values);
    return values;
}

int64_t *weights_file_add_words(WeightsFile *file, const char *name, const char *part, int64_t count)
{
    return add_part(file, name, (WeightsPart){part, WEIGHTS_INT64}, count);
}

double *weights_file_add_numbers(WeightsFile *file, const char *name, const char *part, int64_t count)
{
    return add_part(file, name, (WeightsPart){part, WEIGHTS_FLOAT64}, count);
}

bool weights_file_suits(const WeightsFile *file, const char *policy, uint64_t features, Error *error)
{
    if (strcmp(file->policy, policy) != 0)
        error_set(error, file->path, 0, 0, "holds weights of the policy %s, not of %s", file->policy, policy);
    else if (file->features != features)
        error_set(error, file->path, 0, 0,
                  "holds weights for questions with other features than these (%016llx, and here %016llx)",
                  (unsigned long long)file->features, (unsigned long long)features);
    else
        return true;
    return false;
}

const char *weights_file_setting(const WeightsFile *file, const char *key)
{
    for (int i = 0; i < file->setting_count; i++)
        if (strcmp(file->settings[i].key, key) == 0)
            return file->settings[i].value;
    return NULL;
}

const WeightsBlock *weights_file_find(const WeightsFile *file, const char *name, WeightsType type, Error *error)
{
    for (int i = 0; i < file->block_count; i++)
        if (strcmp(file->blocks[i].name, name) == 0 && file->blocks[i].type == type)
            return &file->blocks[i];
    static const char *const names[] = {"", "float32", "float64", "int64", "int8"};
    error_set(error, file->path, 0, 0, "has no block `%s` of type %s", name, names[type]);
    return NULL;
}

bool weights_file_copy(const WeightsFile *file, const char *name, WeightsType type, int64_t count, void *ret_values,
                       Error *error)
{
    const WeightsBlock *block = weights_file_find(file, name, type, error);
    if (block && block->count != count)
        error_set(error, file->path, 0, 0, "has %lld values in block `%s` where %lld are needed",
                  (long long)block->count, name, (long long)count);
    if (!block || block->count != count)
        return false;
    memcpy(ret_values, block->values, (size_t)count * weights_value_size(type));
    return true;
}

bool weights_file_find_parts(const WeightsFile *file, const char *name, const WeightsPart *parts, int count,
                             const WeightsBlock **ret_blocks, Error *error)
{
    Arena arena = {0};
    bool found = true;
    for (int i = 0; i < count && found; i++) {
        const char *block = arena_format(&arena, "%s.%s", name, parts[i].name);
        ret_blocks[i] = weights_file_find(file, block, parts[i].type, error);
        found = ret_blocks[i] != NULL;
    }
    arena_free(&arena);
    return found;
}

bool weights_file_check(const WeightsFile *file, const char *name, bool possible, Error *error)
{
    if (!possible)
        error_set(error, file->path, 0, 0, "holds a table `%s` that contradicts itself", name);
    return possible;
}

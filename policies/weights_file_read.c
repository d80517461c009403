#include "weights_file_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes that are read in order. Past the end, and where something cannot be, `damaged` is set and zeros come. */
typedef struct Source {
    const uint8_t *bytes;
    size_t size, at;
    bool damaged;
} Source;

static bool has_bytes(Source *source, uint64_t size)
{
    source->damaged = source->damaged || size > source->size - source->at;
    return !source->damaged;
}

static uint64_t get_number(Source *source, size_t size)
{
    uint64_t value = 0;
    if (!has_bytes(source, size))
        return 0;
    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)source->bytes[source->at + i] << (8 * i);
    source->at += size;
    return value;
}

static const char *get_text(Source *source, Arena *arena)
{
    uint64_t length = get_number(source, 4);
    if (length > WEIGHTS_TEXT_LIMIT || !has_bytes(source, length))
        source->damaged = true;
    if (source->damaged)
        return "";
    const char *text = arena_string_n(arena, (const char *)source->bytes + source->at, length);
    source->at += length;
    source->damaged = strlen(text) != length;
    return text;
}

static WeightsBlock get_block(Source *source, Arena *arena)
{
    WeightsBlock block = {.name = get_text(source, arena)};
    uint64_t type = get_number(source, 4), count = get_number(source, 8);
    if (type < WEIGHTS_FLOAT32 || type > WEIGHTS_INT8 || count > source->size)
        source->damaged = true;
    block.type = (WeightsType)type;
    size_t size = weights_value_size(block.type);
    if (source->damaged || !has_bytes(source, count * size))
        return block;
    char *values = arena_allocate(arena, count, size);
    for (uint64_t i = 0; i < count; i++)
        weights_value_set(values + i * size, size, get_number(source, size));
    block.count = (int64_t)count;
    block.values = values;
    return block;
}

/* The room for settings and blocks grows with what is there, as a count may be damaged. */
static bool get_file(Source *source, WeightsFile *file)
{
    file->features = get_number(source, 8);
    file->policy = get_text(source, &file->arena);
    uint64_t settings = get_number(source, 4);
    for (uint64_t i = 0; i < settings && !source->damaged; i++) {
        const char *key = get_text(source, &file->arena);
        weights_file_add_setting(file, key, get_text(source, &file->arena));
    }
    uint64_t blocks = get_number(source, 4);
    for (uint64_t i = 0; i < blocks && !source->damaged; i++) {
        WeightsBlock block = get_block(source, &file->arena);
        if (!source->damaged)
            weights_file_add(file, block.name, block.type, block.count, block.values);
    }
    return !source->damaged && source->at == source->size;
}

/* All bytes of a file, which the caller frees; NULL with errno set. */
static uint8_t *read_bytes(const char *path, size_t *ret_size)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "rb");
    struct stat status = {0};
    if (!stream)
        return NULL;
    size_t size = fstat(descriptor, &status) == 0 ? (size_t)status.st_size : 0;
    uint8_t *bytes = memory_allocate(size, 1);
    *ret_size = fread(bytes, 1, size, stream);
    int reason = errno;
    bool failed = ferror(stream) != 0;
    fclose(stream);
    if (!failed)
        return bytes;
    free(bytes);
    errno = reason;
    return NULL;
}

/* Whether the bytes are a whole file of this format, and what they are otherwise. */
static bool check_bytes(Source *source, const char *path, Error *error)
{
    bool ours = source->size >= WEIGHTS_HEAD_SIZE && memcmp(source->bytes, WEIGHTS_MAGIC, WEIGHTS_MAGIC_SIZE) == 0;
    source->at = WEIGHTS_MAGIC_SIZE;
    uint64_t format = ours ? get_number(source, 4) : 0, size = ours ? get_number(source, 8) : 0;
    if (!ours)
        error_set(error, path, 0, 0, "is not a file of weights");
    else if (format != WEIGHTS_FORMAT)
        error_set(error, path, 0, 0, "has weights in format %llu, and this version reads format %d",
                  (unsigned long long)format, WEIGHTS_FORMAT);
    else if (source->size < size)
        error_set(error, path, 0, 0, "is cut short: %zu of %llu bytes", source->size, (unsigned long long)size);
    else if (source->size > size || size < WEIGHTS_HEAD_SIZE + WEIGHTS_CHECKSUM_SIZE)
        error_set(error, path, 0, 0, "is damaged: %zu bytes where %llu belong", source->size, (unsigned long long)size);
    else {
        Source last = {.bytes = source->bytes, .size = source->size, .at = source->size - WEIGHTS_CHECKSUM_SIZE};
        source->size -= WEIGHTS_CHECKSUM_SIZE;
        if (get_number(&last, WEIGHTS_CHECKSUM_SIZE) == weights_checksum(source->bytes, source->size))
            return true;
        error_set(error, path, 0, 0, "is damaged: its checksum does not match");
    }
    return false;
}

bool weights_file_read(const char *path, WeightsFile *ret_file, Error *error)
{
    Source source = {0};
    uint8_t *bytes = read_bytes(path, &source.size);
    if (!bytes) {
        error_set(error, path, 0, 0, "cannot be read: %s", strerror(errno));
        return false;
    }
    source.bytes = bytes;
    WeightsFile file = {0};
    bool whole = check_bytes(&source, path, error);
    if (whole && !get_file(&source, &file)) {
        error_set(error, path, 0, 0, "is damaged: its contents do not fit its size");
        whole = false;
    }
    free(bytes);
    if (!whole) {
        weights_file_free(&file);
        return false;
    }
    file.path = arena_string(&file.arena, path);
    *ret_file = file;
    return true;
}

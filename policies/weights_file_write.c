#include "weights_file_parts.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where bytes are written; `bytes` NULL only counts them. */
typedef struct Sink {
    uint8_t *bytes;
    size_t size;
} Sink;

static void put_number(Sink *sink, uint64_t value, size_t size)
{
    for (size_t i = 0; sink->bytes && i < size; i++)
        sink->bytes[sink->size + i] = (uint8_t)(value >> (8 * i));
    sink->size += size;
}

static void put_bytes(Sink *sink, const void *bytes, size_t size)
{
    if (sink->bytes)
        memcpy(sink->bytes + sink->size, bytes, size);
    sink->size += size;
}

static void put_text(Sink *sink, const char *text)
{
    size_t length = strlen(text);
    assert(length <= WEIGHTS_TEXT_LIMIT);
    put_number(sink, length, 4);
    put_bytes(sink, text, length);
}

static void put_values(Sink *sink, const WeightsBlock *block)
{
    size_t size = weights_value_size(block->type);
    for (int64_t i = 0; i < block->count; i++) {
        const char *value = (const char *)block->values + (size_t)i * size;
        put_number(sink, weights_value_bits(value, size), size);
    }
}

/* `size`: what the sink will hold in the end. */
static void put_file(Sink *sink, const WeightsFile *file, size_t size)
{
    put_bytes(sink, WEIGHTS_MAGIC, WEIGHTS_MAGIC_SIZE);
    put_number(sink, WEIGHTS_FORMAT, 4);
    put_number(sink, size, 8);
    put_number(sink, file->features, 8);
    put_text(sink, file->policy);
    put_number(sink, (uint64_t)file->setting_count, 4);
    for (int i = 0; i < file->setting_count; i++) {
        put_text(sink, file->settings[i].key);
        put_text(sink, file->settings[i].value);
    }
    put_number(sink, (uint64_t)file->block_count, 4);
    for (int i = 0; i < file->block_count; i++) {
        put_text(sink, file->blocks[i].name);
        put_number(sink, file->blocks[i].type, 4);
        put_number(sink, (uint64_t)file->blocks[i].count, 8);
        put_values(sink, &file->blocks[i]);
    }
    put_number(sink, sink->bytes ? weights_checksum(sink->bytes, sink->size) : 0, WEIGHTS_CHECKSUM_SIZE);
}

size_t weights_file_size(const WeightsFile *file)
{
    Sink counted = {0};
    put_file(&counted, file, 0);
    return counted.size;
}

static bool write_bytes(const char *temporary, const Sink *sink)
{
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (!stream)
        return false;
    bool written =
        fwrite(sink->bytes, 1, sink->size, stream) == sink->size && fflush(stream) == 0 && fsync(descriptor) == 0;
    int reason = errno;
    bool closed = fclose(stream) == 0;
    errno = written ? errno : reason;
    return written && closed;
}

bool weights_file_write(const WeightsFile *file, const char *path, Error *error)
{
    size_t size = weights_file_size(file);
    Sink sink = {.bytes = memory_allocate(size, 1)};
    put_file(&sink, file, size);
    Arena arena = {0};
    const char *temporary = arena_format(&arena, "%s.new-%ld", path, (long)getpid());
    bool written = write_bytes(temporary, &sink) && rename(temporary, path) == 0;
    if (!written) {
        error_set(error, path, 0, 0, "cannot be written: %s", strerror(errno));
        unlink(temporary);
    }
    arena_free(&arena);
    free(sink.bytes);
    return written;
}

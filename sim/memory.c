#include "memory.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { BLOCK_SIZE = 1 << 16, PAGE = 1 << 12, HUGE_PAGE = 1 << 21, EXIT_MACHINE = 3 };

struct ArenaBlock {
    struct ArenaBlock *older;
    size_t size;
    alignas(max_align_t) char bytes[];
};

/* The one place below the command line that prints and exits: nobody above could do better without memory. */
static _Noreturn void memory_exhausted(size_t count, size_t size)
{
    fprintf(stderr, "error: out of memory: %zu elements of %zu bytes\n", count, size);
    exit(EXIT_MACHINE);
}

void *memory_allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        memory_exhausted(count, size);
    return memory;
}

void *memory_allocate_lines(size_t count, size_t size)
{
    size_t bytes = (count * size + MEMORY_LINE) / MEMORY_LINE * MEMORY_LINE;
    char *memory = count > SIZE_MAX / 2 / size ? NULL : aligned_alloc(MEMORY_LINE, bytes);
    if (!memory)
        memory_exhausted(count, size);
    /* Advice only, on whole pages: large arrays lie one behind the other, so that huge pages span them. */
    if (bytes >= HUGE_PAGE / 2) {
        size_t to_page = PAGE - (uintptr_t)memory % PAGE;
        madvise(memory + to_page, (bytes - to_page) / PAGE * PAGE, MADV_HUGEPAGE);
    }
    return memset(memory, 0, bytes);
}

void *memory_grow(void *old, size_t old_count, size_t new_count, size_t size)
{
    assert(new_count >= old_count && size > 0);
    if (new_count > SIZE_MAX / size)
        memory_exhausted(new_count, size);
    char *memory = realloc(old, new_count ? new_count * size : 1);
    if (!memory)
        memory_exhausted(new_count, size);
    memset(memory + old_count * size, 0, (new_count - old_count) * size);
    return memory;
}

void *arena_allocate(Arena *arena, size_t count, size_t size)
{
    size_t alignment = alignof(max_align_t);
    if (size && count > (SIZE_MAX - BLOCK_SIZE) / size)
        memory_exhausted(count, size);
    size_t bytes = (count * size + alignment - 1) / alignment * alignment;
    if (!arena->block || arena->block->size - arena->used < bytes) {
        size_t block_size = bytes > BLOCK_SIZE ? bytes : BLOCK_SIZE;
        struct ArenaBlock *block = memory_allocate(1, sizeof *block + block_size);
        block->older = arena->block;
        block->size = block_size;
        arena->block = block;
        arena->used = 0;
    }
    void *memory = arena->block->bytes + arena->used;
    arena->used += bytes;
    arena->total += bytes;
    return memory;
}

void *arena_copy(Arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = arena_allocate(arena, count, size);
    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

char *arena_string(Arena *arena, const char *text)
{
    return arena_string_n(arena, text, strlen(text));
}

char *arena_string_n(Arena *arena, const char *text, size_t length)
{
    char *copy = arena_allocate(arena, length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

char *arena_format(Arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

char *arena_format_list(Arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    assert(length >= 0);
    char *text = arena_allocate(arena, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

size_t arena_bytes(const Arena *arena)
{
    size_t bytes = 0;
    for (const struct ArenaBlock *block = arena->block; block; block = block->older)
        bytes += sizeof *block + block->size;
    return bytes;
}

void arena_free(Arena *arena)
{
    for (struct ArenaBlock *block = arena->block; block;) {
        struct ArenaBlock *older = block->older;
        free(block);
        block = older;
    }
    *arena = (Arena){0};
}

/* Memory that does not fail: running out ends the program with a message and exit status 3. */
#ifndef ORCHID_SIM_MEMORY_H
#define ORCHID_SIM_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

/* `count` zeroed elements of `size` bytes; the caller frees with free(). Never NULL, also for 0 elements. */
void *memory_allocate(size_t count, size_t size);

/* Bytes of a cache line. */
enum { MEMORY_LINE = 64 };

/* The same, beginning on a cache line. */
void *memory_allocate_lines(size_t count, size_t size);

/* Resizes `old` (may be NULL) to `new_count` elements and zeroes those from `old_count` on. */
void *memory_grow(void *old, size_t old_count, size_t new_count, size_t size);

/* For what hardly ever happens on a path that often does, so that it stays short. */
#define MEMORY_COLD __attribute__((cold, noinline))

/* For what every event runs: all that it calls, but for what is cold, is compiled into it. */
#define MEMORY_HOT __attribute__((hot, flatten))

/* For functions that only prefetch: GCC takes those for functions without effect and drops the calls it has not inlined
 * at once. */
#define MEMORY_PREFETCHES __attribute__((always_inline)) static inline

/* A region freed as a whole: what is read from files lives in one. Zero is an empty arena. */
typedef struct Arena {
    struct ArenaBlock *block; /* newest block, owned */
    size_t used;              /* bytes used of it */
    size_t total;             /* bytes handed out by the arena so far */
} Arena;

/* `count` zeroed elements of `size` bytes, aligned for any type; valid until arena_free. */
void *arena_allocate(Arena *arena, size_t count, size_t size);

/* A copy of `count` elements of `size` bytes; of none, `items` may be NULL. */
void *arena_copy(Arena *arena, const void *items, size_t count, size_t size);

/* A copy of `text`, or of its first `length` bytes with a terminating zero. */
char *arena_string(Arena *arena, const char *text);
char *arena_string_n(Arena *arena, const char *text, size_t length);

/* printf into the arena. */
char *arena_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull(2)));

/* The same with the arguments already gathered. */
char *arena_format_list(Arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0), nonnull(2)));

/* Bytes that it holds, handed out or not. */
size_t arena_bytes(const Arena *arena);

/* Frees everything; the arena is empty again. */
void arena_free(Arena *arena);

#endif

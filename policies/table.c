#include "table.h"

#include "../sim/rng.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOT_COUNT = 64 };

static inline uint64_t word_at(const void *key, size_t byte)
{
    uint64_t word;
    memcpy(&word, (const char *)key + byte, sizeof word);
    return word;
}

static inline uint64_t hash_of(const Table *table, const void *key)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < table->key_size; i += sizeof(uint64_t))
        hash = rng_finalise(hash + word_at(key, i) + UINT64_C(0x9e3779b97f4a7c15));
    return hash;
}

/* Keys are a word or two: a call would cost more than it compares. */
static inline bool is_same(const Table *table, const void *a, const void *b)
{
    size_t i = 0;
    while (i < table->key_size && word_at(a, i) == word_at(b, i))
        i += sizeof(uint64_t);
    return i == table->key_size;
}

static const char *key_at(const Table *table, int64_t index)
{
    return table->keys + (size_t)index * table->key_size;
}

/* The slot that holds the key, or the free one where it belongs. */
static int64_t slot_of(const Table *table, const void *key)
{
    int64_t mask = table->slot_count - 1;
    int64_t slot = (int64_t)(hash_of(table, key) & (uint64_t)mask);
    while (table->slots[slot] && !is_same(table, key_at(table, table->slots[slot] - 1), key))
        slot = (slot + 1) & mask;
    return slot;
}

static void grow(Table *table)
{
    int64_t slot_count = table->slot_count ? 2 * table->slot_count : FIRST_SLOT_COUNT;
    free(table->slots);
    table->slots = memory_allocate((size_t)slot_count, sizeof *table->slots);
    table->slot_count = slot_count;
    table->keys = memory_grow(table->keys, (size_t)table->key_limit, (size_t)slot_count / 2, table->key_size);
    table->key_limit = slot_count / 2;
    for (int64_t i = 0; i < table->count; i++)
        table->slots[slot_of(table, key_at(table, i))] = i + 1;
}

void table_init(Table *table, size_t key_size)
{
    assert(key_size % sizeof(uint64_t) == 0);
    *table = (Table){.key_size = key_size};
}

void table_free(Table *table)
{
    free(table->slots);
    free(table->keys);
    *table = (Table){0};
}

void table_clear(Table *table)
{
    table->count = 0;
    if (table->slots)
        memset(table->slots, 0, (size_t)table->slot_count * sizeof *table->slots);
}

int64_t table_find(const Table *table, const void *key)
{
    return table->slot_count ? table->slots[slot_of(table, key)] - 1 : NOT_IN_TABLE;
}

int64_t table_insert(Table *table, const void *key)
{
    if (table->count == table->key_limit)
        grow(table);
    int64_t slot = slot_of(table, key);
    if (!table->slots[slot]) {
        memcpy(table->keys + (size_t)table->count * table->key_size, key, table->key_size);
        table->slots[slot] = ++table->count;
    }
    return table->slots[slot] - 1;
}

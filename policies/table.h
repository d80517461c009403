/* A growing set of keys of one size, each with an index in order of insertion, for tables that grow with what a policy
 * has seen. Values live in the caller's arrays under the same index. */
#ifndef ORCHID_POLICIES_TABLE_H
#define ORCHID_POLICIES_TABLE_H

#include "../sim/memory.h"

#include <stdint.h>

enum { NOT_IN_TABLE = -1 };

/* Open addressing, never more than half full. Keys are compared as bytes: no padding, one form for each value. */
typedef struct Table {
    size_t key_size;    /* bytes, a multiple of 8 */
    int64_t count;      /* keys held */
    int64_t key_limit;  /* keys there is room for */
    int64_t slot_count; /* a power of two, or 0 before the first insertion */
    int64_t *slots;     /* [slot_count] index + 1; 0: free */
    char *keys;         /* [key_limit] */
} Table;

void table_init(Table *table, size_t key_size);
void table_free(Table *table);

/* Forgets all keys but keeps the memory. */
void table_clear(Table *table);

/* The index of a key, or NOT_IN_TABLE. */
int64_t table_find(const Table *table, const void *key);

/* The index of a key, which becomes the last one (the former `count`) where it is new. */
int64_t table_insert(Table *table, const void *key);

#endif

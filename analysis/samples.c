#include "samples.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows as they come, before it is known how many belong together. */
typedef struct Rows {
    Arena *arena;
    int name_count, value_count;
    size_t count, capacity;
    const char **names; /* [count][name_count] */
    double *values;     /* [count][value_count] */
} Rows;

static bool keep_row(void *context, int column_count, const char *const *columns, const StoreValue *values)
{
    (void)columns;
    Rows *rows = context;
    rows->value_count = column_count - rows->name_count;
    assert(rows->value_count > 0 && rows->value_count <= SAMPLE_VALUE_LIMIT);
    size_t names = (size_t)rows->name_count, numbers = (size_t)rows->value_count;
    if (rows->count == rows->capacity) {
        size_t grown = 2 * rows->capacity + 64;
        rows->names = memory_grow(rows->names, rows->capacity * names, grown * names, sizeof *rows->names);
        rows->values = memory_grow(rows->values, rows->capacity * numbers, grown * numbers, sizeof *rows->values);
        rows->capacity = grown;
    }
    for (size_t i = 0; i < names; i++)
        rows->names[rows->count * names + i] = arena_string(rows->arena, values[i].text);
    for (size_t i = 0; i < numbers; i++) {
        const StoreValue *value = &values[names + i];
        rows->values[rows->count * numbers + i] = value->null ? NAN : value->number;
    }
    rows->count++;
    return true;
}

static bool same_names(const Rows *rows, size_t first, size_t second)
{
    size_t names = (size_t)rows->name_count;
    for (size_t i = 0; i < names; i++)
        if (strcmp(rows->names[first * names + i], rows->names[second * names + i]) != 0)
            return false;
    return true;
}

/* Rows `first` to before `end`. */
static void fill_sample(const Rows *rows, size_t first, size_t end, Replicates *sample)
{
    sample->count = (int)(end - first);
    for (int i = 0; i < rows->name_count; i++)
        sample->names[i] = rows->names[first * (size_t)rows->name_count + (size_t)i];
    for (int v = 0; v < rows->value_count; v++) {
        sample->values[v] = arena_allocate(rows->arena, end - first, sizeof *sample->values[v]);
        for (size_t i = first; i < end; i++)
            sample->values[v][i - first] = rows->values[i * (size_t)rows->value_count + (size_t)v];
    }
}

StoreStatus samples_read(Store *store, const char *sql, const char *const *parameters, int parameter_count,
                         int name_count, Arena *arena, Samples *ret_samples, Error *error)
{
    assert(name_count > 0 && name_count <= SAMPLE_NAME_LIMIT);
    Rows rows = {.arena = arena, .name_count = name_count};
    StoreStatus status = store_query(store, sql, parameters, parameter_count, keep_row, &rows, error);
    *ret_samples = (Samples){.items = arena_allocate(arena, rows.count, sizeof(Replicates))};
    for (size_t first = 0, end; status == STORE_FINE && first < rows.count; first = end) {
        for (end = first + 1; end < rows.count && same_names(&rows, first, end);)
            end++;
        fill_sample(&rows, first, end, &ret_samples->items[ret_samples->count++]);
    }
    free(rows.names);
    free(rows.values);
    return status;
}

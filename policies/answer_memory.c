#include "answer_memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of one question in each array. */
static size_t row_count(const AnswerShape *shape)
{
    return (size_t)shape->ask_count * (size_t)shape->row_size;
}

static size_t value_count(const AnswerShape *shape)
{
    return (size_t)shape->ask_count * (size_t)shape->value_size;
}

static void grow(AnswerArrays *arrays, const AnswerShape *shape, size_t old, size_t wide)
{
    size_t asks = (size_t)shape->ask_count, rows = row_count(shape), values = value_count(shape);
    arrays->rows = memory_grow(arrays->rows, old * rows, wide * rows, sizeof *arrays->rows);
    arrays->values = memory_grow(arrays->values, old * values, wide * values, sizeof *arrays->values);
    arrays->actions = memory_grow(arrays->actions, old * asks, wide * asks, sizeof *arrays->actions);
    arrays->costs = memory_grow(arrays->costs, old * asks, wide * asks, sizeof *arrays->costs);
}

static void free_arrays(AnswerArrays *arrays)
{
    free(arrays->rows);
    free(arrays->values);
    free(arrays->actions);
    free(arrays->costs);
}

void answer_memory_init(AnswerMemory *memory, AnswerShape shape)
{
    assert(shape.capacity >= 1 && shape.ask_count >= 1 && shape.row_size >= 1 && shape.value_size >= 0);
    *memory = (AnswerMemory){.shape = shape};
    grow(&memory->ended, &shape, 0, (size_t)shape.capacity);
}

void answer_memory_free(AnswerMemory *memory)
{
    free_arrays(&memory->ended);
    free_arrays(&memory->open);
    free(memory->free);
    pending_free(&memory->pending);
    *memory = (AnswerMemory){0};
}

void answer_memory_abandon(AnswerMemory *memory)
{
    pending_clear(&memory->pending);
    memory->free_count = 0;
    for (int64_t place = memory->open_limit - 1; place >= 0; place--)
        memory->free[memory->free_count++] = place;
}

void answer_memory_clear(AnswerMemory *memory)
{
    memory->count = memory->next = 0;
}

static int64_t take_place(AnswerMemory *memory)
{
    if (memory->free_count == 0) {
        size_t old = (size_t)memory->open_limit, wide = 2 * old + 4;
        grow(&memory->open, &memory->shape, old, wide);
        memory->free = memory_grow(memory->free, old, wide, sizeof *memory->free);
        memory->open_limit = (int64_t)wide;
        for (int64_t place = memory->open_limit - 1; place >= (int64_t)old; place--)
            memory->free[memory->free_count++] = place;
    }
    return memory->free[--memory->free_count];
}

static void put(const AnswerShape *shape, AnswerArrays *arrays, int64_t place, const float *rows, const int *actions,
                const float *values)
{
    size_t asks = (size_t)shape->ask_count, row_numbers = row_count(shape), value_numbers = value_count(shape);
    memcpy(arrays->rows + (size_t)place * row_numbers, rows, row_numbers * sizeof *rows);
    memcpy(arrays->actions + (size_t)place * asks, actions, asks * sizeof *actions);
    if (value_numbers > 0)
        memcpy(arrays->values + (size_t)place * value_numbers, values, value_numbers * sizeof *values);
}

void answer_memory_open(AnswerMemory *memory, int64_t decision, const float *rows, const int *actions,
                        const float *values)
{
    if (decision == 0)
        answer_memory_abandon(memory);
    int64_t place = take_place(memory);
    put(&memory->shape, &memory->open, place, rows, actions, values);
    pending_add(&memory->pending, decision)->row = place;
}

bool answer_memory_end(AnswerMemory *memory, int64_t decision, const float *costs)
{
    PendingDecision *pending = pending_find(&memory->pending, decision);
    if (!pending)
        return false;
    const AnswerShape *shape = &memory->shape;
    const AnswerArrays *open = &memory->open;
    size_t from = (size_t)pending->row, asks = (size_t)shape->ask_count;
    put(shape, &memory->ended, memory->next, open->rows + from * row_count(shape), open->actions + from * asks,
        open->values + from * value_count(shape));
    memcpy(memory->ended.costs + (size_t)memory->next * asks, costs, asks * sizeof *costs);
    memory->next = (memory->next + 1) % shape->capacity;
    memory->count += memory->count < shape->capacity;
    memory->free[memory->free_count++] = pending->row;
    pending->open = false;
    return true;
}

enum { RING, ROWS, VALUES, ACTIONS, COSTS, PART_COUNT };

static const WeightsPart parts[PART_COUNT] = {[RING] = {"ring", WEIGHTS_INT64},
                                              [ROWS] = {"rows", WEIGHTS_FLOAT32},
                                              [VALUES] = {"values", WEIGHTS_FLOAT32},
                                              [ACTIONS] = {"actions", WEIGHTS_INT64},
                                              [COSTS] = {"costs", WEIGHTS_FLOAT32}};

static void add_floats(WeightsFile *file, const char *name, int part, size_t count, const float *values)
{
    weights_file_add(file, arena_format(&file->arena, "%s.%s", name, parts[part].name), WEIGHTS_FLOAT32, (int64_t)count,
                     values);
}

void answer_memory_save(const AnswerMemory *memory, WeightsFile *file, const char *name)
{
    const AnswerShape *shape = &memory->shape;
    size_t count = (size_t)memory->count, asks = (size_t)shape->ask_count;
    int64_t *ring = weights_file_add_words(file, name, parts[RING].name, 2);
    ring[0] = memory->count;
    ring[1] = memory->next;
    add_floats(file, name, ROWS, count * row_count(shape), memory->ended.rows);
    add_floats(file, name, VALUES, count * value_count(shape), memory->ended.values);
    int64_t *actions = weights_file_add_words(file, name, parts[ACTIONS].name, (int64_t)(count * asks));
    for (size_t i = 0; i < count * asks; i++)
        actions[i] = memory->ended.actions[i];
    add_floats(file, name, COSTS, count * asks, memory->ended.costs);
}

bool answer_memory_load(AnswerMemory *memory, const WeightsFile *file, const char *name, Error *error)
{
    const WeightsBlock *blocks[PART_COUNT];
    if (!weights_file_find_parts(file, name, parts, PART_COUNT, blocks, error))
        return false;
    const AnswerShape *shape = &memory->shape;
    const int64_t *ring = blocks[RING]->values, *actions = blocks[ACTIONS]->values;
    bool possible = blocks[RING]->count == 2 && ring[0] >= 0 && ring[0] <= shape->capacity && ring[1] >= 0 &&
                    (ring[0] < shape->capacity ? ring[1] == ring[0] : ring[1] < shape->capacity);
    size_t count = possible ? (size_t)ring[0] : 0, asks = (size_t)shape->ask_count;
    possible = possible && (size_t)blocks[ROWS]->count == count * row_count(shape) &&
               (size_t)blocks[VALUES]->count == count * value_count(shape) &&
               (size_t)blocks[ACTIONS]->count == count * asks && (size_t)blocks[COSTS]->count == count * asks;
    if (!weights_file_check(file, name, possible, error))
        return false;
    if (count > 0) {
        memcpy(memory->ended.rows, blocks[ROWS]->values, count * row_count(shape) * sizeof(float));
        memcpy(memory->ended.costs, blocks[COSTS]->values, count * asks * sizeof(float));
    }
    if (count * value_count(shape) > 0)
        memcpy(memory->ended.values, blocks[VALUES]->values, count * value_count(shape) * sizeof(float));
    for (size_t i = 0; i < count * asks; i++)
        memory->ended.actions[i] = (int)actions[i];
    memory->count = ring[0];
    memory->next = ring[1];
    return true;
}

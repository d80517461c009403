#include "replay_memory_file.h"

#include <string.h>

enum { RING_WORDS = 2, ARRAY_COUNT = 4 };

/* The arrays of floats, with how many of them a transition has. */
typedef struct ReplayArray {
    const char *name;
    float *values;
    int64_t width;
} ReplayArray;

static void list_arrays(const ReplayMemory *memory, ReplayArray ret_arrays[ARRAY_COUNT])
{
    ret_arrays[0] = (ReplayArray){"states", memory->states, memory->shape.state_size};
    ret_arrays[1] = (ReplayArray){"next_states", memory->next_states, memory->shape.state_size};
    ret_arrays[2] = (ReplayArray){"rewards", memory->rewards, 1};
    ret_arrays[3] = (ReplayArray){"discounts", memory->discounts, 1};
}

void replay_memory_file_add(WeightsFile *file, const char *name, const ReplayMemory *memory)
{
    Arena *arena = &file->arena;
    int64_t count = memory->count, action_count = count * memory->shape.action_size;
    int64_t *ring = arena_allocate(arena, RING_WORDS, sizeof *ring);
    ring[0] = count;
    ring[1] = memory->next;
    weights_file_add(file, arena_format(arena, "%s.ring", name), WEIGHTS_INT64, RING_WORDS, ring);
    ReplayArray arrays[ARRAY_COUNT];
    list_arrays(memory, arrays);
    for (int i = 0; i < ARRAY_COUNT; i++)
        weights_file_add(file, arena_format(arena, "%s.%s", name, arrays[i].name), WEIGHTS_FLOAT32,
                         count * arrays[i].width, arrays[i].values);
    int64_t *actions = arena_allocate(arena, (size_t)action_count, sizeof *actions);
    for (int64_t i = 0; i < action_count; i++)
        actions[i] = memory->actions[i];
    weights_file_add(file, arena_format(arena, "%s.actions", name), WEIGHTS_INT64, action_count, actions);
    if (memory->shape.exponent <= 0)
        return;
    double *priorities = arena_allocate(arena, (size_t)count + 1, sizeof *priorities);
    for (int64_t i = 0; i < count; i++)
        priorities[i] = sum_tree_weight(&memory->priorities, i);
    priorities[count] = memory->greatest_priority;
    weights_file_add(file, arena_format(arena, "%s.priorities", name), WEIGHTS_FLOAT64, count + 1, priorities);
}

static bool read_priorities(const WeightsFile *file, const char *block, int64_t count, ReplayMemory *memory,
                            Arena *arena, Error *error)
{
    double *priorities = arena_allocate(arena, (size_t)count + 1, sizeof *priorities);
    if (!weights_file_copy(file, block, WEIGHTS_FLOAT64, count + 1, priorities, error))
        return false;
    for (int64_t i = 0; i < count; i++)
        sum_tree_set(&memory->priorities, i, priorities[i]);
    memory->greatest_priority = priorities[count];
    return true;
}

bool replay_memory_file_read(const WeightsFile *file, const char *name, ReplayMemory *memory, Error *error)
{
    Arena arena = {0};
    int64_t ring[RING_WORDS];
    bool whole = weights_file_copy(file, arena_format(&arena, "%s.ring", name), WEIGHTS_INT64, RING_WORDS, ring, error);
    int64_t count = whole ? ring[0] : 0, capacity = memory->shape.capacity;
    if (whole && (count < 0 || count > capacity || ring[1] != (count < capacity ? count : ring[1] % capacity))) {
        error_set(error, file->path, 0, 0, "has a replay memory `%s` that contradicts itself", name);
        whole = false;
    }
    ReplayArray arrays[ARRAY_COUNT];
    list_arrays(memory, arrays);
    for (int i = 0; i < ARRAY_COUNT && whole; i++)
        whole = weights_file_copy(file, arena_format(&arena, "%s.%s", name, arrays[i].name), WEIGHTS_FLOAT32,
                                  count * arrays[i].width, arrays[i].values, error);
    int64_t action_count = whole ? count * memory->shape.action_size : 0;
    int64_t *actions = arena_allocate(&arena, (size_t)action_count, sizeof *actions);
    whole = whole && weights_file_copy(file, arena_format(&arena, "%s.actions", name), WEIGHTS_INT64, action_count,
                                       actions, error);
    for (int64_t i = 0; i < action_count && whole; i++)
        memory->actions[i] = (int)actions[i];
    if (whole && memory->shape.exponent > 0)
        whole = read_priorities(file, arena_format(&arena, "%s.priorities", name), count, memory, &arena, error);
    memory->count = whole ? count : 0;
    memory->next = whole ? ring[1] : 0;
    arena_free(&arena);
    return whole;
}

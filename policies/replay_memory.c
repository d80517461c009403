#include "replay_memory.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* So that no transition is lost for ever (the paper, section 3.3). */
static const double LEAST_PRIORITY = 1e-6;

void replay_memory_init(ReplayMemory *memory, ReplayShape shape)
{
    assert(shape.capacity >= 1 && shape.state_size >= 1 && shape.action_size >= 1 && shape.exponent >= 0);
    size_t capacity = (size_t)shape.capacity, state_values = capacity * (size_t)shape.state_size;
    *memory = (ReplayMemory){.shape = shape, .greatest_priority = 1};
    memory->states = memory_allocate(state_values, sizeof *memory->states);
    memory->next_states = memory_allocate(state_values, sizeof *memory->next_states);
    memory->rewards = memory_allocate(capacity, sizeof *memory->rewards);
    memory->discounts = memory_allocate(capacity, sizeof *memory->discounts);
    memory->actions = memory_allocate(capacity * (size_t)shape.action_size, sizeof *memory->actions);
    if (shape.exponent > 0)
        sum_tree_init(&memory->priorities, shape.capacity);
}

void replay_memory_free(ReplayMemory *memory)
{
    free(memory->states);
    free(memory->next_states);
    free(memory->rewards);
    free(memory->discounts);
    free(memory->actions);
    sum_tree_free(&memory->priorities);
    *memory = (ReplayMemory){0};
}

void replay_memory_add(ReplayMemory *memory, Transition transition)
{
    int64_t place = memory->next, states = memory->shape.state_size, actions = memory->shape.action_size;
    memcpy(memory->states + place * states, transition.state, (size_t)states * sizeof(float));
    memcpy(memory->actions + place * actions, transition.actions, (size_t)actions * sizeof(int));
    memory->rewards[place] = transition.reward;
    memory->discounts[place] = transition.next_state ? transition.discount : 0;
    if (transition.next_state)
        memcpy(memory->next_states + place * states, transition.next_state, (size_t)states * sizeof(float));
    else
        memset(memory->next_states + place * states, 0, (size_t)states * sizeof(float));
    if (memory->shape.exponent > 0)
        sum_tree_set(&memory->priorities, place, memory->greatest_priority);
    memory->next = (place + 1) % memory->shape.capacity;
    memory->count += memory->count < memory->shape.capacity;
}

void replay_batch_init(ReplayBatch *batch, const ReplayShape *shape, int limit)
{
    assert(limit >= 1);
    size_t count = (size_t)limit, state_values = count * (size_t)shape->state_size;
    *batch = (ReplayBatch){.limit = limit};
    batch->states = memory_allocate(state_values, sizeof *batch->states);
    batch->next_states = memory_allocate(state_values, sizeof *batch->next_states);
    batch->rewards = memory_allocate(count, sizeof *batch->rewards);
    batch->discounts = memory_allocate(count, sizeof *batch->discounts);
    batch->actions = memory_allocate(count * (size_t)shape->action_size, sizeof *batch->actions);
    batch->weights = memory_allocate(count, sizeof *batch->weights);
    batch->places = memory_allocate(count, sizeof *batch->places);
}

void replay_batch_free(ReplayBatch *batch)
{
    free(batch->states);
    free(batch->next_states);
    free(batch->rewards);
    free(batch->discounts);
    free(batch->actions);
    free(batch->weights);
    free(batch->places);
    *batch = (ReplayBatch){0};
}

static void draw_uniform(const ReplayMemory *memory, Stream *stream, ReplayBatch *batch)
{
    for (int k = 0; k < batch->count; k++) {
        batch->places[k] = (int64_t)stream_uniform_integer(stream, (uint64_t)memory->count);
        batch->weights[k] = 1;
    }
}

/* Weights relative to the largest, which belongs to the least likely one: N drops out. */
static void draw_by_priority(const ReplayMemory *memory, Stream *stream, double correction, ReplayBatch *batch)
{
    double share = sum_tree_total(&memory->priorities) / batch->count, least = INFINITY;
    for (int k = 0; k < batch->count; k++) {
        batch->places[k] = sum_tree_find(&memory->priorities, (k + stream_uniform(stream)) * share);
        least = fmin(least, sum_tree_weight(&memory->priorities, batch->places[k]));
    }
    for (int k = 0; k < batch->count; k++)
        batch->weights[k] = (float)pow(least / sum_tree_weight(&memory->priorities, batch->places[k]), correction);
}

void replay_memory_sample(const ReplayMemory *memory, Stream *stream, int count, double correction, ReplayBatch *batch)
{
    assert(memory->count >= 1 && count >= 1 && count <= batch->limit);
    batch->count = count;
    if (memory->shape.exponent > 0)
        draw_by_priority(memory, stream, correction, batch);
    else
        draw_uniform(memory, stream, batch);
    replay_memory_recall(memory, batch);
}

void replay_memory_recall(const ReplayMemory *memory, ReplayBatch *batch)
{
    ptrdiff_t states = memory->shape.state_size, actions = memory->shape.action_size;
    for (ptrdiff_t k = 0; k < batch->count; k++) {
        int64_t place = batch->places[k];
        memcpy(batch->states + k * states, memory->states + place * states, (size_t)states * sizeof(float));
        memcpy(batch->next_states + k * states, memory->next_states + place * states, (size_t)states * sizeof(float));
        memcpy(batch->actions + k * actions, memory->actions + place * actions, (size_t)actions * sizeof(int));
        batch->rewards[k] = memory->rewards[place];
        batch->discounts[k] = memory->discounts[place];
    }
}

int64_t replay_memory_follow(const ReplayMemory *memory, int64_t place, int64_t within)
{
    const float *next_state = memory->next_states + place * memory->shape.state_size;
    size_t state_bytes = (size_t)memory->shape.state_size * sizeof(float);
    bool known = memory->discounts[place] > 0;
    for (int64_t i = 0; i < within; i++) {
        place = (place + 1) % memory->shape.capacity;
        if (place == memory->next)
            break;
        if (!known || memcmp(memory->states + place * memory->shape.state_size, next_state, state_bytes) == 0)
            return place;
    }
    return NO_PLACE;
}

void replay_memory_prioritise(ReplayMemory *memory, const ReplayBatch *batch, const float *errors)
{
    if (memory->shape.exponent <= 0)
        return;
    for (int k = 0; k < batch->count; k++) {
        double priority = pow(fabs((double)errors[k]) + LEAST_PRIORITY, memory->shape.exponent);
        sum_tree_set(&memory->priorities, batch->places[k], priority);
        memory->greatest_priority = fmax(memory->greatest_priority, priority);
    }
}

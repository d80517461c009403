#include "n_step.h"

#include "../sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void n_step_init(NStep *n_step, const ReplayShape *shape, int steps, float discount)
{
    assert(steps >= 1);
    *n_step = (NStep){
        .steps = steps, .discount = discount, .state_size = shape->state_size, .action_size = shape->action_size};
    n_step->states = memory_allocate((size_t)steps * (size_t)shape->state_size, sizeof *n_step->states);
    n_step->actions = memory_allocate((size_t)steps * (size_t)shape->action_size, sizeof *n_step->actions);
    n_step->rewards = memory_allocate((size_t)steps, sizeof *n_step->rewards);
    n_step->latest = memory_allocate((size_t)shape->state_size, sizeof *n_step->latest);
}

void n_step_free(NStep *n_step)
{
    free(n_step->states);
    free(n_step->actions);
    free(n_step->rewards);
    free(n_step->latest);
    *n_step = (NStep){0};
}

/* The oldest that waits becomes a transition over all that wait. Horner's rule from the last reward to the first. */
static void complete_oldest(NStep *n_step, const float *next_state, ReplayMemory *memory)
{
    float reward = 0, discount = 1;
    for (int k = n_step->count - 1; k >= 0; k--) {
        reward = n_step->rewards[(n_step->first + k) % n_step->steps] + n_step->discount * reward;
        discount *= n_step->discount;
    }
    replay_memory_add(memory, (Transition){.state = n_step->states + (ptrdiff_t)n_step->first * n_step->state_size,
                                           .actions = n_step->actions + (ptrdiff_t)n_step->first * n_step->action_size,
                                           .reward = reward,
                                           .next_state = next_state,
                                           .discount = discount});
    n_step->first = (n_step->first + 1) % n_step->steps;
    n_step->count--;
}

void n_step_add(NStep *n_step, Transition step, ReplayMemory *memory)
{
    ptrdiff_t place = (n_step->first + n_step->count) % n_step->steps;
    size_t state_bytes = (size_t)n_step->state_size * sizeof(float);
    memcpy(n_step->states + place * n_step->state_size, step.state, state_bytes);
    memcpy(n_step->actions + place * n_step->action_size, step.actions, (size_t)n_step->action_size * sizeof(int));
    n_step->rewards[place] = step.reward;
    n_step->count++;
    if (step.next_state)
        memcpy(n_step->latest, step.next_state, state_bytes);
    if (step.next_state && n_step->count == n_step->steps)
        complete_oldest(n_step, step.next_state, memory);
    while (!step.next_state && n_step->count > 0)
        complete_oldest(n_step, NULL, memory);
}

void n_step_flush(NStep *n_step, ReplayMemory *memory)
{
    while (n_step->count > 0)
        complete_oldest(n_step, n_step->latest, memory);
}

void n_step_join(ReplayBatch *batch, int state_size, const bool *goes_on)
{
    for (ptrdiff_t k = batch->count - 2; k >= 0; k--) {
        if (!goes_on[k])
            continue;
        float *next_state = batch->next_states + k * state_size;
        batch->rewards[k] += batch->discounts[k] * batch->rewards[k + 1];
        batch->discounts[k] *= batch->discounts[k + 1];
        memcpy(next_state, next_state + state_size, (size_t)state_size * sizeof *next_state);
    }
}

#include "experience.h"

#include "../sim/memory.h"

#include <stdlib.h>
#include <string.h>

static void forget_open_answers(Experience *experience)
{
    pending_clear(&experience->pending);
    experience->free_count = 0;
    for (int64_t slot = experience->limit - 1; slot >= 0; slot--)
        experience->free[experience->free_count++] = slot;
    for (int user = 0; user < experience->user_count; user++)
        experience->oldest[user] = experience->latest[user] = NO_DECISION;
}

void experience_init(Experience *experience, int user_count, const ReplayShape *shape, int steps, float discount)
{
    size_t users = (size_t)user_count;
    *experience = (Experience){.user_count = user_count,
                               .state_size = shape->state_size,
                               .action_size = shape->action_size,
                               .discount = discount,
                               .oldest = memory_allocate(users, sizeof *experience->oldest),
                               .latest = memory_allocate(users, sizeof *experience->latest),
                               .n_steps = memory_allocate(users, sizeof *experience->n_steps)};
    for (int user = 0; user < user_count; user++)
        n_step_init(&experience->n_steps[user], shape, steps, discount);
    forget_open_answers(experience);
}

void experience_free(Experience *experience)
{
    for (int user = 0; user < experience->user_count; user++)
        n_step_free(&experience->n_steps[user]);
    pending_free(&experience->pending);
    free(experience->free);
    free(experience->answers);
    free(experience->states);
    free(experience->actions);
    free(experience->oldest);
    free(experience->latest);
    free(experience->n_steps);
}

static float *state_of(const Experience *experience, int64_t slot)
{
    return experience->states + slot * experience->state_size;
}

static int *actions_of(const Experience *experience, int64_t slot)
{
    return experience->actions + slot * experience->action_size;
}

static int64_t take_slot(Experience *experience)
{
    if (experience->free_count == 0) {
        size_t old = (size_t)experience->limit, wide = 2 * old + 4;
        size_t states = (size_t)experience->state_size, actions = (size_t)experience->action_size;
        experience->free = memory_grow(experience->free, old, wide, sizeof *experience->free);
        experience->answers = memory_grow(experience->answers, old, wide, sizeof *experience->answers);
        experience->states = memory_grow(experience->states, old * states, wide * states, sizeof *experience->states);
        experience->actions =
            memory_grow(experience->actions, old * actions, wide * actions, sizeof *experience->actions);
        experience->limit = (int64_t)wide;
        for (int64_t slot = experience->limit - 1; slot >= (int64_t)old; slot--)
            experience->free[experience->free_count++] = slot;
    }
    return experience->free[--experience->free_count];
}

/* Hands on the user's oldest answer where all of it is known. */
static bool settle_oldest(Experience *experience, int user, ReplayMemory *memory)
{
    PendingDecision *pending = pending_find(&experience->pending, experience->oldest[user]);
    if (!pending || !pending->rewarded)
        return false;
    int64_t next = experience->answers[pending->row].next;
    const float *next_state = NULL;
    if (experience->discount > 0) {
        const PendingDecision *successor = pending_find(&experience->pending, next);
        if (!successor)
            return false;
        next_state = state_of(experience, successor->row);
    }
    n_step_add(&experience->n_steps[user],
               (Transition){.state = state_of(experience, pending->row),
                            .actions = actions_of(experience, pending->row),
                            .reward = (float)pending->reward,
                            .next_state = next_state},
               memory);
    experience->free[experience->free_count++] = pending->row;
    pending->open = false;
    experience->oldest[user] = next;
    return true;
}

static int settle(Experience *experience, int user, ReplayMemory *memory)
{
    int count = 0;
    while (settle_oldest(experience, user, memory))
        count++;
    return count;
}

int experience_answer(Experience *experience, int64_t decision, int user, const float *state, const int *actions,
                      ReplayMemory *memory)
{
    if (decision == 0)
        forget_open_answers(experience);
    int64_t slot = take_slot(experience);
    experience->answers[slot] = (OpenAnswer){.user = user, .next = NO_DECISION};
    memcpy(state_of(experience, slot), state, (size_t)experience->state_size * sizeof *state);
    memcpy(actions_of(experience, slot), actions, (size_t)experience->action_size * sizeof *actions);
    const PendingDecision *before = pending_find(&experience->pending, experience->latest[user]);
    if (before)
        experience->answers[before->row].next = decision;
    if (experience->oldest[user] == NO_DECISION)
        experience->oldest[user] = decision;
    experience->latest[user] = decision;
    pending_add(&experience->pending, decision)->row = slot;
    return settle(experience, user, memory);
}

bool experience_find(const Experience *experience, int64_t decision, const float **ret_state, const int **ret_actions)
{
    const PendingDecision *pending = pending_find(&experience->pending, decision);
    if (!pending)
        return false;
    *ret_state = state_of(experience, pending->row);
    *ret_actions = actions_of(experience, pending->row);
    return true;
}

int experience_reward(Experience *experience, int64_t decision, float reward, ReplayMemory *memory)
{
    PendingDecision *pending = pending_find(&experience->pending, decision);
    if (!pending)
        return 0;
    pending->rewarded = true;
    pending->reward = (double)reward;
    return settle(experience, experience->answers[pending->row].user, memory);
}

void experience_conclude(Experience *experience, ReplayMemory *memory)
{
    for (int user = 0; user < experience->user_count; user++)
        n_step_flush(&experience->n_steps[user], memory);
    forget_open_answers(experience);
}

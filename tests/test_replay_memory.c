/* Replay memories against lists, sums, and the probabilities they promise. */
#include "../policies/n_step.h"
#include "../policies/replay_memory.h"
#include "../sim/memory.h"
#include "check.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Stream stream_of(uint64_t seed)
{
    return stream_create(seed, 0, STREAM_POLICY, 0);
}

/* The transition number `i`: every part of it tells i. Each fifth has no successor. */
static void add_numbered(ReplayMemory *memory, int i)
{
    const float state[2] = {(float)i, (float)-i}, next[2] = {(float)(i + 1), (float)(-i - 1)};
    const int actions[3] = {i, i + 1, i + 2};
    replay_memory_add(memory, (Transition){state, actions, (float)(10 * i), i % 5 ? next : NULL, 0.5F});
}

static int wrong_parts(const ReplayBatch *batch, int k)
{
    int i = batch->actions[3 * k], followed = i % 5 != 0;
    int wrong = batch->actions[3 * k + 1] != i + 1 || batch->actions[3 * k + 2] != i + 2;
    wrong += batch->states[2 * k] != (float)i || batch->states[2 * k + 1] != (float)-i;
    wrong += batch->rewards[k] != (float)(10 * i);
    wrong += batch->discounts[k] != (followed ? 0.5F : 0);
    wrong += batch->next_states[2 * k] != (followed ? (float)(i + 1) : 0);
    wrong += batch->next_states[2 * k + 1] != (followed ? (float)(-i - 1) : 0);
    return wrong;
}

/* The probability of a chi-square statistic at least that large when `counts` come from `shares` (which sum to 1). */
static double chi_square(const int64_t *counts, const double *shares, int cells)
{
    double total = 0, statistic = 0;
    int used = 0;
    for (int i = 0; i < cells; i++)
        total += (double)counts[i];
    for (int i = 0; i < cells; i++) {
        if (shares[i] <= 0)
            continue;
        double expected = total * shares[i], off = (double)counts[i] - expected;
        statistic += off * off / expected;
        used++;
    }
    return gsl_cdf_chisq_Q(statistic, used - 1);
}

static void the_newest_transitions_are_held_whole(void)
{
    for (int prioritised = 0; prioritised < 2; prioritised++) {
        ReplayMemory memory;
        ReplayBatch batch;
        ReplayShape shape = {.capacity = 16, .state_size = 2, .action_size = 3, .exponent = prioritised ? 0.6 : 0};
        Stream stream = stream_of(1);
        replay_memory_init(&memory, shape);
        replay_batch_init(&batch, &shape, 64);
        int wrong = 0, outside = 0;
        for (int i = 0; i < 100; i++) {
            add_numbered(&memory, i);
            CHECK_INT(memory.count, i < 16 ? i + 1 : 16);
            replay_memory_sample(&memory, &stream, 64, 0.4, &batch);
            for (int k = 0; k < 64; k++) {
                wrong += wrong_parts(&batch, k);
                outside += batch.actions[3 * k] > i || batch.actions[3 * k] <= i - 16;
            }
        }
        CHECK_INT(wrong, 0);
        CHECK_INT(outside, 0);
        replay_batch_free(&batch);
        replay_memory_free(&memory);
    }
}

static void uniform_draws_are_uniform(void)
{
    enum { CAPACITY = 37 };
    ReplayMemory memory;
    ReplayBatch batch;
    ReplayShape shape = {.capacity = CAPACITY, .state_size = 2, .action_size = 3};
    Stream stream = stream_of(2);
    int64_t counts[CAPACITY] = {0};
    double shares[CAPACITY];
    replay_memory_init(&memory, shape);
    replay_batch_init(&batch, &shape, 32);
    for (int i = 0; i < CAPACITY; i++) {
        add_numbered(&memory, i);
        shares[i] = 1.0 / CAPACITY;
    }
    int unequal = 0;
    for (int t = 0; t < 5000; t++) {
        replay_memory_sample(&memory, &stream, 32, 1, &batch);
        for (int k = 0; k < 32; k++) {
            counts[batch.places[k]]++;
            unequal += batch.weights[k] != 1;
        }
    }
    CHECK(chi_square(counts, shares, CAPACITY) > 1e-4);
    CHECK_INT(unequal, 0);
    replay_batch_free(&batch);
    replay_memory_free(&memory);
}

static void a_sum_tree_finds_what_a_scan_finds(void)
{
    enum { COUNT = 23, CHANGES = 5000 };
    SumTree tree;
    double weights[COUNT] = {0};
    Stream stream = stream_of(3);
    sum_tree_init(&tree, COUNT);
    int wrong = 0;
    for (int t = 0; t < CHANGES; t++) {
        int changed = (int)stream_uniform_integer(&stream, COUNT);
        weights[changed] = stream_uniform(&stream) < 0.4 ? 0 : (double)stream_uniform_integer(&stream, 1000);
        sum_tree_set(&tree, changed, weights[changed]);
        double total = 0, running = 0;
        for (int i = 0; i < COUNT; i++)
            total += weights[i]; /* whole numbers: no rounding */
        wrong += sum_tree_total(&tree) != total;
        if (total == 0)
            continue;
        double at = floor(total * stream_uniform(&stream));
        int index = 0;
        while (running + weights[index] <= at)
            running += weights[index++];
        wrong += sum_tree_find(&tree, at) != index;
    }
    CHECK_INT(wrong, 0);
    sum_tree_free(&tree);
}

/* At and past the total, where rounding may lead, the last weight that is not 0. */
static void a_sum_tree_never_finds_a_weight_of_zero(void)
{
    SumTree tree;
    sum_tree_init(&tree, 8);
    sum_tree_set(&tree, 2, 0.1);
    sum_tree_set(&tree, 4, 0.2);
    double total = sum_tree_total(&tree);
    CHECK_INT(sum_tree_find(&tree, 0), 2);
    CHECK_INT(sum_tree_find(&tree, nextafter(total, 0)), 4);
    CHECK_INT(sum_tree_find(&tree, total), 4);
    CHECK_INT(sum_tree_find(&tree, 2 * total), 4);
    sum_tree_free(&tree);
}

/* Gives transition i the error of (i + 1) / 10. */
static void prioritise_all(ReplayMemory *memory, int count)
{
    ReplayBatch batch;
    float *errors = memory_allocate((size_t)count, sizeof *errors);
    replay_batch_init(&batch, &memory->shape, count);
    batch.count = count;
    for (int i = 0; i < count; i++) {
        batch.places[i] = i;
        errors[i] = (float)(i % 2 ? i + 1 : -i - 1) / 10;
    }
    replay_memory_prioritise(memory, &batch, errors);
    replay_batch_free(&batch);
    free(errors);
}

static void check_priorities(double exponent, int batch_count, double correction)
{
    enum { CAPACITY = 19 };
    ReplayMemory memory;
    ReplayBatch batch;
    ReplayShape shape = {.capacity = CAPACITY, .state_size = 2, .action_size = 3, .exponent = exponent};
    Stream stream = stream_of(4);
    int64_t counts[CAPACITY] = {0};
    double shares[CAPACITY], sum = 0, furthest = 0;
    replay_memory_init(&memory, shape);
    replay_batch_init(&batch, &shape, batch_count);
    for (int i = 0; i < CAPACITY; i++)
        add_numbered(&memory, i);
    prioritise_all(&memory, CAPACITY);
    for (int i = 0; i < CAPACITY; i++)
        sum += shares[i] = pow((i + 1) / 10.0 + 1e-6, exponent);
    for (int i = 0; i < CAPACITY; i++)
        shares[i] /= sum;
    for (int t = 0; t < 100000 / batch_count; t++) {
        replay_memory_sample(&memory, &stream, batch_count, correction, &batch);
        double largest = 0;
        for (int k = 0; k < batch_count; k++) {
            counts[batch.places[k]]++;
            largest = fmax(largest, pow(1 / (CAPACITY * shares[batch.places[k]]), correction));
        }
        for (int k = 0; k < batch_count; k++) {
            double weight = pow(1 / (CAPACITY * shares[batch.places[k]]), correction) / largest;
            furthest = fmax(furthest, fabs((double)batch.weights[k] - weight));
        }
    }
    CHECK(chi_square(counts, shares, CAPACITY) > 1e-4);
    CHECK_NEAR(furthest, 0, 1e-6);
    replay_batch_free(&batch);
    replay_memory_free(&memory);
}

static void draws_follow_the_priorities(void)
{
    check_priorities(0.6, 1, 0.4);
    check_priorities(1, 32, 1);
    check_priorities(0.6, 32, 0);
}

/* The mean of anything, weighted in full, is that over the whole memory: here of the rewards. */
static void full_correction_takes_the_bias_away(void)
{
    enum { CAPACITY = 50, DRAWS = 200000 };
    ReplayMemory memory;
    ReplayBatch batch;
    ReplayShape shape = {.capacity = CAPACITY, .state_size = 2, .action_size = 3, .exponent = 0.7};
    Stream stream = stream_of(5);
    replay_memory_init(&memory, shape);
    replay_batch_init(&batch, &shape, DRAWS); /* one batch, so that one largest weight divides all */
    for (int i = 0; i < CAPACITY; i++)
        add_numbered(&memory, i);
    prioritise_all(&memory, CAPACITY);
    replay_memory_sample(&memory, &stream, DRAWS, 1, &batch);
    double weighted = 0, weights = 0, plain = 0;
    for (int k = 0; k < DRAWS; k++) {
        weighted += (double)(batch.weights[k] * batch.rewards[k]);
        weights += (double)batch.weights[k];
        plain += (double)batch.rewards[k];
    }
    CHECK_NEAR(weighted / weights, 245, 2);
    CHECK(plain / DRAWS > 300);
    replay_batch_free(&batch);
    replay_memory_free(&memory);
}

static void new_transitions_come_first(void)
{
    ReplayMemory memory;
    ReplayShape shape = {.capacity = 32, .state_size = 2, .action_size = 3, .exponent = 1};
    replay_memory_init(&memory, shape);
    for (int i = 0; i < 20; i++)
        add_numbered(&memory, i);
    CHECK_NEAR(sum_tree_total(&memory.priorities), 20, 0);
    prioritise_all(&memory, 20);
    add_numbered(&memory, 20);
    CHECK_NEAR(sum_tree_weight(&memory.priorities, 20), 2, 1e-5); /* as the greatest yet */
    CHECK_NEAR(sum_tree_weight(&memory.priorities, 3), 0.4, 1e-5);
    replay_memory_free(&memory);
}

/* Random episodes; the return of each step summed the slow way, in double precision. Actions hold the step's number. */
static void returns_over_steps_are_those_of_a_plain_sum(void)
{
    enum { STEPS = 400 };
    for (int n = 1; n <= 5; n++) {
        const float discount = 0.75F; /* its powers are exact */
        ReplayMemory memory;
        NStep n_step;
        ReplayShape shape = {.capacity = STEPS, .state_size = 1, .action_size = 1};
        Stream stream = stream_of((uint64_t)n);
        float rewards[STEPS];
        bool ends[STEPS];
        replay_memory_init(&memory, shape);
        n_step_init(&n_step, &shape, n, discount);
        for (int t = 0; t < STEPS; t++) {
            float state = (float)t, next = (float)(t + 1);
            rewards[t] = (float)stream_uniform(&stream);
            ends[t] = stream_uniform(&stream) < 0.2 && t < STEPS - 2;
            n_step_add(&n_step, (Transition){&state, &t, rewards[t], ends[t] ? NULL : &next, 1}, &memory);
            CHECK(n_step.count < n);
        }
        n_step_flush(&n_step, &memory);
        CHECK_INT(memory.count, STEPS); /* each step begins one transition */
        int wrong = 0;
        for (int place = 0; place < STEPS; place++) {
            int from = memory.actions[place], to = from;
            double sum = 0, factor = 1;
            for (; to < STEPS && to < from + n && (to == from || !ends[to - 1]); to++, factor *= (double)discount)
                sum += factor * (double)rewards[to];
            bool end = ends[to - 1];
            wrong += memory.states[place] != (float)from || fabs(sum - (double)memory.rewards[place]) > 1e-6;
            wrong += (double)memory.discounts[place] != (end ? 0 : factor);
            wrong += memory.next_states[place] != (end ? 0 : (float)to);
        }
        CHECK_INT(wrong, 0);
        n_step_free(&n_step);
        replay_memory_free(&memory);
    }
}

/* Two walk through states in turns, one twice as fast as the other, through a ring that is too small for all: the state
 * is who and where, and the third action is the number of the step. */
static void a_step_is_followed_by_the_one_that_begins_where_it_ended(void)
{
    enum { CAPACITY = 50, STEPS = 170, WITHIN = 4 };
    for (int discounted = 0; discounted < 2; discounted++) {
        ReplayMemory memory;
        ReplayShape shape = {.capacity = CAPACITY, .state_size = 2, .action_size = 3};
        replay_memory_init(&memory, shape);
        int who[STEPS], where[STEPS], place[2] = {0, 0};
        for (int step = 0; step < STEPS; step++) {
            who[step] = step % 3 == 2;
            where[step] = place[who[step]]++;
            const float here[] = {(float)who[step], (float)where[step]},
                        there[] = {(float)who[step], (float)place[who[step]]};
            replay_memory_add(&memory, (Transition){here, (const int[]){0, 0, step}, 0, discounted ? there : NULL, 1});
        }
        int wrong = 0, ends = 0;
        for (int64_t at = 0; at < CAPACITY; at++) {
            int step = memory.actions[3 * at + 2], next = step + 1;
            while (discounted && next < STEPS && who[next] != who[step])
                next++;
            int64_t followed = replay_memory_follow(&memory, at, WITHIN);
            wrong +=
                next < STEPS ? followed == NO_PLACE || memory.actions[3 * followed + 2] != next : followed != NO_PLACE;
            ends += followed == NO_PLACE;
            wrong += discounted && who[step] == 1 && replay_memory_follow(&memory, at, 2) != NO_PLACE;
        }
        CHECK_INT(wrong, 0);
        CHECK_INT(ends, discounted ? 2 : 1);
        replay_memory_free(&memory);
    }
}

/* Steps joined after the fact, against a plain sum over the row of steps that each begins. */
static void steps_joined_are_those_of_a_plain_sum(void)
{
    enum { STEPS = 300 };
    ReplayBatch batch;
    ReplayShape shape = {.capacity = 1, .state_size = 2, .action_size = 1};
    Stream stream = stream_of(6);
    float rewards[STEPS];
    bool goes_on[STEPS];
    replay_batch_init(&batch, &shape, STEPS);
    batch.count = STEPS;
    for (int k = 0; k < STEPS; k++) {
        rewards[k] = batch.rewards[k] = (float)stream_uniform(&stream);
        batch.discounts[k] = 0.75F;
        batch.next_states[2 * k] = (float)k;
        batch.next_states[2 * k + 1] = (float)-k;
        goes_on[k] = k < STEPS - 1 && stream_uniform(&stream) < 0.7;
    }
    n_step_join(&batch, 2, goes_on);
    int wrong = 0, longest = 0;
    for (int k = 0; k < STEPS; k++) {
        double sum = (double)rewards[k], factor = 0.75;
        int last = k;
        for (; goes_on[last]; factor *= 0.75)
            sum += factor * (double)rewards[++last];
        longest = last - k > longest ? last - k : longest;
        wrong += fabs(sum - (double)batch.rewards[k]) > 1e-6 || fabs(factor - (double)batch.discounts[k]) > 1e-6;
        wrong += batch.next_states[2 * k] != (float)last || batch.next_states[2 * k + 1] != (float)-last;
    }
    CHECK_INT(wrong, 0);
    CHECK(longest >= 5);
    replay_batch_free(&batch);
}

static void the_same_stream_draws_the_same_batches(void)
{
    ReplayMemory memory;
    ReplayBatch batches[2];
    ReplayShape shape = {.capacity = 100, .state_size = 2, .action_size = 3, .exponent = 0.6};
    replay_memory_init(&memory, shape);
    for (int i = 0; i < 150; i++)
        add_numbered(&memory, i);
    prioritise_all(&memory, 100);
    for (int i = 0; i < 2; i++) {
        Stream stream = stream_of(9);
        replay_batch_init(&batches[i], &shape, 64);
        replay_memory_sample(&memory, &stream, 64, 0.4, &batches[i]);
    }
    CHECK(memcmp(batches[0].places, batches[1].places, 64 * sizeof(int64_t)) == 0);
    CHECK(memcmp(batches[0].weights, batches[1].weights, 64 * sizeof(float)) == 0);
    for (int i = 0; i < 2; i++)
        replay_batch_free(&batches[i]);
    replay_memory_free(&memory);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(the_newest_transitions_are_held_whole),
        CHECK_OF(uniform_draws_are_uniform),
        CHECK_OF(a_sum_tree_finds_what_a_scan_finds),
        CHECK_OF(a_sum_tree_never_finds_a_weight_of_zero),
        CHECK_OF(draws_follow_the_priorities),
        CHECK_OF(full_correction_takes_the_bias_away),
        CHECK_OF(new_transitions_come_first),
        CHECK_OF(returns_over_steps_are_those_of_a_plain_sum),
        CHECK_OF(a_step_is_followed_by_the_one_that_begins_where_it_ended),
        CHECK_OF(steps_joined_are_those_of_a_plain_sum),
        CHECK_OF(the_same_stream_draws_the_same_batches),
    };
    return check_run("replay memory", checks, sizeof checks / sizeof checks[0]);
}

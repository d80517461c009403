/* Schedules at the points their definitions name, choices against their probabilities, and learners that make them. */
#include "../policies/encoding.h"
#include "../policies/exploration.h"
#include "../policies/network_file.h"
#include "../policies/policy.h"
#include "check.h"
#include "subjects.h"
#include "worlds.h"

#include <gsl/gsl_cdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void schedules_pass_through_their_points(void)
{
    CHECK_NEAR(exploration_exponential(0.8, 0.02, 200, 0), 0.8, 0);
    CHECK_NEAR(exploration_exponential(0.8, 0.02, 200, 200), 0.8 / M_E, 1e-12);
    CHECK_NEAR(exploration_exponential(0.8, 0.02, 200, 400), 0.8 / M_E / M_E, 1e-12);
    CHECK_NEAR(exploration_exponential(0.8, 0.02, 200, 1000000), 0.02, 0);
    CHECK_NEAR(exploration_linear(1, 0.1, 900, 0), 1, 0);
    CHECK_NEAR(exploration_linear(1, 0.1, 900, 300), 0.7, 1e-12);
    CHECK_NEAR(exploration_linear(1, 0.1, 900, 900), 0.1, 0);
    CHECK_NEAR(exploration_linear(1, 0.1, 900, 5000), 0.1, 0);
    CHECK_NEAR(exploration_linear(1, 0.1, 0, 0), 0.1, 0);
}

static void schedules_never_rise(void)
{
    int rises = 0;
    for (int64_t step = 1; step < 2000; step++) {
        rises += exploration_exponential(1, 0.05, 100, step) > exploration_exponential(1, 0.05, 100, step - 1);
        rises += exploration_linear(1, 0.05, 1000, step) > exploration_linear(1, 0.05, 1000, step - 1);
    }
    CHECK_INT(rises, 0);
}

enum { DRAWS = 100000 };

/* The probability of a chi-square statistic at least as large where draws come in proportion to exp(value /
 * temperature). Cells that expect too little are taken together. */
static double likelihood(const int64_t *counts, const float *values, int count, double temperature)
{
    double sum = 0, total = 0, statistic = 0, rest_expected = 0, rest = 0;
    int cells = 0;
    for (int i = 0; i < count; i++) {
        sum += exp((double)values[i] / temperature);
        total += (double)counts[i];
    }
    for (int i = 0; i < count; i++) {
        double expected = total * exp((double)values[i] / temperature) / sum, drawn = (double)counts[i];
        if (expected == 0)
            CHECK_INT(counts[i], 0);
        if (expected < 5) {
            rest_expected += expected;
            rest += drawn;
            continue;
        }
        cells++;
        statistic += (drawn - expected) * (drawn - expected) / expected;
    }
    if (rest_expected >= 5) {
        cells++;
        statistic += (rest - rest_expected) * (rest - rest_expected) / rest_expected;
    }
    CHECK(cells >= 2);
    return gsl_cdf_chisq_Q(statistic, cells - 1);
}

static double softmax_likelihood(const float *values, int count, double temperature)
{
    Stream stream = stream_create(1, 0, STREAM_POLICY, 0);
    int64_t counts[8] = {0};
    for (int t = 0; t < DRAWS; t++)
        counts[exploration_softmax(&stream, values, count, temperature)]++;
    return likelihood(counts, values, count, temperature);
}

static void softmax_draws_follow_the_values(void)
{
    static const float values[] = {0, 1, -1, 0.5F, 2}, masked[] = {-INFINITY, 1, 2, -INFINITY, 3, -INFINITY};
    CHECK(softmax_likelihood(values, 5, 1) > 1e-4);
    CHECK(softmax_likelihood(values, 5, 0.5) > 1e-4);
    CHECK(softmax_likelihood(values, 5, 1e6) > 1e-4);
    CHECK(softmax_likelihood(masked, 6, 1) > 1e-4);
}

/* Large values must not overflow, and a single possible one is certain. */
static void softmax_stands_extremes(void)
{
    static const float large[] = {-3e38F, 3e38F, 0}, only[] = {-INFINITY, -5, -INFINITY};
    Stream stream = stream_create(2, 0, STREAM_POLICY, 0);
    for (int t = 0; t < 1000; t++) {
        CHECK_INT(exploration_softmax(&stream, large, 3, 1), 1);
        CHECK_INT(exploration_softmax(&stream, only, 3, 100), 1);
    }
}

static void temperature_zero_is_greedy_and_draws_nothing(void)
{
    static const float values[] = {-3, 7, 2, 7};
    Stream stream = stream_create(3, 0, STREAM_POLICY, 0), before = stream;
    CHECK_INT(exploration_softmax(&stream, values, 4, 0), 1);
    CHECK(memcmp(&stream, &before, sizeof stream) == 0);
}

static void the_greatest_with_noise_is_drawn_by_softmax(void)
{
    static const float values[] = {0, 1, -1, 0.5F, 2};
    Stream stream = stream_create(4, 0, STREAM_POLICY, 0);
    int64_t counts[5] = {0};
    for (int t = 0; t < DRAWS; t++) {
        int best = 0;
        double most = -INFINITY;
        for (int i = 0; i < 5; i++) {
            double value = (double)values[i] + 0.7 * exploration_gumbel(&stream);
            best = value > most ? i : best;
            most = fmax(most, value);
        }
        counts[best]++;
    }
    CHECK(likelihood(counts, values, 5, 0.7) > 1e-4);
}

static void bonuses_shrink_with_the_root_of_visits(void)
{
    CHECK(exploration_bonus(2, 0) == INFINITY);
    CHECK_NEAR(exploration_bonus(2, 1), 2, 0);
    CHECK_NEAR(exploration_bonus(2, 16), 0.5, 0);
}

/* A table of four answers in one state whose values are known after the first tries: rewards never differ. */
static void tables_draw_by_softmax(void)
{
    static const float rewards[] = {-0.03F, -0.05F, -0.02F, -0.04F};
    static const char *const learners[] = {"q-learning", "dyna-q", "double-q", "sarsa", "prioritised-sweeping"};
    for (int i = 0; i < 5; i++) {
        Subject subject = subject_create(
            learners[i], "{exploration: softmax, temperature: 0.02, temperature_floor: 0.02, initial_value: -0.05}", 1);
        int64_t counts[4] = {0};
        for (int64_t t = 0; t < 20000; t++) {
            int64_t action = subject_answer(&subject, t, 0, 4);
            tabular_reward(subject.tabular, t, (double)rewards[action]);
            counts[action] += t >= 1000;
        }
        CHECK(likelihood(counts, rewards, 4, 0.02) > 1e-4);
        subject_destroy(&subject);
    }
}

/* One answer tried and 999 that were not, which count as much as each of them would. The reward of an answer that is
 * tried after it is never told. */
static void untried_answers_count_each(void)
{
    enum { UNTRIED = 999, ASKED = 4000 };
    Subject subject = subject_create(
        "q-learning", "{exploration: softmax, temperature: 0.02, temperature_floor: 0.02, initial_value: -0.2}", 1);
    int64_t first = subject_answer(&subject, 0, 0, UNTRIED + 1), known = 0;
    tabular_reward(subject.tabular, 0, -0.06);
    for (int64_t t = 1; t <= ASKED; t++)
        known += subject_answer(&subject, t, 0, UNTRIED + 1) == first;
    double expected = 1 / (1 + UNTRIED * exp(-0.14 / 0.02)); /* about a half */
    CHECK_NEAR((double)known / ASKED, expected, 4 * sqrt(expected * (1 - expected) / ASKED));
    subject_destroy(&subject);
}

/* Every answer once, and then that of the greatest mean and bonus, found the slow way. */
static void tables_choose_by_counts(void)
{
    enum { ACTIONS = 6 };
    Subject subject = subject_create("q-learning", "{exploration: count, bonus: 0.2}", 1);
    Stream stream = stream_create(5, 0, STREAM_POLICY, 0);
    double sums[ACTIONS] = {0};
    int64_t visits[ACTIONS] = {0};
    int wrong = 0, greedy = 0;
    for (int64_t t = 0; t < 3000; t++) {
        int64_t action = subject_answer(&subject, t, 0, ACTIONS);
        for (int i = 0; i < ACTIONS && t < ACTIONS; i++)
            wrong += i == action && visits[i] > 0;
        for (int i = 0; i < ACTIONS && t >= ACTIONS; i++) {
            double own = sums[action] / (double)visits[action], other = sums[i] / (double)visits[i];
            wrong += other + 0.2 / sqrt((double)visits[i]) > own + 0.2 / sqrt((double)visits[action]) + 1e-12;
            greedy += i != action && other > own + 1e-12;
        }
        double reward = -0.02 * (double)action - 0.01 * stream_uniform(&stream);
        tabular_reward(subject.tabular, t, reward);
        visits[action]++;
        sums[action] += reward;
    }
    CHECK_INT(wrong, 0);
    CHECK(greedy > 50); /* not always the best known */
    CHECK(visits[0] > 2000 && visits[ACTIONS - 1] >= 2);
    subject_destroy(&subject);
}

enum { ONE_USER = 10, UNITS = 64 }; /* answers, and hidden units of a learner */

/* A deep learner that never learns anything, asked one question again and again: what its network says, and how often
 * it gives each answer. Returns the number of questions. */
static int64_t ask_again(const char *settings, float ret_values[ONE_USER], int64_t ret_counts[ONE_USER])
{
    Error error = {0};
    Scenario *scenario = world_experiment_a(1, 20000, settings);
    RunKey key = {.seed = 1, .training = true, .decisions = 20000};
    char name[32];
    sscanf(settings, "policy={name: %31[a-z-]", name);
    Policy *policy = policy_create(policy_type_find(name), scenario, key);
    Simulation *simulation = simulation_create(scenario, key);
    Encoding encoding;
    Decision decision;
    float state[64];
    int64_t asked = 0;
    encoding_init(&encoding, scenario);
    for (; simulation_advance(simulation, &decision); asked++) {
        encoding_write(&encoding, &decision, state);
        Answer answer = policy_decide(policy, &decision);
        ret_counts[answer.options[0]]++;
        simulation_apply(simulation, answer);
    }
    policy_conclude(policy, &decision);
    WeightsFile file;
    policy_save(policy, &file);
    Stream stream = stream_create(1, 0, STREAM_POLICY, 0);
    Network *network = network_create((NetworkShape){2, {encoding.size, UNITS, ONE_USER}}, 1, &stream);
    CHECK(network_file_read(&file, "online", network, &error));
    CHECK_TEXT(error.message, "");
    memcpy(ret_values, network_forward(network, state, 1), ONE_USER * sizeof *ret_values);
    weights_file_free(&file);
    network_destroy(network);
    encoding_free(&encoding);
    simulation_destroy(simulation);
    policy_destroy(policy);
    scenario_destroy(scenario);
    return asked;
}

/* A reward of 1 is 30 to these networks, or 300. */
static void networks_draw_by_softmax(void)
{
    static const char *const settings[] = {
        "policy={name: dqn, updates: 0, exploration: softmax, temperature: 0.02, temperature_floor: 0.02}",
        "policy={name: dqn-branching, constrained: no, updates: 0, exploration: softmax, temperature: 0.002, "
        "temperature_floor: 0.002}"};
    for (int i = 0; i < 2; i++) {
        float values[ONE_USER];
        int64_t counts[ONE_USER] = {0};
        ask_again(settings[i], values, counts);
        CHECK(likelihood(counts, values, ONE_USER, 0.6) > 1e-4);
    }
}

static void networks_choose_by_counts(void)
{
    float values[ONE_USER];
    int64_t counts[ONE_USER] = {0};
    int64_t asked = ask_again("policy={name: dqn, updates: 0, exploration: count, bonus: 0.5}", values, counts);
    int64_t expected[ONE_USER] = {0};
    for (int64_t t = 0; t < asked; t++) {
        int best = 0;
        double most = -INFINITY;
        for (int i = 0; i < ONE_USER; i++) {
            double value = (double)values[i] + (expected[i] ? 15 / sqrt((double)expected[i]) : 1e6);
            best = value > most ? i : best;
            most = fmax(most, value);
        }
        expected[best]++;
    }
    for (int i = 0; i < ONE_USER; i++)
        CHECK_NEAR((double)counts[i], (double)expected[i], 2); /* float rounding may exchange two in order */
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(schedules_pass_through_their_points),
        CHECK_OF(schedules_never_rise),
        CHECK_OF(softmax_draws_follow_the_values),
        CHECK_OF(softmax_stands_extremes),
        CHECK_OF(temperature_zero_is_greedy_and_draws_nothing),
        CHECK_OF(the_greatest_with_noise_is_drawn_by_softmax),
        CHECK_OF(bonuses_shrink_with_the_root_of_visits),
        CHECK_OF(tables_draw_by_softmax),
        CHECK_OF(untried_answers_count_each),
        CHECK_OF(tables_choose_by_counts),
        CHECK_OF(networks_draw_by_softmax),
        CHECK_OF(networks_choose_by_counts),
    };
    return check_run("exploration", checks, sizeof checks / sizeof checks[0]);
}

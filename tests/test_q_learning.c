/* The learner finds the optimum, and its table is what a plain array would be. */
#include "../policies/action_values.h"
#include "../policies/pending.h"
#include "../policies/policy.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ACTIONS = 40, STATES = 3 };

/* A plain table: the value and visits of every action. */
typedef struct Plain {
    double value[STATES][ACTIONS];
    int visits[STATES][ACTIONS];
} Plain;

static int64_t plain_best(const Plain *plain, int state)
{
    int best = 0;
    for (int action = 1; action < ACTIONS; action++)
        if (plain->value[state][action] > plain->value[state][best])
            best = action;
    return best;
}

/* Random updates with few distinct values, so that ties are common. */
static void check_against_plain(double initial_value, double rate)
{
    Plain plain = {0};
    ActionValues values;
    action_values_init(&values, sizeof(int64_t), initial_value, stream_create(2, 0, STREAM_POLICY, 0));
    Stream stream = stream_create(1, 0, STREAM_POLICY, 0);
    for (int state = 0; state < STATES; state++)
        for (int action = 0; action < ACTIONS; action++)
            plain.value[state][action] = initial_value;
    int64_t different = 0;
    for (int i = 0; i < 3000; i++) {
        int state = (int)stream_uniform_integer(&stream, STATES);
        int action = (int)stream_uniform_integer(&stream, ACTIONS);
        double target = (double)stream_uniform_integer(&stream, 5) - 3;
        int64_t row = action_values_row(&values, &(int64_t){state}, ACTIONS);
        action_values_update(&values, row, action, target, rate);
        double *value = &plain.value[state][action];
        int visits = ++plain.visits[state][action];
        *value += (target - *value) * (rate > 0 ? rate : 1.0 / visits);
        int64_t best = plain_best(&plain, state);
        different += plain.value[state][action_values_best(&values, row)] != plain.value[state][best];
        different += action_values_maximum(&values, row) != plain.value[state][best];
    }
    CHECK_INT(different, 0);
    action_values_free(&values);
}

static void the_table_equals_a_plain_one(void)
{
    check_against_plain(0, 0);
    check_against_plain(-1, 0);
    check_against_plain(-10, 0.25);
}

static void an_optimistic_start_tries_every_action_once(void)
{
    ActionValues values;
    action_values_init(&values, sizeof(int64_t), 0, stream_create(2, 0, STREAM_POLICY, 0));
    int64_t row = action_values_row(&values, &(int64_t){7}, ACTIONS);
    int tries[ACTIONS] = {0}, in_order = 0;
    for (int i = 0; i < ACTIONS; i++) {
        int action = (int)action_values_best(&values, row);
        tries[action]++;
        in_order += action == i;
        action_values_update(&values, row, action, -1 - (action + 13) % ACTIONS, 0);
    }
    for (int action = 0; action < ACTIONS; action++)
        CHECK_INT(tries[action], 1);
    CHECK(in_order < ACTIONS / 2); /* not by number, which would favour the answers that come first */
    CHECK_INT(action_values_best(&values, row), ACTIONS - 13);
    action_values_free(&values);
}

static void update(ActionValues *values, int64_t state, int64_t action, double target)
{
    action_values_update(values, action_values_row(values, &state, ACTIONS), action, target, 0);
}

static void what_is_unknown_is_taken_to_be_as_usual(void)
{
    ActionValues values;
    action_values_init(&values, sizeof(int64_t), 0, stream_create(2, 0, STREAM_POLICY, 0));
    const int64_t usual = 0, seldom = 1, never = 2;
    CHECK_INT(action_values_known_best(&values, &seldom, ACTIONS), 0);
    for (int i = 0; i < 3; i++)
        update(&values, usual, 10, -1);
    CHECK_INT(action_values_known_best(&values, &never, ACTIONS), 10);
    CHECK_INT(action_values_known_best(&values, &never, ACTIONS + 1), 0);
    update(&values, seldom, 11, -2);
    CHECK_INT(action_values_known_best(&values, &seldom, ACTIONS), 10); /* worth more in the usual state */
    update(&values, seldom, 10, -3);
    CHECK_INT(action_values_known_best(&values, &seldom, ACTIONS), 11); /* but less here, as is now known */
    action_values_free(&values);
}

/* Decisions end late and in any order; a place is found as long as it is open. */
static void open_decisions_are_found_out_of_order(void)
{
    Pending pending = {0};
    CHECK(pending_find(&pending, 0) == NULL);
    for (int i = 0; i < 1000; i++) {
        pending_add(&pending, i)->action = 3 * i;
        int ended = i - 1 - i % 50; /* the last of the fifty before */
        PendingDecision *place = pending_find(&pending, ended);
        if (place)
            place->open = false;
    }
    int open = 0;
    for (int i = 0; i < 1000; i++) {
        PendingDecision *place = pending_find(&pending, i);
        if (place)
            CHECK_INT(place->action, 3 * i);
        open += place != NULL;
    }
    CHECK_INT(open, 1000 - 19);                       /* one of each fifty has ended, but for the last */
    CHECK_INT(pending_add(&pending, 998)->action, 0); /* again: a new run reuses numbers */
    pending_clear(&pending);
    CHECK(pending_find(&pending, 999) == NULL);
    pending_free(&pending);
}

static Scenario *experiment(int users, const char *policy)
{
    char count[64];
    snprintf(count, sizeof count, "nodes.device.count=%d", users);
    const char *overrides[] = {count, policy};
    return world_load("three_tiers.yaml", overrides, policy ? 2 : 1);
}

/* Trains on its own streams, then compares with the oracle on the same measured run: mean response time over the
 * oracle's. */
static double ratio_to_oracle(const Scenario *scenario, uint64_t seed, int64_t training)
{
    RunKey key = {.seed = seed}, train = {.seed = seed, .training = true, .decisions = training};
    Policy *learner = policy_create(policy_type_find("q-learning"), scenario, key);
    world_run(learner, scenario, train);
    policy_freeze(learner, true);
    WorldRun learned = world_run(learner, scenario, key), best = world_run_fresh("oracle", scenario, key);
    CHECK_INT(learned.decisions, best.decisions);
    policy_destroy(learner);
    return learned.reward / best.reward;
}

static void check_learns(int users, int64_t training, int seeds)
{
    Scenario *scenario = experiment(users, NULL);
    for (int seed = 1; seed <= seeds; seed++)
        CHECK_NEAR(ratio_to_oracle(scenario, (uint64_t)seed, training), 1, 0.01);
    scenario_destroy(scenario);
}

static void learns_the_optimum_for_one_user(void)
{
    check_learns(1, 20000, 5);
}

static void learns_the_optimum_for_two_users(void)
{
    check_learns(2, 40000, 5);
}

static void learns_the_optimum_for_three_users(void)
{
    check_learns(3, 100000, 5);
}

static void too_little_training_is_not_enough(void)
{
    Scenario *scenario = experiment(3, NULL);
    CHECK(ratio_to_oracle(scenario, 1, 10) > 1.05);
    scenario_destroy(scenario);
}

/* In rounds the next state does not depend on the answer, so a discount must not change what is best. */
static void a_discount_keeps_the_optimum_of_rounds(void)
{
    Scenario *scenario = experiment(2, "policy={name: q-learning, discount: 0.5, initial_value: 0}");
    CHECK_NEAR(ratio_to_oracle(scenario, 1, 20000), 1, 0.01);
    scenario_destroy(scenario);
}

static void a_pessimistic_start_learns_by_exploring(void)
{
    Scenario *scenario = experiment(2, "policy={name: q-learning, initial_value: -2, epsilon_floor: 1}");
    CHECK_NEAR(ratio_to_oracle(scenario, 1, 20000), 1, 0.01);
    scenario_destroy(scenario);
}

/* It never settles: the last few draws of each action decide between close ones. */
static void a_constant_rate_comes_near(void)
{
    Scenario *scenario = experiment(1, "policy={name: q-learning, learning_rate: 0.1}");
    CHECK_NEAR(ratio_to_oracle(scenario, 1, 20000), 1, 0.05);
    scenario_destroy(scenario);
}

/* Feedback of single requests comes late and in another order. Random answers lose to what was learned. */
static void learns_from_single_requests(void)
{
    world_check_single_requests("q-learning", 1, 20000);
}

int main(void)
{
    static const Check checks[] = {
        {"the_table_equals_a_plain_one", the_table_equals_a_plain_one},
        {"an_optimistic_start_tries_every_action_once", an_optimistic_start_tries_every_action_once},
        {"what_is_unknown_is_taken_to_be_as_usual", what_is_unknown_is_taken_to_be_as_usual},
        {"open_decisions_are_found_out_of_order", open_decisions_are_found_out_of_order},
        {"learns_the_optimum_for_one_user", learns_the_optimum_for_one_user},
        {"learns_the_optimum_for_two_users", learns_the_optimum_for_two_users},
        {"learns_the_optimum_for_three_users", learns_the_optimum_for_three_users},
        {"too_little_training_is_not_enough", too_little_training_is_not_enough},
        {"a_discount_keeps_the_optimum_of_rounds", a_discount_keeps_the_optimum_of_rounds},
        {"a_pessimistic_start_learns_by_exploring", a_pessimistic_start_learns_by_exploring},
        {"a_constant_rate_comes_near", a_constant_rate_comes_near},
        {"learns_from_single_requests", learns_from_single_requests},
    };
    return check_run("q-learning", checks, sizeof checks / sizeof checks[0]);
}

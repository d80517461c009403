/* Deep Q-learning and what it is made of: against brute force, decision processes that can be solved, and the oracle.
 */
#include "../policies/answer_outputs.h"
#include "../policies/constrained_choice.h"
#include "../policies/encoding.h"
#include "../policies/experience.h"
#include "../policies/policy.h"
#include "check.h"
#include "worlds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const single[] = {"workload.arrivals=poisson", "workload.rate=8 /s", "stop={time: 60 s}"};

static Stream stream_of(uint64_t seed)
{
    return stream_create(seed, 0, STREAM_POLICY, 0);
}

/* Each question of a run, answered at random. */
typedef void Look(const Scenario *scenario, const Decision *decision);

static void for_each_question(Scenario *scenario, Look *look)
{
    RunKey key = {.seed = 5};
    Policy *policy = policy_create(policy_type_find("random"), scenario, key);
    Simulation *simulation = simulation_create(scenario, key);
    Decision decision;
    while (simulation_advance(simulation, &decision)) {
        look(scenario, &decision);
        simulation_apply(simulation, policy_decide(policy, &decision));
    }
    simulation_destroy(simulation);
    policy_destroy(policy);
    scenario_destroy(scenario);
}

/* The inputs of one block of features; returns how many they are. */
static int plain_inputs(const Feature *features, int count, const double *values, float *ret_inputs)
{
    int size = 0;
    for (int i = 0; i < count; i++) {
        if (features[i].constant)
            continue;
        for (int level = 0; level < features[i].levels; level++)
            ret_inputs[size++] = (double)level == values[i];
        if (features[i].levels == 0)
            ret_inputs[size++] = (float)(values[i] / features[i].scale < 4 ? values[i] / features[i].scale : 4);
    }
    return size;
}

static void check_inputs(const Scenario *scenario, const Decision *decision)
{
    enum { ROOM = 200 };
    Encoding encoding;
    encoding_init(&encoding, scenario);
    float inputs[ROOM] = {0}, expected[ROOM] = {1};
    double values[ROOM];
    encoding_write(&encoding, decision, inputs);
    const Feature *shared, *ask;
    int shared_count = view_shared_features(decision->view, &shared),
        ask_count = view_ask_features(decision->view, &ask);
    view_observe(decision->view, decision, values);
    int size = 1 + plain_inputs(shared, shared_count, values, expected + 1);
    for (int k = 0; k < decision->ask_count; k++)
        size += plain_inputs(ask, ask_count, values + shared_count + k * ask_count, expected + size);
    CHECK_INT(encoding.size, size);
    CHECK(size > 2);
    float furthest = 0;
    for (int i = 0; i < size; i++)
        furthest = fmaxf(furthest, fabsf(inputs[i] - expected[i]));
    CHECK_NEAR((double)furthest, 0, 1e-6);
    encoding_free(&encoding);
}

static void inputs_are_what_varies_and_of_the_order_of_one(void)
{
    for_each_question(world_load("three_tiers.yaml", NULL, 0), check_inputs);
    for_each_question(world_load("mixed.yaml", NULL, 0), check_inputs);
    for_each_question(world_load("three_tiers.yaml", single, 3), check_inputs);
}

/* All answers to the question, in order: each has outputs of its own, which lead back to it. */
static void check_outputs_of(const Scenario *scenario, const Decision *decision, ActionScope scope, bool joint)
{
    AnswerOutputs outputs;
    JointActions actions;
    answer_outputs_init(&outputs, scenario, scope, joint);
    joint_actions_init(&actions, scenario, scope);
    int kind = answer_outputs_kind(&outputs, decision), wrong = 0;
    int64_t count = joint_actions_count(&actions, decision), last = -1;
    CHECK_INT(outputs.per_answer, joint ? 1 : decision->ask_count);
    for (int64_t action = 0; action < count; action += 1 + count / 5000) {
        int expected[3], options[3], digits[3], chosen[3], again[3];
        joint_actions_split(&actions, decision, action, expected);
        int64_t rest = action;
        for (int ask = decision->ask_count - 1; ask >= 0; ask--) {
            digits[ask] = (int)(rest % answer_outputs_part(&outputs, kind, ask)->count);
            rest /= answer_outputs_part(&outputs, kind, ask)->count;
        }
        answer_outputs_choose(&outputs, kind, digits, chosen);
        answer_outputs_split(&outputs, kind, chosen, again);
        answer_outputs_options(&outputs, kind, again, options);
        wrong += memcmp(expected, options, (size_t)decision->ask_count * sizeof *options) != 0;
        wrong += answer_outputs_kind_of(&outputs, chosen) != kind;
        wrong += joint && chosen[0] <= last;
        last = chosen[0];
        for (int k = 0; k < outputs.per_answer; k++) {
            const OutputRange *head = answer_outputs_head(&outputs, kind, k);
            wrong += chosen[k] < head->first || chosen[k] >= head->first + head->count || chosen[k] >= outputs.size;
        }
    }
    CHECK_INT(wrong, 0);
    joint_actions_free(&actions);
    answer_outputs_free(&outputs);
}

static void check_outputs(const Scenario *scenario, const Decision *decision)
{
    if (decision->index >= 6)
        return;
    check_outputs_of(scenario, decision, SCOPE_ALL, true);
    check_outputs_of(scenario, decision, SCOPE_ALL, false);
    check_outputs_of(scenario, decision, SCOPE_PLACE, true);
}

static void outputs_stand_for_one_answer_each(void)
{
    for_each_question(world_load("three_tiers.yaml", NULL, 0), check_outputs);
    for_each_question(world_load("mixed.yaml", NULL, 0), check_outputs);
    for_each_question(
        world_load("mixed.yaml",
                   (const char *[]){"workload={arrivals: poisson, rate: 8 /s, input: 150 kB}", "stop={time: 9 s}"}, 2),
        check_outputs);
}

static void too_many_outputs_are_refused(void)
{
    char text[512];
    static const char *const names[] = {"dqn", "dqn-offload", "dqn-branching"};
    static const bool suits[] = {false, true, true};
    const char *overrides[] = {"nodes.device.count=7"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 1);
    for (int i = 0; i < 3; i++) {
        ErrorList errors = {0};
        CHECK_INT(policy_suits(policy_type_find(names[i]), scenario, &errors), suits[i]);
        snprintf(text, sizeof text, "%s", errors.total ? errors.items[0].message : "");
        CHECK(suits[i] || strstr(text, "dqn: 1e+07 answers are more than a network can have outputs for, 1000000"));
    }
    scenario_destroy(scenario);
}

/* The best of all answers by going through them. The sum of the values of the best, -INFINITY: none is accurate enough.
 */
static double search_all(int ask_count, const ChoiceOptions *options, const Objective *objective, double *ret_accurate)
{
    double best = -INFINITY;
    int64_t count = 1;
    for (int ask = 0; ask < ask_count; ask++)
        count *= options[ask].count;
    *ret_accurate = 0;
    for (int64_t action = 0; action < count; action++) {
        double value = 0, accuracy = 0;
        int64_t rest = action;
        for (int ask = 0; ask < ask_count; ask++, rest /= options[ask - 1].count) {
            value += (double)options[ask].values[rest % options[ask].count];
            accuracy += options[ask].accuracy[rest % options[ask].count] / ask_count;
        }
        *ret_accurate = fmax(*ret_accurate, accuracy);
        if (objective_accepts(objective, accuracy))
            best = fmax(best, value);
    }
    return best;
}

static void constrained_choice_is_the_best_of_all(void)
{
    enum { ASKS = 5, COUNT = 7 };
    static const double accuracies[] = {0.899, 0.882, 0.849, 0.742, 0.889, 0.87, 0.832};
    ConstrainedChoice choice = {0};
    Stream stream = stream_of(4);
    int impossible = 0;
    for (int trial = 0; trial < 200; trial++) {
        float values[ASKS][COUNT];
        double accuracy[ASKS][COUNT];
        ChoiceOptions options[ASKS];
        for (int ask = 0; ask < ASKS; ask++) {
            options[ask] = (ChoiceOptions){1 + (int)stream_uniform_integer(&stream, COUNT), values[ask], accuracy[ask]};
            for (int i = 0; i < COUNT; i++) {
                values[ask][i] = (float)(stream_uniform(&stream) - 0.5);
                accuracy[ask][i] = accuracies[stream_uniform_integer(&stream, 7)];
            }
        }
        Objective objective = {.threshold = 0.8 + 0.08 * stream_uniform(&stream)};
        int digits[ASKS], asks = 1 + trial % ASKS;
        constrained_choice_best(&choice, asks, options, &objective, digits);
        double found = 0, reached = 0, most, best = search_all(asks, options, &objective, &most);
        for (int ask = 0; ask < asks; ask++) {
            found += (double)values[ask][digits[ask]];
            reached += accuracy[ask][digits[ask]] / asks;
        }
        if (best == -INFINITY)
            CHECK_NEAR(reached, most, 1e-12);
        else
            CHECK_NEAR(found, best, 1e-6);
        impossible += best == -INFINITY;
    }
    CHECK(impossible > 5 && impossible < 150);
    constrained_choice_free(&choice);
}

/* Decision d of user u in state 10 u + d; action d. */
static int answer(Experience *experience, int64_t decision, int user, ReplayMemory *memory)
{
    float state = (float)(10 * user + decision);
    int action = (int)decision;
    return experience_answer(experience, decision, user, &state, &action, memory);
}

static void steps_of_a_user_follow_each_other(void)
{
    ReplayShape shape = {.capacity = 10, .state_size = 1, .action_size = 1};
    ReplayMemory memory;
    Experience experience;
    replay_memory_init(&memory, shape);
    experience_init(&experience, 2, &shape, 2, 0.5F);
    CHECK_INT(answer(&experience, 0, 0, &memory), 0);
    CHECK_INT(answer(&experience, 1, 1, &memory), 0);
    CHECK_INT(answer(&experience, 2, 0, &memory), 0);
    CHECK_INT(answer(&experience, 3, 0, &memory), 0);
    CHECK_INT(experience_reward(&experience, 2, 20, &memory), 0); /* user 0 waits for decision 0 */
    CHECK_INT(experience_reward(&experience, 1, 7, &memory), 0);  /* user 1 for its next question */
    CHECK_INT(experience_reward(&experience, 0, 10, &memory), 2);
    CHECK_INT(experience_reward(&experience, 0, 10, &memory), 0); /* once */
    CHECK_INT(experience_reward(&experience, 9, 10, &memory), 0);
    CHECK_INT(memory.count, 1); /* two steps: decisions 0 and 2, then the question of decision 3 */
    CHECK_NEAR((double)memory.rewards[0], 10 + 0.5 * 20, 0);
    CHECK_NEAR((double)memory.states[0], 0, 0);
    CHECK_NEAR((double)memory.next_states[0], 3, 0);
    CHECK_NEAR((double)memory.discounts[0], 0.25, 0);
    CHECK_INT(memory.actions[0], 0);
    CHECK_INT(answer(&experience, 4, 1, &memory), 1); /* now decision 1 is known whole, and waits for a second step */
    experience_conclude(&experience, &memory);
    CHECK_INT(memory.count, 3);
    CHECK_NEAR((double)(memory.rewards[1] + memory.rewards[2]), 20 + 7, 0);
    CHECK_NEAR((double)memory.discounts[2], 0.5, 0);
    CHECK_INT(experience_reward(&experience, 3, 10, &memory), 0); /* forgotten */
    experience_free(&experience);
    replay_memory_free(&memory);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(inputs_are_what_varies_and_of_the_order_of_one),
        CHECK_OF(outputs_stand_for_one_answer_each),
        CHECK_OF(too_many_outputs_are_refused),
        CHECK_OF(constrained_choice_is_the_best_of_all),
        CHECK_OF(steps_of_a_user_follow_each_other),
    };
    return check_run("deep parts", checks, sizeof checks / sizeof checks[0]);
}

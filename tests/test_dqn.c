/* Deep Q-learning and what it is made of: against brute force, decision processes that can be solved, and the oracle.
 */
#include "../policies/dqn.h"
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

/* States in a row, of which action 1 goes to the next and pays at the end, from where all begins again; action 0 stays
 * and costs. Transitions of all pairs are in the memory, so what is learnt is the values of the best policy. */
enum { STATES = 4, ACTIONS = 2 };

static const float GAMMA = 0.8F;

static int step(int state, int action, double *ret_reward)
{
    *ret_reward = action == 0 ? -0.1 : state == STATES - 1;
    return action == 0 ? state : (state + 1) % STATES;
}

static void solve(double ret_values[STATES][ACTIONS])
{
    memset(ret_values, 0, STATES * sizeof *ret_values);
    for (int sweep = 0; sweep < 500; sweep++)
        for (int state = 0; state < STATES; state++)
            for (int action = 0; action < ACTIONS; action++) {
                double reward, *next = ret_values[step(state, action, &reward)];
                ret_values[state][action] = reward + (double)GAMMA * fmax(next[0], next[1]);
            }
}

static void write_state(int state, float ret_state[STATES])
{
    for (int i = 0; i < STATES; i++)
        ret_state[i] = i == state;
}

static void fill_memory(ReplayMemory *memory, const DeepValues *values)
{
    for (int state = 0; state < STATES; state++)
        for (int action = 0; action < ACTIONS; action++) {
            float here[STATES], there[STATES];
            double reward;
            write_state(state, here);
            write_state(step(state, action, &reward), there);
            replay_memory_add(memory, (Transition){here, &action, deep_values_scale(values, reward), there, GAMMA});
        }
}

/* The furthest that the advantage of an answer is off after training. */
static double furthest_off(ValueParameters parameters)
{
    OutputRange head = {0, ACTIONS};
    AnswerOutputs outputs = {.rounds = true, .joint = true, .per_answer = 1, .heads = &head, .size = ACTIONS};
    ReplayShape shape = {.capacity = STATES * ACTIONS, .state_size = STATES, .action_size = 1};
    ReplayMemory memory;
    ReplayBatch batch;
    DeepValues values;
    Stream stream = stream_of(1);
    replay_memory_init(&memory, shape);
    replay_batch_init(&batch, &shape, 16);
    deep_values_init(&values, &parameters, &outputs, STATES, &stream);
    fill_memory(&memory, &values);
    for (int update = 0; update < 8000; update++) {
        replay_memory_sample(&memory, &stream, 16, 1, &batch);
        deep_values_learn(&values, &batch, NULL);
    }
    double best[STATES][ACTIONS], furthest = 0;
    solve(best);
    for (int state = 0; state < STATES; state++) {
        float inputs[STATES];
        int chosen;
        write_state(state, inputs);
        const float *read = deep_values_read(&values, inputs);
        double advantage = (double)(read[1] - read[0]) / parameters.reward_scale;
        furthest = fmax(furthest, fabs(advantage - (best[state][1] - best[state][0])));
        deep_values_best(&values, read, 0, &chosen);
        CHECK_INT(chosen, 1);
    }
    deep_values_free(&values);
    replay_batch_free(&batch);
    replay_memory_free(&memory);
    return furthest;
}

static void values_are_those_of_the_best_policy(void)
{
    ValueParameters plain = {.hidden_layers = 1,
                             .hidden_units = 32,
                             .learning_rate = 0.003,
                             .learning_rate_decay = 2000,
                             .batch = 16,
                             .discount = (double)GAMMA,
                             .target_interval = 100,
                             .reward_centre = 0.2,
                             .reward_scale = 2,
                             .sparse_from = 1000};
    ValueParameters twice = plain, duelling = plain, sparse = plain, clipped = plain;
    twice.twice = duelling.duelling = true;
    sparse.sparse_from = 1;
    clipped.gradient_limit = 0.5;
    CHECK_NEAR(furthest_off(plain), 0, 0.02);
    CHECK_NEAR(furthest_off(twice), 0, 0.02);
    CHECK_NEAR(furthest_off(duelling), 0, 0.02);
    CHECK_NEAR(furthest_off(sparse), 0, 0.02);
    CHECK_NEAR(furthest_off(clipped), 0, 0.02);
}

/* Two heads on a reward that is a sum of what each chose: summed, they find each share up to a constant; else each
 * finds the mean over the other's choices, which has the same differences. */
static void heads_share_a_reward(bool summed, bool duelling)
{
    OutputRange heads[] = {{0, 2}, {2, 3}};
    AnswerOutputs outputs = {.rounds = true, .per_answer = 2, .heads = heads, .size = 5};
    static const float shares[] = {0.1F, 0.5F, -0.3F, 0.2F, 0.4F};
    ValueParameters parameters = {.hidden_layers = 1,
                                  .hidden_units = 16,
                                  .learning_rate = 0.003,
                                  .learning_rate_decay = 1000,
                                  .batch = 6,
                                  .summed = summed,
                                  .duelling = duelling,
                                  .reward_scale = 1,
                                  .sparse_from = 100};
    float states[6] = {1, 1, 1, 1, 1, 1}, rewards[6], discounts[6] = {0}, weights[6] = {1, 1, 1, 1, 1, 1}, errors[6];
    int actions[12];
    for (int i = 0; i < 6; i++) {
        actions[2 * i] = i % 2;
        actions[2 * i + 1] = 2 + i / 2;
        rewards[i] = shares[actions[2 * i]] + shares[actions[2 * i + 1]];
    }
    ReplayBatch batch = {.count = 6,
                         .states = states,
                         .rewards = rewards,
                         .discounts = discounts,
                         .actions = actions,
                         .weights = weights};
    DeepValues values;
    Stream stream = stream_of(2);
    deep_values_init(&values, &parameters, &outputs, 1, &stream);
    for (int update = 0; update < 4000; update++)
        deep_values_learn(&values, &batch, errors);
    const float *read = deep_values_read(&values, states);
    CHECK_NEAR((double)(read[1] - read[0]), 0.4, 0.01);
    CHECK_NEAR((double)(read[3] - read[2]), 0.5, 0.01);
    CHECK_NEAR((double)(read[4] - read[2]), 0.7, 0.01);
    int chosen[2];
    deep_values_best(&values, read, 0, chosen);
    CHECK(chosen[0] == 1 && chosen[1] == 4);
    for (int i = 0; summed && i < 6; i++)
        CHECK_NEAR((double)errors[i], 0, 0.01);
    deep_values_free(&values);
}

static void heads_learn_their_users_share(void)
{
    heads_share_a_reward(true, false);
    heads_share_a_reward(false, false);
    heads_share_a_reward(true, true);
    heads_share_a_reward(false, true);
}

/* The first answers of a learner, exploring, on a world. */
static void for_each_answer(const char *name, Scenario *scenario, void (*look)(const Decision *, const Answer *))
{
    RunKey key = {.seed = 3, .training = true, .decisions = 300};
    Policy *policy = policy_create(policy_type_find(name), scenario, key);
    Simulation *simulation = simulation_create(scenario, key);
    Decision decision;
    while (simulation_advance(simulation, &decision)) {
        Answer answer = policy_decide(policy, &decision);
        look(&decision, &answer);
        simulation_apply(simulation, answer);
    }
    simulation_destroy(simulation);
    policy_destroy(policy);
    scenario_destroy(scenario);
}

static void look_at_variant(const Decision *decision, const Answer *answer)
{
    for (int i = 0; i < decision->ask_count; i++)
        CHECK_NEAR(decision->asks[i].options->items[answer->options[i]].accuracy, 0.899, 1e-9);
}

static void a_learner_of_the_place_never_chooses_the_model(void)
{
    for_each_answer("dqn-offload", world_load("three_tiers.yaml", NULL, 0), look_at_variant);
    for_each_answer("dqn-offload", world_load("three_tiers.yaml", single, 3), look_at_variant);
}

static void look_at_accuracy(const Decision *decision, const Answer *answer)
{
    double sum = 0;
    for (int i = 0; i < decision->ask_count; i++)
        sum += decision->asks[i].options->items[answer->options[i]].accuracy;
    CHECK(sum / decision->ask_count >= 0.89 - 1e-9);
}

static void constrained_heads_never_miss_the_threshold(void)
{
    static const char *const explorations[] = {"policy={name: dqn-branching}",
                                               "policy={name: dqn-branching, exploration: softmax, temperature: 1}",
                                               "policy={name: dqn-branching, exploration: count}"};
    for (int i = 0; i < 3; i++) {
        const char *overrides[] = {explorations[i], single[0], single[1], single[2]};
        for_each_answer("dqn-branching", world_load("three_tiers.yaml", overrides, 1), look_at_accuracy);
        for_each_answer("dqn-branching", world_load("three_tiers.yaml", overrides, 4), look_at_accuracy);
        for_each_answer("dqn-branching", world_experiment_a(5, 400, explorations[i]), look_at_accuracy);
    }
}

/* The bytes of a learner in a file after some training. */
static char *trained_bytes(const char *name, const Scenario *scenario, size_t *ret_size)
{
    RunKey key = {.seed = 3, .training = true, .decisions = 100};
    Policy *policy = policy_create(policy_type_find(name), scenario, key);
    world_run(policy, scenario, key);
    WeightsFile file;
    Error error = {0};
    policy_save(policy, &file);
    const char *path = check_scratch("weights");
    CHECK(weights_file_write(&file, path, &error));
    weights_file_free(&file);
    policy_destroy(policy);
    FILE *stream = fopen(path, "rb");
    char *bytes = memory_allocate(1 << 22, 1);
    *ret_size = fread(bytes, 1, 1 << 22, stream);
    fclose(stream);
    return bytes;
}

static void check_instruction_sets(const char *name, const Scenario *scenario)
{
    static const char *const sets[] = {"sse2", "avx2", "avx512"};
    size_t expected_size, size;
    char *expected = trained_bytes(name, scenario, &expected_size);
    CHECK(expected_size > 1000 && expected_size < 1 << 22);
    for (int i = 0; i < 3; i++) {
        setenv("ORCHID_INSTRUCTIONS", sets[i], 1);
        char *bytes = trained_bytes(name, scenario, &size);
        CHECK(size == expected_size && memcmp(bytes, expected, size) == 0);
        free(bytes);
    }
    unsetenv("ORCHID_INSTRUCTIONS");
    free(expected);
}

static void every_instruction_set_learns_the_same_bits(void)
{
    static const char *const names[] = {"dqn", "dqn-offload", "dqn-branching"};
    Scenario *rounds = world_load("three_tiers.yaml", NULL, 0);
    for (int i = 0; i < 3; i++)
        check_instruction_sets(names[i], rounds);
    scenario_destroy(rounds);
    static const char *const settings[] = {
        "policy={name: dqn, discount: 0.9, steps: 3, double: yes, duelling: yes, priority: 0.6, target_interval: 10}",
        "workload.arrivals=poisson", "workload.rate=8 /s", "stop={time: 60 s}"};
    Scenario *overlapping = world_load("three_tiers.yaml", settings, 4);
    check_instruction_sets("dqn", overlapping);
    scenario_destroy(overlapping);
}

#define LIGHT ", updates: 4, hidden_units: 16, target_interval: 10"

/* Half of a training, kept, taken up again, and the other half is the same as all at once. */
static void check_halves(const Scenario *scenario, const char *name)
{
    RunKey first = {.seed = 3, .training = true, .decisions = 120}, second = first;
    second.replication = 1;
    const PolicyType *type = policy_type_find(name);
    Policy *whole = policy_create(type, scenario, first);
    world_run(whole, scenario, first);
    WeightsFile file;
    Error error = {0};
    policy_save(whole, &file);
    Policy *other = policy_create(type, scenario, first);
    CHECK(policy_load(other, &file, &error));
    weights_file_free(&file);
    uint64_t answers = world_run(whole, scenario, second).answers;
    CHECK(world_run(other, scenario, second).answers == answers);
    policy_save(whole, &file);
    WeightsFile again;
    policy_save(other, &again);
    for (int i = 0; i < file.block_count; i++) {
        size_t size = file.blocks[i].type == WEIGHTS_FLOAT32 ? 4 : 8;
        CHECK_INT(file.blocks[i].count, again.blocks[i].count);
        CHECK(memcmp(file.blocks[i].values, again.blocks[i].values, (size_t)file.blocks[i].count * size) == 0);
    }
    weights_file_free(&file);
    weights_file_free(&again);
    policy_destroy(whole);
    policy_destroy(other);
}

static void halves_of_a_training_make_a_whole(void)
{
    static const char *const settings[] = {
        "policy={name: dqn" LIGHT "}",
        "policy={name: dqn" LIGHT ", sparse_from: 10, replay: 100, exploration: count}",
        "policy={name: dqn" LIGHT ", discount: 0.9, steps: 3, double: yes, duelling: yes, priority: 0.6}",
        "policy={name: dqn-branching" LIGHT ", discount: 0.9, summed: no, exploration: softmax}",
        "policy={name: dqn-branching" LIGHT ", discount: 0.5, duelling: yes, constrained: no, hidden_layers: 2}",
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const char *overrides[] = {settings[i], single[0], single[1], single[2]};
        for (int count = 1; count <= 4; count += 3) {
            Scenario *scenario = world_load("three_tiers.yaml", overrides, count);
            check_halves(scenario, i < 3 ? "dqn" : "dqn-branching");
            scenario_destroy(scenario);
        }
    }
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(values_are_those_of_the_best_policy),
        CHECK_OF(heads_learn_their_users_share),
        CHECK_OF(a_learner_of_the_place_never_chooses_the_model),
        CHECK_OF(constrained_heads_never_miss_the_threshold),
        CHECK_OF(every_instruction_set_learns_the_same_bits),
        CHECK_OF(halves_of_a_training_make_a_whole),
    };
    return check_run("dqn", checks, sizeof checks / sizeof checks[0]);
}

/* Hybrid learning: its model of the system against the system, and what planning on it saves. */
#include "../policies/encoding.h"
#include "../policies/model_plan.h"
#include "../policies/network_file.h"
#include "../policies/policy.h"
#include "../policies/system_model.h"
#include "check.h"
#include "worlds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Stream stream_of(uint64_t seed)
{
    return stream_create(seed, 0, STREAM_POLICY, 0);
}

/* What a request takes in a made-up system: more for higher digits, and twice as much in the second state. */
static double made_up_s(const float *state, int ask, int digit)
{
    return (0.02 + 0.004 * digit + 0.003 * ask) * (state[1] > 0 ? 2 : 1);
}

/* A round of the made-up system: random answers in a random state, and what came of them. */
static void draw_round(const AnswerOutputs *outputs, Stream *stream, float state[2], int *digits, Outcome *outcomes)
{
    state[0] = 1;
    state[1] = (float)stream_uniform_integer(stream, 2);
    for (int ask = 0; ask < outputs->ask_count; ask++) {
        digits[ask] = (int)stream_uniform_integer(stream, (uint64_t)answer_outputs_part(outputs, 0, ask)->count);
        int option = answer_outputs_option(outputs, 0, ask, digits[ask]);
        outcomes[ask] = (Outcome){.user = ask,
                                  .option = option,
                                  .response_s = made_up_s(state, ask, digits[ask]),
                                  .energy_j = 2 + digits[ask],
                                  .accuracy = answer_outputs_option_set(outputs, 0, ask)->items[option].accuracy,
                                  .accuracy_weight = 0.25};
    }
}

/* The furthest that an imagined reward is from the true one. Rewards of feasible rounds alone count where accuracy is
 * learnt, as next to the threshold no model can tell. */
static double furthest_reward(const char *objective, SystemModelParameters parameters)
{
    enum { USERS = 3 };
    const char *overrides[] = {objective};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 1);
    AnswerOutputs outputs;
    SystemModel model;
    Stream stream = stream_of(4);
    answer_outputs_init(&outputs, scenario, SCOPE_ALL, true);
    system_model_init(&model, &parameters, &outputs, 2, 1, scenario, &stream);
    float state[2];
    int digits[USERS], kind = 0;
    Outcome outcomes[USERS];
    for (int round = 0; round < 400; round++) {
        draw_round(&outputs, &stream, state, digits, outcomes);
        Feedback feedback = {.count = USERS, .outcomes = outcomes};
        system_model_observe(&model, state, 0, digits, &feedback);
    }
    for (int update = 0; update < 4000; update++)
        system_model_learn(&model, &stream);
    double furthest = 0;
    for (int round = 0; round < 200; round++) {
        draw_round(&outputs, &stream, state, digits, outcomes);
        Feedback feedback = {.count = USERS, .outcomes = outcomes};
        objective_judge(&scenario->objective, &feedback);
        double imagined, weights[] = {0.25, 0.25, 0.25};
        system_model_judge(&model, 1, state, &kind, digits, weights, &imagined);
        bool near = parameters.learns_accuracy && fabs(feedback.mean_accuracy - scenario->objective.threshold) < 0.01;
        furthest = near ? furthest : fmax(furthest, fabs(imagined - feedback.reward));
    }
    system_model_free(&model);
    answer_outputs_free(&outputs);
    scenario_destroy(scenario);
    return furthest;
}

static void the_model_learns_how_the_system_responds(void)
{
    SystemModelParameters parameters = {
        .hidden_units = 64, .learning_rate = 0.003, .learning_rate_decay = 1000, .batch = 32, .memory = 1000};
    const char *threshold = "objective.threshold=85 %"; /* times are 0.02 to 0.12 s on average, a miss costs 1 s */
    CHECK_NEAR(furthest_reward(threshold, parameters), 0, 0.01);
    const char *cost = "objective={kind: weighted_cost, latency_weight: 1, energy_weight: 0.1, accuracy_weight: 1}";
    CHECK_NEAR(furthest_reward(cost, parameters), 0, 0.05); /* costs are 0.2 to 1.5 */
    const char *utility = "objective={kind: utility, reference: 100 ms}";
    CHECK_NEAR(furthest_reward(utility, parameters), 0, 0.04);
    parameters.mean = true;
    CHECK_NEAR(furthest_reward(threshold, parameters), 0, 0.01);
    parameters.mean = false;
    parameters.learns_accuracy = true;
    CHECK_NEAR(furthest_reward(threshold, parameters), 0, 0.01);
}

/* The output of a saved network of one output in the state that all questions of the scenario are asked in. */
static double output_of(const WeightsFile *file, const char *name, const Scenario *scenario)
{
    enum { UNITS = 16 };
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
    Stream stream = stream_of(1);
    Encoding encoding;
    Decision decision;
    Error error = {0};
    float state[64];
    encoding_init(&encoding, scenario);
    CHECK(simulation_advance(simulation, &decision) && encoding.size <= 64);
    encoding_write(&encoding, &decision, state);
    Network *network = network_create((NetworkShape){2, {encoding.size, UNITS, 1}}, 1, &stream);
    CHECK(network_file_read(file, name, network, &error));
    CHECK_TEXT(error.message, "");
    double output = (double)network_forward(network, state, 1)[0];
    network_destroy(network);
    encoding_free(&encoding);
    simulation_destroy(simulation);
    return output;
}

/* How far what planning alone makes of the one answer there is to one question is from the mean of the returns over the
 * steps that are left of imagined ones in a row, `lengths` at most, with a target network that never changes; and in
 * `ret_difference` how far that is from the return over one step. */
static double distance_from_returns(int horizon, double discount, double random, int lengths, double *ret_difference)
{
    char settings[512];
    snprintf(settings, sizeof settings,
             "policy={name: hybrid-learning, horizon: %d, discount: %g, planning_epsilon: %g, updates: 0, batch: 24, "
             "planning_updates: 20, hidden_units: 16, learning_rate_decay: 5000, target_interval: 1000000000, "
             "reward_centre: 0, reward_scale: 2, initial_value: 0.1, model_units: 16}",
             horizon, discount, random);
    const char *overrides[] = {"nodes.device.count=1", "options={end: [d0]}", "stop.rounds=400", settings};
    Scenario *scenario = world_load("../../scenarios/online_learning/exp_a.yaml", overrides, 4);
    RunKey key = {.seed = 5, .training = true, .decisions = 400};
    Policy *policy = policy_create(policy_type_find("hybrid-learning"), scenario, key);
    double reward = 2 * world_run(policy, scenario, key).reward, mean = 0, sum = 0, factor = 1;
    WeightsFile file;
    policy_save(policy, &file);
    double end = discount > 0 ? output_of(&file, "target", scenario) : 0, first = reward + discount * end;
    for (int k = 0; k < lengths; k++) {
        sum += factor * reward;
        factor *= discount;
        mean += (sum + factor * end) / lengths;
    }
    double learnt = output_of(&file, "online", scenario);
    *ret_difference = fabs(mean - first);
    weights_file_free(&file);
    policy_destroy(policy);
    scenario_destroy(scenario);
    return fabs(learnt - mean);
}

/* Every step of a row counts what those after it bring, up to the end, where the target network says the rest; but not
 * beyond an answer that was drawn at random, and without a discount only its own. */
static void imagined_answers_in_a_row_count_what_follows(void)
{
    double difference;
    CHECK_NEAR(distance_from_returns(1, 0.8, 0, 1, &difference), 0, 0.01);
    CHECK_NEAR(distance_from_returns(4, 0.8, 0, 4, &difference), 0, 0.01);
    CHECK(difference > 0.3);
    CHECK_NEAR(distance_from_returns(12, 0.8, 0, 12, &difference), 0, 0.01);
    CHECK(difference > 0.8);
    CHECK_NEAR(distance_from_returns(4, 0.8, 1, 1, &difference), 0, 0.01);
    CHECK_NEAR(distance_from_returns(4, 0, 0, 1, &difference), 0, 0.01);
}

static void check_refused(const char *policy, const char *message)
{
    Scenario *scenario = world_load("three_tiers.yaml", &policy, 1);
    ErrorList errors = {0};
    CHECK(!policy_suits(policy_type_find("hybrid-learning"), scenario, &errors));
    CHECK_TEXT(errors.items[0].message, message);
    scenario_destroy(scenario);
}

static void rows_of_answers_must_fit(void)
{
    check_refused("policy={name: hybrid-learning, horizon: 33}",
                  "policy: hybrid-learning: a horizon of 33 is longer than a batch of 32");
    check_refused("policy={name: hybrid-learning, discount: 0.5, steps: 2}",
                  "policy: hybrid-learning: imagines answers one by one: use steps: 1, and a horizon");
}

/* One request at a time is now of this user and now of that. */
static void weights_of_users_who_ask_in_turn_are_refused(void)
{
    static const char *const settings[] = {"objective={kind: utility}", "stop={time: 9 s}",
                                           "workload={arrivals: poisson, rate: 1 /s, weights: [20 %, 80 %]}",
                                           "workload={arrivals: rounds, weights: [20 %, 80 %]}"};
    for (int rounds = 0; rounds < 2; rounds++) {
        const char *const chosen[] = {settings[0], settings[1], settings[2 + rounds]};
        Scenario *scenario = world_load("three_tiers.yaml", chosen, 3);
        CHECK_INT(policy_suits(policy_type_find("hybrid-learning"), scenario, &(ErrorList){0}), rounds);
        scenario_destroy(scenario);
    }
}

/* Costs without any pattern but that more load takes longer. */
static double some_cost(void *model, const Decision *decision, int ask, int option, int load)
{
    (void)model;
    Stream stream = stream_of((uint64_t)(100 * option + ask));
    return 0.03 + 0.05 * stream_uniform(&stream) + 0.02 * (load + decision->ask_count);
}

/* All joint answers judged one by one: none is better than the one planned by search. */
static void judging_answers_agrees_with_planning_them(void)
{
    static const char *const objectives[] = {
        "objective.threshold=89 %", "objective={kind: utility, reference: 100 ms}",
        "objective={kind: weighted_cost, latency_weight: 1, energy_weight: 0.1, accuracy_weight: 1}"};
    for (int i = 0; i < 3; i++) {
        Scenario *scenario = world_load("three_tiers.yaml", &objectives[i], 1);
        Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
        ModelPlan planner;
        Decision decision;
        Belief belief = {.cost = some_cost, .monotone = true};
        int options[3];
        double best = -INFINITY;
        model_plan_init(&planner, scenario);
        CHECK(simulation_advance(simulation, &decision));
        model_plan_look(&planner, &decision, &belief);
        for (int answer = 0; answer < 1000; answer++) {
            int each[] = {answer / 100, answer / 10 % 10, answer % 10};
            best = fmax(best, model_plan_judge(&planner, &decision, each));
        }
        model_plan_solve(&planner, &decision, &belief, options);
        CHECK_NEAR(model_plan_judge(&planner, &decision, options), best, 1e-12);
        CHECK(best > -0.5 || i > 0);
        static const int quick[] = {7, 7, 7}; /* d7 at home, far below the threshold */
        CHECK(i > 0 || fabs(model_plan_judge(&planner, &decision, quick) + 1) < 1e-12);
        model_plan_free(&planner);
        simulation_destroy(simulation);
        scenario_destroy(scenario);
    }
}

static void a_discount_does_not_go_with_imagined_questions(void)
{
    const char *overrides[] = {"policy={name: hybrid-factored, discount: 0.5}"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 1);
    ErrorList errors = {0};
    CHECK(!policy_suits(policy_type_find("hybrid-factored"), scenario, &errors));
    CHECK_TEXT(errors.items[0].message, "policy: hybrid-factored: imagines no next questions: use discount: 0");
    scenario_destroy(scenario);
}

/* Questions are asked for real only when the world asks them, however much is imagined in between. */
static void planning_uses_no_real_interactions(void)
{
    static const char *const settings[] = {"policy={name: hybrid-learning, planning_updates: 0}",
                                           "policy={name: hybrid-learning, planning_updates: 7, planning_start: 10}",
                                           "policy={name: hybrid-learning, planning_updates: 7, planning_interval: 5}"};
    static const int64_t planned[] = {0, 7 * 41, 7 * 9};
    for (int i = 0; i < 3; i++) {
        Scenario *scenario = world_experiment_a(2, 300, settings[i]);
        RunKey key = {.seed = 3, .training = true, .decisions = 50};
        Policy *policy = policy_create(policy_type_find("hybrid-learning"), scenario, key);
        WorldRun run = world_run(policy, scenario, key);
        CHECK_INT(run.decisions, 50);
        CHECK_INT(policy_work(policy).planning_steps, planned[i]);
        CHECK((policy_work(policy).planning_s > 0) == (planned[i] > 0));
        policy_freeze(policy, true);
        world_run(policy, scenario, (RunKey){.seed = 3});
        CHECK_INT(policy_work(policy).planning_steps, planned[i]); /* frozen, it thinks no further */
        policy_destroy(policy);
        scenario_destroy(scenario);
    }
}

/* The contents of a learner after some training. */
static void train_and_save(const Scenario *scenario, int64_t decisions, WeightsFile *ret_file)
{
    RunKey key = {.seed = 3, .training = true, .decisions = decisions};
    Policy *policy = policy_create(policy_type_find("hybrid-learning"), scenario, key);
    world_run(policy, scenario, key);
    Error error = {0};
    WeightsFile file;
    policy_save(policy, &file);
    const char *path = check_scratch("weights");
    CHECK(weights_file_write(&file, path, &error));
    weights_file_free(&file);
    CHECK(weights_file_read(path, ret_file, &error));
    policy_destroy(policy);
}

static void check_same(const WeightsFile *file, const WeightsFile *other)
{
    CHECK_INT(file->block_count, other->block_count);
    for (int i = 0; i < file->block_count; i++) {
        size_t size = file->blocks[i].type == WEIGHTS_FLOAT32 ? 4 : 8;
        CHECK_INT(file->blocks[i].count, other->blocks[i].count);
        check_true(memcmp(file->blocks[i].values, other->blocks[i].values, (size_t)file->blocks[i].count * size) == 0,
                   file->blocks[i].name, __FILE__, __LINE__);
    }
}

static void every_instruction_set_learns_the_same_bits(void)
{
    static const char *const sets[] = {"sse2", "avx2", "avx512"};
    static const char *const settings[] = {
        "policy={name: hybrid-learning, planning_updates: 10, planning_epsilon: 0.5, horizon: 3}"};
    Scenario *scenario = world_load("three_tiers.yaml", settings, 1);
    WeightsFile expected, file;
    train_and_save(scenario, 80, &expected);
    for (int i = 0; i < 3; i++) {
        setenv("ORCHID_INSTRUCTIONS", sets[i], 1);
        train_and_save(scenario, 80, &file);
        check_same(&file, &expected);
        weights_file_free(&file);
    }
    unsetenv("ORCHID_INSTRUCTIONS");
    weights_file_free(&expected);
    scenario_destroy(scenario);
}

/* Half of a training, kept, taken up again, and the other half is the same as all at once. */
static void halves_of_a_training_make_a_whole(void)
{
    static const char learner[] = "policy={name: hybrid-learning, horizon: 4, planning_epsilon: 0.5, planning_updates: "
                                  "5, discount: 0.5, updates: 2, model_updates: 4, model_memory: 50, model_mean: yes}";
    const char *settings[] = {learner, "workload.arrivals=poisson", "workload.rate=8 /s", "stop={time: 60 s}"};
    for (int count = 1; count <= 4; count += 3) {
        Scenario *scenario = world_load("three_tiers.yaml", settings, count);
        RunKey first = {.seed = 3, .training = true, .decisions = 80}, second = first;
        second.replication = 1;
        const PolicyType *type = policy_type_find("hybrid-learning");
        Policy *whole = policy_create(type, scenario, first), *other = policy_create(type, scenario, first);
        world_run(whole, scenario, first);
        WeightsFile file, again;
        Error error = {0};
        policy_save(whole, &file);
        CHECK(policy_load(other, &file, &error));
        weights_file_free(&file);
        CHECK(world_run(whole, scenario, second).answers == world_run(other, scenario, second).answers);
        policy_save(whole, &file);
        policy_save(other, &again);
        check_same(&file, &again);
        weights_file_free(&file);
        weights_file_free(&again);
        policy_destroy(whole);
        policy_destroy(other);
        scenario_destroy(scenario);
    }
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(the_model_learns_how_the_system_responds),

        CHECK_OF(imagined_answers_in_a_row_count_what_follows),
        CHECK_OF(rows_of_answers_must_fit),
        CHECK_OF(weights_of_users_who_ask_in_turn_are_refused),
        CHECK_OF(planning_uses_no_real_interactions),
        CHECK_OF(judging_answers_agrees_with_planning_them),
        CHECK_OF(a_discount_does_not_go_with_imagined_questions),
        CHECK_OF(every_instruction_set_learns_the_same_bits),
        CHECK_OF(halves_of_a_training_make_a_whole),
    };
    return check_run("hybrid learning", checks, sizeof checks / sizeof checks[0]);
}

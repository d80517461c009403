/* Tabular learners against decision processes that can be solved, and against each other. */
#include "../policies/joint_action.h"
#include "../policies/policy.h"
#include "check.h"
#include "subjects.h"
#include "worlds.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A process whose steps go from state to state without end. */
enum { STATES_MOST = 20, ACTIONS_MOST = 3 };

typedef struct Process {
    int states, actions;
    int successor[STATES_MOST][ACTIONS_MOST];
    double reward[STATES_MOST][ACTIONS_MOST];
} Process;

typedef double Values[STATES_MOST][ACTIONS_MOST];

static double greatest(const Process *process, const double *values)
{
    double best = values[0];
    for (int a = 1; a < process->actions; a++)
        best = fmax(best, values[a]);
    return best;
}

/* The values of the policy that answers at random with probability epsilon and else the best: for 0 the optimum. */
static void solve(const Process *process, double discount, double epsilon, Values ret_values)
{
    memset(ret_values, 0, sizeof(Values));
    for (int sweep = 0; sweep < 5000; sweep++)
        for (int s = 0; s < process->states; s++)
            for (int a = 0; a < process->actions; a++) {
                const double *next = ret_values[process->successor[s][a]];
                double mean = 0;
                for (int b = 0; b < process->actions; b++)
                    mean += next[b] / process->actions;
                double following = (1 - epsilon) * greatest(process, next) + epsilon * mean;
                ret_values[s][a] = process->reward[s][a] + discount * following;
            }
}

/* Takes so many steps from state 0. */
static void take_steps(Subject *subject, const Process *process, int64_t steps)
{
    int state = 0;
    for (int64_t i = 0; i < steps; i++) {
        int64_t action = subject_answer(subject, i, state, process->actions);
        tabular_reward(subject->tabular, i, process->reward[state][action]);
        state = process->successor[state][action];
    }
}

/* The greatest distance of a learnt value from the one given. */
static double distance(Subject *subject, const Process *process, Values values)
{
    double most = 0;
    for (int s = 0; s < process->states; s++)
        for (int a = 0; a < process->actions; a++)
            most = fmax(most, fabs(subject_value(subject, s, a, process->actions) - values[s][a]));
    return most;
}

static double error_after(const char *policy, const char *parameters, const Process *process, int64_t steps,
                          Values values)
{
    Subject subject = subject_create(policy, parameters, 1);
    take_steps(&subject, process, steps);
    double error = distance(&subject, process, values);
    subject_destroy(&subject);
    return error;
}

/* Forward pays at the end of five states; the other action falls back to the first and costs. */
static Process chain(void)
{
    Process process = {.states = 5, .actions = 2};
    for (int s = 0; s < 5; s++) {
        process.successor[s][0] = (s + 1) % 5;
        process.reward[s][0] = s == 4;
        process.reward[s][1] = -1;
    }
    return process;
}

static void sarsa_learns_the_exploring_policy_and_q_learning_the_best(void)
{
    Process process = chain();
    Values best, exploring;
    solve(&process, 0.9, 0, best);
    solve(&process, 0.9, 0.2, exploring);
    CHECK(best[0][0] > exploring[0][0] + 0.5);
    static const char *const parameters =
        "{epsilon: 0.2, epsilon_floor: 0.2, discount: 0.9, learning_rate: 0.002, initial_value: 0}";
    CHECK_NEAR(error_after("sarsa", parameters, &process, 400000, exploring), 0, 0.1);
    CHECK_NEAR(error_after("q-learning", parameters, &process, 400000, best), 0, 0.01);
    CHECK_NEAR(error_after("double-q", parameters, &process, 400000, best), 0, 0.05); /* half the updates each */
}

static Process random_process(uint64_t seed)
{
    Process process = {.states = STATES_MOST, .actions = ACTIONS_MOST};
    Stream stream = stream_create(seed, 0, STREAM_POLICY, 0);
    for (int s = 0; s < STATES_MOST; s++)
        for (int a = 0; a < ACTIONS_MOST; a++) {
            process.successor[s][a] = (int)stream_uniform_integer(&stream, STATES_MOST);
            process.reward[s][a] = -stream_uniform(&stream);
        }
    process.successor[0][0] = 1; /* no state is out of reach */
    for (int s = 1; s < STATES_MOST; s++)
        process.successor[s][0] = (s + 1) % STATES_MOST;
    return process;
}

/* Backups of value iteration, in place and given the model, until all values are as near as `tolerance`. */
static int64_t backups_to_solve(const Process *process, double discount, double tolerance, Values best)
{
    Values values = {{0}};
    int64_t backups = 0;
    for (double error = INFINITY; error > tolerance;) {
        error = 0;
        for (int s = 0; s < process->states; s++)
            for (int a = 0; a < process->actions; a++, backups++) {
                double following = greatest(process, values[process->successor[s][a]]);
                values[s][a] = process->reward[s][a] + discount * following;
                error = fmax(error, fabs(values[s][a] - best[s][a]));
            }
    }
    return backups;
}

#define EXPLORING "discount: 0.95, epsilon: 1, epsilon_floor: 1, "

/* One step of all is rewarded. The learner's own backups count too, those of real steps before the model was known. */
static void prioritised_sweeping_solves_a_process_with_fewer_backups(void)
{
    enum { STEPS = 3000 };
    for (uint64_t seed = 1; seed <= 5; seed++) {
        Process process = random_process(seed);
        memset(process.reward, 0, sizeof process.reward);
        process.reward[7][1] = 1;
        Values best;
        solve(&process, 0.95, 0, best);
        Subject subject =
            subject_create("prioritised-sweeping", "{" EXPLORING "planning_steps: 1000, threshold: 1e-4}", 1);
        take_steps(&subject, &process, STEPS);
        double error = distance(&subject, &process, best);
        CHECK_NEAR(error, 0, 1e-3);
        int64_t planned = subject.type->work(subject.state).planning_steps;
        CHECK(planned > 100);
        CHECK(planned + STEPS < backups_to_solve(&process, 0.95, error, best));
        subject_destroy(&subject);
        const char *swept = "{" EXPLORING "planning_steps: 1, threshold: 1e-4}";
        const char *remembered = "{" EXPLORING "planning_steps: 1, learning_rate: 1}";
        CHECK(error_after("prioritised-sweeping", swept, &process, STEPS, best) <
              0.5 * error_after("dyna-q", remembered, &process, STEPS, best));
    }
}

static void prioritised_sweeping_finds_the_exact_values(void)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        Process process = random_process(seed);
        Values best;
        solve(&process, 0.95, 0, best);
        const char *parameters = "{" EXPLORING "planning_steps: 1000, threshold: 0}";
        CHECK_NEAR(error_after("prioritised-sweeping", parameters, &process, 3000, best), 0, 1e-9);
    }
}

/* A step that goes astray half of the time has the mean of both ends. */
static void prioritised_sweeping_counts_what_follows(void)
{
    Subject subject = subject_create("prioritised-sweeping", "{discount: 0.5, planning_steps: 20, threshold: 0}", 1);
    for (int i = 0, state = 0; i < 4001; i++) {
        subject_answer(&subject, i, state, 1);
        tabular_reward(subject.tabular, i, state == 0 ? 0 : state == 1 ? -1 : -3);
        state = state > 0 ? 0 : 1 + (i / 2) % 2;
    }
    /* v0 = 0.5 (v1 + v2) / 2, v1 = -1 + 0.5 v0, v2 = -3 + 0.5 v0 */
    CHECK_NEAR(subject_value(&subject, 0, 0, 1), -1 / 0.75, 1e-6);
    CHECK_NEAR(subject_value(&subject, 1, 0, 1), -1 - 0.5 / 0.75, 1e-6);
    subject_destroy(&subject);
}

static void remembered_steps_spare_real_ones(void)
{
    Process process = random_process(1);
    Values best;
    solve(&process, 0.95, 0, best);
    static const char *const format =
        "{discount: 0.95, learning_rate: 1, epsilon: 0.3, epsilon_floor: 0.3, planning_steps: %d}";
    double before = INFINITY;
    for (int steps = 0; steps <= 8; steps += 4) {
        char parameters[128];
        snprintf(parameters, sizeof parameters, format, steps);
        double error = error_after("dyna-q", parameters, &process, 1500, best);
        CHECK(error < 0.5 * before);
        before = error;
    }
}

/* Sutton, Barto: Reinforcement learning, 2018, example 6.7: left of A is B, from where ten actions end with rewards
 * around -0.1; right ends with 0. Episodes end in a state of one action that is worth the 0 it starts with. Returns the
 * value of going left after 100 episodes. */
static double value_of_left(const char *policy, uint64_t seed)
{
    enum { A, B, END, RIGHT = 0, LEFT = 1, FROM_B = 10 };
    Subject subject = subject_create(
        policy, "{epsilon: 0.1, epsilon_floor: 0.1, learning_rate: 0.1, discount: 0.9999, initial_value: 0}", seed);
    Stream stream = stream_create(seed, 1, STREAM_POLICY, 0);
    gsl_rng generator = stream_gsl(&stream);
    for (int episode = 0; episode < 100; episode++) {
        int64_t decision = 0;
        bool left = subject_answer(&subject, decision, A, 2) == LEFT;
        tabular_reward(subject.tabular, decision++, 0);
        if (left) {
            subject_answer(&subject, decision, B, FROM_B);
            tabular_reward(subject.tabular, decision++, -0.1 + gsl_ran_gaussian_ziggurat(&generator, 1));
        }
        subject_answer(&subject, decision, END, 1);
    }
    double value = subject_value(&subject, A, LEFT, 2);
    subject_destroy(&subject);
    return value;
}

static void two_tables_do_not_take_luck_for_value(void)
{
    enum { SEEDS = 200 };
    double single = 0, twice = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        single += value_of_left("q-learning", seed) / SEEDS;
        twice += value_of_left("double-q", seed) / SEEDS;
    }
    CHECK(single > 0.05); /* it is worth -0.1 */
    CHECK(twice < 0.02);
    CHECK(twice < single - 0.05);
}

static uint64_t answers_of(const char *world, const char *policy)
{
    const char *overrides[] = {policy, world, "stop={time: 100 s}"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 3);
    char name[32];
    sscanf(policy, "policy={name: %31[a-z-]", name);
    RunKey key = {.seed = 3, .training = true, .decisions = 2000};
    Policy *learner = policy_create(policy_type_find(name), scenario, key);
    uint64_t answers = world_run(learner, scenario, key).answers;
    policy_destroy(learner);
    scenario_destroy(scenario);
    return answers;
}

static void without_planning_it_is_q_learning(void)
{
    static const char *const worlds[] = {"workload={arrivals: rounds, input: 150 kB}",
                                         "workload={arrivals: poisson, rate: 8 /s, input: 150 kB}"};
#define SETTINGS "epsilon: 0.5, epsilon_floor: 0.1, epsilon_decay: 300, learning_rate: 0.2, discount: 0.5"
    for (int i = 0; i < 2; i++) {
        uint64_t expected = answers_of(worlds[i], "policy={name: q-learning, " SETTINGS "}");
        CHECK(answers_of(worlds[i], "policy={name: dyna-q, planning_steps: 0, " SETTINGS "}") == expected);
        CHECK(answers_of(worlds[i], "policy={name: dyna-q, planning_steps: 1, " SETTINGS "}") != expected);
        CHECK(answers_of(worlds[i], "policy={name: sarsa, " SETTINGS "}") != expected);
    }
#undef SETTINGS
}

static void memory_grows_with_what_was_tried(void)
{
    static const char *const policies[] = {"q-learning",           "double-q", "sarsa", "dyna-q", "ucb",
                                           "prioritised-sweeping", "thompson"};
    for (int i = 0; i < 7; i++) {
        Subject subject = subject_create(policies[i], "{}", 1);
        for (int64_t n = 0; n < 1000; n++) {
            int64_t action = subject_answer(&subject, n, 0, 1000000000000000);
            tabular_reward(subject.tabular, n, -0.001 * (double)(action % 1000));
        }
        CHECK(subject.tabular->values.pairs.count <= 1000);
        CHECK(subject.tabular->values.value_limit <= 4000);
        subject_destroy(&subject);
    }
}

/* Whether no option of the same target computes more of the inference there, or as much more accurately. */
static bool is_most_accurate_there(const OptionSet *options, int chosen)
{
    const Option *own = &options->items[chosen];
    for (int i = 0; i < options->count; i++) {
        const Option *other = &options->items[i];
        if (other->target == own->target &&
            (other->cut < own->cut || (other->cut == own->cut && other->accuracy > own->accuracy)))
            return false;
    }
    return true;
}

static void check_places(const char *world)
{
    Scenario *scenario = world_load(world, NULL, 0);
    RunKey key = {.seed = 5};
    Policy *policy = policy_create(policy_type_find("q-learning-offload"), scenario, key);
    Simulation *simulation = simulation_create(scenario, key);
    Decision decision;
    int64_t wrong = 0, targets = 0;
    while (simulation_advance(simulation, &decision)) {
        Answer answer = policy_decide(policy, &decision);
        for (int i = 0; i < decision.ask_count; i++) {
            wrong += !is_most_accurate_there(decision.asks[i].options, answer.options[i]);
            targets |= 1 << (decision.asks[i].options->items[answer.options[i]].target + 1);
        }
        simulation_apply(simulation, answer);
    }
    CHECK_INT(wrong, 0);
    CHECK((targets & (targets - 1)) != 0); /* it goes to more than one place */
    simulation_destroy(simulation);
    policy_destroy(policy);
    scenario_destroy(scenario);
}

static void a_learner_of_the_place_never_chooses_the_model(void)
{
    check_places("three_tiers.yaml");
    check_places("mixed.yaml");
}

static void joint_answers_are_numbered_without_gaps(void)
{
    static const ActionScope scopes[] = {SCOPE_ALL, SCOPE_PLACE};
    Scenario *scenario = world_load("mixed.yaml", NULL, 0);
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    for (int s = 0; s < 2; s++) {
        JointActions actions;
        joint_actions_init(&actions, scenario, scopes[s]);
        int64_t count = joint_actions_count(&actions, &decision), before = -1, product = 1;
        for (int i = 0; i < decision.ask_count; i++)
            product *= scopes[s] == SCOPE_ALL ? decision.asks[i].options->count : i < 2 ? 3 : 2;
        CHECK_INT(count, product); /* the small devices reach edge and cloud, the large one the cloud */
        for (int64_t action = 0; action < count; action++) {
            int options[3];
            joint_actions_split(&actions, &decision, action, options);
            int64_t number = 0; /* in order: the first ask is the highest digit */
            for (int i = 0; i < 3; i++)
                number = number * 100 + options[i];
            CHECK(number > before);
            before = number;
        }
        joint_actions_free(&actions);
    }
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void fewer_choices_suit_more_users(void)
{
    static const char *const users[] = {"nodes.device.count=30"};
    Scenario *scenario = world_load("three_tiers.yaml", users, 1);
    Error error = {0};
    CHECK(!joint_actions_suit(scenario, SCOPE_ALL, &error));
    CHECK(joint_actions_suit(scenario, SCOPE_PLACE, &error));
    scenario_destroy(scenario);
}

/* Each feature's step in a word of its own, as a table could have it that does not mind memory. */
static int plain_key(const Decision *decision, double *values, int64_t *ret_key)
{
    const Feature *features[2];
    int count[2] = {view_shared_features(decision->view, &features[0]),
                    view_ask_features(decision->view, &features[1])};
    int length = 0, at = 0;
    view_observe(decision->view, decision, values);
    for (int block = 0; block <= decision->ask_count; block++) {
        for (int i = 0; i < count[block > 0]; i++) {
            const Feature *feature = &features[block > 0][i];
            double value = values[at++], step = feature->levels ? value : floor(4 * value / feature->scale);
            ret_key[length++] = feature->constant ? 0 : (int64_t)fmin(step, feature->levels ? feature->levels - 1 : 15);
        }
        if (block < decision->ask_count)
            ret_key[length++] = view_scenario(decision->view)->group_of[decision->asks[block].node];
    }
    return length;
}

static void check_keys(const char *world, const char *const *overrides, int count)
{
    enum { ROOM = 200 };
    Scenario *scenario = world_load(world, overrides, count);
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 5, .decisions = 2000});
    Policy *policy = policy_create(policy_type_find("random"), scenario, (RunKey){.seed = 5});
    StateKey key = {0};
    Table packed = {0}, plain = {0};
    Decision decision;
    int64_t different = 0;
    while (simulation_advance(simulation, &decision)) {
        double values[ROOM];
        int64_t words[ROOM];
        int length = plain_key(&decision, values, words);
        if (!key.key) {
            state_key_init(&key, &decision);
            table_init(&packed, key.coarse_size);
            table_init(&plain, (size_t)length * sizeof *words);
        }
        different += table_insert(&packed, state_key_coarse(&key, &decision)) != table_insert(&plain, words);
        simulation_apply(simulation, policy_decide(policy, &decision));
    }
    CHECK_INT(different, 0);
    CHECK(plain.count > 3);
    CHECK(packed.key_size < plain.key_size / 3);
    table_free(&packed);
    table_free(&plain);
    state_key_free(&key);
    policy_destroy(policy);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void packed_keys_tell_apart_what_plain_ones_do(void)
{
    static const char *const single[] = {"workload.arrivals=poisson", "workload.rate=8 /s", "stop={time: 200 s}"};
    check_keys("three_tiers.yaml", NULL, 0);
    check_keys("mixed.yaml", NULL, 0);
    check_keys("three_tiers.yaml", single, 3);
    check_keys("mixed.yaml",
               (const char *[]){"workload={arrivals: poisson, rate: 8 /s, input: 150 kB}", "stop={time: 200 s}"}, 2);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(sarsa_learns_the_exploring_policy_and_q_learning_the_best),
        CHECK_OF(prioritised_sweeping_solves_a_process_with_fewer_backups),
        CHECK_OF(prioritised_sweeping_finds_the_exact_values),
        CHECK_OF(prioritised_sweeping_counts_what_follows),
        CHECK_OF(remembered_steps_spare_real_ones),
        CHECK_OF(two_tables_do_not_take_luck_for_value),
        CHECK_OF(without_planning_it_is_q_learning),
        CHECK_OF(memory_grows_with_what_was_tried),
        CHECK_OF(a_learner_of_the_place_never_chooses_the_model),
        CHECK_OF(joint_answers_are_numbered_without_gaps),
        CHECK_OF(fewer_choices_suit_more_users),
        CHECK_OF(packed_keys_tell_apart_what_plain_ones_do),
    };
    return check_run("tabular", checks, sizeof checks / sizeof checks[0]);
}

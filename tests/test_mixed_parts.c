/* What learners of mixed actions are made of: memory, rows, features of options, claims, and the networks that choose
 * and value. Against sums by hand, the definitions, and losses differentiated numerically. */
#include "../policies/hybrid_actor.h"
#include "../policies/policy.h"
#include "../policies/social_costs.h"
#include "../policies/user_cost.h"
#include "../policies/user_states.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_LIMIT = 32, ASKS = 3 };

static Stream stream_of(uint64_t seed)
{
    return stream_create(seed, 0, STREAM_POLICY, 0);
}

static Scenario *reserved_world(void)
{
    return world_load("reserved.yaml", NULL, 0);
}

/* Each question of a run, answered at random. */
typedef void Look(const Scenario *scenario, const Decision *decision, Stream *stream);

static void for_each_question(Look *look)
{
    Scenario *scenario = reserved_world();
    RunKey key = {.seed = 5};
    Stream stream = stream_of(1);
    Policy *policy = policy_create(policy_type_find("random"), scenario, key);
    Simulation *simulation = simulation_create(scenario, key);
    Decision decision;
    while (simulation_advance(simulation, &decision)) {
        look(scenario, &decision, &stream);
        simulation_apply(simulation, policy_decide(policy, &decision));
    }
    simulation_destroy(simulation);
    policy_destroy(policy);
    scenario_destroy(scenario);
}

/* An answer to decision `number` that tells by all its numbers which it is. */
static void open_answer(AnswerMemory *memory, int number)
{
    float id = (float)number, rows[] = {id, id + 0.25F, id + 0.5F, id + 0.75F}, values[] = {-id, -id - 0.5F};
    answer_memory_open(memory, number, rows, (int[]){10 * number, 10 * number + 1}, values);
}

static bool end_answer(AnswerMemory *memory, int number)
{
    return answer_memory_end(memory, number, (float[]){100 * (float)number, 100 * (float)number + 1});
}

static void check_place(const AnswerMemory *memory, int64_t place, int number)
{
    double id = number;
    const AnswerArrays *ended = &memory->ended;
    for (int i = 0; i < 4; i++)
        CHECK_NEAR((double)ended->rows[4 * place + i], id + 0.25 * i, 0);
    for (int i = 0; i < 2; i++) {
        CHECK_NEAR((double)ended->values[2 * place + i], -id - 0.5 * i, 0);
        CHECK_INT(ended->actions[2 * place + i], 10 * number + i);
        CHECK_NEAR((double)ended->costs[2 * place + i], 100 * id + i, 0);
    }
}

static const AnswerShape SHAPE = {.capacity = 3, .ask_count = 2, .row_size = 2, .value_size = 1};

static void answers_wait_until_they_end(void)
{
    AnswerMemory memory;
    answer_memory_init(&memory, SHAPE);
    for (int number = 0; number < 9; number++)
        open_answer(&memory, number);
    CHECK_INT(memory.count, 0);
    CHECK(!end_answer(&memory, 9));
    CHECK(end_answer(&memory, 4) && end_answer(&memory, 0));
    CHECK(!end_answer(&memory, 4));
    CHECK_INT(memory.count, 2);
    check_place(&memory, 0, 4);
    check_place(&memory, 1, 0);
    CHECK(end_answer(&memory, 8) && end_answer(&memory, 1)); /* the oldest makes room */
    CHECK_INT(memory.count, 3);
    CHECK_INT(memory.next, 1);
    check_place(&memory, 0, 1);
    check_place(&memory, 1, 0);
    check_place(&memory, 2, 8);
    open_answer(&memory, 0); /* a new run */
    CHECK(!end_answer(&memory, 2));
    answer_memory_abandon(&memory);
    CHECK(!end_answer(&memory, 0));
    CHECK_INT(memory.count, 3);
    answer_memory_clear(&memory);
    open_answer(&memory, 6);
    CHECK(end_answer(&memory, 6));
    CHECK_INT(memory.count, 1);
    check_place(&memory, 0, 6);
    answer_memory_free(&memory);
}

static void memory_comes_back_from_a_file(void)
{
    AnswerMemory memory, loaded;
    WeightsFile file, read;
    Error error = {0};
    answer_memory_init(&memory, SHAPE);
    answer_memory_init(&loaded, SHAPE);
    for (int number = 0; number < 4; number++) {
        open_answer(&memory, number);
        end_answer(&memory, number);
    }
    const char *path = check_scratch("memory");
    weights_file_init(&file, "test", 1);
    answer_memory_save(&memory, &file, "memory");
    CHECK(weights_file_write(&file, path, &error) && weights_file_read(path, &read, &error));
    CHECK(answer_memory_load(&loaded, &read, "memory", &error));
    CHECK_INT(loaded.count, 3);
    CHECK_INT(loaded.next, 1);
    check_place(&loaded, 0, 3);
    check_place(&loaded, 1, 1);
    check_place(&loaded, 2, 2);
    AnswerShape other = SHAPE;
    other.row_size = 3;
    answer_memory_free(&loaded);
    answer_memory_init(&loaded, other);
    CHECK(!answer_memory_load(&loaded, &read, "memory", &error));
    CHECK_INT(loaded.count, 0);
    CHECK(!answer_memory_load(&loaded, &read, "nothing", &error));
    weights_file_free(&file);
    weights_file_free(&read);
    answer_memory_free(&memory);
    answer_memory_free(&loaded);
}

/* The cost of the longest message to a node group, at a share of 1. */
static double message_cost(const Scenario *scenario, const Decision *decision, int index, int target)
{
    const Ask *ask = &decision->asks[index];
    double longest = -1, cost = 0;
    for (int o = 0; o < ask->options->count; o++) {
        const Option *option = &ask->options->items[o];
        double reserved_s, fixed_s = view_message_time(decision->view, ask, option, &reserved_s);
        if (option->target != target || option->up_bytes <= longest)
            continue;
        longest = option->up_bytes;
        cost = (1 - ask->accuracy_weight) * (fixed_s + reserved_s) / time_to_s(scenario->objective.reference);
    }
    return cost;
}

static void check_rows(const Scenario *scenario, const Decision *decision, Stream *stream)
{
    (void)stream;
    UserStates states;
    user_states_init(&states, scenario);
    CHECK_INT(states.ask_count, ASKS);
    float *rows = memory_allocate((size_t)(ASKS * states.size), sizeof *rows);
    float *inputs = memory_allocate((size_t)states.encoding.size, sizeof *inputs);
    user_states_write(&states, decision, rows);
    encoding_write(&states.encoding, decision, inputs);
    int shared = states.encoding.shared_size, own = states.own_size;
    int entries = (states.encoding.size - shared) / ASKS;
    for (int i = 0; i < ASKS; i++) {
        const float *row = rows + (ptrdiff_t)i * states.size, *costs = row + shared + entries + 2;
        CHECK(memcmp(row, inputs, (size_t)shared * sizeof *row) == 0);
        CHECK(memcmp(row + shared, inputs + shared + i * entries, (size_t)entries * sizeof *row) == 0);
        CHECK_NEAR((double)row[shared + entries], i < 2, 0); /* two small devices and a large one */
        CHECK_NEAR((double)row[shared + entries + 1], i == 2, 0);
        CHECK_NEAR((double)costs[0], 1 - decision->asks[i].accuracy_weight, 1e-6);
        for (int target = 0; target < 2; target++) {
            double cost = message_cost(scenario, decision, i, 2 + target); /* edge and cloud */
            CHECK_NEAR((double)costs[2 + 2 * target], fmin(cost, 4), 1e-5);
            CHECK_NEAR((double)costs[3 + 2 * target], fmin(sqrt(cost), 4), 1e-5);
        }
        for (int k = 0; k < own; k++) {
            double sum = 0;
            for (int j = 0; j < ASKS; j++)
                sum += j == i ? 0 : (double)rows[(ptrdiff_t)j * states.size + shared + k];
            CHECK_NEAR((double)row[shared + own + k], sum / (ASKS - 1), 1e-5);
        }
    }
    CHECK_INT(states.size, shared + 2 * own);
    free(rows);
    free(inputs);
    user_states_free(&states);
}

static void rows_hold_a_user_and_the_mean_of_the_others(void)
{
    for_each_question(check_rows);
}

static bool same_terms(const OptionFeatures *features, int group, int option, int other_group, int other)
{
    const Term *one, *two;
    int count = option_features_of(features, group, option, &one);
    if (option_features_of(features, other_group, other, &two) != count)
        return false;
    for (int i = 0; i < count; i++)
        if (one[i].index != two[i].index || one[i].value != two[i].value)
            return false;
    return true;
}

static void features_tell_options_apart_and_score_them(void)
{
    Scenario *scenario = reserved_world();
    OptionFeatures features;
    option_features_init(&features, scenario);
    Stream stream = stream_of(2);
    float weights[100], gradients[100] = {0}, scores[OPTION_LIMIT];
    CHECK(features.count > 10 && features.count <= 100);
    for (int i = 0; i < features.count; i++)
        weights[i] = (float)stream_uniform(&stream);
    int count = scenario->options[0].count;
    option_features_scores(&features, 0, weights, scores);
    for (int o = 0; o < count; o++) {
        for (int other = 0; other < count; other++)
            CHECK(same_terms(&features, 0, o, 0, other) == (o == other));
        CHECK(same_terms(&features, 0, o, 1, o)); /* work is counted, not how long it takes */
        double sum = 0;
        memset(gradients, 0, sizeof gradients);
        option_features_spread(&features, 0, o, 2, gradients);
        for (int i = 0; i < features.count; i++)
            sum += (double)(gradients[i] * weights[i]);
        CHECK_NEAR(sum, 2 * (double)scores[o], 1e-5);
    }
    option_features_free(&features);
    scenario_destroy(scenario);
}

static void check_claims(const Scenario *scenario, const Decision *decision, Stream *stream)
{
    int options[ASKS];
    Claims claims[ASKS];
    Share shares[ASKS];
    Reservation needed[ASKS];
    for (int i = 0; i < ASKS; i++) {
        const Ask *ask = &decision->asks[i];
        options[i] = (int)stream_uniform_integer(stream, (uint64_t)ask->options->count);
        needed[i] = reservation_of(scenario, ask, &ask->options->items[options[i]]);
        for (int c = 0; c < CLAIM_COUNT; c++)
            claims[i].values[c] = 8 * stream_uniform(stream) - 4;
        claims[i].values[0] *= stream_uniform(stream) < 0.1 ? 1000 : 1; /* even these */
        ClaimNeeds needs = claims_needed(scenario, ask, &ask->options->items[options[i]]);
        CHECK_INT(needs.needed[CLAIM_COMPUTE], needed[i].node != NOT_RESERVED);
        CHECK_INT(needs.needed[CLAIM_BANDWIDTH], needed[i].link != NOT_RESERVED);
    }
    claims_divide(scenario, decision, options, claims, shares);
    CHECK(reservation_accepts(scenario, decision->asks, ASKS, (Answer){options, shares}, &(Error){0}));
    for (int i = 0; i < ASKS; i++)
        for (int j = 0; j < ASKS; j++) {
            if (needed[i].link != NOT_RESERVED && needed[i].link == needed[j].link)
                CHECK_NEAR(log(shares[i].bandwidth / shares[j].bandwidth),
                           claims[i].values[CLAIM_BANDWIDTH] - claims[j].values[CLAIM_BANDWIDTH], 1e-9);
            /* One inference uses half of the edge. */
            if (needed[i].node != NOT_RESERVED) {
                CHECK(shares[i].compute <= 0.5);
                CHECK(needed[j].node != needed[i].node || shares[j].compute >= 0.5 - 1e-12 || i == j ||
                      claims[j].values[0] <= claims[i].values[0] || shares[i].compute < shares[j].compute);
            }
        }
}

static void claims_divide_by_their_exponentials(void)
{
    for_each_question(check_claims);
}

/* An actor with one row of inputs, for users of the first group. */
typedef struct ActorBench {
    Scenario *scenario;
    OptionFeatures features;
    HybridActor actor;
    Ask ask;
} ActorBench;

static const float ROW[] = {1, 0.3F, -0.7F};

static void open_bench(ActorBench *bench)
{
    Stream stream = stream_of(3);
    bench->scenario = reserved_world();
    option_features_init(&bench->features, bench->scenario);
    NetworkShape hidden = {.layer_count = 2, .sizes = {3, 5}};
    hybrid_actor_init(&bench->actor, &bench->features, hidden, 1, &stream);
    bench->ask = (Ask){.node = 0, .options = &bench->scenario->options[0], .input_bytes = 150e3, .output_bytes = 1e3};
    network_forward(bench->actor.network, ROW, 1);
}

static void close_bench(ActorBench *bench)
{
    hybrid_actor_free(&bench->actor);
    option_features_free(&bench->features);
    scenario_destroy(bench->scenario);
}

/* Of the choice, or of the mean of a claim: 1 + its number. */
static double score_of(const ActorBench *bench, int part, int option)
{
    const Term *terms;
    const float *weights = network_output(bench->actor.network, 0) + part * bench->features.count;
    int count = option_features_of(&bench->features, 0, option, &terms);
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += terms[i].value * (double)weights[terms[i].index];
    return sum;
}

/* Logarithm of the probability of an option, and the entropy of the choice. */
static double log_choice(const ActorBench *bench, int option, double *ret_entropy)
{
    double sum = 0, entropy = 0;
    for (int o = 0; o < bench->ask.options->count; o++)
        sum += exp(score_of(bench, 0, o));
    for (int o = 0; o < bench->ask.options->count; o++) {
        double log_p = score_of(bench, 0, o) - log(sum);
        entropy -= exp(log_p) * log_p;
    }
    *ret_entropy = entropy;
    return score_of(bench, 0, option) - log(sum);
}

static double log_claims(const ActorBench *bench, const HybridAction *action)
{
    double sum = 0;
    for (int c = 0; c < CLAIM_COUNT; c++) {
        double off = (action->claims.values[c] - score_of(bench, 1 + c, action->option)) / action->deviation;
        sum -= action->needs.needed[c] ? off * off / 2 : 0;
    }
    return sum;
}

static double clipped(double ratio, double advantage, double clip)
{
    return -fmin(ratio * advantage, fmax(1 - clip, fmin(ratio, 1 + clip)) * advantage);
}

static double loss_of(const ActorBench *bench, const HybridAction *action, double advantage, HybridLoss loss)
{
    double entropy, choice = log_choice(bench, action->option, &entropy);
    return clipped(exp(choice - action->log_choice), advantage, loss.clip) +
           clipped(exp(log_claims(bench, action) - action->log_claims), advantage, loss.clip) - loss.entropy * entropy;
}

static void draws_are_as_likely_as_they_say(void)
{
    enum { DRAWS = 20000 };
    ActorBench bench;
    open_bench(&bench);
    Stream stream = stream_of(4);
    double counts[OPTION_LIMIT] = {0}, statistic = 0, entropy, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
        HybridAction action = hybrid_actor_draw(&bench.actor, 0, &bench.ask, 0.5, &stream);
        counts[action.option]++;
        CHECK_NEAR(action.log_choice, log_choice(&bench, action.option, &entropy), 1e-4);
        CHECK_NEAR(action.log_claims, log_claims(&bench, &action), 1e-4);
        double off = action.claims.values[0] - score_of(&bench, 1, action.option);
        squares += off * off;
    }
    int count = bench.ask.options->count;
    for (int o = 0; o < count; o++) {
        double expected = DRAWS * exp(log_choice(&bench, o, &entropy));
        statistic += (counts[o] - expected) * (counts[o] - expected) / expected;
    }
    CHECK_INT(count, 8);
    CHECK(statistic < 24.3); /* chi-square, 7 degrees of freedom, 0.1 % */
    CHECK_NEAR(squares / DRAWS, 0.25, 4 * 0.25 * sqrt(2.0 / DRAWS));
    HybridAction best = hybrid_actor_draw(&bench.actor, 0, &bench.ask, 0, &stream);
    for (int o = 0; o < count; o++)
        CHECK(score_of(&bench, 0, o) <= score_of(&bench, 0, best.option));
    CHECK_NEAR(best.claims.values[1], score_of(&bench, 2, best.option), 1e-6);
    close_bench(&bench);
}

/* Every output's gradient, by moving its bias. */
static void check_gradients(ActorBench *bench, const HybridAction *action, double advantage)
{
    const HybridLoss loss = {.clip = 0.2, .entropy = 0.3};
    const NetworkLayer *last = network_last_layer(bench->actor.network);
    hybrid_actor_differentiate(&bench->actor, 0, action, advantage, loss, 1);
    for (int output = 0; output < last->outputs; output++) {
        float *bias = &last->weights[(ptrdiff_t)last->inputs * last->columns + output], kept = *bias;
        double step = 1e-2, sides[2];
        for (int side = 0; side < 2; side++) {
            *bias = kept + (float)(side ? step : -step);
            network_forward(bench->actor.network, ROW, 1);
            sides[side] = loss_of(bench, action, advantage, loss);
        }
        *bias = kept;
        network_forward(bench->actor.network, ROW, 1);
        CHECK_NEAR((double)bench->actor.gradients[output], (sides[1] - sides[0]) / (2 * step), 3e-3);
    }
}

static void gradients_are_those_of_the_clipped_loss(void)
{
    ActorBench bench;
    open_bench(&bench);
    Stream stream = stream_of(5);
    for (int i = 0; i < 12; i++) {
        HybridAction action = hybrid_actor_draw(&bench.actor, 0, &bench.ask, 0.5, &stream);
        double advantage = i % 2 ? 1.5 : -0.7;
        check_gradients(&bench, &action, advantage);
        /* It was less likely than it is, or more: one way counts, the other is clipped. */
        action.log_choice += i % 3 ? 0.5 : -0.5;
        action.log_claims += i % 3 ? -0.5 : 0.5;
        check_gradients(&bench, &action, advantage);
    }
    close_bench(&bench);
}

/* Options of the edge cost every other user half as much again, and their user nothing. */
static void what_an_option_costs_others_is_learnt(void)
{
    Scenario *scenario = reserved_world();
    OptionFeatures features;
    SocialCosts costs;
    AnswerMemory memory;
    Stream stream = stream_of(6);
    option_features_init(&features, scenario);
    SocialParameters parameters = {.hidden_layers = 1,
                                   .hidden_units = 16,
                                   .learning_rate = 0.01,
                                   .learning_rate_decay = 300,
                                   .batch = 32,
                                   .regard = 1};
    social_costs_init(&costs, &parameters, &features, ASKS, 1, 1, &stream);
    answer_memory_init(&memory, (AnswerShape){.capacity = 1000, .ask_count = ASKS, .row_size = 1});
    const OptionSet *set = &scenario->options[0];
    const float rows[ASKS] = {1, 1, 1};
    for (int k = 0; k < 1000; k++) {
        int actions[ASKS];
        float outcome[ASKS];
        double burden = 0, own[ASKS];
        for (int i = 0; i < ASKS; i++) {
            int option = (int)stream_uniform_integer(&stream, (uint64_t)set->count);
            own[i] = set->items[option].target == 2 ? 0.5 : 0; /* the edge */
            burden += own[i];
            actions[i] = option_features_action(&features, 0, option);
        }
        for (int i = 0; i < ASKS; i++)
            outcome[i] = (float)(1 + burden - own[i]);
        answer_memory_open(&memory, k, rows, actions, NULL);
        CHECK(answer_memory_end(&memory, k, outcome));
    }
    CHECK(option_features_has_actions(&features, &memory));
    for (int i = 0; i < 5000; i++)
        social_costs_learn(&costs, &memory, &stream);
    network_forward(costs.network, rows, 1);
    double base = (double)social_costs_of(&costs, 0, 0, 0);
    CHECK_INT(set->items[0].target, SELF);
    for (int o = 0; o < set->count; o++)
        CHECK_NEAR((double)social_costs_of(&costs, 0, 0, o) - base, set->items[o].target == 2 ? 0.5 * (ASKS - 1) : 0,
                   0.1);
    memory.ended.actions[7] = -1;
    CHECK(!option_features_has_actions(&features, &memory));
    social_costs_free(&costs);
    answer_memory_free(&memory);
    option_features_free(&features);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(answers_wait_until_they_end),
        CHECK_OF(memory_comes_back_from_a_file),
        CHECK_OF(rows_hold_a_user_and_the_mean_of_the_others),
        CHECK_OF(features_tell_options_apart_and_score_them),
        CHECK_OF(claims_divide_by_their_exponentials),
        CHECK_OF(draws_are_as_likely_as_they_say),
        CHECK_OF(gradients_are_those_of_the_clipped_loss),
        CHECK_OF(what_an_option_costs_others_is_learnt),
    };
    return check_run("mixed parts", checks, sizeof checks / sizeof checks[0]);
}

/* Allocators: the closed form against a numerical optimiser, and what they promise about whole questions. */
#include "../policies/allocation.h"
#include "../policies/policy.h"
#include "../sim/objective.h"
#include "check.h"
#include "worlds.h"

#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT_LIMIT = 8, INSTANCES = 1000 };

/* One resource. */
typedef struct Instance {
    int count;
    double price[COUNT_LIMIT], demand_s[COUNT_LIMIT], limit;
} Instance;

static double cost_of(const Instance *instance, const double *shares)
{
    double cost = 0;
    for (int i = 0; i < instance->count; i++)
        cost += instance->price[i] * instance->demand_s[i] / fmin(shares[i], instance->limit);
    return cost;
}

/* Prices and demands over two decades each. */
static Instance draw_instance(Stream *stream, bool limited)
{
    Instance instance = {.count = 2 + (int)stream_uniform_integer(stream, limited ? 3 : COUNT_LIMIT - 1), .limit = 1};
    for (int i = 0; i < instance.count; i++) {
        instance.price[i] = pow(10, 2 * stream_uniform(stream));
        instance.demand_s[i] = pow(10, -3 + 2 * stream_uniform(stream));
    }
    if (limited)
        instance.limit = fmin(1, (0.5 + stream_uniform(stream)) / (instance.count - 1));
    return instance;
}

/* Shares that sum to 1, from numbers without bounds. */
static void softmax(const Instance *instance, const gsl_vector *point, double *ret_shares)
{
    double sum = 0;
    for (int i = 0; i < instance->count; i++)
        sum += ret_shares[i] = exp(gsl_vector_get(point, (size_t)i));
    for (int i = 0; i < instance->count; i++)
        ret_shares[i] /= sum;
}

static double value_at(const gsl_vector *point, void *instance)
{
    double shares[COUNT_LIMIT];
    softmax(instance, point, shares);
    return cost_of(instance, shares);
}

/* With c_i = price x demand: d/dz_j of the sum of c_i / s_i is the sum of c_i / s_i x s_j, less c_j / s_j. */
static void slope_at(const gsl_vector *point, void *context, gsl_vector *ret_slope)
{
    const Instance *instance = context;
    double shares[COUNT_LIMIT];
    softmax(instance, point, shares);
    double cost = cost_of(instance, shares);
    for (int j = 0; j < instance->count; j++)
        gsl_vector_set(ret_slope, (size_t)j, cost * shares[j] - instance->price[j] * instance->demand_s[j] / shares[j]);
}

static void both_at(const gsl_vector *point, void *instance, double *ret_value, gsl_vector *ret_slope)
{
    *ret_value = value_at(point, instance);
    slope_at(point, instance, ret_slope);
}

/* The least cost that a quasi-Newton method finds from equal shares. */
static double minimise_smooth(Instance *instance)
{
    gsl_multimin_function_fdf function = {value_at, slope_at, both_at, (size_t)instance->count, instance};
    gsl_vector *start = gsl_vector_calloc((size_t)instance->count);
    gsl_multimin_fdfminimizer *minimizer =
        gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, (size_t)instance->count);
    gsl_multimin_fdfminimizer_set(minimizer, &function, start, 0.1, 0.1);
    for (int i = 0; i < 1000 && gsl_multimin_fdfminimizer_iterate(minimizer) == GSL_SUCCESS; i++)
        if (gsl_multimin_test_gradient(minimizer->gradient, 1e-9 * minimizer->f) == GSL_SUCCESS)
            break;
    double least = minimizer->f;
    gsl_multimin_fdfminimizer_free(minimizer);
    gsl_vector_free(start);
    return least;
}

/* The same where limits make corners: a simplex, begun anew where it has shrunk until it finds nothing better. */
static double minimise_limited(Instance *instance)
{
    size_t count = (size_t)instance->count;
    gsl_multimin_function function = {value_at, count, instance};
    gsl_vector *start = gsl_vector_calloc(count), *step = gsl_vector_alloc(count);
    gsl_multimin_fminimizer *minimizer = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, count);
    double least = INFINITY, before = INFINITY;
    for (int round = 0; round < 30 && !(before - least < 1e-9 * least && round > 3); round++) {
        before = least;
        gsl_vector_set_all(step, round % 2 ? -0.3 : 0.5);
        gsl_multimin_fminimizer_set(minimizer, &function, start, step);
        for (int i = 0; i < 2000 && minimizer->size > 1e-9; i++)
            gsl_multimin_fminimizer_iterate(minimizer);
        least = fmin(least, minimizer->fval);
        gsl_vector_memcpy(start, minimizer->x);
    }
    gsl_multimin_fminimizer_free(minimizer);
    gsl_vector_free(start);
    gsl_vector_free(step);
    return least;
}

static void optimal_shares_equal_a_numerical_optimum(void)
{
    Stream stream = stream_create(11, 0, STREAM_POLICY, 0);
    int at_limit = 0;
    for (int k = 0; k < INSTANCES; k++) {
        Instance instance = draw_instance(&stream, k % 4 == 0);
        double shares[COUNT_LIMIT];
        allocation_divide(ALLOCATION_OPTIMAL, instance.count, instance.price, instance.demand_s, instance.limit,
                          shares);
        double cost = cost_of(&instance, shares);
        double found = k % 4 == 0 ? minimise_limited(&instance) : minimise_smooth(&instance);
        CHECK_NEAR(cost / found, 1, 1e-6);
        CHECK(cost <= found * (1 + 1e-12));
        for (int i = 0; i < instance.count; i++)
            at_limit += shares[i] == instance.limit;
    }
    CHECK(at_limit > 100);
}

static void optimal_cost_is_the_square_of_a_sum(void)
{
    Stream stream = stream_create(12, 0, STREAM_POLICY, 0);
    for (int k = 0; k < 100; k++) {
        Instance instance = draw_instance(&stream, false);
        double shares[COUNT_LIMIT], root = 0;
        allocation_divide(ALLOCATION_OPTIMAL, instance.count, instance.price, instance.demand_s, 1, shares);
        for (int i = 0; i < instance.count; i++)
            root += sqrt(instance.price[i] * instance.demand_s[i]);
        CHECK_NEAR(cost_of(&instance, shares) / (root * root), 1, 1e-12);
    }
}

static void every_rule_gives_legal_shares(void)
{
    Stream stream = stream_create(13, 0, STREAM_POLICY, 0);
    for (int k = 0; k < 2000; k++) {
        Instance instance = draw_instance(&stream, k % 2 == 0);
        for (int i = 0; i < instance.count; i++)
            if (stream_uniform(&stream) < 0.2) {
                double *none = stream_uniform(&stream) < 0.5 ? instance.price : instance.demand_s;
                none[i] = stream_uniform(&stream) < 0.5 ? 0 : 1e9;
            }
        for (int rule = 0; allocation_names[rule]; rule++) {
            double shares[COUNT_LIMIT], sum = 0, least = 1, largest = 0;
            allocation_divide((Allocation)rule, instance.count, instance.price, instance.demand_s, instance.limit,
                              shares);
            for (int i = 0; i < instance.count; i++) {
                sum += shares[i];
                least = fmin(least, shares[i]);
                largest = fmax(largest, shares[i]);
            }
            CHECK(least > 1e-8 && largest <= instance.limit);
            CHECK_NEAR(sum, fmin(1, instance.limit * instance.count), 1e-12);
        }
    }
}

static void rules_divide_as_they_say(void)
{
    const double price[] = {1, 4, 0}, demand_s[] = {9, 1, 90};
    double shares[3];
    allocation_divide(ALLOCATION_EQUAL, 3, price, demand_s, 1, shares);
    CHECK_NEAR(shares[2], 1.0 / 3, 1e-15);
    allocation_divide(ALLOCATION_PROPORTIONAL, 3, price, demand_s, 1, shares);
    CHECK_NEAR(shares[0], 0.09, 1e-15);
    CHECK_NEAR(shares[2], 0.9, 1e-15);
    allocation_divide(ALLOCATION_PROPORTIONAL, 3, price, demand_s, 0.5, shares); /* the rest of 0.5 as 9 to 1 */
    CHECK_NEAR(shares[0], 0.45, 1e-15);
    CHECK_NEAR(shares[1], 0.05, 1e-15);
    CHECK_NEAR(shares[2], 0.5, 0);
    allocation_divide(ALLOCATION_OPTIMAL, 2, price, demand_s, 1, shares); /* roots 3 and 2 */
    CHECK_NEAR(shares[0], 0.6, 1e-15);
    CHECK_NEAR(shares[1], 0.4, 1e-15);
    allocation_divide(ALLOCATION_OPTIMAL, 3, price, demand_s, 1, shares); /* who pays nothing gets next to nothing */
    CHECK_NEAR(shares[0], 0.6, 1e-6);
    CHECK(shares[2] > 0 && shares[2] < 1e-6);
}

/* Runs a policy on the world that reserves, and what its answers are worth; all of them must be legal. */
static double run_rule(const char *policy_name, const char *allocation)
{
    char text[64];
    snprintf(text, sizeof text, "allocation=%s", allocation);
    const char *overrides[] = {text};
    Scenario *scenario = world_load("reserved.yaml", overrides, 1);
    RunKey key = {.seed = 3, .validate = true};
    Policy *policy = policy_create(policy_type_find(policy_name), scenario, key);
    Simulation *simulation = simulation_create(scenario, key);
    Decision decision;
    Error error = {0};
    int illegal = 0, divided = 0;
    while (simulation_advance(simulation, &decision)) {
        Answer answer = policy_decide(policy, &decision);
        illegal += !reservation_accepts(scenario, decision.asks, decision.ask_count, answer, &error);
        divided += answer.shares != NULL;
        simulation_apply(simulation, answer);
    }
    CHECK_TEXT(error.message, "");
    CHECK_INT(illegal, 0);
    CHECK_INT(divided, strcmp(allocation, "fixed") == 0 ? 0 : 60);
    double reward = summary_mean(&simulation_metrics(simulation)->reward);
    simulation_destroy(simulation);
    policy_destroy(policy);
    scenario_destroy(scenario);
    return reward;
}

/* The policies look at nothing that an allocation changes, so that they give the same options under each. */
static void a_better_allocation_is_worth_more(void)
{
    static const char *const names[] = {"random", "edge-only"};
    for (int i = 0; i < 2; i++) {
        double fixed = run_rule(names[i], "fixed"), equal = run_rule(names[i], "equal");
        double optimal = run_rule(names[i], "optimal");
        CHECK(equal > fixed);
        CHECK(optimal > equal);
        CHECK(optimal > run_rule(names[i], "proportional"));
    }
}

static void an_expected_outcome_is_the_simulated_one(void)
{
    Scenario *scenario = world_load("reserved.yaml", NULL, 0);
    RunKey key = {.seed = 4};
    Simulation *simulation = simulation_create(scenario, key), *future = simulation_clone(simulation);
    Allocator allocator;
    allocator_init(&allocator, scenario);
    Policy *policy = policy_create(policy_type_find("random"), scenario, key);
    Decision decision, end;
    int checked = 0;
    while (simulation_advance(simulation, &decision)) {
        Answer answer = policy_decide(policy, &decision);
        simulation_imagine(future, simulation);
        simulation_apply(future, answer);
        CHECK(!simulation_advance(future, &end));
        for (int i = 0; i < decision.ask_count; i++, checked++) {
            const Ask *ask = &decision.asks[i];
            const Option *option = &ask->options->items[answer.options[i]];
            Need need = expect_need(decision.view, ask, option, NULL);
            Outcome expected = expect_outcome(ask, option, &need, answer.shares[i]);
            CHECK_NEAR(end.feedback[0].outcomes[i].response_s, expected.response_s, 1e-8);
            CHECK_NEAR(end.feedback[0].outcomes[i].energy_j, expected.energy_j, 1e-9);
        }
        simulation_apply(simulation, answer);
    }
    CHECK_INT(checked, 180);
    policy_destroy(policy);
    allocator_free(&allocator);
    simulation_destroy(simulation);
    simulation_destroy(future);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        {"optimal_shares_equal_a_numerical_optimum", optimal_shares_equal_a_numerical_optimum},
        {"optimal_cost_is_the_square_of_a_sum", optimal_cost_is_the_square_of_a_sum},
        {"every_rule_gives_legal_shares", every_rule_gives_legal_shares},
        {"rules_divide_as_they_say", rules_divide_as_they_say},
        {"a_better_allocation_is_worth_more", a_better_allocation_is_worth_more},
        {"an_expected_outcome_is_the_simulated_one", an_expected_outcome_is_the_simulated_one},
    };
    return check_run("allocation", checks, sizeof checks / sizeof checks[0]);
}

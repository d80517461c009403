/* The model against linear algebra done the slow way, against simulated worlds whose truth is known, and against the
 * law of processor sharing. */
#include "../policies/factored_features.h"
#include "../policies/factored_model.h"
#include "../policies/user_cost.h"
#include "../sim/simulation.h"
#include "check.h"
#include "worlds.h"

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

enum { SIZE = 8, TERMS = 3, WORLDS = 400 };

/* The posterior as its definition says: information matrix and vector. */
typedef struct Plain {
    gsl_matrix *information;
    gsl_vector *vector;
} Plain;

static const double PRIOR_MEAN[SIZE] = {1, 0, -2, 0.5, 3, 1, 1, 0}, PRIOR_SD[SIZE] = {1, 2, 0.5, 1, 3, 0.1, 1, 10};

static void plain_add(Plain *plain, int count, const Term *x, double y, double sd)
{
    double dense[SIZE] = {0};
    for (int i = 0; i < count; i++)
        dense[x[i].index] += x[i].value;
    for (size_t i = 0; i < SIZE; i++) {
        *gsl_vector_ptr(plain->vector, i) += dense[i] * y / (sd * sd);
        for (size_t j = 0; j < SIZE; j++)
            *gsl_matrix_ptr(plain->information, i, j) += dense[i] * dense[j] / (sd * sd);
    }
}

static Plain plain_create(void)
{
    Plain plain = {gsl_matrix_calloc(SIZE, SIZE), gsl_vector_calloc(SIZE)};
    for (int i = 0; i < SIZE; i++)
        plain_add(&plain, 1, &(Term){i, 1}, PRIOR_MEAN[i], PRIOR_SD[i]);
    return plain;
}

static void plain_destroy(Plain *plain)
{
    gsl_matrix_free(plain->information);
    gsl_vector_free(plain->vector);
}

/* Mean and covariance, by inversion. */
static void plain_posterior(const Plain *plain, gsl_vector *mean, gsl_matrix *covariance)
{
    gsl_matrix_memcpy(covariance, plain->information);
    gsl_linalg_cholesky_decomp1(covariance);
    gsl_linalg_cholesky_solve(covariance, plain->vector, mean);
    gsl_linalg_cholesky_invert(covariance);
}

/* Terms may name an index twice. */
static void draw_terms(Stream *stream, Term *terms)
{
    for (int i = 0; i < TERMS; i++)
        terms[i] = (Term){(int)stream_uniform_integer(stream, SIZE), 2 * stream_uniform(stream) - 0.5};
}

static void check_equal(BayesLinear *regression, const Plain *plain, Stream *stream)
{
    gsl_vector *mean = gsl_vector_alloc(SIZE);
    gsl_matrix *covariance = gsl_matrix_alloc(SIZE, SIZE);
    plain_posterior(plain, mean, covariance);
    double weights[SIZE];
    bayes_linear_mean(regression, weights);
    for (size_t i = 0; i < SIZE; i++)
        CHECK_NEAR(weights[i], gsl_vector_get(mean, i), 1e-9);
    Term x[TERMS];
    draw_terms(stream, x);
    double variance = 0;
    for (int i = 0; i < TERMS; i++)
        for (int j = 0; j < TERMS; j++)
            variance += x[i].value * x[j].value * gsl_matrix_get(covariance, (size_t)x[i].index, (size_t)x[j].index);
    CHECK_NEAR(bayes_linear_sd(regression, TERMS, x), sqrt(variance), 1e-9);
    gsl_vector_free(mean);
    gsl_matrix_free(covariance);
}

static void add_random_row(BayesLinear *regression, Plain *plain, Stream *stream)
{
    Term x[TERMS];
    draw_terms(stream, x);
    double y = 5 * stream_uniform(stream), sd = 0.05 + stream_uniform(stream);
    bayes_linear_add(regression, TERMS, x, y, sd);
    plain_add(plain, TERMS, x, y, sd);
}

static void the_posterior_equals_the_closed_form(void)
{
    Stream stream = stream_create(1, 0, STREAM_POLICY, 0);
    BayesLinear regression;
    bayes_linear_init(&regression, SIZE, PRIOR_MEAN, PRIOR_SD);
    Plain plain = plain_create();
    check_equal(&regression, &plain, &stream);
    for (int i = 0; i < 100; i++) {
        add_random_row(&regression, &plain, &stream);
        check_equal(&regression, &plain, &stream);
    }
    plain_destroy(&plain);
    bayes_linear_free(&regression);
}

/* Information fades, and the prior of one weight after the other comes back for all calls since its last turn. */
static void forgetting_fades_the_data_and_keeps_the_prior(void)
{
    const double keep = 0.9;
    Stream stream = stream_create(2, 0, STREAM_POLICY, 0);
    BayesLinear regression;
    bayes_linear_init(&regression, SIZE, PRIOR_MEAN, PRIOR_SD);
    Plain plain = plain_create();
    for (int i = 0; i < 100; i++) {
        add_random_row(&regression, &plain, &stream);
        bayes_linear_forget(&regression, keep);
        gsl_matrix_scale(plain.information, keep);
        gsl_vector_scale(plain.vector, keep);
        int turn = i % SIZE;
        plain_add(&plain, 1, &(Term){turn, 1}, PRIOR_MEAN[turn], PRIOR_SD[turn] / sqrt(1 - pow(keep, SIZE)));
        check_equal(&regression, &plain, &stream);
    }
    for (int i = 0; i < 1000; i++)
        bayes_linear_forget(&regression, keep);
    double weights[SIZE];
    bayes_linear_mean(&regression, weights);
    for (int i = 0; i < SIZE; i++) {
        CHECK_NEAR(weights[i], PRIOR_MEAN[i], 1e-9);
        double sd = bayes_linear_sd(&regression, 1, &(Term){i, 1});
        CHECK(sd >= PRIOR_SD[i] * (1 - 1e-9) && sd <= PRIOR_SD[i] / sqrt(pow(keep, SIZE)));
    }
    plain_destroy(&plain);
    bayes_linear_free(&regression);
}

static void draws_have_the_posteriors_mean_and_spread(void)
{
    enum { DRAWS = 20000 };
    Stream stream = stream_create(3, 0, STREAM_POLICY, 0);
    BayesLinear regression;
    bayes_linear_init(&regression, SIZE, PRIOR_MEAN, PRIOR_SD);
    Plain plain = plain_create();
    for (int i = 0; i < 6; i++)
        add_random_row(&regression, &plain, &stream);
    Term x[TERMS];
    draw_terms(&stream, x);
    double weights[SIZE], sum = 0, square = 0, sd = bayes_linear_sd(&regression, TERMS, x);
    bayes_linear_mean(&regression, weights);
    double mean = bayes_linear_product(TERMS, x, weights);
    for (int i = 0; i < DRAWS; i++) {
        bayes_linear_sample(&regression, 3, &stream, weights);
        double deviation = (bayes_linear_product(TERMS, x, weights) - mean) / sd;
        sum += deviation;
        square += deviation * deviation;
    }
    CHECK_NEAR(sum / DRAWS, 0, 5 * 3 / sqrt(DRAWS));
    CHECK_NEAR(square / DRAWS, 9, 5 * 9 * sqrt(2.0 / DRAWS));
    plain_destroy(&plain);
    bayes_linear_free(&regression);
}

/* A world with costs of known expectation and relative noise. */
typedef struct World {
    double weights[SIZE], noise;
} World;

static const double COST_MEAN[SIZE] = {1, 1, 1, 1, 1, 1, 1, 1};
static const double COST_SD[SIZE] = {0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3};

static World draw_world(Stream *stream, double noise)
{
    World world = {.noise = noise};
    gsl_rng generator = stream_gsl(stream);
    for (int i = 0; i < SIZE; i++)
        world.weights[i] = fmax(0.05, 1 + 0.3 * gsl_ran_gaussian_ziggurat(&generator, 1));
    return world;
}

static double draw_cost(const World *world, Stream *stream, Term *terms)
{
    gsl_rng generator = stream_gsl(stream);
    for (int i = 0; i < TERMS; i++)
        terms[i] = (Term){(int)stream_uniform_integer(stream, SIZE), stream_uniform(stream)};
    return bayes_linear_product(TERMS, terms, world->weights) *
           (1 + world->noise * gsl_ran_gaussian_ziggurat(&generator, 1));
}

/* Nine in ten costs lie in the interval that the model gives before it sees them, after few costs and after many. */
static void predictions_are_calibrated(void)
{
    Stream stream = stream_create(4, 0, STREAM_POLICY, 0);
    int inside[2] = {0}, total[2] = {0};
    for (int i = 0; i < WORLDS; i++) {
        World world = draw_world(&stream, 0.1);
        FactoredModel model;
        factored_model_init(&model, SIZE, COST_MEAN, COST_SD, 0.1);
        model.unit = 1;
        for (int k = 0; k < 60; k++) {
            Term terms[TERMS];
            double cost = draw_cost(&world, &stream, terms);
            factored_model_use_mean(&model);
            double expected = factored_model_predict(&model, TERMS, terms);
            double noise = expected * factored_model_noise(&model);
            double sd = hypot(factored_model_sd(&model, TERMS, terms), noise);
            inside[k >= 20] += fabs(cost - expected) < 1.6449 * sd;
            total[k >= 20]++;
            factored_model_learn(&model, TERMS, terms, 1, cost);
        }
        factored_model_free(&model);
    }
    for (int i = 0; i < 2; i++)
        CHECK_NEAR((double)inside[i] / total[i], 0.9, 0.05);
}

static void the_noise_is_learnt(void)
{
    static const double levels[] = {0.02, 0.3};
    for (int i = 0; i < 2; i++) {
        Stream stream = stream_create(5, 0, STREAM_POLICY, 0);
        World world = draw_world(&stream, levels[i]);
        FactoredModel model;
        factored_model_init(&model, SIZE, COST_MEAN, COST_SD, 0.1);
        for (int k = 0; k < 3000; k++) {
            Term terms[TERMS];
            double cost = draw_cost(&world, &stream, terms);
            factored_model_learn(&model, TERMS, terms, 1, cost);
        }
        CHECK_NEAR(factored_model_noise(&model) / levels[i], 1, 0.15);
        factored_model_use_mean(&model);
        for (int k = 0; k < SIZE; k++)
            CHECK_NEAR(factored_model_predict(&model, 1, &(Term){k, 1}) / world.weights[k], 1, levels[i] / 4);
        factored_model_free(&model);
    }
}

/* The same costs in milliseconds. */
static void the_unit_of_costs_does_not_matter(void)
{
    Stream stream = stream_create(6, 0, STREAM_POLICY, 0);
    World world = draw_world(&stream, 0.1);
    FactoredModel in_s, in_ms;
    factored_model_init(&in_s, SIZE, COST_MEAN, COST_SD, 0.1);
    factored_model_init(&in_ms, SIZE, COST_MEAN, COST_SD, 0.1);
    for (int k = 0; k < 20; k++) {
        Term terms[TERMS];
        double cost = draw_cost(&world, &stream, terms);
        factored_model_learn(&in_s, TERMS, terms, 1, cost);
        factored_model_learn(&in_ms, TERMS, terms, 1, 1000 * cost);
    }
    factored_model_use_mean(&in_s);
    factored_model_use_mean(&in_ms);
    for (int i = 0; i < SIZE; i++) {
        Term one = {i, 1};
        CHECK_NEAR(factored_model_predict(&in_ms, 1, &one) / factored_model_predict(&in_s, 1, &one), 1000, 1e-6);
    }
    factored_model_free(&in_s);
    factored_model_free(&in_ms);
}

/* The sum of some costs, as often as their sum is told, teaches the same means. */
static void sums_teach_their_parts(void)
{
    Stream stream = stream_create(7, 0, STREAM_POLICY, 0);
    World world = draw_world(&stream, 0.02);
    FactoredModel model;
    factored_model_init(&model, SIZE, COST_MEAN, COST_SD, 0.1);
    for (int k = 0; k < 300; k++) {
        Term terms[3 * TERMS];
        double cost = 0;
        for (int i = 0; i < 3; i++)
            cost += draw_cost(&world, &stream, terms + i * TERMS);
        factored_model_learn(&model, 3 * TERMS, terms, 3, cost);
    }
    factored_model_use_mean(&model);
    for (int i = 0; i < SIZE; i++)
        CHECK_NEAR(factored_model_predict(&model, 1, &(Term){i, 1}) / world.weights[i], 1, 0.03);
    factored_model_free(&model);
}

/* Time of ask 0 at the edge of three_tiers.yaml with `load` requests there, alone 26 ms of messages and 47 of work. */
static double edge_time(int load)
{
    return 0.026 + 0.047 * load;
}

/* Work over share generalises to a load that was never seen; a weight for each load does not. */
static void the_parametric_form_knows_loads_it_never_saw(void)
{
    static const char *const overrides[] = {"nodes.device.count=5", "nodes.edge.background={busy: [0]}",
                                            "nodes.cloud.background={busy: [0]}"};
    Scenario *scenario = world_load("three_tiers.yaml", overrides, 3);
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    double error[2];
    for (int known = 0; known < 2; known++) {
        FactoredFeatures features;
        factored_features_init(&features, scenario, known ? FORM_PARAMETRIC : FORM_BAYESIAN, known);
        factored_features_look(&features, &decision);
        FactoredModel model;
        factored_model_init(&model, features.count, features.prior_mean, features.prior_sd, 0.05);
        Term terms[TERM_LIMIT];
        for (int k = 0; k < 30; k++) {
            int load = 1 + k % 3, count = factored_features_terms(&features, &decision, 0, 8, load, terms);
            factored_model_learn(&model, count, terms, 1, edge_time(load));
        }
        factored_model_use_mean(&model);
        int count = factored_features_terms(&features, &decision, 0, 8, 5, terms);
        error[known] = fabs(factored_model_predict(&model, count, terms) / edge_time(5) - 1);
        factored_model_free(&model);
        factored_features_free(&features);
    }
    CHECK_NEAR(error[1], 0, 0.02);
    CHECK(error[0] > 0.2);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* In a world with every kind of condition: features within range, and equal for equal users under equal conditions. */
static void features_are_shared_by_equal_users(void)
{
    Scenario *scenario = world_load("mixed.yaml", NULL, 0);
    for (int form = 0; form < 3; form++) {
        FactoredFeatures features;
        factored_features_init(&features, scenario, form == 2 ? FORM_PARAMETRIC : FORM_BAYESIAN, form > 0);
        Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
        Decision decision;
        int equal = 0, different = 0;
        while (simulation_advance(simulation, &decision)) {
            factored_features_look(&features, &decision);
            int options[3] = {0};
            for (int option = 0; option < decision.asks[0].options->count; option++) {
                Term one[TERM_LIMIT], other[TERM_LIMIT];
                int count = factored_features_terms(&features, &decision, 0, option, 2, one);
                bool same = factored_features_terms(&features, &decision, 1, option, 2, other) == count;
                for (int i = 0; i < count; i++) {
                    CHECK(one[i].index >= 0 && one[i].index < features.count && isfinite(one[i].value));
                    same = same && one[i].index == other[i].index && one[i].value == other[i].value;
                }
                *(same ? &equal : &different) += 1;
            }
            simulation_apply(simulation, (Answer){.options = options});
        }
        CHECK(equal > 1000 && different > 100); /* their edges and links change on their own */
        simulation_destroy(simulation);
        factored_features_free(&features);
    }
    scenario_destroy(scenario);
}

/* n x the reward is minus the sum of the users' parts, for every objective. */
static void costs_add_up_to_the_reward(void)
{
    static const Objective objectives[] = {
        {.kind = OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY, .largest_response_time = 1000000000},
        {.kind = OBJECTIVE_UTILITY, .reference = 100000000, .largest_response_time = 1000000000},
        {.kind = OBJECTIVE_WEIGHTED_COST,
         .largest_response_time = 1000000000,
         .latency_weight_per_s = 2,
         .energy_weight_per_j = 0.5,
         .accuracy_weight = 3}};
    Stream stream = stream_create(8, 0, STREAM_POLICY, 0);
    for (int i = 0; i < 300; i++) {
        const Objective *objective = &objectives[i % 3];
        Outcome outcomes[3];
        double sum = 0;
        for (int k = 0; k < 3; k++) {
            outcomes[k] = (Outcome){.response_s = stream_uniform(&stream),
                                    .energy_j = stream_uniform(&stream),
                                    .accuracy = stream_uniform(&stream),
                                    .accuracy_weight = stream_uniform(&stream),
                                    .reference_s = i % 2 ? stream_uniform(&stream) : 0,
                                    .refused = i % 3 > 0 && stream_uniform(&stream) < 0.3};
            double weight = outcomes[k].accuracy_weight;
            sum += user_cost_slope(objective, weight, outcomes[k].reference_s) *
                       user_cost_observed(objective, &outcomes[k], 3) +
                   user_cost_offset(objective, outcomes[k].accuracy, weight);
        }
        Feedback feedback = {.count = 3, .outcomes = outcomes};
        objective_judge(objective, &feedback);
        CHECK_NEAR(-sum / 3, feedback.reward, 1e-12);
    }
    Outcome refused = {.refused = true, .response_s = 0.01};
    CHECK(user_cost_observed(&objectives[0], &refused, 3) / 3 >= 1); /* the loss of the whole decision */
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(the_posterior_equals_the_closed_form),
        CHECK_OF(forgetting_fades_the_data_and_keeps_the_prior),
        CHECK_OF(draws_have_the_posteriors_mean_and_spread),
        CHECK_OF(predictions_are_calibrated),
        CHECK_OF(the_noise_is_learnt),
        CHECK_OF(the_unit_of_costs_does_not_matter),
        CHECK_OF(sums_teach_their_parts),
        CHECK_OF(the_parametric_form_knows_loads_it_never_saw),
        CHECK_OF(features_are_shared_by_equal_users),
        CHECK_OF(costs_add_up_to_the_reward),
    };
    return check_run("factored model", checks, sizeof checks / sizeof checks[0]);
}

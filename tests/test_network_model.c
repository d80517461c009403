/* The ensemble learns costs that no sum of weights describes, knows where it has seen nothing, and is reproducible. */
#include "../policies/network_model.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>

enum { OPTIONS = 4, LOADS = 5, INPUTS = OPTIONS + LOADS + 1 };

static const NetworkModelSettings SETTINGS = {.input_count = INPUTS,
                                              .members = 10,
                                              .hidden = 32,
                                              .updates = 16,
                                              .capacity = 500,
                                              .learning_rate = 0.01,
                                              .noise = 0.02,
                                              .prior = 6,
                                              .degrees = 2};

static int terms_of(int option, int load, Term *terms)
{
    terms[0] = (Term){option, 1};
    terms[1] = (Term){OPTIONS + load, 1};
    terms[2] = (Term){OPTIONS + LOADS, (double)load / LOADS};
    return 3;
}

/* Each option suffers from load in its own way. */
static double cost_of(int option, int load)
{
    return (0.02 + 0.03 * option) * pow(1 + load, 0.4 * option);
}

static NetworkModel trained(int options, int steps)
{
    NetworkModel model;
    Stream stream = stream_create(1, 0, STREAM_POLICY, 0), choice = stream_create(2, 0, STREAM_POLICY, 0);
    network_model_init(&model, SETTINGS, stream);
    for (int i = 0; i < steps; i++) {
        Term terms[3];
        int option = (int)stream_uniform_integer(&choice, (uint64_t)options);
        int load = (int)stream_uniform_integer(&choice, LOADS);
        network_model_learn(&model, terms_of(option, load, terms), terms, cost_of(option, load));
        network_model_train(&model);
    }
    return model;
}

static void costs_that_multiply_are_learnt(void)
{
    NetworkModel model = trained(OPTIONS, 300);
    network_model_use_mean(&model);
    for (int option = 0; option < OPTIONS; option++)
        for (int load = 0; load < LOADS; load++) {
            Term terms[3];
            int count = terms_of(option, load, terms);
            CHECK_NEAR(network_model_predict(&model, count, terms) / cost_of(option, load), 1, 0.05);
        }
    network_model_free(&model);
}

/* Members agree on what was seen and disagree on the option that never was. */
static void members_differ_where_nothing_was_seen(void)
{
    NetworkModel model = trained(OPTIONS - 1, 300);
    Term seen[3], unseen[3];
    int count = terms_of(OPTIONS - 2, 2, seen);
    terms_of(OPTIONS - 1, 2, unseen);
    network_model_use_mean(&model);
    double known = network_model_sd(&model, count, seen) / network_model_predict(&model, count, seen);
    double unknown = network_model_sd(&model, count, unseen) / network_model_predict(&model, count, unseen);
    CHECK(known < 0.05);
    CHECK(unknown > 0.3);
    network_model_free(&model);
}

static void before_any_cost_it_predicts_something_finite(void)
{
    NetworkModel model = trained(OPTIONS, 0);
    Term terms[3];
    int count = terms_of(0, 0, terms);
    network_model_train(&model); /* on nothing */
    network_model_learn(&model, count, terms, 0);
    CHECK_INT(model.count, 0);
    double cost = network_model_predict(&model, count, terms);
    CHECK(isfinite(cost) && cost > 0);
    network_model_free(&model);
}

static void the_same_data_give_the_same_bits(void)
{
    NetworkModel one = trained(OPTIONS, 50), other = trained(OPTIONS, 50);
    for (int seed = 0; seed < 20; seed++) {
        Stream a = stream_create((uint64_t)seed, 0, STREAM_POLICY, 0), b = a;
        Term terms[3];
        int count = terms_of(seed % OPTIONS, seed % LOADS, terms);
        network_model_use_sample(&one, &a);
        network_model_use_sample(&other, &b);
        CHECK(network_model_predict(&one, count, terms) == network_model_predict(&other, count, terms));
    }
    network_model_free(&one);
    network_model_free(&other);
}

/* The newest costs push the oldest out. */
static void what_does_not_fit_is_forgotten(void)
{
    NetworkModel model;
    NetworkModelSettings settings = SETTINGS;
    settings.capacity = 20;
    network_model_init(&model, settings, stream_create(1, 0, STREAM_POLICY, 0));
    Term terms[3];
    int count = terms_of(1, 1, terms);
    for (int i = 0; i < 200; i++) {
        network_model_learn(&model, count, terms, i < 100 ? 1 : 3);
        network_model_train(&model);
    }
    CHECK_INT(model.count, 20);
    network_model_use_mean(&model);
    CHECK_NEAR(network_model_predict(&model, count, terms), 3, 0.1);
    network_model_free(&model);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(costs_that_multiply_are_learnt),
        CHECK_OF(members_differ_where_nothing_was_seen),
        CHECK_OF(before_any_cost_it_predicts_something_finite),
        CHECK_OF(the_same_data_give_the_same_bits),
        CHECK_OF(what_does_not_fit_is_forgotten),
    };
    return check_run("network model", checks, sizeof checks / sizeof checks[0]);
}

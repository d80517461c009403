/* Logistic regression, and the network that corrects it, against what they minimise. */
#include "../policies/logistic_network.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>

enum { INPUTS = 3 };

/* Random inputs, labelled by the logistic model with these weights. */
static LogisticSamples logistic_draw(int count, const double *weights, Stream *stream)
{
    LogisticSamples samples = {.count = count, .size = INPUTS};
    samples.inputs = memory_allocate((size_t)(count * INPUTS), sizeof *samples.inputs);
    samples.labels = memory_allocate((size_t)count, sizeof *samples.labels);
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < INPUTS; k++)
            samples.inputs[i * INPUTS + k] = rng_normal(stream_next(stream));
        double sum = logistic_sum(weights, samples.inputs + i * INPUTS, INPUTS);
        samples.labels[i] = stream_uniform(stream) < 1 / (1 + exp(-sum));
    }
    return samples;
}

static void logistic_free(LogisticSamples *samples)
{
    free(samples->inputs);
    free(samples->labels);
}

static double logistic_objective(const LogisticSamples *samples, const double *ridges, const double *weights)
{
    double sum = 5e-7 * weights[INPUTS] * weights[INPUTS];
    for (int i = 0; i < samples->count; i++) {
        double log_odds = logistic_sum(weights, samples->inputs + i * INPUTS, INPUTS);
        sum += log1p(exp(samples->labels[i] ? -log_odds : log_odds));
    }
    for (int k = 0; k < INPUTS; k++)
        sum += ridges[k] / 2 * weights[k] * weights[k];
    return sum;
}

static void logistic_regression_finds_the_least_loss(void)
{
    const double truth[] = {1, -2, 0, -1}, ridges[] = {0.1, 3, 100};
    Stream stream = stream_create(1, 0, STREAM_ANALYSIS, 0);
    LogisticSamples samples = logistic_draw(400, truth, &stream);
    double weights[INPUTS + 1] = {0};
    CHECK(logistic_fit(&samples, ridges, weights) <= 12);
    double least = logistic_objective(&samples, ridges, weights);
    for (int k = 0; k <= INPUTS; k++) {
        /* The gradient by differences is 0, and every step makes it worse. */
        double saved = weights[k], step = 1e-4;
        weights[k] = saved + step;
        double above = logistic_objective(&samples, ridges, weights);
        weights[k] = saved - step;
        double below = logistic_objective(&samples, ridges, weights);
        weights[k] = saved;
        CHECK_NEAR((above - below) / (2 * step), 0, 1e-5);
        CHECK(above > least && below > least);
    }
    /* Wherever it begins. */
    double others[INPUTS + 1] = {2, 2, -2, 1};
    logistic_fit(&samples, ridges, others);
    for (int k = 0; k <= INPUTS; k++)
        CHECK_NEAR(others[k], weights[k], 1e-6);
    logistic_free(&samples);
}

static void logistic_regression_finds_the_truth_in_many_samples(void)
{
    const double truth[] = {1, -2, 0, -1}, ridges[] = {0.1, 0.1, 0.1};
    Stream stream = stream_create(2, 0, STREAM_ANALYSIS, 0);
    LogisticSamples samples = logistic_draw(40000, truth, &stream);
    double weights[INPUTS + 1] = {0};
    logistic_fit(&samples, ridges, weights);
    for (int k = 0; k <= INPUTS; k++)
        CHECK_NEAR(weights[k], truth[k], 0.1);
    logistic_free(&samples);
}

static void labels_that_are_all_alike_leave_finite_weights(void)
{
    const double truth[] = {1, 1, 1, 0}, ridges[] = {1, 1, 1};
    Stream stream = stream_create(3, 0, STREAM_ANALYSIS, 0);
    LogisticSamples samples = logistic_draw(50, truth, &stream);
    for (int label = 0; label < 2; label++) {
        double weights[INPUTS + 1] = {0};
        for (int i = 0; i < samples.count; i++)
            samples.labels[i] = label;
        logistic_fit(&samples, ridges, weights);
        for (int k = 0; k <= INPUTS; k++)
            CHECK(isfinite(weights[k]));
        CHECK(label ? weights[INPUTS] > 5 : weights[INPUTS] < -5);
    }
    logistic_free(&samples);
}

/* Labels that no sum of the inputs tells: yes where two of them have the same sign. */
static void a_network_corrects_what_a_sum_cannot_say(void)
{
    const double truth[] = {0, 0, 0, 0}, ridges[] = {1, 1, 1};
    Stream stream = stream_create(4, 0, STREAM_ANALYSIS, 0);
    LogisticSamples parts[2] = {logistic_draw(1500, truth, &stream), logistic_draw(500, truth, &stream)};
    double weights[INPUTS + 1] = {0}, losses[2] = {0};
    for (int p = 0; p < 2; p++)
        for (int i = 0; i < parts[p].count; i++)
            parts[p].labels[i] = parts[p].inputs[i * INPUTS] * parts[p].inputs[i * INPUTS + 1] > 0;
    logistic_fit(&parts[0], ridges, weights);
    Network *network = logistic_network_train(&parts[0], &parts[1], weights, stream);
    for (int i = 0; i < parts[1].count; i++) {
        float scratch[INPUTS];
        const double *inputs = parts[1].inputs + i * INPUTS;
        double sum = logistic_sum(weights, inputs, INPUTS);
        losses[0] += logistic_loss(sum, parts[1].labels[i]) / parts[1].count;
        sum += logistic_network_sum(network, inputs, INPUTS, scratch);
        losses[1] += logistic_loss(sum, parts[1].labels[i]) / parts[1].count;
    }
    CHECK_NEAR(losses[0], log(2), 0.02);
    CHECK(losses[1] < 0.3);
    network_destroy(network);
    for (int p = 0; p < 2; p++)
        logistic_free(&parts[p]);
}

/* Where there is nothing to correct, stopping early leaves it no worse than what it corrects, on what it stopped by. */
static void a_network_never_makes_it_worse_on_what_it_stops_by(void)
{
    const double truth[] = {1, -1, 0.5, 0}, ridges[] = {1, 1, 1};
    Stream stream = stream_create(5, 0, STREAM_ANALYSIS, 0);
    for (int round = 0; round < 5; round++) {
        LogisticSamples train = logistic_draw(80, truth, &stream), tune = logistic_draw(40, truth, &stream);
        double weights[INPUTS + 1] = {0}, before = 0, after = 0;
        logistic_fit(&train, ridges, weights);
        Network *network = logistic_network_train(&train, &tune, weights, stream);
        for (int i = 0; i < tune.count; i++) {
            float scratch[INPUTS];
            double sum = logistic_sum(weights, tune.inputs + i * INPUTS, INPUTS);
            before += logistic_loss(sum, tune.labels[i]);
            after += logistic_loss(sum + logistic_network_sum(network, tune.inputs + i * INPUTS, INPUTS, scratch),
                                   tune.labels[i]);
        }
        CHECK(after <= before + 1e-9);
        network_destroy(network);
        logistic_free(&train);
        logistic_free(&tune);
    }
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(logistic_regression_finds_the_least_loss),
        CHECK_OF(logistic_regression_finds_the_truth_in_many_samples),
        CHECK_OF(labels_that_are_all_alike_leave_finite_weights),
        CHECK_OF(a_network_corrects_what_a_sum_cannot_say),
        CHECK_OF(a_network_never_makes_it_worse_on_what_it_stops_by),
    };
    return check_run("logistic", checks, sizeof checks / sizeof *checks);
}

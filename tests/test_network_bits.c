/* Trainings of networks against each other: sparse and dense, copies and originals, and the same bits on
 * every instruction set. */
#include "../policies/network_sparse.h"
#include "../sim/memory.h"
#include "check.h"
#include "networks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
/* Trains on outputs of the `step`-th choice; those chosen are distinct in a sample. */
static void train_chosen(Network *network, int step, int count, int per_sample, int outputs, double limit)
{
    static float inputs[SAMPLE_LIMIT * SIZE_LIMIT], targets[SAMPLE_LIMIT * SIZE_LIMIT];
    static int chosen[SAMPLE_LIMIT * SIZE_LIMIT];
    fill(inputs, count * network->layers[0].inputs, (uint64_t)(3 * step));
    fill(targets, count * per_sample, (uint64_t)(3 * step + 1));
    fill_chosen(chosen, count, per_sample, outputs, (uint64_t)(3 * step + 2));
    NetworkBatch batch = {count, inputs, chosen, per_sample, targets, NULL};
    network_train(network, &batch, (NetworkTraining){LOSS_HUBER, 1e-3, limit}, NULL);
}

/* Weights of one network that are not those of another, wherever each keeps them. */
static int differing_weights(const Network *a, const Network *b)
{
    int differing = 0;
    for (int l = 0; l < a->layer_count; l++)
        for (int i = 0; i <= a->layers[l].inputs; i++)
            for (int o = 0; o < a->layers[l].outputs; o++)
                differing += a->layers[l].weights[network_weight(&a->layers[l], i, o)] !=
                             b->layers[l].weights[network_weight(&b->layers[l], i, o)];
    return differing;
}

static Network *create_sparse_like(const Network *dense, int chosen_limit)
{
    Stream stream = stream_of(1);
    Network *sparse = network_create_sparse(network_shape(dense), SAMPLE_LIMIT, chosen_limit, &stream);
    sparse->kernels = dense->kernels;
    for (int l = 0; l < dense->layer_count; l++)
        for (int i = 0; i <= dense->layers[l].inputs; i++)
            for (int o = 0; o < dense->layers[l].outputs; o++)
                sparse->layers[l].weights[network_weight(&sparse->layers[l], i, o)] =
                    dense->layers[l].weights[network_weight(&dense->layers[l], i, o)];
    return sparse;
}

/* Weights in another order in memory are added up in the same order. */
static void sparse_outputs_have_the_bits_of_dense_ones(void)
{
    for (int s = 0; s < SHAPE_COUNT; s++)
        for (int index = 0; network_kernels_at(index); index++) {
            Network *dense = create_on(shapes[s], index), *sparse = create_sparse_like(dense, 1);
            float inputs[SIZE_LIMIT];
            int outputs = network_last_layer(dense)->outputs, wrong = 0;
            for (uint64_t seed = 0; seed < 20; seed++) {
                fill(inputs, dense->layers[0].inputs, seed);
                const float *expected = network_forward(dense, inputs, 1), *told = network_forward(sparse, inputs, 1);
                wrong += memcmp(expected, told, (size_t)outputs * sizeof *told) != 0;
                for (int o = 0; o < outputs; o++) {
                    float chosen;
                    network_forward_chosen(sparse, inputs, 1, &o, 1, &chosen);
                    wrong += memcmp(&chosen, &expected[o], sizeof chosen) != 0;
                }
            }
            CHECK_INT(wrong, 0);
            network_destroy(dense);
            network_destroy(sparse);
        }
}

/* Where all outputs are chosen in every step there is nothing to leave out. */
static void sparse_outputs_are_dense_where_all_are_chosen(void)
{
    for (int s = 0; s < SHAPE_COUNT; s++)
        for (int index = 0; network_kernels_at(index); index++) {
            Network *dense = create_on(shapes[s], index), *sparse = create_sparse_like(dense, 5 * SIZE_LIMIT);
            int outputs = network_last_layer(dense)->outputs;
            for (int step = 0; step < 50; step++) {
                train_chosen(dense, step, 5, outputs, outputs, 0.5);
                train_chosen(sparse, step, 5, outputs, outputs, 0.5);
            }
            CHECK_INT(differing_weights(dense, sparse), 0);
            Network *clone = network_clone(sparse);
            train_chosen(sparse, 50, 5, 1, outputs, 0);
            train_chosen(clone, 50, 5, 1, outputs, 0);
            CHECK_INT(differing(clone->parameters, sparse->parameters, dense->parameter_count), 0);
            network_destroy(dense);
            network_destroy(sparse);
            network_destroy(clone);
        }
}

/* Every output learns as one of a dense network would that never sees the steps in which it is not chosen. */
static void sparse_outputs_skip_the_steps_of_others(void)
{
    enum { OUTPUTS = 3, STEPS = 60 };
    const NetworkShape shape = {1, {4, OUTPUTS}}, alone = {1, {4, 1}};
    Stream stream = stream_of(2);
    Network *sparse = network_create_sparse(shape, 2, 2, &stream), *dense[OUTPUTS];
    for (int o = 0; o < OUTPUTS; o++) {
        dense[o] = network_create(alone, 2, &stream);
        for (int i = 0; i <= 4; i++)
            dense[o]->layers[0].weights[i * dense[o]->layers[0].columns] =
                sparse->layers[0].weights[network_weight(&sparse->layers[0], i, o)];
    }
    int wrong = 0;
    for (int step = 0; step < STEPS; step++) {
        float inputs[8], targets[2];
        int output = step < 2 ? step : (int)stream_uniform_integer(&stream, 2); /* the last one never */
        int chosen[] = {output, output}, first[] = {0, 0};
        fill(inputs, 8, (uint64_t)step);
        fill(targets, 2, (uint64_t)(step + STEPS));
        network_train(sparse, &(NetworkBatch){2, inputs, chosen, 1, targets, NULL},
                      (NetworkTraining){LOSS_HUBER, 1e-2, 0}, NULL);
        network_train(dense[output], &(NetworkBatch){2, inputs, first, 1, targets, NULL},
                      (NetworkTraining){LOSS_HUBER, 1e-2, 0}, NULL);
        for (int o = 0; o < OUTPUTS; o++)
            for (int i = 0; i <= 4; i++)
                wrong += dense[o]->layers[0].weights[i * dense[o]->layers[0].columns] !=
                         sparse->layers[0].weights[network_weight(&sparse->layers[0], i, o)];
    }
    CHECK_INT(wrong, 0);
    CHECK(sparse->sparse->steps[0] > 10 && sparse->sparse->steps[2] == 0);
    for (int o = 0; o < OUTPUTS; o++)
        network_destroy(dense[o]);
    network_destroy(sparse);
}

/* A few hundred steps of all kinds: few and all outputs, weights, both losses, clipping, a moving target network. */
static void train_a_while(Network *network, int steps)
{
    enum { COUNT = 33 };
    static float inputs[COUNT * SIZE_LIMIT], targets[COUNT * SIZE_LIMIT], weights[COUNT];
    static int chosen[COUNT];
    NetworkShape shape = network_shape(network);
    Network *target = network_clone(network);
    for (int t = 0; t < steps; t++) {
        fill(inputs, COUNT * shape.sizes[0], (uint64_t)(3 * t));
        fill_chosen(chosen, COUNT, 1, shape.sizes[shape.layer_count], (uint64_t)(3 * t + 1));
        fill(weights, COUNT, (uint64_t)(3 * t + 2));
        network_forward(target, inputs, COUNT);
        network_maxima(target, targets);
        NetworkBatch few = {COUNT, inputs, chosen, 1, targets, weights};
        network_train(network, &few, (NetworkTraining){LOSS_HUBER, 1e-3, 0.1}, NULL);
        fill(targets, COUNT * shape.sizes[shape.layer_count], (uint64_t)t);
        NetworkBatch all = {COUNT, inputs, .targets = targets};
        network_train(network, &all, (NetworkTraining){LOSS_SQUARED, 1e-3, 0}, NULL);
        network_mix(target, network, 0.01F);
    }
    network_destroy(target);
}

static void every_instruction_set_gives_the_same_bits(void)
{
    for (int s = 0; s < SHAPE_COUNT; s++) {
        Network *baseline = create_on(shapes[s], 0);
        train_a_while(baseline, 200);
        for (int index = 1; network_kernels_at(index); index++) {
            Network *other = create_on(shapes[s], index);
            train_a_while(other, 200);
            size_t size = other->parameter_count * sizeof(float);
            CHECK(memcmp(baseline->parameters, other->parameters, size) == 0);
            CHECK(memcmp(baseline->first_moments, other->first_moments, size) == 0);
            CHECK(memcmp(baseline->second_moments, other->second_moments, size) == 0);
            network_destroy(other);
        }
        network_destroy(baseline);
    }
}

/* The same whatever the compiler and its options: to be changed only with a reason that the commit states. */
static void training_gives_the_same_bits_as_ever(void)
{
    Network *network = create_on(&uneven, 0);
    train_a_while(network, 100);
    uint64_t hash = 0;
    for (size_t i = 0; i < network->parameter_count; i++) {
        uint32_t bits;
        memcpy(&bits, &network->parameters[i], sizeof bits);
        hash = rng_mix(hash, bits);
    }
    CHECK_INT(hash, -6115934352806647496);
    network_destroy(network);
}

static void instructions_can_be_asked_for(void)
{
    static const char *const names[] = {"sse2", "avx2", "avx512"};
    int best = 0;
    while (network_kernels_at(best + 1))
        best++;
    for (int i = 0; i < 3; i++) {
        setenv("ORCHID_INSTRUCTIONS", names[i], 1);
        CHECK_TEXT(network_kernels_choose()->name, network_kernels_at(i < best ? i : best)->name);
    }
    setenv("ORCHID_INSTRUCTIONS", "none such", 1);
    CHECK_TEXT(network_kernels_choose()->name, network_kernels_at(best)->name);
    unsetenv("ORCHID_INSTRUCTIONS");
    CHECK_TEXT(network_kernels_choose()->name, network_kernels_at(best)->name);
}

/* Padding must not leak into what is learnt. */
static void padding_stays_zero(void)
{
    Network *network = create_on(&uneven, 0);
    train_a_while(network, 50);
    int wrong = 0;
    for (int l = 0; l < network->layer_count; l++) {
        const NetworkLayer *layer = &network->layers[l];
        for (int i = 0; i <= layer->inputs; i++)
            for (int o = layer->outputs; o < layer->columns; o++)
                wrong += layer->weights[i * layer->columns + o] != 0;
    }
    CHECK_INT(wrong, 0);
    network_destroy(network);
}

static void a_clone_goes_on_alike(void)
{
    Network *network = create_on(&uneven, 0);
    train_a_while(network, 20);
    Network *clone = network_clone(network);
    train_a_while(network, 20);
    CHECK(memcmp(network->parameters, clone->parameters, network->parameter_count * sizeof(float)) != 0);
    train_a_while(clone, 20);
    CHECK(memcmp(network->parameters, clone->parameters, network->parameter_count * sizeof(float)) == 0);
    CHECK_INT(clone->step_count, network->step_count);
    network_destroy(network);
    network_destroy(clone);
}

static void copies_take_parameters_alone(void)
{
    Network *network = create_on(&two_layers, 0), *target = create_on(&two_layers, 0);
    train_a_while(network, 5);
    float before = target->parameters[3], wanted = network->parameters[3];
    network_mix(target, network, 0.25F);
    CHECK_NEAR(target->parameters[3], before + 0.25F * (wanted - before), 1e-7);
    network_copy(target, network);
    CHECK(memcmp(target->parameters, network->parameters, network->parameter_count * sizeof(float)) == 0);
    CHECK_INT(target->step_count, 0);
    CHECK(target->first_moments[3] == 0);
    network_destroy(network);
    network_destroy(target);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(sparse_outputs_have_the_bits_of_dense_ones),
        CHECK_OF(sparse_outputs_are_dense_where_all_are_chosen),
        CHECK_OF(sparse_outputs_skip_the_steps_of_others),
        CHECK_OF(every_instruction_set_gives_the_same_bits),
        CHECK_OF(training_gives_the_same_bits_as_ever),
        CHECK_OF(instructions_can_be_asked_for),
        CHECK_OF(padding_stays_zero),
        CHECK_OF(a_clone_goes_on_alike),
        CHECK_OF(copies_take_parameters_alone),
    };
    return check_run("network_bits", checks, sizeof checks / sizeof checks[0]);
}

#include "network_model.h"

#include "../sim/memory.h"
#include "network_file.h"

#include <assert.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 32 };

/* Calls of training after which learning rate and updates are half of what they were at first, and their least
 * fraction. */
static const double CHI_SQUARE_LEAST = 1e-9, DEVIATION_LIMIT = 20; /* keep draws finite */
static const double RATE_HALF_LIFE = 300, RATE_LEAST = 0.05;

void network_model_init(NetworkModel *model, NetworkModelSettings settings, Stream stream)
{
    assert(settings.members >= 1 && settings.capacity >= 1);
    size_t inputs = (size_t)settings.input_count, members = (size_t)settings.members;
    size_t capacity = (size_t)settings.capacity;
    *model = (NetworkModel){.settings = settings, .stream = stream, .member = MEAN_MEMBER};
    model->networks = memory_allocate(members, sizeof *model->networks);
    model->priors = memory_allocate(members, sizeof *model->priors);
    NetworkShape shape = {2, {settings.input_count, settings.hidden, 1}};
    for (size_t i = 0; i < members; i++) {
        model->networks[i] = network_create(shape, BATCH, &model->stream);
        model->priors[i] = network_create(shape, BATCH, &model->stream);
    }
    model->inputs = memory_allocate(capacity * inputs, sizeof *model->inputs);
    model->targets = memory_allocate(capacity * members, sizeof *model->targets);
    model->batch_inputs = memory_allocate(BATCH * inputs, sizeof *model->batch_inputs);
    model->batch_targets = memory_allocate(BATCH, sizeof *model->batch_targets);
    model->logarithms = memory_allocate(members, sizeof *model->logarithms);
}

void network_model_free(NetworkModel *model)
{
    for (int i = 0; i < model->settings.members; i++) {
        network_destroy(model->networks[i]);
        network_destroy(model->priors[i]);
    }
    free(model->networks);
    free(model->priors);
    free(model->inputs);
    free(model->targets);
    free(model->batch_inputs);
    free(model->batch_targets);
    free(model->logarithms);
    *model = (NetworkModel){0};
}

void network_model_use_mean(NetworkModel *model)
{
    model->member = MEAN_MEMBER;
}

void network_model_use_sample(NetworkModel *model, Stream *stream)
{
    gsl_rng generator = stream_gsl(stream);
    double degrees = model->settings.degrees;
    model->member = (int)stream_uniform_integer(stream, (uint64_t)model->settings.members);
    model->spread = 1 / sqrt(fmax(gsl_ran_chisq(&generator, degrees), CHI_SQUARE_LEAST) / degrees);
}

static void spread_out(const NetworkModel *model, int count, const Term *terms, float *ret_inputs)
{
    memset(ret_inputs, 0, (size_t)model->settings.input_count * sizeof *ret_inputs);
    for (int i = 0; i < count; i++)
        ret_inputs[terms[i].index] += (float)terms[i].value;
}

/* The logarithm of the cost of the first request in `batch_inputs`, by one member. */
static double logarithm_by(const NetworkModel *model, int member)
{
    double learnt = (double)*network_forward(model->networks[member], model->batch_inputs, 1);
    return learnt + model->settings.prior * (double)*network_forward(model->priors[member], model->batch_inputs, 1);
}

static double cost_of(const NetworkModel *model, double logarithm)
{
    return (model->unit > 0 ? model->unit : 1) * exp(logarithm);
}

/* Fills `logarithms`; returns their mean. */
static double ask_members(NetworkModel *model, int count, const Term *terms)
{
    int members = model->settings.members;
    double sum = 0;
    spread_out(model, count, terms, model->batch_inputs);
    for (int i = 0; i < members; i++)
        sum += model->logarithms[i] = logarithm_by(model, i);
    return sum / members;
}

double network_model_predict(NetworkModel *model, int count, const Term *terms)
{
    double mean = ask_members(model, count, terms);
    if (model->member == MEAN_MEMBER)
        return cost_of(model, mean);
    double deviation = model->spread * (model->logarithms[model->member] - mean);
    return cost_of(model, mean + fmax(-DEVIATION_LIMIT, fmin(deviation, DEVIATION_LIMIT)));
}

double network_model_sd(NetworkModel *model, int count, const Term *terms)
{
    double mean = ask_members(model, count, terms), square = 0;
    for (int i = 0; i < model->settings.members; i++)
        square += (model->logarithms[i] - mean) * (model->logarithms[i] - mean);
    return cost_of(model, mean) * sqrt(square / model->settings.members);
}

void network_model_learn(NetworkModel *model, int count, const Term *terms, double cost)
{
    if (cost <= 0)
        return;
    if (model->unit == 0)
        model->unit = cost;
    int64_t place = model->next, members = model->settings.members;
    spread_out(model, count, terms, model->inputs + place * model->settings.input_count);
    gsl_rng generator = stream_gsl(&model->stream);
    for (int64_t i = 0; i < members; i++) {
        double noise = gsl_ran_gaussian_ziggurat(&generator, model->settings.noise);
        model->targets[place * members + i] = (float)(log(cost / model->unit) + noise);
    }
    model->next = (place + 1) % model->settings.capacity;
    model->count += model->count < model->settings.capacity;
}

/* One batch: what the member's prior leaves to be learnt. */
static void train_member(NetworkModel *model, int member, double learning_rate)
{
    int inputs = model->settings.input_count, members = model->settings.members;
    for (int i = 0; i < BATCH; i++) {
        int64_t place = (int64_t)stream_uniform_integer(&model->stream, (uint64_t)model->count);
        memcpy(model->batch_inputs + i * inputs, model->inputs + place * inputs,
               (size_t)inputs * sizeof *model->batch_inputs);
        model->batch_targets[i] = model->targets[place * members + member];
    }
    network_forward(model->priors[member], model->batch_inputs, BATCH);
    for (int i = 0; i < BATCH; i++)
        model->batch_targets[i] -= (float)model->settings.prior * *network_output(model->priors[member], i);
    NetworkBatch batch = {.count = BATCH, .inputs = model->batch_inputs, .targets = model->batch_targets};
    network_train(model->networks[member], &batch,
                  (NetworkTraining){.loss = LOSS_HUBER, .learning_rate = learning_rate}, NULL);
}

void network_model_train(NetworkModel *model)
{
    if (model->count == 0)
        return;
    double fraction = fmax(RATE_LEAST, 1 / (1 + (double)model->trained / RATE_HALF_LIFE));
    model->due += fraction * model->settings.updates;
    for (; model->due >= 1; model->due--)
        for (int member = 0; member < model->settings.members; member++)
            train_member(model, member, fraction * model->settings.learning_rate);
    model->trained++;
}

enum { WORDS, NUMBERS, INPUTS, TARGETS, PART_COUNT };

static const WeightsPart parts[PART_COUNT] = {[WORDS] = {"words", WEIGHTS_INT64},
                                              [NUMBERS] = {"numbers", WEIGHTS_FLOAT64},
                                              [INPUTS] = {"inputs", WEIGHTS_FLOAT32},
                                              [TARGETS] = {"targets", WEIGHTS_FLOAT32}};

/* Words: the state of the stream, and counters. */
enum { COUNT = STREAM_WORDS, NEXT, TRAINED, WORD_COUNT };
enum { UNIT, DUE, NUMBER_COUNT };

static const char *block_of(Arena *arena, const char *name, const char *kind, int member)
{
    return arena_format(arena, "%s.%s%d", name, kind, member);
}

void network_model_save(const NetworkModel *model, WeightsFile *file, const char *name)
{
    Arena *arena = &file->arena;
    int64_t *words = weights_file_add_words(file, name, parts[WORDS].name, WORD_COUNT);
    memcpy(words, model->stream.state, sizeof model->stream.state);
    words[COUNT] = model->count;
    words[NEXT] = model->next;
    words[TRAINED] = model->trained;
    double *numbers = weights_file_add_numbers(file, name, parts[NUMBERS].name, NUMBER_COUNT);
    numbers[UNIT] = model->unit;
    numbers[DUE] = model->due;
    weights_file_add(file, arena_format(arena, "%s.%s", name, parts[INPUTS].name), parts[INPUTS].type,
                     model->count * model->settings.input_count, model->inputs);
    weights_file_add(file, arena_format(arena, "%s.%s", name, parts[TARGETS].name), parts[TARGETS].type,
                     model->count * model->settings.members, model->targets);
    for (int i = 0; i < model->settings.members; i++) {
        network_file_add(file, block_of(arena, name, "member", i), model->networks[i]);
        network_file_add(file, block_of(arena, name, "prior", i), model->priors[i]);
    }
}

static bool is_possible(const NetworkModel *model, const WeightsBlock *const *blocks)
{
    if (blocks[WORDS]->count != WORD_COUNT || blocks[NUMBERS]->count != NUMBER_COUNT)
        return false;
    const int64_t *words = blocks[WORDS]->values, count = words[COUNT], capacity = model->settings.capacity;
    const double *numbers = blocks[NUMBERS]->values;
    return count >= 0 && count <= capacity && words[NEXT] >= 0 && words[NEXT] < capacity &&
           (count == capacity || words[NEXT] == count) && words[TRAINED] >= 0 && isfinite(numbers[UNIT]) &&
           numbers[UNIT] >= 0 && numbers[DUE] >= 0 && numbers[DUE] < 1 &&
           blocks[INPUTS]->count == count * model->settings.input_count &&
           blocks[TARGETS]->count == count * model->settings.members;
}

static bool load_networks(NetworkModel *model, const WeightsFile *file, const char *name, Error *error)
{
    Arena arena = {0};
    bool whole = true;
    for (int i = 0; i < model->settings.members && whole; i++)
        whole = network_file_read(file, block_of(&arena, name, "member", i), model->networks[i], error) &&
                network_file_read(file, block_of(&arena, name, "prior", i), model->priors[i], error);
    arena_free(&arena);
    return whole;
}

bool network_model_load(NetworkModel *model, const WeightsFile *file, const char *name, Error *error)
{
    const WeightsBlock *blocks[PART_COUNT];
    if (!weights_file_find_parts(file, name, parts, PART_COUNT, blocks, error) ||
        !weights_file_check(file, name, is_possible(model, blocks), error) || !load_networks(model, file, name, error))
        return false;
    const int64_t *words = blocks[WORDS]->values;
    const double *numbers = blocks[NUMBERS]->values;
    memcpy(model->stream.state, words, sizeof model->stream.state);
    model->count = words[COUNT];
    model->next = words[NEXT];
    model->trained = words[TRAINED];
    model->unit = numbers[UNIT];
    model->due = numbers[DUE];
    memcpy(model->inputs, blocks[INPUTS]->values, (size_t)blocks[INPUTS]->count * sizeof *model->inputs);
    memcpy(model->targets, blocks[TARGETS]->values, (size_t)blocks[TARGETS]->count * sizeof *model->targets);
    return true;
}

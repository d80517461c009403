#include "system_model.h"

#include "../sim/memory.h"
#include "network_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Which quantities the objective cannot do without; returns the number of predictions. */
static int place_quantities(SystemModel *model)
{
    const Objective *objective = &model->scenario->objective;
    bool energy = objective->kind == OBJECTIVE_WEIGHTED_COST && objective->energy_weight_per_j > 0;
    const bool learnt[QUANTITY_COUNT] = {true, energy, model->parameters.learns_accuracy};
    int count = 0;
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        model->place[q] = learnt[q] ? count : -1;
        count += learnt[q] ? model->width : 0;
    }
    return count;
}

void system_model_init(SystemModel *model, const SystemModelParameters *parameters, const AnswerOutputs *outputs,
                       int state_size, int batch_limit, const Scenario *scenario, Stream *stream)
{
    int asks = outputs->ask_count, limit = batch_limit > parameters->batch ? batch_limit : (int)parameters->batch;
    *model = (SystemModel){.parameters = *parameters,
                           .scenario = scenario,
                           .outputs = outputs,
                           .state_size = state_size,
                           .width = parameters->mean ? 1 : asks};
    NetworkShape shape = {2, {state_size + outputs->part_size, (int)parameters->hidden_units, place_quantities(model)}};
    model->network = network_create(shape, limit, stream);
    size_t memory = (size_t)parameters->memory, room = (size_t)limit;
    model->states = memory_allocate(memory * (size_t)state_size, sizeof *model->states);
    model->outcomes = memory_allocate(memory * (size_t)shape.sizes[2], sizeof *model->outcomes);
    model->digits = memory_allocate(memory * (size_t)asks, sizeof *model->digits);
    model->inputs = memory_allocate(room * (size_t)shape.sizes[0], sizeof *model->inputs);
    model->targets = memory_allocate(room * (size_t)shape.sizes[2], sizeof *model->targets);
    model->imagined = memory_allocate((size_t)asks, sizeof *model->imagined);
    model->options = memory_allocate((size_t)asks, sizeof *model->options);
    model->kinds = memory_allocate(memory, sizeof *model->kinds);
}

void system_model_free(SystemModel *model)
{
    network_destroy(model->network);
    free(model->states);
    free(model->outcomes);
    free(model->digits);
    free(model->kinds);
    free(model->inputs);
    free(model->targets);
    free(model->imagined);
    free(model->options);
}

/* As the objective counts it: a refused request takes at least the largest response time and has no accuracy. */
static double quantity_of(const SystemModel *model, Quantity quantity, const Outcome *outcome)
{
    double largest_s = time_to_s(model->scenario->objective.largest_response_time);
    switch (quantity) {
    case QUANTITY_RESPONSE:
        return outcome->refused && outcome->response_s < largest_s ? largest_s : outcome->response_s;
    case QUANTITY_ENERGY:
        return outcome->energy_j;
    case QUANTITY_ACCURACY:
        return outcome->refused ? 0 : outcome->accuracy;
    case QUANTITY_COUNT:
        break;
    }
    return 0;
}

/* A quantity's mean over the requests, and its values as the network is to predict them. */
static void write_outcomes(SystemModel *model, Quantity quantity, const Feedback *feedback, float *ret_outcomes)
{
    double mean = 0;
    for (int i = 0; i < feedback->count; i++)
        mean += quantity_of(model, quantity, &feedback->outcomes[i]) / feedback->count;
    if (model->unit[quantity] <= 0)
        model->unit[quantity] = mean;
    double unit = model->unit[quantity] > 0 ? model->unit[quantity] : 1;
    for (int i = 0; i < model->width; i++) {
        double value = model->width == 1 ? mean : quantity_of(model, quantity, &feedback->outcomes[i]);
        ret_outcomes[i] = (float)(value / unit - 1);
    }
}

void system_model_observe(SystemModel *model, const float *state, int kind, const int *digits, const Feedback *feedback)
{
    assert(feedback->count == model->outputs->ask_count);
    int64_t place = model->next, outcomes = network_last_layer(model->network)->outputs;
    memcpy(model->states + place * model->state_size, state, (size_t)model->state_size * sizeof *state);
    memcpy(model->digits + place * model->outputs->ask_count, digits,
           (size_t)model->outputs->ask_count * sizeof *digits);
    model->kinds[place] = kind;
    for (Quantity q = 0; q < QUANTITY_COUNT; q++)
        if (model->place[q] >= 0)
            write_outcomes(model, q, feedback, model->outcomes + place * outcomes + model->place[q]);
    model->next = (place + 1) % model->parameters.memory;
    model->count += model->count < model->parameters.memory;
}

/* The state, then a 1 for each ask's answer. */
static void write_inputs(const SystemModel *model, const float *state, int kind, const int *digits, float *ret_inputs)
{
    float *parts = ret_inputs + model->state_size;
    memcpy(ret_inputs, state, (size_t)model->state_size * sizeof *state);
    memset(parts, 0, (size_t)model->outputs->part_size * sizeof *parts);
    for (int ask = 0; ask < model->outputs->ask_count; ask++)
        parts[answer_outputs_part(model->outputs, kind, ask)->first + digits[ask]] = 1;
}

static double rate_now(const SystemModel *model)
{
    const SystemModelParameters *parameters = &model->parameters;
    if (parameters->learning_rate_decay == 0)
        return parameters->learning_rate;
    return parameters->learning_rate / (1 + (double)model->updates / (double)parameters->learning_rate_decay);
}

void system_model_learn(SystemModel *model, Stream *stream)
{
    assert(model->count >= 1);
    ptrdiff_t asks = model->outputs->ask_count, states = model->state_size;
    ptrdiff_t inputs = model->network->layers[0].inputs, outcomes = network_last_layer(model->network)->outputs;
    for (int i = 0; i < model->parameters.batch; i++) {
        int64_t place = (int64_t)stream_uniform_integer(stream, (uint64_t)model->count);
        write_inputs(model, model->states + place * states, model->kinds[place], model->digits + place * asks,
                     model->inputs + i * inputs);
        memcpy(model->targets + i * outcomes, model->outcomes + place * outcomes,
               (size_t)outcomes * sizeof *model->targets);
    }
    NetworkBatch batch = {.count = (int)model->parameters.batch, .inputs = model->inputs, .targets = model->targets};
    network_train(model->network, &batch, (NetworkTraining){LOSS_HUBER, rate_now(model), 0}, NULL);
    model->updates++;
}

static double prediction(const SystemModel *model, const float *outputs, Quantity quantity, int ask)
{
    if (model->place[quantity] < 0)
        return 0;
    double unit = model->unit[quantity] > 0 ? model->unit[quantity] : 1;
    double value = unit * (1 + (double)outputs[model->place[quantity] + (model->width == 1 ? 0 : ask)]);
    return value > 0 ? value : 0;
}

void system_model_judge(SystemModel *model, int count, const float *states, const int *kinds, const int *digits,
                        const double *weights, double *ret_rewards)
{
    ptrdiff_t asks = model->outputs->ask_count, inputs = model->network->layers[0].inputs;
    for (int i = 0; i < count; i++)
        write_inputs(model, states + (ptrdiff_t)i * model->state_size, kinds[i], digits + i * asks,
                     model->inputs + i * inputs);
    network_forward(model->network, model->inputs, count);
    for (int i = 0; i < count; i++) {
        const float *outputs = network_output(model->network, i);
        answer_outputs_options(model->outputs, kinds[i], digits + i * asks, model->options);
        for (int ask = 0; ask < asks; ask++) {
            const OptionSet *options = answer_outputs_option_set(model->outputs, kinds[i], ask);
            bool known = !model->parameters.learns_accuracy;
            model->imagined[ask] = (Outcome){
                .response_s = prediction(model, outputs, QUANTITY_RESPONSE, ask),
                .energy_j = prediction(model, outputs, QUANTITY_ENERGY, ask),
                .accuracy = known ? options->items[model->options[ask]].accuracy
                                  : prediction(model, outputs, QUANTITY_ACCURACY, ask),
                .accuracy_weight = weights[ask],
            };
        }
        Feedback feedback = {.count = (int)asks, .outcomes = model->imagined};
        objective_judge(&model->scenario->objective, &feedback);
        ret_rewards[i] = feedback.reward;
    }
}

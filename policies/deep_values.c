#include "deep_values.h"

#include "../sim/memory.h"
#include "network_sparse.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void deep_values_init(DeepValues *values, const ValueParameters *parameters, const AnswerOutputs *outputs,
                      int state_size, Stream *stream)
{
    *values = (DeepValues){.parameters = *parameters, .outputs = outputs};
    int batch = (int)parameters->batch, chosen = batch * outputs->per_answer;
    NetworkShape shape = network_shape_uniform(state_size, parameters->hidden_layers, parameters->hidden_units,
                                               outputs->size + parameters->duelling);
    bool sparse = outputs->size >= parameters->sparse_from && !parameters->duelling;
    values->online =
        sparse ? network_create_sparse(shape, batch, chosen, stream) : network_create(shape, batch, stream);
    float initial = deep_values_scale(values, parameters->initial_value);
    network_set_output_bias(values->online, parameters->summed ? initial / (float)outputs->per_answer : initial);
    if (parameters->discount > 0)
        values->target = network_clone(values->online);
    values->values = memory_allocate((size_t)chosen, sizeof *values->values);
    values->gradients = memory_allocate((size_t)chosen, sizeof *values->gradients);
    values->targets = memory_allocate((size_t)batch, sizeof *values->targets);
}

void deep_values_free(DeepValues *values)
{
    network_destroy(values->online);
    network_destroy(values->target);
    free(values->values);
    free(values->gradients);
    free(values->targets);
}

float deep_values_scale(const DeepValues *values, double reward)
{
    return (float)((reward - values->parameters.reward_centre) * values->parameters.reward_scale);
}

const float *deep_values_read(DeepValues *values, const float *state)
{
    return network_forward(values->online, state, 1);
}

/* The output of a range that is greatest, the first of equals. */
static int best_of(const NetworkKernels *kernels, const float *outputs, const OutputRange *range)
{
    float most;
    kernels->maxima(outputs + range->first, 1, range->count, range->count, &most);
    int best = range->first, last = range->first + range->count - 1;
    while (best < last && outputs[best] != most)
        best++;
    return best;
}

void deep_values_best(const DeepValues *values, const float *outputs, int kind, int *ret_chosen)
{
    for (int k = 0; k < values->outputs->per_answer; k++)
        ret_chosen[k] = best_of(values->online->kernels, outputs, answer_outputs_head(values->outputs, kind, k));
}

/* The value of a chosen output: with duelling, that of the state and the advantage over the mean of its head. */
static float value_of(const DeepValues *values, const float *outputs, const OutputRange *head, int chosen)
{
    if (!values->parameters.duelling)
        return outputs[chosen];
    float sum = 0;
    for (int i = head->first; i < head->first + head->count; i++)
        sum += outputs[i];
    return outputs[values->outputs->size] + outputs[chosen] - sum / (float)head->count;
}

/* The value of the best answer in the `sample`-th state read last, by the target network, where the online network says
 * which is best with double Q-learning. What followed is a question of the same kind. */
static float value_of_best(const DeepValues *values, int sample, int kind)
{
    const AnswerOutputs *outputs = values->outputs;
    const float *judge = network_output(values->target, sample);
    const float *chooser = values->parameters.twice ? network_output(values->online, sample) : judge;
    float sum = 0;
    for (int k = 0; k < outputs->per_answer; k++) {
        const OutputRange *head = answer_outputs_head(outputs, kind, k);
        sum += value_of(values, judge, head, best_of(values->target->kernels, chooser, head));
    }
    return values->parameters.summed ? sum : sum / (float)outputs->per_answer;
}

/* Sparse networks give all outputs for one sample at a time. */
static void set_targets(DeepValues *values, const ReplayBatch *batch)
{
    memcpy(values->targets, batch->rewards, (size_t)batch->count * sizeof *values->targets);
    if (!values->target)
        return;
    int step = values->target->sparse ? 1 : batch->count, state_size = values->online->layers[0].inputs;
    for (int first = 0; first < batch->count; first += step) {
        const float *states = batch->next_states + (ptrdiff_t)first * state_size;
        network_forward(values->target, states, step);
        if (values->parameters.twice)
            network_forward(values->online, states, step);
        for (int i = 0; i < step; i++) {
            int sample = first + i;
            const int *chosen = batch->actions + (ptrdiff_t)sample * values->outputs->per_answer;
            int kind = answer_outputs_kind_of(values->outputs, chosen);
            values->targets[sample] += batch->discounts[sample] * value_of_best(values, i, kind);
        }
    }
}

/* Values of the chosen outputs. */
static void read_values(DeepValues *values, const ReplayBatch *batch)
{
    int per_answer = values->outputs->per_answer;
    if (!values->parameters.duelling) {
        network_forward_chosen(values->online, batch->states, batch->count, batch->actions, per_answer, values->values);
        return;
    }
    network_forward(values->online, batch->states, batch->count);
    for (int i = 0; i < batch->count * per_answer; i++) {
        int sample = i / per_answer, k = i % per_answer;
        int kind = answer_outputs_kind_of(values->outputs, batch->actions + (ptrdiff_t)sample * per_answer);
        values->values[i] = value_of(values, network_output(values->online, sample),
                                     answer_outputs_head(values->outputs, kind, k), batch->actions[i]);
    }
}

/* Gradients of the mean loss of the batch; fills ret_errors[count] with the mean error of each sample's heads. */
static void differentiate(DeepValues *values, const ReplayBatch *batch, float *ret_errors)
{
    int per_answer = values->outputs->per_answer, parts = values->parameters.summed ? 1 : per_answer;
    for (int sample = 0; sample < batch->count; sample++) {
        const float *value = values->values + (ptrdiff_t)sample * per_answer;
        float *gradient = values->gradients + (ptrdiff_t)sample * per_answer, sum = 0, slope = 0;
        float factor = batch->weights[sample] / (float)(batch->count * parts);
        for (int k = 0; k < per_answer; k++)
            sum += value[k];
        network_loss(LOSS_HUBER, sum - values->targets[sample], &slope);
        for (int k = 0; k < per_answer; k++) {
            if (!values->parameters.summed)
                network_loss(LOSS_HUBER, value[k] - values->targets[sample], &slope);
            gradient[k] = factor * slope;
        }
        if (ret_errors)
            ret_errors[sample] = sum / (float)parts - values->targets[sample];
    }
}

/* An output's gradient with duelling is also one of the state's value and, through the mean, of its whole head. */
static void pass_back_duelling(DeepValues *values, const ReplayBatch *batch)
{
    const AnswerOutputs *outputs = values->outputs;
    const NetworkLayer *last = network_last_layer(values->online);
    memset(last->deltas, 0, (size_t)batch->count * (size_t)last->columns * sizeof(float));
    for (int i = 0; i < batch->count * outputs->per_answer; i++) {
        int sample = i / outputs->per_answer, k = i % outputs->per_answer;
        float *deltas = last->deltas + (ptrdiff_t)sample * last->columns, gradient = values->gradients[i];
        int kind = answer_outputs_kind_of(outputs, batch->actions + (ptrdiff_t)sample * outputs->per_answer);
        const OutputRange *head = answer_outputs_head(outputs, kind, k);
        for (int o = head->first; o < head->first + head->count; o++)
            deltas[o] -= gradient / (float)head->count;
        deltas[batch->actions[i]] += gradient;
        deltas[outputs->size] += gradient;
    }
    network_backward(values->online, NULL);
}

static double rate_now(const DeepValues *values)
{
    const ValueParameters *parameters = &values->parameters;
    int64_t decay = parameters->learning_rate_decay, outputs = values->outputs->size;
    if (decay == 0)
        decay = outputs > 100 ? 10 * outputs : 1000;
    return parameters->learning_rate / (1 + (double)values->updates / (double)decay);
}

void deep_values_learn(DeepValues *values, const ReplayBatch *batch, float *ret_errors)
{
    assert(batch->count <= values->parameters.batch);
    set_targets(values, batch);
    read_values(values, batch);
    differentiate(values, batch, ret_errors);
    if (values->parameters.duelling)
        pass_back_duelling(values, batch);
    else
        network_backward_chosen(values->online, batch->actions, values->outputs->per_answer, values->gradients);
    if (values->parameters.gradient_limit > 0)
        network_clip(values->online, values->parameters.gradient_limit);
    network_step(values->online, rate_now(values));
    values->updates++;
    if (values->target && values->updates % values->parameters.target_interval == 0)
        network_copy(values->target, values->online);
}

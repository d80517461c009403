#include "social_costs.h"

#include "user_cost.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OWN, OTHERS, PART_COUNT };

static int output_count(const SocialCosts *costs)
{
    return PART_COUNT * costs->features->count;
}

void social_costs_init(SocialCosts *costs, const SocialParameters *parameters, const OptionFeatures *features,
                       int ask_count, int row_size, int row_limit, Stream *stream)
{
    int rows = (int)parameters->batch * ask_count, limit = rows > row_limit ? rows : row_limit;
    *costs =
        (SocialCosts){.parameters = *parameters, .features = features, .ask_count = ask_count, .row_size = row_size};
    NetworkShape shape =
        network_shape_uniform(row_size, parameters->hidden_layers, parameters->hidden_units, output_count(costs));
    costs->network = network_create(shape, limit, stream);
    size_t count = (size_t)rows;
    costs->rows = memory_allocate(count * (size_t)row_size, sizeof *costs->rows);
    costs->actions = memory_allocate(count, sizeof *costs->actions);
    costs->targets = memory_allocate(count, sizeof *costs->targets);
    costs->gradients = memory_allocate((size_t)limit * (size_t)output_count(costs), sizeof *costs->gradients);
}

void social_costs_free(SocialCosts *costs)
{
    network_destroy(costs->network);
    free(costs->rows);
    free(costs->actions);
    free(costs->targets);
    free(costs->gradients);
    *costs = (SocialCosts){0};
}

/* One of the two parts of what an option costs. */
static float part_of(const SocialCosts *costs, int part, int row, int group, int option)
{
    return option_features_score(costs->features, group, option,
                                 network_output(costs->network, row) + part * costs->features->count);
}

float social_costs_of(const SocialCosts *costs, int row, int group, int option)
{
    float regard = (float)costs->parameters.regard;
    return part_of(costs, OWN, row, group, option) + regard * part_of(costs, OTHERS, row, group, option);
}

int social_costs_cheapest(const SocialCosts *costs, const Ask *ask, double scale, int row, int row_step)
{
    const Scenario *scenario = costs->features->scenario;
    int best = 0, group = scenario->group_of[ask->node];
    double least = INFINITY;
    for (int o = 0; o < ask->options->count; o++) {
        double accuracy = ask->options->items[o].accuracy;
        double cost = (double)social_costs_of(costs, row + o * row_step, group, o) / scale +
                      user_cost_offset(&scenario->objective, accuracy, ask->accuracy_weight);
        if (cost < least) {
            least = cost;
            best = o;
        }
    }
    return best;
}

static void draw_batch(SocialCosts *costs, const AnswerMemory *memory, Stream *stream)
{
    assert(memory->count > 0 && memory->shape.row_size == costs->row_size);
    size_t asks = (size_t)costs->ask_count, row_numbers = asks * (size_t)costs->row_size;
    costs->count = (int)costs->parameters.batch * costs->ask_count;
    for (size_t k = 0; k < (size_t)costs->parameters.batch; k++) {
        size_t place = (size_t)stream_uniform_integer(stream, (uint64_t)memory->count);
        memcpy(costs->rows + k * row_numbers, memory->ended.rows + place * row_numbers, row_numbers * sizeof(float));
        memcpy(costs->actions + k * asks, memory->ended.actions + place * asks, asks * sizeof *costs->actions);
        memcpy(costs->targets + k * asks, memory->ended.costs + place * asks, asks * sizeof *costs->targets);
    }
}

/* The gradient of one part of what the action of a row costs. */
static void spread(SocialCosts *costs, int part, int row, float gradient)
{
    int limit = costs->features->option_limit;
    option_features_spread(costs->features, costs->actions[row] / limit, costs->actions[row] % limit, gradient,
                           costs->gradients + (ptrdiff_t)row * output_count(costs) + part * costs->features->count);
}

static void clear_gradients(SocialCosts *costs)
{
    memset(costs->gradients, 0, (size_t)costs->count * (size_t)output_count(costs) * sizeof *costs->gradients);
}

/* Gradients for the asks of one question, from row `first` on. */
static void differentiate_question(SocialCosts *costs, int first)
{
    int limit = costs->features->option_limit, asks = costs->ask_count;
    float rest = 0, slope;
    for (int row = first; row < first + asks; row++) {
        int group = costs->actions[row] / limit, option = costs->actions[row] % limit;
        float error = part_of(costs, OWN, row, group, option) - costs->targets[row];
        network_loss(LOSS_HUBER, error, &slope);
        spread(costs, OWN, row, slope / (float)costs->count);
        rest += part_of(costs, OTHERS, row, group, option) + error;
    }
    network_loss(LOSS_HUBER, rest / (float)asks, &slope);
    for (int row = first; row < first + asks; row++)
        spread(costs, OTHERS, row, slope / (float)costs->count);
}

double social_costs_rate(const SocialCosts *costs, double rate)
{
    return rate / (1 + (double)costs->updates / (double)costs->parameters.learning_rate_decay);
}

void social_costs_learn(SocialCosts *costs, const AnswerMemory *memory, Stream *stream)
{
    draw_batch(costs, memory, stream);
    network_forward(costs->network, costs->rows, costs->count);
    clear_gradients(costs);
    for (int first = 0; first < costs->count; first += costs->ask_count)
        differentiate_question(costs, first);
    network_backward(costs->network, costs->gradients);
    network_step(costs->network, social_costs_rate(costs, costs->parameters.learning_rate));
    costs->updates++;
}

void social_costs_differentiate(SocialCosts *costs, float *ret_gradients)
{
    network_forward(costs->network, costs->rows, costs->count);
    clear_gradients(costs);
    for (int row = 0; row < costs->count; row++) {
        spread(costs, OWN, row, 1);
        spread(costs, OTHERS, row, (float)costs->parameters.regard);
    }
    network_backward(costs->network, costs->gradients);
    network_input_gradients(costs->network, ret_gradients);
}

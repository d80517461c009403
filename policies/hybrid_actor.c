#include "hybrid_actor.h"

#include "exploration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LOG_RATIO_MOST = 5;

void hybrid_actor_init(HybridActor *actor, const OptionFeatures *features, NetworkShape hidden, int row_limit,
                       Stream *stream)
{
    *actor = (HybridActor){.features = features};
    NetworkShape shape = hidden;
    shape.sizes[shape.layer_count] = (1 + CLAIM_COUNT) * features->count;
    actor->network = network_create(shape, row_limit, stream);
    size_t options = (size_t)features->option_limit;
    actor->logs = memory_allocate(options, sizeof *actor->logs);
    actor->probabilities = memory_allocate(options, sizeof *actor->probabilities);
    actor->gradients =
        memory_allocate((size_t)row_limit * (size_t)shape.sizes[shape.layer_count], sizeof *actor->gradients);
}

void hybrid_actor_free(HybridActor *actor)
{
    network_destroy(actor->network);
    free(actor->logs);
    free(actor->probabilities);
    free(actor->gradients);
    *actor = (HybridActor){0};
}

/* Softmax of the options' scores: fills logarithms and probabilities. */
static void fill_probabilities(HybridActor *actor, const float *outputs, int group)
{
    int count = actor->features->scenario->options[group].count;
    float *logs = actor->logs, most = -INFINITY, sum = 0;
    option_features_scores(actor->features, group, outputs, logs);
    for (int o = 0; o < count; o++)
        most = fmaxf(most, logs[o]);
    for (int o = 0; o < count; o++)
        sum += expf(logs[o] - most);
    float shift = most + logf(sum);
    for (int o = 0; o < count; o++) {
        logs[o] -= shift;
        actor->probabilities[o] = expf(logs[o]);
    }
}

/* Mean of one claim of an option. */
static double mean_of(const HybridActor *actor, const float *outputs, int claim, int group, int option)
{
    return (double)option_features_score(actor->features, group, option,
                                         outputs + (ptrdiff_t)(1 + claim) * actor->features->count);
}

/* Logarithm of the density of the claims that count, but for what their deviation adds. */
static double log_density(const HybridActor *actor, const float *outputs, const HybridAction *action)
{
    double sum = 0;
    for (int c = 0; c < CLAIM_COUNT; c++) {
        if (!action->needs.needed[c] || action->deviation == 0)
            continue;
        double off = action->claims.values[c] - mean_of(actor, outputs, c, action->group, action->option);
        sum -= off * off / (2 * action->deviation * action->deviation);
    }
    return sum;
}

HybridAction hybrid_actor_draw(HybridActor *actor, int row, const Ask *ask, double deviation, Stream *stream)
{
    const float *outputs = network_output(actor->network, row);
    const Scenario *scenario = actor->features->scenario;
    HybridAction action = {.group = scenario->group_of[ask->node], .deviation = deviation};
    fill_probabilities(actor, outputs, action.group);
    action.option = exploration_softmax(stream, actor->logs, ask->options->count, deviation > 0 ? 1 : 0);
    action.log_choice = (double)actor->logs[action.option];
    action.needs = claims_needed(scenario, ask, &ask->options->items[action.option]);
    for (int c = 0; c < CLAIM_COUNT; c++) {
        action.claims.values[c] = mean_of(actor, outputs, c, action.group, action.option);
        if (deviation > 0)
            action.claims.values[c] += deviation * rng_normal(stream_next(stream));
    }
    action.log_claims = log_density(actor, outputs, &action);
    return action;
}

/* How many times likelier than it was something is, kept within what networks can take. */
static double ratio_of(double log_now, double log_then)
{
    return exp(fmin(log_now - log_then, LOG_RATIO_MOST));
}

/* The derivative of a clipped loss - min(ratio A, clip(ratio) A) with respect to the logarithm of the ratio. */
static double clipped_slope(double ratio, double advantage, double clip)
{
    bool clipped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
    return clipped ? 0 : -advantage * ratio;
}

void hybrid_actor_differentiate(HybridActor *actor, int row, const HybridAction *action, double advantage,
                                HybridLoss loss, double factor)
{
    const float *outputs = network_output(actor->network, row);
    const OptionFeatures *features = actor->features;
    int size = (1 + CLAIM_COUNT) * features->count, count = features->scenario->options[action->group].count;
    float *gradients = actor->gradients + (ptrdiff_t)row * size;
    memset(gradients, 0, (size_t)size * sizeof *gradients);
    fill_probabilities(actor, outputs, action->group);

    double ratio = ratio_of((double)actor->logs[action->option], action->log_choice), entropy = 0;
    double slope = clipped_slope(ratio, advantage, loss.clip);
    for (int o = 0; o < count; o++)
        entropy -= (double)(actor->probabilities[o] * actor->logs[o]);
    for (int o = 0; o < count; o++) {
        double p = (double)actor->probabilities[o];
        double gradient = slope * ((o == action->option) - p) + loss.entropy * p * ((double)actor->logs[o] + entropy);
        option_features_spread(features, action->group, o, (float)(factor * gradient), gradients);
    }

    double claim_ratio = ratio_of(log_density(actor, outputs, action), action->log_claims);
    double claim_slope = clipped_slope(claim_ratio, advantage, loss.clip);
    for (int c = 0; c < CLAIM_COUNT; c++) {
        if (!action->needs.needed[c])
            continue;
        double off = action->claims.values[c] - mean_of(actor, outputs, c, action->group, action->option);
        double gradient = claim_slope * off / (action->deviation * action->deviation);
        option_features_spread(features, action->group, action->option, (float)(factor * gradient),
                               gradients + (ptrdiff_t)(1 + c) * features->count);
    }
}

#include "compression_parts.h"

#include "../policies/network.h"
#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reinforcement learning over walks through the layers of a network. In each layer the actor, a Gaussian policy, sees
 * the features of AMC (He, Lin, Liu, Wang, Li, Han: AMC, AutoML for model compression and acceleration on mobile
 * devices, ECCV 2018) and chooses a place x in [0, 1] on the scale of keep ratios; at the end of the walk the network
 * is pruned, fine-tuned and evaluated. The reward is the halvings of the file less a penalty for each point of accuracy
 * that is lost beyond the tolerance.
 *
 * An evaluation costs a thousand times as much as a walk, so rewards have to teach much. The bytes of a walk are known
 * without trying it; critics learn from all evaluations so far what accuracy it costs. One critic of several, each of
 * which has missed other evaluations, judges an episode (as in Osband, Blundell, Pritzel, Van Roy: Deep exploration via
 * bootstrapped DQN, NIPS 2016). The actor learns by imitating the best of its own walks in that critic's eyes
 * (cross-entropy as in de Boer, Kroese, Mannor, Rubinstein, Ann. Oper. Res. 2005), and the best of the last of them is
 * evaluated. The first evaluations are not the actor's: they prune each layer alone, and all alike, so that critics
 * begin with an idea of every layer. */
enum {
    OWN_FEATURES = 8,
    FEATURES = OWN_FEATURES + CLASSIFIER_LAYER_LIMIT,
    HIDDEN = 32,
    CRITICS = 4,
    LEVELS = 3,        /* at which each layer is pruned alone, at first */
    UNIFORM_WALKS = 6, /* with all layers pruned alike, at first */
    WALKS = 64,        /* that the actor makes up in a round */
    ELITE = 8,         /* of them it imitates */
    ROUNDS = 6,        /* before an evaluation */
    ACTOR_STEPS = 20,  /* of learning in a round */
    CRITIC_STEPS = 80, /* of learning of each critic after an evaluation, and ten times as many at first */
    BATCH = 32,
    STUCK_LIMIT = 100 /* episodes in a row that find nothing new to try */
};

static const double ACTOR_RATE = 3e-3, CRITIC_RATE = 3e-3, FIRST_NOISE = 0.1, LAST_NOISE = 0.03,
                    PENALTY = 100, /* halvings for all of the accuracy: one for each point */
    LOSS_SCALE = 0.01;

/* What a walk chose, and what it brought. */
typedef struct Walk {
    double places[CLASSIFIER_LAYER_LIMIT];
    double loss;  /* of accuracy, when it was evaluated */
    double value; /* in the eyes of a critic */
} Walk;

typedef struct Agent {
    CompressionSearch *search;
    Stream *stream;
    int layer_count;
    Network *actor;            /* features to the logit of a place */
    Network *critics[CRITICS]; /* places of a whole walk to the squeezed loss */
    int tried_count;
    Walk *tried; /* [evaluations] */
} Agent;

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static double clamp(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* Losses as critics learn them: whether 1 or 3 points are lost matters, whether 50 or 60 does not. */
static double squeeze(double loss)
{
    return log1p(fmax(loss, 0) / LOSS_SCALE);
}

static double unsqueeze(double squeezed)
{
    return LOSS_SCALE * expm1(squeezed);
}

static void find_units(const Agent *agent, const double *places, int layers, int *ret_units)
{
    const Compression *compression = agent->search->compression;
    memcpy(ret_units, compression->heavy->shape.units, sizeof compression->heavy->shape.units);
    for (int l = 0; l < layers; l++)
        ret_units[l] = compression_units(compression, l, compression_ratio(places[l]));
}

/* What the actor sees before it chooses for `layer`: what the layer is, what earlier choices saved, what can still go,
 * and the last choice. */
static void observe(const Agent *agent, const double *places, int layer, float *ret_features)
{
    const ClassifierShape *shape = &agent->search->compression->heavy->shape;
    int units[CLASSIFIER_LAYER_LIMIT];
    find_units(agent, places, layer, units);
    ClassifierShape so_far = pruner_shape(shape, units);
    ClassifierSizes sizes = classifier_sizes(shape, layer);
    double total = (double)classifier_parameters(shape), left = (double)classifier_parameters(&so_far), rest = 0;
    for (int l = layer; l < shape->layer_count; l++)
        rest += (double)classifier_layer_parameters(&so_far, l);
    const double features[OWN_FEATURES] = {
        (double)layer / agent->layer_count,
        layer<shape->convolution_count, log2(sizes.units) / 10, log2(sizes.inputs) / 12,
              (double)classifier_layer_parameters(shape, layer) / total, 1 - left / total, rest / total, layer> 0
            ? places[layer - 1]
            : 1};
    for (int f = 0; f < OWN_FEATURES; f++)
        ret_features[f] = (float)features[f];
    for (int l = 0; l < CLASSIFIER_LAYER_LIMIT; l++)
        ret_features[OWN_FEATURES + l] = l == layer;
}

static void show_critic(const Agent *agent, const Walk *walk, float *ret_inputs)
{
    for (int l = 0; l < agent->layer_count; l++)
        ret_inputs[l] = (float)(2 * walk->places[l] - 1);
}

/* The reward of a walk that loses so much. */
static double reward(const Agent *agent, const Walk *walk, double loss)
{
    const Compression *compression = agent->search->compression;
    int units[CLASSIFIER_LAYER_LIMIT];
    find_units(agent, walk->places, agent->layer_count, units);
    double halvings = log2((double)compression->bytes / (double)compression_bytes(compression, units));
    return halvings - PENALTY * fmax(loss - compression->settings.brief_tolerance, 0);
}

static void critics_learn(Agent *agent, int steps)
{
    float inputs[BATCH * CLASSIFIER_LAYER_LIMIT], targets[BATCH];
    for (int critic = 0; critic < CRITICS; critic++)
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < BATCH; i++) {
                int index = (int)stream_uniform_integer(agent->stream, (uint64_t)agent->tried_count);
                bool missed = index % CRITICS == critic; /* by this critic */
                const Walk *walk = &agent->tried[missed ? (index + 1) % agent->tried_count : index];
                show_critic(agent, walk, inputs + i * agent->layer_count);
                targets[i] = (float)squeeze(walk->loss);
            }
            NetworkBatch batch = {.count = BATCH, .inputs = inputs, .targets = targets};
            network_train(agent->critics[critic], &batch, (NetworkTraining){LOSS_HUBER, CRITIC_RATE, 0}, NULL);
        }
}

static int compare_walks(const void *a, const void *b)
{
    const Walk *first = a, *second = b;
    return first->value > second->value ? -1 : first->value < second->value;
}

/* Walks of the actor with some noise, the best in a critic's eyes first. */
static void propose(const Agent *agent, Network *critic, double noise, Walk *ret_walks)
{
    float features[WALKS * FEATURES], inputs[WALKS * CLASSIFIER_LAYER_LIMIT];
    for (int l = 0; l < agent->layer_count; l++) {
        for (int i = 0; i < WALKS; i++)
            observe(agent, ret_walks[i].places, l, features + (ptrdiff_t)i * FEATURES);
        network_forward(agent->actor, features, WALKS);
        for (int i = 0; i < WALKS; i++) {
            double mean = logistic((double)*network_output(agent->actor, i));
            ret_walks[i].places[l] = clamp(mean + noise * rng_normal(stream_next(agent->stream)));
        }
    }
    for (int i = 0; i < WALKS; i++)
        show_critic(agent, &ret_walks[i], inputs + i * agent->layer_count);
    network_forward(critic, inputs, WALKS);
    for (int i = 0; i < WALKS; i++)
        ret_walks[i].value = reward(agent, &ret_walks[i], unsqueeze((double)*network_output(critic, i)));
    qsort(ret_walks, WALKS, sizeof *ret_walks, compare_walks);
}

/* The actor comes nearer to the first ELITE walks, step by step of theirs: the gradients are those of the cross-entropy
 * between its place and theirs. */
static void imitate(Agent *agent, const Walk *walks)
{
    float features[ELITE * CLASSIFIER_LAYER_LIMIT * FEATURES], slopes[ELITE * CLASSIFIER_LAYER_LIMIT];
    const int layers = agent->layer_count, count = ELITE * layers;
    for (int i = 0; i < count; i++)
        observe(agent, walks[i / layers].places, i % layers, features + (ptrdiff_t)i * FEATURES);
    for (int step = 0; step < ACTOR_STEPS; step++) {
        network_forward(agent->actor, features, count);
        for (int i = 0; i < count; i++) {
            double place = logistic((double)*network_output(agent->actor, i));
            slopes[i] = (float)((place - walks[i / layers].places[i % layers]) / count);
        }
        network_backward(agent->actor, slopes);
        network_step(agent->actor, ACTOR_RATE);
    }
}

/* Evaluates a walk, and remembers what it cost, unless it is known or no evaluation is left. */
static bool try_walk(Agent *agent, Walk walk)
{
    int units[CLASSIFIER_LAYER_LIMIT];
    find_units(agent, walk.places, agent->layer_count, units);
    if (compression_tried(agent->search, units))
        return false;
    const Candidate *candidate = compression_try(agent->search, units);
    if (!candidate)
        return false;
    walk.loss = agent->search->compression->accuracy - candidate->accuracy;
    agent->tried[agent->tried_count++] = walk;
    return true;
}

static void warm_up(Agent *agent)
{
    Walk walk;
    for (int l = 0; l < agent->layer_count; l++)
        for (int level = 0; level < LEVELS; level++) {
            for (int k = 0; k < agent->layer_count; k++)
                walk.places[k] = k == l ? (double)level / LEVELS : 1;
            try_walk(agent, walk);
        }
    for (int i = 1; i <= UNIFORM_WALKS; i++) {
        for (int k = 0; k < agent->layer_count; k++)
            walk.places[k] = 1 - 0.6 * i / UNIFORM_WALKS;
        try_walk(agent, walk);
    }
}

/* One episode: the actor learns what a critic thinks now, and its best new walk is evaluated. False: it had none. */
static bool run_episode(Agent *agent)
{
    Network *critic = agent->critics[stream_uniform_integer(agent->stream, CRITICS)];
    double part = (double)agent->search->count / agent->search->compression->settings.evaluations;
    double noise = FIRST_NOISE * pow(LAST_NOISE / FIRST_NOISE, part);
    Walk walks[WALKS];
    for (int round = 0; round < ROUNDS; round++) {
        propose(agent, critic, noise, walks);
        imitate(agent, walks);
    }
    for (int i = 0; i < WALKS; i++)
        if (try_walk(agent, walks[i]))
            return true;
    return false;
}

void compress_actor_critic(CompressionSearch *search, Stream *stream)
{
    int evaluations = search->compression->settings.evaluations, stuck = 0;
    Agent agent = {.search = search,
                   .stream = stream,
                   .layer_count = compression_layer_count(search->compression),
                   .tried = memory_allocate((size_t)evaluations, sizeof(Walk))};
    agent.actor = network_create((NetworkShape){2, {FEATURES, HIDDEN, 1}}, WALKS, stream);
    network_set_output_bias(agent.actor, 1); /* at first it keeps three quarters of the scale */
    for (int c = 0; c < CRITICS; c++)
        agent.critics[c] = network_create((NetworkShape){3, {agent.layer_count, HIDDEN, HIDDEN, 1}}, WALKS, stream);
    warm_up(&agent);
    critics_learn(&agent, 10 * CRITIC_STEPS);
    while (search->count < evaluations && stuck < STUCK_LIMIT) {
        stuck = run_episode(&agent) ? 0 : stuck + 1;
        critics_learn(&agent, CRITIC_STEPS);
    }
    network_destroy(agent.actor);
    for (int c = 0; c < CRITICS; c++)
        network_destroy(agent.critics[c]);
    free(agent.tried);
}

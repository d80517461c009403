/* A stochastic policy over mixed actions, for one user at a time: which option, and with what weight the user's request
 * claims a part of the compute and of the bandwidth that the option needs.
 *
 * One network for all users reads a user's row and gives three weights for each feature of options. Their sums over an
 * option's features are its logit, softmax over the options that the user has (the others are masked by not being
 * there), and the means of two claims, normal with a given deviation. Shares are the softmax of the claims of those who
 * need the same node or link, so they are above 0 and sum to 1 whatever is drawn. (Parameters for each discrete action
 * beside their probabilities: Fan, Su, Zhang, Yu: Hybrid actor-critic reinforcement learning in parameterized action
 * space, IJCAI 2019.) */
#ifndef ORCHID_POLICIES_HYBRID_ACTOR_H
#define ORCHID_POLICIES_HYBRID_ACTOR_H

#include "claims.h"
#include "network.h"
#include "option_features.h"

/* What one user was answered, and how likely that was. */
typedef struct HybridAction {
    int group, option; /* node group of the user; index into its options */
    ClaimNeeds needs;  /* which claims count */
    Claims claims;
    double deviation;  /* of the claims when they were drawn */
    double log_choice; /* logarithm of the probability of the option, */
    double log_claims; /* and of the density of the claims that count, but for a constant */
} HybridAction;

typedef struct HybridActor {
    const OptionFeatures *features; /* borrowed */
    Network *network;               /* outputs: [1 + CLAIM_COUNT][features->count] */
    float *logs, *probabilities;    /* [option_limit] of the options, scratch */
    float *gradients;               /* [row_limit][outputs] of the loss, filled by hybrid_actor_differentiate */
} HybridActor;

/* How much a step may change what is likely, and how much randomness is worth (Schulman, Wolski, Dhariwal, Radford,
 * Klimov: Proximal policy optimization algorithms, 2017, equation 9). */
typedef struct HybridLoss {
    double clip, entropy;
} HybridLoss;

/* A network of the shape of `hidden` but for its outputs, which may read up to `row_limit` rows at once. */
void hybrid_actor_init(HybridActor *actor, const OptionFeatures *features, NetworkShape hidden, int row_limit,
                       Stream *stream);
void hybrid_actor_free(HybridActor *actor);

/* Draws the answer to an ask whose row is number `row` of the last network_forward; with a deviation of 0 it is the
 * likeliest option and the means. */
HybridAction hybrid_actor_draw(HybridActor *actor, int row, const Ask *ask, double deviation, Stream *stream);

/* Fills gradients[row] of the clipped losses of an action's option and of its claims, each with its own ratio, for an
 * advantage, less the entropy of the choice, all times `factor`. */
void hybrid_actor_differentiate(HybridActor *actor, int row, const HybridAction *action, double advantage,
                                HybridLoss loss, double factor);

#endif

/* What a user's option costs the user itself and the others, by a network that all users share. Where things are
 * divided, who takes a part leaves less to the others: choices that are only the best for each are not the best for
 * all.
 *
 * The network gives two weights for each feature of options. With the first, an option costs its user what its own
 * outcome shows. What is left of the users' costs, because others chose otherwise than they mostly do, is taken for the
 * mean of what each of their options adds, by the second weights (a sum of parts learnt from the whole, as in value
 * decomposition; Sunehag et al.: Value-decomposition networks for cooperative multi-agent learning, AAMAS 2018). */
#ifndef ORCHID_POLICIES_SOCIAL_COSTS_H
#define ORCHID_POLICIES_SOCIAL_COSTS_H

#include "../sim/decision.h"
#include "answer_memory.h"
#include "network.h"
#include "option_features.h"

typedef struct SocialParameters {
    int64_t hidden_layers, hidden_units;
    double learning_rate;
    int64_t learning_rate_decay; /* updates after which the rate is half of the first, a third after twice as many */
    int64_t batch;               /* questions of an update */
    double regard;               /* how much what an option costs the others counts; 1: as much as the own cost */
} SocialParameters;

typedef struct SocialCosts {
    SocialParameters parameters;
    const OptionFeatures *features; /* borrowed */
    int ask_count, row_size;
    Network *network; /* outputs: [own, others][features->count] */
    int64_t updates;
    int count;        /* rows of the batch drawn last, as all below */
    float *rows;      /* [count][row_size] */
    int *actions;     /* [count] */
    float *targets;   /* [count] own costs */
    float *gradients; /* [row_limit][outputs] */
} SocialCosts;

/* A network for rows of so many inputs, which may also read up to `row_limit` at once. */
void social_costs_init(SocialCosts *costs, const SocialParameters *parameters, const OptionFeatures *features,
                       int ask_count, int row_size, int row_limit, Stream *stream);
void social_costs_free(SocialCosts *costs);

/* What an option costs all, in terms of its user's cost, by the outputs for row number `row` of the network's last
 * forward. */
float social_costs_of(const SocialCosts *costs, int row, int group, int option);

/* The option of an ask that costs all the least, with what its accuracy is worth; the first of equal ones. Costs are
 * `scale` times those of rewards, and those of option o are read from row number row + o x row_step. */
int social_costs_cheapest(const SocialCosts *costs, const Ask *ask, double scale, int row, int row_step);

/* Draws a batch of remembered questions, at least one, and makes one update from it. Actions are those of
 * option_features_action. */
void social_costs_learn(SocialCosts *costs, const AnswerMemory *memory, Stream *stream);

/* How what the actions of the batch cost changes with its rows, as they are now: ret_gradients[count][row_size]. */
void social_costs_differentiate(SocialCosts *costs, float *ret_gradients);

/* The step size as it has decayed, of one that starts from `rate`. */
double social_costs_rate(const SocialCosts *costs, double rate);

#endif

/* Options as sums of features, so that what is learnt of one option holds for those that resemble it: a score of an
 * option is the sum of its features times weights, which a network gives for the state of a user or a linear model has.
 *
 * Features of an option are, each as much as it has of it:
 *   its target; its variant; behind which layers it is cut; bits of a value that is sent      (1 each)
 *   work on the user's own node, and on each group of nodes, by variant                       (fraction of the most)
 *   bytes sent upwards                                                                        (fraction of the most)
 *   the square roots of the last two for what others use too: what is divided best costs the square of a sum of roots
 *
 * That takes what anybody knows who offers the options: macs and output bytes of layers, the size of inputs. Latency
 * profiles and accuracies are not in it. */
#ifndef ORCHID_POLICIES_OPTION_FEATURES_H
#define ORCHID_POLICIES_OPTION_FEATURES_H

#include "../sim/scenario.h"
#include "answer_memory.h"
#include "bayes_linear.h"
#include "table.h"

typedef struct OptionFeatures {
    const Scenario *scenario; /* borrowed */
    int count;                /* features, >= 1 */
    int option_limit;         /* the most options that a user has */
    Table names;
    int64_t *first;     /* [node group][option_limit + 1] place of each option's first term */
    int64_t term_count; /* of all options */
    int64_t term_limit;
    Term *terms; /* [term_count] */
} OptionFeatures;

void option_features_init(OptionFeatures *features, const Scenario *scenario);
void option_features_free(OptionFeatures *features);

/* The terms of an option of users of a node group; returns their number. */
static inline int option_features_of(const OptionFeatures *features, int group, int option, const Term **ret_terms)
{
    const int64_t *first = features->first + (ptrdiff_t)group * (features->option_limit + 1) + option;
    *ret_terms = features->terms + first[0];
    return (int)(first[1] - first[0]);
}

/* A node group and one of its options as one number, so that answers can be remembered. */
static inline int option_features_action(const OptionFeatures *features, int group, int option)
{
    return group * features->option_limit + option;
}

/* Whether all actions of a memory are such numbers. */
bool option_features_has_actions(const OptionFeatures *features, const AnswerMemory *memory);

/* The score of an option by weights[count]. */
float option_features_score(const OptionFeatures *features, int group, int option, const float *weights);

/* The scores of all options of a group. */
void option_features_scores(const OptionFeatures *features, int group, const float *weights, float *ret_scores);

/* Adds to gradients[count] of the weights what follows from the gradient of a score. */
void option_features_spread(const OptionFeatures *features, int group, int option, float gradient, float *gradients);

#endif

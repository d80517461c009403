/* What a joint answer consists of, for models that add up: one part for each ask with its option, and one part for each
 * shared node that is sent something, with its load. A part is a list of features, which are weights of a linear model:
 *
 *   an option of a group of users         (users of one group are alike,
 *   an option of a user                    but for what sets this one apart)
 *   a target and an observed feature's step, where it is not step 0
 *   a shared node, its load and its free cores, unless it serves the one request alone
 *
 * So the number of features grows with users x options and what was observed, not with the number of joint answers. */
#ifndef ORCHID_POLICIES_ANSWER_PARTS_H
#define ORCHID_POLICIES_ANSWER_PARTS_H

#include "bayes_linear.h"
#include "state_key.h"
#include "table.h"

enum { NO_NODE = -1, NO_FEATURE = -1, FEATURES_MOST = 2000 };

/* The weights' deviations a priori, in units of a request's reward. */
typedef struct AnswerPrior {
    double deviation;      /* of an option of a group, and for each request of a load */
    double user_deviation; /* of a user from its group */
} AnswerPrior;

/* The parts of the answers to one question. Zero is ready for the first answer_parts_build. */
typedef struct AnswerParts {
    AnswerPrior prior;
    StateKey state_key;
    Table names; /* of features -> index into the linear model; zero before the first question, unless loaded */
    int ask_count;
    int part_count;
    int *users;       /* [ask_count] who ask */
    int *first;       /* [ask_count] part of the ask's option 0 */
    int slot_count;   /* shared nodes within reach */
    int *slot_nodes;  /* [slot_count] */
    int *slot_first;  /* [slot_count] part of the node's load by 1 request of this question; by k: k - 1 further */
    int *slot_of;     /* [part] of an option: the slot of its target, NO_NODE for the user's own node */
    double *accuracy; /* [part] of an option */
    int width;        /* features of a part at most */
    int *counts;      /* [part] features */
    int *features;    /* [part][width] */
    int part_limit, slot_limit;
} AnswerParts;

void answer_parts_free(AnswerParts *parts);

/* Describes the answers to a question. Features that are new become weights of `model` where `grow` is set and there
 * are fewer than FEATURES_MOST, and else are left out. */
void answer_parts_build(AnswerParts *parts, BayesLinear *model, const Decision *decision, bool grow);

/* Lists the features of a joint answer, at most answer_parts_most, one that is there twice twice; returns their number.
 */
int answer_parts_list(const AnswerParts *parts, const int *options, Term *ret_features);
int answer_parts_most(const AnswerParts *parts);

/* Adds a block NAME.names, and gives parts that were not built yet the features that were added. False, and why in
 * `error`, where the file does not have it whole; the parts are good for answer_parts_free then. */
void answer_parts_save(const AnswerParts *parts, WeightsFile *file, const char *name);
bool answer_parts_load(AnswerParts *parts, const WeightsFile *file, const char *name, Error *error);

#endif

/* Which output of a network stands for which answer. A question is of a kind: there is one kind of rounds, in which
 * all users ask, and single requests are of the kind of the user's node group. An ask is answered with a digit, the
 * place of an option within the scope.
 *
 * Parts are ranges of one output per digit: one for each ask of a round, or for each kind of single request. Heads are
 * what a network has: with `joint`, an output per joint answer, 10^n of n asks with ten options, in one head for each
 * kind; else the parts themselves. The head that a chosen output lies in tells the kind, so answers that a question
 * does not have are never among its outputs. */
#ifndef ORCHID_POLICIES_ANSWER_OUTPUTS_H
#define ORCHID_POLICIES_ANSWER_OUTPUTS_H

#include "joint_action.h"

enum { OUTPUTS_MOST = 1000000 };

typedef struct OutputRange {
    int first, count;
} OutputRange;

typedef struct AnswerOutputs {
    JointActions actions;
    const Scenario *scenario; /* borrowed */
    bool joint, rounds;
    int ask_count;  /* of a question */
    int per_answer; /* chosen outputs of an answer: 1 with `joint`, else one for each ask */
    int part_count, head_count;
    OutputRange *parts, *heads; /* [part_count], [head_count] */
    int part_size, size;        /* outputs of all parts, and of all heads */
} AnswerOutputs;

void answer_outputs_init(AnswerOutputs *outputs, const Scenario *scenario, ActionScope scope, bool joint);
void answer_outputs_free(AnswerOutputs *outputs);

/* Whether there are at most OUTPUTS_MOST outputs; else the reason is in `error`. */
bool answer_outputs_suit(const Scenario *scenario, ActionScope scope, bool joint, Error *error);

int answer_outputs_kind(const AnswerOutputs *outputs, const Decision *decision);
int answer_outputs_kind_of(const AnswerOutputs *outputs, const int *chosen);

static inline const OutputRange *answer_outputs_part(const AnswerOutputs *outputs, int kind, int ask)
{
    return &outputs->parts[outputs->rounds ? ask : kind];
}

/* The range that the k-th chosen output of an answer lies in. */
static inline const OutputRange *answer_outputs_head(const AnswerOutputs *outputs, int kind, int k)
{
    return &outputs->heads[outputs->rounds ? k : kind];
}

/* Between the digits of an answer, [ask_count], and the outputs that stand for it, [per_answer]. */
void answer_outputs_choose(const AnswerOutputs *outputs, int kind, const int *digits, int *ret_chosen);
void answer_outputs_split(const AnswerOutputs *outputs, int kind, const int *chosen, int *ret_digits);

/* The option that each ask's digit stands for. Both may be the same array. */
void answer_outputs_options(const AnswerOutputs *outputs, int kind, const int *digits, int *ret_options);

/* The option set of an ask. */
const OptionSet *answer_outputs_option_set(const AnswerOutputs *outputs, int kind, int ask);

/* The place of an ask's digit within the scope as an index into its options. */
int answer_outputs_option(const AnswerOutputs *outputs, int kind, int ask, int digit);

#endif

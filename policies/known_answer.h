/* The answer to the last question, for when the same one comes again and nothing was learned that would change it. */
#ifndef ORCHID_POLICIES_KNOWN_ANSWER_H
#define ORCHID_POLICIES_KNOWN_ANSWER_H

#include "answer_parts.h"

/* Zero knows none. */
typedef struct KnownAnswer {
    bool valid;
    int part_count, ask_limit, part_limit;
    int *users, *options; /* [ask_limit] */
    int *counts;          /* [part_limit] as in AnswerParts, the next too */
    int *features;        /* [part_limit][width] */
} KnownAnswer;

void known_answer_free(KnownAnswer *known);

/* Whether the question is the one known: the same users, whose answers have the same parts. Fills ret_options. */
bool known_answer_find(const KnownAnswer *known, const AnswerParts *parts, int *ret_options);

void known_answer_keep(KnownAnswer *known, const AnswerParts *parts, const int *options);

#endif

/* The answer to the last question, for when the same one comes again and nothing was learned that would change it. */
#ifndef ORCHID_POLICIES_KNOWN_ANSWER_H
#define ORCHID_POLICIES_KNOWN_ANSWER_H

#include "answer_parts.h"

/* Zero knows none. */
typedef struct KnownAnswer {
    bool valid;
    int ask_count, part_count, feature_count;
    int ask_limit, part_limit, feature_limit;
    int *users, *options; /* [ask_count] */
    int *counts;          /* [part_count] features of each part */
    int *features;        /* [feature_count] of all parts, one after the other */
} KnownAnswer;

void known_answer_free(KnownAnswer *known);

/* Whether the question is the one known: the same users, whose answers have the same parts. Fills ret_options. */
bool known_answer_find(const KnownAnswer *known, const AnswerParts *parts, int *ret_options);

void known_answer_keep(KnownAnswer *known, const AnswerParts *parts, const int *options);

/* Adds blocks NAME.users, NAME.options, NAME.counts and NAME.features, empty where none is known, and makes one that
 * knows none what was added. False, and why in `error`, where the file does not have it whole, or no answer that is
 * possible in the scenario. */
void known_answer_save(const KnownAnswer *known, WeightsFile *file, const char *name);
bool known_answer_load(KnownAnswer *known, const WeightsFile *file, const char *name, const Scenario *scenario,
                       Error *error);

#endif

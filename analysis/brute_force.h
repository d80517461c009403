/* What it costs to find the optimum by brute force. */
#ifndef ORCHID_ANALYSIS_BRUTE_FORCE_H
#define ORCHID_ANALYSIS_BRUTE_FORCE_H

#include "../sim/scenario.h"

typedef struct BruteForceCost {
    double joint_answers; /* to the first question, all of them */
    int64_t evaluated;    /* of them, run on a clone; the others cannot be better, or swap users that are alike */
    double search_s;      /* wall time of one search, mean over several; differs from machine to machine */
} BruteForceCost;

/* Searches for the best answer to the first question of a scenario of rounds, for at least a twentieth of a second. */
BruteForceCost brute_force_measure(const Scenario *scenario);

#endif

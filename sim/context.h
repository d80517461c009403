/* Contexts: the combinations of the states of all chains of a scenario (other tenants' load, condition and bandwidth of
 * links), how likely each is, and how a question looks in each. Where arrivals are rounds the world is idle at every
 * question, so that the context is all that tells one question from another. */
#ifndef ORCHID_SIM_CONTEXT_H
#define ORCHID_SIM_CONTEXT_H

#include "simulation.h"

/* Beyond this many combinations a sample of as many stands for all. */
enum { CONTEXT_LIMIT = 4096 };

/* What a chain tells of. */
typedef enum ContextKind { CONTEXT_LOAD, CONTEXT_CONDITION, CONTEXT_BANDWIDTH } ContextKind;

/* One chain that has more than one state. */
typedef struct ContextChain {
    const Chain *chain; /* borrowed from the scenario */
    ContextKind kind;
    int entity; /* index of the node or link; of a bandwidth twice the link, and one more downwards */
} ContextChain;

/* The contexts of one scenario. */
typedef struct ContextSpace {
    int chain_count; /* loads of nodes, then of each group of links conditions and bandwidths */
    ContextChain *chains;
    double combinations; /* product of the numbers of states; 1 without chains */
    int count;           /* contexts to look at: all combinations, or CONTEXT_LIMIT samples */
    bool sampled;
    uint64_t seed; /* of the sample */
} ContextSpace;

/* Whether contexts tell all questions of the scenario apart: rounds, inputs of a constant size, weights that stay, and
 * nothing that follows a series in time. */
bool context_tells_all(const Scenario *scenario);

/* The contexts of a scenario; what is sampled depends on `seed` alone. */
void context_init(ContextSpace *space, const Scenario *scenario, uint64_t seed);
void context_free(ContextSpace *space);

/* Probability of context `index` in 0 .. count - 1, as time sees it: the product of the chains' long-run fractions of
 * time. All sum to 1. Where contexts are sampled each stands for 1 / count. */
double context_probability(const ContextSpace *space, int index);

/* The state of each chain in a context, into ret_states[chain_count]. */
void context_states(const ContextSpace *space, int index, int *ret_states);

/* Puts a simulation that stands at the question of a round into a context: the Decision it returned stays valid, and is
 * the question that a policy would meet there. Chains that changed begin a new stay, so that the simulation may go on
 * from here. */
void context_enter(const ContextSpace *space, int index, Simulation *simulation);

#endif

/* Networks with so many outputs that a step must not cost time in all of them: only outputs that were chosen learn. */
#ifndef ORCHID_POLICIES_NETWORK_SPARSE_H
#define ORCHID_POLICIES_NETWORK_SPARSE_H

#include "network.h"

enum { CORRECTIONS_MOST = 2000 };

/* What the last layer of such a network has instead of a gradient for each of its parameters. */
typedef struct SparseOutput {
    int chosen_limit;
    int count;              /* distinct outputs chosen in the last backward */
    int *chosen;            /* [count] in order of appearance */
    int *slot_of;           /* [outputs] place in `chosen`, -1: not chosen */
    int32_t *steps;         /* [outputs] steps of Adam that each output has taken */
    float *moments;         /* [outputs][2][inputs + 1] Adam's running means, each output's together, its bias last */
    float *gradients;       /* [count][inputs + 1] of the weights of each chosen output, likewise */
    float *gathered;        /* [inputs + 1] its weights */
    double *corrections[2]; /* [CORRECTIONS_MOST] network_correction of both decays by steps; 0: not known yet */
    float corrected_decays[2]; /* that those are of */
} SparseOutput;

/* A network of which at most `chosen_limit` outputs are chosen at a time, samples of a batch taken together. It is
 * trained on chosen outputs alone, and gives all outputs for one sample at a time.
 *
 * A step leaves outputs that were not chosen alone: their weights, moments, and the number of steps by which moments
 * are corrected, which each output counts for itself. So each output learns by Adam as if the steps in which it was
 * chosen were all there are. Ordinary Adam goes on moving weights by their decaying momentum after their gradient has
 * ceased: by about ten times as much in all for a gradient that comes once. */
Network *network_create_sparse(NetworkShape shape, int batch_limit, int chosen_limit, Stream *stream);

/* For network.c and its parts. */

/* The running means of one output's gradients and of their squares, [inputs + 1] each. */
static inline float *network_sparse_moments(const Network *network, int output, int which)
{
    return network->sparse->moments + (2 * (ptrdiff_t)output + which) * (network_last_layer(network)->inputs + 1);
}

SparseOutput *network_sparse_init(const NetworkLayer *last, int chosen_limit);

/* Copies what outputs have learnt by; both networks have the same shape. */
void network_sparse_copy(Network *to, const Network *from);

/* Takes in gradients[count][per_sample] of chosen outputs; fills ret_deltas[count][step] of the layer below, NULL where
 * there is none. */
void network_sparse_backward(Network *network, const NetworkChoice *choice, const float *gradients, float *ret_deltas);

double network_sparse_square_sum(const Network *network);
void network_sparse_scale(Network *network, float factor);
void network_sparse_step(Network *network, double learning_rate);

void network_sparse_free(SparseOutput *sparse);

#endif

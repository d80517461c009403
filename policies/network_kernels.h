/* The inner loops of networks, one body compiled for each instruction set that a CPU may have. Every sum runs in the
 * same order whatever the width of the registers, and nothing is fused, so all of them give the same bits. */
#ifndef ORCHID_POLICIES_NETWORK_KERNELS_H
#define ORCHID_POLICIES_NETWORK_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

/* Matrices have rows of a multiple of this many floats, so that no kernel has a remainder to treat. */
enum { NETWORK_LANES = 16 };

/* Of layers in blocks: where few outputs are looked up at a time, so many are kept together, each one's weights a short
 * step apart. A part of NETWORK_LANES. */
enum { NETWORK_BLOCK = 4 };

/* result[r][c] = start[c] + sum over k of left[r][k] x right[k][c], added in the order of k. Forward, both backward
 * products and the bias gradient are this one product with other steps. */
typedef struct NetworkProduct {
    int rows, depth;
    int columns;              /* a multiple of NETWORK_LANES: the step from row to row of right, result and gate */
    const float *left;        /* left[r][k] is left[r x row_step + k x depth_step] */
    int row_step, depth_step; /* floats; 0 repeats the same one */
    const float *right;       /* [depth][columns] */
    const float *start;       /* [columns]; NULL: zeros */
    bool accumulate;          /* sums go on from what the result holds instead, as if the product had never paused */
    const float *gate;        /* [rows][columns] a result becomes 0 where its gate is not positive; NULL: none does */
    bool rectify;             /* a negative result becomes 0 */
    float *result;            /* [rows][columns], apart from all others */
} NetworkProduct;

/* What one step of Adam needs besides its arrays. */
typedef struct NetworkAdam {
    float first_decay, second_decay; /* of the moments */
    float rate, epsilon;             /* both with the corrections of the moments' bias folded in */
} NetworkAdam;

/* Some outputs of a linear layer, `per_sample` of each of `count` samples. */
typedef struct NetworkChoice {
    int count, per_sample;
    const int *chosen;        /* [count][per_sample] output indices */
    int inputs;               /* of the layer */
    int block;                /* outputs that are kept together: NETWORK_BLOCK, or all */
    const float *weights;     /* blocks one after the other, [inputs + 1][block] each; the last row holds the biases */
    const float *activations; /* [count][step] what goes into the layer */
    int step;
} NetworkChoice;

/* The first of the inputs + 1 weights of an output, of which the others follow `block` apart. */
static inline ptrdiff_t network_output_start(int inputs, int block, int output)
{
    return (ptrdiff_t)(output / block) * block * (inputs + 1) + output % block;
}

typedef struct NetworkKernels {
    const char *name; /* as in ORCHID_INSTRUCTIONS */
    void (*multiply)(const NetworkProduct *product);
    /* result[columns][rows_step] of matrix[rows][columns_step]; both steps in floats. */
    void (*transpose)(const float *matrix, int rows, int columns, int step, float *ret_result, int result_step);
    /* ret_values[count][per_sample], the same bits as multiply gives. */
    void (*choose)(const NetworkChoice *choice, float *ret_values);
    /* All outputs of one sample, of a layer in blocks of NETWORK_BLOCK: ret_values[columns], `columns` a multiple of
     * NETWORK_LANES. The same bits again; what is chosen is not used. */
    void (*choose_all)(const NetworkChoice *choice, int columns, float *ret_values);
    /* From gradients[count][per_sample] of the chosen outputs of a layer in one block: adds to
     * weight_gradients[inputs + 1][block], and fills ret_deltas[count][step], which are 0 where the activation is. */
    void (*choose_backward)(const NetworkChoice *choice, const float *gradients, float *weight_gradients,
                            float *ret_deltas);
    /* The largest of each row's first `columns` floats. */
    void (*maxima)(const float *matrix, int rows, int columns, int step, float *ret_maxima);
    double (*sum_of_squares)(const float *values, size_t count); /* count: a multiple of NETWORK_LANES */
    void (*scale)(float *values, size_t count, float factor);
    /* to += fraction x (from - to). */
    void (*mix)(float *to, const float *from, size_t count, float fraction);
    /* Moments and gradients too small to matter become zero instead of ever smaller, as denormal numbers take many
     * times longer. */
    void (*adam)(NetworkAdam adam, size_t count, const float *gradients, float *first_moments, float *second_moments,
                 float *parameters);
} NetworkKernels;

/* The best that this CPU has; where the environment variable ORCHID_INSTRUCTIONS is sse2, avx2 or avx512, the best it
 * has up to that one. Other values change nothing. On processors other than x86-64 there is one, `portable`. */
const NetworkKernels *network_kernels_choose(void);

/* All that this CPU has, slowest first; NULL past the last. */
const NetworkKernels *network_kernels_at(int index);

#endif

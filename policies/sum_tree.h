/* Weights that change, their sum, and draws in proportion to them, each in O(log n). */
#ifndef ORCHID_POLICIES_SUM_TREE_H
#define ORCHID_POLICIES_SUM_TREE_H

#include <stdint.h>

/* A complete binary tree; a node is the sum of its two children, made anew at every change, so errors do not add up. */
typedef struct SumTree {
    int64_t leaf_count; /* a power of two */
    double *nodes;      /* [2 x leaf_count] node i has children 2 i and 2 i + 1; the root is 1, leaves come last */
} SumTree;

/* `count` weights of 0. */
void sum_tree_init(SumTree *tree, int64_t count);
void sum_tree_free(SumTree *tree);

/* Changes one weight; weights are not negative. */
void sum_tree_set(SumTree *tree, int64_t index, double weight);

static inline double sum_tree_weight(const SumTree *tree, int64_t index)
{
    return tree->nodes[tree->leaf_count + index];
}

static inline double sum_tree_total(const SumTree *tree)
{
    return tree->nodes[1];
}

/* The index where the running sum of weights exceeds `at`, 0 <= at < total; never one of weight 0. The total must be
 * positive. */
int64_t sum_tree_find(const SumTree *tree, double at);

#endif

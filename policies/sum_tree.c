#include "sum_tree.h"

#include "../sim/memory.h"

#include <assert.h>
#include <stdlib.h>

void sum_tree_init(SumTree *tree, int64_t count)
{
    tree->leaf_count = 1;
    while (tree->leaf_count < count)
        tree->leaf_count *= 2;
    tree->nodes = memory_allocate(2 * (size_t)tree->leaf_count, sizeof *tree->nodes);
}

void sum_tree_free(SumTree *tree)
{
    free(tree->nodes);
    *tree = (SumTree){0};
}

void sum_tree_set(SumTree *tree, int64_t index, double weight)
{
    assert(index >= 0 && index < tree->leaf_count && weight >= 0);
    int64_t node = tree->leaf_count + index;
    tree->nodes[node] = weight;
    for (node /= 2; node >= 1; node /= 2)
        tree->nodes[node] = tree->nodes[2 * node] + tree->nodes[2 * node + 1];
}

int64_t sum_tree_find(const SumTree *tree, double at)
{
    assert(sum_tree_total(tree) > 0);
    int64_t node = 1;
    while (node < tree->leaf_count) {
        node *= 2;
        /* Rounding can carry `at` past the last weight that is not 0. */
        if (at >= tree->nodes[node] && tree->nodes[node + 1] > 0)
            at -= tree->nodes[node++];
    }
    return node - tree->leaf_count;
}

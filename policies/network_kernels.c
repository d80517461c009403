#include "network_kernels.h"

#include <stdlib.h>
#include <string.h>

/* Each is network_kernels_body.c, compiled for one instruction set. */
extern const NetworkKernels network_kernels_baseline;

#ifdef __x86_64__
extern const NetworkKernels network_kernels_avx2, network_kernels_avx512;
enum { KERNELS_COUNT = 3 };
#else
enum { KERNELS_COUNT = 1 };
#endif

/* Those of rank `index`, NULL where the CPU lacks them. */
static const NetworkKernels *kernels_of_rank(int index)
{
#ifdef __x86_64__
    if (index == 2)
        return __builtin_cpu_supports("avx512f") ? &network_kernels_avx512 : NULL;
    if (index == 1)
        return __builtin_cpu_supports("avx2") ? &network_kernels_avx2 : NULL;
#endif
    return index == 0 ? &network_kernels_baseline : NULL;
}

const NetworkKernels *network_kernels_at(int index)
{
    for (int rank = 0; rank < KERNELS_COUNT; rank++)
        if (kernels_of_rank(rank) && index-- == 0)
            return kernels_of_rank(rank);
    return NULL;
}

const NetworkKernels *network_kernels_choose(void)
{
    static const char *const names[] = {"sse2", "avx2", "avx512"}; /* by rank */
    const char *wanted = getenv("ORCHID_INSTRUCTIONS");
    int most = KERNELS_COUNT - 1;
    for (int rank = 0; wanted && rank < KERNELS_COUNT; rank++)
        if (strcmp(wanted, names[rank]) == 0)
            most = rank;
    while (!kernels_of_rank(most))
        most--;
    return kernels_of_rank(most);
}

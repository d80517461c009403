/* Allocators: divide what is reserved among the requests of a question whose options are chosen. */
#ifndef ORCHID_POLICIES_ALLOCATION_H
#define ORCHID_POLICIES_ALLOCATION_H

#include "expect.h"

/* Divides one node or link among `count` requests, of which request i pays price[i] for each second that its demand
 * takes, demand_s[i] / share, and uses a share of at most `limit`. Fills ret_shares[count]: each above 0, in sum at
 * most 1.
 *
 * ALLOCATION_OPTIMAL minimises the sum of price x demand / share: shares go as sqrt(price x demand), by Cauchy and
 * Schwarz; whoever would get more than the limit gets that, and the others the rest in the same way (water filling).
 * Requests that pay next to nothing still get a millionth of what the dearest gets. ALLOCATION_PROPORTIONAL goes as the
 * demand, with the same limit. ALLOCATION_EQUAL and, as there are just these, ALLOCATION_FIXED are equal parts. */
void allocation_divide(Allocation rule, int count, const double *price, const double *demand_s, double limit,
                       double *ret_shares);

/* What dividing whole questions needs; zero, then allocator_init. Empty where the scenario reserves nothing. */
typedef struct Allocator {
    const Scenario *scenario; /* borrowed */
    Need *needs;              /* [user_count] scratch, as all below */
    double *prices, *demands, *parts;
    Share *shares;
    int *members, *heads, *next; /* lists of requests that need the same: heads[node_count + link_count]
                                   is 1 + the first of each, 0 at rest */
} Allocator;

void allocator_init(Allocator *allocator, const Scenario *scenario);
void allocator_free(Allocator *allocator);

/* Fills ret_shares[ask_count]; what a request does not need is 1, or where shares are fixed 1 / user_count like the
 * rest. */
void allocator_share(Allocator *allocator, Allocation rule, const Decision *decision, const int *options,
                     Share *ret_shares);

/* The same by needs of another source. */
void allocator_share_by(Allocator *allocator, Allocation rule, NeedSource source, const Decision *decision,
                        const int *options, Share *ret_shares);

/* The answer of these options under the scenario's own allocation; its shares are valid until the next call. */
Answer allocator_answer(Allocator *allocator, const Decision *decision, const int *options);

#endif

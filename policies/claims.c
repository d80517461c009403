#include "claims.h"

#include "allocation.h"

#include <math.h>
#include <stdlib.h>

ClaimNeeds claims_needed(const Scenario *scenario, const Ask *ask, const Option *option)
{
    Reservation reserved = reservation_of(scenario, ask, option);
    return (ClaimNeeds){
        .needed = {[CLAIM_COMPUTE] = reserved.node != NOT_RESERVED, [CLAIM_BANDWIDTH] = reserved.link != NOT_RESERVED}};
}

/* One question being divided. */
typedef struct Division {
    const Scenario *scenario;
    int count;
    const Claims *claims; /* [count] */
    int *places;          /* [count] node or link that each needs; NOT_RESERVED: none, or already divided */
    double *parts;        /* [count] scratch, like the next two */
    double *shares;
    int *members;
} Division;

/* Divides the place of ask `first` among those who need it. */
static void divide_place(Division *division, int claim, int first, Share *ret_shares)
{
    int place = division->places[first], count = 0;
    double limit = 1;
    if (claim == CLAIM_COMPUTE) {
        const NodeGroup *group = &division->scenario->node_groups[division->scenario->group_of[place]];
        limit = group->threads / group->cores;
    }
    for (int i = first; i < division->count; i++) {
        if (division->places[i] != place)
            continue;
        double value = fmax(-CLAIM_MOST, fmin(division->claims[i].values[claim], CLAIM_MOST));
        division->places[i] = NOT_RESERVED;
        division->members[count] = i;
        division->parts[count++] = exp(value);
    }
    allocation_divide(ALLOCATION_PROPORTIONAL, count, division->parts, division->parts, limit, division->shares);
    for (int k = 0; k < count; k++) {
        Share *share = &ret_shares[division->members[k]];
        *(claim == CLAIM_COMPUTE ? &share->compute : &share->bandwidth) = division->shares[k];
    }
}

void claims_divide(const Scenario *scenario, const Decision *decision, const int *options, const Claims *claims,
                   Share *ret_shares)
{
    size_t asks = (size_t)decision->ask_count;
    Division division = {.scenario = scenario,
                         .count = decision->ask_count,
                         .claims = claims,
                         .places = memory_allocate(asks, sizeof *division.places),
                         .parts = memory_allocate(asks, sizeof *division.parts),
                         .shares = memory_allocate(asks, sizeof *division.shares),
                         .members = memory_allocate(asks, sizeof *division.members)};
    for (int i = 0; i < division.count; i++)
        ret_shares[i] = (Share){1, 1};
    for (int claim = 0; claim < CLAIM_COUNT; claim++) {
        for (int i = 0; i < division.count; i++) {
            const Ask *ask = &decision->asks[i];
            Reservation reserved = reservation_of(scenario, ask, &ask->options->items[options[i]]);
            division.places[i] = claim == CLAIM_COMPUTE ? reserved.node : reserved.link;
        }
        for (int i = 0; i < division.count; i++)
            if (division.places[i] != NOT_RESERVED)
                divide_place(&division, claim, i, ret_shares);
    }
    free(division.places);
    free(division.parts);
    free(division.shares);
    free(division.members);
}

#include "reservation.h"

#include <math.h>
#include <stdlib.h>

/* Shares given as decimal fractions may sum to a hair above one. */
static const double SHARE_TOLERANCE = 1e-9;

Reservation reservation_of(const Scenario *scenario, const Ask *ask, const Option *option)
{
    Reservation needed = {NOT_RESERVED, NOT_RESERVED};
    if (option->target == SELF)
        return needed;
    int links[ROUTE_LIMIT], node = scenario_route(scenario, ask->node, option, links);
    if (scenario->node_groups[option->target].discipline == DISCIPLINE_RESERVED)
        needed.node = node;
    else if (option->middle && scenario->node_groups[option->middle_group].discipline == DISCIPLINE_RESERVED)
        needed.node = scenario_middle_node(scenario, ask->node, option);
    for (int hop = 0; hop < option->route.length; hop++) {
        const LinkGroup *group = &scenario->link_groups[option->route.links[hop]];
        bool up = option_up_bytes(option, hop, ask->input_bytes) > 0 && isfinite(group->up_bit_per_s);
        bool down = ask->output_bytes > 0 && isfinite(group->down_bit_per_s);
        if (group->discipline == DISCIPLINE_RESERVED && (up || down))
            needed.link = links[hop];
    }
    return needed;
}

/* Adds one request's share to the sum over those who need the same; false with a sentence where one is illegal. */
static bool add_share(double share, const char *what, int index, double *sum, int user, Error *error)
{
    if (!(share > 0 && share <= 1)) {
        error_set(error, NULL, 0, 0, "user %d needs a share of %s %d and gets %g; a share is above 0 and at most 1",
                  user + 1, what, index + 1, share);
        return false;
    }
    *sum += share;
    if (*sum <= 1 + SHARE_TOLERANCE)
        return true;
    error_set(error, NULL, 0, 0, "the shares of %s %d sum to more than 1: %.12g with that of user %d", what, index + 1,
              *sum, user + 1);
    return false;
}

bool reservation_accepts(const Scenario *scenario, const Ask *asks, int ask_count, Answer answer, Error *error)
{
    if (!answer.shares || !scenario->reserves)
        return true;
    double *nodes = memory_allocate((size_t)scenario->node_count, sizeof *nodes);
    double *links = memory_allocate((size_t)scenario->link_count, sizeof *links);
    bool accepted = true;
    for (int i = 0; accepted && i < ask_count; i++) {
        Reservation needed = reservation_of(scenario, &asks[i], &asks[i].options->items[answer.options[i]]);
        const Share *share = &answer.shares[i];
        if (needed.node != NOT_RESERVED)
            accepted = add_share(share->compute, "node", needed.node, &nodes[needed.node], asks[i].user, error);
        if (accepted && needed.link != NOT_RESERVED)
            accepted = add_share(share->bandwidth, "link", needed.link, &links[needed.link], asks[i].user, error);
    }
    free(nodes);
    free(links);
    return accepted;
}

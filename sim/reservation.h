/* Which requests of a question need what is reserved, and whether an answer divides it legally. */
#ifndef ORCHID_SIM_RESERVATION_H
#define ORCHID_SIM_RESERVATION_H

#include "decision.h"

enum { NOT_RESERVED = -1 };

/* What a request holds a share of; an option needs at most one of each kind. */
typedef struct Reservation {
    int node; /* that it computes on, index into the scenario's; NOT_RESERVED: none that is reserved */
    int link; /* that its messages take, either way, likewise */
} Reservation;

/* What `ask` needs when it is answered with `option`. A message without bytes needs no link. */
Reservation reservation_of(const Scenario *scenario, const Ask *ask, const Option *option);

/* Whether the shares of an answer are legal: above 0 and at most 1 for each request that needs them, and for those who
 * need the same node or link at most 1 in sum (1e-9 more is forgiven). False puts one sentence into `error`, without a
 * place. Options must be in range; shares that are NULL are legal. */
bool reservation_accepts(const Scenario *scenario, const Ask *asks, int ask_count, Answer answer, Error *error);

#endif

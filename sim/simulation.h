/* The event loop: runs to the next question, takes the answer, and never calls a policy.
 *
 *     Decision decision;
 *     while (simulation_advance(simulation, &decision))
 *         simulation_apply(simulation, policy_decide(policy, &decision));
 */
#ifndef ORCHID_SIM_SIMULATION_H
#define ORCHID_SIM_SIMULATION_H

#include "decision.h"
#include "metrics.h"
#include "view.h"

/* What tells one run of a scenario from another. */
typedef struct RunKey {
    uint64_t seed;        /* 0 is a seed like any other */
    uint64_t replication; /* from 0 */
    bool training;        /* draws from streams of its own and stops after `decisions` */
    int64_t decisions;    /* stop after so many questions; 0: as the scenario says */
    bool validate;        /* check every invariant after every event, for tests: slow */
} RunKey;

/* A run at time 0. `scenario` is borrowed and must outlive it. */
Simulation *simulation_create(const Scenario *scenario, RunKey key);
void simulation_destroy(Simulation *simulation);

/* Runs to the next question and returns true, or to the end of the run and returns false (then `ret_decision` still
 * holds the last feedback, with no asks). The question must be answered with simulation_apply before the next call. */
bool simulation_advance(Simulation *simulation, Decision *ret_decision);

/* Answers the question that simulation_advance returned. An option out of range is a programming error, and so are
 * shares that reservation_accepts does not. */
void simulation_apply(Simulation *simulation, Answer answer);

/* From now on ROUTE questions are not asked but answered by `turns`, which are borrowed and stay as they are, as if a
 * policy had, and what comes of them need not be told: for a policy that neither looks at questions nor learns. Not
 * while a question is open, and nothing may be reserved in the scenario. */
void simulation_settle(Simulation *simulation, const Turns *turns);

/* An independent copy at the same point, random streams included; asked for between any two calls. */
Simulation *simulation_clone(const Simulation *simulation);

/* Makes `to`, a simulation of the same scenario, a copy of `from` without allocating in the steady state. */
void simulation_copy(Simulation *to, const Simulation *from);

/* Turns a copy into what a planner may imagine: services and delays that begin take their mean (what has begun keeps
 * its draw), background load and link conditions stay as they are, and no request arrives that has not arrived yet.
 * Nothing is recorded (metrics are without meaning from then on, also in copies). simulation_advance then returns false
 * when the requests on their way are done, with their feedback. */
void simulation_foresee(Simulation *simulation);

/* simulation_copy and simulation_foresee in one, without what was recorded, which would be most of the cost. */
void simulation_imagine(Simulation *to, const Simulation *from);

/* What a policy may see of it. */
const View *simulation_view(const Simulation *simulation);

const Scenario *simulation_scenario(const Simulation *simulation);
Time simulation_now(const Simulation *simulation);

/* The results so far; the nodes' meters are filled when the run ends. */
const Metrics *simulation_metrics(const Simulation *simulation);

/* Bytes that it holds: state of the world, events, requests on their way, and what was recorded. No array shrinks, so
 * that after a run this is the most that it ever held. Runs of one key hold the same. The scenario, which is borrowed,
 * and what malloc adds are not counted. */
size_t simulation_bytes(const Simulation *simulation);

/* Whether every invariant holds, between any two events: requests are conserved, each is where its stage says, energy
 * is the integral of power, work done is work brought, no node does more than it can, Little's law to the nanosecond.
 * False puts what is broken into `ret_broken` (NULL is allowed). Costs a pass over nodes and requests. */
bool simulation_check(const Simulation *simulation, const char **ret_broken);

/* Aborts, also in release builds, where simulation_check finds something. */
void simulation_validate(const Simulation *simulation);

#endif

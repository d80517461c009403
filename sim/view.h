/* What a policy may see of a simulation at a question: the present, as far as somebody in charge could know it. Neither
 * the future, nor what has been drawn but not yet shown, nor the simulation itself can be reached from here. */
#ifndef ORCHID_SIM_VIEW_H
#define ORCHID_SIM_VIEW_H

#include "decision.h"

const Scenario *view_scenario(const View *view);

/* Feature tables of the scenario: a shared block and a block per ask. They live as long as the simulation. */
int view_shared_features(const View *view, const Feature **ret_features);
int view_ask_features(const View *view, const Feature **ret_features);

/* The features of what a light variant says of its answer, which only ESCALATE questions tell: confidence, margin and
 * so on, as far as the samples have them. None where there is no cascade. */
int view_light_features(const View *view, const Feature **ret_features);

/* Their values at an ESCALATE question. */
const double *view_light(const View *view);

/* Writes the observation of the question, in the features' units, not scaled: the shared block, then one block per ask
 * in order, then for ESCALATE what the light variant said. Returns the entries written: shared + ask_count x per ask,
 * and for ESCALATE those of the light variant. */
int view_observe(const View *view, const Decision *decision, double *ret_values);

/* No request is on its way, so the future depends on the observation alone. */
bool view_is_idle(const View *view);

/* Jobs at a node now, and the cores that other tenants leave it. */
int view_node_jobs(const View *view, int node);
double view_node_free_cores(const View *view, int node);

/* Expected time (s) of the messages when the ask is answered with this option, under the links' present condition, both
 * ways, without queueing: delays and transmission. Of an ESCALATE option those that are still to come. What a reserved
 * link transmits, with a share of 1, is not in it but in `ret_reserved_s`. */
double view_message_time(const View *view, const Ask *ask, const Option *option, double *ret_reserved_s);

#endif

/* What bandits that keep a table share: one bandit for each state, which knows the mean reward of each answer tried
 * there, grouped by how often it was tried. */
#ifndef ORCHID_POLICIES_TABLE_BANDIT_H
#define ORCHID_POLICIES_TABLE_BANDIT_H

#include "tabular.h"
#include "visit_groups.h"

/* The state of a bandit begins with one. */
typedef struct TableBandit {
    Tabular tabular;
    VisitGroups groups;
} TableBandit;

/* Zeroed memory becomes ready for the scenario's first question. `method` learns by table_bandit_learn. */
void table_bandit_init(TableBandit *bandit, const TabularMethod *method, const Scenario *scenario, Stream stream);
void table_bandit_learn(Tabular *tabular, const PendingDecision *answered);

/* `save`, `load` and `finish` of a PolicyType that keeps nothing beside a TableBandit. */
void table_bandit_save(const void *state, WeightsFile *file);
bool table_bandit_load(void *state, const WeightsFile *file, Error *error);
void table_bandit_finish(void *state);

#endif

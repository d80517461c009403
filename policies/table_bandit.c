#include "table_bandit.h"

static const char groups_block[] = "groups";

void table_bandit_init(TableBandit *bandit, const TabularMethod *method, const Scenario *scenario, Stream stream)
{
    tabular_init(&bandit->tabular, method, &(TabularParameters){0}, scenario, stream);
}

void table_bandit_learn(Tabular *tabular, const PendingDecision *answered)
{
    TableBandit *bandit = (TableBandit *)tabular;
    int64_t index = action_values_update(&tabular->values, answered->row, answered->action, answered->reward, 0);
    visit_groups_update(&bandit->groups, &tabular->values, index);
}

void table_bandit_save(const void *state, WeightsFile *file)
{
    const TableBandit *bandit = state;
    tabular_save(&bandit->tabular, file);
    visit_groups_save(&bandit->groups, file, groups_block);
}

bool table_bandit_load(void *state, const WeightsFile *file, Error *error)
{
    TableBandit *bandit = state;
    return tabular_load(&bandit->tabular, file, error) &&
           visit_groups_load(&bandit->groups, file, groups_block, &bandit->tabular.values, error);
}

void table_bandit_finish(void *state)
{
    TableBandit *bandit = state;
    tabular_free(&bandit->tabular);
    visit_groups_free(&bandit->groups);
}

/* The tried actions of each state, grouped by how often they were tried, each group ranked by value. What a bandit adds
 * to a value, or how widely it draws around it, depends on the number of visits alone; so the best of a group is the
 * one of the greatest value, and a choice among 10^5 answers looks at a few. */
#ifndef ORCHID_POLICIES_VISIT_GROUPS_H
#define ORCHID_POLICIES_VISIT_GROUPS_H

#include "action_values.h"
#include "ranking.h"
#include "weights_file.h"

typedef struct VisitGroup {
    int64_t visits;  /* of each of its actions */
    Ranking ranking; /* of indices into ActionValues.values, by value; never empty */
} VisitGroup;

typedef struct RowGroups {
    int count, limit;
    VisitGroup *groups; /* [count] by visits, ascending; up to `limit` emptied ones keep their memory */
} RowGroups;

/* Zero is empty. */
typedef struct VisitGroups {
    int64_t row_limit, place_limit;
    RowGroups *rows; /* [row_limit] */
    int64_t *places; /* [place_limit] of each index in its group's ranking */
} VisitGroups;

void visit_groups_free(VisitGroups *groups);

/* Follows action_values_update, which returned `index`. */
void visit_groups_update(VisitGroups *groups, const ActionValues *values, int64_t index);

/* The groups of a state; none before its first update. Valid until the next update. */
RowGroups visit_groups_of(const VisitGroups *groups, int64_t row);

/* Adds a block NAME.order, and makes empty groups of the actions in `values` what was added. False, and why in `error`,
 * where the file does not have it whole; the groups are good for visit_groups_free then. */
void visit_groups_save(const VisitGroups *groups, WeightsFile *file, const char *name);
bool visit_groups_load(VisitGroups *groups, const WeightsFile *file, const char *name, const ActionValues *values,
                       Error *error);

#endif

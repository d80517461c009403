#include "visit_groups.h"

#include <stdlib.h>
#include <string.h>

static void make_room(VisitGroups *groups, int64_t row, int64_t index)
{
    if (row >= groups->row_limit) {
        int64_t limit = 2 * row + 16;
        groups->rows = memory_grow(groups->rows, (size_t)groups->row_limit, (size_t)limit, sizeof *groups->rows);
        groups->row_limit = limit;
    }
    ranking_make_room(&groups->places, &groups->place_limit, index);
}

/* Where the group of so many visits is, or belongs. An action most often moves among the groups of many visits, which
 * are few, from the end. */
static int position_of(const RowGroups *row, int64_t visits)
{
    int at = row->count;
    while (at > 0 && row->groups[at - 1].visits >= visits)
        at--;
    return at;
}

static bool has_group(const RowGroups *row, int at, int64_t visits)
{
    return at < row->count && row->groups[at].visits == visits;
}

/* Opens an empty group at position `at`, with the memory of one that was emptied where there is one. */
static void open_group(RowGroups *row, int at, int64_t visits)
{
    if (row->count == row->limit) {
        row->limit = 2 * row->count + 4;
        row->groups = memory_grow(row->groups, (size_t)row->count, (size_t)row->limit, sizeof *row->groups);
    }
    VisitGroup opened = {.visits = visits, .ranking = row->groups[row->count].ranking};
    memmove(&row->groups[at + 1], &row->groups[at], (size_t)(row->count - at) * sizeof *row->groups);
    row->groups[at] = opened;
    row->count++;
}

static void close_group(RowGroups *row, int at)
{
    VisitGroup closed = row->groups[at];
    row->count--;
    memmove(&row->groups[at], &row->groups[at + 1], (size_t)(row->count - at) * sizeof *row->groups);
    row->groups[row->count] = closed;
}

void visit_groups_free(VisitGroups *groups)
{
    for (int64_t i = 0; i < groups->row_limit; i++) {
        for (int j = 0; j < groups->rows[i].limit; j++)
            ranking_free(&groups->rows[i].groups[j].ranking);
        free(groups->rows[i].groups);
    }
    free(groups->rows);
    free(groups->places);
    *groups = (VisitGroups){0};
}

/* Puts an action that is in no group into that of its visits, wherever it ranks there. */
static void add(VisitGroups *groups, const ActionValue *value, int64_t index)
{
    RowGroups *row = &groups->rows[value->row];
    int at = position_of(row, value->visits);
    if (!has_group(row, at, value->visits))
        open_group(row, at, value->visits);
    ranking_add(&row->groups[at].ranking, groups->places, index, value->value);
}

void visit_groups_update(VisitGroups *groups, const ActionValues *values, int64_t index)
{
    const ActionValue *value = &values->values[index];
    make_room(groups, value->row, index);
    RowGroups *row = &groups->rows[value->row];
    if (value->visits > 1) {
        int at = position_of(row, value->visits - 1);
        ranking_remove(&row->groups[at].ranking, groups->places, index);
        if (row->groups[at].ranking.count == 0)
            close_group(row, at);
    }
    add(groups, value, index);
}

RowGroups visit_groups_of(const VisitGroups *groups, int64_t row)
{
    return row < groups->row_limit ? groups->rows[row] : (RowGroups){0};
}

/* Indices, group by group, in the order of each ranking's heap, which the draws of a learner may depend on. */
static const WeightsPart order_part = {"order", WEIGHTS_INT64};

void visit_groups_save(const VisitGroups *groups, WeightsFile *file, const char *name)
{
    int64_t count = 0;
    for (int64_t i = 0; i < groups->row_limit; i++)
        for (int j = 0; j < groups->rows[i].count; j++)
            count += groups->rows[i].groups[j].ranking.count;
    int64_t *order = weights_file_add_words(file, name, order_part.name, count);
    for (int64_t i = 0; i < groups->row_limit; i++)
        for (int j = 0; j < groups->rows[i].count; j++) {
            const Ranking *ranking = &groups->rows[i].groups[j].ranking;
            for (int64_t k = 0; k < ranking->count; k++)
                *order++ = ranking->entries[k].item;
        }
}

bool visit_groups_load(VisitGroups *groups, const WeightsFile *file, const char *name, const ActionValues *values,
                       Error *error)
{
    const WeightsBlock *block;
    if (!weights_file_find_parts(file, name, &order_part, 1, &block, error))
        return false;
    const int64_t *order = block->values;
    bool possible = block->count == values->pairs.count;
    for (int64_t i = 0; i < block->count && possible; i++) {
        possible = order[i] >= 0 && order[i] < values->pairs.count;
        if (!possible)
            break;
        const ActionValue *value = &values->values[order[i]];
        make_room(groups, value->row, order[i]);
        possible = value->visits >= 1 && groups->places[order[i]] == NOT_RANKED;
        if (possible)
            add(groups, value, order[i]); /* at the end of its heap, where it was */
    }
    return weights_file_check(file, name, possible, error);
}

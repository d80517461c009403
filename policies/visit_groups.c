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
    if (index >= groups->place_limit) {
        int64_t limit = 2 * index + 64;
        groups->places =
            memory_grow(groups->places, (size_t)groups->place_limit, (size_t)limit, sizeof *groups->places);
        groups->place_limit = limit;
    }
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
    int at = position_of(row, value->visits);
    if (!has_group(row, at, value->visits))
        open_group(row, at, value->visits);
    ranking_add(&row->groups[at].ranking, groups->places, index, value->value);
}

RowGroups visit_groups_of(const VisitGroups *groups, int64_t row)
{
    return row < groups->row_limit ? groups->rows[row] : (RowGroups){0};
}

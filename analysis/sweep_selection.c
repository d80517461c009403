#include "sweep_selection.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Reads digits; false where there are none or too many. */
static bool read_number(const char **text, int64_t *ret_number)
{
    char *end;
    errno = 0;
    if (**text < '0' || **text > '9')
        return false;
    *ret_number = strtoll(*text, &end, 10);
    *text = end;
    return errno == 0;
}

/* Reads "3" or "5..7"; false where it is neither. */
static bool read_range(const char **text, RunRange *ret_range)
{
    if (!read_number(text, &ret_range->first))
        return false;
    ret_range->last = ret_range->first;
    if (strncmp(*text, "..", 2) != 0)
        return true;
    *text += 2;
    return read_number(text, &ret_range->last);
}

bool sweep_select_runs(Arena *arena, const Sweep *sweep, const char *text, SweepSelection *selection, ErrorList *errors)
{
    size_t limit = 1;
    for (const char *c = text; *c; c++)
        limit += *c == ',';
    RunRange *ranges = arena_allocate(arena, limit, sizeof *ranges);
    int count = 0;
    for (const char *next = text;; next++) {
        RunRange *range = &ranges[count++];
        bool good = read_range(&next, range) && (*next == ',' || !*next);
        if (!good) {
            error_add(errors, NULL, 0, 0, "--run takes numbers and ranges such as 3,5..7, not \"%.100s\"", text);
            return false;
        }
        if (range->first < 1 || range->last > sweep->run_count || range->first > range->last) {
            error_add(errors, NULL, 0, 0, "--run %" PRId64 "..%" PRId64 ": the runs are 1..%" PRId64, range->first,
                      range->last, sweep->run_count);
            return false;
        }
        if (!*next)
            break;
    }
    selection->range_count = count;
    selection->ranges = ranges;
    return true;
}

bool sweep_select_shard(const char *text, SweepSelection *selection, ErrorList *errors)
{
    const char *next = text;
    bool good = read_number(&next, &selection->shard) && *next++ == '/' &&
                read_number(&next, &selection->shard_count) && !*next && selection->shard >= 1 &&
                selection->shard <= selection->shard_count;
    if (!good)
        error_add(errors, NULL, 0, 0, "--shard takes one of how many, such as 1/4 to 4/4, not \"%.100s\"", text);
    return good;
}

SweepWalk sweep_walk_begin(const Sweep *sweep, const SweepSelection *selection)
{
    return (SweepWalk){.sweep = sweep, .selection = selection, .chosen_cell = -1};
}

/* The first run from `run` on that is among the numbers asked for; past the end where there is none. */
static int64_t next_in_ranges(const SweepSelection *selection, int64_t run, int64_t end)
{
    int64_t nearest = end;
    if (selection->range_count == 0)
        return run;
    for (int i = 0; i < selection->range_count && nearest > run; i++) {
        const RunRange *range = &selection->ranges[i];
        int64_t first = range->first > run ? range->first : run;
        if (first <= range->last && first < nearest)
            nearest = first;
    }
    return nearest;
}

/* Whether the condition holds for the cell of the run; counts the cells for which it does. */
static bool meets_condition(SweepWalk *walk, int64_t cell)
{
    if (cell == walk->chosen_cell)
        return true;
    if (walk->selection->where) {
        ExpressionValue values[SWEEP_KEY_LIMIT];
        sweep_condition_values(walk->sweep, cell, values);
        if (!expression_holds(walk->selection->where, values))
            return false;
    }
    walk->chosen_cell = cell;
    walk->cells++;
    return true;
}

bool sweep_walk_next(SweepWalk *walk, int64_t *ret_run)
{
    const SweepSelection *selection = walk->selection;
    const Sweep *sweep = walk->sweep;
    int64_t end = sweep->run_count + 1;
    for (;;) {
        walk->run = next_in_ranges(selection, walk->run + 1, end);
        if (walk->run >= end) {
            walk->run = sweep->run_count; /* asked again, it stays at the end */
            return false;
        }
        int64_t cell = sweep_cell_of(sweep, walk->run);
        if (!meets_condition(walk, cell)) {
            walk->run = (cell + 1) * sweep->axes.repeat; /* the cell's last */
            continue;
        }
        int64_t place = selection->whole_cells ? walk->cells - 1 : walk->runs;
        walk->runs++;
        if (selection->shard_count == 0 || place % selection->shard_count == selection->shard - 1)
            break;
    }
    *ret_run = walk->run;
    return true;
}

int64_t sweep_selection_count(const Sweep *sweep, const SweepSelection *selection)
{
    int64_t count = 0, run;
    for (SweepWalk walk = sweep_walk_begin(sweep, selection); sweep_walk_next(&walk, &run);)
        count++;
    return count;
}

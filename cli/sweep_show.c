#include "sweep_show.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../analysis/escape.h"
#include "../analysis/sheet.h"

/* What is known of a run without a store, and with one. */
typedef enum RunState { RUN_UNKNOWN, RUN_MISSING, RUN_FAILED, RUN_DONE } RunState;

static const char *const state_names[] = {"", "missing", "failed", "done"};

/* The columns of the plan beside those of the keys. */
enum { PLAN_RUN, PLAN_FIXED_BEFORE, PLAN_FIXED = 3 };

/* A walk over runs whose states are looked up, each cell loaded once. */
typedef struct Lookup {
    Sweep *sweep;
    Store *store; /* NULL: all is unknown */
    SweepCell *cell;
    StoreStatus status;
    Error *error;
} Lookup;

/* The identity of a run; NULL cell where there is no store. */
static Trial identity_of(Lookup *lookup, int64_t run)
{
    int64_t index = sweep_cell_of(lookup->sweep, run);
    if (!lookup->cell || lookup->cell->cell != index) {
        sweep_cell_free(lookup->cell);
        lookup->cell = sweep_cell_load(lookup->sweep, index, NULL);
    }
    return (Trial){.scenario = lookup->cell->scenario,
                   .policy = lookup->cell->policy,
                   .seed = lookup->cell->scenario->seed,
                   .replication = (uint64_t)sweep_replication_of(lookup->sweep, run),
                   .parameters = lookup->cell->parameters};
}

static RunState state_of(Lookup *lookup, int64_t run)
{
    if (!lookup->store)
        return RUN_UNKNOWN;
    StoredRun stored = {0};
    Trial trial = identity_of(lookup, run);
    if (lookup->status == STORE_FINE)
        lookup->status = store_find_run(lookup->store, &trial, &stored, lookup->error);
    return !stored.run ? RUN_MISSING : stored.done ? RUN_DONE : RUN_FAILED;
}

/* The text of key `key` of a cell. */
static const SweepValue *value_of(const Sweep *sweep, int64_t cell, int key)
{
    int count = 0;
    for (int a = 0; a < sweep->axes.axis_count; a++) {
        if (key < count + sweep->axes.axes[a].key_count)
            return &sweep->keys[key]->values[sweep_point(sweep, cell, a)];
        count += sweep->axes.axes[a].key_count;
    }
    return NULL;
}

/* Numbers line up at the right, texts at the left. */
static void key_headers(Arena *arena, const Sweep *sweep, const char **headers)
{
    for (int k = 0; k < sweep->axes.key_count; k++)
        headers[k] = arena_format(arena, "%s%s", sweep->keys[k]->is_text ? "<" : "", sweep->keys[k]->key);
}

static void write_plan(FILE *stream, Lookup *lookup, const SweepSelection *selection)
{
    const Sweep *sweep = lookup->sweep;
    int keys = sweep->axes.key_count;
    const char *headers[SWEEP_KEY_LIMIT + PLAN_FIXED] = {[PLAN_RUN] = "run"};
    Sheet sheet;
    Arena arena = {0};
    key_headers(&arena, sweep, headers + PLAN_FIXED_BEFORE);
    headers[PLAN_FIXED_BEFORE + keys] = "replication";
    headers[PLAN_FIXED_BEFORE + keys + 1] = "<state";
    sheet_init(&sheet, headers, PLAN_FIXED + keys, (int)sweep_selection_count(sweep, selection));
    int64_t run;
    int row = 0;
    for (SweepWalk walk = sweep_walk_begin(sweep, selection); sweep_walk_next(&walk, &run); row++) {
        sheet_set(&sheet, row, PLAN_RUN, "%" PRId64, run);
        for (int k = 0; k < keys; k++)
            sheet_set(&sheet, row, PLAN_FIXED_BEFORE + k, "%s", value_of(sweep, sweep_cell_of(sweep, run), k)->text);
        sheet_set(&sheet, row, PLAN_FIXED_BEFORE + keys, "%d", sweep_replication_of(sweep, run));
        sheet.columns[PLAN_FIXED_BEFORE + keys + 1].cells[row] = state_names[state_of(lookup, run)];
    }
    if (lookup->status == STORE_FINE)
        sheet_write(&sheet, SHEET_TEXT, false, stream);
    sheet_free(&sheet);
    arena_free(&arena);
}

/* A value with its number, so that a script need not read units. */
static void write_value_json(FILE *stream, const SweepValue *value)
{
    escape_json(stream, value->key);
    fputs(": {\"text\": ", stream);
    escape_json(stream, value->text);
    fputs(", \"number\": ", stream);
    escape_number_json(stream, value->number);
    fputs(", \"unit\": ", stream);
    escape_json(stream, value->unit);
    fputc('}', stream);
}

static void write_plan_json(FILE *stream, Lookup *lookup, const SweepSelection *selection)
{
    const Sweep *sweep = lookup->sweep;
    fputs("{\"scenario\": ", stream);
    escape_json(stream, sweep->path);
    fprintf(stream, ", \"cells\": %" PRId64 ", \"repeat\": %d, \"runs\": %" PRId64 ", \"plan\": [", sweep->cell_count,
            sweep->axes.repeat, sweep->run_count);
    int64_t run;
    const char *separator = "\n";
    for (SweepWalk walk = sweep_walk_begin(sweep, selection); sweep_walk_next(&walk, &run); separator = ",\n") {
        int64_t cell = sweep_cell_of(sweep, run);
        RunState state = state_of(lookup, run);
        fprintf(stream, "%s{\"run\": %" PRId64 ", \"replication\": %d, \"values\": {", separator, run,
                sweep_replication_of(sweep, run));
        for (int k = 0; k < sweep->axes.key_count; k++) {
            fputs(k ? ", " : "", stream);
            write_value_json(stream, value_of(sweep, cell, k));
        }
        fputs("}, \"state\": ", stream);
        if (state == RUN_UNKNOWN)
            fputs("null}", stream);
        else
            fprintf(stream, "\"%s\"}", state_names[state]);
    }
    fputs("\n]}\n", stream);
}

StoreStatus sweep_show_plan(FILE *stream, Sweep *sweep, const SweepSelection *selection, Store *store, bool json,
                            Error *error)
{
    Lookup lookup = {.sweep = sweep, .store = store, .error = error};
    if (json)
        write_plan_json(stream, &lookup, selection);
    else
        write_plan(stream, &lookup, selection);
    sweep_cell_free(lookup.cell);
    return lookup.status;
}

/* What a line about a cell shows. */
typedef enum CellMeasure { CELL_RESPONSE, CELL_ACCURACY, CELL_REWARD, CELL_MEASURES } CellMeasure;

static const struct {
    const char *metric, *header;
    double scale; /* of the stored value to the shown one */
    int decimals;
} measures[CELL_MEASURES] = {
    [CELL_RESPONSE] = {"response_time_mean", "response ms", 1e3, 2},
    [CELL_ACCURACY] = {"accuracy_mean", "accuracy %", 1e2, 2},
    [CELL_REWARD] = {"reward_mean", "reward", 1, 4},
};

/* The intervals of one cell over its runs that are done. `values` has room for all replications. */
static void read_cell(Lookup *lookup, int64_t cell, double *values, Interval *ret_intervals)
{
    int repeat = lookup->sweep->axes.repeat;
    for (int m = 0; m < CELL_MEASURES; m++) {
        int known = 0;
        for (int r = 0; r < repeat && lookup->status == STORE_FINE; r++) {
            Trial trial = identity_of(lookup, cell * repeat + r + 1);
            lookup->status =
                store_read_metric(lookup->store, &trial, measures[m].metric, &values[known], lookup->error);
            values[known] *= measures[m].scale;
            known += !isnan(values[known]);
        }
        ret_intervals[m] = statistics_interval(values, known, CONFIDENCE);
    }
}

int64_t sweep_chosen_cells(const Sweep *sweep, const SweepSelection *selection)
{
    int64_t run, last = -1, count = 0;
    for (SweepWalk walk = sweep_walk_begin(sweep, selection); sweep_walk_next(&walk, &run);) {
        count += sweep_cell_of(sweep, run) != last;
        last = sweep_cell_of(sweep, run);
    }
    return count;
}

/* Fills the rows of the table, and the intervals [measure][row]. */
static void fill_cells(Lookup *lookup, const SweepSelection *selection, Sheet *sheet, Interval *const *intervals)
{
    const Sweep *sweep = lookup->sweep;
    int keys = sweep->axes.key_count, row = 0;
    double *values = memory_allocate((size_t)sweep->axes.repeat, sizeof *values);
    int64_t run, last = -1;
    for (SweepWalk walk = sweep_walk_begin(sweep, selection); sweep_walk_next(&walk, &run);) {
        int64_t cell = sweep_cell_of(sweep, run);
        if (cell == last)
            continue;
        last = cell;
        for (int k = 0; k < keys; k++)
            sheet_set(sheet, row, k, "%s", value_of(sweep, cell, k)->text);
        Interval of_cell[CELL_MEASURES];
        read_cell(lookup, cell, values, of_cell);
        for (int m = 0; m < CELL_MEASURES; m++)
            intervals[m][row] = of_cell[m];
        sheet_set(sheet, row++, keys, "%d", of_cell[CELL_REWARD].count);
    }
    free(values);
}

StoreStatus sweep_show_cells(FILE *stream, Sweep *sweep, const SweepSelection *selection, Store *store, Error *error)
{
    Lookup lookup = {.sweep = sweep, .store = store, .error = error};
    int keys = sweep->axes.key_count, rows = (int)sweep_chosen_cells(sweep, selection);
    const char *headers[SWEEP_KEY_LIMIT + 1 + CELL_MEASURES];
    Sheet sheet;
    Arena arena = {0};
    Interval *intervals[CELL_MEASURES];
    key_headers(&arena, sweep, headers);
    headers[keys] = "runs";
    for (int m = 0; m < CELL_MEASURES; m++) {
        headers[keys + 1 + m] = measures[m].header;
        intervals[m] = arena_allocate(&arena, (size_t)rows, sizeof *intervals[m]);
    }
    sheet_init(&sheet, headers, keys + 1 + CELL_MEASURES, rows);
    sheet.title = sweep->name;
    sheet.notes = "± half widths of 95 % t intervals over the runs";
    fill_cells(&lookup, selection, &sheet, intervals);
    for (int m = 0; m < CELL_MEASURES; m++)
        sheet_set_intervals(&sheet, keys + 1 + m, intervals[m], measures[m].decimals, false);
    if (lookup.status == STORE_FINE)
        sheet_write(&sheet, SHEET_TEXT, false, stream);
    sweep_cell_free(lookup.cell);
    sheet_free(&sheet);
    arena_free(&arena);
    return lookup.status;
}

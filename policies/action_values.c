#include "action_values.h"

#include <assert.h>
#include <stdlib.h>

static int64_t greatest_common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The k-th action of the row in its random order: every action once, as the stride shares no factor with their number.
 */
static int64_t action_in_order(const ActionRow *row, int64_t k)
{
    __extension__ typedef __int128 Wide;
    return (int64_t)(((Wide)k * row->stride + row->origin) % row->action_count);
}

static void shuffle_row(ActionValues *values, ActionRow *row)
{
    uint64_t count = (uint64_t)row->action_count;
    row->origin = (int64_t)stream_uniform_integer(&values->order, count);
    do
        row->stride = 1 + (int64_t)stream_uniform_integer(&values->order, count);
    while (greatest_common_divisor(row->stride, row->action_count) != 1);
}

static bool is_before(const ActionValue *a, const ActionValue *b)
{
    return a->value > b->value || (a->value == b->value && a->action < b->action);
}

static void place(ActionValues *values, ActionRow *row, int64_t at, int64_t index)
{
    row->heap[at] = index;
    values->values[index].place = at;
}

static void sift_up(ActionValues *values, ActionRow *row, int64_t at)
{
    int64_t index = row->heap[at];
    while (at > 0 && is_before(&values->values[index], &values->values[row->heap[(at - 1) / 2]])) {
        place(values, row, at, row->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(values, row, at, index);
}

static void sift_down(ActionValues *values, ActionRow *row, int64_t at)
{
    int64_t index = row->heap[at];
    for (;;) {
        int64_t child = 2 * at + 1;
        if (child >= row->tried)
            break;
        if (child + 1 < row->tried &&
            is_before(&values->values[row->heap[child + 1]], &values->values[row->heap[child]]))
            child++;
        if (!is_before(&values->values[row->heap[child]], &values->values[index]))
            break;
        place(values, row, at, row->heap[child]);
        at = child;
    }
    place(values, row, at, index);
}

static void sift(ActionValues *values, ActionRow *row, int64_t at)
{
    int64_t index = row->heap[at];
    sift_up(values, row, at);
    sift_down(values, row, values->values[index].place);
}

static int64_t find_pair(const ActionValues *values, int64_t row, int64_t action)
{
    return table_find(&values->pairs, (const int64_t[2]){row, action});
}

/* Adds the pair just inserted to those tried in its row, at the initial value and without visits. */
static void add_pair(ActionValues *values, int64_t index, int64_t row_index, int64_t action)
{
    if (index == values->value_limit) {
        values->value_limit = 2 * index + 64;
        values->values =
            memory_grow(values->values, (size_t)index, (size_t)values->value_limit, sizeof *values->values);
    }
    ActionRow *row = &values->rows[row_index];
    if (row->tried == row->tried_limit) {
        row->tried_limit = 2 * row->tried + 16;
        row->heap = memory_grow(row->heap, (size_t)row->tried, (size_t)row->tried_limit, sizeof *row->heap);
    }
    values->values[index] = (ActionValue){.value = values->initial_value, .row = row_index, .action = action};
    place(values, row, row->tried++, index);
    while (row->untried < row->action_count &&
           find_pair(values, row_index, action_in_order(row, row->untried)) != NOT_IN_TABLE)
        row->untried++;
}

static bool prefers_untried(const ActionValues *values, const ActionRow *row)
{
    bool promising = row->tried == 0 || values->initial_value >= values->values[row->heap[0]].value;
    return row->untried < row->action_count && promising;
}

/* The best of the actions tried in a row, NULL where there is none or the row is of another kind of question. */
static const ActionValue *best_tried(const ActionValues *values, int64_t row, int64_t action_count)
{
    if (row == NOT_IN_TABLE || values->rows[row].tried == 0 || values->rows[row].action_count != action_count)
        return NULL;
    return &values->values[values->rows[row].heap[0]];
}

void action_values_init(ActionValues *values, size_t key_size, double initial_value, Stream order)
{
    *values = (ActionValues){.initial_value = initial_value, .order = order, .busiest = NOT_IN_TABLE};
    table_init(&values->states, key_size);
    table_init(&values->pairs, 2 * sizeof(int64_t));
}

void action_values_free(ActionValues *values)
{
    for (int64_t i = 0; i < values->states.count; i++)
        free(values->rows[i].heap);
    free(values->rows);
    free(values->values);
    table_free(&values->states);
    table_free(&values->pairs);
    *values = (ActionValues){0};
}

int64_t action_values_row(ActionValues *values, const void *key, int64_t action_count)
{
    int64_t row = table_insert(&values->states, key);
    if (row == values->row_limit) {
        values->row_limit = 2 * row + 16;
        values->rows = memory_grow(values->rows, (size_t)row, (size_t)values->row_limit, sizeof *values->rows);
    }
    if (values->rows[row].action_count == 0) {
        values->rows[row].action_count = action_count;
        shuffle_row(values, &values->rows[row]);
    }
    assert(values->rows[row].action_count == action_count);
    return row;
}

int64_t action_values_best(const ActionValues *values, int64_t row_index)
{
    const ActionRow *row = &values->rows[row_index];
    return prefers_untried(values, row) ? action_in_order(row, row->untried) : values->values[row->heap[0]].action;
}

double action_values_maximum(const ActionValues *values, int64_t row_index)
{
    const ActionRow *row = &values->rows[row_index];
    return prefers_untried(values, row) ? values->initial_value : values->values[row->heap[0]].value;
}

int64_t action_values_known_best(const ActionValues *values, const void *key, int64_t action_count)
{
    const ActionValue *own = best_tried(values, table_find(&values->states, key), action_count);
    const ActionValue *usual = best_tried(values, values->busiest, action_count);
    if (!own || !usual)
        return own ? own->action : usual ? usual->action : 0;
    bool untried = find_pair(values, own->row, usual->action) == NOT_IN_TABLE;
    return untried && usual->value > own->value ? usual->action : own->action;
}

double action_values_value(const ActionValues *values, int64_t row, int64_t action)
{
    int64_t index = find_pair(values, row, action);
    return index == NOT_IN_TABLE ? values->initial_value : values->values[index].value;
}

int64_t action_values_untried(const ActionValues *values, int64_t row_index)
{
    const ActionRow *row = &values->rows[row_index];
    return row->untried < row->action_count ? action_in_order(row, row->untried) : NO_ACTION;
}

void action_values_set(ActionValues *values, int64_t index, double value)
{
    values->values[index].value = value;
    sift(values, &values->rows[values->values[index].row], values->values[index].place);
}

int64_t action_values_update(ActionValues *values, int64_t row_index, int64_t action, double target, double rate)
{
    int64_t tried = values->pairs.count;
    int64_t index = table_insert(&values->pairs, (const int64_t[2]){row_index, action});
    if (index == tried)
        add_pair(values, index, row_index, action);
    ActionValue *value = &values->values[index];
    value->visits++;
    action_values_set(values, index,
                      value->value + (target - value->value) * (rate > 0 ? rate : 1 / (double)value->visits));
    ActionRow *row = &values->rows[row_index];
    row->visits++;
    if (values->busiest == NOT_IN_TABLE || row->visits > values->rows[values->busiest].visits)
        values->busiest = row_index;
    return index;
}

#include "action_values_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers of the table itself, of a row and of a pair. */
enum { TABLE_WORDS = 2 + STREAM_WORDS, ROW_WORDS = 5, PAIR_WORDS = 4 };

enum { TABLE, KEYS, ROWS, PAIRS, VALUES, PART_COUNT };

static const WeightsPart parts[PART_COUNT] = {[TABLE] = {"table", WEIGHTS_INT64},
                                              [KEYS] = {"keys", WEIGHTS_INT64},
                                              [ROWS] = {"rows", WEIGHTS_INT64},
                                              [PAIRS] = {"pairs", WEIGHTS_INT64},
                                              [VALUES] = {"values", WEIGHTS_FLOAT64}};

void action_values_file_add(WeightsFile *file, const char *name, const ActionValues *values)
{
    int64_t row_count = values->states.count, pair_count = values->pairs.count;
    int64_t *table = weights_file_add_words(file, name, parts[TABLE].name, TABLE_WORDS);
    table[0] = (int64_t)values->states.key_size;
    table[1] = values->busiest;
    memcpy(table + 2, values->order.state, sizeof values->order.state);
    int64_t key_words = row_count * (int64_t)(values->states.key_size / sizeof(int64_t));
    int64_t *keys = weights_file_add_words(file, name, parts[KEYS].name, key_words),
            *rows = weights_file_add_words(file, name, parts[ROWS].name, ROW_WORDS * row_count);
    if (key_words > 0)
        memcpy(keys, values->states.keys, (size_t)key_words * sizeof *keys);
    for (int64_t i = 0; i < row_count; i++, rows += ROW_WORDS) {
        const ActionRow *row = &values->rows[i];
        memcpy(rows, (const int64_t[ROW_WORDS]){row->action_count, row->visits, row->origin, row->stride, row->untried},
               ROW_WORDS * sizeof *rows);
    }
    int64_t *pairs = weights_file_add_words(file, name, parts[PAIRS].name, PAIR_WORDS * pair_count);
    double *numbers = weights_file_add_numbers(file, name, parts[VALUES].name, pair_count);
    for (int64_t i = 0; i < pair_count; i++, pairs += PAIR_WORDS) {
        const ActionValue *value = &values->values[i];
        memcpy(pairs, (const int64_t[PAIR_WORDS]){value->row, value->action, value->visits, value->place},
               PAIR_WORDS * sizeof *pairs);
        numbers[i] = value->value;
    }
}

/* The states and their rows. False where they contradict each other. */
static bool read_rows(ActionValues *values, const int64_t *keys, const int64_t *words, int64_t count)
{
    int64_t key_words = (int64_t)(values->states.key_size / sizeof *keys);
    values->row_limit = count;
    values->rows = memory_allocate((size_t)count, sizeof *values->rows);
    for (int64_t i = 0; i < count; i++, words += ROW_WORDS) {
        values->rows[i] = (ActionRow){
            .action_count = words[0], .visits = words[1], .origin = words[2], .stride = words[3], .untried = words[4]};
        bool possible = words[0] >= 1 && words[1] >= 0 && words[2] >= 0 && words[2] < words[0] && words[3] >= 1 &&
                        words[3] <= words[0] && words[4] >= 0 && words[4] <= words[0];
        if (!possible || table_insert(&values->states, keys + i * key_words) != i)
            return false;
    }
    return true;
}

/* The pairs that were tried, and the heap of each row. False where they contradict each other or the rows. */
static bool read_pairs(ActionValues *values, const int64_t *words, const double *numbers, int64_t count)
{
    values->value_limit = count;
    values->values = memory_allocate((size_t)count, sizeof *values->values);
    for (int64_t i = 0; i < count; i++, words += PAIR_WORDS) {
        values->values[i] = (ActionValue){numbers[i], words[0], words[1], words[2], words[3]};
        bool possible = words[0] >= 0 && words[0] < values->states.count && words[1] >= 0 && words[2] >= 0;
        if (!possible || words[1] >= values->rows[words[0]].action_count || table_insert(&values->pairs, words) != i)
            return false;
        values->rows[words[0]].tried++;
    }
    for (int64_t i = 0; i < values->states.count; i++) {
        ActionRow *row = &values->rows[i];
        if ((row->untried == row->action_count) != (row->tried == row->action_count))
            return false;
        row->tried_limit = row->tried;
        row->heap = memory_allocate((size_t)row->tried, sizeof *row->heap);
        memset(row->heap, 0xff, (size_t)row->tried * sizeof *row->heap); /* no index yet: -1 */
    }
    for (int64_t i = 0; i < count; i++) {
        const ActionRow *row = &values->rows[values->values[i].row];
        int64_t place = values->values[i].place;
        if (place < 0 || place >= row->tried || row->heap[place] >= 0)
            return false;
        row->heap[place] = i;
    }
    return true;
}

bool action_values_file_read(const WeightsFile *file, const char *name, double initial_value, ActionValues *ret_values,
                             Error *error)
{
    const WeightsBlock *blocks[PART_COUNT];
    if (!weights_file_find_parts(file, name, parts, PART_COUNT, blocks, error))
        return false;
    const int64_t *words = blocks[TABLE]->values;
    int64_t row_count = blocks[ROWS]->count / ROW_WORDS, key_size = blocks[TABLE]->count == TABLE_WORDS ? words[0] : 0;
    int64_t key_words = key_size / (int64_t)sizeof(int64_t);
    bool whole = key_size > 0 && key_size % (int64_t)sizeof(int64_t) == 0 && key_words <= INT64_MAX / (row_count + 1) &&
                 blocks[KEYS]->count == row_count * key_words && blocks[ROWS]->count == ROW_WORDS * row_count &&
                 blocks[PAIRS]->count == PAIR_WORDS * blocks[VALUES]->count && words[1] >= NOT_IN_TABLE &&
                 words[1] < row_count;
    if (whole) {
        Stream order;
        memcpy(order.state, words + 2, sizeof order.state);
        action_values_init(ret_values, (size_t)key_size, initial_value, order);
        ret_values->busiest = words[1];
        whole = read_rows(ret_values, blocks[KEYS]->values, blocks[ROWS]->values, row_count) &&
                read_pairs(ret_values, blocks[PAIRS]->values, blocks[VALUES]->values, blocks[VALUES]->count);
        if (!whole)
            action_values_free(ret_values);
    }
    return weights_file_check(file, name, whole, error);
}

#include "logits_file.h"

#include "csv.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_LIMIT = 40, NONE = -1 };

#define LARGEST_LOGIT 1e6

/* A file while it is read. */
typedef struct LogitsReader {
    CsvReader csv;
    int sample, label, split; /* columns, NONE: not there */
    int class_count, classes[CSV_COLUMN_LIMIT];
    double logits[CSV_COLUMN_LIMIT]; /* of the present row */
    int feature_count, logit_count;  /* that are kept of a row */
    int row_count;
    size_t room;
    int *samples, *labels; /* [rows] owned, as the next three */
    uint8_t *uses, *right;
    double *values; /* [rows][feature_count + logit_count] */
} LogitsReader;

static void match_columns(LogitsReader *reader)
{
    const CsvReader *csv = &reader->csv;
    reader->sample = csv_column(csv, "sample");
    reader->label = csv_column(csv, "label");
    reader->split = csv_column(csv, "split");
    for (int i = 0; i < csv->column_count; i++)
        if (i != reader->sample && i != reader->label && i != reader->split)
            reader->classes[reader->class_count++] = i;
    if (reader->label == NONE)
        error_add(csv->errors, csv->path, csv->header_line, 1, "column 'label' is missing");
    if (reader->class_count < 2)
        error_add(csv->errors, csv->path, csv->header_line, 1,
                  "%d columns of logits: there is one for each class, at least two", reader->class_count);
    /* The second class is there; others as far as there are classes. */
    int others = reader->class_count - 2, most = SAMPLE_FEATURE_COUNT - SAMPLE_TOP3;
    reader->feature_count = SAMPLE_TOP2 + 1 + (others < most ? others : most);
    reader->logit_count = reader->class_count <= SAMPLE_LOGIT_LIMIT ? reader->class_count : 0;
}

static size_t values_of_row(const LogitsReader *reader)
{
    return (size_t)(reader->feature_count + reader->logit_count);
}

static void make_room(LogitsReader *reader)
{
    size_t old = reader->room, room = old ? 2 * old : 256, size = values_of_row(reader);
    if ((size_t)reader->row_count < old)
        return;
    reader->samples = memory_grow(reader->samples, old, room, sizeof *reader->samples);
    reader->labels = memory_grow(reader->labels, old, room, sizeof *reader->labels);
    reader->uses = memory_grow(reader->uses, old, room, sizeof *reader->uses);
    reader->right = memory_grow(reader->right, old, room, sizeof *reader->right);
    reader->values = memory_grow(reader->values, old * size, room * size, sizeof *reader->values);
    reader->room = room;
}

static void read_use(LogitsReader *reader, uint8_t *ret_use)
{
    const char *text = reader->split == NONE ? sample_use_names[SAMPLE_TEST] : reader->csv.fields[reader->split].text;
    for (uint8_t use = 0; use < SAMPLE_USE_COUNT; use++)
        if (strcmp(text, sample_use_names[use]) == 0) {
            *ret_use = use;
            return;
        }
    csv_error(&reader->csv, reader->split, "'%.*s' is none of train, tune, test", SHOWN_LIMIT, text);
}

static void read_row(LogitsReader *reader)
{
    const CsvReader *csv = &reader->csv;
    make_room(reader);
    int row = reader->row_count++;
    bool good = true;
    reader->samples[row] = row;
    if (reader->sample != NONE)
        good &= csv_integer(csv, reader->sample, 0, SAMPLE_COUNT_LIMIT, &reader->samples[row]);
    good &= csv_integer(csv, reader->label, 0, reader->class_count - 1, &reader->labels[row]);
    read_use(reader, &reader->uses[row]);
    for (int i = 0; i < reader->class_count; i++)
        good &= csv_number(csv, reader->classes[i], -LARGEST_LOGIT, LARGEST_LOGIT, &reader->logits[i]);
    if (!good)
        return;
    SampleOutput output = sample_output_of(reader->logits, reader->class_count);
    double *values = reader->values + (size_t)row * values_of_row(reader);
    memcpy(values, output.values, (size_t)reader->feature_count * sizeof *values);
    memcpy(values + reader->feature_count, reader->logits, (size_t)reader->logit_count * sizeof *values);
    reader->right[row] = (int)output.values[SAMPLE_PREDICTION] == reader->labels[row];
}

static SampleTable build_table(const LogitsReader *reader, const char *name, Arena *arena)
{
    size_t rows = (size_t)reader->row_count;
    SampleModel *model = arena_allocate(arena, 1, sizeof *model);
    *model = (SampleModel){.name = arena_string(arena, name),
                           .correct = arena_copy(arena, reader->right, rows, sizeof *reader->right),
                           .feature_count = reader->feature_count,
                           .class_count = reader->class_count,
                           .logit_count = reader->logit_count,
                           .values =
                               arena_copy(arena, reader->values, rows * values_of_row(reader), sizeof *reader->values)};
    for (int i = 0; i < reader->feature_count; i++)
        model->features[i] = (SampleFeature)i;
    return (SampleTable){.row_count = reader->row_count,
                         .samples = arena_copy(arena, reader->samples, rows, sizeof *reader->samples),
                         .labels = arena_copy(arena, reader->labels, rows, sizeof *reader->labels),
                         .uses =
                             reader->split == NONE ? NULL : arena_copy(arena, reader->uses, rows, sizeof *reader->uses),
                         .model_count = 1,
                         .models = model};
}

bool logits_file_read(Arena *arena, const char *path, const char *name, SampleTable *ret_table, ErrorList *errors)
{
    LogitsReader *reader = memory_allocate(1, sizeof *reader);
    int found = errors->total;
    if (csv_open(&reader->csv, path, errors))
        match_columns(reader);
    if (errors->total == found) {
        while (csv_next_within(&reader->csv, found))
            read_row(reader);
        csv_check_rows(&reader->csv, found);
    }
    bool good = errors->total == found;
    if (good)
        *ret_table = build_table(reader, name, arena);
    free(reader->samples);
    free(reader->labels);
    free(reader->uses);
    free(reader->right);
    free(reader->values);
    csv_close(&reader->csv);
    free(reader);
    return good;
}

/* Whether both are about the same samples, or where they begin to differ in `error`. */
static bool agree(const SampleTable *first, const SampleTable *other, const char *first_path, const char *path,
                  Error *error)
{
    bool same = first->row_count == other->row_count && !first->uses == !other->uses;
    if (first->row_count != other->row_count)
        error_set(error, path, 0, 0, "has %d samples, %s has %d", other->row_count, first_path, first->row_count);
    else if (!same)
        error_set(error, path, 0, 0, "and %s must either both have a column 'split' or neither", first_path);
    for (int row = 0; same && row < first->row_count; row++) {
        const char *what = first->samples[row] != other->samples[row]            ? "another number"
                           : first->labels[row] != other->labels[row]            ? "another label"
                           : first->uses && first->uses[row] != other->uses[row] ? "another use"
                                                                                 : NULL;
        same = what == NULL;
        if (what)
            error_set(error, path, 0, 0, "sample %d (row %d) has %s than in %s", other->samples[row], row + 1, what,
                      first_path);
    }
    return same;
}

bool logits_join(const SampleTable *tables, const char *const *paths, int count, Arena *arena, SampleTable *ret_table,
                 Error *error)
{
    SampleModel *models = arena_allocate(arena, (size_t)count, sizeof *models);
    for (int i = 0; i < count; i++) {
        if (!agree(&tables[0], &tables[i], paths[0], paths[i], error))
            return false;
        models[i] = tables[i].models[0];
    }
    *ret_table = tables[0];
    ret_table->model_count = count;
    ret_table->models = models;
    return true;
}

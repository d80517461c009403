#include "sample_file.h"

#include "csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_LIMIT = 40, CLASS_LIMIT = 1000000, LOGIT_DIGITS = 6, NONE = -1 };

#define LARGEST_ENTROPY 20 /* nat; of more classes than anyone has */
#define LARGEST_LOGIT 1e6
#define ROUNDING 1e-5 /* that files are forgiven between probabilities which belong together */

static const char correct_name[] = "correct", logit_name[] = "logit";

/* Columns of the file as a whole. */
enum { COLUMN_SAMPLE, COLUMN_LABEL, COLUMN_SPLIT, COLUMN_COUNT, COLUMN_TOTAL };

static const char *const column_names[] = {"sample", "label", "split", "count"};

/* Where a model's columns are, and what was read of them so far; owned. */
typedef struct ModelColumns {
    const char *name;
    int correct, features[SAMPLE_FEATURE_COUNT], logits[SAMPLE_LOGIT_LIMIT]; /* NONE: not there */
    SampleModel model;
    uint8_t *right;
    double *values;
} ModelColumns;

/* A file while it is read. */
typedef struct SampleReader {
    CsvReader csv;
    Arena *arena;
    int columns[COLUMN_TOTAL]; /* NONE: not there */
    int model_count;
    ModelColumns models[SAMPLE_MODEL_LIMIT];
    int row_count;
    size_t room;
    int *samples, *labels, *lines, *counts; /* [rows] owned */
    uint8_t *uses;
} SampleReader;

static int index_of(const char *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return NONE;
}

/* The model whose name is the first `length` bytes of `text`, a new one where there is none; NULL past the limit. */
static ModelColumns *find_model(SampleReader *reader, const char *text, size_t length)
{
    for (int i = 0; i < reader->model_count; i++)
        if (strlen(reader->models[i].name) == length && strncmp(reader->models[i].name, text, length) == 0)
            return &reader->models[i];
    if (reader->model_count == SAMPLE_MODEL_LIMIT)
        return NULL;
    ModelColumns *model = &reader->models[reader->model_count++];
    *model = (ModelColumns){.name = arena_string_n(reader->arena, text, length), .correct = NONE};
    for (int i = 0; i < SAMPLE_FEATURE_COUNT; i++)
        model->features[i] = NONE;
    for (int i = 0; i < SAMPLE_LOGIT_LIMIT; i++)
        model->logits[i] = NONE;
    return model;
}

/* Whether it is "logitN", whatever the number. */
static bool is_logit(const char *what)
{
    size_t length = strlen(logit_name);
    return strncmp(what, logit_name, length) == 0 && what[length] &&
           strspn(what + length, "0123456789") == strlen(what + length);
}

/* The class of "logitN"; NONE where it is none. */
static int logit_class(const char *what)
{
    const char *digits = what + strlen(logit_name);
    if (!is_logit(what) || strlen(digits) > 2)
        return NONE;
    int class = atoi(digits);
    return class < SAMPLE_LOGIT_LIMIT && (class >= 10 || !digits[1]) ? class : NONE;
}

/* Notes the column of a model, "NAME.correct", "NAME.FEATURE" or "NAME.logitN"; a finding where it is none. */
static void match_model_column(SampleReader *reader, int column)
{
    const CsvField *header = &reader->csv.header[column];
    const char *dot = strrchr(header->text, '.');
    const char *what = dot ? dot + 1 : "";
    int feature = index_of(what, sample_feature_names, SAMPLE_FEATURE_COUNT), class = logit_class(what);
    bool known = dot && dot > header->text && (feature != NONE || class != NONE || strcmp(what, correct_name) == 0);
    const char *nearest = known ? NULL : error_nearest(header->text, column_names, COLUMN_TOTAL);
    if (!known && dot && is_logit(what)) {
        error_add(reader->csv.errors, reader->csv.path, reader->csv.header_line, header->column,
                  "'%.*s' is no class from logit0 to logit%d: of more classes no logits are taken", SHOWN_LIMIT,
                  header->text, SAMPLE_LOGIT_LIMIT - 1);
        return;
    }
    if (!known) {
        error_add(reader->csv.errors, reader->csv.path, reader->csv.header_line, header->column,
                  nearest ? "unknown column '%.*s'; did you mean '%s'?"
                          : "unknown column '%.*s': neither sample, label, split or count nor MODEL.correct, "
                            "MODEL.confidence, ...",
                  SHOWN_LIMIT, header->text, nearest);
        return;
    }
    ModelColumns *model = find_model(reader, header->text, (size_t)(dot - header->text));
    if (!model)
        error_add(reader->csv.errors, reader->csv.path, reader->csv.header_line, header->column, "more than %d models",
                  SAMPLE_MODEL_LIMIT);
    else if (feature != NONE)
        model->features[feature] = column;
    else if (class != NONE)
        model->logits[class] = column;
    else
        model->correct = column;
}

static void header_error(const SampleReader *reader, const char *what)
{
    error_add(reader->csv.errors, reader->csv.path, reader->csv.header_line, 1, "%s", what);
}

/* Logits are those of all classes. */
static void count_logits(const SampleReader *reader, ModelColumns *model)
{
    int last = SAMPLE_LOGIT_LIMIT - 1, *count = &model->model.logit_count;
    while (last >= 0 && model->logits[last] == NONE)
        last--;
    while (*count <= last && model->logits[*count] != NONE)
        ++*count;
    if (*count <= last || *count == 1)
        error_add(reader->csv.errors, reader->csv.path, reader->csv.header_line, 1,
                  "column '%.*s.%s%d' is missing: logits are those of all classes", SHOWN_LIMIT, model->name,
                  logit_name, *count);
}

static void match_columns(SampleReader *reader)
{
    for (int i = 0; i < COLUMN_TOTAL; i++)
        reader->columns[i] = csv_column(&reader->csv, column_names[i]);
    for (int i = 0; i < reader->csv.column_count; i++)
        if (index_of(reader->csv.header[i].text, column_names, COLUMN_TOTAL) == NONE)
            match_model_column(reader, i);
    bool counted = reader->columns[COLUMN_COUNT] != NONE;
    if (!counted && reader->columns[COLUMN_SAMPLE] == NONE)
        header_error(reader, "column 'sample' is missing, or 'count' where a row stands for several");
    if (counted && (reader->columns[COLUMN_SAMPLE] != NONE || reader->columns[COLUMN_SPLIT] != NONE))
        header_error(reader, "rows with a 'count' stand for several samples: they have neither 'sample' nor 'split'");
    if (reader->model_count == 0)
        header_error(reader, "there is no model: a column MODEL.correct is missing");
    for (int i = 0; i < reader->model_count; i++) {
        ModelColumns *model = &reader->models[i];
        if (model->correct == NONE)
            error_add(reader->csv.errors, reader->csv.path, reader->csv.header_line, 1, "column '%.*s.%s' is missing",
                      SHOWN_LIMIT, model->name, correct_name);
        for (SampleFeature feature = 0; feature < SAMPLE_FEATURE_COUNT; feature++)
            if (model->features[feature] != NONE)
                model->model.features[model->model.feature_count++] = feature;
        count_logits(reader, model);
    }
}

/* Room for one more row in all arrays. */
static void make_room(SampleReader *reader)
{
    size_t old = reader->room, room = old ? 2 * old : 256;
    if ((size_t)reader->row_count < old)
        return;
    reader->samples = memory_grow(reader->samples, old, room, sizeof *reader->samples);
    reader->labels = memory_grow(reader->labels, old, room, sizeof *reader->labels);
    reader->lines = memory_grow(reader->lines, old, room, sizeof *reader->lines);
    reader->counts = memory_grow(reader->counts, old, room, sizeof *reader->counts);
    reader->uses = memory_grow(reader->uses, old, room, sizeof *reader->uses);
    for (int i = 0; i < reader->model_count; i++) {
        ModelColumns *model = &reader->models[i];
        size_t values = (size_t)(model->model.feature_count + model->model.logit_count);
        model->right = memory_grow(model->right, old, room, sizeof *model->right);
        model->values = memory_grow(model->values, old * values, room * values, sizeof *model->values);
    }
    reader->room = room;
}

static void read_use(SampleReader *reader)
{
    int column = reader->columns[COLUMN_SPLIT];
    if (column == NONE)
        return;
    const char *text = reader->csv.fields[column].text;
    int use = index_of(text, sample_use_names, SAMPLE_USE_COUNT);
    if (use == NONE)
        csv_error(&reader->csv, column, "'%.*s' is none of train, tune, test", SHOWN_LIMIT, text);
    else
        reader->uses[reader->row_count] = (uint8_t)use;
}

static double largest_of(SampleFeature feature)
{
    return feature == SAMPLE_PREDICTION ? CLASS_LIMIT - 1 : feature == SAMPLE_ENTROPY ? LARGEST_ENTROPY : 1;
}

/* Probabilities fall from the first to the fifth, and the margin is what lies between the first two. */
static void check_features(const SampleReader *reader, const ModelColumns *model, const double *all)
{
    double before = model->features[SAMPLE_CONFIDENCE] == NONE ? 1 : all[SAMPLE_CONFIDENCE];
    for (SampleFeature feature = SAMPLE_TOP2; feature <= SAMPLE_TOP5; feature++) {
        if (model->features[feature] == NONE)
            continue;
        if (all[feature] > before + ROUNDING)
            csv_error(&reader->csv, model->features[feature], "%g is above the probability before it, %g", all[feature],
                      before);
        before = all[feature];
    }
    bool both = model->features[SAMPLE_CONFIDENCE] != NONE && model->features[SAMPLE_MARGIN] != NONE;
    double second = model->features[SAMPLE_TOP2] == NONE ? 0 : all[SAMPLE_TOP2];
    if (both && all[SAMPLE_MARGIN] > all[SAMPLE_CONFIDENCE] - second + ROUNDING)
        csv_error(&reader->csv, model->features[SAMPLE_MARGIN], "%g is more than the confidence, %g, allows",
                  all[SAMPLE_MARGIN], all[SAMPLE_CONFIDENCE]);
}

/* Reads the logits of a row; the class that is predicted has none below another's. */
static bool read_logits(const SampleReader *reader, const ModelColumns *model, int prediction, double *logits)
{
    const CsvReader *csv = &reader->csv;
    int count = model->model.logit_count, best = 0;
    for (int i = 0; i < count; i++) {
        if (!csv_number(csv, model->logits[i], -LARGEST_LOGIT, LARGEST_LOGIT, &logits[i]))
            return false;
        best = logits[i] > logits[best] ? i : best;
    }
    if (count == 0 || prediction == NONE ||
        (prediction < count && logits[prediction] >= logits[best] - ROUNDING * (1 + fabs(logits[best]))))
        return true;
    csv_error(csv, model->features[SAMPLE_PREDICTION], "is %d, but the largest logit is that of class %d", prediction,
              best);
    return false;
}

/* What a row says of one model. `label` is NONE where it is not known. */
static void read_model(SampleReader *reader, ModelColumns *model, int label)
{
    const CsvReader *csv = &reader->csv;
    const char *text = csv->fields[model->correct].text;
    bool right = strcmp(text, "1") == 0, good = right || strcmp(text, "0") == 0;
    if (!good)
        csv_error(csv, model->correct, "'%.*s' is neither 0 nor 1", SHOWN_LIMIT, text);
    model->right[reader->row_count] = right;
    int features = model->model.feature_count;
    double *row = model->values + (ptrdiff_t)reader->row_count * (features + model->model.logit_count);
    double all[SAMPLE_FEATURE_COUNT] = {0};
    for (int i = 0; i < features; i++) {
        SampleFeature feature = model->model.features[i];
        int whole = 0, column = model->features[feature];
        if (feature == SAMPLE_PREDICTION) {
            good &= csv_integer(csv, column, 0, CLASS_LIMIT - 1, &whole);
            row[i] = whole;
        } else {
            good &= csv_number(csv, column, 0, largest_of(feature), &row[i]);
        }
        all[feature] = row[i];
    }
    int prediction = good && model->features[SAMPLE_PREDICTION] != NONE ? (int)all[SAMPLE_PREDICTION] : NONE;
    good &= read_logits(reader, model, prediction, row + features);
    if (!good)
        return;
    check_features(reader, model, all);
    if (prediction == NONE)
        return;
    if (label != NONE && right != (prediction == label))
        csv_error(csv, model->correct, "is %d, but the prediction is %d and the label %d", right, prediction, label);
    if (prediction >= model->model.class_count)
        model->model.class_count = prediction + 1;
}

static void read_row(SampleReader *reader)
{
    const CsvReader *csv = &reader->csv;
    int row = reader->row_count, label = NONE;
    make_room(reader);
    reader->lines[row] = csv->line;
    reader->counts[row] = 1;
    reader->uses[row] = SAMPLE_TEST;
    if (reader->columns[COLUMN_SAMPLE] != NONE)
        csv_integer(csv, reader->columns[COLUMN_SAMPLE], 0, SAMPLE_COUNT_LIMIT, &reader->samples[row]);
    if (reader->columns[COLUMN_COUNT] != NONE)
        csv_integer(csv, reader->columns[COLUMN_COUNT], 1, SAMPLE_COUNT_LIMIT, &reader->counts[row]);
    if (reader->columns[COLUMN_LABEL] != NONE &&
        !csv_integer(csv, reader->columns[COLUMN_LABEL], 0, CLASS_LIMIT - 1, &label))
        label = NONE;
    reader->labels[row] = label;
    read_use(reader);
    for (int i = 0; i < reader->model_count; i++)
        read_model(reader, &reader->models[i], label);
    reader->row_count++;
}

/* A sample and the line it stands in. */
typedef struct SamplePlace {
    int sample, line;
} SamplePlace;

static int compare_places(const void *a, const void *b)
{
    const SamplePlace *first = a, *second = b;
    if (first->sample != second->sample)
        return first->sample < second->sample ? -1 : 1;
    return first->line - second->line;
}

/* One that stands twice might be learnt from and reported on. */
static void find_duplicates(const SampleReader *reader)
{
    size_t count = (size_t)reader->row_count;
    SamplePlace *places = memory_allocate(count, sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[i] = (SamplePlace){reader->samples[i], reader->lines[i]};
    qsort(places, count, sizeof *places, compare_places);
    for (size_t i = 1; i < count; i++)
        if (places[i].sample == places[i - 1].sample)
            error_add(reader->csv.errors, reader->csv.path, places[i].line, 1, "sample %d stands in line %d already",
                      places[i].sample, places[i - 1].line);
    free(places);
}

static SampleTable build_table(const SampleReader *reader)
{
    size_t rows = (size_t)reader->row_count;
    Arena *arena = reader->arena;
    SampleModel *models = arena_allocate(arena, (size_t)reader->model_count, sizeof *models);
    for (int i = 0; i < reader->model_count; i++) {
        const ModelColumns *columns = &reader->models[i];
        models[i] = columns->model;
        models[i].name = columns->name;
        models[i].correct = arena_copy(arena, columns->right, rows, sizeof *columns->right);
        size_t values = rows * (size_t)(columns->model.feature_count + columns->model.logit_count);
        models[i].values = arena_copy(arena, columns->values, values, sizeof *columns->values);
    }
    SampleTable table = {.row_count = reader->row_count, .model_count = reader->model_count, .models = models};
    if (reader->columns[COLUMN_SAMPLE] != NONE)
        table.samples = arena_copy(arena, reader->samples, rows, sizeof *reader->samples);
    if (reader->columns[COLUMN_LABEL] != NONE)
        table.labels = arena_copy(arena, reader->labels, rows, sizeof *reader->labels);
    if (reader->columns[COLUMN_COUNT] != NONE)
        table.counts = arena_copy(arena, reader->counts, rows, sizeof *reader->counts);
    if (reader->columns[COLUMN_SPLIT] != NONE)
        table.uses = arena_copy(arena, reader->uses, rows, sizeof *reader->uses);
    return table;
}

bool sample_file_read(Arena *arena, const char *path, SampleTable *ret_table, ErrorList *errors)
{
    SampleReader *reader = memory_allocate(1, sizeof *reader);
    int found = errors->total;
    reader->arena = arena;
    if (csv_open(&reader->csv, path, errors))
        match_columns(reader);
    if (errors->total == found) {
        while (csv_next_within(&reader->csv, found))
            read_row(reader);
        csv_check_rows(&reader->csv, found);
    }
    if (errors->total == found && reader->columns[COLUMN_SAMPLE] != NONE)
        find_duplicates(reader);
    bool good = errors->total == found;
    if (good) {
        *ret_table = build_table(reader);
        ret_table->hash = sample_table_hash(ret_table);
    }
    for (int i = 0; i < reader->model_count; i++) {
        free(reader->models[i].right);
        free(reader->models[i].values);
    }
    free(reader->samples);
    free(reader->labels);
    free(reader->lines);
    free(reader->counts);
    free(reader->uses);
    csv_close(&reader->csv);
    free(reader);
    return good;
}

static void write_header(FILE *stream, const SampleTable *table)
{
    fputs(column_names[table->counts ? COLUMN_COUNT : COLUMN_SAMPLE], stream);
    if (table->labels)
        fprintf(stream, ",%s", column_names[COLUMN_LABEL]);
    if (table->uses)
        fprintf(stream, ",%s", column_names[COLUMN_SPLIT]);
    for (int i = 0; i < table->model_count; i++) {
        const SampleModel *model = &table->models[i];
        fprintf(stream, ",%s.%s", model->name, correct_name);
        for (int k = 0; k < model->feature_count; k++)
            fprintf(stream, ",%s.%s", model->name, sample_feature_names[model->features[k]]);
        for (int k = 0; k < model->logit_count; k++)
            fprintf(stream, ",%s.%s%d", model->name, logit_name, k);
    }
    fputc('\n', stream);
}

void sample_file_write(FILE *stream, const char *head, const SampleTable *table)
{
    fputs(head, stream);
    write_header(stream, table);
    for (int row = 0; row < table->row_count; row++) {
        fprintf(stream, "%d", table->counts ? table->counts[row] : table->samples[row]);
        if (table->labels)
            fprintf(stream, ",%d", table->labels[row]);
        if (table->uses)
            fprintf(stream, ",%s", sample_use_names[table->uses[row]]);
        for (int i = 0; i < table->model_count; i++) {
            const SampleModel *model = &table->models[i];
            fprintf(stream, ",%d", model->correct[row]);
            const double *values = sample_model_values(model, row);
            for (int k = 0; k < model->feature_count + model->logit_count; k++)
                fprintf(stream, ",%.*g", k < model->feature_count ? 9 : LOGIT_DIGITS, values[k]);
        }
        fputc('\n', stream);
    }
}

#include "trace.h"

#include "csv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { THREAD_LIMIT = 1024, LAYER_LIMIT = 1000, VARIANT_LIMIT = 1000, FINDING_LIMIT = 1000, SHOWN_LIMIT = 40 };

#define SHORTEST_LATENCY_MS 1e-6
#define LONGEST_LATENCY_MS 1e9
#define LONGEST_TIME_S 1e9
#define LARGEST_AMOUNT 1e15 /* of multiply-accumulates, parameters or bytes */
#define LEAST_VARIATION 0.01
#define MOST_VARIATION 10
/* Beyond these GSL's inverse gamma distribution may fail to converge. */
#define LEAST_VARIATION_OF_GAMMA 0.05
#define MOST_VARIATION_OF_GAMMA 2.5

static const char *const family_names[] = {"quantiles", "deterministic", "exponential", "lognormal", "gamma"};
static const char *const provenance_names[] = {"measured", "derived", "modelled", "theory"};

enum { FAMILY_COUNT = 5, PROVENANCE_COUNT = 4 };

enum {
    PROFILE_PLATFORM,
    PROFILE_MODEL,
    PROFILE_VARIANT,
    PROFILE_THREADS,
    PROFILE_FAMILY,
    PROFILE_PROVENANCE,
    PROFILE_SOURCE,
    PROFILE_REQUIRED,
    PROFILE_MEAN = PROFILE_REQUIRED,
    PROFILE_CV,
    PROFILE_COLUMNS
};

static const char *const profile_columns[] = {"platform",   "model",  "variant", "threads", "family",
                                              "provenance", "source", "mean_ms", "cv"};

enum { LAYER_VARIANT, LAYER_NAME, LAYER_MACS, LAYER_PARAMETERS, LAYER_OUTPUT, LAYER_COLUMNS };

static const char *const layer_columns[] = {"variant", "layer", "macs", "parameters", "output_bytes"};

enum { ARRIVAL_TIME, ARRIVAL_REQUIRED, ARRIVAL_USER = ARRIVAL_REQUIRED, ARRIVAL_COLUMNS };

static const char *const arrival_columns[] = {"time_s", "user"};

/* The quantile columns of a profile file, ascending. */
typedef struct QuantileColumns {
    int count;
    int column[CSV_COLUMN_LIMIT];
    double probability[CSV_COLUMN_LIMIT];
} QuantileColumns;

/* A growing array on the heap, moved into an arena when it is complete. */
typedef struct List {
    void *items;
    size_t count, room, size; /* `size` bytes each */
} List;

static void *list_add(List *list)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        list->items = memory_grow(list->items, list->room, room, list->size);
        list->room = room;
    }
    return (char *)list->items + list->size * list->count++;
}

static void *list_settle(List *list, Arena *arena)
{
    void *items = arena_allocate(arena, list->count, list->size);
    if (list->count)
        memcpy(items, list->items, list->count * list->size);
    return items;
}

static int word_index(const char *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return -1;
}

/* One of a list of words in field `column`; -1 with a finding where it is none of them. */
static int read_choice(const CsvReader *reader, int column, const char *const *words, int count)
{
    const char *text = reader->fields[column].text;
    int index = word_index(text, words, count);
    if (index >= 0)
        return index;
    const char *nearest = error_nearest(text, words, count);
    if (!text[0])
        csv_error(reader, column, "is missing");
    else if (nearest)
        csv_error(reader, column, "unknown '%.*s'; did you mean '%s'?", SHOWN_LIMIT, text, nearest);
    else
        csv_error(reader, column, "unknown '%.*s'", SHOWN_LIMIT, text);
    return -1;
}

static const char *read_text(const CsvReader *reader, int column, Arena *arena)
{
    const char *text = reader->fields[column].text;
    if (!text[0])
        csv_error(reader, column, "is missing");
    return arena_string(arena, text);
}

/* "p99.9_ms" is the quantile column of probability 0.999. */
static bool quantile_of_name(const char *name, double *ret_probability)
{
    size_t length = strlen(name);
    char digits[16], why[128];
    double percent;
    if (length < 5 || length - 4 >= sizeof digits || name[0] != 'p' || strcmp(name + length - 3, "_ms") != 0)
        return false;
    memcpy(digits, name + 1, length - 4);
    digits[length - 4] = 0;
    if (!quantity_parse(digits, DIMENSION_COUNT, &percent, why, sizeof why) || !(percent >= 0 && percent <= 100))
        return false;
    *ret_probability = percent / 100;
    return true;
}

/* Finds the columns `names` of which the first `required` must be there; unknown ones and missing ones are findings.
 * Quantile columns are known where `quantiles` is not NULL. */
static void match_columns(const CsvReader *reader, const char *const *names, int count, int required, int *columns,
                          QuantileColumns *quantiles)
{
    double probability;
    for (int i = 0; i < count; i++) {
        columns[i] = csv_column(reader, names[i]);
        if (columns[i] < 0 && i < required)
            error_add(reader->errors, reader->path, reader->header_line, 1, "column '%s' is missing", names[i]);
    }
    for (int i = 0; i < reader->column_count; i++) {
        const CsvField *header = &reader->header[i];
        if (word_index(header->text, names, count) >= 0 || (quantiles && quantile_of_name(header->text, &probability)))
            continue;
        const char *nearest = error_nearest(header->text, names, count);
        error_add(reader->errors, reader->path, reader->header_line, header->column,
                  nearest ? "unknown column '%.*s'; did you mean '%s'?" : "unknown column '%.*s'", SHOWN_LIMIT,
                  header->text, nearest);
    }
}

/* Inserts the quantile columns in ascending order of their probability. */
static void sort_quantiles(const CsvReader *reader, QuantileColumns *quantiles)
{
    for (int i = 0; i < reader->column_count; i++) {
        double probability;
        if (!quantile_of_name(reader->header[i].text, &probability))
            continue;
        int place = quantiles->count++;
        for (; place > 0 && quantiles->probability[place - 1] > probability; place--) {
            quantiles->probability[place] = quantiles->probability[place - 1];
            quantiles->column[place] = quantiles->column[place - 1];
        }
        quantiles->probability[place] = probability;
        quantiles->column[place] = i;
        if (place > 0 && quantiles->probability[place - 1] == probability)
            error_add(reader->errors, reader->path, reader->header_line, reader->header[i].column,
                      "column '%s' is the same quantile as '%s'", reader->header[i].text,
                      reader->header[quantiles->column[place - 1]].text);
    }
}

/* The knots of a measured row: every quantile that is filled in, the least and the largest among them. */
static void read_knots(const CsvReader *reader, const QuantileColumns *quantiles, int family_column, Arena *arena,
                       Profile *profile)
{
    int last = quantiles->count - 1;
    if (last < 1 || quantiles->probability[0] > 0 || quantiles->probability[last] < 1) {
        csv_error(reader, family_column, "quantiles need the columns p0_ms and p100_ms");
        return;
    }
    double *probability = arena_allocate(arena, (size_t)quantiles->count, sizeof *probability);
    double *latency_s = arena_allocate(arena, (size_t)quantiles->count, sizeof *latency_s);
    int count = 0;
    for (int i = 0; i <= last; i++) {
        double latency_ms;
        bool end = i == 0 || i == last;
        if (!end && !reader->fields[quantiles->column[i]].text[0])
            continue;
        if (!csv_number(reader, quantiles->column[i], SHORTEST_LATENCY_MS, LONGEST_LATENCY_MS, &latency_ms))
            continue;
        probability[count] = quantiles->probability[i];
        latency_s[count] = latency_ms / 1000;
        if (count > 0 && latency_s[count] < latency_s[count - 1])
            csv_error(reader, quantiles->column[i], "%g is below the quantile before it, %g", latency_ms,
                      latency_s[count - 1] * 1000);
        count++;
    }
    profile->point_count = count;
    profile->probability = probability;
    profile->latency_s = latency_s;
    if (count >= 2)
        profile->mean_s = profile_mean_of_quantiles(count, probability, latency_s);
}

/* A published mean stands beside measured quantiles for information; it cannot lie outside them. */
static void check_published_mean(const CsvReader *reader, int mean_column, const Profile *profile)
{
    double mean_ms;
    if (mean_column < 0 || !reader->fields[mean_column].text[0] || profile->point_count < 2)
        return;
    if (!csv_number(reader, mean_column, SHORTEST_LATENCY_MS, LONGEST_LATENCY_MS, &mean_ms))
        return;
    if (mean_ms / 1000 < profile->latency_s[0] || mean_ms / 1000 > profile->latency_s[profile->point_count - 1])
        csv_error(reader, mean_column, "%g is outside of p0_ms to p100_ms", mean_ms);
}

static void read_fitted(const CsvReader *reader, const int *columns, const QuantileColumns *quantiles, Profile *profile)
{
    const char *family = family_names[profile->family];
    double mean_ms;
    if (columns[PROFILE_MEAN] < 0)
        csv_error(reader, columns[PROFILE_FAMILY], "%s needs the column mean_ms", family);
    else if (csv_number(reader, columns[PROFILE_MEAN], SHORTEST_LATENCY_MS, LONGEST_LATENCY_MS, &mean_ms))
        profile->mean_s = mean_ms / 1000;
    for (int i = 0; i < quantiles->count; i++)
        if (reader->fields[quantiles->column[i]].text[0])
            csv_error(reader, quantiles->column[i], "must be empty: %s takes no quantiles", family);

    bool gamma = profile->family == PROFILE_GAMMA;
    bool varies = profile->family == PROFILE_LOGNORMAL || gamma;
    profile->coefficient_of_variation = profile->family == PROFILE_EXPONENTIAL ? 1 : 0;
    if (varies && columns[PROFILE_CV] < 0)
        csv_error(reader, columns[PROFILE_FAMILY], "%s needs the column cv", family);
    else if (varies)
        csv_number(reader, columns[PROFILE_CV], gamma ? LEAST_VARIATION_OF_GAMMA : LEAST_VARIATION,
                   gamma ? MOST_VARIATION_OF_GAMMA : MOST_VARIATION, &profile->coefficient_of_variation);
    else if (columns[PROFILE_CV] >= 0 && reader->fields[columns[PROFILE_CV]].text[0])
        csv_error(reader, columns[PROFILE_CV], "must be empty: %s takes no coefficient of variation", family);
}

static void read_profile(const CsvReader *reader, const int *columns, const QuantileColumns *quantiles, Arena *arena,
                         Profile *profile)
{
    profile->line = reader->line;
    profile->platform = read_text(reader, columns[PROFILE_PLATFORM], arena);
    profile->model = read_text(reader, columns[PROFILE_MODEL], arena);
    profile->variant = read_text(reader, columns[PROFILE_VARIANT], arena);
    csv_integer(reader, columns[PROFILE_THREADS], 1, THREAD_LIMIT, &profile->threads);
    int provenance = read_choice(reader, columns[PROFILE_PROVENANCE], provenance_names, PROVENANCE_COUNT);
    profile->provenance = provenance >= 0 ? provenance_names[provenance] : "";
    profile->source = read_text(reader, columns[PROFILE_SOURCE], arena);
    int family = read_choice(reader, columns[PROFILE_FAMILY], family_names, FAMILY_COUNT);
    if (family < 0)
        return;
    profile->family = (ProfileFamily)family;
    if (profile->family == PROFILE_QUANTILES) {
        read_knots(reader, quantiles, columns[PROFILE_FAMILY], arena, profile);
        check_published_mean(reader, columns[PROFILE_MEAN], profile);
    } else {
        read_fitted(reader, columns, quantiles, profile);
    }
}

static int compare_keys(const Profile *a, const Profile *b)
{
    int by_platform = strcmp(a->platform, b->platform);
    if (by_platform)
        return by_platform;
    int by_model = strcmp(a->model, b->model);
    if (by_model)
        return by_model;
    int by_variant = strcmp(a->variant, b->variant);
    return by_variant ? by_variant : a->threads - b->threads;
}

static int compare_profiles(const void *a, const void *b)
{
    const Profile *first = *(const Profile *const *)a, *second = *(const Profile *const *)b;
    int by_key = compare_keys(first, second);
    return by_key ? by_key : first->line - second->line;
}

static void find_duplicates(const CsvReader *reader, const Profile *rows, size_t count)
{
    const Profile **sorted = memory_allocate(count, sizeof(const Profile *));
    for (size_t i = 0; i < count; i++)
        sorted[i] = &rows[i];
    qsort(sorted, count, sizeof(const Profile *), compare_profiles);
    for (size_t i = 1; i < count; i++) {
        const Profile *row = sorted[i];
        if (compare_keys(sorted[i - 1], row) == 0)
            error_add(reader->errors, reader->path, row->line, 1,
                      "platform '%s', model '%s', variant '%s', threads %d stand in line %d already", row->platform,
                      row->model, row->variant, row->threads, sorted[i - 1]->line);
    }
    free(sorted);
}

static void check_not_empty(const CsvReader *reader, int found)
{
    if (reader->row_count == 0 && reader->errors->total == found)
        error_add(reader->errors, reader->path, reader->header_line, 1, "no row follows the header");
}

/* The list that the present row goes on with: the last one, or a new one where its variant changes. NULL with a finding
 * where the variant had its rows further up. */
static LayerList *layer_list(const CsvReader *reader, int variant_column, Arena *arena, List *lists)
{
    const char *variant = reader->fields[variant_column].text;
    LayerList *all = lists->items;
    for (size_t i = 0; i < lists->count; i++) {
        if (strcmp(all[i].variant, variant) != 0)
            continue;
        if (i + 1 == lists->count)
            return &all[i];
        csv_error(reader, variant_column, "the rows of '%.*s' must stand together", SHOWN_LIMIT, variant);
        return NULL;
    }
    if (lists->count == VARIANT_LIMIT) {
        csv_error(reader, variant_column, "more than %d variants", VARIANT_LIMIT);
        return NULL;
    }
    LayerList *list = list_add(lists);
    *list = (LayerList){.variant = read_text(reader, variant_column, arena), .line = reader->line};
    return list;
}

static void read_layer(const CsvReader *reader, const int *columns, Arena *arena, LayerList *list, List *layers)
{
    if (list->count == LAYER_LIMIT) {
        csv_error(reader, columns[LAYER_VARIANT], "more than %d layers", LAYER_LIMIT);
        return;
    }
    const char *name = reader->fields[columns[LAYER_NAME]].text;
    assert(name);
    const Layer *all = layers->items;
    for (int i = 1; i <= list->count; i++)
        if (name[0] && strcmp(all[layers->count - (size_t)i].name, name) == 0)
            csv_error(reader, columns[LAYER_NAME], "'%.*s' stands in this variant already", SHOWN_LIMIT, name);
    Layer *layer = list_add(layers);
    *layer = (Layer){.name = read_text(reader, columns[LAYER_NAME], arena)};
    csv_number(reader, columns[LAYER_MACS], 0, LARGEST_AMOUNT, &layer->macs);
    csv_number(reader, columns[LAYER_PARAMETERS], 0, LARGEST_AMOUNT, &layer->parameters);
    csv_number(reader, columns[LAYER_OUTPUT], 1, LARGEST_AMOUNT, &layer->output_bytes);
    list->count++;
}

/* Gives every list its part of `layers`; a variant without work could not be cut by its share of it. */
static void place_layers(const CsvReader *reader, LayerList *lists, size_t count, const Layer *layers)
{
    for (size_t i = 0; i < count; i++) {
        double macs = 0;
        lists[i].layers = layers;
        for (int k = 0; k < lists[i].count; k++)
            macs += layers[k].macs;
        layers += lists[i].count;
        if (macs <= 0)
            error_add(reader->errors, reader->path, lists[i].line, 1, "the layers of '%.*s' have no macs", SHOWN_LIMIT,
                      lists[i].variant);
    }
}

bool trace_read_profiles(Arena *arena, const char *path, ProfileTable *ret_table, ErrorList *errors)
{
    CsvReader reader;
    int found = errors->total, columns[PROFILE_COLUMNS] = {0};
    QuantileColumns quantiles = {0};
    List rows = {.size = sizeof(Profile)};
    bool open = csv_open(&reader, path, errors);
    if (open) {
        match_columns(&reader, profile_columns, PROFILE_COLUMNS, PROFILE_REQUIRED, columns, &quantiles);
        sort_quantiles(&reader, &quantiles);
    }
    if (errors->total == found) {
        while (csv_next(&reader))
            read_profile(&reader, columns, &quantiles, arena, list_add(&rows));
        check_not_empty(&reader, found);
        find_duplicates(&reader, rows.items, rows.count);
    }
    bool good = errors->total == found;
    if (good)
        *ret_table = (ProfileTable){arena_string(arena, path), (int)rows.count, list_settle(&rows, arena)};
    free(rows.items);
    csv_close(&reader);
    return good;
}

bool trace_read_layers(Arena *arena, const char *path, int *ret_count, const LayerList **ret_lists, ErrorList *errors)
{
    CsvReader reader;
    int found = errors->total, columns[LAYER_COLUMNS] = {0};
    List lists = {.size = sizeof(LayerList)}, layers = {.size = sizeof(Layer)};
    if (csv_open(&reader, path, errors))
        match_columns(&reader, layer_columns, LAYER_COLUMNS, LAYER_COLUMNS, columns, NULL);
    if (errors->total == found) {
        /* After a thousand findings the rest would only take time. */
        while (errors->total - found < FINDING_LIMIT && csv_next(&reader)) {
            LayerList *list = layer_list(&reader, columns[LAYER_VARIANT], arena, &lists);
            if (list)
                read_layer(&reader, columns, arena, list, &layers);
        }
        check_not_empty(&reader, found);
    }
    if (errors->total == found)
        place_layers(&reader, lists.items, lists.count, list_settle(&layers, arena));
    bool good = errors->total == found;
    if (good) {
        *ret_count = (int)lists.count;
        *ret_lists = list_settle(&lists, arena);
    }
    free(lists.items);
    free(layers.items);
    csv_close(&reader);
    return good;
}

bool trace_read_arrivals(Arena *arena, const char *path, int user_count, int64_t *ret_count, const Time **ret_time,
                         const int **ret_user, ErrorList *errors)
{
    CsvReader reader;
    int found = errors->total, columns[ARRIVAL_COLUMNS] = {0};
    double before_s = 0;
    List times = {.size = sizeof(Time)}, users = {.size = sizeof(int)};
    if (csv_open(&reader, path, errors))
        match_columns(&reader, arrival_columns, ARRIVAL_COLUMNS, ARRIVAL_REQUIRED, columns, NULL);
    if (errors->total == found) {
        while (csv_next(&reader)) {
            double time_s = before_s;
            int user = (int)((reader.row_count - 1) % user_count) + 1;
            csv_number(&reader, columns[ARRIVAL_TIME], 0, LONGEST_TIME_S, &time_s);
            if (columns[ARRIVAL_USER] >= 0)
                csv_integer(&reader, columns[ARRIVAL_USER], 1, user_count, &user);
            if (time_s < before_s)
                csv_error(&reader, columns[ARRIVAL_TIME], "%g is before the row above, %g", time_s, before_s);
            before_s = time_s;
            *(Time *)list_add(&times) = time_from_s(time_s);
            *(int *)list_add(&users) = user - 1;
        }
        check_not_empty(&reader, found);
    }
    bool good = errors->total == found;
    if (good) {
        *ret_count = (int64_t)times.count;
        *ret_time = list_settle(&times, arena);
        *ret_user = list_settle(&users, arena);
    }
    free(times.items);
    free(users.items);
    csv_close(&reader);
    return good;
}

#include "trace.h"
#include "trace_parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LAYER_LIMIT = 1000, VARIANT_LIMIT = 1000 };

#define LARGEST_AMOUNT 1e15 /* of multiply-accumulates, parameters or bytes */
#define LONGEST_MS 1e9
#define SHARE_TOLERANCE 0.01 /* of a sum of shares from 1: they may be rounded */

enum {
    LAYER_VARIANT,
    LAYER_NAME,
    LAYER_MACS,
    LAYER_PARAMETERS,
    LAYER_OUTPUT,
    LAYER_REQUIRED,
    LAYER_TYPE = LAYER_REQUIRED,
    LAYER_CUT,
    LAYER_COLUMNS
};

static const char *const layer_columns[] = {"variant", "layer", "macs", "parameters", "output_bytes", "type", "cut"};

enum {
    PART_PLATFORM,
    PART_MODEL,
    PART_VARIANT,
    PART_THREADS,
    PART_LAYER,
    PART_PROVENANCE,
    PART_SOURCE,
    PART_REQUIRED,
    PART_MEAN = PART_REQUIRED,
    PART_SHARE,
    PART_COLUMNS
};

static const char *const part_columns[] = {"platform",   "model",  "variant", "threads", "layer",
                                           "provenance", "source", "mean_ms", "share"};

/* The list that the present row goes on with: the last one, or a new one where its variant changes. NULL with a finding
 * where the variant had its rows further up. */
static LayerList *layer_list(const CsvReader *reader, int variant_column, Arena *arena, TraceList *lists)
{
    const char *variant = reader->fields[variant_column].text;
    LayerList *all = lists->items;
    for (size_t i = 0; i < lists->count; i++) {
        if (strcmp(all[i].variant, variant) != 0)
            continue;
        if (i + 1 == lists->count)
            return &all[i];
        csv_error(reader, variant_column, "the rows of '%.*s' must stand together", TRACE_SHOWN_LIMIT, variant);
        return NULL;
    }
    if (lists->count == VARIANT_LIMIT) {
        csv_error(reader, variant_column, "more than %d variants", VARIANT_LIMIT);
        return NULL;
    }
    LayerList *list = trace_list_add(lists);
    *list = (LayerList){.variant = trace_text(reader, variant_column, arena), .line = reader->line};
    return list;
}

static void read_layer(const CsvReader *reader, const int *columns, Arena *arena, LayerList *list, TraceList *layers)
{
    static const char *const answers[] = {"yes", "no", NULL};
    if (list->count == LAYER_LIMIT) {
        csv_error(reader, columns[LAYER_VARIANT], "more than %d layers", LAYER_LIMIT);
        return;
    }
    const char *name = reader->fields[columns[LAYER_NAME]].text;
    assert(name);
    const Layer *all = layers->items;
    for (int i = 1; i <= list->count; i++)
        if (name[0] && strcmp(all[layers->count - (size_t)i].name, name) == 0)
            csv_error(reader, columns[LAYER_NAME], "'%.*s' stands in this variant already", TRACE_SHOWN_LIMIT, name);
    Layer *layer = trace_list_add(layers);
    *layer = (Layer){.name = trace_text(reader, columns[LAYER_NAME], arena), .type = "", .can_cut = true};
    csv_number(reader, columns[LAYER_MACS], 0, LARGEST_AMOUNT, &layer->macs);
    csv_number(reader, columns[LAYER_PARAMETERS], 0, LARGEST_AMOUNT, &layer->parameters);
    csv_number(reader, columns[LAYER_OUTPUT], 1, LARGEST_AMOUNT, &layer->output_bytes);
    if (columns[LAYER_TYPE] >= 0)
        layer->type = trace_text(reader, columns[LAYER_TYPE], arena);
    if (columns[LAYER_CUT] >= 0)
        layer->can_cut = trace_choice(reader, columns[LAYER_CUT], answers) == 0;
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
            error_add(reader->errors, reader->path, lists[i].line, 1, "the layers of '%.*s' have no macs",
                      TRACE_SHOWN_LIMIT, lists[i].variant);
    }
}

bool trace_read_layers(Arena *arena, const char *path, int *ret_count, const LayerList **ret_lists, ErrorList *errors)
{
    CsvReader reader;
    int found = errors->total, columns[LAYER_COLUMNS] = {0};
    TraceList lists = {.size = sizeof(LayerList)}, layers = {.size = sizeof(Layer)};
    if (csv_open(&reader, path, errors))
        trace_columns(&reader, layer_columns, LAYER_COLUMNS, LAYER_REQUIRED, NULL, columns);
    if (errors->total == found) {
        while (csv_next_within(&reader, found)) {
            LayerList *list = layer_list(&reader, columns[LAYER_VARIANT], arena, &lists);
            if (list)
                read_layer(&reader, columns, arena, list, &layers);
        }
        csv_check_rows(&reader, found);
    }
    if (errors->total == found)
        place_layers(&reader, lists.items, lists.count, trace_list_settle(&layers, arena));
    bool good = errors->total == found;
    if (good) {
        *ret_count = (int)lists.count;
        *ret_lists = trace_list_settle(&lists, arena);
    }
    free(lists.items);
    free(layers.items);
    csv_close(&reader);
    return good;
}

/* What a layer takes: ms, or a share. */
typedef struct Part {
    const char *layer;
    double amount;
} Part;

static bool is_same_key(const LayerProfile *a, const LayerProfile *b)
{
    return a->threads == b->threads && strcmp(a->platform, b->platform) == 0 && strcmp(a->model, b->model) == 0 &&
           strcmp(a->variant, b->variant) == 0;
}

/* The profile that the present row goes on with: the last one, or a new one where its key changes. NULL with a finding
 * where the key had its rows further up. */
static LayerProfile *profile_of(const CsvReader *reader, int column, const LayerProfile *key, TraceList *profiles)
{
    LayerProfile *all = profiles->items;
    for (size_t i = 0; i < profiles->count; i++) {
        if (!is_same_key(&all[i], key))
            continue;
        if (i + 1 == profiles->count)
            return &all[i];
        csv_error(reader, column, "the rows of one platform, model, variant and threads must stand together");
        return NULL;
    }
    LayerProfile *profile = trace_list_add(profiles);
    *profile = *key;
    return profile;
}

static void read_part(const CsvReader *reader, const int *columns, Arena *arena, TraceList *profiles, TraceList *parts)
{
    int found = reader->errors->total;
    LayerProfile key = {.platform = trace_text(reader, columns[PART_PLATFORM], arena),
                        .model = trace_text(reader, columns[PART_MODEL], arena),
                        .variant = trace_text(reader, columns[PART_VARIANT], arena),
                        .line = reader->line};
    Part part = {.layer = trace_text(reader, columns[PART_LAYER], arena)};
    bool timed = columns[PART_MEAN] >= 0;
    csv_integer(reader, columns[PART_THREADS], 1, TRACE_THREAD_LIMIT, &key.threads);
    csv_number(reader, columns[timed ? PART_MEAN : PART_SHARE], 0, timed ? LONGEST_MS : 1, &part.amount);
    trace_choice(reader, columns[PART_PROVENANCE], provenance_names);
    trace_text(reader, columns[PART_SOURCE], arena);
    if (reader->errors->total != found)
        return;
    LayerProfile *profile = profile_of(reader, columns[PART_PLATFORM], &key, profiles);
    if (!profile)
        return;
    profile->count++;
    *(Part *)trace_list_add(parts) = part;
}

/* Gives a profile its layers, which follow one another from `parts` on. */
static void place_parts(const CsvReader *reader, bool timed, Arena *arena, const Part *parts, LayerProfile *profile)
{
    const char **layers = arena_allocate(arena, (size_t)profile->count, sizeof *layers);
    double *share = arena_allocate(arena, (size_t)profile->count, sizeof *share), sum = 0;
    for (int i = 0; i < profile->count; i++)
        sum += parts[i].amount;
    if (sum <= 0 || (!timed && fabs(sum - 1) > SHARE_TOLERANCE))
        error_add(reader->errors, reader->path, profile->line, 1,
                  timed ? "the layers of '%.*s' take no time" : "the shares of the layers of '%.*s' do not sum to 1",
                  TRACE_SHOWN_LIMIT, profile->variant);
    for (int i = 0; i < profile->count; i++) {
        layers[i] = parts[i].layer;
        share[i] = parts[i].amount / sum;
    }
    profile->layers = layers;
    profile->share = share;
}

/* Times or shares, one of them. */
static void check_amounts(const CsvReader *reader, const int *columns)
{
    bool timed = columns[PART_MEAN] >= 0, shared = columns[PART_SHARE] >= 0;
    if (timed == shared)
        error_add(reader->errors, reader->path, reader->header_line, 1,
                  timed ? "mean_ms and share exclude each other" : "column 'mean_ms' or 'share' is missing");
}

bool trace_read_layer_profiles(Arena *arena, const char *path, LayerProfileTable *ret_table, ErrorList *errors)
{
    CsvReader reader;
    int found = errors->total, columns[PART_COLUMNS] = {0};
    TraceList profiles = {.size = sizeof(LayerProfile)}, parts = {.size = sizeof(Part)};
    if (csv_open(&reader, path, errors)) {
        trace_columns(&reader, part_columns, PART_COLUMNS, PART_REQUIRED, NULL, columns);
        check_amounts(&reader, columns);
    }
    if (errors->total == found) {
        while (csv_next_within(&reader, found))
            read_part(&reader, columns, arena, &profiles, &parts);
        csv_check_rows(&reader, found);
    }
    LayerProfile *all = profiles.items;
    const Part *next = parts.items;
    for (size_t i = 0; errors->total == found && i < profiles.count; next += all[i++].count)
        place_parts(&reader, columns[PART_MEAN] >= 0, arena, next, &all[i]);
    bool good = errors->total == found;
    if (good)
        *ret_table =
            (LayerProfileTable){arena_string(arena, path), (int)profiles.count, trace_list_settle(&profiles, arena)};
    free(profiles.items);
    free(parts.items);
    csv_close(&reader);
    return good;
}

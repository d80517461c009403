#include "trace.h"
#include "trace_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { LAYER_LIMIT = 1000, VARIANT_LIMIT = 1000 };

#define LARGEST_AMOUNT 1e15 /* of multiply-accumulates, parameters or bytes */

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
        /* After a thousand findings the rest would only take time. */
        while (errors->total - found < TRACE_FINDING_LIMIT && csv_next(&reader)) {
            LayerList *list = layer_list(&reader, columns[LAYER_VARIANT], arena, &lists);
            if (list)
                read_layer(&reader, columns, arena, list, &layers);
        }
        trace_check_rows(&reader, found);
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

#include "model_file.h"

#include "trace.h"

#include <math.h>
#include <string.h>

enum { NAME_LIMIT = 60 };

/* The file itself. */
typedef struct ModelEntry {
    const char *name, *source, *layers;
    const ConfigNode *metrics, *variants;
} ModelEntry;

static const Field model_fields[] = {
    {"name", FIELD_TEXT, .offset = offsetof(ModelEntry, name), .help = "key into the latency profiles"},
    {"source", FIELD_TEXT, .offset = offsetof(ModelEntry, source), .fallback = "",
     .help = "where accuracy and sizes are from"},
    {"metrics", FIELD_NESTED, .offset = offsetof(ModelEntry, metrics),
     .help = "list of the accuracies that every variant states, such as [top1, top5]"},
    {"layers", FIELD_TEXT, .offset = offsetof(ModelEntry, layers), .fallback = "",
     .help = "CSV of layers, from this file's folder; left out, variants cannot be cut"},
    {"variants", FIELD_NESTED, .offset = offsetof(ModelEntry, variants), .help = "list of variants"},
};

/* A variant, and what is read after it. */
typedef struct VariantEntry {
    Variant variant;
    const ConfigNode *transfers; /* NULL where absent, as the next */
    const char *profile;
} VariantEntry;

static const Field variant_fields[] = {
    {"name", FIELD_TEXT, .offset = offsetof(VariantEntry, variant.name), .help = "such as d4"},
    {"description", FIELD_TEXT, .offset = offsetof(VariantEntry, variant.description), .fallback = "",
     .help = "such as width 1.0, INT8"},
    {"macs", FIELD_QUANTITY, DIMENSION_COUNT, offsetof(VariantEntry, variant.macs), .fallback = "0",
     .maximum = INFINITY, .help = "multiply-accumulates of one inference"},
    {"parameters", FIELD_QUANTITY, DIMENSION_COUNT, offsetof(VariantEntry, variant.parameters), .fallback = "0",
     .maximum = INFINITY, .help = "how many"},
    {"weights", FIELD_QUANTITY, DIMENSION_DATA, offsetof(VariantEntry, variant.weight_bytes), .fallback = "0 B",
     .maximum = INFINITY, .help = "size of the weights"},
    {"memory", FIELD_QUANTITY, DIMENSION_DATA, offsetof(VariantEntry, variant.memory_bytes), .fallback = "0 B",
     .maximum = INFINITY, .help = "footprint of one running inference: weights and activations"},
    {"precision", FIELD_INTEGER, .offset = offsetof(VariantEntry, variant.precision_bits), .fallback = "32",
     .minimum = 1, .maximum = 64, .help = "bits of a value of an activation, as in the layers' output_bytes"},
    {"profile", FIELD_TEXT, .offset = offsetof(VariantEntry, profile), .fallback = "",
     .help =
         "MODEL/VARIANT whose latency profiles hold for it (default: the file's name and its own), where a file has "
         "networks of several families"},
    {"transfer", FIELD_NESTED, .offset = offsetof(VariantEntry, transfers), .fallback = "",
     .help = "list of accuracies where values sent between layers have fewer bits; left out, they are kept"},
};

static const Field transfer_fields[] = {
    {"bits", FIELD_INTEGER, .offset = offsetof(TransferAccuracy, bits), .minimum = 1, .maximum = 63,
     .help = "of a value that is sent, below the variant's precision"},
};

enum { MODEL_FIELDS = sizeof model_fields / sizeof *model_fields };
enum { VARIANT_FIELDS = sizeof variant_fields / sizeof *variant_fields };
enum { TRANSFER_FIELDS = sizeof transfer_fields / sizeof *transfer_fields };

static const ConfigSection sections[] = {
    {"", "a model file: a map of these keys", MODEL_FIELDS, model_fields},
    {"variants[]", "one variant; each metric is a key too, such as top1: 70.9 %", VARIANT_FIELDS, variant_fields},
    {"variants[].transfer[]", "what a variant is worth when tensors are sent with fewer bits; each metric is a key too",
     TRANSFER_FIELDS, transfer_fields},
};

/* What reading passes down. */
typedef struct ModelReader {
    Arena *arena;
    ErrorList *errors;
    Model model;
    Field fields[VARIANT_FIELDS + MODEL_METRIC_LIMIT];           /* of a variant, metrics included */
    Field transfer_fields[TRANSFER_FIELDS + MODEL_METRIC_LIMIT]; /* of one of its transfers, likewise */
} ModelReader;

/* Every metric becomes a key of the variants. */
static void read_metrics(ModelReader *reader, const ConfigNode *list)
{
    static const Field metric_field = {.kind = FIELD_TEXT};
    if (list->kind != CONFIG_LIST || list->count == 0 || list->count > MODEL_METRIC_LIMIT) {
        config_error(reader->errors, list, "metrics", "must be a list of 1 to %d names", MODEL_METRIC_LIMIT);
        return;
    }
    for (const ConfigNode *item = list->first; item; item = item->next) {
        int count = reader->model.metric_count;
        const char *path = arena_format(reader->arena, "metrics[%d]", count);
        const char *name = NULL;
        if (!config_bind_value(reader->arena, item, path, &metric_field, &name, reader->errors))
            return;
        bool taken = model_metric_index(&reader->model, name) >= 0 || strlen(name) > NAME_LIMIT;
        for (int i = 0; i < VARIANT_FIELDS; i++)
            taken |= strcmp(variant_fields[i].key, name) == 0;
        taken |= strcmp(transfer_fields[0].key, name) == 0;
        char excerpt[CONFIG_EXCERPT_SIZE];
        if (taken) {
            config_error(reader->errors, item, path, "\"%s\" stands twice, is a key of variants or is too long",
                         config_excerpt(name, excerpt));
            return;
        }
        reader->model.metrics[count] = name;
        reader->fields[VARIANT_FIELDS + count] =
            (Field){.key = name,
                    .kind = FIELD_QUANTITY,
                    .dimension = DIMENSION_FRACTION,
                    .offset = offsetof(VariantEntry, variant.accuracy) + (size_t)count * sizeof(double),
                    .maximum = 1};
        Field *transferred = &reader->transfer_fields[TRANSFER_FIELDS + count];
        *transferred = reader->fields[VARIANT_FIELDS + count];
        transferred->offset = offsetof(TransferAccuracy, accuracy) + (size_t)count * sizeof(double);
        reader->model.metric_count++;
    }
}

/* What a variant is worth with tensors sent in fewer bits than it computes with. */
static void read_transfers(ModelReader *reader, const ConfigNode *list, const char *path, Variant *variant)
{
    if (list->kind != CONFIG_LIST || list->count > MODEL_TRANSFER_LIMIT) {
        config_error(reader->errors, list, path, "must be a list of at most %d maps", MODEL_TRANSFER_LIMIT);
        return;
    }
    TransferAccuracy *transfers = arena_allocate(reader->arena, (size_t)list->count, sizeof *transfers);
    variant->transfers = transfers;
    memcpy(reader->transfer_fields, transfer_fields, sizeof transfer_fields);
    int field_count = TRANSFER_FIELDS + reader->model.metric_count;
    for (const ConfigNode *item = list->first; item; item = item->next) {
        const char *item_path = arena_format(reader->arena, "%s[%d]", path, variant->transfer_count);
        TransferAccuracy *transfer = &transfers[variant->transfer_count];
        if (!config_bind(reader->arena, item, item_path, reader->transfer_fields, field_count, transfer,
                         reader->errors))
            return;
        bool twice = false;
        for (int i = 0; i < variant->transfer_count; i++)
            twice |= transfers[i].bits == transfer->bits;
        if (twice || transfer->bits >= variant->precision_bits)
            config_error(reader->errors, config_get(item, "bits"), item_path,
                         twice ? "%d bits stand here twice" : "%d bits are not below the variant's precision",
                         (int)transfer->bits);
        variant->transfer_count++;
    }
}

/* Whose latency the variant has: "MODEL/VARIANT", or its own where `profile` is NULL. False with a finding. */
static bool find_timed(ModelReader *reader, const ConfigNode *item, const char *path, const char *profile,
                       Variant *variant)
{
    variant->timed_model = reader->model.name;
    variant->timed_variant = variant->name;
    if (!profile)
        return true;
    const char *slash = strrchr(profile, '/');
    if (!slash || slash == profile || !slash[1]) {
        config_error(reader->errors, config_get(item, "profile"), arena_format(reader->arena, "%s.profile", path),
                     "must be a model and its variant, such as resnet50/w100");
        return false;
    }
    variant->timed_model = arena_string_n(reader->arena, profile, (size_t)(slash - profile));
    variant->timed_variant = slash + 1;
    return true;
}

static void read_variants(ModelReader *reader, const ConfigNode *list)
{
    if (list->kind != CONFIG_LIST || list->count == 0 || list->count > MODEL_VARIANT_LIMIT) {
        config_error(reader->errors, list, "variants", "must be a list of 1 to %d variants", MODEL_VARIANT_LIMIT);
        return;
    }
    Variant *variants = arena_allocate(reader->arena, (size_t)list->count, sizeof *variants);
    reader->model.variants = variants;
    memcpy(reader->fields, variant_fields, sizeof variant_fields);
    int field_count = VARIANT_FIELDS + reader->model.metric_count, index = 0;
    for (const ConfigNode *item = list->first; item; item = item->next, index++) {
        VariantEntry entry = {.variant = {.description = ""}};
        Variant *variant = &entry.variant;
        char excerpt[CONFIG_EXCERPT_SIZE];
        const char *path = config_item_path(reader->arena, "variants", item, index);
        if (!config_bind(reader->arena, item, path, reader->fields, field_count, &entry, reader->errors))
            continue;
        if (entry.transfers)
            read_transfers(reader, entry.transfers, arena_format(reader->arena, "%s.transfer", path), variant);
        if (model_variant_index(&reader->model, variant->name) >= 0)
            config_error(reader->errors, config_get(item, "name"), path, "this name stands here twice");
        else if (strlen(variant->name) > NAME_LIMIT || strpbrk(variant->name, ":@ "))
            config_error(reader->errors, config_get(item, "name"), path,
                         "\"%s\" is no name: at most %d characters, none of them a blank, : or @",
                         config_excerpt(variant->name, excerpt), NAME_LIMIT);
        else if (find_timed(reader, item, path, entry.profile, variant))
            variants[reader->model.variant_count++] = *variant;
    }
}

/* Gives the variants their layers. */
static void read_layers(ModelReader *reader, const char *model_path, const char *file)
{
    const char *path = config_relative(reader->arena, model_path, file);
    const LayerList *lists = NULL;
    int count = 0;
    if (!trace_read_layers(reader->arena, path, &count, &lists, reader->errors))
        return;
    Variant *variants = arena_allocate(reader->arena, (size_t)reader->model.variant_count, sizeof *variants);
    memcpy(variants, reader->model.variants, (size_t)reader->model.variant_count * sizeof *variants);
    for (int i = 0; i < count; i++) {
        int index = model_variant_index(&reader->model, lists[i].variant);
        char excerpt[CONFIG_EXCERPT_SIZE];
        if (index < 0) {
            error_add(reader->errors, path, lists[i].line, 1, "'%s' is no variant of %s",
                      config_excerpt(lists[i].variant, excerpt), reader->model.name);
            continue;
        }
        variants[index].layer_count = lists[i].count;
        variants[index].layers = lists[i].layers;
    }
    reader->model.variants = variants;
}

bool model_file_read(Arena *arena, const char *path, Model *ret_model, ErrorList *errors)
{
    ModelReader reader = {.arena = arena, .errors = errors};
    int found = errors->total;
    const ConfigNode *root = config_read(arena, path, errors);
    if (!root)
        return false;
    ModelEntry entry = {.source = ""};
    config_bind(arena, root, "", model_fields, MODEL_FIELDS, &entry, errors);
    reader.model.name = entry.name;
    reader.model.source = entry.source;
    if (entry.metrics)
        read_metrics(&reader, entry.metrics);
    /* Without all metrics every variant would seem to have unknown keys. */
    bool metrics = reader.model.metric_count > 0 && reader.model.metric_count == entry.metrics->count;
    if (metrics && entry.variants)
        read_variants(&reader, entry.variants);
    if (errors->total == found && entry.layers)
        read_layers(&reader, path, entry.layers);
    if (errors->total != found)
        return false;
    *ret_model = reader.model;
    return true;
}

const ConfigSection *model_file_section(int index)
{
    int count = (int)(sizeof sections / sizeof *sections);
    return index >= 0 && index < count ? &sections[index] : NULL;
}

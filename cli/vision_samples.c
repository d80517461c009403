#include "vision.h"

#include <stdlib.h>
#include <string.h>

#include "../analysis/output_files.h"
#include "../sim/sample_file.h"
#include "message.h"

static const char EXAMPLE[] = "samples light.orchid heavy.orchid -o samples.csv";

/* Of so many images to test with, one is to choose thresholds by. */
enum { TEST_STRIDE = 4 };

/* A table under construction: what every network says of all images that none has learnt from. */
typedef struct Draft {
    Arena *arena;
    int *samples, *labels;
    uint8_t *uses;
    SampleModel *models;
    SampleTable table;
} Draft;

static Draft begin(VisionRequest *request, const VisionScene *scene)
{
    Arena *arena = &request->arena;
    size_t rows = (size_t)(held_out_images_count(scene->split.tune) + held_out_images_count(scene->split.test));
    Draft draft = {.arena = arena,
                   .samples = arena_allocate(arena, rows, sizeof(int)),
                   .labels = arena_allocate(arena, rows, sizeof(int)),
                   .uses = arena_allocate(arena, rows, sizeof(uint8_t)),
                   .models = arena_allocate(arena, (size_t)request->file_count, sizeof(SampleModel))};
    draft.table = (SampleTable){.row_count = (int)rows,
                                .samples = draft.samples,
                                .labels = draft.labels,
                                .uses = draft.uses,
                                .model_count = request->file_count,
                                .models = draft.models};
    return draft;
}

/* The name of a network's file without folder and ending. */
static const char *stem_of(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *point = strrchr(base, '.');
    return arena_string_n(arena, base, point ? (size_t)(point - base) : strlen(base));
}

/* Whoever decides on what the networks say learns from the images that compressors were tuned with, and chooses by a
 * part of those that nobody has seen. */
static void fill_rows(Draft *draft, const HeldOutImages *images, int first, bool tested)
{
    ImageSet sizes = held_out_images_sizes(images);
    float *pixels = memory_allocate(image_size(&sizes), sizeof *pixels);
    for (int i = 0; i < held_out_images_count(images); i++) {
        draft->samples[first + i] = held_out_images_at(images, i);
        draft->labels[first + i] = held_out_images_read(images, i, pixels);
        draft->uses[first + i] = !tested ? SAMPLE_TRAIN : i % TEST_STRIDE == 0 ? SAMPLE_TUNE : SAMPLE_TEST;
    }
    free(pixels);
}

/* What one network says of the rows from `first` on. */
static void fill_outputs(const Draft *draft, const ImageModel *network, const HeldOutImages *images, int first,
                         uint8_t *correct, double *values)
{
    int count = held_out_images_count(images), classes = held_out_images_sizes(images).class_count;
    float *outputs = memory_allocate((size_t)count * (size_t)classes, sizeof *outputs);
    double *logits = memory_allocate((size_t)classes, sizeof *logits);
    image_model_evaluate(network, images, outputs);
    for (int i = 0; i < count; i++) {
        for (int c = 0; c < classes; c++)
            logits[c] = (double)outputs[(ptrdiff_t)i * classes + c];
        SampleOutput output = sample_output_of(logits, classes);
        correct[first + i] = (int)output.values[SAMPLE_PREDICTION] == draft->labels[first + i];
        memcpy(values + (ptrdiff_t)(first + i) * SAMPLE_FEATURE_COUNT, output.values, sizeof output.values);
    }
    free(logits);
    free(outputs);
}

static SampleTable build_table(VisionRequest *request, const ImageModel *networks, const VisionScene *scene)
{
    Draft draft = begin(request, scene);
    const HeldOutImages *parts[] = {scene->split.tune, scene->split.test};
    int tuned = held_out_images_count(parts[0]);
    fill_rows(&draft, parts[0], 0, false);
    fill_rows(&draft, parts[1], tuned, true);
    size_t rows = (size_t)draft.table.row_count;
    for (int n = 0; n < request->file_count; n++) {
        uint8_t *correct = arena_allocate(draft.arena, rows, sizeof *correct);
        double *values = arena_allocate(draft.arena, rows * SAMPLE_FEATURE_COUNT, sizeof *values);
        for (int part = 0; part < 2; part++)
            fill_outputs(&draft, &networks[n], parts[part], part * tuned, correct, values);
        draft.models[n] = (SampleModel){.name = stem_of(draft.arena, request->files[n]),
                                        .correct = correct,
                                        .feature_count = SAMPLE_FEATURE_COUNT,
                                        .class_count = scene->set.class_count,
                                        .values = values};
        for (int f = 0; f < SAMPLE_FEATURE_COUNT; f++)
            draft.models[n].features[f] = (SampleFeature)f;
    }
    return draft.table;
}

/* How many samples each case has, [first network right][last network right]. */
static void print_counts(const VisionRequest *request, const SampleTable *table)
{
    int cases[2][2] = {{0}};
    for (int i = 0; i < table->row_count; i++)
        cases[table->models[0].correct[i]][table->models[table->model_count - 1].correct[i]]++;
    if (request->json) {
        printf("{\"both_wrong\": %d, \"heavy_alone_right\": %d, \"light_alone_right\": %d, \"both_right\": %d}\n",
               cases[0][0], cases[0][1], cases[1][0], cases[1][1]);
        return;
    }
    printf("%d samples       heavy wrong  heavy right\n", table->row_count);
    printf("  light wrong   %12d %12d\n  light right   %12d %12d\n", cases[0][0], cases[0][1], cases[1][0],
           cases[1][1]);
}

/* What the file says of itself. */
static const char *head_of(VisionRequest *request, const ImageModel *networks)
{
    const char *head = "# What networks say of images that none of them has learnt from:";
    for (int n = 0; n < request->file_count; n++)
        head = arena_format(&request->arena, "%s%s %s (%s, %lld bytes)", head, n ? "," : "",
                            stem_of(&request->arena, request->files[n]), networks[n].quantised ? "INT8" : "FP32",
                            (long long)networks[n].bytes);
    return arena_format(
        &request->arena,
        "%s;\n# %s, seed %llu. Compressors chose networks by the images of the part train, not by those "
        "of tune and test.\n",
        head, networks[0].origin.data, (unsigned long long)networks[0].origin.seed);
}

ExitStatus vision_samples(VisionRequest *request)
{
    ImageModel *networks;
    VisionScene scene;
    Error error = {0};
    OutputFiles output = {0};
    if (request->file_count < 2 || request->file_count > SAMPLE_MODEL_LIMIT || !request->output)
        return message_wrong(
            "samples needs a light and a heavy network and a file to write to, as in: orchid vision %s", EXAMPLE);
    if (!vision_read_models(request, 2, EXAMPLE, &networks, &scene))
        return STATUS_INPUT;
    SampleTable table = build_table(request, networks, &scene);
    FILE *stream = output_files_add(&output, request->output, &error);
    if (stream)
        sample_file_write(stream, head_of(request, networks), &table);
    StoreStatus status = output_files_end(&output, stream ? STORE_FINE : output.status, &error);
    if (status == STORE_FINE)
        print_counts(request, &table);
    else
        message_error(&error);
    vision_free_models(request, networks, &scene);
    return (ExitStatus)status;
}

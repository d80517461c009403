#include "vision.h"

#include <string.h>

#include "../analysis/output_files.h"
#include "../sim/sample_file.h"
#include "../vision/image_source.h"
#include "../vision/sample_images.h"
#include "message.h"

static const char EXAMPLE[] = "samples light.orchid heavy.orchid -o samples.csv";

/* The name of a network's file without folder and ending. */
static const char *stem_of(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *point = strrchr(base, '.');
    return arena_string_n(arena, base, point ? (size_t)(point - base) : strlen(base));
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
static const char *head_of(VisionRequest *request, const ImageModel *networks, const Split *split)
{
    const char *head = "# What networks say of images that none of them has learnt from:";
    for (int n = 0; n < request->file_count; n++)
        head = arena_format(&request->arena, "%s%s %s (%s, %lld bytes)", head, n ? "," : "",
                            stem_of(&request->arena, request->files[n]), networks[n].quantised ? "INT8" : "FP32",
                            (long long)networks[n].bytes);
    return arena_format(
        &request->arena, "%s;\n# %s, seed %llu. %s.\n", head, networks[0].origin.data,
        (unsigned long long)networks[0].origin.seed,
        split->fresh ? "Nothing was chosen by any of these images"
                     : "Compressors chose networks by the images of the part train, not by those of tune and test");
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
    const char *names[SAMPLE_MODEL_LIMIT];
    for (int i = 0; i < request->file_count; i++)
        names[i] = stem_of(&request->arena, request->files[i]);
    image_source_add_fresh(&scene.split, networks[0].origin.seed);
    SampleTable table = sample_images_table(networks, names, request->file_count, &scene.split, true, &request->arena);
    FILE *stream = output_files_add(&output, request->output, &error);
    if (stream)
        sample_file_write(stream, head_of(request, networks, &scene.split), &table);
    StoreStatus status = output_files_end(&output, stream ? STORE_FINE : output.status, &error);
    if (status == STORE_FINE)
        print_counts(request, &table);
    else
        message_error(&error);
    vision_free_models(request, networks, &scene);
    return (ExitStatus)status;
}

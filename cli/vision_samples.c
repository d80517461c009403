#include "vision.h"

#include <stdlib.h>
#include <string.h>

#include "../analysis/output_files.h"
#include "../vision/cascade_samples.h"
#include "../vision/logits_file.h"
#include "message.h"

static const char EXAMPLE[] = "samples light.orchid heavy.orchid -o samples.csv";

static void print_counts(const VisionRequest *request, const CascadeCounts *counts)
{
    long wrong = counts->cases[0][0] + counts->cases[0][1], right = counts->cases[1][0] + counts->cases[1][1];
    if (request->json) {
        printf("{\"both_wrong\": %ld, \"heavy_alone_right\": %ld, \"light_alone_right\": %ld, \"both_right\": %ld}\n",
               counts->cases[0][0], counts->cases[0][1], counts->cases[1][0], counts->cases[1][1]);
        return;
    }
    printf("%ld samples       heavy wrong  heavy right\n", wrong + right);
    printf("  light wrong   %12ld %12ld\n  light right   %12ld %12ld\n", counts->cases[0][0], counts->cases[0][1],
           counts->cases[1][0], counts->cases[1][1]);
}

/* Both networks' outputs for one part of the set. */
static void write_part(const VisionRequest *request, const ImageModel *models, const HeldOutImages *images,
                       const char *part, FILE *stream, CascadeCounts *counts)
{
    ImageSet sizes = held_out_images_sizes(images);
    int count = held_out_images_count(images), classes = sizes.class_count;
    float *outputs[2], *pixels = memory_allocate(image_size(&sizes), sizeof *pixels);
    for (int i = 0; i < 2; i++) {
        outputs[i] = memory_allocate((size_t)count * (size_t)classes, sizeof(float));
        image_model_evaluate(&models[i], images, outputs[i]);
    }
    for (int i = 0; i < count; i++) {
        CascadeSample sample = {.part = part,
                                .sample = held_out_images_at(images, i),
                                .label = held_out_images_read(images, i, pixels),
                                .class_count = classes,
                                .light = outputs[0] + (ptrdiff_t)i * classes,
                                .heavy = outputs[1] + (ptrdiff_t)i * classes};
        cascade_samples_write(stream, &sample, request->logits);
        cascade_count(counts, &sample);
    }
    free(outputs[0]);
    free(outputs[1]);
    free(pixels);
}

static void write_networks(VisionRequest *request, const ImageModel *models, const VisionScene *scene, FILE *stream,
                           CascadeCounts *counts)
{
    fprintf(
        stream,
        "# What a light network (%s, %lld bytes) and a heavy one (%s, %lld bytes) say of images that neither has "
        "learnt\n# from: %s, seed %llu. Networks were chosen by the images of the part tune, not by those of test.\n"
        "# confidence, margin and entropy (nats) are the light one's.\n",
        models[0].quantised ? "INT8" : "FP32", (long long)models[0].bytes, models[1].quantised ? "INT8" : "FP32",
        (long long)models[1].bytes, models[0].origin.data, (unsigned long long)models[0].origin.seed);
    cascade_samples_write_header(stream, scene->set.class_count, request->logits);
    write_part(request, models, scene->split.tune, "tune", stream, counts);
    write_part(request, models, scene->split.test, "test", stream, counts);
}

static void write_logits(const VisionRequest *request, const LogitsFile *files, FILE *stream, CascadeCounts *counts)
{
    int classes = files[0].class_count;
    cascade_samples_write_header(stream, classes, request->logits);
    for (int i = 0; i < files[0].count; i++) {
        CascadeSample sample = {"test",
                                i,
                                files[0].labels[i],
                                classes,
                                files[0].logits + (ptrdiff_t)i * classes,
                                files[1].logits + (ptrdiff_t)i * classes};
        cascade_samples_write(stream, &sample, request->logits);
        cascade_count(counts, &sample);
    }
}

/* Ends the file under way and shows what is in it. */
static ExitStatus conclude(const VisionRequest *request, OutputFiles *files, bool opened, const CascadeCounts *counts,
                           Error *error)
{
    StoreStatus status = output_files_end(files, opened ? STORE_FINE : files->status, error);
    if (status == STORE_FINE)
        print_counts(request, counts);
    else
        message_error(error);
    return (ExitStatus)status;
}

static ExitStatus samples_of_logits(VisionRequest *request)
{
    LogitsFile files[2] = {0};
    ErrorList errors = {0};
    Error error = {0};
    OutputFiles output = {0};
    CascadeCounts counts = {0};
    ExitStatus status = STATUS_INPUT;
    bool whole = logits_file_read(request->files[0], &files[0], &errors);
    whole = logits_file_read(request->files[1], &files[1], &errors) && whole;
    if (whole && logits_files_agree(&files[0], &files[1], request->files[1], &errors)) {
        FILE *stream = output_files_add(&output, request->output, &error);
        if (stream)
            write_logits(request, files, stream, &counts);
        status = conclude(request, &output, stream != NULL, &counts, &error);
    }
    if (errors.total)
        error_list_write(&errors, stderr);
    logits_file_free(&files[0]);
    logits_file_free(&files[1]);
    return status;
}

static bool is_csv(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".csv") == 0;
}

ExitStatus vision_samples(VisionRequest *request)
{
    ImageModel *models;
    VisionScene scene;
    Error error = {0};
    OutputFiles output = {0};
    CascadeCounts counts = {0};
    if (request->file_count != 2 || !request->output)
        return message_wrong(
            "samples needs a light and a heavy network and a file to write to, as in: orchid vision %s", EXAMPLE);
    if (is_csv(request->files[0]) && is_csv(request->files[1]))
        return samples_of_logits(request);
    if (!vision_read_models(request, 2, EXAMPLE, &models, &scene))
        return STATUS_INPUT;
    FILE *stream = output_files_add(&output, request->output, &error);
    if (stream)
        write_networks(request, models, &scene, stream, &counts);
    ExitStatus status = conclude(request, &output, stream != NULL, &counts, &error);
    vision_free_models(request, models, &scene);
    return status;
}

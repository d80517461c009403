#include "vision.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "../analysis/model_files.h"
#include "data.h"
#include "message.h"

static const char EXAMPLE[] = "model heavy.orchid light.orchid -o digits.yaml";

/* The name of a file without its folder and ending. */
static char *stem(Arena *arena, const char *path)
{
    char *name = basename(arena_string(arena, path)), *point = strrchr(name, '.');
    if (point && point != name)
        *point = 0;
    return name;
}

/* Whether all names are possible and none stands twice; false after an error was printed. */
static bool check_names(const ModelExport *export)
{
    bool fine = true;
    for (int i = -1; i < export->variant_count && fine; i++) {
        const char *name = i < 0 ? export->name : export->variants[i].name;
        fine = name[0] && strlen(name) <= 60 && !strpbrk(name, ":@ ,\"'#\\{}[]&*!|>%`\n\t");
        for (int k = 0; k < i; k++)
            fine = fine && strcmp(name, export->variants[k].name) != 0;
        if (!fine)
            message_wrong("\"%s\" cannot be the name of a model or variant, or stands twice: rename the file", name);
    }
    return fine;
}

/* All three files or none. */
static ExitStatus write_files(VisionRequest *request, const ModelExport *export, const ModelReferences *references)
{
    const char *base = arena_string_n(&request->arena, request->output, strlen(request->output) - strlen(".yaml"));
    OutputFiles files = {0};
    Error error = {0};
    int rows = model_files_add(&files, base, export, references, (double)request->work, &error);
    StoreStatus status = output_files_end(&files, rows >= 0 ? STORE_FINE : files.status, &error);
    if (status != STORE_FINE)
        message_error(&error);
    else
        printf("%s: %d variants\n%s_layers.csv\n%s_profiles.csv: %d rows\n", request->output, export->variant_count,
               base, base, rows);
    return (ExitStatus)status;
}

/* Latencies of other networks; false after an error was printed. */
static bool read_references(Arena *arena, ModelReferences *ret_references)
{
    ErrorList errors = {0};
    const char *traces = data_path(arena, "traces");
    if (!traces)
        return false;
    if (model_references_read(traces, arena, ret_references, &errors))
        return true;
    error_list_write(&errors, stderr);
    return false;
}

static ExitStatus export_models(VisionRequest *request, const ImageModel *models, const VisionScene *scene)
{
    Arena *arena = &request->arena;
    ModelReferences references;
    ExportVariant *variants = arena_allocate(arena, (size_t)request->file_count, sizeof *variants);
    ModelExport export = {.name = request->name ? request->name : scene->set.name,
                          .layers = arena_format(arena, "%s_layers.csv", stem(arena, request->output)),
                          .data = models[0].origin.data,
                          .seed = models[0].origin.seed,
                          .variant_count = request->file_count,
                          .variants = variants};
    for (int i = 0; i < request->file_count; i++)
        variants[i] = (ExportVariant){.name = stem(arena, request->files[i]), .model = &models[i]};
    if (!check_names(&export) || !read_references(arena, &references))
        return STATUS_INPUT;
    for (int i = 0; i < request->file_count; i++) {
        variants[i].right = image_model_evaluate(&models[i], scene->split.test, NULL);
        variants[i].count = held_out_images_count(scene->split.test);
    }
    return write_files(request, &export, &references);
}

ExitStatus vision_model(VisionRequest *request)
{
    ImageModel *models;
    VisionScene scene;
    size_t length = request->output ? strlen(request->output) : 0;
    if (length <= 5 || strcmp(request->output + length - 5, ".yaml") != 0)
        return message_wrong("model needs a file to write to that ends in .yaml, as in: orchid vision %s", EXAMPLE);
    if (!vision_read_models(request, 1, EXAMPLE, &models, &scene))
        return STATUS_INPUT;
    ExitStatus status = export_models(request, models, &scene);
    vision_free_models(request, models, &scene);
    return status;
}

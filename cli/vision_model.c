#include "vision.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "../analysis/output_files.h"
#include "../sim/model_file.h"
#include "../sim/trace.h"
#include "../vision/model_export.h"
#include "data.h"
#include "message.h"

static const char EXAMPLE[] = "model heavy.orchid light.orchid -o digits.yaml";

/* Where latencies of other networks are, and what those are. */
typedef struct References {
    ProfileTable profiles;
    Model model;
} References;

static bool read_references(VisionRequest *request, References *ret_references)
{
    ErrorList errors = {0};
    Arena *arena = &request->arena;
    const char *profiles = data_path(arena, "traces/mobilenet_v1_profiles.csv");
    const char *model = profiles ? data_path(arena, "traces/mobilenet_v1.yaml") : NULL;
    if (!model)
        return false;
    bool whole = trace_read_profiles(arena, profiles, &ret_references->profiles, &errors);
    whole = model_file_read(arena, model, &ret_references->model, &errors) && whole;
    if (!whole)
        error_list_write(&errors, stderr);
    return whole;
}

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
static ExitStatus write_files(VisionRequest *request, const ModelExport *export, const References *references)
{
    Arena *arena = &request->arena;
    const char *base = arena_string_n(arena, request->output, strlen(request->output) - strlen(".yaml"));
    const char *paths[] = {request->output, arena_format(arena, "%s_layers.csv", base),
                           arena_format(arena, "%s_profiles.csv", base)};
    OutputFiles files = {0};
    Error error = {0};
    FILE *streams[3];
    bool opened = true;
    int rows = 0;
    for (int i = 0; i < 3 && opened; i++)
        opened = (streams[i] = output_files_add(&files, paths[i], &error)) != NULL;
    if (opened) {
        model_export_write_model(streams[0], export);
        model_export_write_layers(streams[1], export);
        rows = model_export_write_profiles(streams[2], export, &references->profiles, &references->model,
                                           (double)request->work);
    }
    StoreStatus status = output_files_end(&files, opened ? STORE_FINE : files.status, &error);
    if (status != STORE_FINE)
        message_error(&error);
    else
        printf("%s: %d variants\n%s\n%s: %d rows\n", paths[0], export->variant_count, paths[1], paths[2], rows);
    return (ExitStatus)status;
}

static ExitStatus export_models(VisionRequest *request, const ImageModel *models, const VisionScene *scene)
{
    Arena *arena = &request->arena;
    References references;
    ExportVariant *variants = arena_allocate(arena, (size_t)request->file_count, sizeof *variants);
    ModelExport export = {.name = request->name ? request->name : scene->set.name,
                          .layers = arena_format(arena, "%s_layers.csv", stem(arena, request->output)),
                          .data = models[0].origin.data,
                          .seed = models[0].origin.seed,
                          .variant_count = request->file_count,
                          .variants = variants};
    for (int i = 0; i < request->file_count; i++)
        variants[i] = (ExportVariant){.name = stem(arena, request->files[i]), .model = &models[i]};
    if (!check_names(&export) || !read_references(request, &references))
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

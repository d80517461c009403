#include "model_files.h"

#include "../sim/model_file.h"
#include "../sim/trace.h"

bool model_references_read(const char *traces, Arena *arena, ModelReferences *ret_references, ErrorList *errors)
{
    const char *profiles = arena_format(arena, "%s/mobilenet_v1_profiles.csv", traces);
    bool whole = trace_read_profiles(arena, profiles, &ret_references->profiles, errors);
    return model_file_read(arena, arena_format(arena, "%s/mobilenet_v1.yaml", traces), &ret_references->model,
                           errors) &&
           whole;
}

int model_files_add(OutputFiles *files, const char *base, const ModelExport *export, const ModelReferences *references,
                    double scale, Error *error)
{
    static const char *const endings[] = {".yaml", "_layers.csv", "_profiles.csv"};
    FILE *streams[3];
    for (int i = 0; i < 3; i++) {
        Arena arena = {0};
        streams[i] = output_files_add(files, arena_format(&arena, "%s%s", base, endings[i]), error);
        arena_free(&arena);
        if (!streams[i])
            return -1;
    }
    model_export_write_model(streams[0], export);
    model_export_write_layers(streams[1], export);
    return model_export_write_profiles(streams[2], export, &references->profiles, &references->model, scale);
}

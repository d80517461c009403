#include "model_file.h"
#include "sample_file.h"
#include "scenario_parts.h"
#include "trace.h"

#include <string.h>

typedef enum FileKind {
    FILE_MODEL,
    FILE_PROFILES,
    FILE_LAYER_PROFILES,
    FILE_ARRIVALS,
    FILE_BANDWIDTH,
    FILE_BUSY,
    FILE_SAMPLES
} FileKind;

/* What a file became. Only good files are kept, so that a bad one is a finding of every scenario that names it. */
struct ScenarioFile {
    const char *path;
    FileKind kind;
    int user_count; /* arrivals: for so many users */
    Model model;
    ProfileTable profiles;
    LayerProfileTable layer_profiles;
    int64_t trace_count;
    const Time *trace_time;
    const int *trace_user;
    TimeSeries series;
    SampleTable samples;
    struct ScenarioFile *next;
};

typedef struct ScenarioFile ScenarioFile;

/* The file as it was read before, or NULL. */
static ScenarioFile *find(const ScenarioFiles *files, const char *path, FileKind kind, int user_count)
{
    ScenarioFile *file = files->first;
    while (file && (file->kind != kind || file->user_count != user_count || strcmp(file->path, path) != 0))
        file = file->next;
    return file;
}

/* Reads the file that `file` says; what it holds lives in `arena`. */
static bool read_file(ScenarioFile *file, Arena *arena, ErrorList *errors)
{
    switch (file->kind) {
    case FILE_MODEL:
        return model_file_read(arena, file->path, &file->model, errors);
    case FILE_PROFILES:
        return trace_read_profiles(arena, file->path, &file->profiles, errors);
    case FILE_LAYER_PROFILES:
        return trace_read_layer_profiles(arena, file->path, &file->layer_profiles, errors);
    case FILE_BANDWIDTH:
        return time_series_file_read(arena, file->path, SERIES_BANDWIDTH, &file->series, errors);
    case FILE_BUSY:
        return time_series_file_read(arena, file->path, SERIES_BUSY, &file->series, errors);
    case FILE_SAMPLES:
        return sample_file_read(arena, file->path, &file->samples, errors);
    case FILE_ARRIVALS:
        break;
    }
    return trace_read_arrivals(arena, file->path, file->user_count, &file->trace_count, &file->trace_time,
                               &file->trace_user, errors);
}

/* The file, read where it has not been; NULL with findings. */
static const ScenarioFile *get(Draft *draft, const char *name, FileKind kind, int user_count)
{
    const char *path = config_relative(draft->arena, draft->scenario->path, name);
    ScenarioFiles *files = draft->files;
    ScenarioFile *file = files ? find(files, path, kind, user_count) : NULL;
    if (file)
        return file;
    Arena *arena = files ? &files->arena : draft->arena;
    file = arena_allocate(arena, 1, sizeof *file);
    file->path = arena_string(arena, path);
    file->kind = kind;
    file->user_count = user_count;
    if (!read_file(file, arena, draft->errors))
        return NULL;
    if (files) {
        file->next = files->first;
        files->first = file;
    }
    return file;
}

bool scenario_get_model(Draft *draft, const char *name, Model *ret_model)
{
    const ScenarioFile *file = get(draft, name, FILE_MODEL, 0);
    if (file)
        *ret_model = file->model;
    return file != NULL;
}

bool scenario_get_profiles(Draft *draft, const char *name, ProfileTable *ret_profiles)
{
    const ScenarioFile *file = get(draft, name, FILE_PROFILES, 0);
    if (file)
        *ret_profiles = file->profiles;
    return file != NULL;
}

bool scenario_get_layer_profiles(Draft *draft, const char *name, LayerProfileTable *ret_profiles)
{
    const ScenarioFile *file = get(draft, name, FILE_LAYER_PROFILES, 0);
    if (file)
        *ret_profiles = file->layer_profiles;
    return file != NULL;
}

bool scenario_get_series(Draft *draft, const char *name, SeriesKind kind, TimeSeries *ret_series)
{
    const ScenarioFile *file = get(draft, name, kind == SERIES_BUSY ? FILE_BUSY : FILE_BANDWIDTH, 0);
    if (file)
        *ret_series = file->series;
    return file != NULL;
}

bool scenario_get_samples(Draft *draft, const char *name, SampleTable *ret_table)
{
    const ScenarioFile *file = get(draft, name, FILE_SAMPLES, 0);
    if (file)
        *ret_table = file->samples;
    return file != NULL;
}

bool scenario_get_arrivals(Draft *draft, const char *name, int user_count, WorkloadSpec *workload)
{
    const ScenarioFile *file = get(draft, name, FILE_ARRIVALS, user_count);
    if (!file)
        return false;
    workload->trace_count = file->trace_count;
    workload->trace_time = file->trace_time;
    workload->trace_user = file->trace_user;
    return true;
}

void scenario_files_free(ScenarioFiles *files)
{
    arena_free(&files->arena);
    files->first = NULL;
}

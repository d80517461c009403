#include "engine_parts.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

bool engine_parse(const char *name, EngineKind *ret_kind)
{
    static const char *const names[] = {[ENGINE_LOCAL] = "local", [ENGINE_SCRIPT] = "script", [ENGINE_SLURM] = "slurm"};
    enum { NAME_COUNT = sizeof names / sizeof *names };
    for (int i = 0; i < NAME_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_kind = (EngineKind)i;
            return true;
        }
    }
    message_unknown("engine", name, names, NAME_COUNT, "there are: local, slurm, script");
    return false;
}

/* A failed system call on `path`. */
static ExitStatus fail_errno(const char *path, const char *what)
{
    Error error = {0};
    error_set(&error, path, 0, 0, "%s: %s", what, strerror(errno));
    message_error(&error);
    return STATUS_MACHINE;
}

ExitStatus engine_write(const char *path, const char *text, unsigned mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    size_t length = strlen(text);
    bool written = file >= 0 && write(file, text, length) == (ssize_t)length;
    if (file >= 0 && close(file) != 0)
        written = false;
    return written ? STATUS_FINE : fail_errno(path, "cannot write");
}

/* The path as it is found from everywhere. */
static const char *absolute(Arena *arena, const char *present, const char *path)
{
    return path[0] == '/' ? path : arena_format(arena, "%s/%s", present, path);
}

static ExitStatus find_places(Engine *engine)
{
    enum { PATH_SIZE = 4096 };
    char present[PATH_SIZE], program[PATH_SIZE];
    if (!getcwd(present, sizeof present))
        return fail_errno(".", "cannot tell the present folder");
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return fail_errno("/proc/self/exe", "cannot tell where this program is");
    Arena *arena = &engine->arena;
    engine->places.present = arena_string(arena, present);
    engine->places.program = arena_string_n(arena, program, (size_t)length);
    engine->places.database = absolute(arena, present, engine->order->database);
    engine->places.folder = arena_format(arena, "%s.shards", engine->places.database);
    engine->shard_script = arena_format(arena, "%s/shards.sh", engine->places.folder);
    engine->merge_script = arena_format(arena, "%s/merge.sh", engine->places.folder);
    engine->shard_text = engine_shard_script(arena, engine->order, &engine->places);
    engine->merge_text = engine_merge_script(arena, engine->order, &engine->places);
    return STATUS_FINE;
}

const char *engine_place(Engine *engine, const char *name)
{
    return arena_format(&engine->arena, "%s/%s", engine->places.folder, name);
}

ExitStatus engine_write_scripts(Engine *engine)
{
    if (mkdir(engine->places.folder, 0777) != 0 && errno != EEXIST)
        return fail_errno(engine->places.folder, "cannot create the folder of the shards");
    ExitStatus status = engine_write(engine->shard_script, engine->shard_text, 0777);
    return status == STATUS_FINE ? engine_write(engine->merge_script, engine->merge_text, 0777) : status;
}

/* What a person would type. */
static void print_commands(Engine *engine)
{
    const char *shards = engine_quote(&engine->arena, engine->shard_script);
    const char *merge = engine_quote(&engine->arena, engine->merge_script);
    printf("job=$(sbatch --parsable %s); job=${job%%%%;*}\n"
           "sbatch --dependency=afterany:$job %s\n"
           "squeue --jobs=$job      # how it is going\n"
           "scancel $job            # to end it\n",
           shards, merge);
    fflush(stdout);
}

ExitStatus engine_run(const EngineOrder *order)
{
    assert(order->kind != ENGINE_LOCAL && order->database);
    assert(order->shards >= 1 && order->shards <= ENGINE_SHARDS_MOST && order->jobs >= 1);
    Engine engine = {.order = order};
    ExitStatus status = find_places(&engine);
    if (status == STATUS_FINE && order->kind == ENGINE_SLURM) {
        status = engine_slurm(&engine);
    } else if (status == STATUS_FINE) {
        status = engine_write_scripts(&engine);
        if (status == STATUS_FINE)
            print_commands(&engine);
    }
    arena_free(&engine.arena);
    return status;
}

/* The shell scripts of a sharded sweep: one runs a shard, one joins what the shards left. */
#ifndef ORCHID_CLI_ENGINE_SCRIPT_H
#define ORCHID_CLI_ENGINE_SCRIPT_H

#include "../sim/memory.h"
#include "engine.h"

/* Where everything is; all paths are absolute. */
typedef struct EnginePlaces {
    const char *present;  /* the present folder */
    const char *program;  /* this executable */
    const char *database; /* the target */
    const char *folder;   /* DATABASE.shards */
} EnginePlaces;

/* `text` as one word of a POSIX shell, in single quotes unless it needs none. */
const char *engine_quote(Arena *arena, const char *text);

/* The script of the job array. */
const char *engine_shard_script(Arena *arena, const EngineOrder *order, const EnginePlaces *places);

/* The script of the job that comes when all shards have ended, well or not. */
const char *engine_merge_script(Arena *arena, const EngineOrder *order, const EnginePlaces *places);

#endif

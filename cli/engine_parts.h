/* What the files of the engine share. Nobody else includes this. */
#ifndef ORCHID_CLI_ENGINE_PARTS_H
#define ORCHID_CLI_ENGINE_PARTS_H

#include "engine_script.h"

/* An order on its way. */
typedef struct Engine {
    const EngineOrder *order;
    EnginePlaces places;
    const char *shard_script, *merge_script; /* paths */
    const char *shard_text, *merge_text;     /* what they say */
    const char *shard_job, *merge_job;       /* job numbers */
    Arena arena;
} Engine;

/* The path of a file of the folder. */
const char *engine_place(Engine *engine, const char *name);

/* Writes a file; prints what is wrong where it cannot. */
ExitStatus engine_write(const char *path, const char *text, unsigned mode);

/* Writes both scripts into the folder, which is created. */
ExitStatus engine_write_scripts(Engine *engine);

/* Submits the shards and their merge, or finds those of an earlier call, and watches them to their end. */
ExitStatus engine_slurm(Engine *engine);

#endif

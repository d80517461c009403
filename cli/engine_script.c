#include "engine_script.h"

#include <stdlib.h>
#include <string.h>

const char *engine_quote(Arena *arena, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=.,/:@%+";
    if (*text && !text[strspn(text, plain)])
        return text;
    const char *word = "'";
    while (*text) {
        size_t length = strcspn(text, "'");
        word = arena_format(arena, "%s%.*s%s", word, (int)length, text, text[length] ? "'\\''" : "");
        text += length + (text[length] != 0);
    }
    return arena_format(arena, "%s'", word);
}

/* What both scripts begin with, behind their comments. */
static const char *preamble(Arena *arena, const EngineOrder *order, const EnginePlaces *places)
{
    return arena_format(arena,
                        "set -eu\n\n"
                        "program=%s\n"
                        "folder=%s\n"
                        "shards=%d\n",
                        engine_quote(arena, places->program), engine_quote(arena, places->folder), order->shards);
}

/* Goes to where names mean what they meant when the sweep was typed. */
static const char *settle(Arena *arena, const EnginePlaces *places)
{
    const char *data = getenv("ORCHID_DATA");
    return arena_format(arena, "cd %s\n%s%s%s", engine_quote(arena, places->present), data ? "export ORCHID_DATA=" : "",
                        data ? engine_quote(arena, data) : "", data ? "\n" : "");
}

const char *engine_shard_script(Arena *arena, const EngineOrder *order, const EnginePlaces *places)
{
    const char *sweep = engine_quote(arena, order->sweep);
    for (int i = 0; i < order->setting_count; i++)
        sweep = arena_format(arena, "%s %s", sweep, engine_quote(arena, order->settings[i]));
    for (int i = 0; i < order->flag_count; i++)
        sweep = arena_format(arena, "%s %s", sweep, engine_quote(arena, order->flags[i]));
    return arena_format(
        arena,
        "#!/bin/sh\n"
        "# Runs one shard of a sweep. What is finished is kept in the shard's database: run again, it goes on from "
        "there.\n"
        "#\n"
        "#   sbatch shards.sh                          all shards as one job array; then: sbatch merge.sh\n"
        "#   sbatch --array=2,3 shards.sh              only those\n"
        "#   sh shards.sh 2                            one, here and now\n"
        "#   seq %d | parallel sh shards.sh; sh merge.sh   all with GNU Parallel\n"
        "#\n"
        "# What the cluster wants to know (partition, time, memory) goes below, or behind sbatch. Never run a shard "
        "twice at\n"
        "# the same time.\n"
        "#SBATCH --job-name=orchid-shards\n"
        "#SBATCH --array=1-%d\n"
        "#SBATCH --cpus-per-task=%d\n"
        "#SBATCH --output=/dev/null\n"
        "%s"
        "shard=${1-${SLURM_ARRAY_TASK_ID-}}\n"
        "[ -n \"$shard\" ] || { echo 'which shard? as in: sh shards.sh 1' >&2; exit 2; }\n"
        "name=$folder/shard-$shard-of-$shards\n"
        "\n"
        "# In a job, what is said goes to a log.\n"
        "[ -z \"${SLURM_ARRAY_TASK_ID-}\" ] || exec >>\"$name.log\" 2>&1\n"
        "\n"
        "%s"
        "rm -f \"$name.status\"\n"
        "status=0\n"
        "\"$program\" sweep %s \\\n"
        "    --shard \"$shard/$shards\" --jobs %d --db \"$name.db\" --quiet || status=$?\n"
        "echo \"$status\" >\"$name.status\"\n"
        "exit \"$status\"\n",
        order->shards, order->shards, order->jobs, preamble(arena, order, places), settle(arena, places), sweep,
        order->jobs);
}

const char *engine_merge_script(Arena *arena, const EngineOrder *order, const EnginePlaces *places)
{
    return arena_format(
        arena,
        "#!/bin/sh\n"
        "# Joins what the shards of a sweep left, and says which did not finish. Run again, it adds what is new.\n"
        "#\n"
        "#   sbatch --dependency=afterany:JOB merge.sh     when the job array JOB is over\n"
        "#   sh merge.sh                                   here and now\n"
        "#SBATCH --job-name=orchid-merge\n"
        "#SBATCH --output=/dev/null\n"
        "%s"
        "[ -z \"${SLURM_JOB_ID-}\" ] || exec >\"$folder/merge.log\" 2>&1\n"
        "%s"
        "rm -f \"$folder/merge.status\"\n"
        "\n"
        "# The databases that are there, and the shards that did not end well.\n"
        "set --\n"
        "unfinished=\n"
        "shard=1\n"
        "while [ \"$shard\" -le \"$shards\" ]; do\n"
        "    name=$folder/shard-$shard-of-$shards\n"
        "    [ ! -f \"$name.db\" ] || set -- \"$@\" \"$name.db\"\n"
        "    [ \"$(cat \"$name.status\" 2>/dev/null)\" = 0 ] || unfinished=$unfinished${unfinished:+,}$shard\n"
        "    shard=$((shard + 1))\n"
        "done\n"
        "\n"
        "status=0\n"
        "if [ $# -gt 0 ]; then\n"
        "    \"$program\" merge %s \"$@\" || status=$?\n"
        "fi\n"
        "if [ -n \"$unfinished\" ]; then\n"
        "    echo \"error: shards $unfinished of $shards did not end well; their logs are in $folder\" >&2\n"
        "    echo \"What they finished is merged. Once more: sbatch --array=$unfinished shards.sh, then merge.sh\" "
        ">&2\n"
        "    [ \"$status\" != 0 ] || status=3\n"
        "fi\n"
        "echo \"$status\" >\"$folder/merge.status\"\n"
        "exit \"$status\"\n",
        preamble(arena, order, places), settle(arena, places), engine_quote(arena, places->database));
}

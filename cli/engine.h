/* Runs a sweep as shards on a cluster that Slurm manages, or writes the scripts with which somebody else does.
 *
 * Everything stands in a folder beside the database, DATABASE.shards: shards.sh (runs one shard), merge.sh (joins what
 * the shards left), and for shard I of K the database shard-I-of-K.db, its log and its exit status. */
#ifndef ORCHID_CLI_ENGINE_H
#define ORCHID_CLI_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "command.h"

typedef enum EngineKind {
    ENGINE_LOCAL,  /* threads of this program: not for engine_run */
    ENGINE_SCRIPT, /* only writes the scripts and prints the commands */
    ENGINE_SLURM   /* submits them, watches, and ends when the merged database is there */
} EngineKind;

/* Shards that one job array may have: Slurm's own default limit. */
enum { ENGINE_SHARDS_MOST = 1000 };

/* What the help of the sweep says about clusters, to be put behind its other words. */
#define ENGINE_HELP                                                                                                    \
    "On a cluster, --engine slurm --shards K submits a job array of K shards and a job that merges what they leave\n"  \
    "into the database, and watches them. Ctrl-C leaves them running; the same command watches them again, and once\n" \
    "they are over submits what is missing. Partition, account and time come from sbatch's variables, as in\n"         \
    "SBATCH_PARTITION=long. --engine script only writes the scripts, into DATABASE.shards, and prints the commands.\n" \
    "By hand, with GNU Parallel, or with make -j4 and a Makefile of four lines:\n"                                     \
    "  seq 4 | parallel orchid sweep FILE --shard {}/4 --jobs 1 --db s{}.db; orchid merge all.db s?.db\n\n"            \
    "  all.db: s1.db s2.db s3.db s4.db; orchid merge $@ $^\n"                                                          \
    "  s%.db: FORCE; orchid sweep FILE --shard $*/4 --jobs 1 --db $@\n"                                                \
    "  .PRECIOUS: s%.db\n"                                                                                             \
    "  FORCE:"

/* What to run. All texts are borrowed. A shard runs as
 *   orchid sweep SWEEP SETTING... FLAG... --shard I/K --jobs JOBS --db DATABASE.shards/shard-I-of-K.db --quiet
 * in the present folder, so that names mean there what they mean here. */
typedef struct EngineOrder {
    EngineKind kind;
    const char *sweep;           /* the sweep file as typed */
    const char *const *settings; /* key=value */
    int setting_count;
    const char *const *flags; /* to pass on, each flag and each value a text of its own: "--where", "a > 3" */
    int flag_count;
    const char *database; /* where the merged results go; needed */
    int shards;           /* K, 1 .. ENGINE_SHARDS_MOST */
    int jobs;             /* cores and threads of each shard, >= 1 */
    int64_t runs;         /* of the whole sweep, for the progress; 0: not known */
    bool quiet;           /* no progress */
} EngineOrder;

/* The kind of that name ("local", "script", "slurm"); false after an error message. */
bool engine_parse(const char *name, EngineKind *ret_kind);

/* Does it. Called again while the jobs of the same order are under way, it watches those; afterwards, it submits the
 * shards again, which only run what is missing. Prints its own messages. STATUS_FINE where the merged database is
 * complete (ENGINE_SCRIPT: where the scripts are written). */
ExitStatus engine_run(const EngineOrder *order);

#endif

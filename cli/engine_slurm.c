#include "engine_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../analysis/merge.h"
#include "../sim/clock.h"
#include "interrupt.h"
#include "message.h"
#include "process.h"
#include "progress.h"

/* How often the cluster is asked: soon after submission, then ever more seldom. */
static const double FIRST_PAUSE_S = 0.5, LAST_PAUSE_S = 15, PAUSE_GROWTH = 1.3;

/* How long the word of the last job may take to come over a network file system. */
static const double WORD_PATIENCE_S = 10;

/* The whole text of a file; NULL where there is none. */
static const char *read_text(Arena *arena, const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    char *text = NULL;
    size_t room = 0;
    ssize_t length = getdelim(&text, &room, 0, file);
    fclose(file);
    const char *copy = length > 0 ? arena_string_n(arena, text, (size_t)length) : "";
    free(text);
    return copy;
}

/* A file of a shard, in `arena`. */
static const char *shard_place(Arena *arena, const Engine *engine, int shard, const char *ending)
{
    return arena_format(arena, "%s/shard-%d-of-%d.%s", engine->places.folder, shard, engine->order->shards, ending);
}

/* Asks which of the jobs wait or run: a line each, such as "RUNNING 12_3". */
static ProcessResult squeue(Arena *arena, const Engine *engine)
{
    const char *jobs = arena_format(arena, "--jobs=%s,%s", engine->shard_job, engine->merge_job);
    const char *arguments[] = {"squeue", "--noheader", jobs, "--format=%T %i", NULL};
    return process_run(arena, arguments);
}

/* Submits a script; NULL after an error message. `dependency` may be NULL. */
static const char *submit(Engine *engine, const char *script, const char *dependency)
{
    const char *arguments[5] = {"sbatch", "--parsable"};
    int count = 2;
    if (dependency)
        arguments[count++] = arena_format(&engine->arena, "--dependency=afterany:%s", dependency);
    arguments[count] = script;
    ProcessResult result = process_run(&engine->arena, arguments);
    size_t digits = strspn(result.output, "0123456789");
    if (result.status == 0 && digits)
        return arena_string_n(&engine->arena, result.output, digits);
    message_wrong("%s%s", *result.errors ? result.errors : "sbatch gave no job number",
                  result.status < 0 ? "; where no Slurm is, --engine script writes the scripts all the same" : "");
    return NULL;
}

static void cancel(Engine *engine, const char *job)
{
    const char *arguments[] = {"scancel", job, NULL};
    process_run(&engine->arena, arguments);
}

/* Forgets how the last submission ended. */
static void clear_words(Engine *engine)
{
    for (int shard = 1; shard <= engine->order->shards; shard++)
        unlink(shard_place(&engine->arena, engine, shard, "status"));
    unlink(engine_place(engine, "merge.status"));
    unlink(engine_place(engine, "merge.log"));
}

static ExitStatus submit_all(Engine *engine)
{
    ExitStatus status = engine_write_scripts(engine);
    if (status != STATUS_FINE)
        return status;
    clear_words(engine);
    engine->shard_job = submit(engine, engine->shard_script, NULL);
    if (!engine->shard_job)
        return STATUS_MACHINE;
    engine->merge_job = submit(engine, engine->merge_script, engine->shard_job);
    if (!engine->merge_job) {
        cancel(engine, engine->shard_job);
        return STATUS_MACHINE;
    }
    const char *jobs = arena_format(&engine->arena, "%s %s\n", engine->shard_job, engine->merge_job);
    status = engine_write(engine_place(engine, "jobs"), jobs, 0666);
    if (status != STATUS_FINE)
        return status;
    if (!engine->order->quiet) {
        message_note("job array %s: sbatch %s", engine->shard_job, engine_quote(&engine->arena, engine->shard_script));
        message_note("job %s: sbatch --dependency=afterany:%s %s", engine->merge_job, engine->shard_job,
                     engine_quote(&engine->arena, engine->merge_script));
        message_note("to watch them: squeue --jobs=%s,%s; to end them: scancel %s %s", engine->shard_job,
                     engine->merge_job, engine->shard_job, engine->merge_job);
    }
    return STATUS_FINE;
}

/* Whether squeue knows none of the jobs any more. */
static bool is_over(const ProcessResult *listed)
{
    return (listed->status == 0 && !*listed->output) ||
           (listed->status > 0 && strstr(listed->errors, "Invalid job id") != NULL);
}

/* Finds the jobs of an earlier call that are still under way. False after an error message. */
static bool find_jobs(Engine *engine)
{
    const char *jobs = read_text(&engine->arena, engine_place(engine, "jobs"));
    size_t digits = jobs ? strspn(jobs, "0123456789") : 0;
    if (!digits || jobs[digits] != ' ')
        return true;
    engine->shard_job = arena_string_n(&engine->arena, jobs, digits);
    engine->merge_job = arena_string_n(&engine->arena, jobs + digits + 1, strspn(jobs + digits + 1, "0123456789"));
    ProcessResult listed = squeue(&engine->arena, engine);
    if (is_over(&listed)) {
        engine->shard_job = engine->merge_job = NULL;
        return true;
    }
    if (listed.status != 0) {
        message_wrong("%s", listed.errors);
        return false;
    }
    const char *script = read_text(&engine->arena, engine->shard_script);
    if (!script || strcmp(script, engine->shard_text) != 0) {
        message_wrong("another sweep into %s is under way; wait for it, or end it with: scancel %s %s",
                      engine->order->database, engine->shard_job, engine->merge_job);
        return false;
    }
    message_note("jobs %s and %s of this sweep are under way", engine->shard_job, engine->merge_job);
    return true;
}

/* How far the shards are. */
typedef struct Standing {
    int ended, running;
    int64_t runs; /* in their databases, as far as could be told */
} Standing;

/* Takes what the files and squeue say. `runs` has an entry per shard and keeps what cannot be told now. */
static Standing look(Arena *arena, const Engine *engine, const ProcessResult *listed, int64_t *runs)
{
    static const char running[] = "RUNNING ";
    Standing standing = {0};
    for (int shard = 1; shard <= engine->order->shards; shard++) {
        standing.ended += access(shard_place(arena, engine, shard, "status"), F_OK) == 0;
        int64_t seen = merge_peek(shard_place(arena, engine, shard, "db"));
        if (seen >= 0)
            runs[shard - 1] = seen;
        standing.runs += runs[shard - 1];
    }
    for (const char *line = listed->output; (line = strstr(line, running)) != NULL; line += strlen(running))
        standing.running++;
    return standing;
}

/* Waits; true as soon as the person interrupts. */
static bool pause_s(double duration_s)
{
    const struct timespec moment = {.tv_nsec = 50000000};
    for (double end_s = clock_s(CLOCK_MONOTONIC) + duration_s; clock_s(CLOCK_MONOTONIC) < end_s;
         nanosleep(&moment, NULL))
        if (interrupt_came())
            return true;
    return interrupt_came();
}

/* What is shown while the jobs are on their way. */
typedef struct Watch {
    ProgressLine line;
    double begin_s;
    int64_t *runs;  /* per shard */
    int64_t before; /* runs that were there when it began; -1 until then */
    int ended;
    bool unreachable; /* squeue failed the last time, and that was said */
} Watch;

static void show(Watch *watch, const EngineOrder *order, const Standing *standing)
{
    double elapsed_s = clock_s(CLOCK_MONOTONIC) - watch->begin_s;
    if (watch->before < 0)
        watch->before = standing->runs;
    if (!watch->line.stream && !order->quiet && standing->ended > watch->ended)
        message_note("%d of %d shards ended", standing->ended, order->shards);
    watch->ended = standing->ended;
    char text[96];
    snprintf(text, sizeof text, "%d/%d shards ended, %d jobs running", standing->ended, order->shards,
             standing->running);
    /* Runs that were there already say nothing about the rate. */
    double fresh = (double)(standing->runs - watch->before), left = (double)(order->runs - standing->runs);
    Progress progress = {.done = (int)fresh,
                         .total = (int)(order->runs - watch->before),
                         .elapsed_s = elapsed_s,
                         .left_s = fresh > 0 && left >= 0 ? left * elapsed_s / fresh : NAN};
    progress_show(&watch->line, &progress, text);
}

/* Asks once and shows what there is; true where squeue knows the jobs no more. */
static bool ask(Watch *watch, const Engine *engine)
{
    Arena arena = {0};
    ProcessResult listed = squeue(&arena, engine);
    bool over = is_over(&listed), unreachable = !over && listed.status != 0;
    if (unreachable && !watch->unreachable && *listed.errors) {
        progress_clear(&watch->line);
        message_note("%s; still waiting", listed.errors);
    }
    watch->unreachable = unreachable;
    Standing standing = look(&arena, engine, &listed, watch->runs);
    show(watch, engine->order, &standing);
    arena_free(&arena);
    return over;
}

/* Watches until the jobs are over; false where the person had enough of it. */
static bool watch_jobs(const Engine *engine)
{
    Watch watch = {.begin_s = clock_s(CLOCK_MONOTONIC), .before = -1};
    watch.line.stream = !engine->order->quiet && isatty(STDERR_FILENO) ? stderr : NULL;
    watch.runs = memory_allocate((size_t)engine->order->shards, sizeof *watch.runs);
    interrupt_hold();
    bool over = ask(&watch, engine), interrupted = false;
    for (double wait_s = FIRST_PAUSE_S; !over && !interrupted; wait_s = fmin(wait_s * PAUSE_GROWTH, LAST_PAUSE_S)) {
        interrupted = pause_s(wait_s);
        over = !interrupted && ask(&watch, engine);
    }
    interrupt_release();
    progress_clear(&watch.line);
    free(watch.runs);
    return over;
}

/* Passes on what the merge said and how it ended. */
static ExitStatus conclude(Engine *engine)
{
    const char *word_path = engine_place(engine, "merge.status"), *log_path = engine_place(engine, "merge.log");
    const char *word = read_text(&engine->arena, word_path);
    for (double end_s = clock_s(CLOCK_MONOTONIC) + WORD_PATIENCE_S;
         (!word || !*word) && clock_s(CLOCK_MONOTONIC) < end_s;) {
        pause_s(FIRST_PAUSE_S);
        word = read_text(&engine->arena, word_path);
    }
    const char *log = read_text(&engine->arena, log_path);
    bool fine = word && strcmp(word, "0\n") == 0;
    if (log)
        fputs(log, fine ? stdout : stderr);
    if (fine)
        return STATUS_FINE;
    if (!word)
        message_wrong("the merge, job %s, ended without a word; what the shards left is in %s", engine->merge_job,
                      engine->places.folder);
    return word && *word == '2' ? STATUS_INPUT : STATUS_MACHINE;
}

ExitStatus engine_slurm(Engine *engine)
{
    if (!find_jobs(engine))
        return STATUS_MACHINE;
    ExitStatus status = engine->shard_job ? STATUS_FINE : submit_all(engine);
    if (status != STATUS_FINE)
        return status;
    if (watch_jobs(engine))
        return conclude(engine);
    message_note("the jobs go on; the same command watches them again, as does: squeue --jobs=%s,%s", engine->shard_job,
                 engine->merge_job);
    message_note("to end them: scancel %s %s", engine->shard_job, engine->merge_job);
    return STATUS_INTERRUPTED;
}

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../analysis/escape.h"
#include "../analysis/sweep_run.h"
#include "command.h"
#include "engine.h"
#include "engine_script.h"
#include "interrupt.h"
#include "load.h"
#include "message.h"
#include "options.h"
#include "progress.h"
#include "sweep_show.h"

enum { JOBS_LIMIT = 1024, SHARDS_DEFAULT = 4, SHOWN_CELLS = 50, ENGINE_FLAGS = 6 };

/* What the command line asks for. */
typedef struct Request {
    const char *scenario;
    const char **settings; /* key=value */
    int setting_count;
    const char *where, *runs, *shard, *precision_text, *database, *engine_name; /* as typed, NULL where not given */
    double precision;                                                           /* fraction, 0: none */
    EngineKind engine;
    int64_t jobs, shards;
    bool list, force, json, quiet;
    const char *reproduce; /* what means the same sweep: file and settings */
    Arena arena;
} Request;

/* What the hooks of a sweep share. */
typedef struct Watch {
    ProgressLine line;
    bool interrupted;
} Watch;

/* The words behind "orchid sweep" as one line that a shell would take apart again. */
static const char *command_line(Arena *arena, int count, char *const *words)
{
    const char *line = "orchid sweep";
    for (int i = 0; i < count; i++)
        line = arena_format(arena, "%s %s", line, engine_quote(arena, words[i]));
    return line;
}

static void show_progress(void *context, const SweepProgress *progress)
{
    Watch *watch = context;
    char slowest[SWEEP_LABEL_SIZE + 64] = "", duration[32];
    if (progress->slowest[0]) {
        if (progress->slowest_s < 1)
            snprintf(duration, sizeof duration, "%.0f ms", 1e3 * progress->slowest_s);
        else
            progress_duration(progress->slowest_s, duration, sizeof duration);
        snprintf(slowest, sizeof slowest, "slowest: %s (%s)", progress->slowest, duration);
    }
    /* Runs that were there already say nothing about the rate. */
    Progress shown = {.done = (int)progress->done,
                      .failed = (int)progress->failed,
                      .total = (int)(progress->total - progress->present),
                      .elapsed_s = progress->elapsed_s,
                      .left_s = progress->left_s};
    progress_show(&watch->line, &shown, slowest[0] ? slowest : NULL);
}

static bool should_stop(void *context)
{
    Watch *watch = context;
    if (!watch->interrupted && interrupt_came()) {
        watch->interrupted = true;
        progress_clear(&watch->line);
        message_note("ending after the runs under way, trainings at once; Ctrl-C again ends all at once");
    }
    return watch->interrupted;
}

/* Prints what was done as JSON. */
static void write_outcome(const Request *request, const SweepProgress *progress)
{
    printf("{\"runs\": %" PRId64 ", \"present\": %" PRId64 ", \"done\": %" PRId64 ", \"failed\": %" PRId64
           ", \"elapsed_s\": ",
           progress->total, progress->present, progress->done, progress->failed);
    escape_number_json(stdout, progress->elapsed_s);
    fputs(", \"database\": ", stdout);
    if (request->database)
        escape_json(stdout, request->database);
    else
        fputs("null", stdout);
    puts("}");
}

/* Says how it ended. */
static ExitStatus conclude(const Request *request, const SweepOutcome *outcome)
{
    const SweepProgress *progress = &outcome->progress;
    if (outcome->status != STORE_FINE) {
        message_error(&outcome->error);
        if (request->database)
            message_note("%" PRId64 " runs of this time are kept in %s; the same command goes on", progress->done,
                         request->database);
        return (ExitStatus)outcome->status;
    }
    if (progress->failed) {
        message_wrong("%s", outcome->failure);
        message_wrong("%" PRId64 " of %" PRId64
                      " runs failed; why, and a command for each, stands in the columns error "
                      "and reproduce of runs",
                      progress->failed, progress->done);
    }
    if (outcome->stopped && request->database)
        message_note("interrupted: %" PRId64 " of %" PRId64 " runs are kept in %s; the same command goes on",
                     progress->present + progress->done, progress->total, request->database);
    else if (outcome->stopped)
        message_note("interrupted after %" PRId64 " of %" PRId64 " runs; without --db nothing is kept", progress->done,
                     progress->total);
    else if (!request->database && !request->quiet)
        message_note("without --db nothing is kept");
    return outcome->stopped ? STATUS_INTERRUPTED : progress->failed ? STATUS_MACHINE : STATUS_FINE;
}

/* Prints what came of the sweep: a line for each cell, unless there are too many to read, and how to see more. */
static StoreStatus report(Request *request, Sweep *sweep, const SweepSelection *selection, Store *store,
                          const SweepOutcome *outcome, Error *error)
{
    const SweepProgress *progress = &outcome->progress;
    if (request->json) {
        write_outcome(request, progress);
        return STORE_FINE;
    }
    char elapsed[32];
    StoreStatus status = STORE_FINE;
    progress_duration(progress->elapsed_s, elapsed, sizeof elapsed);
    if (sweep_chosen_cells(sweep, selection) <= SHOWN_CELLS)
        status = sweep_show_cells(stdout, sweep, selection, store, error);
    printf("%" PRId64 " runs: %" PRId64 " were there, %" PRId64 " done now in %s", progress->total, progress->present,
           progress->done, elapsed);
    if (progress->failed)
        printf(", %" PRId64 " of them failed", progress->failed);
    printf("\n");
    if (request->database)
        printf("kept in %s; to go on: orchid compare %s\n", request->database,
               engine_quote(&request->arena, request->database));
    return status;
}

/* Runs what is missing and stores it. */
static ExitStatus run_here(Request *request, Sweep *sweep, const SweepSelection *selection, Store *store)
{
    Watch watch = {.line.stream = !request->quiet && isatty(STDERR_FILENO) ? stderr : NULL};
    SweepOrder order = {.sweep = sweep,
                        .selection = selection,
                        .store = store,
                        .jobs = (int)request->jobs,
                        .precision = request->precision,
                        .reproduce = request->reproduce,
                        .progress = show_progress,
                        .stop = should_stop,
                        .context = &watch};
    SweepOutcome outcome = {0};
    outcome.status =
        store_continue_experiment(store, sweep->name, request->reproduce, &order.experiment, &outcome.error);
    if (outcome.status == STORE_FINE) {
        interrupt_hold();
        outcome = sweep_run(&order);
        interrupt_release();
        progress_clear(&watch.line);
    }
    Error error = {0};
    if (outcome.status == STORE_FINE && !(request->quiet && request->database && !request->json)) {
        outcome.status = report(request, sweep, selection, store, &outcome, &error);
        outcome.error = error;
        fflush(stdout);
    }
    return conclude(request, &outcome);
}

/* Opens the database and does with it what was asked. */
static ExitStatus with_store(Request *request, Sweep *sweep, const SweepSelection *selection)
{
    Error error = {0};
    Store *store = NULL;
    ExitStatus status = STATUS_FINE;
    bool none = request->list && (!request->database || access(request->database, F_OK) != 0);
    StoreStatus opened =
        none ? STORE_FINE
             : store_open(request->database ? request->database : ":memory:", request->list ? STORE_READ : STORE_WRITE,
                          &store, &error);
    if (opened == STORE_FINE && request->list)
        opened = sweep_show_plan(stdout, sweep, selection, store, request->json, &error);
    else if (opened == STORE_FINE)
        status = run_here(request, sweep, selection, store);
    if (opened != STORE_FINE)
        message_error(&error);
    store_close(store);
    return opened == STORE_FINE ? status : (ExitStatus)opened;
}

/* Hands the sweep over to a cluster. */
static ExitStatus with_engine(const Request *request, int64_t runs)
{
    const char *flags[2 * ENGINE_FLAGS];
    int count = 0;
    const char *const pairs[][2] = {
        {"--where", request->where}, {"--run", request->runs}, {"--stop-at-precision", request->precision_text}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][1]) {
            flags[count++] = pairs[i][0];
            flags[count++] = pairs[i][1];
        }
    if (request->force)
        flags[count++] = "--force";
    EngineOrder order = {.kind = request->engine,
                         .sweep = request->scenario,
                         .settings = request->settings,
                         .setting_count = request->setting_count,
                         .flags = flags,
                         .flag_count = count,
                         .database = request->database,
                         .shards = (int)(request->shards ? request->shards : SHARDS_DEFAULT),
                         .jobs = (int)(request->jobs ? request->jobs : 1),
                         .runs = runs,
                         .quiet = request->quiet};
    return engine_run(&order);
}

/* Reads the choice of runs; findings go to `errors`. */
static SweepSelection select_runs(Request *request, const Sweep *sweep, ErrorList *errors)
{
    SweepSelection selection = {.whole_cells = request->precision > 0};
    Error error = {0};
    if (request->where) {
        selection.where =
            expression_parse(&request->arena, request->where, sweep->names, sweep->axes.key_count, &error);
        if (!selection.where)
            error_add(errors, NULL, 0, 0, "--where: %s (character %d)", error.message, error.column);
    }
    if (request->runs)
        sweep_select_runs(&request->arena, sweep, request->runs, &selection, errors);
    if (errors->total == 0 && sweep_selection_count(sweep, &selection) == 0)
        error_add(errors, NULL, 0, 0, "--where chooses none of the %" PRId64 " runs", sweep->run_count);
    if (request->shard)
        sweep_select_shard(request->shard, &selection, errors);
    return selection;
}

/* Everything is checked before the database is touched. */
static ExitStatus sweep(Request *request)
{
    ErrorList errors = {0};
    const char *path = load_path(&request->arena, request->scenario, &errors);
    Sweep *plan = path ? sweep_open(path, request->settings, request->setting_count, request->force, &errors) : NULL;
    SweepSelection selection = {0};
    if (plan)
        selection = select_runs(request, plan, &errors);
    ExitStatus status = STATUS_INPUT;
    if (errors.total)
        error_list_write(&errors, stderr);
    else if (request->engine != ENGINE_LOCAL && !request->list)
        status = with_engine(request, sweep_selection_count(plan, &selection));
    else
        status = with_store(request, plan, &selection);
    sweep_close(plan);
    return status;
}

/* Reads the flags that need more than a look, and what contradicts itself. */
static ExitStatus check_flags(Request *request)
{
    char why[160];
    if (request->precision_text) {
        if (!quantity_parse(request->precision_text, DIMENSION_FRACTION, &request->precision, why, sizeof why))
            return message_wrong("--stop-at-precision: \"%.40s\" %s", request->precision_text, why);
        if (!(request->precision > 0 && request->precision < 1))
            return message_wrong("--stop-at-precision takes more than 0 %% and less than 100 %%");
        if (request->runs)
            return message_wrong("--stop-at-precision decides which replications are run, and so does --run");
    }
    if (request->engine_name && !engine_parse(request->engine_name, &request->engine))
        return STATUS_INPUT;
    bool elsewhere = request->engine != ENGINE_LOCAL;
    if (elsewhere && !request->database)
        return message_wrong("--engine %s needs --db FILE: where the merged results go", request->engine_name);
    if (elsewhere && request->shard)
        return message_wrong("--engine %s makes the shards itself: leave out --shard", request->engine_name);
    if (!elsewhere && request->shards)
        return message_wrong("--shards is for --engine slurm and --engine script; one shard is --shard 1/%lld",
                             (long long)request->shards);
    return STATUS_FINE;
}

/* Takes the scenario and the settings out of the arguments. */
static ExitStatus read_arguments(Request *request, int argument_count, char **arguments)
{
    request->settings = arena_allocate(&request->arena, (size_t)argument_count, sizeof(char *));
    ExitStatus status = load_arguments(&command_sweep, argument_count, arguments, &request->scenario, request->settings,
                                       &request->setting_count);
    if (status != STATUS_FINE)
        return status;
    if (!request->scenario)
        return message_wrong("sweep needs a scenario, as in: orchid sweep online_learning/thresholds --list");
    request->reproduce = command_line(&request->arena, argument_count, arguments);
    return check_flags(request);
}

static ExitStatus run(int argument_count, char **arguments)
{
    Request request = {0};
    const Flag flags[] = {
        {"--list", FLAG_SWITCH, &request.list, NULL, "print the plan and run nothing; with --db, what is done there", 0,
         0},
        {"--db", FLAG_TEXT, &request.database, "FILE", "keep the results here, and run only what is missing here", 0,
         0},
        {"--where", FLAG_TEXT, &request.where, "EXPR", "only combinations for which this holds, as in the scenario", 0,
         0},
        {"--run", FLAG_TEXT, &request.runs, "3,5..7", "only runs of these numbers, from the plan", 0, 0},
        {"--shard", FLAG_TEXT, &request.shard, "I/N", "only every N-th run, from the I-th", 0, 0},
        {"--jobs", FLAG_INTEGER, &request.jobs, "N", "threads (default: all cores); results do not depend on it", 1,
         JOBS_LIMIT},
        {"--stop-at-precision", FLAG_TEXT, &request.precision_text, "P",
         "end the replications of a combination, at least 5, when the half width of its response time is below P of it",
         0, 0},
        {"--engine", FLAG_TEXT, &request.engine_name, "E",
         "local (default), slurm, or script: only write what to submit", 0, 0},
        {"--shards", FLAG_INTEGER, &request.shards, "K", "jobs for slurm and script (default: 4)", 1,
         ENGINE_SHARDS_MOST},
        {"--force", FLAG_SWITCH, &request.force, NULL, "allow more than 10000000 runs", 0, 0},
        {"--json", FLAG_SWITCH, &request.json, NULL, "print JSON instead of text", 0, 0},
        {"--quiet", FLAG_SWITCH, &request.quiet, NULL, "no progress line, and with --db no table", 0, 0},
    };
    ExitStatus status;
    if (options_parse(&command_sweep, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status)) {
        status = read_arguments(&request, argument_count, arguments);
        if (status == STATUS_FINE)
            status = sweep(&request);
    }
    arena_free(&request.arena);
    return status;
}

const Command command_sweep = {
    .name = "sweep",
    .arguments = "SCENARIO [key=value ...] [flag ...]",
    .summary = "run every combination of the values that a scenario varies, and go on where it stopped",
    .details =
        "The section sweep of a SCENARIO says what varies: keys with lists or ranges of values, zipped keys, "
        "policies,\n"
        "a condition and how often each combination is repeated; see `orchid describe sweep`. The plan numbers its "
        "runs\n"
        "from 1. Only runs that the database does not hold as done are run: kill the program at any moment, and the\n"
        "same command goes on. A run that fails is kept with its error and a command that does it again, the others "
        "go\n"
        "on, and the status is 3.\n\n" ENGINE_HELP,
    .examples = {{"orchid sweep hello --list", "the plan: every run with its number"},
                 {"orchid sweep hello --db sweep.sqlite", "runs it, or what is missing of it"},
                 {"orchid sweep hello --db sweep.sqlite --list", "what is done"},
                 {"orchid sweep hello --where 'policy != oracle and nodes.camera.count <= 2'", "a part of it"},
                 {"orchid sweep hello --run 1,3..5 --json", "some runs, for a script"},
                 {"orchid sweep hello --shard 1/4 --db shard1.sqlite", "a quarter, for one machine of four"},
                 {"orchid sweep hello sweep.repeat=20 --stop-at-precision 5% --db precise.sqlite",
                  "up to 20 replications, fewer where 5 % is reached"},
                 {"orchid sweep online_learning/thresholds --where 'policy == oracle'", "what accuracy costs"}},
    .run = run,
};

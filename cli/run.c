#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../analysis/report.h"
#include "command.h"
#include "interrupt.h"
#include "load.h"
#include "message.h"
#include "options.h"
#include "progress.h"

enum { POLICY_LIMIT = 64, JOBS_LIMIT = 1024 };

static const char every_policy[] = "all";

/* What the command line asks for. */
typedef struct Request {
    const char *scenario;
    const char **settings; /* key=value, those of flags last */
    int setting_count;
    const char *policies; /* as typed; NULL: the scenario's own */
    const char *weights;  /* file of a learner to measure as it is; NULL: none */
    const char *database; /* NULL: results are shown and not kept */
    const char *command;  /* the whole line */
    int64_t seed, replications, jobs;
    bool json, quiet;
    LearnerFile file; /* what is in `weights`, while the request is carried out */
    Arena arena;
} Request;

/* The policies to run. */
typedef struct Choice {
    const PolicyType *types[POLICY_LIMIT];
    int count;
} Choice;

/* What the experiment's hooks share. */
typedef struct Recording {
    Store *store;
    int64_t experiment;
    const Trial *trials;
    int stored, failed;
    StoreStatus status;
    Error error; /* of the store, or of the first failed trial */
    bool interrupted;
    ProgressLine line;
} Recording;

/* Adds a policy to the choice; one that is named twice is a mistake. */
static void choose(Choice *choice, const char *name, ErrorList *errors)
{
    const PolicyType *type = policy_type_find(name);
    const char *nearest = type ? NULL : policy_name_nearest(name);
    bool twice = false;
    for (int i = 0; i < choice->count; i++)
        twice = twice || choice->types[i] == type;
    if (!*name)
        error_add(errors, NULL, 0, 0, "--policy has an empty name between its commas");
    else if (!type)
        error_add(errors, NULL, 0, 0, "there is no policy \"%s\"%s%s%s", name,
                  nearest ? "; did you mean '" : "; see `orchid list policies`", nearest ? nearest : "",
                  nearest ? "'?" : "");
    else if (twice)
        error_add(errors, NULL, 0, 0, "--policy names \"%s\" twice", name);
    else if (choice->count < POLICY_LIMIT)
        choice->types[choice->count++] = type;
}

static void choose_listed(Choice *choice, Arena *arena, const char *names, ErrorList *errors)
{
    for (const char *name = names;; name++) {
        size_t length = strcspn(name, ",");
        choose(choice, arena_string_n(arena, name, length), errors);
        name += length;
        if (!*name)
            return;
    }
}

static void choose_all(Choice *choice, const Scenario *scenario, bool quiet)
{
    for (int i = 0; policy_type(i) && choice->count < POLICY_LIMIT; i++) {
        ErrorList reasons = {0};
        if (policy_suits(policy_type(i), scenario, &reasons))
            choice->types[choice->count++] = policy_type(i);
        else if (!quiet)
            message_note("left out: %s", reasons.items[0].message);
    }
}

/* Whom the request means on this scenario; findings go to `errors`. */
static Choice choose_policies(Request *request, const Scenario *scenario, ErrorList *errors)
{
    Choice choice = {0};
    if (request->policies && strcmp(request->policies, every_policy) == 0) {
        choose_all(&choice, scenario, request->quiet);
        return choice;
    }
    if (request->policies)
        choose_listed(&choice, &request->arena, request->policies, errors);
    else if (request->weights)
        choose(&choice, request->file.policy->name, errors);
    else if (scenario->policy)
        choose(&choice, config_get(scenario->policy, "name")->text, errors);
    else
        error_add(errors, scenario->path, 0, 0,
                  "the scenario names no policy; choose with --policy, such as --policy greedy,oracle or --policy all");
    for (int i = 0; i < choice.count; i++)
        policy_suits(choice.types[i], scenario, errors);
    return choice;
}

/* Adds a finding where the file of weights is for nobody of the choice, or does not fit the scenario. */
static void check_weights(const Request *request, const Scenario *scenario, const Choice *choice, ErrorList *errors)
{
    Error error = {0};
    bool chosen = false;
    for (int i = 0; i < choice->count; i++)
        chosen = chosen || choice->types[i] == request->file.policy;
    if (!chosen)
        error_add(errors, request->weights, 0, 0, "holds a %s, which --policy does not name",
                  request->file.policy->name);
    else if (!learner_file_suits(&request->file, scenario, &error))
        error_add(errors, error.file, 0, 0, "%s", error.message);
}

/* Stores a trial that is over. Ends the experiment when the disk fails. */
static bool consume(void *context, Trial *trial)
{
    Recording *recording = context;
    recording->status = store_add_trial(recording->store, recording->experiment, trial, &recording->error);
    if (recording->status != STORE_FINE)
        return false;
    recording->stored++;
    if (trial->status == TRIAL_FAILED && recording->failed++ == 0)
        error_set(&recording->error, NULL, 0, 0, "policy %s, replication %llu: %s", trial->policy->name,
                  (unsigned long long)trial->replication, trial->error);
    return true;
}

static bool should_stop(void *context)
{
    Recording *recording = context;
    if (!recording->interrupted && interrupt_came()) {
        recording->interrupted = true;
        progress_clear(&recording->line);
        message_note("ending after the runs under way, trainings at once; Ctrl-C again ends all at once");
    }
    return recording->interrupted;
}

static void show_progress(void *context, const Progress *progress)
{
    Recording *recording = context;
    progress_show(&recording->line, progress,
                  progress->done < progress->total ? recording->trials[progress->done].policy->name : NULL);
}

/* Says how it ended, after the runs. */
static ExitStatus conclude(const Recording *recording, const Request *request, int total)
{
    if (recording->status != STORE_FINE) {
        message_error(&recording->error);
        return (ExitStatus)recording->status;
    }
    if (recording->failed) {
        message_error(&recording->error);
        message_wrong("%d of %d runs failed; their figures are left out", recording->failed, total);
        return STATUS_MACHINE;
    }
    if (!recording->interrupted)
        return STATUS_FINE;
    if (request->database)
        message_note("interrupted: %d of %d runs are kept in %s", recording->stored, total, request->database);
    else
        message_note("interrupted after %d of %d runs; without --db nothing is kept", recording->stored, total);
    return STATUS_INTERRUPTED;
}

/* Runs all trials into the store, then prints the table. */
static ExitStatus record(Store *store, const Request *request, const Scenario *scenario, const Choice *choice)
{
    int total = 0;
    Trial *trials = experiment_plan(scenario, choice->types, choice->count, &total);
    const TrialLearner learner = {.from = &request->file, .frozen = true};
    for (int i = 0; i < total && request->weights; i++)
        if (trials[i].policy == request->file.policy)
            trials[i].learner = &learner;
    Recording recording = {.store = store, .trials = trials};
    recording.line.stream = !request->quiet && isatty(STDERR_FILENO) ? stderr : NULL;
    recording.status =
        store_begin_experiment(store, scenario->name, request->command, &recording.experiment, &recording.error);
    if (recording.status == STORE_FINE) {
        ExperimentHooks hooks = {
            .consume = consume, .progress = show_progress, .stop = should_stop, .context = &recording};
        interrupt_hold();
        experiment_run(trials, total, (int)request->jobs, &hooks);
        interrupt_release();
        progress_clear(&recording.line);
    }
    if (recording.status == STORE_FINE && recording.stored) {
        bool bold = !request->json && isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
        Error error = {0};
        StoreStatus reported =
            report_write(stdout, store, recording.experiment, request->json ? REPORT_JSON : REPORT_TABLE, bold, &error);
        fflush(stdout);
        if (reported != STORE_FINE) {
            recording.status = reported;
            recording.error = error;
        }
    }
    ExitStatus status = conclude(&recording, request, total);
    experiment_free(trials, total);
    return status;
}

/* Everything is checked before the database is touched. */
static ExitStatus run_scenario(Request *request)
{
    ErrorList errors = {0};
    Scenario *scenario = load_scenario(request->scenario, request->settings, request->setting_count, &errors);
    Choice choice = {0};
    if (scenario)
        choice = choose_policies(request, scenario, &errors);
    else if (request->policies && strcmp(request->policies, every_policy) != 0)
        choose_listed(&choice, &request->arena, request->policies, &errors);
    if (request->weights && errors.total == 0)
        check_weights(request, scenario, &choice, &errors);
    ExitStatus status = STATUS_INPUT;
    if (errors.total) {
        error_list_write(&errors, stderr);
    } else {
        Error error = {0};
        Store *store = NULL;
        StoreStatus opened =
            store_open(request->database ? request->database : ":memory:", STORE_WRITE, &store, &error);
        if (opened == STORE_FINE)
            status = record(store, request, scenario, &choice);
        else
            status = (ExitStatus)opened;
        if (opened != STORE_FINE)
            message_error(&error);
        store_close(store);
    }
    scenario_destroy(scenario);
    return status;
}

/* Takes the scenario and the settings out of the arguments; flags that are settings come last and win. */
static ExitStatus read_arguments(Request *request, int argument_count, char **arguments)
{
    enum { SETTING_FLAGS = 2 };
    request->settings = arena_allocate(&request->arena, (size_t)argument_count + SETTING_FLAGS, sizeof(char *));
    ExitStatus status = load_arguments(&command_run, argument_count, arguments, &request->scenario, request->settings,
                                       &request->setting_count);
    if (status != STATUS_FINE)
        return status;
    if (!request->scenario)
        return message_wrong("run needs a scenario, as in: orchid run hello training_patience=4 --policy all");
    if (request->seed >= 0)
        request->settings[request->setting_count++] =
            arena_format(&request->arena, "seed=%lld", (long long)request->seed);
    if (request->replications > 0)
        request->settings[request->setting_count++] =
            arena_format(&request->arena, "replications=%lld", (long long)request->replications);
    return STATUS_FINE;
}

/* The same with the file of weights open. */
static ExitStatus run_with_weights(Request *request)
{
    Error error = {0};
    if (request->weights && !learner_file_read(request->weights, &request->file, &error)) {
        message_error(&error);
        return STATUS_INPUT;
    }
    ExitStatus status = run_scenario(request);
    if (request->weights)
        learner_file_free(&request->file);
    return status;
}

static ExitStatus run(int argument_count, char **arguments)
{
    Request request = {.seed = -1};
    request.command = load_command_line(&request.arena, &command_run, argument_count, arguments);
    const Flag flags[] = {
        {"--policy", FLAG_TEXT, &request.policies, "A,B,C", "who answers, or: all (default: the scenario's own)", 0, 0},
        {"--seed", FLAG_INTEGER, &request.seed, "N", "key of all random numbers, as seed=N", 0, INT64_MAX},
        {"--replications", FLAG_INTEGER, &request.replications, "N", "independent runs of each, as replications=N", 1,
         INT64_MAX},
        {"--jobs", FLAG_INTEGER, &request.jobs, "N", "threads (default: all cores); results do not depend on it", 1,
         JOBS_LIMIT},
        {"--weights", FLAG_TEXT, &request.weights, "FILE",
         "measure the learner in this file of `orchid train` as it is", 0, 0},
        {"--db", FLAG_TEXT, &request.database, "FILE", "keep the results in this SQLite file, created when missing", 0,
         0},
        {"--json", FLAG_SWITCH, &request.json, NULL, "print JSON instead of the table", 0, 0},
        {"--quiet", FLAG_SWITCH, &request.quiet, NULL, "no progress line, and no word about policies left out", 0, 0},
    };
    ExitStatus status;
    if (options_parse(&command_run, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status)) {
        status = read_arguments(&request, argument_count, arguments);
        if (status == STATUS_FINE)
            status = run_with_weights(&request);
    }
    arena_free(&request.arena);
    return status;
}

const Command command_run = {
    .name = "run",
    .arguments = "SCENARIO [key=value ...] [flag ...]",
    .summary = "simulate a scenario under one or several policies and print what came of it",
    .details =
        "A SCENARIO is a YAML file, or the name of one from `orchid list scenarios`. A setting key=value changes one\n"
        "of its keys; entries of lists are named: nodes.camera.count=3. Every policy meets the same random numbers.\n"
        "Ctrl-C ends early and keeps the runs that are done; running again goes over them once more.",
    .examples = {{"orchid run hello", "the scenario with its own policy"},
                 {"orchid run hello training_patience=4 --policy all --db hello.sqlite",
                  "every policy, kept for figures and queries"},
                 {"orchid run hello nodes.camera.count=2 --policy greedy,oracle --seed 7",
                  "two cameras, two policies, another seed"},
                 {"orchid run hello policy.name=greedy --seed 7",
                  "another policy, with parameters as policy.KEY=value"},
                 {"orchid run hello --replications 3 --json", "JSON for a script"}},
    .run = run,
};

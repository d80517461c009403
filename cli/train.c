#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../analysis/store.h"
#include "command.h"
#include "interrupt.h"
#include "load.h"
#include "message.h"
#include "options.h"
#include "progress.h"
#include "train_show.h"

enum { LINE_SIZE = 256 };

/* What the command line asks for. */
typedef struct Request {
    const char *scenario;
    const char **settings; /* key=value, those of flags last */
    int setting_count;
    const char *policy;         /* as typed; NULL: that of --from, or the scenario's own */
    const char *weights, *from; /* files to write and to begin with; NULL: none */
    const char *database;       /* NULL: results are shown and not kept */
    const char *command;        /* the whole line */
    int64_t seed, interactions; /* -1 and 0: the scenario's */
    bool json, quiet;
    LearnerFile file; /* what is in `from`, while the request is carried out */
    Arena arena;
} Request;

/* What the training's hook needs. */
typedef struct Watch {
    ProgressLine line;
    bool interrupted;
} Watch;

static bool watch_training(void *context, const LearningProgress *progress)
{
    Watch *watch = context;
    char text[LINE_SIZE];
    if (interrupt_came()) {
        watch->interrupted = true;
        progress_clear(&watch->line);
        message_note("ending the training here; Ctrl-C again ends at once");
        return false;
    }
    train_show_progress(progress, text, sizeof text);
    progress_write(&watch->line, progress->elapsed_s, text);
    return true;
}

/* Who is to learn; NULL with a finding. */
static const PolicyType *choose_policy(const Request *request, const Scenario *scenario, ErrorList *errors)
{
    const char *name = request->policy;
    if (!name && request->from)
        name = request->file.policy->name;
    if (!name && scenario->policy)
        name = config_get(scenario->policy, "name")->text;
    if (!name) {
        error_add(errors, scenario->path, 0, 0,
                  "the scenario names no policy; choose one, such as --policy q-learning");
        return NULL;
    }
    const PolicyType *type = policy_type_find(name);
    const char *nearest = type ? NULL : policy_name_nearest(name);
    if (!type)
        error_add(errors, NULL, 0, 0, "there is no policy \"%s\"%s%s%s", name,
                  nearest ? "; did you mean '" : "; see `orchid list policies`", nearest ? nearest : "",
                  nearest ? "'?" : "");
    else if (!type->learns && !type->supervised)
        error_add(errors, NULL, 0, 0, "%s does not learn: there is nothing to train", name);
    else if (request->weights && !type->save)
        error_add(errors, NULL, 0, 0, "%s cannot be kept in a file: leave --weights out", name);
    else if (policy_suits(type, scenario, errors))
        return type;
    return NULL;
}

/* A training of hours must not end at a folder that is not there. */
static void check_output(Request *request, ErrorList *errors)
{
    if (!request->weights)
        return;
    const char *folder = dirname(arena_string(&request->arena, request->weights));
    if (access(folder, W_OK | X_OK) != 0)
        error_add(errors, request->weights, 0, 0, "cannot be written: there is no folder '%s' to write to", folder);
}

/* Everything that can be wrong with the input; NULL with findings. */
static const PolicyType *check(Request *request, const Scenario *scenario, ErrorList *errors)
{
    const PolicyType *type = choose_policy(request, scenario, errors);
    Error error = {0};
    check_output(request, errors);
    if (scenario->training == 0 && !(type && type->supervised))
        error_add(errors, scenario->path, 0, 0,
                  "says nothing of a training; say how long, such as --interactions 10000");
    if (type && type->supervised && (request->from || request->database))
        error_add(errors, NULL, 0, 0, "%s learns at once from samples: there is no training to go on with, nor a curve",
                  type->name);
    if (!type || !request->from)
        return errors->total ? NULL : type;
    if (request->file.policy != type)
        error_add(errors, request->from, 0, 0, "holds a %s, not a %s", request->file.policy->name, type->name);
    else if (!learner_file_suits(&request->file, scenario, &error))
        error_add(errors, error.file, 0, 0, "%s", error.message);
    return errors->total ? NULL : type;
}

static ExitStatus store_trial(const Request *request, const Trial *trial)
{
    Store *store;
    Error error = {0};
    int64_t experiment;
    StoreStatus status = store_open(request->database, STORE_WRITE, &store, &error);
    if (status == STORE_FINE)
        status = store_begin_experiment(store, trial->scenario->name, request->command, &experiment, &error);
    if (status == STORE_FINE)
        status = store_add_trial(store, experiment, trial, &error);
    if (status != STORE_FINE)
        message_error(&error);
    store_close(store);
    return (ExitStatus)status;
}

static ExitStatus train(const Request *request, const Scenario *scenario, const PolicyType *type)
{
    Watch watch = {.line.stream = !request->quiet && isatty(STDERR_FILENO) ? stderr : NULL};
    TrialLearner learner = {.from = request->from ? &request->file : NULL,
                            .weights = request->weights,
                            .progress = watch_training,
                            .context = &watch};
    Trial trial = {.scenario = scenario, .policy = type, .seed = scenario->seed, .learner = &learner};
    interrupt_hold();
    trial_run(&trial);
    interrupt_release();
    progress_clear(&watch.line);
    ExitStatus status = STATUS_FINE;
    if (trial.status == TRIAL_FAILED) {
        message_wrong("%s", trial.error);
        status = STATUS_MACHINE;
    } else {
        (request->json ? train_show_json : train_show_table)(&trial, request->weights);
        fflush(stdout);
        if (request->database)
            status = store_trial(request, &trial);
        if (status == STATUS_FINE && watch.interrupted)
            status = STATUS_INTERRUPTED;
    }
    trial_free(&trial);
    return status;
}

/* What learns from the scenario's samples has done so when it is created. */
static ExitStatus train_by_samples(const Request *request, const Scenario *scenario, const PolicyType *type)
{
    Error error = {0};
    LearningPlan plan = {.scenario = scenario, .seed = scenario->seed};
    Policy *policy = policy_create(type, scenario, (RunKey){.seed = scenario->seed});
    bool written = !request->weights || learner_file_write(request->weights, &plan, policy, &(Learning){0}, 0, &error);
    policy_destroy(policy);
    if (!written) {
        message_error(&error);
        return STATUS_MACHINE;
    }
    const SampleRows *parts = scenario->samples.parts.parts;
    printf("%s, seed %" PRIu64 ": learnt from %d samples, and chose by %d others; no interactions\n", type->name,
           scenario->seed, parts[SAMPLE_TRAIN].count, parts[SAMPLE_TUNE].count);
    if (request->weights)
        printf("kept in %s\n", request->weights);
    return STATUS_FINE;
}

static ExitStatus train_scenario(Request *request)
{
    ErrorList errors = {0};
    Scenario *scenario = load_scenario(request->scenario, request->settings, request->setting_count, &errors);
    const PolicyType *type = scenario ? check(request, scenario, &errors) : NULL;
    ExitStatus status = STATUS_INPUT;
    if (type)
        status = (type->supervised ? train_by_samples : train)(request, scenario, type);
    else
        error_list_write(&errors, stderr);
    scenario_destroy(scenario);
    return status;
}

static ExitStatus train_with_file(Request *request)
{
    Error error = {0};
    if (request->from && !learner_file_read(request->from, &request->file, &error)) {
        message_error(&error);
        return STATUS_INPUT;
    }
    ExitStatus status = train_scenario(request);
    if (request->from)
        learner_file_free(&request->file);
    return status;
}

/* Takes the scenario and the settings out of the arguments; flags that are settings come last and win. */
static ExitStatus read_arguments(Request *request, int argument_count, char **arguments)
{
    enum { SETTING_FLAGS = 2 };
    request->settings = arena_allocate(&request->arena, (size_t)argument_count + SETTING_FLAGS, sizeof(char *));
    ExitStatus status = load_arguments(&command_train, argument_count, arguments, &request->scenario, request->settings,
                                       &request->setting_count);
    if (status != STATUS_FINE)
        return status;
    if (!request->scenario)
        return message_wrong("train needs a scenario, as in: orchid train hello --policy q-learning");
    if (request->seed >= 0)
        request->settings[request->setting_count++] =
            arena_format(&request->arena, "seed=%lld", (long long)request->seed);
    if (request->interactions > 0)
        request->settings[request->setting_count++] =
            arena_format(&request->arena, "training=%lld", (long long)request->interactions);
    return STATUS_FINE;
}

static ExitStatus run(int argument_count, char **arguments)
{
    Request request = {.seed = -1};
    request.command = load_command_line(&request.arena, &command_train, argument_count, arguments);
    const Flag flags[] = {
        {"--policy", FLAG_TEXT, &request.policy, "NAME", "who learns (default: that of --from, or the scenario's own)",
         0, 0},
        {"--interactions", FLAG_INTEGER, &request.interactions, "N", "decisions to learn from, as training=N", 1,
         1000000000000},
        {"--weights", FLAG_TEXT, &request.weights, "FILE", "write what was learnt to this file", 0, 0},
        {"--from", FLAG_TEXT, &request.from, "FILE", "begin with what is in this file, and learn N more", 0, 0},
        {"--seed", FLAG_INTEGER, &request.seed, "N", "key of all random numbers, as seed=N", 0, INT64_MAX},
        {"--db", FLAG_TEXT, &request.database, "FILE", "keep the curve in this SQLite file, created when missing", 0,
         0},
        {"--json", FLAG_SWITCH, &request.json, NULL, "print JSON instead of the table", 0, 0},
        {"--quiet", FLAG_SWITCH, &request.quiet, NULL, "no progress line", 0, 0},
    };
    ExitStatus status;
    if (options_parse(&command_train, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status)) {
        status = read_arguments(&request, argument_count, arguments);
        if (status == STATUS_FINE)
            status = train_with_file(&request);
    }
    arena_free(&request.arena);
    return status;
}

const Command command_train = {
    .name = "train",
    .arguments = "SCENARIO [key=value ...] [flag ...]",
    .summary = "let a policy learn, show how it approaches the optimum, and keep what it learnt",
    .details =
        "Interactions are the decisions it makes in a world of its own; ever so often its greedy answers are judged\n"
        "in every context, against the oracle, which costs none. With --from and the same scenario and seed the\n"
        "training goes on where it stopped, as if it had never; on another scenario, whose questions look the same\n"
        "and have the same answers, it begins with what was learnt. With training_patience=4 it ends once it has\n"
        "been optimal for four times as many interactions as it took. The same command writes the same bytes.",
    .examples = {{"orchid train hello --policy q-learning --interactions 2000 --weights learnt.orchid",
                  "learns from 2000 decisions and keeps what it learnt"},
                 {"orchid train hello --from learnt.orchid --interactions 2000 --weights longer.orchid",
                  "learns from 2000 more, as if it had been 4000 at once"},
                 {"orchid run hello --weights learnt.orchid --policy q-learning,oracle",
                  "measures it as it is, beside the oracle"},
                 {"orchid train hello objective.threshold='85 %' --from learnt.orchid --interactions 500",
                  "goes on in another scenario with what it knows"},
                 {"orchid train hello --policy q-learning training_patience=4 --seed 7 --db learnt.sqlite",
                  "stops once it stays optimal, and keeps the curve"}},
    .run = run,
};

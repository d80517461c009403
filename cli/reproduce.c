#include "reproduce.h"

#include <string.h>

#include "../analysis/output_files.h"
#include "engine_script.h"
#include "load.h"
#include "message.h"
#include "options.h"

enum { JOBS_LIMIT = 1024 };

static const Study *const studies[] = {&study_online_learning, &study_hybrid_learning, &study_mcia, &study_cooperation};

enum { STUDY_COUNT = sizeof studies / sizeof *studies };

ExitStatus reproduce_make_folder(const char *path)
{
    Error error = {0};
    OutputFiles files = {0};
    StoreStatus status = output_files_folder(&files, path, &error);
    status = output_files_end(&files, status, &error);
    if (status != STORE_FINE)
        message_error(&error);
    return (ExitStatus)status;
}

/* Figures, claims and report, from the runs that are there. */
static ExitStatus conclude(Reproduction *reproduction)
{
    const Study *study = reproduction->study;
    Error error = {0};
    Store *store = NULL;
    StoreStatus status = store_open(reproduction->database, STORE_READ, &store, &error);
    ExitStatus drawn = STATUS_FINE, measured = STATUS_FINE;
    if (status == STORE_FINE) {
        drawn = reproduce_draw(reproduction, store);
        status = study->claims(store, engine_quote(&reproduction->arena, reproduction->database),
                               &reproduction->findings, &error);
    }
    store_close(store);
    if (status == STORE_FINE && study->measure)
        measured = study->measure(!reproduction->full, &reproduction->findings);
    if (status == STORE_FINE)
        status = reproduce_write_report(reproduction, &error);
    if (status == STORE_FINE)
        reproduce_print(reproduction, stdout);
    else
        message_error(&error);
    return status != STORE_FINE ? (ExitStatus)status : measured != STATUS_FINE ? measured : drawn;
}

/* Takes the study and the settings out of the arguments. */
static ExitStatus read_arguments(Reproduction *reproduction, int argument_count, char **arguments)
{
    const char *name, *names[STUDY_COUNT];
    reproduction->settings = arena_allocate(&reproduction->arena, (size_t)argument_count, sizeof(char *));
    ExitStatus status = load_arguments(&command_reproduce, argument_count, arguments, &name, reproduction->settings,
                                       &reproduction->setting_count);
    if (status != STATUS_FINE)
        return status;
    if (!name)
        return message_wrong("reproduce needs a paper, as in: orchid reproduce online-learning");
    for (int i = 0; i < STUDY_COUNT; i++) {
        names[i] = studies[i]->name;
        if (strcmp(name, names[i]) == 0)
            reproduction->study = studies[i];
    }
    if (!reproduction->study)
        return message_unknown("paper", name, names, STUDY_COUNT,
                               "there are: online-learning, hybrid-learning, mcia, edge-cloud-cooperation");
    return STATUS_FINE;
}

/* Names of the folder and the database, and the command that means all this. */
static void name_files(Reproduction *reproduction)
{
    Arena *arena = &reproduction->arena;
    const char *extent = reproduction->full ? "full" : "quick";
    if (!reproduction->folder)
        reproduction->folder = arena_format(arena, "%s-%s", reproduction->study->name, extent);
    reproduction->database = arena_format(arena, "%s/%s.sqlite", reproduction->folder, extent);
    const char *command = arena_format(arena, "orchid reproduce %s --%s", reproduction->study->name, extent);
    for (int i = 0; i < reproduction->setting_count; i++)
        command = arena_format(arena, "%s %s", command, engine_quote(arena, reproduction->settings[i]));
    reproduction->command = arena_format(arena, "%s -o %s", command, engine_quote(arena, reproduction->folder));
}

static ExitStatus run(int argument_count, char **arguments)
{
    Reproduction reproduction = {0};
    int64_t jobs = 0;
    bool quick = false;
    const Flag flags[] = {
        {"--quick", FLAG_SWITCH, &quick, NULL, "few seeds, a minute or two (default)", 0, 0},
        {"--full", FLAG_SWITCH, &reproduction.full, NULL, "10 seeds or more, minutes", 0, 0},
        {"--jobs", FLAG_INTEGER, &jobs, "N", "threads (default: all cores); results do not depend on it", 1,
         JOBS_LIMIT},
        {"-o", FLAG_TEXT, &reproduction.folder, "FOLDER",
         "where database, figures and report.md go (default: PAPER-quick or PAPER-full)", 0, 0},
        {"--json", FLAG_SWITCH, &reproduction.json, NULL, "print the claims as JSON", 0, 0},
        {"--quiet", FLAG_SWITCH, &reproduction.quiet, NULL, "no progress line", 0, 0},
    };
    ExitStatus status;
    if (!options_parse(&command_reproduce, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status))
        return status;
    reproduction.jobs = (int)jobs;
    status = quick && reproduction.full ? message_wrong("--quick and --full exclude each other")
                                        : read_arguments(&reproduction, argument_count, arguments);
    if (status == STATUS_FINE) {
        name_files(&reproduction);
        status = reproduce_make_folder(reproduction.folder);
    }
    if (status == STATUS_FINE && reproduction.study->prepare)
        status = reproduction.study->prepare(&reproduction);
    if (status == STATUS_FINE)
        status = reproduce_run(&reproduction);
    if (status == STATUS_FINE)
        status = conclude(&reproduction);
    findings_free(&reproduction.findings);
    arena_free(&reproduction.arena);
    return status;
}

const Command command_reproduce = {
    .name = "reproduce",
    .arguments = "PAPER [key=value ...] [flag ...]",
    .summary = "run the experiments of a paper, draw its figures and judge its claims",
    .details =
        "PAPER is online-learning, hybrid-learning, mcia or edge-cloud-cooperation. Runs what the database in FOLDER "
        "does\n"
        "not hold yet: kill it at any moment, and the same command goes on. Then it draws every figure, as PNG and "
        "SVG,\n"
        "writes report.md with them, with tables and the command for each, and prints the claims: what the paper says\n"
        "(figures of its abstract only), what comes out here with interval and n, where it holds, and the verdict by "
        "a\n"
        "rule that the report states. Settings go to every sweep.",
    .examples = {{"orchid reproduce online-learning 'sweep.policies=[device-only, oracle]' stop.rounds=20 -o rules",
                  "settings go to every sweep: here no learner, which leaves most claims open"}},
    .run = run,
};

/* The runs of a study: all sweeps are planned before any of them begins. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "engine_script.h"
#include "interrupt.h"
#include "load.h"
#include "message.h"
#include "progress.h"
#include "reproduce.h"

/* A planned sweep; NULL: it is left out. */
typedef struct Part {
    Sweep *sweep;
    SweepSelection selection;
} Part;

/* What the hooks of a sweep share. */
typedef struct Watch {
    ProgressLine line;
    bool interrupted;
    int64_t total, before, present_before; /* runs of all parts; of those ended, how many, and were there at once */
    double elapsed_before_s;
    int part, parts;
    const char *name;
} Watch;

static void show_progress(void *context, const SweepProgress *progress)
{
    Watch *watch = context;
    int64_t done = watch->before - watch->present_before + progress->done;
    int64_t present = watch->present_before + progress->present;
    double elapsed_s = watch->elapsed_before_s + progress->elapsed_s;
    char where[160];
    snprintf(where, sizeof where, "part %d of %d: %s", watch->part + 1, watch->parts, watch->name);
    int64_t rest = watch->total - present - done;
    Progress shown = {.done = (int)done,
                      .failed = (int)progress->failed,
                      .total = (int)(watch->total - present),
                      .elapsed_s = elapsed_s,
                      .left_s = done > 0 ? elapsed_s * (double)rest / (double)done : NAN};
    progress_show(&watch->line, &shown, where);
}

static bool should_stop(void *context)
{
    Watch *watch = context;
    if (!watch->interrupted && interrupt_came()) {
        watch->interrupted = true;
        progress_clear(&watch->line);
        message_note("ending after the runs under way; Ctrl-C again ends at once");
    }
    return watch->interrupted;
}

/* "sweep.policies=[a, b]" of those that the program has; NULL where it has none of them. */
static const char *known_policies(Reproduction *reproduction, const char *const *policies)
{
    Arena *arena = &reproduction->arena;
    const char *list = NULL;
    for (int i = 0; i < STUDY_POLICY_LIMIT && policies[i]; i++) {
        if (policy_type_find(policies[i]))
            list = list ? arena_format(arena, "%s, %s", list, policies[i]) : policies[i];
        else if (!strstr(reproduction->missing, policies[i]))
            reproduction->missing =
                arena_format(arena, "%s%s%s", reproduction->missing, *reproduction->missing ? ", " : "", policies[i]);
    }
    return list ? arena_format(arena, "sweep.policies=[%s]", list) : NULL;
}

/* The scenario of a sweep, as its command names it. */
static const char *scenario_of(Reproduction *reproduction, const StudySweep *what)
{
    return what->prepared ? arena_format(&reproduction->arena, "%s/%s", reproduction->folder, what->scenario)
                          : what->scenario;
}

/* Settings of a sweep, with room for all. */
typedef struct Settings {
    int count;
    const char **items;
} Settings;

/* Adds a setting, in the place of one with the same key. */
static void add_setting(Settings *settings, const char *setting)
{
    size_t key = strcspn(setting, "=") + 1;
    int place = 0;
    while (place < settings->count && strncmp(settings->items[place], setting, key) != 0)
        place++;
    settings->items[place] = setting;
    settings->count += place == settings->count;
}

/* Chooses the settings and notes the command that they make. False: the sweep is left out. */
static bool choose_settings(Reproduction *reproduction, int index, Settings *settings)
{
    const StudySweep *what = &reproduction->study->sweeps[index];
    Arena *arena = &reproduction->arena;
    const char *policies = what->policies ? known_policies(reproduction, what->policies) : NULL;
    if (what->policies && !policies)
        return false;
    if (policies)
        add_setting(settings, policies);
    for (int i = 0; i < STUDY_SETTING_LIMIT && what->settings[i]; i++)
        add_setting(settings, what->settings[i]);
    if (!reproduction->full && what->quick)
        add_setting(settings, what->quick);
    for (int i = 0; i < reproduction->setting_count; i++)
        add_setting(settings, reproduction->settings[i]);
    const char *ending = "";
    for (int i = 0; i < settings->count; i++)
        ending = arena_format(arena, "%s %s", ending, engine_quote(arena, settings->items[i]));
    const char *command =
        arena_format(arena, "orchid sweep %s%s", engine_quote(arena, scenario_of(reproduction, what)), ending);
    reproduction->sweep_commands[index] = command;
    /* Where the folder is, and how it was typed, makes no other sweep. */
    reproduction->sweep_endings[index] = what->prepared ? ending : command;
    return true;
}

/* Plans one sweep; findings go to `errors`. */
static void plan(Reproduction *reproduction, int index, Part *part, ErrorList *errors)
{
    const StudySweep *what = &reproduction->study->sweeps[index];
    Arena *arena = &reproduction->arena;
    size_t most = (size_t)reproduction->setting_count + STUDY_SETTING_LIMIT + 2;
    Settings settings = {.items = arena_allocate(arena, most, sizeof *settings.items)};
    bool wanted = choose_settings(reproduction, index, &settings);
    const char *path = wanted ? load_path(arena, scenario_of(reproduction, what), errors) : NULL;
    part->sweep = path ? sweep_open(path, settings.items, settings.count, false, errors) : NULL;
    if (!part->sweep)
        return;
    if (!reproduction->full && what->quick_where) {
        Error error = {0};
        part->selection.where =
            expression_parse(arena, what->quick_where, part->sweep->names, part->sweep->axes.key_count, &error);
        /* Settings may have taken away what the condition speaks of: then all that they left is meant. */
        if (!part->selection.where && reproduction->setting_count == 0)
            error_add(errors, what->scenario, 0, 0, "%s (%s)", error.message, what->quick_where);
    }
    reproduction->runs += sweep_selection_count(part->sweep, &part->selection);
}

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), end = strlen(ending);
    return end > 0 && length >= end && strcmp(text + length - end, ending) == 0;
}

/* Whether a command of the database is none of this reproduction. */
static bool find_foreign(void *context, int column_count, const char *const *names, const StoreValue *values)
{
    (void)column_count, (void)names;
    Reproduction *reproduction = context;
    for (int i = 0; i < reproduction->study->sweep_count; i++)
        if (reproduction->sweep_endings[i] && ends_with(values[0].text, reproduction->sweep_endings[i]))
            return true;
    reproduction->command = NULL;
    return false;
}

/* Refuses a database with runs of other settings: its figures would mix them. */
static StoreStatus check_foreign(Reproduction *reproduction, Store *store, Error *error)
{
    const char *command = reproduction->command;
    StoreStatus status =
        store_query(store, "SELECT command FROM experiments", NULL, 0, find_foreign, reproduction, error);
    bool foreign = !reproduction->command;
    reproduction->command = command;
    if (status == STORE_FINE && foreign) {
        error_set(error, reproduction->database, 0, 0,
                  "holds runs of other settings, which would mix with these: name another folder with -o");
        return STORE_INPUT;
    }
    return status;
}

/* Runs one planned sweep. */
static ExitStatus run_part(Reproduction *reproduction, Part *part, Store *store, Watch *watch)
{
    watch->name = part->sweep->name;
    SweepOrder order = {.sweep = part->sweep,
                        .selection = &part->selection,
                        .store = store,
                        .jobs = reproduction->jobs,
                        .reproduce = reproduction->sweep_commands[watch->part],
                        .progress = show_progress,
                        .stop = should_stop,
                        .context = watch};
    SweepOutcome outcome = {0};
    outcome.status =
        store_continue_experiment(store, part->sweep->name, order.reproduce, &order.experiment, &outcome.error);
    if (outcome.status == STORE_FINE)
        outcome = sweep_run(&order);
    watch->before += outcome.progress.present + outcome.progress.done;
    watch->present_before += outcome.progress.present;
    watch->elapsed_before_s += outcome.progress.elapsed_s;
    progress_clear(&watch->line);
    if (outcome.status != STORE_FINE) {
        message_error(&outcome.error);
        return (ExitStatus)outcome.status;
    }
    if (outcome.progress.failed)
        message_wrong("%" PRId64 " runs failed, the first: %s", outcome.progress.failed, outcome.failure);
    return outcome.stopped ? STATUS_INTERRUPTED : outcome.progress.failed ? STATUS_MACHINE : STATUS_FINE;
}

/* Runs all parts in turn. */
static ExitStatus run_parts(Reproduction *reproduction, Part *parts, Store *store)
{
    Watch watch = {.line.stream = !reproduction->quiet && isatty(STDERR_FILENO) ? stderr : NULL,
                   .total = reproduction->runs,
                   .parts = reproduction->study->sweep_count};
    ExitStatus status = STATUS_FINE;
    interrupt_hold();
    for (; watch.part < watch.parts && status == STATUS_FINE; watch.part++)
        if (parts[watch.part].sweep)
            status = run_part(reproduction, &parts[watch.part], store, &watch);
    interrupt_release();
    if (status == STATUS_INTERRUPTED)
        message_note("interrupted: %" PRId64 " of %" PRId64 " runs are kept in %s; the same command goes on",
                     watch.before, watch.total, reproduction->database);
    return status;
}

ExitStatus reproduce_run(Reproduction *reproduction)
{
    int count = reproduction->study->sweep_count;
    Part *parts = arena_allocate(&reproduction->arena, (size_t)count, sizeof *parts);
    ErrorList errors = {0};
    reproduction->missing = "";
    reproduction->sweep_commands = arena_allocate(&reproduction->arena, (size_t)count, sizeof(char *));
    reproduction->sweep_endings = arena_allocate(&reproduction->arena, (size_t)count, sizeof(char *));
    for (int i = 0; i < count; i++)
        plan(reproduction, i, &parts[i], &errors);
    ExitStatus status = STATUS_INPUT;
    if (errors.total) {
        error_list_write(&errors, stderr);
    } else {
        Error error = {0};
        Store *store = NULL;
        StoreStatus opened = store_open(reproduction->database, STORE_WRITE, &store, &error);
        if (opened == STORE_FINE)
            opened = check_foreign(reproduction, store, &error);
        if (opened == STORE_FINE)
            status = run_parts(reproduction, parts, store);
        else
            message_error(&error);
        status = opened == STORE_FINE ? status : (ExitStatus)opened;
        store_close(store);
    }
    for (int i = 0; i < count; i++)
        sweep_close(parts[i].sweep);
    return status;
}

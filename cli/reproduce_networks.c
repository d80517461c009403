/* What edge-cloud cooperation needs before its sweeps: pairs of networks, each trained, compressed and tried here. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../analysis/cascade_records.h"
#include "../analysis/figure_script.h"
#include "../analysis/network_pair.h"
#include "../vision/image_source.h"
#include "data.h"
#include "interrupt.h"
#include "message.h"
#include "progress.h"
#include "reproduce.h"

enum { SET_COUNT = 2, PAIR_LIMIT = SET_COUNT * COOPERATION_FULL_SEEDS, THREAD_LIMIT = 64 };

static const char *const data_names[SET_COUNT] = {"digits", "glyphs"};

/* All pairs under way. Threads take them in turn; who has made one keeps it in the database. */
typedef struct Workshop {
    Reproduction *reproduction;
    const char *folder;
    ImageSet sets[SET_COUNT];
    ModelReferences references;
    int count; /* pairs to make */
    NetworkPair pairs[PAIR_LIMIT];
    atomic_int next;
    pthread_mutex_t lock; /* over all below */
    Store *store;
    int done;
    bool stopped;
    StoreStatus status; /* of the first that went wrong */
    Error error;
    ProgressLine line;
    struct timespec began;
} Workshop;

static double elapsed_s(const Workshop *workshop)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - workshop->began.tv_sec) + 1e-9 * (double)(now.tv_nsec - workshop->began.tv_nsec);
}

/* Called with the lock. */
static void show(Workshop *workshop)
{
    double elapsed = elapsed_s(workshop);
    Progress progress = {.done = workshop->done,
                         .total = workshop->count,
                         .elapsed_s = elapsed,
                         .left_s =
                             workshop->done ? elapsed * (workshop->count - workshop->done) / workshop->done : NAN};
    progress_show(&workshop->line, &progress, "networks are trained and compressed");
}

/* Whether another pair may be begun. */
static bool goes_on(Workshop *workshop)
{
    pthread_mutex_lock(&workshop->lock);
    if (!workshop->stopped && interrupt_came()) {
        workshop->stopped = true;
        progress_clear(&workshop->line);
        message_note("ending after the networks under way; Ctrl-C again ends at once");
    }
    bool going = !workshop->stopped && workshop->status == STORE_FINE;
    pthread_mutex_unlock(&workshop->lock);
    return going;
}

static void make_one(Workshop *workshop, const NetworkPair *pair)
{
    NetworkPairStudy study;
    Error error = {0};
    StoreStatus status = network_pair_make(pair, &study, &error);
    pthread_mutex_lock(&workshop->lock);
    if (status == STORE_FINE)
        status =
            cascade_records_add(workshop->store, pair->data, &study.networks, study.decisions, PAIR_CRITERIA, &error);
    if (status != STORE_FINE && workshop->status == STORE_FINE) {
        workshop->status = status;
        workshop->error = error;
    }
    workshop->done += status == STORE_FINE;
    show(workshop);
    pthread_mutex_unlock(&workshop->lock);
    network_pair_free(&study);
}

static void *make_some(void *context)
{
    Workshop *workshop = context;
    int index;
    while (goes_on(workshop) && (index = atomic_fetch_add(&workshop->next, 1)) < workshop->count)
        make_one(workshop, &workshop->pairs[index]);
    return NULL;
}

/* On so many threads, this one among them. */
static void make_all(Workshop *workshop)
{
    pthread_t threads[THREAD_LIMIT];
    long most = workshop->reproduction->jobs > 0 ? workshop->reproduction->jobs : sysconf(_SC_NPROCESSORS_ONLN);
    int count = 0;
    clock_gettime(CLOCK_MONOTONIC, &workshop->began);
    show(workshop);
    while (count + 1 < most && count + 1 < workshop->count && count < THREAD_LIMIT &&
           pthread_create(&threads[count], NULL, make_some, workshop) == 0)
        count++;
    make_some(workshop);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    progress_clear(&workshop->line);
}

/* Whether records of a pair are there, and the files that sweeps read. */
static StoreStatus have(Workshop *workshop, const NetworkPair *pair, bool *ret_have)
{
    static const char *const endings[] = {".yaml", "_layers.csv", "_profiles.csv", "_large_profiles.csv",
                                          "_samples.csv"};
    StoreStatus status = cascade_records_have(workshop->store, pair->data, pair->seed, ret_have, &workshop->error);
    for (size_t i = 0; *ret_have && i < sizeof endings / sizeof *endings; i++)
        *ret_have = access(arena_format(&workshop->reproduction->arena, "%s/%s-%d%s", pair->folder, pair->data,
                                        (int)pair->seed, endings[i]),
                           R_OK) == 0;
    return status;
}

/* Which pairs are missing. */
static StoreStatus plan(Workshop *workshop)
{
    int seeds = workshop->reproduction->full ? COOPERATION_FULL_SEEDS : COOPERATION_QUICK_SEEDS;
    StoreStatus status = cascade_records_begin(workshop->store, &workshop->error);
    for (int i = 0; i < SET_COUNT * seeds && status == STORE_FINE; i++) {
        int set = i % SET_COUNT;
        bool there;
        NetworkPair pair = {.set = &workshop->sets[set],
                            .data = data_names[set],
                            .seed = (uint64_t)(i / SET_COUNT) + 1,
                            .folder = workshop->folder,
                            .references = &workshop->references,
                            .settings = compression_default_settings()};
        status = have(workshop, &pair, &there);
        if (!there)
            workshop->pairs[workshop->count++] = pair;
    }
    return status;
}

/* Images and latencies; false after an error was printed. */
static bool open_sources(Workshop *workshop)
{
    Arena *arena = &workshop->reproduction->arena;
    ErrorList errors = {0};
    const char *traces = data_path(arena, "traces");
    if (!traces)
        return false;
    const char *digits = arena_format(arena, "%s/digits.csv", traces);
    bool whole = model_references_read(traces, arena, &workshop->references, &errors);
    for (int i = 0; i < SET_COUNT; i++)
        whole = image_source_open(data_names[i], digits, &workshop->sets[i], &errors) && whole;
    if (!whole)
        error_list_write(&errors, stderr);
    return whole;
}

/* Makes what is missing. */
static ExitStatus work(Workshop *workshop)
{
    StoreStatus status = store_open(workshop->reproduction->database, STORE_WRITE, &workshop->store, &workshop->error);
    if (status == STORE_FINE)
        status = plan(workshop);
    if (status == STORE_FINE && workshop->count > 0) {
        if (!open_sources(workshop))
            return STATUS_INPUT;
        interrupt_hold();
        make_all(workshop);
        interrupt_release();
        status = workshop->status;
    }
    if (status != STORE_FINE) {
        message_error(&workshop->error);
        return (ExitStatus)status;
    }
    if (workshop->stopped)
        message_note("interrupted: %d of %d pairs of networks are made; the same command goes on", workshop->done,
                     workshop->count);
    return workshop->stopped ? STATUS_INTERRUPTED : STATUS_FINE;
}

/* Puts the scenario that comes with the program beside the networks, and in it the first of them instead of those that
 * come with the program. */
static ExitStatus copy_scenario(Reproduction *reproduction, const char *folder)
{
    static const char shipped[] = "../../traces/digits_networks", ours[] = "digits-1";
    Arena *arena = &reproduction->arena;
    OutputFiles files = {0};
    Error error = {0};
    const char *path = data_path(arena, "scenarios/edge_cloud_cooperation/trained.yaml");
    const char *text = path ? figure_script_read(arena, path, NULL) : NULL;
    if (!text)
        return path ? message_wrong("%s: cannot read the scenario", path) : STATUS_INPUT;
    FILE *stream = output_files_add(&files, arena_format(arena, "%s/trained.yaml", folder), &error);
    for (const char *found; stream && (found = strstr(text, shipped)); text = found + strlen(shipped))
        fprintf(stream, "%.*s%s", (int)(found - text), text, ours);
    if (stream)
        fputs(text, stream);
    StoreStatus status = output_files_end(&files, stream ? STORE_FINE : files.status, &error);
    if (status != STORE_FINE)
        message_error(&error);
    return (ExitStatus)status;
}

ExitStatus reproduce_networks(Reproduction *reproduction)
{
    Workshop workshop = {.reproduction = reproduction,
                         .folder = arena_format(&reproduction->arena, "%s/networks", reproduction->folder),
                         .lock = PTHREAD_MUTEX_INITIALIZER,
                         .line.stream = !reproduction->quiet && isatty(STDERR_FILENO) ? stderr : NULL};
    ExitStatus status = reproduce_make_folder(workshop.folder);
    if (status == STATUS_FINE)
        status = copy_scenario(reproduction, workshop.folder);
    if (status == STATUS_FINE)
        status = work(&workshop);
    store_close(workshop.store);
    for (int i = 0; i < SET_COUNT; i++)
        image_set_free(&workshop.sets[i]);
    return status;
}

#include "replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char QUERY[] = "SELECT path, resolved, policy, parameters, seed, replication, fingerprint, scenario_hash, "
                            "status FROM runs JOIN scenarios USING (scenario_hash) WHERE run = CAST(?1 AS INTEGER)";

/* A run as it is stored. */
typedef struct Stored {
    bool found, done;
    const char *path, *resolved, *policy, *parameters, *fingerprint, *scenario_hash;
    int64_t seed, replication;
    Arena arena;
} Stored;

/* A question that may still be on its way. */
typedef struct Question {
    Time time;
    int64_t *requests; /* numbers of its asks; NULL when it has ended */
} Question;

/* What is watched. */
typedef struct Watch {
    const Scenario *scenario;
    int64_t question_limit;
    Question *questions; /* ROUTE ones by Decision.index; requests end with them, whatever was asked between */
    ReplayVisit *visit;
    void *context;
} Watch;

static bool keep_stored(void *context, int column_count, const char *const *columns, const StoreValue *row)
{
    (void)column_count;
    (void)columns;
    Stored *stored = context;
    Arena *arena = &stored->arena;
    stored->found = true;
    stored->path = arena_string(arena, row[0].text);
    stored->resolved = arena_string(arena, row[1].text);
    stored->policy = arena_string(arena, row[2].text);
    stored->parameters = arena_string(arena, row[3].text);
    stored->seed = row[4].integer;
    stored->replication = row[5].integer;
    stored->fingerprint = arena_string(arena, row[6].text);
    stored->scenario_hash = arena_string(arena, row[7].text);
    stored->done = strcmp(row[8].text, "done") == 0;
    return false;
}

/* The scenario with the policy as it was: both are canonical YAML. */
static ConfigNode *read_tree(Stored *stored, ErrorList *errors)
{
    Arena *arena = &stored->arena;
    ConfigNode *root = config_parse(arena, stored->resolved, strlen(stored->resolved), stored->path, false, errors);
    ConfigNode *policy =
        config_parse(arena, stored->parameters, strlen(stored->parameters), stored->path, false, &(ErrorList){0});
    if (!root)
        return NULL;
    config_override(arena, root, arena_format(arena, "policy={name: %s}", stored->policy), errors);
    for (const ConfigNode *entry = policy && policy->kind == CONFIG_MAP ? policy->first : NULL; entry;
         entry = entry->next)
        config_assign(arena, root, arena_format(arena, "policy.%s", entry->key), entry, errors);
    return root;
}

/* Whether the run's learner came out of a file, which the database does not hold. */
static bool is_from_file(const Stored *stored)
{
    return strncmp(stored->parameters, TRIAL_WEIGHTS, strlen(TRIAL_WEIGHTS)) == 0 ||
           strstr(stored->parameters, "\n" TRIAL_WEIGHTS) != NULL;
}

/* Whether a request of a question counts in the metrics. */
static bool is_recorded(const Scenario *scenario, int64_t decision, Time arrival)
{
    if (scenario->warm_up.rounds)
        return decision >= scenario->warm_up.rounds;
    return arrival >= scenario->warm_up.time;
}

static void note_question(Watch *watch, const Decision *decision)
{
    if (decision->index >= watch->question_limit) {
        int64_t limit = 2 * decision->index + 64;
        watch->questions =
            memory_grow(watch->questions, (size_t)watch->question_limit, (size_t)limit, sizeof *watch->questions);
        watch->question_limit = limit;
    }
    Question *question = &watch->questions[decision->index];
    *question = (Question){decision->time, memory_allocate((size_t)decision->ask_count, sizeof *question->requests)};
    for (int i = 0; i < decision->ask_count; i++)
        question->requests[i] = decision->asks[i].request;
}

/* Visits the requests of the decisions that have ended, and notes the question. */
static void observe(void *context, const Decision *decision)
{
    Watch *watch = context;
    const Scenario *scenario = watch->scenario;
    for (int f = 0; f < decision->feedback_count; f++) {
        const Feedback *feedback = &decision->feedback[f];
        if (feedback->kind != DECISION_ROUTE)
            continue;
        Question *question = &watch->questions[feedback->decision];
        for (int i = 0; i < feedback->count; i++) {
            const Outcome *outcome = &feedback->outcomes[i];
            int group = scenario->group_of[scenario->users[outcome->user]];
            ReplayRequest request = {.request = question->requests[i],
                                     .decision = feedback->decision,
                                     .user = outcome->user,
                                     .arrival_s = time_to_s(question->time),
                                     .option = scenario->options[group].items[outcome->option].label,
                                     .outcome = *outcome,
                                     .recorded = is_recorded(scenario, feedback->decision, question->time)};
            watch->visit(watch->context, &request);
        }
        free(question->requests);
        question->requests = NULL;
    }
    if (decision->ask_count && decision->kind == DECISION_ROUTE)
        note_question(watch, decision);
}

/* Runs the trial under watch and compares it with what is stored. */
static bool run_again(const Stored *stored, const Scenario *scenario, Watch *watch, Error *error)
{
    TrialObserver observer = {observe, watch};
    Trial trial = {.scenario = scenario,
                   .policy = policy_type_find(stored->policy),
                   .seed = (uint64_t)stored->seed,
                   .replication = (uint64_t)stored->replication,
                   .observer = &observer};
    char fingerprint[20];
    watch->scenario = scenario;
    trial_run(&trial);
    snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, trial.fingerprint);
    bool same = trial.status == TRIAL_DONE && strcmp(fingerprint, stored->fingerprint) == 0;
    if (!same)
        error_set(error, NULL, 0, 0, "it comes out differently here: another machine or version ran it");
    trial_free(&trial);
    for (int64_t i = 0; i < watch->question_limit; i++)
        free(watch->questions[i].requests);
    free(watch->questions);
    return same;
}

/* Whether the scenario is what was simulated. */
static bool check_scenario(const Stored *stored, const Scenario *scenario, const ErrorList *errors, Error *error)
{
    char hash[20] = "";
    if (scenario)
        snprintf(hash, sizeof hash, "%016" PRIx64, scenario->hash);
    if (errors->total)
        error_set(error, NULL, 0, 0, "its scenario cannot be read again: %.400s", errors->items[0].message);
    else if (strcmp(hash, stored->scenario_hash) != 0)
        error_set(error, NULL, 0, 0, "the traces of %.200s have changed since", stored->path);
    else if (!policy_type_find(stored->policy))
        error_set(error, NULL, 0, 0, "there is no policy \"%s\" any more", stored->policy);
    else
        return true;
    return false;
}

/* Says which run an error is about. */
static void name_run(int64_t run, Error *error)
{
    Error found = *error;
    error_set(error, found.file, 0, 0, "run %" PRId64 " cannot be run again: %.400s", run, found.message);
}

StoreStatus replay_run(Store *store, int64_t run, ReplayVisit *visit, void *context, Error *error)
{
    Stored stored = {0};
    char number[32];
    const char *parameters[] = {number};
    snprintf(number, sizeof number, "%" PRId64, run);
    StoreStatus status = store_query(store, QUERY, parameters, 1, keep_stored, &stored, error);
    if (status != STORE_FINE)
        return status;
    ErrorList errors = {0};
    ScenarioFiles files = {0};
    Error why = {0};
    Watch watch = {.visit = visit, .context = context};
    const ConfigNode *root = stored.done && !is_from_file(&stored) ? read_tree(&stored, &errors) : NULL;
    Scenario *scenario = root ? scenario_build(root, stored.path, &files, &errors) : NULL;
    bool fine = false;
    if (!stored.done)
        error_set(&why, NULL, 0, 0, stored.found ? "it failed" : "there is no such run");
    else if (is_from_file(&stored))
        error_set(&why, NULL, 0, 0, "its learner came out of a file of weights");
    else
        fine = check_scenario(&stored, scenario, &errors, &why) && run_again(&stored, scenario, &watch, &why);
    if (!fine) {
        name_run(run, &why);
        if (error)
            *error = why;
    }
    scenario_destroy(scenario);
    scenario_files_free(&files);
    arena_free(&stored.arena);
    return fine ? STORE_FINE : STORE_INPUT;
}

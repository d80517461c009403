/* How many real interactions learners need, with censoring. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claims_hybrid.h"
#include "learner_statistics.h"
#include "samples.h"

/* Learners in the order of tables and figures. */
static const struct {
    const char *policy;
    LearnerFamily family;
} learners[] = {
    {"q-learning", LEARNER_MODEL_FREE},       {"dqn", LEARNER_MODEL_FREE},
    {"dqn-branching", LEARNER_MODEL_FREE},    {"ucb", LEARNER_MODEL_FREE},
    {"thompson", LEARNER_MODEL_FREE},         {"dyna-q", LEARNER_HYBRID},
    {"prioritised-sweeping", LEARNER_HYBRID}, {"hybrid-learning", LEARNER_HYBRID},
    {"hybrid-factored", LEARNER_STRUCTURED},  {"model-network", LEARNER_STRUCTURED},
    {"model-no-prior", LEARNER_STRUCTURED},   {"model-reward", LEARNER_STRUCTURED},
    {"model-parametric", LEARNER_STRUCTURED}, {"model-greedy", LEARNER_STRUCTURED},
    {"model-optimism", LEARNER_STRUCTURED},   {"model-thompson", LEARNER_STRUCTURED},
    {"linear-ucb", LEARNER_STRUCTURED},       {"linear-thompson", LEARNER_STRUCTURED},
};

enum { LEARNER_COUNT = sizeof learners / sizeof *learners, RATIO_STREAM = 1, NEEDS_STREAM = 0 };

int learner_place(const char *policy)
{
    int place = 0;
    while (place < LEARNER_COUNT && strcmp(learners[place].policy, policy) != 0)
        place++;
    return place;
}

LearnerFamily learner_family(const char *policy)
{
    int place = learner_place(policy);
    return place < LEARNER_COUNT ? learners[place].family : LEARNER_MODEL_FREE;
}

/* Interactions, whether it arrived, and the times of the whole training an interaction. Where settings or a change of
 * defaults left trainings of several kinds, those of the latest kind count. */
static const char query[] =
    "WITH trainings AS (SELECT run, seed, replication, policy, interactions, users, CASE scenarios.name WHEN 'hybrid "
    "learning, fixed context' THEN 'fixed' ELSE 'changing' END AS context, CASE WHEN sweep_values.value LIKE "
    "'%mean_profiles.csv' THEN 'mean' ELSE 'drawn' END AS services, scenario_hash || parameters_hash || version AS "
    "kind "
    "FROM runs JOIN scenarios USING (scenario_hash) JOIN sweep_values USING (run) WHERE status = 'done' AND key = "
    "'profiles' AND scenarios.name IN ('hybrid learning, fixed context', 'hybrid learning, changing contexts')), "
    "sorted AS (SELECT trainings.*, first_value(kind) OVER (PARTITION BY context, services, users, policy ORDER BY run "
    "DESC) AS latest FROM trainings) "
    "SELECT context, services, users, policy, sorted.interactions, value, 1e6 * (learning_s + planning_s) / "
    "sorted.interactions, 1e6 * planning_s / sorted.interactions FROM sorted JOIN metrics USING (run) JOIN "
    "learning_times ON learning_times.run = sorted.run AND learning_times.interactions = sorted.interactions WHERE "
    "kind "
    "= latest AND name = CASE context WHEN 'fixed' THEN 'interactions_to_optimum' ELSE 'interactions_to_optimum_95' "
    "END "
    "ORDER BY context DESC, services, users, policy, seed, replication";

static int compare_efforts(const void *a, const void *b)
{
    const Effort *first = a, *second = b;
    int order = -strcmp(first->context, second->context);
    if (order == 0)
        order = strcmp(first->services, second->services);
    if (order == 0)
        order = first->users - second->users;
    return order ? order : learner_place(first->policy) - learner_place(second->policy);
}

static Effort make_effort(Arena *arena, const Replicates *sample)
{
    Effort effort = {.context = sample->names[0],
                     .services = sample->names[1],
                     .users = atoi(sample->names[2]),
                     .policy = sample->names[3],
                     .work_us = statistics_interval(sample->values[2], sample->count, CONFIDENCE).mean,
                     .planning_us = statistics_interval(sample->values[3], sample->count, CONFIDENCE).mean};
    double *values = arena_allocate(arena, (size_t)sample->count, sizeof *values);
    bool *censored = arena_allocate(arena, (size_t)sample->count, sizeof *censored);
    for (int i = 0; i < sample->count; i++) {
        censored[i] = isnan(sample->values[1][i]);
        /* Optimal from the start on counts as one: a ratio needs something to divide by. */
        values[i] = fmax(1, censored[i] ? sample->values[0][i] : sample->values[1][i]);
        effort.arrived += !censored[i];
    }
    effort.scores = (CensoredScores){sample->count, values, censored};
    Stream stream = stream_create(1, 0, STREAM_ANALYSIS, NEEDS_STREAM);
    effort.needs =
        censored_interval(CENSORED_INTERQUARTILE_MEAN, effort.scores, CONFIDENCE, LEARNER_RESAMPLES, &stream);
    return effort;
}

StoreStatus efforts_read(Store *store, Arena *arena, Efforts *ret_efforts, Error *error)
{
    Samples samples;
    StoreStatus status = samples_read(store, query, NULL, 0, 4, arena, &samples, error);
    *ret_efforts = (Efforts){samples.count, arena_allocate(arena, (size_t)samples.count, sizeof(Effort))};
    for (int i = 0; i < samples.count; i++)
        ret_efforts->items[i] = make_effort(arena, &samples.items[i]);
    qsort(ret_efforts->items, (size_t)samples.count, sizeof(Effort), compare_efforts);
    return status;
}

const Effort *efforts_find(const Efforts *efforts, const Effort *like, const char *policy)
{
    for (int i = 0; i < efforts->count; i++) {
        const Effort *effort = &efforts->items[i];
        if (strcmp(effort->policy, policy) == 0 && effort->users == like->users &&
            strcmp(effort->context, like->context) == 0 && strcmp(effort->services, like->services) == 0)
            return effort;
    }
    return NULL;
}

CensoredEstimate efforts_ratio(const Effort *first, const Effort *second)
{
    Stream stream = stream_create(1, 0, STREAM_ANALYSIS, RATIO_STREAM);
    return censored_ratio_interval(CENSORED_INTERQUARTILE_MEAN, first->scores, second->scores, CONFIDENCE,
                                   LEARNER_RESAMPLES, &stream);
}

/* Three digits, without an exponent. */
static const char *number(Arena *arena, double value)
{
    if (isinf(value))
        return "∞";
    double unit = value >= 100 ? pow(10, floor(log10(value)) - 2) : 1;
    return value >= 100 ? arena_format(arena, "%.0f", unit * round(value / unit)) : arena_format(arena, "%.3g", value);
}

const char *efforts_format(Arena *arena, CensoredEstimate estimate)
{
    Bracket value = estimate.value;
    const char *text = number(arena, value.least);
    if (value.least <= 0 && isinf(value.most))
        return "?";
    if (value.least <= 0)
        text = arena_format(arena, "≤ %s", number(arena, value.most));
    else if (isinf(value.most))
        text = arena_format(arena, "≥ %s", text);
    else if (value.least < value.most)
        text = arena_format(arena, "%s to %s", text, number(arena, value.most));
    if (isnan(estimate.low))
        return text;
    return arena_format(arena, "%s [%s, %s%s", text, number(arena, estimate.low), number(arena, estimate.high),
                        isinf(estimate.high) ? ")" : "]");
}

/* What online learning claims of a learner's answers: optimal, never slower than a fixed place, faster where less
 * accuracy is asked for. */
#include "claims_online.h"

#include "samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Relative differences below this are ties, as for the optimum in evaluation.h. */
static const double tie = 0.001;

static int compare_numbers(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

static const char optimum_query[] =
    ONLINE_SETTINGS "SELECT hardware, experiment, users, value >= 1, (SELECT max(0, regret) / abs(oracle_reward) FROM "
                    "learning_curves WHERE learning_curves.run = settings.run ORDER BY interactions DESC LIMIT 1) FROM "
                    "settings JOIN metrics USING (run) WHERE policy = 'q-learning' AND name = 'optimal_fraction' AND "
                    "value IS NOT NULL ORDER BY hardware, experiment, users";

/* A row per hardware and experiment, a column per number of users. */
static void optimum_table(Findings *findings, const Samples *samples)
{
    const char *const headers[] = {"<devices", "<experiment", "1 user",  "2 users",
                                   "3 users",  "4 users",     "5 users", "largest shortfall, %"};
    enum { HEADERS = sizeof headers / sizeof *headers, FIRST_USERS = 2, USERS_MOST = 5 };
    int rows = 0;
    for (int i = 0; i < samples->count; i++)
        rows += i == 0 || strcmp(samples->items[i].names[1], samples->items[i - 1].names[1]) != 0 ||
                strcmp(samples->items[i].names[0], samples->items[i - 1].names[0]) != 0;
    Sheet *sheet = findings_add_table(
        findings, "Trainings that end at the optimum that brute force finds, over all thresholds",
        "optimal / all trainings; optimal: the greedy answer is within 0.1 % of the oracle's mean reward. Shortfall: "
        "of the mean reward of the worst training. Experiments B and C mix links and need two users.",
        headers, HEADERS, rows);
    double shortfall = 0;
    for (int i = 0, row = -1; i < samples->count; i++) {
        const Replicates *sample = &samples->items[i];
        if (i == 0 || strcmp(sample->names[1], samples->items[i - 1].names[1]) != 0 ||
            strcmp(sample->names[0], samples->items[i - 1].names[0]) != 0) {
            row++;
            shortfall = 0;
        }
        int reached = 0, users = atoi(sample->names[2]);
        for (int r = 0; r < sample->count; r++) {
            reached += sample->values[0][r] > 0;
            shortfall = fmax(shortfall, 100 * sample->values[1][r]);
        }
        sheet_set(sheet, row, 0, "%s", sample->names[0]);
        sheet_set(sheet, row, 1, "%s", sample->names[1]);
        if (users >= 1 && users <= USERS_MOST)
            sheet_set(sheet, row, FIRST_USERS + users - 1, "%d/%d", reached, sample->count);
        sheet_set(sheet, row, HEADERS - 1, "%.2f", shortfall);
    }
}

static StoreStatus claim_optimum(Store *store, const char *database, Findings *findings, Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples;
    StoreStatus status = samples_read(store, optimum_query, NULL, 0, 3, arena, &samples, error);
    int64_t reached = 0, all = 0;
    size_t missed = 0;
    for (int i = 0; i < samples.count; i++)
        all += samples.items[i].count;
    double *shortfalls = arena_allocate(arena, (size_t)all, sizeof *shortfalls);
    const char *obtained = "", *where = "", *places = "";
    for (int i = 0; i < samples.count; i++)
        for (int r = 0; r < samples.items[i].count; r++) {
            if (samples.items[i].values[0][r] > 0) {
                reached++;
                continue;
            }
            shortfalls[missed++] = 100 * samples.items[i].values[1][r];
            const char *devices = samples.items[i].names[0];
            if (!strstr(places, devices))
                places = arena_format(arena, "%s%s%s", places, *places ? " and " : "", devices);
        }
    if (all > 0) {
        double low, high;
        claims_share_interval(reached, all, &low, &high);
        obtained = arena_format(arena, "%.1f %% [%.1f, %.1f] of n = %lld trainings",
                                100.0 * (double)reached / (double)all, 100 * low, 100 * high, (long long)all);
        optimum_table(findings, &samples);
        where = "everywhere";
    }
    if (missed > 0) {
        qsort(shortfalls, missed, sizeof *shortfalls, compare_numbers);
        where = arena_format(arena,
                             "the %zu others, on %s, end at an answer whose mean reward is lower by %.2f %% in the "
                             "median, %.2f %% at most: answers that are nearly as good, or a better one whose first "
                             "draws were slow and that exploration has not tried often enough since",
                             missed, places, shortfalls[missed / 2], shortfalls[missed - 1]);
    }
    findings_add_claim(
        findings,
        (Claim){.claim = "learned decisions equal the optimum that brute force finds",
                .paper = "",
                .obtained = obtained,
                .where = where,
                .rule = "all trainings end within 0.1 % of the optimum's mean reward: reproduced; at least 90 %: "
                        "partly; less: not",
                .command = arena_format(
                    arena, "orchid compare %s --by policy --metric optimal_fraction --where 'policy == q-learning'",
                    database),
                .verdict = verdict_of_share(reached, all, 0.9)});
    return status;
}

static const char fixed_query[] =
    ONLINE_SETTINGS "SELECT l.hardware, l.experiment, l.users, l.threshold, f.policy, lt.value / ft.value - 1 FROM "
                    "settings AS l JOIN settings AS f USING (scenario_hash, seed, replication) JOIN metrics AS lt ON "
                    "lt.run = l.run AND lt.name = 'response_time_mean' JOIN metrics AS ft ON ft.run = f.run AND "
                    "ft.name = 'response_time_mean' WHERE l.policy = 'q-learning' AND f.policy IN ('device-only', "
                    "'edge-only', 'cloud-only') ORDER BY l.hardware, l.experiment, l.users, l.threshold, f.policy";

/* Of a lower threshold against the next higher one; all ran on the same random numbers. */
static const char falls_query[] = ONLINE_SETTINGS
    ", times AS (SELECT settings.*, value, dense_rank() OVER (ORDER BY threshold) AS place FROM settings JOIN metrics "
    "USING (run) WHERE policy = 'q-learning' AND name = 'response_time_mean') SELECT low.hardware, low.experiment, "
    "low.users, low.threshold, '', low.value / high.value - 1 FROM times AS low JOIN times AS high ON high.hardware = "
    "low.hardware AND high.experiment = low.experiment AND high.users = low.users AND high.seed = low.seed AND "
    "high.replication = low.replication AND high.place = low.place + 1 ORDER BY low.hardware, low.experiment, "
    "low.users, low.threshold";

/* How often a relative difference is below, about, and above zero. */
typedef struct Counts {
    int better, equal, worse;
    double best, worst;     /* relative */
    const char *worst_name; /* the first that is worse; "" where none is */
} Counts;

static Counts count_differences(Arena *arena, const Samples *samples)
{
    Counts counts = {.worst_name = "", .best = NAN, .worst = NAN};
    for (int i = 0; i < samples->count; i++) {
        const Replicates *sample = &samples->items[i];
        Interval interval = samples_interval(sample, 0);
        double half = isnan(interval.half_width) ? 0 : interval.half_width;
        bool worse = interval.mean - half > tie, better = interval.mean + half < -tie;
        counts.best = fmin(counts.best, interval.mean);
        counts.worst = fmax(counts.worst, interval.mean);
        if (worse && counts.worse == 0)
            counts.worst_name = arena_format(arena, "%s %s, %s users, threshold %g %%", sample->names[0],
                                             sample->names[1], sample->names[2], 100 * atof(sample->names[3]));
        counts.worse += worse;
        counts.better += better;
        counts.equal += !worse && !better;
    }
    return counts;
}

/* A claim that a relative difference is nowhere above zero. */
static StoreStatus claim_order(Store *store, const char *query, Findings *findings, Claim claim, const char *words,
                               Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples;
    StoreStatus status = samples_read(store, query, NULL, 0, 5, arena, &samples, error);
    Counts counts = count_differences(arena, &samples);
    claim.obtained = claim.where = "";
    if (samples.count > 0) {
        claim.obtained =
            arena_format(arena, "%d %s: %d faster, %d alike, %d slower; mean differences %.1f to %+.2f %%, n = %d each",
                         samples.count, words, counts.better, counts.equal, counts.worse, 100 * counts.best,
                         100 * counts.worst, samples.items[0].count);
        claim.where = counts.worse ? arena_format(arena, "not: first at %s", counts.worst_name) : "everywhere";
    }
    claim.verdict = verdict_of_share(samples.count - counts.worse, samples.count, 0.95);
    findings_add_claim(findings, claim);
    return status;
}

StoreStatus claims_online_learning(Store *store, const char *database, Findings *findings, Error *error)
{
    Arena *arena = &findings->arena;
    StoreStatus status = claims_online_cut(store, database, findings, error);
    if (status == STORE_FINE)
        status = claim_optimum(store, database, findings, error);
    if (status == STORE_FINE)
        status = claim_order(
            store, fixed_query, findings,
            (Claim){.claim = "the learner is never slower than device, edge or cloud alone",
                    .paper = "",
                    .rule = "slower: the 95 % interval of the paired relative difference lies above 0.1 %; no "
                            "comparison slower: reproduced; at most 5 % of them: partly; more: not",
                    .command = arena_format(arena, "orchid compare %s --by policy --baseline q-learning", database)},
            "comparisons", error);
    if (status == STORE_FINE)
        status = claim_order(
            store, falls_query, findings,
            (Claim){.claim = "the response time of the learner falls with the accuracy threshold",
                    .paper = "",
                    .rule = "each threshold against the next higher one, paired; slower as above; no step slower: "
                            "reproduced; at most 5 % of them: partly; more: not",
                    .command = arena_format(
                        arena, "orchid compare %s --by objective.threshold --where 'policy == q-learning'", database)},
            "steps", error);
    if (status == STORE_FINE)
        status = claims_online_tables(store, findings, error);
    return status;
}

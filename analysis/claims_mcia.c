/* What MCIA claims of a policy that decides version, partition and shares together: it comes close to the optimum, is
 * better than every baseline, and follows the network. The abstract states no figure; the limits are this project's. */
#include "claims_mcia.h"

#include "samples.h"

#include <math.h>
#include <string.h>

/* Shortfalls of utility from the oracle's, in percent: up to so many users; after a step in bandwidth. */
static const double near_optimum = 2, near_after_step = 5;

enum { USERS_MOST = 4 };

static const char shortfall_query[] =
    MCIA_RUNS "SELECT l.policy, l.setting, 100 * (o.utility - l.utility) / abs(o.utility) FROM here AS l JOIN learners "
              "USING (policy) "
              "JOIN here AS o USING (world, axis, setting, seed, replication) WHERE world = " MCIA_WORLD
              " AND axis = 'users' AND o.policy = 'oracle' AND l.setting_place <= 4 ORDER BY learners.place, "
              "l.setting_place, seed, replication";

/* The mean over settings of the mean shortfall. */
typedef struct Learner {
    const char *name; /* NULL: none */
    double shortfall;
} Learner;

/* The learner that comes closest to the oracle over one to four users: of it the other claims tell. */
static Learner best_learner(const Samples *samples)
{
    Learner best = {.shortfall = INFINITY};
    for (int i = 0; i < samples->count;) {
        const char *name = samples->items[i].names[0];
        double sum = 0;
        int settings = 0;
        for (; i < samples->count && strcmp(samples->items[i].names[0], name) == 0; i++, settings++)
            sum += statistics_interval(samples->items[i].values[0], samples->items[i].count, CONFIDENCE).mean;
        if (settings == USERS_MOST && sum / settings < best.shortfall)
            best = (Learner){name, sum / settings};
    }
    return best;
}

static const char *interval_text(Arena *arena, Interval interval)
{
    return arena_format(arena, "%.2f ± %.2f %%", interval.mean, interval.half_width);
}

/* A setting of one value, below a limit. */
static bool is_below(Interval interval, double limit)
{
    return interval.count > 1 && interval.mean + interval.half_width <= limit;
}

static void shortfall_table(Findings *findings, const Samples *samples)
{
    const char *const headers[] = {"<learner", "n", "1 user", "2 users", "3 users", "4 users"};
    enum { HEADERS = sizeof headers / sizeof *headers, FIRST = 2 };
    int rows = 0;
    for (int i = 0; i < samples->count; i++)
        rows += i == 0 || strcmp(samples->items[i].names[0], samples->items[i - 1].names[0]) != 0;
    Sheet *sheet = findings_add_table(findings, "How far learners stay below the oracle's utility, %",
                                      "Mean ± half width of the 95 % t interval over n trainings, each measured frozen "
                                      "on requests that it has not met, paired with the oracle's utility on them.",
                                      headers, HEADERS, rows);
    for (int i = 0, row = -1; i < samples->count; i++) {
        const Replicates *sample = &samples->items[i];
        if (i == 0 || strcmp(sample->names[0], samples->items[i - 1].names[0]) != 0)
            sheet_set(sheet, ++row, 0, "%s", sample->names[0]);
        Interval interval = samples_interval(sample, 0);
        int users = sample->names[1][0] - '0';
        sheet_set(sheet, row, 1, "%d", sample->count);
        if (users >= 1 && users <= USERS_MOST)
            sheet_set(sheet, row, FIRST + users - 1, "%.2f ± %.2f", interval.mean, interval.half_width);
    }
}

static void claim_optimum(const Samples *samples, const char *database, const char *best, Findings *findings)
{
    Arena *arena = &findings->arena;
    int held = 0, judged = 0;
    const char *obtained = "", *where = "";
    for (int i = 0; best && i < samples->count; i++) {
        const Replicates *sample = &samples->items[i];
        if (strcmp(sample->names[0], best) != 0)
            continue;
        Interval interval = samples_interval(sample, 0);
        bool holds = is_below(interval, near_optimum);
        held += holds;
        judged++;
        obtained = arena_format(arena, "%s%s%s user%s %s", *obtained ? obtained : best, *obtained ? ", " : ": ",
                                sample->names[1], judged > 1 ? "s" : "", interval_text(arena, interval));
        if (judged == USERS_MOST)
            obtained = arena_format(arena, "%s; n = %d each", obtained, sample->count);
        where = arena_format(arena, "%s%s%s %s", where, *where ? ", " : "", sample->names[1], holds ? "yes" : "no");
    }
    if (samples->count > 0)
        shortfall_table(findings, samples);
    findings_add_claim(
        findings,
        (Claim){.claim = "the utility of the best learned policy is within 2 % of the optimum, one to four users",
                .paper = "",
                .obtained = obtained,
                .where = *where ? arena_format(arena, "users: %s", where) : "",
                .rule =
                    "a number of users holds where the 95 % interval of the shortfall from the oracle's utility lies "
                    "below 2 %; all: reproduced; some: partly; none: not. Best: the least mean shortfall",
                .command = arena_format(arena, "orchid compare %s --by policy,nodes.device.count --metric reward_mean",
                                        database),
                .verdict = verdict_of_settings(held, judged)});
}

static const char baselines_query[] = MCIA_RUNS
    "SELECT l.axis, l.setting, b.policy, 100 * (l.utility - b.utility) / abs(o.utility), 100 * (o.utility - "
    "b.utility) / abs(o.utility) FROM here AS l JOIN here AS b USING (world, axis, setting, seed, replication) "
    "JOIN here AS o USING (world, axis, setting, seed, replication) JOIN baselines ON baselines.policy = "
    "b.policy WHERE world = " MCIA_WORLD " AND l.policy = ?1 AND o.policy = 'oracle' ORDER BY l.axis_place, "
    "l.setting_place, l.setting, baselines.place, seed, replication";

/* How often the learner is above a baseline, as far as that can be: below the oracle there is room. */
typedef struct Contest {
    int above, alike, below, no_room;
    const char *exceptions; /* the contests with room that are not won; "" none */
} Contest;

static Contest count_contests(Arena *arena, const Samples *samples)
{
    Contest contest = {.exceptions = ""};
    for (int i = 0; i < samples->count; i++) {
        const Replicates *sample = &samples->items[i];
        Interval gain = samples_interval(sample, 0);
        Interval room = samples_interval(sample, 1);
        bool is_above = gain.mean - gain.half_width > 0, is_below = gain.mean + gain.half_width < 0;
        bool has_room = room.mean - room.half_width > 0;
        contest.below += is_below;
        contest.above += has_room && is_above;
        contest.no_room += !has_room && !is_below;
        contest.alike += has_room && !is_above && !is_below;
        if ((has_room && !is_above) || is_below)
            contest.exceptions = arena_format(arena, "%s%s%s %s against %s (%+.2f ± %.2f %%)", contest.exceptions,
                                              *contest.exceptions ? "; " : "", sample->names[0], sample->names[1],
                                              sample->names[2], gain.mean, gain.half_width);
    }
    return contest;
}

static StoreStatus claim_baselines(Store *store, const char *database, const char *best, Findings *findings,
                                   Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples = {0};
    const char *parameters[] = {best ? best : ""};
    StoreStatus status = samples_read(store, baselines_query, parameters, 1, 3, arena, &samples, error);
    Contest contest = count_contests(arena, &samples);
    const char *obtained = "", *where = "";
    if (samples.count > 0) {
        obtained = arena_format(arena,
                                "%s: %d comparisons: %d above, %d alike, %d below, and %d where the baseline is at the "
                                "optimum itself; n = %d each",
                                best, samples.count, contest.above, contest.alike, contest.below, contest.no_room,
                                samples.items[0].count);
        where = *contest.exceptions ? arena_format(arena, "everywhere but: %s", contest.exceptions) : "everywhere";
    }
    findings_add_claim(
        findings,
        (Claim){.claim = "it is above every baseline for all numbers of users, bandwidths, devices, edges and weights",
                .paper = "better than other methods (the abstract gives no figure)",
                .obtained = obtained,
                .where = where,
                .rule = "above: the 95 % interval of the paired difference in utility lies above 0; where the oracle "
                        "itself is not above the baseline so, nobody can be, and nothing is judged; all others above: "
                        "reproduced; at least 90 %: partly; less: not",
                .command = arena_format(arena, "orchid compare %s --by policy --metric reward_mean --baseline %s",
                                        database, best ? best : "oracle"),
                .verdict = verdict_of_share(contest.above, contest.above + contest.alike + contest.below, 0.9)});
    return status;
}

static const char step_query[] = MCIA_RUNS
    "SELECT l.policy, 100 * (o.utility - l.utility) / abs(o.utility) FROM here AS l JOIN here AS o USING (world, axis, "
    "setting, seed, replication) WHERE world = " MCIA_STEP
    " AND o.policy = 'oracle' AND l.policy <> 'oracle' AND setting = '300' ORDER BY l.policy, seed, "
    "replication";

static StoreStatus claim_step(Store *store, const char *database, const char *best, Findings *findings, Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples = {0};
    StoreStatus status = samples_read(store, step_query, NULL, 0, 1, arena, &samples, error);
    int judged = 0, held = 0;
    const char *obtained = "", *others = "";
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        Interval interval = samples_interval(sample, 0);
        if (best && strcmp(sample->names[0], best) == 0) {
            judged = sample->count > 1;
            held = is_below(interval, near_after_step);
            obtained = arena_format(arena, "%s: %s below the oracle, n = %d", best, interval_text(arena, interval),
                                    sample->count);
        } else {
            others = arena_format(arena, "%s%s%s %s", others, *others ? ", " : "", sample->names[0],
                                  interval_text(arena, interval));
        }
    }
    findings_add_claim(
        findings,
        (Claim){.claim = "it follows a step in bandwidth to a fifth without retraining: within 5 % of the optimum over "
                         "the 200 rounds behind the step",
                .paper = "",
                .obtained = obtained,
                .where = *others ? arena_format(arena, "others: %s", others) : "",
                .rule = "frozen, after practice at random bandwidths of other values; the 95 % interval of the "
                        "shortfall lies below 5 %: reproduced; else not",
                .command = arena_format(
                    arena,
                    "orchid compare %s --by policy,stop.rounds --metric reward_mean --where 'stop.rounds == 300'",
                    database),
                .verdict = verdict_of_settings(held, judged)});
    return status;
}

static const char crowd_query[] = MCIA_RUNS
    "SELECT l.policy, g.policy, 100 * (l.utility - g.utility) / abs(o.utility), 100 * (o.utility + "
    "gap.value - l.utility) / abs(o.utility + gap.value) FROM here AS l JOIN learners USING (policy) JOIN here AS g "
    "USING (world, axis, "
    "setting, seed, replication) JOIN here AS o USING (world, axis, setting, seed, replication) JOIN metrics AS "
    "gap ON gap.run = o.run AND gap.name = 'bound_gap' WHERE world = " MCIA_WORLD
    " AND axis = 'users' AND setting = '20' AND g.policy IN ('greedy', 'equal-shares') AND o.policy = 'oracle' "
    "ORDER BY learners.place, g.policy DESC, seed, replication";

static StoreStatus claim_crowd(Store *store, const char *database, Findings *findings, Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples = {0};
    StoreStatus status = samples_read(store, crowd_query, NULL, 0, 2, arena, &samples, error);
    int judged = 0, most = 0;
    const char *obtained = "";
    for (int i = 0; i < samples.count;) {
        const char *learner = samples.items[i].names[0];
        int beaten = 0, first = i;
        const char *text = "";
        for (; i < samples.count && strcmp(samples.items[i].names[0], learner) == 0; i++) {
            const Replicates *sample = &samples.items[i];
            Interval gain = samples_interval(sample, 0);
            beaten += gain.count > 1 && gain.mean - gain.half_width > 0;
            text = arena_format(arena, "%s, %+.2f ± %.2f %% against %s", text, gain.mean, gain.half_width,
                                sample->names[1]);
        }
        Interval gap = samples_interval(&samples.items[first], 1);
        obtained = arena_format(arena, "%s%s%s: %s below the bound%s, n = %d", obtained, *obtained ? "; " : "", learner,
                                interval_text(arena, gap), text, samples.items[first].count);
        judged = 2;
        most = beaten > most ? beaten : most;
    }
    findings_add_claim(
        findings,
        (Claim){.claim = "twenty users: a learned policy beats greedy and equal shares",
                .paper = "",
                .obtained = obtained,
                .where = "",
                .rule = "the 95 % interval of the paired difference in utility lies above 0 against both: reproduced; "
                        "against one: partly. The bound: no answer can be better, see policies/shared_optimum.h",
                .command = arena_format(
                    arena, "orchid compare %s --by policy --metric reward_mean --where 'nodes.device.count == 20'",
                    database),
                .verdict = verdict_of_settings(most, judged)});
    return status;
}

StoreStatus claims_mcia(Store *store, const char *database, Findings *findings, Error *error)
{
    Samples samples = {0};
    StoreStatus status = samples_read(store, shortfall_query, NULL, 0, 2, &findings->arena, &samples, error);
    if (status != STORE_FINE)
        return status;
    const char *best = best_learner(&samples).name;
    claim_optimum(&samples, database, best, findings);
    status = claim_baselines(store, database, best, findings, error);
    if (status == STORE_FINE)
        status = claim_step(store, database, best, findings, error);
    if (status == STORE_FINE)
        status = claim_crowd(store, database, findings, error);
    if (status == STORE_FINE)
        status = claims_mcia_tables(store, findings, error);
    return status;
}

/* What the paper claims of compressing by reinforcement learning and of deciding by supervised learning, and what comes
 * out here. */
#include "claims_cooperation.h"

#include <math.h>
#include <string.h>

/* The abstract's figure, in percent. */
static const double paper_size_cut = 87.6;

/* Networks within so many points of accuracy count as equally accurate. */
static const double equal_points = 0.5;

const char *cooperation_share(Arena *arena, Interval logs)
{
    if (isnan(logs.half_width))
        return arena_format(arena, "%.2f", 100 * exp(logs.mean));
    return arena_format(arena, "%.2f [%.2f, %.2f]", 100 * exp(logs.mean), 100 * exp(logs.mean - logs.half_width),
                        100 * exp(logs.mean + logs.half_width));
}

const char *cooperation_mean(Arena *arena, Interval interval, int decimals, bool difference)
{
    const char *mean = arena_format(arena, difference ? "%+.*f" : "%.*f", decimals, interval.mean);
    return isnan(interval.half_width) ? mean : arena_format(arena, "%s ± %.*f", mean, decimals, interval.half_width);
}

Interval cooperation_log_ratio(const Replicates *sample, int first, int second)
{
    Arena arena = {0};
    double *logs = arena_allocate(&arena, (size_t)sample->count, sizeof *logs);
    for (int i = 0; i < sample->count; i++)
        logs[i] = log(sample->values[first][i] / sample->values[second][i]);
    Interval interval = statistics_interval(logs, sample->count, CONFIDENCE);
    arena_free(&arena);
    return interval;
}

static double low_end(Interval interval)
{
    return interval.mean - interval.half_width;
}

const char *cooperation_append(Arena *arena, const char *list, const char *text)
{
    return arena_format(arena, "%s%s%s", list, *list ? "; " : "", text);
}

/* The agent's networks beside those of a baseline. */
static const char sizes_query[] =
    "SELECT a.data, b.network, a.bytes, b.bytes, 100.0 * (a.test_right - b.test_right) / a.test_images FROM "
    "image_networks AS a JOIN image_networks AS b USING (data, seed, version) WHERE a.network = 'actor-critic' AND "
    "b.network NOT IN ('actor-critic', 'heavy', 'lighter') AND " COOPERATION_VERSION "ORDER BY a.data, b.place, a.seed";

/* How one contest went. */
typedef struct SizeContest {
    Interval ratio;  /* of bytes, logarithms */
    Interval points; /* of accuracy */
    int smaller;     /* seeds in which the agent's is */
    double largest;  /* cut in percent */
    bool won;
} SizeContest;

static SizeContest judge_sizes(const Replicates *sample)
{
    SizeContest contest = {.ratio = cooperation_log_ratio(sample, 0, 1), .points = samples_interval(sample, 2)};
    for (int i = 0; i < sample->count; i++) {
        double cut = 100 * (1 - sample->values[0][i] / sample->values[1][i]);
        contest.smaller += cut > 0;
        contest.largest = fmax(contest.largest, cut);
    }
    contest.won = contest.ratio.mean + contest.ratio.half_width < 0 && fabs(contest.points.mean) <= equal_points;
    return contest;
}

static StoreStatus claim_sizes(Store *store, Findings *findings, Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples = {0};
    StoreStatus status = samples_read(store, sizes_query, NULL, 0, 2, arena, &samples, error);
    const char *command =
        arena_format(arena, "orchid vision study --seeds %d", samples.count ? samples.items[0].count : 1);
    int won = 0, judged = 0;
    double largest = 0;
    const char *all = "", *uniform = "", *lost = "";
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        SizeContest contest = judge_sizes(sample);
        const char *who = arena_format(arena, "%s against %s", sample->names[0], sample->names[1]);
        judged += sample->count > 1;
        won += contest.won;
        if (!contest.won && sample->count > 1)
            lost = cooperation_append(arena, lost, who);
        all = cooperation_append(arena, all,
                                 arena_format(arena, "%s %s %% of the bytes, smaller in %d of %d, %s points", who,
                                              cooperation_share(arena, contest.ratio), contest.smaller, sample->count,
                                              cooperation_mean(arena, contest.points, 2, true)));
        if (strcmp(sample->names[1], "uniform") != 0)
            continue;
        largest = fmax(largest, contest.largest);
        uniform = cooperation_append(arena, uniform,
                                     arena_format(arena, "%s %s %% of the bytes, at most %.1f %% smaller, n = %d",
                                                  sample->names[0], cooperation_share(arena, contest.ratio),
                                                  contest.largest, sample->count));
    }
    findings_add_claim(
        findings,
        (Claim){.claim =
                    "networks that reinforcement learning compresses are smaller than those of the baseline method",
                .paper = "up to 87.6 % smaller",
                .obtained = uniform,
                .where = judged ? arena_format(arena, "against a uniform ratio, at most %.1f %% smaller", largest) : "",
                .rule = "the largest cut of bytes against a uniform ratio in one seed reaches the paper's figure: "
                        "reproduced; smaller than all baselines of all sets at equal accuracy: partly; else not",
                .command = command,
                .verdict = judged == 0                 ? VERDICT_OPEN
                           : largest >= paper_size_cut ? VERDICT_REPRODUCED
                           : won == judged             ? VERDICT_PARTLY
                                                       : VERDICT_NOT});
    findings_add_claim(
        findings,
        (Claim){.claim = "at equal accuracy they are smaller than those of every baseline tried here",
                .paper = "",
                .obtained = all,
                .where = *lost    ? arena_format(arena, "everywhere but: %s", lost)
                         : judged ? "everywhere"
                                  : "",
                .rule = "the 95 % interval of the ratio of bytes (geometric mean over seeds) lies below 1, and "
                        "mean accuracies on test images are within 0.5 points; all: reproduced; some: partly",
                .command = command,
                .verdict = verdict_of_settings(won, judged)});
    return status;
}

/* What the classifier and the tuned threshold decide, each row one pair of networks: right decisions, balanced accuracy
 * and area under the curve, and right decisions over the threshold's. */
static const char decisions_query[] =
    "WITH rules AS (SELECT *, sent_rightly + missed AS worth, sent_in_vain + kept_rightly AS vain FROM "
    "offload_decisions WHERE criterion = ?1) SELECT l.data, 100.0 * (l.sent_rightly + l.kept_rightly) / (l.worth + "
    "l.vain), 50.0 * (1.0 * l.sent_rightly / l.worth + 1.0 * l.kept_rightly / l.vain), l.auc, 100.0 * (l.sent_rightly "
    "+ l.kept_rightly - c.sent_rightly - c.kept_rightly) / (l.worth + l.vain) FROM rules AS l JOIN rules AS c USING "
    "(data, seed, version) WHERE l.rule = 'network' AND c.rule = 'confidence' AND " COOPERATION_VERSION
    "ORDER BY data, seed";
enum { DECISIONS_RIGHT, DECISIONS_BALANCED, DECISIONS_AUC, DECISIONS_GAIN };

static const char *decisions_command(Arena *arena, const char *database)
{
    return arena_format(arena, "sqlite3 %s 'SELECT * FROM offload_decisions'", database);
}

/* Thresholds for as many right decisions of both kinds: else keeping nearly all is right in most cases. */
static StoreStatus claim_most(Store *store, const char *database, Findings *findings, Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples = {0};
    const char *criterion = "balanced", *obtained = "";
    StoreStatus status = samples_read(store, decisions_query, &criterion, 1, 1, arena, &samples, error);
    int judged = 0, held = 0;
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        Interval right = samples_interval(sample, DECISIONS_RIGHT);
        Interval balanced = samples_interval(sample, DECISIONS_BALANCED);
        judged += sample->count > 1;
        held += low_end(right) > 50 && low_end(balanced) > 50;
        obtained = cooperation_append(
            arena, obtained,
            arena_format(arena, "%s: %s %% right, balanced %s %%, AUC %s, n = %d", sample->names[0],
                         cooperation_mean(arena, right, 1, false), cooperation_mean(arena, balanced, 1, false),
                         cooperation_mean(arena, samples_interval(sample, DECISIONS_AUC), 3, false), sample->count));
    }
    findings_add_claim(
        findings,
        (Claim){.claim = "a supervised classifier decides rightly in most cases which answers to send on",
                .paper = "in most cases (the abstract gives no figure)",
                .obtained = obtained,
                .where =
                    judged ? "a small network on what the lighter network says of its answer, logits included" : "",
                .rule = "right: sent on where the light network is wrong and the heavy one right, else kept; "
                        "thresholds for balanced accuracy; 95 % intervals of right decisions and of balanced "
                        "accuracy above 50 %; all sets: reproduced; some: partly",
                .command = decisions_command(arena, database),
                .verdict = verdict_of_settings(held, judged)});
    return status;
}

static StoreStatus claim_threshold(Store *store, const char *database, Findings *findings, Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples = {0};
    const char *criterion = "decisions", *obtained = "";
    StoreStatus status = samples_read(store, decisions_query, &criterion, 1, 1, arena, &samples, error);
    int judged = 0, held = 0;
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        const double *none = arena_allocate(arena, (size_t)sample->count, sizeof *none);
        Difference gain = statistics_paired(sample->values[DECISIONS_GAIN], none, sample->count, CONFIDENCE);
        judged += sample->count > 1;
        held += gain.mean - gain.half_width > 0;
        obtained = cooperation_append(
            arena, obtained,
            arena_format(arena, "%s: %s points of right decisions (%sn = %d)", sample->names[0],
                         cooperation_mean(arena, samples_interval(sample, DECISIONS_GAIN), 3, true),
                         isnan(gain.p_value) ? "" : arena_format(arena, "p = %.2g, ", gain.p_value), sample->count));
    }
    findings_add_claim(
        findings, (Claim){.claim = "it makes more right decisions than a tuned threshold of confidence",
                          .paper = "",
                          .obtained = obtained,
                          .where = "",
                          .rule = "both tuned on the same images for right decisions, and judged on others; the 95 % "
                                  "interval of the paired difference lies above 0; all sets: reproduced; some: partly",
                          .command = decisions_command(arena, database),
                          .verdict = verdict_of_settings(held, judged)});
    return status;
}

StoreStatus claims_cooperation(Store *store, const char *database, Findings *findings, Error *error)
{
    Samples map = {0};
    StoreStatus status = claim_sizes(store, findings, error);
    if (status == STORE_FINE)
        status = claim_most(store, database, findings, error);
    if (status == STORE_FINE)
        status = claim_threshold(store, database, findings, error);
    if (status == STORE_FINE)
        status = cooperation_map(store, &findings->arena, &map, error);
    if (status != STORE_FINE)
        return status;
    cooperation_claim_map(&map, database, false, findings);
    cooperation_claim_map(&map, database, true, findings);
    return claims_cooperation_tables(store, findings, error);
}

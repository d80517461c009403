/* What the paper claims of compressing by reinforcement learning and of deciding by supervised learning, and what comes
 * out here. */
#include "claims_cooperation.h"

#include <math.h>
#include <string.h>

/* Figures of the abstract, in percent. */
static const double paper_size_cut = 87.6, paper_time_cut = 78.8;

/* Requests that are on their way at the end, of all, from which on a system counts as overloaded. */
static const double most_unfinished = 0.02;

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

static Interval interval_of(const Replicates *sample, int value)
{
    return statistics_interval(sample->values[value], sample->count, CONFIDENCE);
}

static double low_end(Interval interval)
{
    return interval.mean - interval.half_width;
}

/* Appends to a list with separators. */
static const char *append(Arena *arena, const char *list, const char *text)
{
    return arena_format(arena, "%s%s%s", list, *list ? "; " : "", text);
}

/* The agent's networks beside those of a baseline. */
static const char sizes_query[] =
    "SELECT a.data, b.network, a.bytes, b.bytes, 100.0 * (a.test_right - b.test_right) / a.test_images FROM "
    "image_networks AS a JOIN image_networks AS b USING (data, seed, version) WHERE a.network = 'actor-critic' AND "
    "b.network NOT IN ('actor-critic', 'heavy') AND " COOPERATION_VERSION "ORDER BY a.data, b.place, a.seed";

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
    SizeContest contest = {.ratio = cooperation_log_ratio(sample, 0, 1), .points = interval_of(sample, 2)};
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
    static const char command[] = "orchid vision study --seeds 10";
    Arena *arena = &findings->arena;
    Samples samples = {0};
    StoreStatus status = samples_read(store, sizes_query, NULL, 0, 2, arena, &samples, error);
    int won = 0, judged = 0;
    double largest = 0;
    const char *all = "", *uniform = "", *lost = "";
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        SizeContest contest = judge_sizes(sample);
        const char *who = arena_format(arena, "%s against %s", sample->names[0], sample->names[1]);
        judged += sample->count > 1;
        won += contest.won;
        if (!contest.won)
            lost = append(arena, lost, who);
        all = append(arena, all,
                     arena_format(arena, "%s %s %% of the bytes, smaller in %d of %d, %s points", who,
                                  cooperation_share(arena, contest.ratio), contest.smaller, sample->count,
                                  cooperation_mean(arena, contest.points, 2, true)));
        if (strcmp(sample->names[1], "uniform") != 0)
            continue;
        largest = fmax(largest, contest.largest);
        uniform = append(arena, uniform,
                         arena_format(arena, "%s %s %% of the bytes, at most %.1f %% smaller, n = %d", sample->names[0],
                                      cooperation_share(arena, contest.ratio), contest.largest, sample->count));
    }
    findings_add_claim(
        findings,
        (Claim){.claim = "networks that reinforcement learning compresses are smaller than those of the baseline method",
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
        findings, (Claim){.claim = "at equal accuracy they are smaller than those of every baseline tried here",
                          .paper = "",
                          .obtained = all,
                          .where = *lost ? arena_format(arena, "everywhere but: %s", lost) : judged ? "everywhere" : "",
                          .rule = "the 95 % interval of the ratio of bytes (geometric mean over seeds) lies below 1, and "
                                  "mean accuracies on test images are within 0.5 points; all: reproduced; some: partly",
                          .command = command,
                          .verdict = verdict_of_settings(won, judged)});
    return status;
}

/* What the classifier and the tuned threshold decide, each row one pair of networks. */
static const char decisions_query[] =
    "WITH rules AS (SELECT *, sent_rightly + missed AS worth, sent_in_vain + kept_rightly AS vain FROM "
    "offload_decisions) SELECT l.data, 100.0 * (l.sent_rightly + l.kept_rightly) / (l.worth + l.vain), 50.0 * "
    "(1.0 * l.sent_rightly / l.worth + 1.0 * l.kept_rightly / l.vain), l.auc, 100.0 * (l.sent_rightly + l.kept_rightly "
    "- c.sent_rightly - c.kept_rightly) / (l.worth + l.vain) FROM rules AS l JOIN rules AS c USING (data, seed, version) "
    "WHERE l.rule = 'logistic' AND c.rule = 'confidence' AND " COOPERATION_VERSION "ORDER BY data, seed";

static StoreStatus claim_decisions(Store *store, const char *database, Findings *findings, Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples = {0};
    StoreStatus status = samples_read(store, decisions_query, NULL, 0, 1, arena, &samples, error);
    int judged = 0, right = 0, better = 0;
    const char *rights = "", *gains = "", *command;
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        Interval decisions = interval_of(sample, 0), balanced = interval_of(sample, 1), gain = interval_of(sample, 3);
        Difference test = statistics_paired(sample->values[3],
                                            arena_allocate(arena, (size_t)sample->count, sizeof(double)), sample->count,
                                            CONFIDENCE);
        judged += sample->count > 1;
        right += low_end(decisions) > 50 && low_end(balanced) > 50;
        better += low_end(gain) > 0;
        rights = append(arena, rights,
                        arena_format(arena, "%s: %s %% right, balanced %s %%, AUC %s, n = %d", sample->names[0],
                                     cooperation_mean(arena, decisions, 2, false),
                                     cooperation_mean(arena, balanced, 1, false),
                                     cooperation_mean(arena, interval_of(sample, 2), 3, false), sample->count));
        gains = append(arena, gains,
                       arena_format(arena, "%s: %s points of right decisions (p = %.2g, n = %d)", sample->names[0],
                                    cooperation_mean(arena, gain, 2, true), test.p_value, sample->count));
    }
    command = arena_format(arena, "sqlite3 %s 'SELECT * FROM offload_decisions'", database);
    findings_add_claim(
        findings, (Claim){.claim = "a supervised classifier decides rightly in most cases which answers to send on",
                          .paper = "in most cases (the abstract gives no figure)",
                          .obtained = rights,
                          .where = "logistic regression on what the light network says of its answer",
                          .rule = "right: sent on where the light network is wrong and the heavy one right, else kept; "
                                  "the 95 % intervals of right decisions and of balanced accuracy lie above 50 %; all "
                                  "sets: reproduced; some: partly",
                          .command = command,
                          .verdict = verdict_of_settings(right, judged)});
    findings_add_claim(
        findings, (Claim){.claim = "it makes more right decisions than a tuned threshold of confidence",
                          .paper = "",
                          .obtained = gains,
                          .where = "",
                          .rule = "both tuned on the same images for right decisions, and judged on others; the 95 % "
                                  "interval of the paired difference lies above 0; all sets: reproduced; some: partly",
                          .command = command,
                          .verdict = verdict_of_settings(better, judged)});
    return status;
}

StoreStatus cooperation_map(Store *store, Arena *arena, Samples *ret_samples, Error *error)
{
    static const char query[] = COOPERATION_RUNS
        "SELECT data, link, rate, 100 * (1 - l.response / c.response), 100 * (l.accuracy - c.accuracy), c.unfinished FROM "
        "here AS l JOIN here AS c USING (data, size, link, rate, link_number, rate_number, seed, replication) WHERE size = "
        "'large' AND c.policy = 'cloud-only' AND l.rule = CASE data WHEN 'ImageNet' THEN 'cascade-oracle' ELSE "
        "'" COOPERATION_MAP_RULE "' END ORDER BY data = 'ImageNet', data, link_number, rate_number, seed, replication";
    return samples_read(store, query, NULL, 0, MAP_NAMES, arena, ret_samples, error);
}

MapCell cooperation_cell(const Replicates *sample)
{
    MapCell cell = {.cut = interval_of(sample, MAP_CUT), .points = interval_of(sample, MAP_POINTS)};
    cell.overloaded = interval_of(sample, MAP_UNFINISHED).mean > most_unfinished;
    cell.faster = !cell.overloaded && cell.cut.count > 1 && low_end(cell.cut) >= paper_time_cut;
    cell.holds = cell.faster && low_end(cell.points) >= 0;
    return cell;
}

/* What a claim about the map comes to. */
typedef struct MapFindings {
    int judged, held;
    const char *best;   /* the largest cut of a setting that holds; "" none */
    const char *counts; /* settings that hold, by set */
} MapFindings;

/* Adds the settings of one set, [first, end). */
static void judge_set(Arena *arena, const Replicates *settings, int count, double *largest, MapFindings *map)
{
    int held = 0, faster = 0, overloaded = 0;
    for (int i = 0; i < count; i++) {
        MapCell cell = cooperation_cell(&settings[i]);
        held += cell.holds;
        faster += cell.faster;
        overloaded += cell.overloaded;
        if (!cell.holds || cell.cut.mean <= *largest)
            continue;
        *largest = cell.cut.mean;
        map->best = arena_format(arena, "%s over %s at %s a camera: %s %% less time, %s points of accuracy, n = %d",
                                 settings[i].names[MAP_DATA], settings[i].names[MAP_LINK], settings[i].names[MAP_RATE],
                                 cooperation_mean(arena, cell.cut, 1, false),
                                 cooperation_mean(arena, cell.points, 2, true), settings[i].count);
    }
    map->counts =
        append(arena, map->counts,
               arena_format(arena, "%s: %d of %d settings (less time in %d, %d not judged as cloud only is overloaded)",
                            settings->names[MAP_DATA], held, count, faster, overloaded));
    map->held += held;
    map->judged += count - overloaded;
}

static MapFindings judge_map(Arena *arena, const Samples *samples, bool published)
{
    MapFindings map = {.best = "", .counts = ""};
    double largest = 0;
    for (int i = 0, first = 0; i < samples->count; first = i) {
        const char *data = samples->items[first].names[MAP_DATA];
        while (i < samples->count && strcmp(samples->items[i].names[MAP_DATA], data) == 0)
            i++;
        if ((strcmp(data, "ImageNet") == 0) == published)
            judge_set(arena, &samples->items[first], i - first, &largest, &map);
    }
    return map;
}

static void claim_map(const Samples *samples, const char *database, bool published, Findings *findings)
{
    Arena *arena = &findings->arena;
    MapFindings map = judge_map(arena, samples, published);
    const char *claim = published ? "the same on ImageNet with published correctness, if decisions were perfect"
                                  : "against cloud only, cooperation cuts the response time and is more accurate";
    const char *command = arena_format(
        arena, "orchid compare %s --by policy --baseline cloud-only --metric response_time_mean,accuracy_mean", database);
    findings_add_claim(
        findings,
        (Claim){.claim = claim,
                .paper = published ? "" : "up to 78.8 % less time, higher accuracy",
                .obtained = *map.best ? arena_format(arena, "the most: %s", map.best) : map.judged ? "nowhere" : "",
                .where = map.counts,
                .rule = "a setting of link and load holds where the 95 % interval of the paired cut lies above 78.8 %, "
                        "and that of the difference in accuracy begins at 0 or above, and cloud only keeps up with its requests; at "
                        "least one: reproduced; none: not",
                .command = command,
                .verdict = map.judged == 0 ? VERDICT_OPEN : map.held > 0 ? VERDICT_REPRODUCED : VERDICT_NOT});
}

StoreStatus claims_cooperation(Store *store, const char *database, Findings *findings, Error *error)
{
    Samples map = {0};
    StoreStatus status = claim_sizes(store, findings, error);
    if (status == STORE_FINE)
        status = claim_decisions(store, database, findings, error);
    if (status == STORE_FINE)
        status = cooperation_map(store, &findings->arena, &map, error);
    if (status != STORE_FINE)
        return status;
    claim_map(&map, database, false, findings);
    claim_map(&map, database, true, findings);
    return claims_cooperation_tables(store, findings, error);
}

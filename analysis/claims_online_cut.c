/* The figures of the paper, from its abstract: 35 % speedup in average response time against the state of the art with
 * less than 0.9 % accuracy reduction. */
#include "claims_online.h"
#include "samples.h"

#include <math.h>
#include <string.h>

/* In percent. */
static const double target_cut = CLAIMS_ONLINE_CUT, target_accuracy = 0.9;

/* Appends to a list with commas. */
static const char *append(Arena *arena, const char *list, const char *item)
{
    return *list ? arena_format(arena, "%s, %s", list, item) : item;
}

static const char cut_query[] = ONLINE_SETTINGS
    "SELECT l.hardware, l.experiment, 100 * (1 - lt.value / ot.value), 100 * (1 - la.value / oa.value), 1000 * "
    "lt.value, 1000 * ot.value FROM settings AS l JOIN settings AS o USING (scenario_hash, seed, replication) JOIN "
    "metrics AS lt ON lt.run = l.run AND lt.name = 'response_time_mean' JOIN metrics AS ot ON ot.run = o.run AND "
    "ot.name = 'response_time_mean' JOIN metrics AS la ON la.run = l.run AND la.name = 'accuracy_mean' JOIN metrics AS "
    "oa ON oa.run = o.run AND oa.name = 'accuracy_mean' WHERE l.policy = 'q-learning' AND o.policy = "
    "'q-learning-offload' AND l.users = 5 AND abs(l.threshold - 0.89) < 1e-9 ORDER BY l.hardware, l.experiment, "
    "l.seed, l.replication";

/* The cut of one setting and what it costs. */
typedef struct Cut {
    Interval cut, accuracy, learner, offload;
    bool judged, holds;
} Cut;

static Cut judge_cut(const Replicates *sample)
{
    Cut cut = {.cut = samples_interval(sample, 0),
               .accuracy = samples_interval(sample, 1),
               .learner = samples_interval(sample, 2),
               .offload = samples_interval(sample, 3)};
    cut.judged = sample->count > 1; /* one replication has no interval */
    cut.holds = cut.judged && cut.cut.mean - cut.cut.half_width >= target_cut &&
                cut.accuracy.mean + cut.accuracy.half_width < target_accuracy;
    return cut;
}

static void cut_table(Findings *findings, const Samples *samples, const Cut *cuts)
{
    const char *const headers[] = {"<devices", "<experiment",          "n",        "offload-only, ms", "learner, ms",
                                   "cut, %",   "accuracy given up, %", "both hold"};
    enum { HEADERS = sizeof headers / sizeof *headers };
    Sheet *sheet = findings_add_table(
        findings, "Cut in response time against the offload-only learner, five users, threshold 89 %",
        "±: half width of the 95 % t interval over n replications; cut and accuracy given up are paired, replication "
        "by replication, and relative to the offload-only learner.",
        headers, HEADERS, samples->count);
    Interval *columns = arena_allocate(&findings->arena, 4 * (size_t)samples->count, sizeof *columns);
    Interval *offload = columns, *learner = offload + samples->count, *cut = learner + samples->count,
             *accuracy = cut + samples->count;
    for (int i = 0; i < samples->count; i++) {
        sheet_set(sheet, i, 0, "%s", samples->items[i].names[0]);
        sheet_set(sheet, i, 1, "%s", samples->items[i].names[1]);
        sheet_set(sheet, i, 2, "%d", samples->items[i].count);
        sheet_set(sheet, i, 7, cuts[i].holds ? "yes" : "no");
        offload[i] = cuts[i].offload;
        learner[i] = cuts[i].learner;
        cut[i] = cuts[i].cut;
        accuracy[i] = cuts[i].accuracy;
    }
    sheet_set_intervals(sheet, 3, offload, 2, false);
    sheet_set_intervals(sheet, 4, learner, 2, false);
    sheet_set_intervals(sheet, 5, cut, 2, false);
    sheet_set_intervals(sheet, 6, accuracy, 3, false);
}

/* "aws-a1.medium 26.6 ± 0.1 % (A) to 27.8 ± 0.1 % (C)": the least and the largest of the settings before `end`. */
static const char *cut_span(Arena *arena, const Samples *samples, const Cut *cuts, int first, int end)
{
    int least = first, most = first;
    for (int i = first; i < end; i++) {
        least = cuts[i].cut.mean < cuts[least].cut.mean ? i : least;
        most = cuts[i].cut.mean > cuts[most].cut.mean ? i : most;
    }
    const char *text = arena_format(arena, "%s %.2f ± %.2f %% (%s)", samples->items[first].names[0],
                                    cuts[least].cut.mean, cuts[least].cut.half_width, samples->items[least].names[1]);
    if (most != least)
        text = arena_format(arena, "%s to %.2f ± %.2f %% (%s)", text, cuts[most].cut.mean, cuts[most].cut.half_width,
                            samples->items[most].names[1]);
    return text;
}

StoreStatus claims_online_cut(Store *store, const char *database, Findings *findings, Error *error)
{
    Arena *arena = &findings->arena;
    Samples samples;
    StoreStatus status = samples_read(store, cut_query, NULL, 0, 2, arena, &samples, error);
    Cut *cuts = arena_allocate(arena, (size_t)samples.count, sizeof *cuts);
    int held = 0, judged = 0, first = 0, fewest = 0;
    double given_up = 0;
    const char *obtained = "", *where = "", *yes = "", *no = "";
    for (int i = 0; i < samples.count; i++) {
        cuts[i] = judge_cut(&samples.items[i]);
        held += cuts[i].holds;
        judged += cuts[i].judged;
        given_up = fmax(given_up, cuts[i].accuracy.mean);
        fewest = i == 0 || samples.items[i].count < fewest ? samples.items[i].count : fewest;
        const char **list = cuts[i].holds ? &yes : &no, *devices = samples.items[i].names[0];
        const char *experiment = samples.items[i].names[1];
        *list = append(arena, *list,
                       strstr(*list, devices) ? experiment : arena_format(arena, "%s %s", devices, experiment));
        if (i + 1 == samples.count || strcmp(samples.items[i].names[0], samples.items[i + 1].names[0]) != 0) {
            obtained = append(arena, obtained, cut_span(arena, &samples, cuts, first, i + 1));
            first = i + 1;
        }
    }
    if (samples.count > 0) {
        cut_table(findings, &samples, cuts);
        where = arena_format(arena, "holds: %s; not: %s", *yes ? yes : "nowhere", *no ? no : "nowhere");
        obtained = arena_format(arena, "%s; accuracy at most %.2f %% lower; n = %d each", obtained, given_up, fewest);
    }
    findings_add_claim(
        findings,
        (Claim){.claim = "at threshold 89 %, choosing the model too cuts the mean response time of a learner that only "
                         "offloads, for little accuracy",
                .paper = arena_format(arena, "%.0f %%, less than %.1f %% of accuracy", target_cut, target_accuracy),
                .obtained = obtained,
                .where = where,
                .rule = "a setting (devices, experiment; five users) holds where the 95 % interval of the cut lies "
                        "above the paper's figure, and that of the accuracy given up below; all settings: reproduced; "
                        "some: partly; none: not",
                .command = arena_format(
                    arena,
                    "orchid compare %s --by policy --baseline q-learning-offload --metric "
                    "response_time_mean,accuracy_mean --where 'users == 5 and objective.threshold == 89 %%'",
                    database),
                .verdict = verdict_of_settings(held, judged)});
    return status;
}

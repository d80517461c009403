/* The map of edge-cloud cooperation: where, by link and load, it saves as much time as the paper says. */
#include <math.h>
#include <string.h>

#include "claims_cooperation.h"

/* The abstract's figure, in percent. */
static const double paper_time_cut = 78.8;

/* Requests that are on their way at the end, of all, from which on a system counts as overloaded. */
static const double most_unfinished = 0.02;

static double low_end(Interval interval)
{
    return interval.mean - interval.half_width;
}

StoreStatus cooperation_map(Store *store, Arena *arena, Samples *ret_samples, Error *error)
{
    static const char query[] = COOPERATION_RUNS
        "SELECT data, link, rate, 100 * (1 - l.response / c.response), 100 * (l.accuracy - c.accuracy), c.unfinished "
        "FROM here AS l JOIN here AS c USING (scenario_hash, data, size, link, rate, link_number, rate_number, seed, "
        "replication) WHERE size = 'large' AND c.policy = 'cloud-only' AND l.rule = CASE data WHEN 'ImageNet' THEN "
        "'cascade-oracle' ELSE "
        "'" COOPERATION_MAP_RULE "' END ORDER BY data = 'ImageNet', data, link_number, rate_number, seed, replication";
    return samples_read(store, query, NULL, 0, MAP_NAMES, arena, ret_samples, error);
}

MapCell cooperation_cell(const Replicates *sample)
{
    MapCell cell = {.cut = samples_interval(sample, MAP_CUT), .points = samples_interval(sample, MAP_POINTS)};
    cell.overloaded = samples_interval(sample, MAP_UNFINISHED).mean > most_unfinished;
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
    map->counts = cooperation_append(
        arena, map->counts,
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

void cooperation_claim_map(const Samples *samples, const char *database, bool published, Findings *findings)
{
    Arena *arena = &findings->arena;
    MapFindings map = judge_map(arena, samples, published);
    const char *claim = published ? "the same on ImageNet with published correctness, if decisions were perfect"
                                  : "against cloud only, cooperation cuts the response time and is more accurate";
    const char *command = arena_format(
        arena, "orchid compare %s --by policy --baseline cloud-only --metric response_time_mean,accuracy_mean",
        database);
    findings_add_claim(
        findings,
        (Claim){.claim = claim,
                .paper = published ? "" : "up to 78.8 % less time, higher accuracy",
                .obtained = *map.best    ? arena_format(arena, "the most: %s", map.best)
                            : map.judged ? "nowhere"
                                         : "",
                .where = map.counts,
                .rule = "a setting of link and load holds where the 95 % interval of the paired cut lies above 78.8 %, "
                        "and that of the difference in accuracy begins at 0 or above, and cloud only keeps up with its "
                        "requests; at "
                        "least one: reproduced; none: not",
                .command = command,
                .verdict = map.judged == 0 ? VERDICT_OPEN
                           : map.held > 0  ? VERDICT_REPRODUCED
                                           : VERDICT_NOT});
}

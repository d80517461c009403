/* Parts of the claims about edge-cloud cooperation (Zhang, Li, Chen, Lam, Zhao: Edge-Cloud Cooperation for DNN
 * Inference via Reinforcement Learning and Supervised Learning, 2022, arXiv 2210.05182). */
#ifndef ORCHID_ANALYSIS_CLAIMS_COOPERATION_H
#define ORCHID_ANALYSIS_CLAIMS_COOPERATION_H

#include "claims.h"
#include "samples.h"

/* Begins a query: `here` holds the runs of the latest version, with the set that their networks were trained on,
 * whether the networks stand for large ones, the rule as the sweep says it, link and load, and what came out: response
 * time in s, fractions of right answers, of answers sent on, and of requests that were on their way at the end. Rules
 * of equal scenario, seed and replication met the same requests and had the same networks. Of networks that were
 * trained here, runs count whose sweep says which they had: settings may have taken that away. */
#define COOPERATION_RUNS                                                                                               \
    "WITH keys AS (SELECT run, max(value) FILTER (WHERE key = 'models') AS models, max(value) FILTER (WHERE key"       \
    " = 'profiles') AS profiles, max(value) FILTER (WHERE key = 'policy') AS rule, max(value) FILTER (WHERE key"       \
    " = 'links.edge-cloud.up') AS link, max(number) FILTER (WHERE key = 'links.edge-cloud.up') AS link_number, "       \
    "max(value) FILTER (WHERE key = 'workload.rate') AS rate, max(number) FILTER (WHERE key = 'workload.rate') "       \
    "AS rate_number FROM sweep_values GROUP BY run), results AS (SELECT run, max(value) FILTER (WHERE name = "         \
    "'response_time_mean') AS response, max(value) FILTER (WHERE name = 'accuracy_mean') AS accuracy, "                \
    "coalesce(max(value) FILTER (WHERE name = 'escalation_fraction'), 0) AS sent, max(value) FILTER (WHERE name"       \
    " = 'requests_unfinished') / max(value) FILTER (WHERE name = 'requests_arrived') AS unfinished FROM metrics"       \
    " GROUP BY run), here AS (SELECT run, scenario_hash, CASE WHEN models IS NULL THEN 'ImageNet' ELSE "               \
    "substr(models, 1, instr(models, '-') - 1) END AS data, CASE WHEN models IS NULL OR instr(profiles, "              \
    "'large') > 0 THEN 'large' ELSE 'small' END AS size, rule, policy, link, link_number, rate, rate_number, "         \
    "seed, replication, response, accuracy, sent, unfinished FROM runs JOIN scenarios USING (scenario_hash) "          \
    "JOIN keys USING (run) JOIN results USING (run) WHERE status = 'done' AND version = (SELECT version FROM "         \
    "runs ORDER BY run DESC LIMIT 1) AND (models IS NOT NULL AND scenarios.name = 'edge-cloud cooperation, "           \
    "trained networks' OR scenarios.name = 'edge-cloud cooperation, ImageNet')) "

/* Begins a condition of a query on records: those of the version that the latest run has. */
#define COOPERATION_VERSION "version = (SELECT version FROM runs ORDER BY run DESC LIMIT 1) "

/* Who decides on the map of networks that were trained here, and of ImageNet. */
#define COOPERATION_MAP_RULE "cascade-confidence"

/* "12.3 [11.0, 13.8]": a geometric mean in percent with its interval; `logs` is that of logarithms. */
const char *cooperation_share(Arena *arena, Interval logs);

/* "97.4 ± 0.8", with a sign where it is a difference. */
const char *cooperation_mean(Arena *arena, Interval interval, int decimals, bool difference);

/* `list` with `text` behind it, and a separator where there is something before. */
const char *cooperation_append(Arena *arena, const char *list, const char *text);

/* The map: link by load, of sets in turn. Values of a setting: cut of the response time against cloud only in percent,
 * points of accuracy over it, and the fraction of its requests that were on their way at the end. */
StoreStatus cooperation_map(Store *store, Arena *arena, Samples *ret_samples, Error *error);
enum { MAP_DATA, MAP_LINK, MAP_RATE, MAP_NAMES, MAP_CUT = 0, MAP_POINTS, MAP_UNFINISHED };

/* What is to be said of a setting. */
typedef struct MapCell {
    Interval cut, points;
    bool overloaded; /* cloud only does not keep up: its response time grows without end, and a cut means nothing */
    bool faster;     /* by the paper's figure at least */
    bool holds;      /* and not less accurate */
} MapCell;

MapCell cooperation_cell(const Replicates *sample);

/* Adds the claim about the map of networks that were trained here, or of those with published correctness. */
void cooperation_claim_map(const Samples *map, const char *database, bool published, Findings *findings);

/* The interval of log(first / second). */
Interval cooperation_log_ratio(const Replicates *sample, int first, int second);

/* Tables for figures, see StudyFigure. */
StoreStatus cooperation_networks_figure(Store *store, Arena *arena, const char **ret_data, Error *error);
StoreStatus cooperation_rules_figure(Store *store, Arena *arena, const char **ret_data, Error *error);
StoreStatus cooperation_thresholds_figure(Store *store, Arena *arena, const char **ret_data, Error *error);
StoreStatus cooperation_map_figure(Store *store, Arena *arena, const char **ret_data, Error *error);

/* Sizes and accuracy of networks, and rules at one link and load, as tables and figures have them: queries for
 * samples_read with two names, the set and the network or rule, and these values. */
extern const char cooperation_networks_query[], cooperation_cells_query[];
enum {
    NETWORK_BYTES,
    NETWORK_HEAVY_BYTES,
    NETWORK_ACCURACY, /* percent */
    NETWORK_POINTS,   /* over the heavy one */
    NETWORK_INT8_BYTES,
    NETWORK_INT8_POINTS, /* over the same in FP32 */
    NETWORK_INT8_OVER_HEAVY,
    NETWORK_MACS_SHARE /* percent of the heavy one's */
};
enum { CELL_RESPONSE_MS, CELL_CUT, CELL_ACCURACY, CELL_POINTS, CELL_SENT };

/* Adds the tables behind the claims. */
StoreStatus claims_cooperation_tables(Store *store, Findings *findings, Error *error);

#endif

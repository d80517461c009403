#include "claims_online.h"
#include "samples.h"

#include <stdlib.h>
#include <string.h>

static const char variants_query[] =
    "WITH times AS (SELECT max(sweep_values.value) FILTER (WHERE key = 'nodes.device.platform') AS hardware, "
    "max(substr(sweep_values.value, instr(sweep_values.value, 'variant: ') + 9, 2)) FILTER (WHERE key = 'policy') AS "
    "variant, seed, replication, metrics.value AS time_s FROM runs JOIN scenarios USING (scenario_hash) JOIN "
    "sweep_values USING (run) JOIN metrics USING (run) WHERE scenarios.name = 'online learning, variants' AND status = "
    "'done' AND metrics.name = 'response_time_mean' AND version = (SELECT version FROM runs ORDER BY run DESC LIMIT 1) "
    "GROUP BY run) SELECT d0.hardware, 1000 * d0.time_s, 1000 * d4.time_s, d4.time_s / d0.time_s FROM times AS d0 JOIN "
    "times AS d4 USING (hardware, seed, replication) WHERE d0.variant = 'd0' AND d4.variant = 'd4' ORDER BY hardware";

static const char alone_query[] =
    ONLINE_SETTINGS "SELECT policy, 1000 * value FROM settings JOIN metrics USING (run) WHERE hardware = ?1 AND "
                    "experiment = 'A' AND users = 1 AND policy IN ('cloud-only', 'edge-only') AND name = "
                    "'response_time_mean' AND abs(threshold - 0.89) < 1e-9 ORDER BY policy";

/* Of five users four may take d4, width 1.0 in INT8, instead of d0 where the mean has to be at least 89 %: the public
 * accuracies allow no cheaper mixture. */
static const double movers = 4.0 / 5;

/* What INT8 saves on a device, and what places away from it offer to who must keep d0. */
static StoreStatus traces_table(Store *store, Findings *findings, Error *error)
{
    const char *const headers[] = {"<devices",
                                   "n",
                                   "d0 at home, ms",
                                   "d4 at home, ms",
                                   "d4 / d0",
                                   "cut by INT8 alone, %",
                                   "d0 at the edge, ms",
                                   "d0 in the cloud, ms"};
    enum { HEADERS = sizeof headers / sizeof *headers };
    Samples samples;
    StoreStatus status = samples_read(store, variants_query, NULL, 0, 1, &findings->arena, &samples, error);
    if (status != STORE_FINE || samples.count == 0)
        return status;
    Sheet *sheet = findings_add_table(findings, "What in the traces decides the cut",
                                      "Means over n replications of one user alone, links regular. Cut by INT8 alone: "
                                      "4/5 of 1 - d4 / d0, what five users at home save when four of them take d4 and "
                                      "one keeps d0, which is the cheapest mixture that reaches 89 %.",
                                      headers, HEADERS, samples.count);
    for (int i = 0; i < samples.count && status == STORE_FINE; i++) {
        const Replicates *sample = &samples.items[i];
        Interval ratio = samples_interval(sample, 2);
        sheet_set(sheet, i, 0, "%s", sample->names[0]);
        sheet_set(sheet, i, 1, "%d", sample->count);
        sheet_set(sheet, i, 2, "%.2f", samples_interval(sample, 0).mean);
        sheet_set(sheet, i, 3, "%.2f", samples_interval(sample, 1).mean);
        sheet_set(sheet, i, 4, "%.3f", ratio.mean);
        sheet_set(sheet, i, 5, "%.1f", 100 * movers * (1 - ratio.mean));
        Samples alone;
        status = samples_read(store, alone_query, &sample->names[0], 1, 1, &findings->arena, &alone, error);
        for (int k = 0; k < alone.count; k++)
            sheet_set(sheet, i, strcmp(alone.items[k].names[0], "edge-only") == 0 ? 6 : 7, "%.2f",
                      statistics_interval(alone.items[k].values[0], alone.items[k].count, CONFIDENCE).mean);
    }
    findings->remarks = arena_format(
        &findings->arena,
        "**What makes the cut larger or smaller.** At 89 %% the learner moves four of five users from d0 (FP32) to d4 "
        "(INT8) at home; the fifth takes d0 wherever it is fastest. So the cut is about 4/5 of what INT8 saves on the "
        "device: it reaches %.0f %% where d4 takes at most %.1f %% of the time of d0. A fast edge or cloud makes it a "
        "little larger for the learner, which has one user to send, and smaller by what the offload-only learner gains "
        "from sending several. The table shows how the traces differ in this; a1 latencies are derived by one factor "
        "for all variants, from ArmNN on eight cores, those of the Raspberry Pi 4 are measured.",
        CLAIMS_ONLINE_CUT, 100 - CLAIMS_ONLINE_CUT / movers);
    return status;
}

/* Users per option, of the first run of a setting, and in how many runs the learner's counts are those of the oracle.
 * Who stays at home is alike whatever its link; who leaves it is not. */
static const char decisions_query[] = ONLINE_SETTINGS
    ", places AS (SELECT run, CASE WHEN option LIKE 'edge:%' OR option LIKE 'cloud:%' THEN CASE node_group WHEN "
    "'device' THEN option ELSE node_group || ' → ' || option END ELSE 'home' || substr(option, instr(option, ':')) END "
    "AS place, 1.0 * sum(count) * users / sum(sum(count)) OVER (PARTITION BY run) AS share FROM settings JOIN "
    "decision_counts USING (run) WHERE users = 5 AND policy IN ('q-learning', 'oracle') GROUP BY run, place), texts AS "
    "(SELECT run, group_concat(printf('%.3g × %s', share, place), ' + ') AS text FROM (SELECT * FROM places ORDER BY "
    "run, place) GROUP BY run), pairs AS (SELECT l.*, lt.text AS learnt, ot.text AS best, lt.text = ot.text AS equal "
    "FROM settings AS l JOIN settings AS o USING (scenario_hash, seed, replication) JOIN texts AS lt ON lt.run = l.run "
    "JOIN texts AS ot ON ot.run = o.run WHERE l.policy = 'q-learning' AND o.policy = 'oracle') SELECT hardware, "
    "experiment, threshold, first_value(learnt) OVER setting, first_value(best) OVER setting, equal FROM pairs WINDOW "
    "setting AS (PARTITION BY hardware, experiment, threshold ORDER BY seed, replication) ORDER BY hardware, "
    "experiment, threshold, seed, replication";

static StoreStatus decisions_table(Store *store, Findings *findings, Error *error)
{
    const char *const headers[] = {
        "<devices", "<experiment", "threshold, %", "<the learner decides", "<brute force decides", "equal"};
    enum { HEADERS = sizeof headers / sizeof *headers };
    Samples samples;
    StoreStatus status = samples_read(store, decisions_query, NULL, 0, 5, &findings->arena, &samples, error);
    if (status != STORE_FINE || samples.count == 0)
        return status;
    Sheet *sheet = findings_add_table(
        findings, "Decisions of five users",
        "Users per option, the first replication. Equal: in how many of the replications the learner's decisions are "
        "those of brute force, users of a group counted alike; answers of equal worth differ here too.",
        headers, HEADERS, samples.count);
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        int equal = 0;
        for (int r = 0; r < sample->count; r++)
            equal += sample->values[0][r] > 0;
        sheet_set(sheet, i, 0, "%s", sample->names[0]);
        sheet_set(sheet, i, 1, "%s", sample->names[1]);
        sheet_set(sheet, i, 2, "%g", 100 * strtod(sample->names[2], NULL));
        sheet_set(sheet, i, 3, "%s", sample->names[3]);
        sheet_set(sheet, i, 4, "%s", sample->names[4]);
        sheet_set(sheet, i, 5, "%d/%d", equal, sample->count);
    }
    return status;
}

static const char effort_query[] = ONLINE_SETTINGS
    ", ends AS (SELECT run, max(interactions) AS interactions FROM learning_times GROUP BY run) SELECT users, "
    "interactions, 1e6 * learning_s / interactions, 1e6 * max(0, learning_times.cpu_s - learning_s) / interactions "
    "FROM settings JOIN ends USING "
    "(run) JOIN learning_times USING (run, interactions) WHERE policy = 'q-learning' ORDER BY users";

static StoreStatus effort_table(Store *store, Findings *findings, Error *error)
{
    const char *const headers[] = {"users", "trainings", "rounds each", "learner, µs a round",
                                   "simulation, µs a round"};
    enum { HEADERS = sizeof headers / sizeof *headers };
    Samples samples;
    StoreStatus status = samples_read(store, effort_query, NULL, 0, 2, &findings->arena, &samples, error);
    if (status != STORE_FINE || samples.count == 0)
        return status;
    Sheet *sheet = findings_add_table(
        findings, "What learning takes",
        "Time on this machine, mean over trainings, while others ran beside them: no result, it differs from run "
        "to run. The learner's time is for the answers of all users and the update. Messages that carry states and "
        "decisions are not modelled: they neither take time nor are they counted.",
        headers, HEADERS, samples.count);
    for (int i = 0; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        sheet_set(sheet, i, 0, "%s", sample->names[0]);
        sheet_set(sheet, i, 1, "%d", sample->count);
        sheet_set(sheet, i, 2, "%s", sample->names[1]);
        sheet_set(sheet, i, 3, "%.2f", samples_interval(sample, 0).mean);
        sheet_set(sheet, i, 4, "%.2f", samples_interval(sample, 1).mean);
    }
    return status;
}

StoreStatus claims_online_tables(Store *store, Findings *findings, Error *error)
{
    StoreStatus status = traces_table(store, findings, error);
    if (status == STORE_FINE)
        status = decisions_table(store, findings, error);
    if (status == STORE_FINE)
        status = effort_table(store, findings, error);
    return status;
}

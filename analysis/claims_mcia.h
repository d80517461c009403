/* Parts of the claims about MCIA (Qi, Ren, Wang, Jiang et al.: Multi-Compression Scale DNN Inference Acceleration based
 * on Cloud-Edge-End Collaboration, ACM TECS 2024, doi 10.1145/3634704). */
#ifndef ORCHID_ANALYSIS_CLAIMS_MCIA_H
#define ORCHID_ANALYSIS_CLAIMS_MCIA_H

#include "claims.h"

/* The scenarios' names. */
#define MCIA_WORLD "'MCIA'"
#define MCIA_STEP "'MCIA, a step in bandwidth'"

/* The learners, and who they are compared with; the first column of each is the name, the second the order. */
#define MCIA_LEARNERS                                                                                                  \
    "learners (policy, place) AS (VALUES ('model-shares', 1), ('dqn-features', 2), ('hybrid-ppo', 3), ('p-dqn', 4))"
#define MCIA_BASELINES                                                                                                 \
    "baselines (policy, place) AS (VALUES ('device-only', 1), ('edge-only', 2), ('neurosurgeon', 3), "                 \
    "('fixed-version', 4), ('equal-shares', 5), ('greedy', 6), ('random', 7))"

/* Begins a query: `here` holds the runs of the latest version, one row for each axis of their sweep, with what the axis
 * varies, its value, the value's place, and the mean utility. Policies of equal axis, value, seed and replication met
 * the same requests. */
#define MCIA_RUNS                                                                                                      \
    "WITH axes (key, axis, axis_place) AS (VALUES ('nodes.device.count', 'users', 1), ('links.device-edge.up', "       \
    "'bandwidth', 2), ('nodes.device.platform', 'device', 3), ('nodes.edge.platform', 'edge', 4), "                    \
    "('workload.weights', 'weight of accuracy', 5), ('stop.rounds', 'rounds', 6)), places (setting, place) AS "        \
    "(VALUES ('rpi4-tflite-1.15', 1), ('aws-a1.medium', 2), ('rpi4-armnn-21.02', 3), ('jetson-xavier', 4), "           \
    "('aws-a1.large', 5), ('aws-a1.xlarge', 6), ('aws-a1.2xlarge', 7), ('aws-m7g.2xlarge', 8)), " MCIA_LEARNERS        \
    ", " MCIA_BASELINES ", here AS (SELECT run, policy, scenarios.name AS world, axis, axis_place, "                   \
    "sweep_values.value AS setting, coalesce(number, (SELECT place FROM places WHERE places.setting = "                \
    "sweep_values.value), 0) AS setting_place, seed, replication, metrics.value AS utility FROM runs JOIN scenarios "  \
    "USING (scenario_hash) JOIN sweep_values USING (run) JOIN axes USING (key) JOIN metrics USING (run) WHERE status " \
    "= 'done' AND version = (SELECT version FROM runs ORDER BY run DESC LIMIT 1) AND metrics.name = 'reward_mean') "

/* Adds the tables behind the claims: utility in every cell, and twenty users beside the bound. */
StoreStatus claims_mcia_tables(Store *store, Findings *findings, Error *error);

#endif

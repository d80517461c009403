/* Parts of the claims about online learning (Shahhosseini, Seo, Kanduri, Hu, Lim, Donyanavard, Rahmani, Dutt: Online
 * Learning for Orchestration of Inference in Multi-User End-Edge-Cloud Networks, ACM TECS 2022). */
#ifndef ORCHID_ANALYSIS_CLAIMS_ONLINE_H
#define ORCHID_ANALYSIS_CLAIMS_ONLINE_H

#include "claims.h"

/* All runs of experiments A to D of the latest version, as the table `settings` of a query. */
#define ONLINE_SETTINGS                                                                                                \
    "WITH settings AS (SELECT run, scenario_hash, seed, replication, policy, substr(scenarios.name, -1) AS "           \
    "experiment, "                                                                                                     \
    "users, accuracy_threshold AS threshold, sweep_values.value AS hardware FROM runs JOIN scenarios USING "           \
    "(scenario_hash) JOIN sweep_values USING (run) WHERE status = 'done' AND version = (SELECT version FROM runs "     \
    "ORDER BY run DESC LIMIT 1) AND scenarios.name LIKE 'online learning, experiment _' AND sweep_values.key IN "      \
    "('nodes.device.platform', 'nodes.near.platform')) "

/* The cut in response time that the paper's abstract states, in percent. */
#define CLAIMS_ONLINE_CUT 35.0

/* The cut in response time against the offload-only learner, and the accuracy given up for it. */
FindingsMaker claims_online_cut;

/* The tables that stand behind no claim, and remarks: what in the traces decides the cut, who decides what, and what
 * learning takes. */
StoreStatus claims_online_tables(Store *store, Findings *findings, Error *error);

#endif

-- Results of experiments, one file. Read it with any SQLite tool; start at the views run_summary and cell_summary.
-- Units stand in the names of columns (_s, _j) or beside the value (metrics.unit; '' where dimensionless).
-- The file is marked: PRAGMA application_id = 0x4F524348 ("ORCH"), PRAGMA user_version = version of this layout.

-- One invocation of the program.
CREATE TABLE experiments (
    experiment  INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    command     TEXT NOT NULL,              -- as typed; of a sweep without its flags: its shards, and what goes on with it, are one
    started_utc TEXT NOT NULL               -- ISO 8601
);

-- What was simulated. Policy, seed and replication belong to a run.
CREATE TABLE scenarios (
    scenario_hash      TEXT PRIMARY KEY,    -- of `resolved` and of the traces it uses, 16 hexadecimal digits
    name               TEXT NOT NULL,
    path               TEXT NOT NULL,       -- as given when it was first run
    users              INTEGER NOT NULL,
    accuracy_threshold REAL NOT NULL,       -- of the objective, fraction; 0 where it has none
    resolved           TEXT NOT NULL        -- the scenario in canonical YAML, defaults and overrides included
) WITHOUT ROWID;

-- One run of one policy on one scenario. Its rows in all tables come in one transaction.
CREATE TABLE runs (
    run             INTEGER PRIMARY KEY,
    experiment      INTEGER NOT NULL REFERENCES experiments,  -- the last that ran it
    scenario_hash   TEXT NOT NULL REFERENCES scenarios,
    policy          TEXT NOT NULL,
    parameters      TEXT NOT NULL,          -- of the policy, in force, as YAML lines
    parameters_hash TEXT NOT NULL,          -- 16 hexadecimal digits
    seed            INTEGER NOT NULL,       -- the 64 bits as a signed number
    replication     INTEGER NOT NULL,       -- from 0; policies of equal seed and replication met the same requests
    version         TEXT NOT NULL,          -- of the program
    host            TEXT NOT NULL,
    compiler        TEXT NOT NULL,
    finished_utc    TEXT NOT NULL,          -- ISO 8601
    wall_s          REAL NOT NULL,          -- training and measuring
    cpu_s           REAL NOT NULL,
    events          INTEGER NOT NULL,       -- of the measured run
    fingerprint     TEXT NOT NULL,          -- hash over the events of the measured run, 16 hexadecimal digits
    interactions    INTEGER NOT NULL,       -- real interactions: decisions made while learning
    status          TEXT NOT NULL CHECK (status IN ('done', 'failed')),
    error           TEXT NOT NULL,          -- why it failed, '' otherwise
    sweep_run       INTEGER,                -- its number in the sweep, as `orchid sweep --list` counts; NULL outside of one
    reproduce       TEXT NOT NULL,          -- a command line that does this run again; '': experiments.command does
    UNIQUE (scenario_hash, policy, parameters_hash, seed, replication, version)
);

-- What a sweep varied: the value of each of its axes in a run. Runs outside of a sweep have none.
CREATE TABLE sweep_values (
    run    INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    key    TEXT NOT NULL,                   -- of the scenario, such as objective.threshold; `policy` for policies
    value  TEXT NOT NULL,                   -- as the scenario would say it, such as 89 % or [d0, d4]
    number REAL,                            -- in `unit`; NULL where the value is no quantity
    unit   TEXT NOT NULL,                   -- base unit of the number, such as s, B, bit/s; '' where dimensionless
    PRIMARY KEY (run, key)
) WITHOUT ROWID;

-- Every figure of a run. A metric of one node group is called metric.group, such as utilisation.edge.
CREATE TABLE metrics (
    run   INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    name  TEXT NOT NULL,
    unit  TEXT NOT NULL,
    value REAL,                             -- NULL: not known, or never reached
    PRIMARY KEY (run, name)
) WITHOUT ROWID;

-- How good a learner's greedy policy was after so many decisions, in every context that a question may come in, weighted
-- by its probability (where arrivals are not rounds, on the first questions of the measured run): what its answers are
-- expected to lead to, with services and delays at their mean, so that equally good answers score equally.
CREATE TABLE learning_curves (
    run               INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    interactions      INTEGER NOT NULL,     -- decisions made before, in training
    reward            REAL,                 -- mean per decision, as the next two
    response_s        REAL,
    accuracy          REAL,
    oracle_reward     REAL,                 -- of the oracle's answers to the same questions
    oracle_response_s REAL,
    regret            REAL,                 -- how much better the oracle's answers are; for rounds oracle_reward - reward
    violation_fraction    REAL,             -- probability of a question whose answer misses the accuracy threshold
    optimal_fraction      REAL,             -- of one whose answer is within 0.1 % of the oracle's reward
    near_optimal_fraction REAL,             -- the same within 1 %
    planning_steps    INTEGER NOT NULL,     -- imagined so far beside the interactions, as the policy says of itself
    PRIMARY KEY (run, interactions)
) WITHOUT ROWID;

-- What the training up to a point of the curve took, evaluations left out. wall_s = simulation_s + learning_s +
-- planning_s. Differs from machine to machine: no result.
CREATE TABLE learning_times (
    run          INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    interactions INTEGER NOT NULL,
    wall_s       REAL NOT NULL,
    cpu_s        REAL NOT NULL,
    simulation_s REAL NOT NULL,             -- the world that counts as real
    learning_s   REAL NOT NULL,             -- the policy's answers and updates
    planning_s   REAL NOT NULL,             -- its planning, as it says of itself
    PRIMARY KEY (run, interactions)
) WITHOUT ROWID;

-- How often users of a node group were answered with an option in the measured run.
CREATE TABLE decision_counts (
    run         INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    node_group  TEXT NOT NULL,
    option      TEXT NOT NULL,              -- such as device:d4 or edge:d0
    count       INTEGER NOT NULL,
    PRIMARY KEY (run, node_group, option)
) WITHOUT ROWID;

-- Student's t: half widths of 95 % intervals are quantile_95 x deviation / sqrt(n), with n - 1 degrees of freedom. Every
-- degree up to 200, then steps; take the largest that is not above n - 1. Filled when the file is created.
CREATE TABLE t_quantiles (
    degrees     INTEGER PRIMARY KEY,
    quantile_95 REAL NOT NULL
);

-- One wide row per run.
CREATE VIEW run_summary AS
SELECT runs.run, runs.experiment, scenarios.name AS scenario, runs.scenario_hash, scenarios.users,
       scenarios.accuracy_threshold, runs.policy, runs.parameters_hash, runs.seed, runs.replication, runs.version,
       runs.status,
       max(value) FILTER (WHERE metrics.name = 'response_time_mean')           AS response_time_mean_s,
       max(value) FILTER (WHERE metrics.name = 'response_time_p50')            AS response_time_p50_s,
       max(value) FILTER (WHERE metrics.name = 'response_time_p99')            AS response_time_p99_s,
       max(value) FILTER (WHERE metrics.name = 'waiting_time_mean')            AS waiting_time_mean_s,
       max(value) FILTER (WHERE metrics.name = 'accuracy_mean')                AS accuracy_mean,
       max(value) FILTER (WHERE metrics.name = 'energy_per_request')           AS energy_per_request_j,
       max(value) FILTER (WHERE metrics.name = 'energy_total')                 AS energy_total_j,
       max(value) FILTER (WHERE metrics.name = 'reward_mean')                  AS reward_mean,
       max(value) FILTER (WHERE metrics.name = 'infeasible_fraction')          AS infeasible_fraction,
       max(value) FILTER (WHERE metrics.name = 'decisions')                    AS decisions,
       max(value) FILTER (WHERE metrics.name = 'requests_finished')            AS requests_finished,
       max(value) FILTER (WHERE metrics.name = 'requests_refused')             AS requests_refused,
       max(value) FILTER (WHERE metrics.name = 'requests_late')                AS requests_late,
       max(value) FILTER (WHERE metrics.name = 'throughput')                   AS throughput_per_s,
       runs.interactions,
       max(value) FILTER (WHERE metrics.name = 'interactions_to_optimum')      AS interactions_to_optimum,
       max(value) FILTER (WHERE metrics.name = 'interactions_to_near_optimum') AS interactions_to_near_optimum,
       max(value) FILTER (WHERE metrics.name = 'optimum_reached')              AS optimum_reached,
       runs.events, runs.fingerprint, runs.wall_s, runs.cpu_s, runs.error
FROM runs JOIN scenarios USING (scenario_hash) LEFT JOIN metrics USING (run)
GROUP BY runs.run;

-- A cell is all replications of a (scenario, policy, parameters, version). One row per cell and metric, over the runs
-- that are done and know the metric: mean over n runs, with the half width of its 95 % t interval (NULL for n = 1).
-- Square roots by Newton's method, because not every SQLite has sqrt().
CREATE VIEW metric_summary AS
WITH means AS (
    SELECT scenario_hash, policy, parameters_hash, version, name, unit, count(*) AS n, avg(value) AS mean
    FROM runs JOIN metrics USING (run)
    WHERE status = 'done' AND value IS NOT NULL
    GROUP BY scenario_hash, policy, parameters_hash, version, name, unit
), variances AS (
    SELECT means.*, sum((value - mean) * (value - mean)) / (n - 1) AS variance
    FROM means JOIN runs USING (scenario_hash, policy, parameters_hash, version) JOIN metrics USING (run, name)
    WHERE status = 'done' AND value IS NOT NULL
    GROUP BY scenario_hash, policy, parameters_hash, version, name
), deviations AS (
    SELECT variances.*, (
        WITH RECURSIVE newton (i, x) AS (
            SELECT 0, CASE WHEN variance > 0 AND variance < 1 THEN 1.0 ELSE variance END
            UNION ALL
            SELECT i + 1, (x + variance / x) / 2 FROM newton WHERE i < 600 AND abs(x * x - variance) > 1e-14 * variance)
        SELECT x FROM newton ORDER BY i DESC LIMIT 1) AS deviation, (
        WITH RECURSIVE newton (i, x) AS (
            SELECT 0, 1.0 * n
            UNION ALL
            SELECT i + 1, (x + n / x) / 2 FROM newton WHERE i < 600 AND abs(x * x - n) > 1e-14 * n)
        SELECT x FROM newton ORDER BY i DESC LIMIT 1) AS root_n
    FROM variances
)
SELECT scenario_hash, policy, parameters_hash, version, name, unit, n, mean, deviation,
       (SELECT quantile_95 FROM t_quantiles WHERE degrees <= n - 1 ORDER BY degrees DESC LIMIT 1)
           * deviation / root_n AS half_width_95
FROM deviations;

-- One wide row per cell.
CREATE VIEW cell_summary AS
SELECT scenarios.name AS scenario, scenario_hash, users, accuracy_threshold, policy, parameters_hash, version,
       max(n)             FILTER (WHERE metric_summary.name = 'decisions')           AS n,
       max(mean)          FILTER (WHERE metric_summary.name = 'response_time_mean')  AS response_time_mean_s,
       max(half_width_95) FILTER (WHERE metric_summary.name = 'response_time_mean')  AS response_time_half_width_s,
       max(mean)          FILTER (WHERE metric_summary.name = 'response_time_p99')   AS response_time_p99_s,
       max(half_width_95) FILTER (WHERE metric_summary.name = 'response_time_p99')   AS response_time_p99_half_width_s,
       max(mean)          FILTER (WHERE metric_summary.name = 'accuracy_mean')       AS accuracy_mean,
       max(half_width_95) FILTER (WHERE metric_summary.name = 'accuracy_mean')       AS accuracy_half_width,
       max(mean)          FILTER (WHERE metric_summary.name = 'energy_per_request')  AS energy_per_request_j,
       max(half_width_95) FILTER (WHERE metric_summary.name = 'energy_per_request')  AS energy_per_request_half_width_j,
       max(mean)          FILTER (WHERE metric_summary.name = 'reward_mean')         AS reward_mean,
       max(half_width_95) FILTER (WHERE metric_summary.name = 'reward_mean')         AS reward_half_width,
       max(mean)          FILTER (WHERE metric_summary.name = 'infeasible_fraction') AS infeasible_fraction,
       max(mean)          FILTER (WHERE metric_summary.name = 'interactions')        AS interactions,
       max(n)             FILTER (WHERE metric_summary.name = 'interactions_to_optimum') AS n_reached_optimum,
       max(mean)          FILTER (WHERE metric_summary.name = 'interactions_to_optimum') AS interactions_to_optimum
FROM metric_summary JOIN scenarios USING (scenario_hash)
GROUP BY scenario_hash, policy, parameters_hash, version;

-- Mean learning curve of a cell, one row per number of interactions, with half widths of 95 % t intervals.
CREATE VIEW learning_curve_summary AS
WITH long AS (
    SELECT run, interactions, 'reward' AS name, reward AS value FROM learning_curves
    UNION ALL SELECT run, interactions, 'response_s', response_s FROM learning_curves
    UNION ALL SELECT run, interactions, 'accuracy', accuracy FROM learning_curves
    UNION ALL SELECT run, interactions, 'oracle_reward', oracle_reward FROM learning_curves
    UNION ALL SELECT run, interactions, 'oracle_response_s', oracle_response_s FROM learning_curves
    UNION ALL SELECT run, interactions, 'regret', regret FROM learning_curves
    UNION ALL SELECT run, interactions, 'violation_fraction', violation_fraction FROM learning_curves
    UNION ALL SELECT run, interactions, 'optimal_fraction', optimal_fraction FROM learning_curves
    UNION ALL SELECT run, interactions, 'near_optimal_fraction', near_optimal_fraction FROM learning_curves
), samples AS (
    SELECT scenario_hash, policy, parameters_hash, version, long.interactions AS interactions, name, value
    FROM long JOIN runs USING (run) WHERE status = 'done' AND value IS NOT NULL
), means AS (
    SELECT scenario_hash, policy, parameters_hash, version, interactions, name, count(*) AS n, avg(value) AS mean
    FROM samples GROUP BY scenario_hash, policy, parameters_hash, version, interactions, name
), variances AS (
    SELECT means.*, sum((value - mean) * (value - mean)) / (n - 1) AS variance
    FROM means JOIN samples USING (scenario_hash, policy, parameters_hash, version, interactions, name)
    GROUP BY scenario_hash, policy, parameters_hash, version, interactions, name
), half_widths AS (
    SELECT variances.*, (
        WITH RECURSIVE newton (i, x) AS (
            SELECT 0, CASE WHEN variance > 0 AND variance / n < 1 THEN 1.0 ELSE variance / n END
            UNION ALL
            SELECT i + 1, (x + variance / n / x) / 2 FROM newton
            WHERE i < 600 AND abs(x * x - variance / n) > 1e-14 * variance / n)
        SELECT x FROM newton ORDER BY i DESC LIMIT 1)
        * (SELECT quantile_95 FROM t_quantiles WHERE degrees <= n - 1 ORDER BY degrees DESC LIMIT 1) AS half_width
    FROM variances
)
SELECT scenarios.name AS scenario, scenario_hash, users, accuracy_threshold, policy, parameters_hash, version,
       interactions,
       max(n)          FILTER (WHERE half_widths.name = 'reward')            AS n,
       max(mean)       FILTER (WHERE half_widths.name = 'reward')            AS reward,
       max(half_width) FILTER (WHERE half_widths.name = 'reward')            AS reward_half_width,
       max(mean)       FILTER (WHERE half_widths.name = 'response_s')        AS response_s,
       max(half_width) FILTER (WHERE half_widths.name = 'response_s')        AS response_half_width_s,
       max(mean)       FILTER (WHERE half_widths.name = 'accuracy')          AS accuracy,
       max(half_width) FILTER (WHERE half_widths.name = 'accuracy')          AS accuracy_half_width,
       max(mean)       FILTER (WHERE half_widths.name = 'oracle_reward')     AS oracle_reward,
       max(mean)       FILTER (WHERE half_widths.name = 'oracle_response_s') AS oracle_response_s,
       max(mean)       FILTER (WHERE half_widths.name = 'regret')            AS regret,
       max(half_width) FILTER (WHERE half_widths.name = 'regret')            AS regret_half_width,
       max(mean)       FILTER (WHERE half_widths.name = 'violation_fraction')    AS violation_fraction,
       max(half_width) FILTER (WHERE half_widths.name = 'violation_fraction')    AS violation_half_width,
       max(mean)       FILTER (WHERE half_widths.name = 'optimal_fraction')      AS optimal_fraction,
       max(half_width) FILTER (WHERE half_widths.name = 'optimal_fraction')      AS optimal_half_width,
       max(mean)       FILTER (WHERE half_widths.name = 'near_optimal_fraction') AS near_optimal_fraction
FROM half_widths JOIN scenarios USING (scenario_hash)
GROUP BY scenario_hash, policy, parameters_hash, version, interactions;

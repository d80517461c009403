-- Mean response time and accuracy of every strategy, with 95 % intervals
-- Filled by: orchid run hello training_patience=4 --policy all --db FILE
WITH chosen AS (
    SELECT max(experiment) AS experiment FROM runs
    WHERE status = 'done' AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
), shown AS (
    -- Of a sweep one setting: that of the last run, or of the last that --where leaves.
    SELECT scenario_hash, (
        SELECT group_concat(key || ' = ' || value, ', ') FROM sweep_values
        WHERE sweep_values.run = runs.run AND key NOT LIKE 'policy%') AS setting
    FROM runs JOIN chosen USING (experiment) WHERE status = 'done' ORDER BY run DESC LIMIT 1
), cells AS (
    SELECT scenario_hash, policy, parameters_hash, version, max(interactions) > 0 AS learner
    FROM runs JOIN chosen USING (experiment) JOIN shown USING (scenario_hash) WHERE status = 'done'
    GROUP BY scenario_hash, policy, parameters_hash, version
), ordered AS (
    SELECT cell_summary.*, learner, CASE policy
        WHEN 'device-only' THEN 1 WHEN 'edge-only' THEN 2 WHEN 'cloud-only' THEN 3
        WHEN 'random' THEN 4 WHEN 'round-robin' THEN 5 WHEN 'greedy' THEN 6
        WHEN 'oracle' THEN 9 ELSE 7 + learner END AS place
    FROM cell_summary JOIN cells USING (scenario_hash, policy, parameters_hash, version)
)
SELECT row_number() OVER (ORDER BY place, policy, parameters_hash) AS position,
       scenario, users, (SELECT coalesce(setting, 'none') FROM shown) AS setting, policy, n, learner,
       1000 * response_time_mean_s               AS response_ms,
       1000 * response_time_half_width_s         AS response_half_width_ms,
       100 * accuracy_mean                       AS accuracy_percent,
       100 * accuracy_half_width                 AS accuracy_half_width_percent,
       100 * accuracy_threshold                  AS threshold_percent,
       100 * coalesce(infeasible_fraction, 0)    AS infeasible_percent
FROM ordered WHERE response_time_mean_s IS NOT NULL
ORDER BY position;

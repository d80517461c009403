-- How the learned policy approaches the optimum with real interactions, with 95 % bands
-- Filled by: orchid run online_learning/exp_a --policy q-learning --db FILE
WITH chosen AS (
    SELECT max(experiment) AS experiment FROM runs
    WHERE status = 'done' AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
      AND run IN (SELECT run FROM learning_curves WHERE interactions > 0)
), shown AS (
    -- Of a sweep one setting: that of the last run, or of the last that --where leaves.
    SELECT scenario_hash, (
        SELECT group_concat(key || ' = ' || value, ', ') FROM sweep_values
        WHERE sweep_values.run = runs.run AND key NOT LIKE 'policy%') AS setting
    FROM runs JOIN chosen USING (experiment)
    WHERE status = 'done' AND run IN (SELECT run FROM learning_curves WHERE interactions > 0) ORDER BY run DESC LIMIT 1
), cells AS (
    SELECT DISTINCT scenario_hash, policy, parameters_hash, version
    FROM runs JOIN chosen USING (experiment) JOIN shown USING (scenario_hash) WHERE status = 'done'
), points AS (
    SELECT learning_curve_summary.*
    FROM learning_curve_summary JOIN cells USING (scenario_hash, policy, parameters_hash, version)
    WHERE interactions > 0
)
SELECT dense_rank() OVER (ORDER BY policy, parameters_hash) AS line,
       scenario, users, (SELECT coalesce(setting, 'none') FROM shown) AS setting, policy, n, interactions,
       1000 * response_s            AS response_ms,
       1000 * response_half_width_s AS response_half_width_ms,
       1000 * oracle_response_s     AS oracle_ms,
       100 * accuracy               AS accuracy_percent,
       100 * accuracy_half_width    AS accuracy_half_width_percent,
       100 * accuracy_threshold     AS threshold_percent
FROM points
ORDER BY line, interactions;

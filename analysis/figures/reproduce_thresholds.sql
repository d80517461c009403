-- Online learning: response time and accuracy at every threshold, against the learner that offloads only
-- Filled by: orchid sweep online_learning/exp_a --where 'policy != device-only' --db FILE
WITH cells AS (
    SELECT DISTINCT scenario_hash, policy, parameters_hash, version, sweep_values.value AS hardware
    FROM runs JOIN sweep_values USING (run) JOIN scenarios USING (scenario_hash)
    WHERE status = 'done' AND key = 'nodes.device.platform' AND policy IN ('q-learning', 'q-learning-offload', 'oracle')
      AND scenarios.name = 'online learning, experiment A' AND users = 5 AND (?1 = '' OR experiment = CAST(?1 AS
          INTEGER))
)
SELECT dense_rank() OVER (ORDER BY hardware) AS panel, hardware,
       CASE policy WHEN 'q-learning' THEN 1 WHEN 'q-learning-offload' THEN 2 ELSE 3 END AS line,
       dense_rank() OVER (ORDER BY cell_summary.accuracy_threshold) AS position,
       100 * cell_summary.accuracy_threshold AS threshold_percent, n, 1000 * response_time_mean_s AS response_ms,
       1000 * response_time_half_width_s AS half_width_ms, 100 * cell_summary.accuracy_mean AS accuracy_percent,
       100 * accuracy_half_width AS accuracy_half_width_percent
FROM cell_summary JOIN cells USING (scenario_hash, policy, parameters_hash, version)
ORDER BY panel, line, position;

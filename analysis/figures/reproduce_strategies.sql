-- Online learning: response time of every strategy in the four experiments at threshold 89 %, five users
-- Filled by: orchid sweep online_learning/exp_a --where 'objective.threshold == 89 %' --db FILE, likewise exp_b to exp_d
WITH cells AS (
    SELECT DISTINCT scenario_hash, policy, parameters_hash, version, sweep_values.value AS hardware
    FROM runs JOIN sweep_values USING (run) JOIN scenarios USING (scenario_hash)
    WHERE status = 'done' AND key IN ('nodes.device.platform', 'nodes.near.platform')
      AND scenarios.name LIKE 'online learning, experiment _' AND users = 5 AND abs(accuracy_threshold - 0.89) < 1e-9
      AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
)
SELECT dense_rank() OVER (ORDER BY hardware) AS panel, hardware, dense_rank() OVER (ORDER BY scenario) AS "group",
       substr(scenario, -1) AS experiment,
       CASE policy WHEN 'device-only' THEN 1 WHEN 'edge-only' THEN 2 WHEN 'cloud-only' THEN 3
           WHEN 'q-learning-offload' THEN 4 WHEN 'q-learning' THEN 5 ELSE 6 END AS bar,
       policy, n, 1000 * response_time_mean_s AS response_ms, 1000 * response_time_half_width_s AS half_width_ms
FROM cell_summary JOIN cells USING (scenario_hash, policy, parameters_hash, version)
ORDER BY panel, "group", bar;

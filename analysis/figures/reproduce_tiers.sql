-- Online learning: device, edge or cloud alone, by users, link conditions and hardware
-- Filled by: orchid sweep online_learning/exp_a --where 'policy != q-learning' --db FILE, and exp_d for weak links
WITH cells AS (
    SELECT DISTINCT scenario_hash, policy, parameters_hash, version, sweep_values.value AS hardware
    FROM runs JOIN sweep_values USING (run) JOIN scenarios USING (scenario_hash)
    WHERE status = 'done' AND key = 'nodes.device.platform' AND policy IN ('device-only', 'edge-only', 'cloud-only')
      AND scenarios.name IN ('online learning, experiment A', 'online learning, experiment D')
      AND abs(accuracy_threshold - 0.89) < 1e-9 AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
)
SELECT dense_rank() OVER (ORDER BY hardware) AS row, hardware,
       CASE substr(scenario, -1) WHEN 'A' THEN 1 ELSE 2 END AS column,
       CASE policy WHEN 'device-only' THEN 1 WHEN 'edge-only' THEN 2 ELSE 3 END AS line,
       policy, users, n, 1000 * response_time_mean_s AS response_ms,
       1000 * response_time_half_width_s AS half_width_ms
FROM cell_summary JOIN cells USING (scenario_hash, policy, parameters_hash, version)
ORDER BY row, column, line, users;

-- Online learning: response time against accuracy of the eight variants on a device
-- Filled by: orchid sweep online_learning/variants --db FILE
WITH cells AS (
    SELECT scenario_hash, policy, parameters_hash, version,
           max(value) FILTER (WHERE key = 'nodes.device.platform') AS hardware,
           max(substr(value, instr(value, 'variant: ') + 9, 2)) FILTER (
               WHERE key = 'policy' AND value LIKE '%variant: %') AS variant
    FROM runs JOIN sweep_values USING (run) JOIN scenarios USING (scenario_hash)
    WHERE status = 'done' AND scenarios.name = 'online learning, variants'
      AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
    GROUP BY scenario_hash, policy, parameters_hash, version
    HAVING variant IS NOT NULL
)
SELECT dense_rank() OVER (ORDER BY hardware) AS line, hardware, variant, n, 1000 * response_time_mean_s AS response_ms,
       1000 * response_time_half_width_s AS half_width_ms, 100 * cell_summary.accuracy_mean AS accuracy_percent
FROM cell_summary JOIN cells USING (scenario_hash, policy, parameters_hash, version)
ORDER BY line, accuracy_percent;

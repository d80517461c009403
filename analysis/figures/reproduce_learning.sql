-- Online learning: reward and share of optimal trainings against real interactions, by users, experiment A at 89 %
-- Filled by: orchid sweep online_learning/exp_a --where 'policy == q-learning' --db FILE
WITH cells AS (
    SELECT DISTINCT scenario_hash, policy, parameters_hash, version, sweep_values.value AS hardware
    FROM runs JOIN sweep_values USING (run) JOIN scenarios USING (scenario_hash)
    WHERE status = 'done' AND key = 'nodes.device.platform' AND policy = 'q-learning'
      AND scenarios.name = 'online learning, experiment A' AND abs(accuracy_threshold - 0.89) < 1e-9
      AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
)
SELECT dense_rank() OVER (ORDER BY hardware) AS panel, hardware, users, interactions, n, 1000 * reward AS reward_ms,
       1000 * reward_half_width AS reward_half_width_ms, 100 * optimal_fraction AS optimal_percent
FROM learning_curve_summary JOIN cells USING (scenario_hash, policy, parameters_hash, version)
WHERE interactions > 0
ORDER BY panel, users, interactions;

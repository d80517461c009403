-- Online learning: cost (minus reward) and share of optimal trainings against real interactions, by users, experiment A at 89 %
-- Filled by: orchid sweep online_learning/exp_a --where 'policy == q-learning' --db FILE
WITH trainings AS (
    SELECT run, users, sweep_values.value AS hardware
    FROM runs JOIN sweep_values USING (run) JOIN scenarios USING (scenario_hash)
    WHERE status = 'done' AND key = 'nodes.device.platform' AND policy = 'q-learning'
      AND scenarios.name = 'online learning, experiment A' AND abs(accuracy_threshold - 0.89) < 1e-9
      AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
)
SELECT dense_rank() OVER (ORDER BY hardware) AS panel, hardware, users, interactions, count(*) AS n,
       -1000 * avg(reward) AS cost_ms, -1000 * max(reward) AS least_ms, -1000 * min(reward) AS most_ms,
       100 * avg(optimal_fraction) AS optimal_percent
FROM trainings JOIN learning_curves USING (run)
WHERE interactions > 0
GROUP BY hardware, users, interactions
ORDER BY panel, users, interactions;

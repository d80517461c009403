-- MCIA: utility before and after a step in bandwidth, nobody learning
-- Filled by: orchid reproduce mcia, or orchid sweep mcia/step --db FILE
WITH shown (policy, line) AS (
    VALUES ('oracle', 1), ('model-shares', 2), ('equal-shares', 3), ('fixed-version', 4), ('neurosurgeon', 5), ('greedy', 6),
           ('edge-only', 7), ('device-only', 8)
), cells AS (
    SELECT DISTINCT line, policy, scenario_hash, parameters_hash, version, number AS last_round
    FROM runs JOIN scenarios USING (scenario_hash) JOIN sweep_values USING (run) JOIN shown USING (policy)
    WHERE status = 'done' AND scenarios.name = 'MCIA, a step in bandwidth' AND key = 'stop.rounds' AND number <= 200
      AND version = (SELECT version FROM runs ORDER BY run DESC LIMIT 1) AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
)
SELECT line, policy, last_round, n, reward_mean AS utility, reward_half_width AS utility_half_width
FROM cell_summary JOIN cells USING (scenario_hash, policy, parameters_hash, version)
ORDER BY line, last_round;

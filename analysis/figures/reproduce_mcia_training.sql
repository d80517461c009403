-- MCIA: utility of the greedy answers against training, four users
-- Filled by: orchid reproduce mcia
WITH shown (policy, line) AS (
    VALUES ('model-shares', 1), ('dqn-features', 2), ('hybrid-ppo', 3), ('p-dqn', 4)
), trainings AS (
    SELECT DISTINCT run, policy, line FROM runs JOIN scenarios USING (scenario_hash) JOIN shown USING (policy)
    WHERE status = 'done' AND scenarios.name = 'MCIA' AND version = (SELECT version FROM runs ORDER BY run DESC LIMIT 1)
      AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
      AND run IN (SELECT run FROM sweep_values WHERE key = 'nodes.device.count' AND value = (
          -- The most users of whom all the learners here were trained.
          SELECT value FROM sweep_values JOIN runs USING (run) JOIN shown USING (policy) WHERE key = 'nodes.device.count'
          GROUP BY value ORDER BY count(DISTINCT policy) DESC, number DESC LIMIT 1))
)
SELECT line, policy, users, interactions, count(*) AS n, avg(reward) AS utility, min(reward) AS least, max(reward) AS most,
       avg(oracle_reward) AS oracle
FROM trainings JOIN learning_curves USING (run) JOIN (SELECT run, users FROM runs JOIN scenarios USING (scenario_hash)) USING (run)
WHERE interactions > 0
GROUP BY line, policy, users, interactions
ORDER BY line, interactions;

-- What every strategy decides: the share of requests per option
-- Filled by: orchid run hello --policy all --db FILE
WITH chosen AS (
    SELECT max(experiment) AS experiment FROM runs
    WHERE status = 'done' AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
      AND run IN (SELECT run FROM decision_counts)
), members AS (
    SELECT run, scenario_hash, policy, parameters_hash FROM runs JOIN chosen USING (experiment) WHERE status = 'done'
), totals AS (
    SELECT policy, parameters_hash, sum(count) AS total, count(DISTINCT run) AS n
    FROM members JOIN decision_counts USING (run) GROUP BY policy, parameters_hash
)
SELECT 1;

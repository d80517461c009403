-- What every strategy decides: the share of requests per option
-- Filled by: orchid run hello training_patience=4 --policy all --db FILE
WITH chosen AS (
    SELECT max(experiment) AS experiment FROM runs
    WHERE status = 'done' AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
      AND run IN (SELECT run FROM decision_counts)
), shown AS (
    -- Of a sweep one setting: that of the last run, or of the last that --where leaves.
    SELECT scenario_hash, (
        SELECT group_concat(key || ' = ' || value, ', ') FROM sweep_values
        WHERE sweep_values.run = runs.run AND key NOT LIKE 'policy%') AS setting
    FROM runs JOIN chosen USING (experiment) WHERE status = 'done' ORDER BY run DESC LIMIT 1
), members AS (
    SELECT run, scenarios.name AS scenario, users, policy, parameters_hash, interactions
    FROM runs JOIN chosen USING (experiment) JOIN scenarios USING (scenario_hash) JOIN shown USING (scenario_hash)
    WHERE status = 'done'
), counts AS (
    -- An option reads target:variant, or target:variant@layer where the inference is cut.
    SELECT scenario, users, policy, parameters_hash, max(interactions) OVER (PARTITION BY policy) AS interactions,
           substr(option, 1, instr(option, ':') - 1) AS target, substr(option, instr(option, ':') + 1) AS variant,
           substr(option, 1, instr(option, ':') - 1) <> node_group AS offloaded, count, run
    FROM members JOIN decision_counts USING (run)
), shares AS (
    SELECT scenario, users, policy, parameters_hash, max(interactions) AS interactions, target, variant, offloaded,
           100.0 * sum(count) / sum(sum(count)) OVER (PARTITION BY policy, parameters_hash) AS share,
           (SELECT count(DISTINCT run) FROM members AS others
            WHERE others.policy = counts.policy AND others.parameters_hash = counts.parameters_hash) AS n
    FROM counts GROUP BY scenario, users, policy, parameters_hash, target, variant, offloaded
), ranked AS (
    SELECT shares.*,
           dense_rank() OVER (ORDER BY offloaded, target = 'cloud', target) AS place,
           dense_rank() OVER (ORDER BY CASE policy
               WHEN 'device-only' THEN 1 WHEN 'edge-only' THEN 2 WHEN 'cloud-only' THEN 3
               WHEN 'random' THEN 4 WHEN 'round-robin' THEN 5 WHEN 'greedy' THEN 6
               WHEN 'oracle' THEN 9 ELSE 7 + (interactions > 0) END,
               policy, parameters_hash) AS position
    FROM shares
)
SELECT position, scenario, users, (SELECT coalesce(setting, 'none') FROM shown) AS setting, policy, n,
       target, variant, offloaded, place,
       sum(share) OVER cells - share AS start_percent,
       sum(share) OVER cells         AS end_percent
FROM ranked
WINDOW cells AS (PARTITION BY position ORDER BY place, variant)
ORDER BY position, place, variant;

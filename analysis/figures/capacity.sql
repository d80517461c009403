-- Time and memory that a run takes, against devices and against load, with 95 % intervals
-- Filled by: orchid sweep scale/capacity --db FILE
WITH chosen AS (
    SELECT max(experiment) AS experiment FROM runs
    WHERE status = 'done' AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
      AND run IN (SELECT run FROM sweep_values WHERE key = 'workload.rate')
), samples AS (
    -- Of settings that differ in nothing else than what is shown, that of the last run.
    SELECT runs.*, scenarios.name AS scenario, users, number AS rate,
           last_value(scenario_hash || parameters_hash) OVER (
               PARTITION BY users, number, policy ORDER BY run
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS shown
    FROM runs JOIN chosen USING (experiment) JOIN scenarios USING (scenario_hash) JOIN sweep_values USING (run)
    WHERE status = 'done' AND key = 'workload.rate'
), costs AS (
    -- CPU time with all that a run needs beside its requests; without a warm-up these are all that arrived.
    SELECT samples.*, 1e9 * cpu_s / requests.value AS ns, memory.value / users AS bytes,
           (SELECT max(value) FROM metrics WHERE metrics.run = samples.run AND name LIKE 'utilisation.%') AS busiest
    FROM samples JOIN metrics AS requests USING (run) JOIN metrics AS memory USING (run)
    WHERE scenario_hash || parameters_hash = shown
      AND requests.name = 'requests_arrived' AND requests.value > 0 AND memory.name = 'memory'
), cells AS (
    SELECT scenario, users, rate, policy, min(run) AS first, count(*) AS n, avg(ns) AS ns, avg(bytes) AS bytes,
           avg(ns * ns) - avg(ns) * avg(ns)             AS ns_spread,
           avg(bytes * bytes) - avg(bytes) * avg(bytes) AS bytes_spread,
           avg(busiest)                                 AS busiest
    FROM costs GROUP BY users, rate, policy
), lines AS (
    SELECT policy, row_number() OVER (ORDER BY min(first)) AS line FROM cells GROUP BY policy
), fixed AS (
    -- The load that most numbers of devices met, and the number that met most loads.
    SELECT (SELECT rate FROM cells GROUP BY rate ORDER BY count(DISTINCT users) DESC, rate LIMIT 1)   AS fixed_rate,
           (SELECT users FROM cells GROUP BY users ORDER BY count(DISTINCT rate) DESC, users LIMIT 1) AS fixed_users
), points AS (
    SELECT 1 AS panel, users AS x, * FROM cells, fixed WHERE rate = fixed_rate
    UNION ALL
    SELECT 2, rate, * FROM cells, fixed WHERE users = fixed_users
), quantiles AS (
    SELECT n, (SELECT quantile_95 FROM t_quantiles WHERE degrees <= n - 1 ORDER BY degrees DESC LIMIT 1) AS quantile
    FROM (SELECT DISTINCT n FROM cells)
)
-- Half widths are squared: not every SQLite has sqrt().
SELECT panel, line, scenario, policy, fixed_rate, fixed_users, n, x, ns,
       quantile * quantile * max(0, ns_spread) / (n - 1)    AS ns_half_width_squared,
       bytes,
       quantile * quantile * max(0, bytes_spread) / (n - 1) AS bytes_half_width_squared,
       100 * busiest                                        AS busiest_percent
FROM points JOIN lines USING (policy) JOIN quantiles USING (n)
ORDER BY panel, line, x;

-- Hybrid learning: what an interaction takes: simulation, learning, planning
-- Filled by: orchid sweep hybrid_learning/fixed --db FILE, and hybrid_learning/changing
WITH every AS (
    SELECT run, scenario_hash || parameters_hash || version AS kind,
           policy, scenarios.name AS scenario, users, learning_times.interactions AS made,
           simulation_s, learning_s, planning_s, learning_times.wall_s / learning_times.cpu_s AS disturbed
    FROM runs JOIN scenarios USING (scenario_hash) JOIN sweep_values USING (run) JOIN learning_times USING (run)
    WHERE status = 'done' AND key = 'profiles' AND sweep_values.value NOT LIKE '%mean_profiles.csv'
      AND learning_times.interactions = runs.interactions
      AND scenarios.name IN ('hybrid learning, fixed context', 'hybrid learning, changing contexts')
      AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
), sorted AS (
    SELECT every.*, first_value(kind) OVER (PARTITION BY scenario, users, policy ORDER BY run DESC) AS latest FROM every
), trainings AS (
    -- Where settings or a change of defaults left trainings of several kinds: the latest kind.
    SELECT * FROM sorted WHERE kind = latest
), ranked AS (
    -- Wall time counts what others do on the machine meanwhile: the training with the least of it tells most.
    SELECT trainings.*, count(*) OVER alike AS n, row_number() OVER (alike ORDER BY disturbed) AS place
    FROM trainings
    WHERE users = (
        -- Where the most learners were trained; of these the most users.
        SELECT users FROM trainings AS others WHERE others.scenario = trainings.scenario
        GROUP BY users ORDER BY count(DISTINCT policy) DESC, users DESC LIMIT 1)
    WINDOW alike AS (PARTITION BY scenario, users, policy)
), chosen AS (
    SELECT scenario, users, policy, n, 1e6 * simulation_s / disturbed / made AS simulation_us,
           1e6 * learning_s / disturbed / made AS learning_us, 1e6 * planning_s / disturbed / made AS planning_us
    FROM ranked WHERE place = 1
)
SELECT CASE WHEN scenario LIKE '%fixed%' THEN 1 ELSE 2 END AS panel,
       dense_rank() OVER (ORDER BY (
           SELECT avg(learning_us + planning_us) FROM chosen AS others WHERE others.policy = chosen.policy), policy)
               AS row,
       policy, users, n, simulation_us, learning_us, planning_us,
       simulation_us + learning_us + planning_us AS total_us
FROM chosen ORDER BY panel, row;

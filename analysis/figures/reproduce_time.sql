-- Hybrid learning: what an interaction takes: simulation, learning, planning
-- Filled by: orchid sweep hybrid_learning/fixed --db FILE, and hybrid_learning/changing
WITH trainings AS (
    SELECT run, policy, scenarios.name AS scenario, users, learning_times.interactions AS made,
           -- Within the processor time: wall time would count what others do on the machine.
           max(0, learning_times.cpu_s - learning_s - planning_s) AS simulation_s,
           max(0, min(learning_s, learning_times.cpu_s - planning_s)) AS learning_s,
           min(planning_s, learning_times.cpu_s) AS planning_s
    FROM runs JOIN scenarios USING (scenario_hash) JOIN sweep_values USING (run) JOIN learning_times USING (run)
    WHERE status = 'done' AND key = 'profiles' AND sweep_values.value NOT LIKE '%mean_profiles.csv'
      AND learning_times.interactions = runs.interactions
      AND scenarios.name IN ('hybrid learning, fixed context', 'hybrid learning, changing contexts')
      AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
), chosen AS (
    SELECT scenario, users, policy, count(*) AS n, 1e6 * avg(simulation_s / made) AS simulation_us,
           1e6 * avg(learning_s / made) AS learning_us, 1e6 * avg(planning_s / made) AS planning_us
    FROM trainings
    WHERE users = (
        -- Where the most learners were trained; of these the most users.
        SELECT users FROM trainings AS others WHERE others.scenario = trainings.scenario
        GROUP BY users ORDER BY count(DISTINCT policy) DESC, users DESC LIMIT 1)
    GROUP BY scenario, users, policy
)
SELECT CASE WHEN scenario LIKE '%fixed%' THEN 1 ELSE 2 END AS panel,
       dense_rank() OVER (ORDER BY (
           SELECT avg(learning_us + planning_us) FROM chosen AS others WHERE others.policy = chosen.policy), policy)
               AS row,
       policy, users, n, simulation_us, learning_us, planning_us,
       simulation_us + learning_us + planning_us AS total_us
FROM chosen ORDER BY panel, row;

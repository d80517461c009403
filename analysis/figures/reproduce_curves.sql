-- Hybrid learning: cost (minus reward) and agreement with the optimum against real interactions
-- Filled by: orchid sweep hybrid_learning/fixed --db FILE, and hybrid_learning/changing
WITH shown (policy, line) AS (
    VALUES ('q-learning', 1), ('dqn', 2), ('dqn-branching', 3), ('dyna-q', 4), ('hybrid-learning', 5),
           ('hybrid-factored', 6), ('model-thompson', 7), ('linear-thompson', 8)
), every AS (
    SELECT run, scenario_hash || parameters_hash || version AS kind,
           policy, line, scenarios.name AS scenario, users, interactions AS made
    FROM runs JOIN shown USING (policy) JOIN scenarios USING (scenario_hash) JOIN sweep_values USING (run)
    WHERE status = 'done' AND key = 'profiles' AND sweep_values.value NOT LIKE '%mean_profiles.csv'
      AND scenarios.name IN ('hybrid learning, fixed context', 'hybrid learning, changing contexts')
      AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
), sorted AS (
    SELECT every.*, first_value(kind) OVER (PARTITION BY scenario, users, policy ORDER BY run DESC) AS latest FROM every
), trainings AS (
    -- Where settings or a change of defaults left trainings of several kinds: the latest kind.
    SELECT * FROM sorted WHERE kind = latest
), chosen AS (
    SELECT * FROM trainings
    WHERE users = (
        -- Where the most learners were trained; of these the most users.
        SELECT users FROM trainings AS others WHERE others.scenario = trainings.scenario
        GROUP BY users ORDER BY count(DISTINCT policy) DESC, users DESC LIMIT 1)
), ends AS (
    -- A training that ended early stayed optimal; one that was not optimal says nothing beyond its end.
    SELECT scenario, policy, coalesce(min(CASE WHEN optimal_fraction < 1 THEN made END), 1e18) AS known_to
    FROM chosen JOIN learning_curves ON learning_curves.run = chosen.run AND learning_curves.interactions = made
    GROUP BY scenario, policy
), points AS (
    SELECT DISTINCT scenario, interactions FROM chosen JOIN learning_curves USING (run) WHERE interactions > 0
), latest AS (
    SELECT scenario, policy, line, users, chosen.run, points.interactions AS interactions, (
        SELECT max(interactions) FROM learning_curves
        WHERE learning_curves.run = chosen.run AND learning_curves.interactions <= points.interactions) AS at
    FROM chosen JOIN points USING (scenario) JOIN ends USING (scenario, policy)
    WHERE points.interactions <= known_to
)
SELECT CASE WHEN scenario LIKE '%fixed%' THEN 1 ELSE 2 END AS panel, scenario, users, line, policy,
       latest.interactions AS interactions, count(*) AS n, -1000 * avg(reward) AS cost_ms, -1000 * max(reward) AS
           least_ms,
       -1000 * min(reward) AS most_ms, 100 * avg(optimal_fraction) AS optimal_percent,
       100 * min(optimal_fraction) AS least_percent, 100 * max(optimal_fraction) AS most_percent
FROM latest JOIN learning_curves ON learning_curves.run = latest.run AND learning_curves.interactions = at
GROUP BY panel, scenario, users, line, policy, latest.interactions
ORDER BY panel, line, interactions;

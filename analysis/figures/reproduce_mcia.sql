-- MCIA: utility, response time and accuracy against bandwidth, users, device, edge and weight of accuracy
-- Filled by: orchid reproduce mcia, or orchid sweep mcia/base --db FILE
WITH axes (key, panel, axis) AS (
    VALUES ('links.device-edge.up', 1, 'bandwidth'), ('nodes.device.count', 2, 'users'),
           ('nodes.device.platform', 3, 'device'), ('nodes.edge.platform', 4, 'edge'),
           ('workload.weights', 5, 'weight of accuracy')
), shown (policy, line) AS (
    VALUES ('oracle', 1), ('model-shares', 2), ('equal-shares', 3), ('fixed-version', 4), ('neurosurgeon', 5), ('greedy', 6),
           ('edge-only', 7), ('device-only', 8)
), places (value, place) AS (
    -- Machines from slow to fast.
    VALUES ('rpi4-tflite-1.15', 1), ('aws-a1.medium', 2), ('rpi4-armnn-21.02', 3), ('jetson-xavier', 4),
           ('aws-a1.large', 5), ('aws-a1.xlarge', 6), ('aws-a1.2xlarge', 7), ('aws-m7g.2xlarge', 8)
), cells AS (
    SELECT DISTINCT panel, axis, line, policy, scenario_hash, parameters_hash, version, sweep_values.value AS value,
           coalesce(number, (SELECT place FROM places WHERE places.value = sweep_values.value), 0) AS place
    FROM runs JOIN scenarios USING (scenario_hash) JOIN sweep_values USING (run) JOIN axes USING (key) JOIN shown USING (policy)
    WHERE status = 'done' AND scenarios.name = 'MCIA' AND version = (SELECT version FROM runs ORDER BY run DESC LIMIT 1)
      AND (?1 = '' OR experiment = CAST(?1 AS INTEGER))
)
SELECT panel, axis, line, policy, dense_rank() OVER (PARTITION BY panel ORDER BY place, value) AS position,
       replace(replace(replace(replace(replace(value, ' Mbit/s', ''), '{uniform: [', ''), ' %, ', '-'), ' %]}', ''), 'aws-', '')
           AS value, n, reward_mean AS utility, reward_half_width AS utility_half_width,
       1000 * response_time_mean_s AS response_ms, 1000 * response_time_half_width_s AS response_half_width_ms,
       100 * accuracy_mean AS accuracy_percent, 100 * accuracy_half_width AS accuracy_half_width_percent
FROM cell_summary JOIN cells USING (scenario_hash, policy, parameters_hash, version)
ORDER BY panel, line, position;

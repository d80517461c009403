#!/bin/sh
# Training as a person does it: learns, keeps, goes on, measures, refuses. Ends with the number of failures.
set -u
. "$ORCHID_SOURCE_ROOT/tests/harness.sh"

name training_prints_its_curve_and_keeps_what_was_learnt
orchid train hello --policy q-learning --interactions 2000 --weights half
ended 0
silent err
says out "hello: q-learning, which learns from reward, seed 1"
says out "interactions      reward      oracle"
says out "kept in half: 2000 interactions"
grep -Eq '^optimal from [0-9]+ interactions on$' out || fail "it does not say when it arrived"
[ "$(grep -Ec '^ +[0-9]+ +-' out)" -ge 10 ] || fail "less than ten points"
[ "$(wc -l <out)" -le 20 ] || fail "more than a few lines"
[ -s half ] || fail "there is no file"

name same_command_writes_the_same_bytes
orchid train hello --policy q-learning --interactions 2000 --weights again
cmp -s half again || fail "the files differ"
orchid train hello --policy q-learning --interactions 2000 --seed 2 --weights other
cmp -s half other && fail "another seed makes the same file"

name training_goes_on_from_a_file_as_if_it_had_never_stopped
orchid train hello --from half --interactions 2000 --weights whole
ended 0
orchid train hello --policy q-learning --interactions 4000 --weights at_once
cmp -s whole at_once || fail "2000 and 2000 are not 4000"

name classifiers_learn_from_samples_at_once
lab="$ORCHID_SOURCE_ROOT/tests/lab/cascade.yaml"
orchid train "$lab" samples.train="25 %" samples.tune="25 %" --policy cascade-mlp --weights light
ended 0
silent err
says out "cascade-mlp, seed 1: learnt from 2 samples, and chose by 2 others; no interactions"
says out "kept in light"
orchid run "$lab" samples.train="25 %" samples.tune="25 %" --weights light --quiet --json
ended 0
orchid train "$lab" samples.train="25 %" samples.tune="25 %" --policy cascade-mlp --from light
ended 2
says err "learns at once from samples: there is no training to go on with"
orchid train "$lab" --policy cascade-mlp
ended 2
says err "policy: cascade-mlp: there are no samples to learn from, or none to tune with"
orchid train "$lab" --policy cascade-never --interactions 10
ended 2
says err "cascade-never does not learn"

name frozen_learner_is_measured_from_the_file
orchid run hello --weights half --replications 2 --json
ended 0
cp out loaded
orchid run hello --weights half --policy q-learning,oracle --replications 2 --db measured.db
ended 0
says out "q-learning"
says out "2000"
[ "$(sqlite3 measured.db 'SELECT count(DISTINCT parameters_hash) FROM runs WHERE policy = "q-learning" AND parameters LIKE "%weights: %"')" = 1 ] ||
    fail "the run does not tell that it came out of a file"
orchid run hello --weights half --replications 2 --json
cmp -s out loaded || fail "measuring changed the file or itself"

name one_replication_measures_alike_trained_or_loaded
orchid train hello --policy q-learning --interactions 2000 --db trained.db
orchid run hello --weights half --replications 1 --db loaded.db
for database in trained loaded; do
    sqlite3 $database.db "SELECT policy, seed, replication, events, fingerprint FROM runs" >$database.txt
done
cmp -s trained.txt loaded.txt || fail "they do not behave alike"

name learner_moves_to_another_scenario
orchid train hello objective.threshold='88.5 %' --from half --interactions 300 --weights moved
ended 0
grep -Eq '^ +0 +-' out || fail "the curve does not begin with what it knew"
says out "kept in moved: 300 interactions"

name what_does_not_fit_is_refused
orchid train hello nodes.camera.count=2 --from half --interactions 10
ended 2
silent out
says err "half: error: holds weights for questions with other features"
orchid run hello options.edge='[d0, d1]' --weights half
ended 2
says err "chose among other options than hello offers"
orchid run hello 'policy={name: q-learning, epsilon: 0.5}' --weights half
ended 2
says err "was trained with epsilon"
orchid run hello --weights half --policy greedy
ended 2
says err "holds a q-learning, which --policy does not name"
orchid train hello --policy sarsa --from half
ended 2
says err "holds a q-learning, not a sarsa"
head -c 200 half >short
orchid run hello --weights short
ended 2
says err "short: error: "
orchid run hello --weights nothing
ended 2
says err "nothing: error: "

name mistakes_are_told_before_the_training
orchid train
ended 2
says err "train needs a scenario"
orchid train hello --policy greedy
ended 2
says err "greedy does not learn"
orchid train hello
ended 2
says err "greedy does not learn"
orchid train hello --policy q-lerning
ended 2
says err "did you mean 'q-learning'?"
orchid train hello training=0 --policy q-learning
ended 2
says err "--interactions 10000"
orchid train hello --policy q-learning --weights nowhere/file
ended 2
says err "there is no folder 'nowhere'"
orchid train hello --policy q-learning training_patience=0.5
ended 2
says err "training_patience: must be 0 or above 1"

name json_is_json_and_has_the_curve
orchid train hello --policy q-learning --interactions 1000 --json
ended 0
silent err
python3 -c '
import json
training = json.load(open("out"))
curve = training["curve"]
assert training["optimum_reached"] and training["interactions"] == 1000 and training["contexts"] == 1
assert [point["interactions"] for point in curve[:30]] == list(range(1, 31)) and curve[-1]["interactions"] == 1000
arrived = next(point for point in reversed(curve) if point["optimal_fraction"] < 1)
assert arrived["interactions"] < training["interactions_to_optimum"] <= 1000
' 2>err || fail "not what it should be"

name patience_stops_a_training_and_the_database_has_it
orchid train hello --policy q-learning training_patience=4 --interactions 1000000 --db patient.db
ended 0
[ "$(sqlite3 patient.db "SELECT interactions < 100000 FROM runs")" = 1 ] || fail "it went on"
[ "$(sqlite3 patient.db "SELECT value FROM metrics WHERE name = 'optimum_reached'")" = 1.0 ] || fail "it does not say that it arrived"
[ "$(sqlite3 patient.db "SELECT count(*) > 30 FROM learning_curves JOIN learning_times USING (run, interactions)")" = 1 ] || fail "no curve"
orchid export patient.db -o patient
ended 0
grep -q 'violation_fraction,optimal_fraction' patient/learning_curves.csv || fail "the curve is not exported"

name training_that_does_not_arrive_says_so
orchid train hello --policy q-learning --interactions 20 --db short.db
ended 0
says out "not optimal at the end: more than 20 interactions to the optimum"
[ "$(sqlite3 short.db "SELECT count(*) FROM metrics WHERE name = 'interactions_to_optimum' AND value IS NULL")" = 1 ] || fail "it has a value"

name run_of_a_kept_learner_is_not_replayed
orchid export measured.db --per request -o requests.csv
ended 2
says err "its learner came out of a file of weights"

name interrupted_training_keeps_what_it_learnt
"$program" train hello --policy q-learning --interactions 1000000000 --weights broken_off >out 2>err &
process=$!
sleep 1
kill -INT $process
wait $process
status=$?
ended 130
says err "ending the training here"
orchid run hello --weights broken_off --replications 1
ended 0

echo "train: $tests tests, $failed failed"
exit $failed

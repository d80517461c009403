#!/bin/sh
# Reproduces papers as a person does, with a fraction of the budget. Ends with the number of failures.
set -u
. "$ORCHID_SOURCE_ROOT/tests/harness.sh"

# What makes an afternoon of a minute: two seeds, short trainings, few rounds.
online() {
    orchid reproduce online-learning --quick --jobs 2 training=2000 stop.rounds=20 sweep.repeat=2 -o "$@"
}
hybrid() {
    orchid reproduce hybrid-learning --quick --jobs 2 'sweep.policies=[q-learning, linear-thompson]' stop.rounds=20 \
        'sweep.where=nodes.device.count == 3' sweep.repeat=2 -o "$@"
}

name online_learning_gives_report_figures_and_claims
online few
ended 0
says out "the mean response time of a learner that only offloads"
says out "paper     35 %, less than 0.9 % of accuracy"
says out "n = 2 each"
[ "$(grep -Ec '^(open|partly|reproduced|not reproduced)  +' out)" = 4 ] || fail "not four verdicts"
says few/report.md "| claim | paper | obtained | where | verdict |"
says few/report.md "orchid reproduce online-learning --quick training=2000"
says few/report.md "orchid sweep online_learning/exp_c"
says few/report.md "What brute force costs"
if command -v gnuplot >/dev/null; then
    silent err
    for figure in tiers variants learning strategies thresholds; do
        [ -s few/$figure.png ] || fail "no $figure.png"
        [ -s few/$figure.svg ] || fail "no $figure.svg"
        says few/report.md "($figure.png)"
        says few/report.md "orchid figure reproduce_$figure --db few/quick.sqlite"
    done
fi

name mcia_gives_report_figures_and_claims
orchid reproduce mcia --quick --jobs 2 'sweep.policies=[equal-shares, greedy, oracle]' sweep.repeat=2 -o mcia
ended 0
says out "within 2 % of the optimum"
[ "$(grep -Ec '^(open|partly|reproduced|not reproduced)  +' out)" = 4 ] || fail "not four verdicts"
says out "others: equal-shares"
says mcia/report.md "Utility around a step in bandwidth"
if command -v gnuplot >/dev/null; then
    for figure in axes step; do
        [ -s mcia/$figure.png ] || fail "no $figure.png"
        [ -s mcia/$figure.svg ] || fail "no $figure.svg"
    done
fi

# Networks take minutes to train: here the pair that comes with the program stands for all of them.
name edge_cloud_cooperation_gives_report_figures_and_claims
traces=$ORCHID_SOURCE_ROOT/traces/digits_networks
orchid run hello --quiet --db cooperation.sqlite
mkdir -p cooperation/networks
for pair in digits-1 digits-2 digits-3 glyphs-1 glyphs-2 glyphs-3; do
    for end in .yaml _layers.csv _profiles.csv _large_profiles.csv _samples.csv; do
        sed "s/digits_networks_layers/${pair}_layers/" "$traces$end" >"cooperation/networks/$pair$end"
    done
done
{
    echo "PRAGMA foreign_keys = ON; DELETE FROM runs; DELETE FROM experiments;"
    cat "$ORCHID_SOURCE_ROOT/analysis/cascade_records.sql"
    version=$("$program" --version | cut -d ' ' -f 2)
    for data in digits glyphs; do
        for seed in 1 2 3; do
            echo "INSERT INTO image_networks VALUES ('$data', $seed, '$version', 'heavy', 0, 9, 9, 1000, 0, 90, 100, 90, 100, 300, 90),
                ('$data', $seed, '$version', 'uniform', 1, 5, 5, 50$seed, 9, 90, 100, 90, 100, 150, 90),
                ('$data', $seed, '$version', 'actor-critic', 4, 2, 2, 20$seed, 9, 90, 100, 90, 100, 70, 89);
            INSERT INTO offload_decisions VALUES
                ('$data', $seed, '$version', 'decisions', 'confidence', 3, 5, 5, 85, 5, 91, 0.8),
                ('$data', $seed, '$version', 'decisions', 'network', 8, $((5 + seed)), 5, 85, $((5 - seed)), 92, 0.9),
                ('$data', $seed, '$version', 'balanced', 'confidence', 3, 5, 5, 85, 5, 91, 0.8),
                ('$data', $seed, '$version', 'balanced', 'network', 8, $((5 + seed)), 5, 85, $((5 - seed)), 92, 0.9);"
        done
    done
} | sqlite3 cooperation.sqlite
mv cooperation.sqlite cooperation/quick.sqlite
cooperation() {
    orchid reproduce edge-cloud-cooperation --quick --jobs 2 'sweep.policies=[cloud-only, cascade-oracle]' \
        'stop={time: 60 s}' 'warm_up={time: 5 s}' 'sweep.where=workload.rate == 4 /s' -o cooperation "$@"
}
cooperation
ended 0
says out "paper     up to 87.6 % smaller"
says out "paper     up to 78.8 % less time, higher accuracy"
[ "$(grep -Ec '^(open|partly|reproduced|not reproduced)  +' out)" = 6 ] || fail "not six verdicts"
says cooperation/report.md "Decisions about answers of the lighter network, tuned to be right: the confusion matrix"
says cooperation/report.md "orchid sweep cooperation/networks/trained.yaml"
says cooperation/networks/trained.yaml "models: digits-1.yaml"
if command -v gnuplot >/dev/null; then
    for figure in compression cooperation map; do
        [ -s cooperation/$figure.png ] || fail "no $figure.png"
        [ -s cooperation/$figure.svg ] || fail "no $figure.svg"
    done
fi
sqlite3 cooperation/quick.sqlite "SELECT count(*), max(finished_utc) FROM runs" >before
cooperation
ended 0
sqlite3 cooperation/quick.sqlite "SELECT count(*), max(finished_utc) FROM runs" >after
cmp -s before after || fail "runs were done again"

name folder_of_networks_may_move
mv cooperation "it's elsewhere"
orchid reproduce edge-cloud-cooperation --quick --jobs 2 'sweep.policies=[cloud-only, cascade-oracle]' \
    'stop={time: 60 s}' 'warm_up={time: 5 s}' 'sweep.where=workload.rate == 4 /s' -o "it's elsewhere"
ended 0
sqlite3 "it's elsewhere/quick.sqlite" "SELECT count(*), max(finished_utc) FROM runs" >after
cmp -s before after || fail "runs were done again"
says "it's elsewhere/report.md" "--db 'it'\\''s elsewhere/quick.sqlite'"

name same_command_runs_nothing_twice
sqlite3 few/quick.sqlite "SELECT count(*), max(finished_utc) FROM runs" >before
online few --json
ended 0
python3 - <<'PYTHON' || fail "the JSON is not what it should be"
import json
told = json.load(open("out"))
assert told["study"] == "online-learning" and told["extent"] == "quick" and told["runs"] > 1000
assert len(told["claims"]) == 4 and all(claim["rule"] and claim["command"] for claim in told["claims"])
assert {claim["verdict"] for claim in told["claims"]} <= {"reproduced", "partly", "not reproduced", "open"}
PYTHON
sqlite3 few/quick.sqlite "SELECT count(*), max(finished_utc) FROM runs" >after
cmp -s before after || fail "runs were done again"

name command_of_a_claim_runs
command=$(python3 -c 'import json; print(json.load(open("out"))["claims"][0]["command"])')
eval "orchid ${command#orchid }"
ended 0
says out "q-learning"

name killed_it_goes_on_where_it_was
"$program" reproduce online-learning --quick --jobs 2 training=2000 stop.rounds=20 sweep.repeat=2 -o killed >/dev/null 2>&1 &
job=$!
tries=0
until [ "$(sqlite3 killed/quick.sqlite 'SELECT count(*) FROM runs' 2>/dev/null || echo 0)" -ge 50 ] || [ $tries -ge 600 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
kill -9 $job 2>/dev/null
wait $job 2>/dev/null
[ ! -e killed/report.md ] || fail "it had ended already"
cp killed/quick.sqlite half.sqlite
online killed
ended 0
query="SELECT scenario_hash, policy, parameters_hash, replication, fingerprint FROM runs ORDER BY 1, 2, 3, 4"
sqlite3 killed/quick.sqlite "$query" >resumed
sqlite3 few/quick.sqlite "$query" >whole
cmp -s resumed whole || fail "the runs differ from those of one go"
[ "$(sqlite3 killed/quick.sqlite "ATTACH 'half.sqlite' AS half; SELECT count(*) FROM half.runs JOIN main.runs USING (run, finished_utc)")" = \
    "$(sqlite3 half.sqlite 'SELECT count(*) FROM runs')" ] || fail "what was there was run again"
[ -s killed/report.md ] || fail "no report"

name other_settings_do_not_mix
orchid reproduce online-learning --quick stop.rounds=21 -o few
ended 2
says err "holds runs of other settings"

name hybrid_learning_counts_interactions
hybrid hybrid
ended 0
says out "up to 166.6 times faster learning"
says hybrid/report.md "Real interactions until the learner stays optimal: a fixed context"
says hybrid/report.md "| linear-thompson |"
says hybrid/report.md "changing contexts"
if command -v gnuplot >/dev/null; then
    for figure in interactions curves time; do [ -s hybrid/$figure.png ] || fail "no $figure.png"; done
    says hybrid/report.md "gnuplot interactions.gp"
fi

name bad_arguments_are_told
orchid reproduce
ended 2
says err "reproduce needs a paper"
orchid reproduce offline-learning
ended 2
says err "did you mean 'online-learning'?"
orchid reproduce online-learning hybrid-learning
ended 2
orchid reproduce online-learning --quick --full
ended 2
says err "exclude each other"
orchid reproduce online-learning --jobs 0
ended 2
orchid reproduce online-learning stop.ruonds=3 -o wrong
ended 2
says err "did you mean 'rounds'?"
[ ! -e wrong/quick.sqlite ] || fail "a database was made"

echo "reproduce: $tests tests, $failed failed"
exit $failed

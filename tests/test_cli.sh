#!/bin/sh
# Drives the program as a person does: ORCHID_PROGRAM is the executable, ORCHID_SOURCE_ROOT the source tree. Every example of
# the help is run. Ends with the number of failures.
set -u
. "$ORCHID_SOURCE_ROOT/tests/harness.sh"

name version_is_printed
orchid --version
ended 0
grep -qx 'orchid [0-9][0-9.]*' out || fail "no version"

name help_names_every_command
orchid help
ended 0
silent err
for command in run train sweep validate describe list figure merge compare export samples offload reproduce; do says out "  $command "; done

name no_command_shows_the_help_as_a_mistake
orchid
ended 2
silent out
says err "Usage: orchid COMMAND"

name every_example_of_the_help_runs
echo 'label,zero,one,two' | tee light_logits.csv >heavy_logits.csv
for i in 1 2 3 4 5 6 7 8; do
    printf '0,2,1,0\n1,3,0,0\n2,0,0,5\n' >>light_logits.csv
    printf '0,2,1,0\n1,0,4,0\n2,0,0,1\n' >>heavy_logits.csv
done
for command in run train sweep validate describe list figure merge compare export samples offload reproduce; do
    orchid help $command
    ended 0
    # Learners train less, and fewer times, than a person would have them.
    grep '^  orchid ' out | sed 's/--policy all/& training=20 --replications 2/' >examples
    [ -s examples ] || fail "$command has no examples"
    while read -r word line; do
        if [ "$command" = figure ] && ! command -v gnuplot >/dev/null; then continue; fi
        eval "orchid $line" # with the quotes that a person would type
        [ "$status" = 0 ] || fail "status $status from: $word $line"
    done <examples
done

name help_flag_is_the_same_as_the_help_command
orchid help run && mv out first
orchid run --help
cmp -s first out || fail "they differ"

name misspelt_words_get_suggestions
orchid rnu
ended 2
says err 'error: there is no command "rnu"'
says err "; did you mean 'run'?"
orchid run hello --polcy greedy
ended 2
says err 'error: there is no flag "--polcy"'
says err "; did you mean '--policy'?"
orchid run hello --policy gredy
ended 2
says err 'error: there is no policy "gredy"'
says err "; did you mean 'greedy'?"
orchid run helo
ended 2
says err "helo: error: there is no such file or scenario; did you mean 'hello'?"
orchid list figurs
ended 2
says err "did you mean 'figures'?"
orchid describe nodes.coers
ended 2
says err "did you mean 'nodes.cores'?"
orchid help fgure
ended 2
says err "did you mean 'figure'?"

name flags_are_read_strictly
for wrong in "--seed x" "--seed 1x" "--seed -1" "--seed 99999999999999999999" "--seed" "--seed=" "--jobs 0" "--jobs 1.5" \
    "--replications 0" "--quiet=3" "--json extra" "--policy greedy,,oracle" "--policy greedy,greedy" "--db"; do
    # shellcheck disable=SC2086
    orchid run hello $wrong
    [ "$status" = 2 ] || fail "status $status from: $wrong"
    silent out
    says err "error: "
done

name scenario_and_policy_mistakes_come_in_one_pass
orchid run hello nodes.camera.cuont=3 policy.name=nobody --policy nothing
ended 2
says err "nodes.camera.cuont: unknown key; did you mean 'count'?"
says err 'there is no policy "nobody"'
says err 'there is no policy "nothing"'

name validate_says_what_is_fine_and_what_is_not
orchid validate hello raspberry_pi
ended 0
[ "$(grep -c ': fine: ' out)" = 2 ] || fail "not two lines"
printf 'name: broken\nsede: 3\npolicy: {name: oracel}\n' >broken.yaml
orchid validate hello broken.yaml
ended 2
says out "hello: fine: "
says err "broken.yaml:2:1: error: sede: unknown key; did you mean 'seed'?"
says err "did you mean 'oracle'?"

name validate_asks_whether_the_policy_suits_as_run_does
for command in validate run; do
    orchid $command "$ORCHID_SOURCE_ROOT/tests/lab/cascade.yaml" policy.name=dqn
    ended 2
    silent out
    says err "policy: dqn: does not decide which light answers are sent on, and cannot learn beside a cascade"
done
orchid validate "$ORCHID_SOURCE_ROOT/tests/lab/cascade.yaml" policy.name=cascade-never
ended 0
silent err

name logits_become_samples
printf 'label,zero,one,two\n0,2,1,0\n1,3,0,0\n2,0,0,5\n' >light.csv
printf 'label,zero,one,two\n0,2,1,0\n1,0,4,0\n2,0,0,1\n' >heavy.csv
orchid samples light.csv big=heavy.csv -o samples.csv
ended 0
silent err
says out "light: right on 2 of 3 samples, 66.67 %"
says out "big: right on 3 of 3 samples, 100.00 %"
says samples.csv "sample,label,light.correct,light.confidence,light.margin,light.entropy,light.prediction,light.top2,light.top3,light.logit0,light.logit1,light.logit2,big.correct,"
says samples.csv "0,0,1,0.665240956,0.420512485,0.832395582,0,0.244728471,0.0900305732,2,1,0,1,"
orchid samples light.csv light=heavy.csv -o other.csv
ended 2
says err 'two models are called "light"'
orchid samples light.csv nowhere.csv -o other.csv
ended 2
says err "nowhere.csv: error: cannot be opened"
[ ! -e other.csv ] || fail "a file was written all the same"
orchid samples light.csv
ended 2
says err "samples needs files of logits and a file to write"

name offload_compares_rules_on_samples
python3 - >samples.csv <<'PYTHON'
import random
random.seed(1)
print("sample,light.correct,light.confidence,heavy.correct")
for i in range(400):
    sure = random.random()
    light = random.random() < sure
    print(f"{i},{int(light)},{sure:.4f},{int(random.random() < 0.9)}")
PYTHON
orchid offload samples.csv --seeds 3
ended 0
silent err
says out "light, and whether heavy should answer: n = 3 divisions of one table"
for rule in never always random confidence calibrated logistic network oracle; do says out "$rule "; done
grep -q '^margin' out && fail "there is no margin"
orchid offload samples.csv --heavy light
ended 2
orchid offload samples.csv --criterion right
ended 2
says err 'there is no criterion "right"'
orchid offload samples.csv --train "80 %" --tune "20 %"
ended 2
says err "leave no samples to report on"
orchid offload samples.csv --price 0.1
ended 2
says err '--price "0.1": needs the unit %'

name describe_knows_every_key_it_prints
orchid describe
ended 0
says out "nodes: "
says out "policy.q-learning: "
says out "metrics: "
orchid describe 'nodes[].cores'
ended 0
says out "required"

name json_is_json_and_nothing_else
orchid run hello --policy greedy,oracle --replications 3 --json
ended 0
silent err
python3 -c 'import json, sys; json.load(open("out"))' 2>/dev/null || fail "not JSON"

name results_do_not_depend_on_the_number_of_jobs
orchid run hello --policy greedy,random --replications 4 --jobs 1 && mv out first
orchid run hello --policy greedy,random --replications 4 --jobs 4
ended 0
cmp -s first out || fail "they differ"

name nothing_but_the_table_is_printed_where_no_terminal_is
orchid run hello --policy greedy
ended 0
silent err

name wrong_input_leaves_no_database
orchid run hello nodes.camera.count=-3 --db none.sqlite
ended 2
[ ! -e none.sqlite ] || fail "there is a database"

name file_that_is_no_database_is_refused_and_left_alone
echo 'not a database, but a text of some length' >text.sqlite
cp text.sqlite copy
orchid run hello --policy greedy --db text.sqlite
ended 2
cmp -s text.sqlite copy || fail "it was changed"
orchid figure strategies --db text.sqlite
ended 2
orchid figure strategies --db missing.sqlite
ended 2

name comparisons_are_json_and_csv_for_programs
orchid run hello --policy greedy,oracle --replications 3 --db compared.sqlite
orchid compare compared.sqlite --json
ended 0
silent err
python3 -c 'import json; json.load(open("out"))' 2>/dev/null || fail "not JSON"
orchid compare compared.sqlite --metric reward_mean --csv
[ "$(wc -l <out)" = 3 ] || fail "not a header and two lines"
orchid compare compared.sqlite
grep -q '^greedy .* worse$' out || fail "greedy is not worse"
says out "n: replications. ±: half width of the 95 % t interval."

name comparisons_and_exports_refuse_what_makes_no_sense
for wrong in "compared.sqlite --csv --json" "compared.sqlite --paired --unpaired" "compared.sqlite --confidence 0.95" \
    "compared.sqlite --confidence 100%" "compared.sqlite --by polcy" "compared.sqlite --metric nothing" "" "missing.sqlite" \
    "text.sqlite"; do
    # shellcheck disable=SC2086
    orchid compare $wrong
    [ "$status" = 2 ] || fail "status $status from: compare $wrong"
    silent out
    says err "error: "
done
for wrong in "compared.sqlite --per metri" "compared.sqlite -o one.csv" "compared.sqlite -o none/at/all" "" "missing.sqlite"; do
    # shellcheck disable=SC2086
    orchid export $wrong
    [ "$status" = 2 ] || fail "status $status from: export $wrong"
    silent out
    says err "error: "
done
[ ! -e one.csv ] && [ ! -e compared_csv ] || fail "something was written"

name exports_say_what_they_wrote
orchid export compared.sqlite -o exported
ended 0
for file in runs metrics learning_curves decisions dictionary; do
    says out "exported/$file.csv"
    [ -s "exported/$file.csv" ] || fail "there is no $file.csv"
done

name folder_that_cannot_be_written_is_the_machine
orchid run hello --policy greedy --db /dev/null/x.sqlite
[ "$status" = 2 ] || [ "$status" = 3 ] || fail "status is $status"
says err "error: "
[ -e /dev/full ] && {
    "$program" list policies >/dev/full 2>err
    status=$?
    ended 3
    says err "cannot write to standard output"
}

name figures_draw_the_latest_experiment_that_fills_them
if command -v gnuplot >/dev/null; then
    orchid run online_learning/exp_a training=50 --policy q-learning --replications 2 --db both.sqlite
    orchid run hello --policy greedy,oracle --replications 2 --db both.sqlite
    ended 0
    for figure in strategies decisions learning_curve; do
        for ending in png svg pdf; do
            orchid figure $figure --db both.sqlite -o "picture of $figure.$ending"
            ended 0
            [ -s "picture of $figure.$ending" ] || fail "no picture"
        done
    done
    grep -q '>hello<' 'picture of strategies.svg' || fail "strategies is not of the latest experiment"
    grep -q 'experiment A' 'picture of learning_curve.svg' || fail "learning_curve is not of the experiment that learnt"
    orchid figure strategies --db both.sqlite --experiment 1 -o first.svg
    grep -q 'experiment A' first.svg || fail "--experiment 1 is not the first"
    orchid figure strategies --db both.sqlite --experiment 9 -o ninth.svg
    ended 2
    [ ! -e ninth.svg ] || fail "there is a picture of nothing"
fi

name templates_draw_any_metric_by_any_key
if command -v gnuplot >/dev/null; then
    orchid run hello --policy greedy,oracle --replications 2 --db any.sqlite
    orchid run hello nodes.camera.count=5 --policy greedy,oracle --replications 2 --db any.sqlite
    ended 0
    for figure in bar box cdf heatmap line pareto; do
        orchid figure $figure --db any.sqlite -o any.svg
        ended 0
        grep -q "^data = 'any.tsv'" any.gp || fail "$figure leaves no script beside the picture"
        [ -s any.tsv ] || fail "$figure leaves no data beside the picture"
    done
    orchid figure bar --db any.sqlite --by users --metric energy_per_request --where 'policy == oracle' --ascii
    ended 0
    says out "hello: energy per request (J)"
    grep -q '##' out || fail "there are no bars"
    echo '# mine' >>any.gp
    orchid figure bar --db any.sqlite -o any.svg
    ended 2
    says err "any.gp: error: is there already and was changed by hand"
    orchid figure bar --db any.sqlite -o any.svg --picture-only
    ended 0
    [ "$(tail -n 1 any.gp)" = '# mine' ] || fail "the changed script is gone"
    orchid figure bar --db any.sqlite --metric enery_total
    ended 2
    says err "did you mean 'energy_total'?"
    orchid figure line --db any.sqlite --by policy
    ended 2
    says err "these vary: nodes.camera.count"
    orchid figure strategies --db any.sqlite --ascii -o any.png
    ended 2
fi

name interrupt_keeps_what_is_done
"$program" run online_learning/exp_a --policy all --replications 2000 --db cut.sqlite >out 2>err &
process=$!
sleep 2
kill -TERM $process
wait $process
status=$?
ended 130
says err "runs are kept in cut.sqlite"
orchid figure strategies --db cut.sqlite
command -v gnuplot >/dev/null && ended 0

name databases_are_merged_and_again_without_effect
orchid run hello --policy greedy --replications 3 --db one.sqlite
orchid run hello --policy greedy,random --replications 2 --db two.sqlite
orchid merge joined.sqlite one.sqlite two.sqlite
ended 0
silent err
says out "two.sqlite: 2 new, 2 there before"
says out "joined.sqlite: 5 runs"
cp joined.sqlite before
orchid merge joined.sqlite two.sqlite one.sqlite --json
ended 0
python3 -c 'import json; assert json.load(open("out"))["runs"] == 5' 2>/dev/null || fail "not that JSON"
python3 "$ORCHID_SOURCE_ROOT/tests/dump.py" before >first
python3 "$ORCHID_SOURCE_ROOT/tests/dump.py" joined.sqlite | cmp -s - first || fail "it changed"

name databases_that_contradict_or_are_missing_are_not_merged
cp two.sqlite wrong.sqlite
python3 -c 'import sqlite3; c = sqlite3.connect("wrong.sqlite"); c.execute("UPDATE runs SET fingerprint = 0"); c.commit()'
orchid merge joined.sqlite wrong.sqlite
ended 2
says err 'wrong.sqlite: error: policy greedy, seed 1, replication 0 of "hello"'
says err "nothing of it was merged"
orchid merge none.sqlite one.sqlite missing.sqlite
ended 2
says err "missing.sqlite: error: there is no such database"
[ ! -e none.sqlite ] || fail "there is a database"
orchid merge joined.sqlite joined.sqlite
ended 2
says err "that is the target itself"
orchid merge joined.sqlite
ended 2
python3 "$ORCHID_SOURCE_ROOT/tests/dump.py" joined.sqlite | cmp -s - first || fail "it changed"

name plan_of_a_sweep_is_listed_and_numbered
orchid sweep hello --list
ended 0
silent err
[ "$(wc -l <out)" = 61 ] || fail "$(wc -l <out) lines"
says out "run  nodes.camera.count  policy       replication"
says out " 60                   4  oracle                 4"
orchid sweep hello --list --where 'nodes.camera.count == 4 and policy != greedy' --run 46..60 --shard 2/3
[ "$(tail -n +2 out | awk '{ printf "%s ", $1 }')" = "47 50 58 " ] || fail "other runs"
orchid sweep hello --list --json
python3 -c 'import json; plan = json.load(open("out")); assert plan["runs"] == len(plan["plan"]) == 60; \
    assert plan["plan"][59]["values"]["nodes.camera.count"]["number"] == 4' || fail "other JSON"

name sweep_runs_what_is_missing_and_says_so
orchid sweep hello --db again.sqlite --where 'policy == greedy'
ended 0
silent err
says out "20 runs: 0 were there, 20 done now in"
orchid sweep hello --db again.sqlite
says out "60 runs: 20 were there, 40 done now in"
orchid sweep hello --db again.sqlite --quiet
ended 0
silent out
silent err
orchid sweep hello --db again.sqlite --list
[ "$(grep -c ' done$' out)" = 60 ] || fail "not all are done"
orchid sweep hello --db again.sqlite --json
says out '{"runs": 60, "present": 60, "done": 0, "failed": 0, '
orchid sweep hello sweep.repeat=6 --db again.sqlite
says out "72 runs: 60 were there, 12 done now in"

name failed_runs_of_a_sweep_are_kept_with_a_command_that_repeats_them
orchid sweep hello 'sweep={nodes.camera.count: [2, 60], policies: [oracle], repeat: 2}' --db failed.sqlite
ended 3
says err "error: run 3: policy: oracle:"
says err "error: 2 of 4 runs failed"
says out "2 of them failed"
sqlite3 failed.sqlite "SELECT reproduce FROM runs WHERE status = 'failed' LIMIT 1" >line
says line "orchid sweep hello 'sweep={nodes.camera.count: [2, 60], policies: [oracle], repeat: 2}' --run 3"
sed "s|^orchid|'$program'|" line >line.sh
sh line.sh >out 2>err
status=$?
ended 3
says err "error: run 3: policy: oracle:"

name sweep_refuses_what_makes_no_sense
orchid sweep hello --where 'policy == gready' --db refused.sqlite
ended 2
says err "error: --where: policy is never 'gready'; did you mean 'greedy'? (character 11)"
orchid sweep hello --where 'nodes.camera.count > 4' --db refused.sqlite
ended 2
says err "error: --where chooses none of the 60 runs"
orchid sweep hello --run 61 --shard 3/2 --db refused.sqlite
ended 2
says err "the runs are 1..60"
says err "--shard takes one of how many"
orchid sweep hello nodes.camera.count=2 --db refused.sqlite
ended 2
says err "nodes.camera.count is an axis of the sweep; choose among its values with --where"
orchid sweep hello 'sweep={seed: {from: 1, to: 2000, step: 1}, repeat: 10000}' --db refused.sqlite
ended 2
says err "sweep: has 20000000 runs; more than 10000000 take --force"
orchid sweep hello --stop-at-precision 5 --db refused.sqlite
ended 2
says err '--stop-at-precision: "5" needs the unit %'
orchid sweep hello --stop-at-precision 5% --run 1 --db refused.sqlite
ended 2
orchid sweep hello --shards 4 --db refused.sqlite
ended 2
says err "--shards is for --engine slurm and --engine script"
orchid sweep hello --engine script
ended 2
says err "--engine script needs --db FILE"
orchid sweep hello --engine grid --db refused.sqlite
ended 2
orchid sweep
ended 2
orchid sweep hello again.sqlite
ended 2
[ ! -e refused.sqlite ] || fail "there is a database"

name mistakes_of_a_sweep_are_found_by_validate_too
sed 's/repeat: 5/repeat: none/; s/\(nodes.camera.\)count/\1cuont/' "$ORCHID_SOURCE_ROOT/scenarios/hello.yaml" |
    sed "s|\.\./traces|$ORCHID_SOURCE_ROOT/traces|" >wrong.yaml
orchid validate wrong.yaml
ended 2
says err 'error: sweep.repeat: "none" is not a number'
says err "error: nodes.camera.cuont: unknown key; did you mean 'count'?"
orchid validate hello
ended 0
says out "a sweep of 60 runs"

name data_is_looked_for_where_the_variable_says
ORCHID_DATA="$folder/nowhere" "$program" list scenarios >out 2>err
status=$?
ended 2
says err "ORCHID_DATA"

echo "cli: $tests tests, $failed failed"
exit $failed

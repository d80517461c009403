#!/bin/sh
# A sweep through a real Slurm: a cluster of this one machine, with a munge of its own, in a scratch folder, beside whatever
# else runs here. ORCHID_PROGRAM is the executable, ORCHID_SOURCE_ROOT the source tree. Ends with the number of failures, or
# with 77 where Slurm or what it needs is absent. It needs no root.
set -u
PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch scancel scontrol sinfo squeue python3; do
    command -v $program >/dev/null || { echo "skipped: there is no $program here (Debian: slurm-wlm munge)"; exit 77; }
done
# slurmd looks for the control groups of the kernel, though the cluster here uses none; a bare chroot has none mounted.
[ -n "$(ls /sys/fs/cgroup 2>/dev/null)" ] || { echo "skipped: /sys/fs/cgroup is not mounted"; exit 77; }

program=$ORCHID_PROGRAM
export ORCHID_DATA="$ORCHID_SOURCE_ROOT"
folder=$(mktemp -d)
chmod 755 "$folder"
cd "$folder" || exit 1
tests=0
failed=0
daemons=

# Ends the cluster and what still runs on it, whatever happened.
tear_down() {
    [ -z "$daemons" ] || scancel --quiet --user="$(id -un)" 2>/dev/null
    # shellcheck disable=SC2086
    [ -z "$daemons" ] || { kill $daemons; wait $daemons; } 2>/dev/null
    cd / && rm -rf "$folder"
}
trap tear_down EXIT
trap 'exit 1' INT TERM

name() {
    tests=$((tests + 1))
    sentence=$1
    good=yes
}

fail() {
    [ $good = yes ] && failed=$((failed + 1))
    good=no
    echo "FAILED $sentence: $1" >&2
    sed 's/^/    err: /' err >&2
}

# orchid ARGUMENT...: runs the program; its status goes to $status, its words to the files out and err.
orchid() {
    "$program" "$@" >out 2>err
    status=$?
}

ended() {
    [ "$status" = "$1" ] || fail "status is $status, expected $1"
}

says() {
    grep -qF -- "$2" "$1" || fail "'$2' is not in $1"
}

silent() {
    [ ! -s "$1" ] || fail "$1 is not empty"
}

# same DATABASE: it holds what the undisturbed sweep left, run order included.
same() {
    python3 "$ORCHID_SOURCE_ROOT/tests/dump.py" "$1" >dump || fail "$1 cannot be read"
    diff expected dump >difference || fail "$1 differs: $(head -5 difference)"
}

# until_true SECONDS COMMAND...: waits for it.
until_true() {
    moments=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        moments=$((moments - 1))
        [ $moments -gt 0 ] || return 1
        sleep 0.1
    done
}

start_cluster() {
    host=$(hostname -s)
    ports=$(python3 -c 'import socket
sockets = [socket.socket() for i in range(2)]
for each in sockets: each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))')
    mkdir munge state spool
    (umask 077 && head -c 128 /dev/urandom >munge/key)
    export SLURM_CONF="$folder/slurm.conf"
    cat >slurm.conf <<CONF
ClusterName=orchid
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
SlurmctldPort=${ports% *}
SlurmdPort=${ports#* }
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
CONF
    munged --foreground --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
        --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" >munged.log 2>&1 &
    daemons=$!
    until_true 10 [ -S munge/socket ]
    slurmctld -D >slurmctld.log 2>&1 &
    daemons="$! $daemons"
    slurmd -D -N "$host" >slurmd.log 2>&1 &
    daemons="$! $daemons"
    until_true 20 is_ready
}

is_ready() {
    sinfo --noheader --format=%T | grep -q idle
}

: >err
name cluster_is_ready
start_cluster || {
    tail -n 20 munged.log slurmctld.log slurmd.log >&2
    fail "sinfo shows no idle node"
    echo "slurm: $tests tests, $failed failed"
    exit $failed
}

# 200 runs in 20 cells, under a name that needs quoting.
sweep="the sweep's.yaml"
sed "s|\.\./\.\./traces|$ORCHID_SOURCE_ROOT/traces|; s/^stop:.*/stop: {rounds: 50}/; /^policy:/d" \
    "$ORCHID_SOURCE_ROOT/tests/scenarios/three_tiers.yaml" >"$sweep"
cat >>"$sweep" <<YAML
sweep:
  nodes.device.count: [1, 2]
  objective.threshold: {from: 80 %, to: 88 %, step: 2 %}
  policies: [greedy, random]
  repeat: 10
YAML

name four_shards_merged_are_the_undisturbed_sweep
orchid sweep "$sweep" --db alone.db --jobs 1
ended 0
python3 "$ORCHID_SOURCE_ROOT/tests/dump.py" alone.db >expected
orchid sweep "$sweep" --db merged.db --engine slurm --shards 4
ended 0
same merged.db
says out "200 runs"

name shards_that_are_done_run_nothing_again
orchid sweep "$sweep" --db merged.db --engine slurm --shards 4
ended 0
says out "shard-4-of-4.db: 0 new, 50 there before"
same merged.db

# node STATE: lets no job begin (drain), or lets them begin again (resume).
node() {
    scontrol update nodename="$host" state="$1" reason=test
}

name interrupting_the_watch_leaves_the_jobs
node drain
"$program" sweep "$sweep" --db cut.db --engine slurm --shards 4 >out 2>err &
watcher=$!
until_true 20 [ -s cut.db.shards/jobs ] || fail "nothing was submitted"
kill -TERM $watcher
wait $watcher
status=$?
ended 130
read -r job merge <cut.db.shards/jobs
says err "scancel $job $merge"
[ "$(squeue --noheader --array --jobs="$job,$merge" | wc -l)" = 5 ] || fail "the jobs are gone"

name other_sweep_into_the_same_database_has_to_wait
orchid sweep "$sweep" seed=8 --db cut.db --engine slurm --shards 4
ended 3
says err "another sweep into cut.db is under way"

name lost_shard_is_named_and_the_others_are_merged
scancel "${job}_2"
node resume
orchid sweep "$sweep" --db cut.db --engine slurm --shards 4
ended 3
says err "jobs $job and $merge of this sweep are under way"
says err "cut.db: 150 runs"
says err "shards 2 of 4 did not end well"

name same_command_does_what_is_missing
orchid sweep "$sweep" --db cut.db --engine slurm --shards 4
ended 0
says out "shard-1-of-4.db: 0 new, 50 there before"
says out "shard-2-of-4.db: 50 new, 0 there before"
same cut.db

name scripts_are_only_written_and_their_commands_work
mkdir "it's 100% \$HOME"
orchid sweep "$sweep" --db "it's 100% \$HOME/a b.db" --engine script --shards 4
ended 0
silent err
[ -z "$(squeue --noheader)" ] || fail "jobs were submitted"
grep sbatch out >commands
sh commands >submitted || fail "the commands fail"
until_true 30 [ -s "it's 100% \$HOME/a b.db.shards/merge.status" ] || fail "nothing was merged"
same "it's 100% \$HOME/a b.db"

name scripts_run_without_a_cluster
mkdir hand
(cd hand && cp "../$sweep" . && "$program" sweep "$sweep" --db hand.db --engine script --shards 2 >../out 2>../err)
for shard in 2 1; do env -u SLURM_CONF sh hand/hand.db.shards/shards.sh $shard >>out 2>>err || fail "shard $shard fails"; done
sh hand/hand.db.shards/merge.sh >>out 2>>err || fail "the merge fails"
same hand/hand.db

echo "slurm: $tests tests, $failed failed"
exit $failed

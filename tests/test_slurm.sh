#!/bin/sh
# A sweep through a real Slurm: a cluster of this one machine, with a munge of its own, in a scratch folder, beside whatever
# else runs here. ORCHID_PROGRAM is the executable, ORCHID_SOURCE_ROOT the source tree. Ends with the number of failures, or
# with 77 where Slurm is absent. It needs no root.
set -u
PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch squeue scancel sinfo python3; do
    command -v $program >/dev/null || { echo "skipped: there is no $program here (Debian: slurm-wlm munge)"; exit 77; }
done

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
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
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

# 200 runs in 20 cells.
cat >"$folder/the sweep.yaml" <<YAML
YAML
sweep="the sweep.yaml"

name four_shards_merged_are_the_undisturbed_sweep
orchid sweep "$sweep" --db alone.db --jobs 1
ended 0
python3 "$ORCHID_SOURCE_ROOT/tests/dump.py" alone.db >expected
orchid sweep "$sweep" --db merged.db --engine slurm --shards 4
ended 0
same merged.db
says out "200 runs"
echo "slurm: $tests tests, $failed failed"
exit $failed

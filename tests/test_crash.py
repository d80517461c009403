"""Sweeps that are killed, interrupted, locked out or run out of disk: the database stays whole, the same command goes on, and
what comes out is what an undisturbed sweep leaves, rows in the same order. And what a sweep costs beside its runs.

ORCHID_PROGRAM is the executable, ORCHID_SOURCE_ROOT the source tree; ORCHID_SANITIZED is not "none" where the build is slow.
Ends with the number of failures.
"""
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ["ORCHID_PROGRAM"]
ROOT = pathlib.Path(os.environ["ORCHID_SOURCE_ROOT"])
SLOW = os.environ.get("ORCHID_SANITIZED", "none") != "none"
RUNS, KILLS = 200, 20
SWEEP = [str(ROOT / "tests/scenarios/sweep.yaml"), f"training={4000 if SLOW else 30000}",
         "sweep={objective.threshold: [0 %, 80 %, 85 %, 89 %, 89.9 %], nodes.device.count: [2, 3], "
         "policies: [oracle, q-learning], repeat: 10}"]


def orchid(*arguments, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, **options)


def sweep(database, *flags, **options):
    return orchid("sweep", *SWEEP, "--db", database, "--json", *flags, **options)


def dump(database):
    done = subprocess.run([sys.executable, ROOT / "tests/dump.py", database], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_whole(database, folder):
    """Whatever a killed sweep left: it opens and holds nothing but whole runs. Returns how many. A copy is looked at, for
    whoever opens the database repairs it, and that is to be left to the program."""
    if not database.exists():
        return 0
    copy = folder / "copy.db"
    for ending in "", "-journal":
        source, target = pathlib.Path(f"{database}{ending}"), pathlib.Path(f"{copy}{ending}")
        target.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, target)
    connection = sqlite3.connect(copy)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    counts = connection.execute(
        "SELECT policy, (SELECT count(*) FROM metrics WHERE metrics.run = runs.run), "
        "(SELECT count(*) > 0 FROM learning_curves WHERE learning_curves.run = runs.run), "
        "(SELECT count(*) FROM sweep_values WHERE sweep_values.run = runs.run) FROM runs").fetchall()
    connection.close()
    metrics = {"oracle": set(), "q-learning": set()}
    for policy, metric_count, has_curve, value_count in counts:
        metrics[policy].add(metric_count)
        assert has_curve == (policy == "q-learning") and value_count == 3
    assert all(len(kinds) <= 1 and 0 not in kinds for kinds in metrics.values()), metrics
    return len(counts)


def kill_at_random(database, folder, duration_s):
    """Kills the sweep KILLS times and lets it end."""
    moments, kills, reached = random.Random(1), 0, 0
    while kills < KILLS:
        process = subprocess.Popen([PROGRAM, "sweep", *SWEEP, "--db", database, "--quiet"])
        time.sleep(moments.uniform(0, 0.08) * duration_s)
        ended = process.poll()
        assert ended is None, f"it ended after {kills} kills with status {ended}: too early for this test"
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        stored = check_whole(database, folder)
        assert stored >= reached, (stored, reached)
        reached = stored
    assert 0 < reached < RUNS, reached
    done = sweep(database)
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["present"] == reached and outcome["present"] + outcome["done"] == RUNS, outcome
    return reached


def killed_sweep_ends_like_an_undisturbed_one(folder):
    begin = time.monotonic()
    assert sweep(folder / "expected.db", "--jobs", 2).returncode == 0
    duration_s = time.monotonic() - begin
    reached = kill_at_random(folder / "killed.db", folder, duration_s)
    assert dump(folder / "killed.db") == dump(folder / "expected.db")
    print(f"  undisturbed {duration_s:.2f} s, {reached} of {RUNS} runs stored when the last of {KILLS} kills came")


def jobs_do_not_change_the_database(folder):
    assert sweep(folder / "one.db", "--jobs", 1).returncode == 0
    assert dump(folder / "one.db") == dump(folder / "expected.db")
    assert sweep(folder / "expected.db", "--jobs", 1).returncode == 0
    assert dump(folder / "one.db") == dump(folder / "expected.db")


def interrupted_sweep_says_so_and_goes_on(folder):
    for number in signal.SIGINT, signal.SIGTERM:
        process = subprocess.Popen([PROGRAM, "sweep", *SWEEP, "--db", folder / "stopped.db", "--quiet"],
                                   stderr=subprocess.PIPE, text=True)
        time.sleep(0.3)
        process.send_signal(number)
        assert process.wait() == 130 and "the same command goes on" in process.stderr.read()
        process.stderr.close()
        check_whole(folder / "stopped.db", folder)
    assert sweep(folder / "stopped.db").returncode == 0
    assert dump(folder / "stopped.db") == dump(folder / "expected.db")


def full_disk_is_reported_and_the_sweep_goes_on(folder):
    """A limit of the file's size fails like a disk that has no more room."""
    def limit(size):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    database, reached = folder / "full.db", 0
    for size in 250_000, 300_000, 400_000:
        done = sweep(database, preexec_fn=lambda: limit(size))
        assert done.returncode == 3, (done.returncode, done.stderr)
        assert "cannot read or write the database: " in done.stderr, done.stderr
        stored = check_whole(database, folder)
        assert stored >= reached
        reached = stored
    assert 0 < reached < RUNS, reached
    assert sweep(database).returncode == 0
    assert dump(database) == dump(folder / "expected.db")


def locked_database_is_waited_for(folder):
    shutil.copyfile(folder / "expected.db", folder / "locked.db")
    other = sqlite3.connect(folder / "locked.db", isolation_level=None)
    other.execute("PRAGMA foreign_keys = ON")
    other.execute("DELETE FROM runs WHERE sweep_run % 2 = 0")
    other.execute("BEGIN EXCLUSIVE")
    process = subprocess.Popen([PROGRAM, "sweep", *SWEEP, "--db", folder / "locked.db", "--quiet"])
    time.sleep(0.5)
    assert process.poll() is None
    other.execute("COMMIT")
    other.close()
    assert process.wait() == 0
    query = ("SELECT sweep_run, policy, seed, replication, fingerprint, name, value FROM runs JOIN metrics USING (run) "
             "ORDER BY sweep_run, name")
    rows = [sqlite3.connect(folder / name).execute(query).fetchall() for name in ("locked.db", "expected.db")]
    assert rows[0] == rows[1]


def best_of_two(run):
    """The least wall time of two calls, which get their number."""
    times = []
    for number in range(2):
        begin = time.monotonic()
        done = run(number)
        times.append(time.monotonic() - begin)
        assert done.returncode == 0, done.stderr
    return min(times)


def sweep_costs_little_beside_its_runs(folder):
    """Prints the times, and compares them with each other only: a machine may be slow."""
    few = [str(ROOT / "tests/scenarios/sweep.yaml"), "stop.rounds=5", "policy={name: greedy}"]
    for name, axes in ("200 cells", "{objective.threshold: {from: 0 %, to: 89 %, points: 200}, repeat: 10}"), (
            "2000 cells", "{objective.threshold: {from: 0 %, to: 89 %, points: 2000}, repeat: 1}"):
        line = ["sweep", *few, f"sweep={axes}", "--quiet", "--json", "--jobs", 2, "--db"]
        first_s = best_of_two(lambda number: orchid(*line, folder / f"{name} {number}.db"))
        again_s = best_of_two(lambda number: orchid(*line, folder / f"{name} {number}.db"))
        print(f"  2000 runs in {name}: {first_s:.2f} s, resumed {again_s:.2f} s")
        assert again_s < 0.75 * first_s
    huge = "sweep={nodes.device.count: {from: 1, to: 10000, step: 1}, repeat: 10}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = orchid("sweep", *few, huge, "--list")
    assert done.stdout.count("\n") == 100_001
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"  100000 runs listed: at most {most >> 10} MB ({before >> 10} MB before)")
    assert SLOW or most < 200 << 10


def main():
    checks = [killed_sweep_ends_like_an_undisturbed_one, jobs_do_not_change_the_database,
              interrupted_sweep_says_so_and_goes_on, full_disk_is_reported_and_the_sweep_goes_on,
              locked_database_is_waited_for, sweep_costs_little_beside_its_runs]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for check in checks:
            begin = time.monotonic()
            try:
                check(pathlib.Path(folder))
                print(f"{check.__name__}: {time.monotonic() - begin:.1f} s")
            except AssertionError as error:
                failed += 1
                print(f"FAILED {check.__name__}: line {error.__traceback__.tb_next.tb_lineno}: {error}", file=sys.stderr)
    print(f"crash: {len(checks)} tests, {failed} failed")
    return failed


sys.exit(main())
